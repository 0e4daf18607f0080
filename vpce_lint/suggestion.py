"""Suggestions: what a person who named something that isn't there may have meant."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LONGEST = 200
"""Longer words, in characters, are compared with nothing."""
MOST_NAMES = 5_000
"""As many names of a folder are compared, not more."""


def nearest(word: str, words: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The word of those that is most like the one written, whatever the case; empty where none is like it.

    ``cutoff`` is the least likeness, from 0 to 1, as ``difflib.get_close_matches`` takes it.
    """
    from difflib import get_close_matches  # noqa: PLC0415 (only a mistake needs it)

    folded = {each.casefold(): each for each in words}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=cutoff) if len(word) <= LONGEST else []
    return folded[close[0]] if close else ""


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """The end of a sentence about a word that isn't there: the nearest that is, else all; empty without any."""
    words = tuple(words)
    close = nearest(word, words)
    if close:
        return f", did you mean {close}?"
    return f", there are {', '.join(words)}" if words else ""


def nearby(path: Path) -> str:
    """The end of a sentence about a path that isn't there: one that is, with another name in one place, or nothing."""
    there = next((parent for parent in path.parents if parent.is_dir()), None)
    if there is None:
        return ""
    missing, *rest = path.relative_to(there).parts
    try:
        with os.scandir(there) as entries:
            name = nearest(missing, (entry.name for entry in islice(entries, MOST_NAMES)))
    except OSError:
        return ""
    meant = there.joinpath(name, *rest)
    return f", did you mean {meant}?" if name and meant.exists() else ""
