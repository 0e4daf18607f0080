"""Values where Terraform would stop with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.secret import masked
from vpce_lint.truth import Reason
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from vpce_lint.source import Span


MOST_SHOWN = 80
"""A message shows so many characters of a longer expression."""


def invalid(words: str, span: Span | None, name: str | None = None) -> Unknown:
    """The unknown value that stands for a mistake, with what is wrong as the reason."""
    return Unknown(name or f"invalid({words})", (Reason(words, span),), invalid=True, span=span)


def excerpt(symbol: str) -> str:
    """An expression as a message shows it: the beginning of a long one, for its place is shown, too."""
    if len(symbol) <= MOST_SHOWN:
        return symbol
    return f"{masked(symbol[: 10 * MOST_SHOWN])[:MOST_SHOWN].rstrip()}…"  # half a key has another shape
