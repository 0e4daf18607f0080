"""What a terminal is given."""

from __future__ import annotations

import json
from io import StringIO
from xml.dom.minidom import parseString

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.terminal import (
    disarmed,
    disarmed_json,
    disarmed_xml,
    encodable,
    may_color,
    paint,
    printable,
    unpaint,
    width,
)


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@given(st.text(st.characters(categories=("C", "Z", "L"))))
def test_nothing_steers_the_terminal(text: str) -> None:
    """Whatever a file holds, what is printed of it has only printable characters."""
    assert printable(text).isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("a\nb\r", "a\\nb\\r"),
        ("\tx", "    x"),
        ("caf\udce9", "caf\\udce9"),
        ("日本 ok", "日本 ok"),
    ],
)
def test_dangerous_characters_are_written_out(text: str, shown: str) -> None:
    """Control, bidirectional and broken characters show as escapes, all others as they are."""
    assert shown == printable(text)


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("…", 1)])
def test_width(text: str, columns: int) -> None:
    """Wide characters take two columns, combining ones none."""
    assert columns == width(text)


@given(st.text())
def test_styles_come_off_again(text: str) -> None:
    """Taking the styles away leaves exactly the printable text."""
    shown = printable(text)
    assert shown == unpaint(paint(shown, "1;31"))


@pytest.mark.parametrize(
    ("environment", "colored"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_color_on_a_terminal(environment: dict[str, str], colored: bool) -> None:  # noqa: FBT001
    """A terminal gets colour, unless NO_COLOR is set."""
    assert colored is may_color(Terminal(), environment)


def test_no_color_elsewhere() -> None:
    """A pipe or a file never gets colour."""
    assert may_color(StringIO(), {}) is False


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "a · b… 日"), ("cp1252", "a - b... \\u65e5"), ("ascii", "a - b... \\u65e5"), (None, "a - b... \\u65e5")],
)
def test_every_encoding_can_be_printed_to(encoding: str | None, shown: str) -> None:
    """What an encoding lacks is replaced, by its nearest in ASCII or by its number."""
    assert shown == encodable("a · b… 日", encoding)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error::x", r"\x3a:error::x"),
        ("a\n  \x1b[1m::error::x", "a\n  \x1b[1m\\x3a:error::x"),
        ("a ##[error]x", r"a \x23#[error]x"),
        ("##vso[task.complete]", r"\x23#vso[task.complete]"),
        ("##teamcity[x]", r"\x23#teamcity[x]"),
        ("aws::x, a ## b, # [c]", "aws::x, a ## b, # [c]"),
    ],
)
def test_ci_runner_is_not_commanded(text: str, expected: str) -> None:
    """What a CI runner would obey is written out, and nothing else."""
    assert disarmed(text) == expected


@pytest.mark.parametrize("text", ["##[error]x", "###[error]x", "####vso[x]", "a###[b]##[c]"])
def test_ci_runner_finds_no_command_in_data(text: str) -> None:
    """Of any number of signs in a row no two stay together, and the data means the same as before."""
    made, xml = disarmed_json(json.dumps(text)), disarmed_xml(f"<a>{text}:::x</a>")
    assert "##" not in made + xml
    assert "::" not in xml
    assert json.loads(made) == text
    assert parseString(xml).documentElement.firstChild.data == f"{text}:::x"  # noqa: S318 (our own text)
