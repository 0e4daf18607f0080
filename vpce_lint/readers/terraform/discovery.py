"""Which folders of a tree are root modules."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.readers.terraform.descent import descend
from vpce_lint.readers.terraform.folder import configuration_files
from vpce_lint.readers.terraform.ignore import Ignored
from vpce_lint.readers.terraform.reach import called_folders
from vpce_lint.readers.terraform.root_signs import is_applied_itself

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.path_pattern import PathPatterns
    from vpce_lint.readers.terraform.root import Library

NAMED_JSON = (".tf.json", ".tofu.json", ".tfvars.json")
TERRAGRUNT = {"terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"}


class Tree(Struct):
    """What a walk found: folders with configuration, other JSON files, Terragrunt files, which aren't read, what is excluded.

    Below what is ``too_deep`` nothing was looked for.
    """

    folders: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    terragrunt: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    too_deep: list[str] = field(default_factory=list)


def walk(top: str, library: Library, excluded: Iterable[PathPatterns] = (), *, everything: bool = False) -> Tree:
    """All folders with configuration below a folder, in order; hidden and ignored ones are left out.

    ``everything``: none that the tree itself leaves out, see ``descend``.
    """
    tree = Tree()
    boundary = library.boundary
    ignored = Ignored(str(boundary.top), boundary.disk.real(top), excluded, boundary.disk, everything=everything)
    for place in descend(top, boundary, ignored, everything=everything):
        kept = ignored.kept(place.path, place.names)
        primary, overrides = configuration_files(kept)
        if primary or overrides:
            tree.folders.append(os.path.normpath(place.path))
        if place.is_too_deep:
            tree.too_deep.append(place.path)
        tree.documents += [os.path.join(place.path, name) for name in sorted(kept) if _is_document(name)]  # noqa: PTH118
        tree.terragrunt += [os.path.join(place.path, name) for name in sorted(TERRAGRUNT.intersection(kept))]  # noqa: PTH118
    tree.excluded = ignored.left_out
    return tree


def _is_document(name: str) -> bool:
    return name.endswith(".json") and not name.startswith(".") and not name.endswith(NAMED_JSON)


def roots_of(folders: Iterable[str], library: Library) -> list[str]:
    """The folders that no other of them calls, or that are applied by themselves besides.

    Of a cycle that nobody calls, the first by path.
    """
    ordered = sorted(set(folders))
    calls = {folder: [callee for callee in called_folders(folder, library) if callee != folder] for folder in ordered}
    called = {callee for callees in calls.values() for callee in callees}
    roots = [folder for folder in ordered if folder not in called or is_applied_itself(folder, library)]
    reached = _reach(roots, calls)
    for folder in ordered:
        if folder not in reached:
            roots.append(folder)
            reached |= _reach([folder], calls)
    return sorted(roots)


def _reach(starts: list[str], calls: dict[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        folder = waiting.pop()
        if folder not in reached:
            reached.add(folder)
            waiting.extend(calls.get(folder, ()))
    return reached


def reachable(starts: Iterable[str], folders: Iterable[str], library: Library) -> set[str]:
    """The folders that calls lead to from some of them, those included."""
    waiting = list(starts)
    return _reach(waiting, {each: called_folders(each, library) for each in {*waiting, *folders}}) if waiting else set()


def callers_of(folder: str, folders: Iterable[str], library: Library) -> list[str]:
    """The roots among the folders that reach a folder; the folder itself where nobody calls it."""
    among = sorted({*folders, folder})
    calls = {each: called_folders(each, library) for each in among}
    return [root for root in roots_of(among, library) if folder in _reach([root], calls)]
