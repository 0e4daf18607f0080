"""Resource addresses, as people name them in settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_named(address: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern fits the whole address: ``*`` stands for anything, everything else for itself."""
    return any(_fits(address, pattern.split("*")) for pattern in patterns)


def _fits(address: str, parts: list[str]) -> bool:
    """Whether the address is made of these parts, with anything between them; each part's first place will do."""
    if len(parts) == 1:
        return address == parts[0]
    first, *between, last = parts
    if len(address) < len(first) + len(last) or not (address.startswith(first) and address.endswith(last)):
        return False
    at, end = len(first), len(address) - len(last)
    for part in between:
        at = address.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
