"""Regular expressions (the pages of ``regex``, ``regexall`` and ``replace``), on RE2 as Terraform's own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import re2

from vpce_lint.readers.terraform.functions.function import ANY, STRING, InvalidError, LimitError, exact
from vpce_lint.readers.terraform.functions.limits import MOST_CHARACTERS, MOST_MEMBERS, MOST_PATTERN_MEMORY
from vpce_lint.type_constraint import Type

if TYPE_CHECKING:
    from collections.abc import Iterator


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """The compiled pattern; ``InvalidError`` where it is malformed."""
    options = re2.Options()
    options.max_mem = MOST_PATTERN_MEMORY
    options.log_errors = False
    options.never_nl = False
    try:
        return re2.compile(pattern, options=options)
    except re2.error as error:
        msg = f'"{pattern}" is no regular expression: {_words(error)}'
        raise InvalidError(msg) from None


def _words(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)


@exact(STRING, STRING)
def regex(pattern: str, string: str) -> Any:
    """The first match: its text, or its groups as a tuple or, where they have names, an object."""
    expression = compiled(pattern)
    _check_groups(expression, pattern)
    match = expression.search(string)
    if match is None:
        msg = f'"{pattern}" matches nothing in "{string[:80]}"'
        raise InvalidError(msg)
    return _captured(expression, match)


@exact(STRING, STRING, returns=Type("list", ANY))
def regexall(pattern: str, string: str) -> list[Any]:
    """All matches that don't overlap."""
    expression = compiled(pattern)
    _check_groups(expression, pattern)
    return [_captured(expression, match) for match in _matches(expression, string)]


def substitute(pattern: str, string: str, replacement: str) -> str:
    """The string with every match replaced; ``$1`` and ``${name}`` in the replacement are groups."""
    expression = compiled(pattern)
    pieces: list[str] = []
    at = size = 0
    for match in _matches(expression, string):
        pieces += [string[at : match.start()], _expanded(expression, match, replacement)]
        at, size = match.end(), size + len(pieces[-1])
        if size > MOST_CHARACTERS:
            msg = f"produces more than {MOST_CHARACTERS} characters"
            raise LimitError(msg)
    return "".join((*pieces, string[at:]))


def _matches(expression: Any, string: str) -> Iterator[Any]:
    """The matches as Go finds them: none is empty just behind another one."""
    at, last_end, count = 0, -1, 0
    while at <= len(string):
        match = expression.search(string, at)
        if match is None:
            return
        start, end = match.span()
        if start != end or start != last_end:
            count += 1
            if count > MOST_MEMBERS:
                msg = f"finds more than {MOST_MEMBERS} matches"
                raise LimitError(msg)
            yield match
        last_end = end
        at = end if end > start else end + 1
        if end > start:
            continue


def _check_groups(expression: Any, pattern: str) -> None:
    if expression.groupindex and len(expression.groupindex) < expression.groups:
        msg = f'"{pattern}" mixes groups with and without names'
        raise InvalidError(msg)


def _captured(expression: Any, match: Any) -> Any:
    if not expression.groups:
        return match.group()
    names = expression.groupindex
    return {name: match.group(name) for name in names} if names else tuple(match.groups())


def _expanded(expression: Any, match: Any, replacement: str) -> str:
    """The replacement with its groups filled in (Go's ``Regexp.Expand``)."""
    pieces: list[str] = []
    at = 0
    while True:
        dollar = replacement.find("$", at)
        if dollar < 0:
            return "".join((*pieces, replacement[at:]))
        pieces.append(replacement[at:dollar])
        if replacement.startswith("$$", dollar):
            pieces.append("$")
            at = dollar + 2
            continue
        name, at = _group_name(replacement, dollar + 1)
        pieces.append("$" if name is None else _group(expression, match, name))


def _group_name(replacement: str, at: int) -> tuple[str | None, int]:
    """A group's name behind a dollar sign and the offset behind it; ``None`` where it is a mere dollar sign."""
    braced = replacement.startswith("{", at)
    start = at + braced
    end = start
    while end < len(replacement) and (replacement[end].isalnum() or replacement[end] == "_"):
        end += 1
    if end == start or (braced and not replacement.startswith("}", end)):
        return None, at
    return replacement[start:end], end + braced


def _group(expression: Any, match: Any, name: str) -> str:
    if name.isascii() and name.isdigit() and (name == "0" or not name.startswith("0")):
        number = int(name[:6])
        return (match.group(number) or "") if number <= expression.groups else ""
    return (match.group(name) or "") if name in expression.groupindex else ""
