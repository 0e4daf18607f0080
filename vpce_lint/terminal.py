"""Text on a terminal: what its characters show as, how wide they are, and when it may be coloured."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

TAB = "    "
_STYLE = regex(r"\x1b\[[0-9;]*m")
_SHARP = regex("#(?=#)")
_COLON = regex(":(?=:)")
"""Each but the last of several: of ``###[`` no two are to stay together."""

_COMMAND = regex(r"^((?:[^\S\n]|\x1b\[[0-9;]*m)*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
_ASCII = str.maketrans({"·": "-", "…": "..."})


def printable(text: str) -> str:
    r"""The text with everything that could steer a terminal, or hide, written out: ``\x1b``, ``\u202e``.

    A tab becomes four blanks. What a file or a name holds is never trusted with the terminal.
    """
    if text.isprintable():
        return text
    return "".join(_show(character) for character in text)


def _show(character: str) -> str:
    if character.isprintable():
        return character
    if character == "\t":
        return TAB
    return character.encode("unicode_escape").decode("ascii")


def disarmed(text: str) -> str:
    r"""The text with what a CI runner would take for a command written out: ``\x3a:error::``, ``\x23#[error]``.

    GitHub Actions obeys lines that begin with ``::`` after blanks, and ``##[`` anywhere in a line (actions/runner,
    ActionCommand.cs); Azure Pipelines ``##vso[``; TeamCity ``##teamcity[``.
    """
    return _COMMAND.sub(lambda match: f"{match[1] or ''}\\x{ord(match[0][-1]):x}", text)


def disarmed_json(text: str) -> str:
    r"""JSON with the same meaning, in which no CI runner finds a command: ``##`` stands in strings only."""
    return _SHARP.sub(r"\\u0023", text)


def disarmed_xml(text: str) -> str:
    """XML with the same meaning, in which no CI runner finds a command; its markup has neither ``::`` nor ``##``."""
    return _SHARP.sub("&#35;", _COLON.sub("&#58;", text))


def width(text: str) -> int:
    """How many columns a printable text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 (its table is large)

    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def paint(text: str, style: str) -> str:
    """The text in a style: the numbers of an SGR sequence, ``1;31`` for bold red."""
    return f"\x1b[{style}m{text}\x1b[0m"


def unpaint(text: str) -> str:
    """The text without styles; exact, since printable text holds no escape characters of its own."""
    return _STYLE.sub("", text)


def may_color(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour what is written there: only on a terminal, and never with ``NO_COLOR``."""
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return stream.isatty()


def encodable(text: str, encoding: str | None) -> str:
    """The text, or where the encoding lacks one of its characters, the nearest that it has."""
    encoding = encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    return text
