"""Patterns for paths in a configuration: ``envs/*``, ``**/examples``."""

from __future__ import annotations

import os
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from vpce_lint.regex import regex

_WILDCARD = regex(r"\*\*/|\*\*|\*|\?")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class PathPatterns(Struct, frozen=True):
    """Patterns that count from a folder, which is a real path.

    ``*`` and ``?`` stand for anything but ``/``, ``**`` for anything, ``**/`` for any folders or none.
    Paths outside of the folder fit no pattern. All that is asked raises ``re2.error`` where the patterns
    are more than the engine takes.
    """

    folder: str
    patterns: tuple[str, ...]

    def fit(self, path: str) -> bool:
        """Whether a pattern fits the whole of an absolute path."""
        return self._match(path, below=False)

    def cover(self, path: str) -> bool:
        """Whether a pattern fits an absolute path or a folder above it."""
        return self._match(path, below=True)

    def apart_from(self, path: str) -> PathPatterns:
        """The patterns that don't cover a path."""
        if not self.cover(path):
            return self
        kept = (each for each in self.patterns if not PathPatterns(self.folder, (each,)).cover(path))
        return PathPatterns(self.folder, tuple(kept))

    def _match(self, path: str, *, below: bool) -> bool:
        if not self.patterns:
            return False
        inside = _inside(self.folder, path)
        if inside is None:
            return False
        return bool(_compiled(self.patterns, below).fullmatch(f"{inside}/" if below else inside))


@lru_cache(maxsize=1_024)
def _inside(folder: str, path: str) -> str | None:
    """The path from the folder, with ``/``; the folder itself is ``.``."""
    relative = os.path.relpath(path, folder).replace(os.sep, "/").encode("utf-8", "replace").decode()
    return None if relative == ".." or relative.startswith("../") else relative


@cache
def _compiled(patterns: tuple[str, ...], below: bool) -> Any:  # noqa: FBT001 (a part of the cache's key)
    """The patterns as one expression of an engine without backtracking, for they may come from strangers."""
    import re2  # noqa: PLC0415 (loaded where there is a pattern)

    options = re2.Options()
    options.log_errors = False
    options.dot_nl = True
    meanings = (_meaning(f"{each.rstrip('/')}/**" if below else each) for each in patterns)
    return re2.compile("|".join(f"(?:{each})" for each in meanings), options=options)


def _meaning(pattern: str) -> str:
    from re2 import escape  # noqa: PLC0415 (as above)

    pattern = pattern.removeprefix("./").rstrip("/") or "."
    parts: list[str] = []
    at = 0
    for match in _WILDCARD.finditer(pattern):
        parts += [escape(pattern[at : match.start()]), _MEANING[match[0]]]
        at = match.end()
    return "".join((*parts, escape(pattern[at:])))
