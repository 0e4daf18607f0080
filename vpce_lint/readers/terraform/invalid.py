"""Values where Terraform would stop with an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.truth import Reason
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from vpce_lint.source import Span


def invalid(words: str, span: Span | None, name: str | None = None) -> Unknown:
    """The unknown value that stands for a mistake, with what is wrong as the reason."""
    return Unknown(name or f"invalid({words})", (Reason(words, span),), invalid=True, span=span)
