"""Policy variables: ``${aws:username}``, ``${aws:PrincipalTag/team, 'none'}``, and ``${*}`` for a plain star.

Source: IAM User Guide, "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.policy.condition_key import normal
from vpce_lint.policy.glob import (
    ANY,
    ARN_SEGMENTS,
    IN_SEGMENT,
    Glob,
    Token,
    arn,
    ignoring_case,
    literal,
    of_tokens,
    wildcard,
)
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.policy.operator import Style

    Lookup = Callable[[str], Glob | None]

_VARIABLE = regex(r"\$\{\s*([^{},\s]+)\s*(?:,\s*'([^']*)'\s*)?\}")
_ESCAPES = {"*", "?", "$"}


def _plain(text: str, style: Style) -> Glob:
    if style == "like":
        return wildcard(text)
    if style == "arn":
        return arn(text)
    return ignoring_case(text) if style == "ignoring case" else literal(text)


def names(text: str) -> set[str]:
    """The keys, as they are compared, that a text asks for."""
    if "${" not in text:
        return set()
    return {normal(each[1]) for each in _VARIABLE.finditer(text) if each[1] not in _ESCAPES}


def pattern(text: str, style: Style, lookup: Lookup | None) -> Glob | None:
    """The pattern that a text is, its variables looked up; ``None`` where one of them has no value.

    ``lookup`` gets a key as it is compared; without it, variables are plain text.
    """
    if lookup is None or "${" not in text:
        return _plain(text, style)
    row: list[Token] = []
    segment, at = 1, 0
    segmented = style == "arn" and text.count(":") >= ARN_SEGMENTS - 1
    for found in (*_VARIABLE.finditer(text), None):
        for character in text[at : found.start() if found else len(text)]:
            segment += character == ":"
            if style in {"like", "arn"} and character in "*?":
                wild = IN_SEGMENT if segmented and segment < ARN_SEGMENTS else ANY
                row.append(Token(wild, star=character == "*"))
            else:
                row += (ignoring_case if style == "ignoring case" else literal)(character).tokens
        if found is None:
            break
        at = found.end()
        value = literal(found[1]) if found[1] in _ESCAPES else lookup(normal(found[1]))
        if value is None and found[2] is not None:
            value = literal(found[2])
        if value is None:
            return None
        if style == "ignoring case" and value.literal is not None:
            value = ignoring_case(value.literal)
        row += value.tokens
    return of_tokens(row, text)
