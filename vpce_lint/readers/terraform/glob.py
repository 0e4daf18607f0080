"""File name patterns of ``fileset`` (Terraform function page "fileset")."""

from __future__ import annotations

import re
from functools import lru_cache

from vpce_lint.regex import regex

_TOKEN = regex(r"\*\*/|\*\*|\*|\?|\[\^?[^\]/]+\]|\{[^{}]*\}|\\.|.", re.DOTALL)


def matches(pattern: str, path: str) -> bool:
    """Whether a path with ``/`` matches: ``*`` and ``?`` stay in a segment, ``**`` crosses segments.

    Runs in time linear in the path for each ``*``: patterns of the scanned code can't make it hang.
    """
    return _match(_tokens(pattern), path)


@lru_cache(maxsize=64)
def _tokens(pattern: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(pattern))


def _match(tokens: tuple[str, ...], path: str) -> bool:
    """Follow all positions that the tokens so far can have reached."""
    reached = {0}
    for token in tokens:
        reached = {end for start in reached for end in _ends(token, path, start)}
        if not reached:
            return False
    return len(path) in reached


def _ends(token: str, path: str, start: int) -> list[int]:
    rest = len(path)
    if token == "**/":  # noqa: S105 (a pattern, not a password)
        return [start, *(index + 1 for index in range(start, rest) if path[index] == "/")]
    if token == "**":  # noqa: S105
        return list(range(start, rest + 1))
    if token == "*":  # noqa: S105
        slash = path.find("/", start)
        return list(range(start, (rest if slash < 0 else slash) + 1))
    if start >= rest:
        return []
    character = path[start]
    if token == "?":  # noqa: S105
        return [start + 1] if character != "/" else []
    if token.startswith("{"):
        return [start + len(option) for option in token[1:-1].split(",") if path.startswith(option, start)]
    if len(token) > 1 and token.startswith("["):
        return [start + 1] if _in_class(token[1:-1], character) else []
    literal = token.removeprefix("\\")
    return [start + 1] if character == literal else []


def _in_class(body: str, character: str) -> bool:
    negated = body.startswith("^")
    body = body.removeprefix("^")
    inside = False
    index = 0
    while index < len(body):
        if index + 2 < len(body) and body[index + 1] == "-":
            inside = inside or body[index] <= character <= body[index + 2]
            index += 3
        else:
            inside = inside or body[index] == character
            index += 1
    return inside is not negated
