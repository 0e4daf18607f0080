"""The reference of the command line, from the parsers' own help."""

from __future__ import annotations

import os
from contextlib import redirect_stdout, suppress
from io import StringIO

from vpce_lint.arguments import COMMANDS, parse

WIDTH = 100
"""Columns to which the help is wrapped."""
INTRODUCTION = """\
# Command line

What each command prints with `--help`. `check` is the command where none is named: `vpce-lint infra` is
`vpce-lint check infra`.
"""


def render() -> str:
    """The page."""
    parts = [INTRODUCTION]
    for command in COMMANDS:
        words = [] if command == "check" else [command]
        line = " ".join(["vpce-lint", *words, "--help"])
        parts += [f"## {command}", f"```console\n$ {line}\n{help_of(words)}```"]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def help_of(words: list[str]) -> str:
    """The help of a command, as wide as the page takes it."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(WIDTH)
    try:
        with redirect_stdout(StringIO()) as stream, suppress(SystemExit):
            parse([*words, "--help"])
    finally:
        del os.environ["COLUMNS"]
        if before is not None:
            os.environ["COLUMNS"] = before
    return stream.getvalue()
