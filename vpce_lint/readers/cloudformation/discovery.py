"""Which files of a tree are templates, and which of those are roots."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.cloudformation.nested import TYPES, Missing, nested_template
from vpce_lint.readers.cloudformation.node import Fields
from vpce_lint.readers.terraform.discovery import SKIPPED
from vpce_lint.readers.terraform.ignore import Ignored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.path_pattern import PathPatterns
    from vpce_lint.readers.cloudformation.library import Library

ENDINGS = (".yaml", ".yml", ".json", ".template")
_OTHERS = (".tf.json", ".tofu.json", ".tfvars.json", ".auto.tfvars.json")

CDK_OUTPUT = "cdk.out"
"""The folder that CDK writes its templates to; most repositories ignore it."""


class Tree(Struct):
    """What a walk found: files that may be templates, and CDK's output where it is left out.

    ``unreadable`` are the folders that nobody may look into, with the reason.
    """

    files: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)


def may_hold_template(name: str) -> bool:
    """Whether a file's name leaves open that it is a template."""
    return name.endswith(ENDINGS) and not name.endswith(_OTHERS)


def walk(top: str, library: Library, excluded: Iterable[PathPatterns] = (), *, everything: bool = False) -> Tree:
    """All files below a folder that may be templates, in order; hidden, ignored and excluded ones are left out.

    ``everything``: none that a file of the tree leaves out; hidden ones are left out all the same.

    Links to folders aren't followed, so a loop of links can't hold the walk.
    """
    tree = Tree()
    disk = library.boundary.disk
    ignored = Ignored(str(library.boundary.top), disk.real(top), excluded, disk, everything=everything)

    def failed(error: OSError) -> None:
        tree.unreadable[os.fsdecode(error.filename or top)] = error.strerror or "input/output error"

    for place, folders, names in disk.walk(top, failed):
        kept: list[str] = []
        for name in sorted(folders):
            path = os.path.join(place, name)  # noqa: PTH118
            if name.startswith(".") or name in SKIPPED or ignored.is_environment(path):
                continue
            if not ignored.folder(path):
                kept.append(name)
            elif name == CDK_OUTPUT:
                tree.skipped.append(path)
        folders[:] = kept
        candidates = sorted(name for name in names if may_hold_template(name))
        tree.files += [os.path.normpath(os.path.join(place, name)) for name in ignored.kept(place, candidates)]  # noqa: PTH118
    return tree


def roots_of(files: Iterable[str], library: Library) -> list[str]:
    """The templates among the files that no other nests; of a circle that nobody nests, the first by path."""
    templates = [file for file in sorted(set(files)) if library.is_candidate(file) and library.template(file)]
    nests = {file: nested_files(file, library) for file in templates}
    nested = {inner for file, inners in nests.items() for inner in inners if inner != file}
    roots = [file for file in templates if file not in nested]
    reached = _reach(roots, nests)
    for file in templates:
        if file not in reached:
            roots.append(file)
            reached |= _reach([file], nests)
    return sorted(roots)


def roots_around(file: str, files: Iterable[str], library: Library) -> list[str]:
    """The roots among the files that reach a template; the template itself where nobody nests it."""
    among = {file, *(each for each in files if library.may_nest(each))}
    roots = roots_of(among, library)
    nests = {each: nested_files(each, library) for each in among}
    return [root for root in roots if file in _reach([root], nests)]


def nested_files(file: str, library: Library) -> list[str]:
    """The local templates that a template nests."""
    template = library.template(file)
    if template is None or isinstance(template, Broken):
        return []
    found: list[str] = []
    for entry in template.section("Resources").entries.values():
        if isinstance(entry.node, Fields) and entry.node.text("Type") in TYPES:
            nested = nested_template(entry.node, os.path.dirname(file), library)  # noqa: PTH120
            if not isinstance(nested, Missing):
                found.append(nested[0])
    return found


def _reach(starts: list[str], nests: dict[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting.extend(nests.get(file, ()))
    return reached
