"""Mistakes on the command line, each said in one line, with what was perhaps meant."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence


class UsageError(Exception):
    """The command line is at fault."""


class Parser(ArgumentParser):
    """An argument parser whose errors are exceptions of ours."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting."""
        if surplus := re.match(r"unrecognized arguments: (\S+)", message):
            message = f"{surplus[1]!r} is one argument too many"
        raise UsageError(re.sub(r"ignored explicit argument .*", "takes no value", message, flags=re.DOTALL))

    def option_names(self) -> tuple[str, ...]:
        """The options as they are written, dashes included."""
        return tuple(self._option_string_actions)


def unknown_options(parser: Parser, arguments: Sequence[str]) -> Iterator[str]:
    """The words that look like options and are none of the parser's; behind ``--`` nothing is an option."""
    known = parser.option_names()
    for word in arguments:
        if word == "--":
            return
        name = word.partition("=")[0]
        if re.match(r"--?[A-Za-z]\S*\Z", name) and name not in known:
            yield name


def like_an_option(name: str, parser: Parser) -> str:
    """The parser's option that is most like a word; empty where none is."""
    from vpce_lint.suggestion import nearest  # noqa: PLC0415 (only where a word isn't known)

    return nearest(name, (option for option in parser.option_names() if option.startswith("--")))


def existing(path: str) -> Path:
    """A path that a user named; ``UsageError`` where nothing is there, or nobody may look."""
    found = Path(path)
    try:
        if found.exists():
            return found
        from vpce_lint.suggestion import nearby  # noqa: PLC0415 (only where a word isn't known)

        hint = nearby(found)
    except OSError as error:
        msg = f"{path} can't be read: {error.strerror}"
        raise UsageError(msg) from error
    msg = f"there is no {path}{hint}"
    raise UsageError(msg)


def refuse_lost_folder() -> None:
    """``UsageError`` where the working directory, from which paths count, is gone."""
    try:
        os.getcwd()  # noqa: PTH109 (pathlib would only wrap it)
    except OSError as error:
        msg = f"the working directory can't be told: {error.strerror}"
        raise UsageError(msg) from error


def refuse_missing(options: Namespace) -> None:
    """``UsageError`` where a file or folder that is named besides what is to be judged isn't there."""
    asked = vars(options)
    for path in (asked.get("config"), asked.get("file"), *asked.get("rule_folders", ())):
        if path and path != "-":
            existing(path)
