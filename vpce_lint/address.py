"""Resource addresses, as people name them in settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_named(address: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern fits the whole address: ``*`` stands for anything, everything else for itself."""
    return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), address) for pattern in patterns)
