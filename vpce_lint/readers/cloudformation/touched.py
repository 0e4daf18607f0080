"""Which templates, of those that no other nests, changed files touch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vpce_lint.readers.cloudformation.discovery import nested_files
from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.tree import may_hold_template
from vpce_lint.regex import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from vpce_lint.readers.cloudformation.library import Library
    from vpce_lint.readers.touched import Touched

EXPORTS = regex(rb"Export|\\u")
IMPORTS = regex(rb"ImportValue|\\u")
"""In JSON anything may be written with escapes."""


def touched_roots(roots: Iterable[str], library: Library, touched: Touched) -> list[str]:
    """The roots that nest a changed template, or are one; where what others export may have changed, who imports."""
    reaches = {root: _reach(root, library) for root in roots}
    known = {file for reached in reaches.values() for file in reached}
    gone = [file for file in touched.files if may_hold_template(file) and not os.path.lexists(file)]
    exporting = bool(gone) or any(touched.have(file) and _says(file, EXPORTS, library) for file in known)
    names = [os.path.basename(file).encode("utf-8", "surrogateescape") for file in gone]  # noqa: PTH119
    changed = {
        file
        for file in known
        if touched.have(file)
        or (exporting and _says(file, IMPORTS, library))
        or any(name in _data(file, library) for name in names)
    }
    return [root for root, reached in reaches.items() if changed & reached]


def _says(file: str, pattern: re.Pattern[bytes], library: Library) -> bool:
    return pattern.search(_data(file, library)) is not None


def _data(file: str, library: Library) -> bytes:
    template = library.template(file)
    if template is None:
        return b""
    return template.data if isinstance(template, Broken) else template.source.data


def _reach(root: str, library: Library) -> set[str]:
    """A template and those that it nests, at whatever depth."""
    reached: set[str] = set()
    waiting = [root]
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting.extend(nested_files(file, library))
    return reached
