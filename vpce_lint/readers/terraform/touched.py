"""Which root modules changed files touch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.reach import called_folders
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.readers.terraform.root import Library
    from vpce_lint.readers.touched import Touched

CODE = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")
READS_FILES = regex(rb"\b(?:template)?file\w*\s*\(|\\u")
"""``file``, ``templatefile``, ``fileset`` and their like; behind JSON's escapes there may be any of them."""


def touched_roots(roots: Iterable[str], folders: Iterable[str], library: Library, touched: Touched) -> list[str]:
    """The roots among ``folders`` that a changed file touches: as code, or as what a function may read.

    A folder of code is touched by what changed in it. Where it reads files, it is also touched by other files that lie
    below it and in no folder of code nearer to them, and by those whose name, or whose folder's name, it mentions.
    """
    reaches = {root: _reach(root, library) for root in roots}
    known = {*folders, *(each for reached in reaches.values() for each in reached)}
    near = {_nearest(folder, known) for folder in _others(touched)}
    words = _words(touched)
    changed = {folder for folder in known if _is_changed(folder, near, words, library, touched)}
    return [root for root, reached in reaches.items() if changed & reached]


def _is_changed(folder: str, near: set[str], words: set[bytes], library: Library, touched: Touched) -> bool:
    if any(name.endswith(CODE) for name in touched.by_folder.get(folder, ())):
        return True
    code = library.folder(folder)
    if any(os.path.islink(file) and touched.have(file) for file in code.files):  # noqa: PTH114
        return True
    if not code.mentions(READS_FILES):
        return False
    return folder in near or any(word in each.source.data for word in words for each in code.code)


def _others(touched: Touched) -> dict[str, list[str]]:
    """The names of the changed files that are no code, by folder."""
    found = {folder: [name for name in names if not name.endswith(CODE)] for folder, names in touched.by_folder.items()}
    return {folder: names for folder, names in found.items() if names}


def _words(touched: Touched) -> set[bytes]:
    """What a folder mentions where it names other files by their own name or by their folder's."""
    words: set[str] = set()
    for folder, names in _others(touched).items():
        words.update((*names, f"{os.path.basename(folder)}/"))  # noqa: PTH119
    return {word.encode("utf-8", "surrogateescape") for word in words}


def _nearest(folder: str, known: set[str]) -> str:
    """The folder of code that a folder is or lies in; itself where there is none."""
    place = folder
    while place not in known:
        parent = os.path.dirname(place)  # noqa: PTH120
        if parent == place:
            return folder
        place = parent
    return place


def _reach(root: str, library: Library) -> set[str]:
    """A root and the local modules that it calls, at whatever depth, be they in folders that are searched or not."""
    reached: set[str] = set()
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        if folder not in reached:
            reached.add(folder)
            waiting.extend(called_folders(folder, library))
    return reached
