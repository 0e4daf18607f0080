"""Number literals, exactly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vpce_lint.readers.terraform import ast

if TYPE_CHECKING:
    from vpce_lint.source import Span

LONGEST = 400
"""Digits that a number may have, written out."""

_EXPONENT = re.compile(r"[eE]([-+]?[0-9]+)")


def number(text: str, span: Span) -> ast.Expression:
    """The value of a decimal number literal; one that is absurdly long or large is not read."""
    if len(text) <= LONGEST and text.isdecimal():
        return ast.Literal(span=span, value=int(text))
    exponent = _EXPONENT.search(text)
    if len(text) > LONGEST or (exponent and (len(exponent[1]) > 4 or abs(int(exponent[1])) > LONGEST)):
        return ast.TooDeep(span=span)
    from fractions import Fraction  # noqa: PLC0415  # costs more to import than most files to read

    try:
        value = Fraction(text)
    except ValueError:
        return ast.Literal(span=span, value=int(text, 0))
    return ast.Literal(span=span, value=value.numerator if value.denominator == 1 else value)
