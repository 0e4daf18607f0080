"""On which lines a TOML document's keys stand."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.toml_lines import Key, key_lines

NAMES = st.sampled_from(["a", "b", "c-d", '"e f"', "'g.h'", '"]"', '"="', '"#"'])
VALUES = st.sampled_from(
    [
        "1",
        '"x = 1"',
        "'[t]'",
        '"""\nz = 1\n[y]\n"""',
        "'''\n# '' \n'''",
        "[1, # c\n  2]",
        "[\n[1],\n[2]]",
        "{ k = 1 }",
        '"\\""',
    ]
)


def keys_of(value: object, key: Key = ()) -> set[Key]:
    """The ways to all tables and values, but not into inline tables, as values here have no others."""
    found: set[Key] = set()
    if isinstance(value, dict) and value != {"k": 1}:
        for name, inner in value.items():
            found |= {(*key, name)} | keys_of(inner, (*key, name))
    elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        for index, inner in enumerate(value):
            found |= {(*key, index)} | keys_of(inner, (*key, index))
    return found


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Valid documents with tables, arrays of tables, dotted keys, comments and values over several lines."""
    text = ""
    for _ in range(draw(st.integers(0, 8))):
        names = ".".join(draw(st.lists(NAMES, min_size=1, max_size=2)))
        line = draw(st.sampled_from(["{n} = {v}", "[{n}]", "[[{n}]]", " {n}={v} # x = 1", "# {n} = 1", ""]))
        grown = f"{text}{line.format(n=names, v=draw(VALUES))}\n"
        try:
            tomllib.loads(grown)
        except tomllib.TOMLDecodeError:
            continue
        text = grown
    return text


@given(documents())
def test_every_key_has_its_line(text: str) -> None:
    """Each key is found, and it first exists in the document cut behind its statement, never before its line."""
    lines = key_lines(text)
    assert set(lines) == keys_of(tomllib.loads(text))
    whole = text.split("\n")
    for key, line in lines.items():
        before = "\n".join(whole[: line - 1])
        assert not _holds(tomllib.loads(before), key)
        assert any(_holds(parsed, key) for parsed in _prefixes(whole, line))


def test_windows_line_ends() -> None:
    """Both kinds of line ends count as one."""
    assert key_lines("a = 1\r\n\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 3, ("b", "c"): 4}


def _prefixes(lines: list[str], line: int) -> list[dict[str, Any]]:
    """The first of the document's beginnings, from a line on, that is a document."""
    for end in range(line, len(lines) + 1):
        try:
            return [tomllib.loads("\n".join(lines[:end]))]
        except tomllib.TOMLDecodeError:
            continue
    return []


def _holds(value: Any, key: Key) -> bool:
    for part in key:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]
        else:
            return False
    return True
