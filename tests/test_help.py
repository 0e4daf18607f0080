"""What ``--help`` prints."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from vpce_lint.arguments import COMMANDS, parse, parser_of
from vpce_lint.help_text import NOTES, OVERVIEW, PURPOSES, SUMMARIES

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("prod.tfvars", "plan.json", "prod.json", "policy.json")
FOLDERS = ("infra", "envs/prod", "stacks", "policies")


def text_of(command: str) -> str:
    """The help of a command, 80 columns wide."""
    return parser_of(command).format_help()


def examples_of(command: str) -> list[str]:
    """The commands among the examples, each with a line below that says what it does."""
    lines = text_of(command).partition("\nexamples:\n")[2].splitlines()
    assert [line.startswith("      ") for line in lines] == [False, True] * (len(lines) // 2)
    return [line.strip() for line in lines[::2]]


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_terminal(command: str) -> None:
    """No line is wider than 80 columns."""
    assert [line for line in text_of(command).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_argument_is_explained(command: str) -> None:
    """Each option and operand says what it is for; what may be repeated says so."""
    for action in parser_of(command)._actions:
        assert action.help
        repeats = type(action).__name__ in {"_AppendAction", "_ExtendAction"}
        assert repeats is ("(repeatable)" in action.help)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_default_is_named(command: str) -> None:
    """A word that is assumed where none is written stands in the help."""
    for action in parser_of(command)._actions:
        if isinstance(action.default, str) and action.default != "==SUPPRESS==":
            assert f"(default: {action.default})" in (action.help or "")


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_are_understood(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command has examples, and the parser takes them."""
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
    for file in FILES:
        (tmp_path / file).touch()
    monkeypatch.chdir(tmp_path)
    parsed = [parse(shlex.split(example)[1:]).command for example in examples_of(command)]
    assert command in parsed


def test_overview_has_every_command() -> None:
    """Each command stands at the top with what it takes, and has a text of its own."""
    assert re.findall(r"^  vpce-lint (\[?[a-z-]+)", OVERVIEW, re.MULTILINE) == ["[check", *COMMANDS[1:]]
    assert set(PURPOSES) == set(NOTES) == set(COMMANDS[1:])


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_what_a_command_takes_is_what_its_parser_asks(command: str) -> None:
    """The overview and the parser agree on the operand."""
    [usage] = re.findall(r"^usage: vpce-lint (.*(?:\n {8,}.*)*)", text_of(command))
    operand = SUMMARIES[command][0].partition(" ")[2]
    assert operand in usage


@pytest.mark.parametrize("command", ["check", "paths", "policy", "test-rules"])
def test_exit_codes_are_told(command: str) -> None:
    """Commands that judge say what each exit code means."""
    section = text_of(command).partition("exit codes:\n")[2].partition("\n\n")[0]
    interrupted = ["130"] if command == "check" else []
    assert re.findall(r"^  (\d+)", section, re.MULTILINE) == ["0", "1", "2", *interrupted]
