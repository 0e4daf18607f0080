"""The values of options: what a text on the command line becomes, and what is said where it can't."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint.reporters import format_names
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vpce_lint.output_file import OutputFile

DIMENSIONS = ("principal", "resource", "action")
MOST_JOBS = 256
SHOWABLE = (*map(str, Verdict), "all")


def one_of(noun: str, words: Sequence[str]) -> Callable[[str], str]:
    """A reader of one of the words; the noun says what they are."""

    def read(text: str) -> str:
        if text not in words:
            from vpce_lint.suggestion import did_you_mean  # noqa: PLC0415 (only where a word isn't known)

            msg = f"there is no {noun} {text!r}{did_you_mean(text, words)}"
            raise ArgumentTypeError(msg)
        return text

    return read


def listed(text: str) -> list[str]:
    """Words with commas between them."""
    return [word for part in text.split(",") if (word := part.strip())]


def listed_of(noun: str, words: Sequence[str]) -> Callable[[str], list[str]]:
    """A reader of at least one of the words, with commas between them."""
    read = one_of(noun, words)

    def read_all(text: str) -> list[str]:
        return [read(word) for word in listed(text) or [text]]

    return read_all


def verdicts(text: str) -> list[Verdict]:
    """Verdicts with commas between them; ``all`` among them means every one."""
    words = listed_of("verdict", SHOWABLE)(text)
    return list(Verdict) if "all" in words else [Verdict(word) for word in words]


def number_of_jobs(text: str) -> int:
    """How many processes are to work."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_JOBS:
        msg = f"{text!r} is not a number from 1 to {MOST_JOBS}"
        raise ArgumentTypeError(msg)
    return int(text)


def variable(text: str) -> tuple[str, str]:
    """A name and what is behind the first equals sign."""
    name, equals, value = text.partition("=")
    if not (name.strip() and equals):
        msg = f"{text!r} is not NAME=VALUE"
        raise ArgumentTypeError(msg)
    return name.strip(), value


def output_file(text: str) -> OutputFile:
    """A format and the file for it."""
    from vpce_lint.output_file import OutputFile  # noqa: PLC0415 (few runs write files, and it loads much)

    name, equals, path = text.partition("=")
    if not (name and equals and path):
        msg = f"{text!r} is not FORMAT=FILE"
        raise ArgumentTypeError(msg)
    return OutputFile(one_of("format", format_names())(name), Path(path))
