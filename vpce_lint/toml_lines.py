"""On which lines the keys of a TOML document stand, which Python's parser doesn't say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[str | int, ...]
"""The way to a value: names of keys, and numbers of an array's tables from 0."""

_TOKEN = regex(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[{]|[\]}]|\n"
    r"|[^\"'\#\[\]{}\n]+"
    r"|.",
    re.DOTALL,
)


def key_lines(text: str) -> dict[Key, int]:
    """The line (from 1) of every table and key of a valid document; keys of inline tables are left out."""
    lines: dict[Key, int] = {}
    counts: dict[Key, int] = {}
    table: Key = ()
    for line, statement in _statements(text):
        if statement.startswith("["):
            several = statement.startswith("[[")
            table = _placed(_names(statement.strip("[] \t")), counts)
            for end in range(1, len(table)):
                lines.setdefault(table[:end], line)
            if several:
                counts[table] = counts.get(table, -1) + 1
                lines.setdefault(table, line)
                table = (*table, counts[table])
            lines.setdefault(table, line)
        else:
            key = table
            for name in _names(statement):
                key = (*key, name)
                lines.setdefault(key, line)
    return lines


def _placed(names: list[str], counts: dict[Key, int]) -> Key:
    """A table's key; on its way it passes through the last table so far of each array."""
    key: Key = ()
    for index, name in enumerate(names):
        key = (*key, name)
        if index < len(names) - 1 and key in counts:
            key = (*key, counts[key])
    return key


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The headers as written, and of assignments what stands before the first equals sign, with their lines."""
    line, depth = 1, 0
    start, words, head = 1, "", True
    for match in _TOKEN.finditer(text.replace("\r\n", "\n")):
        piece = match[0]
        if piece == "\n" and not depth:
            if words.strip():
                yield start, words.strip()
            words, head, start = "", True, line + 1
        elif not piece.startswith("#") and head:
            before, equals, _ = ("", "", "") if piece[0] in "\"'" else piece.partition("=")
            words += before if equals else piece
            head = not equals
        if piece in "[{" and not (head and words.lstrip().startswith("[")):
            depth += 1
        elif piece in "]}" and depth:
            depth -= 1
        line += piece.count("\n")
    if words.strip():
        yield start, words.strip()


def _names(dotted: str) -> list[str]:
    """The names of a dotted key, quoted or not."""
    names: list[str] = []
    import tomllib  # noqa: PLC0415 (loaded when it is needed)

    table: object = tomllib.loads(f"{dotted} = 0")
    while isinstance(table, dict):
        [(name, table)] = table.items()
        names.append(name)
    return names
