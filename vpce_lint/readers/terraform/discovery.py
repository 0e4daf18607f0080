"""Which folders of a tree are root modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.reach import called_folders
from vpce_lint.readers.terraform.root_signs import is_applied_itself

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.readers.terraform.root import Library


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
