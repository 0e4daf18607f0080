"""Patterns for paths in a configuration: ``envs/*``, ``**/examples``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

_WILDCARD = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class PathPatterns:
    """Patterns that count from a folder, which is a real path.

    ``*`` and ``?`` stand for anything but ``/``, ``**`` for anything, ``**/`` for any folders or none.
    Paths outside of the folder fit no pattern.
    """

    folder: str
    patterns: tuple[str, ...]

    def fit(self, path: str) -> bool:
        """Whether a pattern fits the whole of an absolute path."""
        inside = _inside(self.folder, path)
        return inside is not None and any(_compiled(pattern).fullmatch(inside) for pattern in self.patterns)

    def cover(self, path: str) -> bool:
        """Whether a pattern fits an absolute path or a folder above it."""
        inside = _inside(self.folder, path)
        if inside is None or not self.patterns:
            return False
        return any(_compiled(f"{pattern.rstrip('/')}/**").fullmatch(f"{inside}/") for pattern in self.patterns)


def _inside(folder: str, path: str) -> str | None:
    """The path from the folder, with ``/``; the folder itself is ``.``."""
    relative = os.path.relpath(path, folder).replace(os.sep, "/").encode("utf-8", "replace").decode()
    return None if relative == ".." or relative.startswith("../") else relative


@cache
def _compiled(pattern: str) -> Any:
    """The pattern as a regular expression of an engine without backtracking: a pattern may come from strangers."""
    pattern = pattern.removeprefix("./").rstrip("/") or "."
    parts: list[str] = []
    at = 0
    for match in _WILDCARD.finditer(pattern):
        parts += [re2.escape(pattern[at : match.start()]), _MEANING[match[0]]]
        at = match.end()
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    return re2.compile("".join((*parts, re2.escape(pattern[at:]))), options=options)
