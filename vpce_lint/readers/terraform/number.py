"""Number literals, with the precision that Terraform gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform import ast

if TYPE_CHECKING:
    from vpce_lint.source import Span

SHORT = 150
"""Whole numbers of fewer digits need no rounding."""


def number(text: str, span: Span) -> ast.Expression:
    """The value of a decimal number literal; one that is absurdly long or large is not read."""
    if len(text) <= SHORT and text.isdecimal():
        return ast.Literal(span=span, value=int(text))
    from vpce_lint.number import NumberLimitError, parse  # noqa: PLC0415 (few files hold other numbers)

    try:
        value = parse(text)
    except NumberLimitError:
        return ast.TooDeep(span=span)
    return ast.Literal(span=span, value=int(text, 0) if value is None else value)
