"""Which files of a tree are templates, and which of those are roots."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.cloudformation.nested import TYPES, Missing, nested_template
from vpce_lint.readers.cloudformation.node import Fields
from vpce_lint.readers.terraform.descent import descend
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
    """What a walk found: files that may be templates, and CDK's output where it is left out."""

    files: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def may_hold_template(name: str) -> bool:
    """Whether a file's name leaves open that it is a template."""
    return name.endswith(ENDINGS) and not name.endswith(_OTHERS)


def walk(top: str, library: Library, excluded: Iterable[PathPatterns] = (), *, everything: bool = False) -> Tree:
    """All files below a folder that may be templates, in order; hidden, ignored and excluded ones are left out.

    ``everything``: none that the tree itself leaves out, see ``descend``.
    """
    tree = Tree()
    boundary = library.boundary
    ignored = Ignored(str(boundary.top), boundary.disk.real(top), excluded, boundary.disk, everything=everything)
    for place in descend(top, boundary, ignored, everything=everything):
        tree.skipped += [os.path.join(place.path, name) for name in place.ignored if name == CDK_OUTPUT]  # noqa: PTH118
        candidates = sorted(name for name in place.names if may_hold_template(name))
        kept = ignored.kept(place.path, candidates)
        tree.files += [os.path.normpath(os.path.join(place.path, name)) for name in kept]  # noqa: PTH118
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


def reachable(starts: Iterable[str], files: Iterable[str], library: Library) -> set[str]:
    """The templates that are nested from some of them on, those included."""
    waiting = list(starts)
    return _reach(waiting, {each: nested_files(each, library) for each in {*waiting, *files}}) if waiting else set()


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
