"""README.md tells the truth."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from vpce_lint.arguments import COMMANDS, check_parser, command_parser, parse

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
SHOWN_COMMANDS = [
    line.removeprefix("$ ").partition("#")[0]
    for kind, block in BLOCKS
    if kind == "console"
    for line in block.splitlines()
    if line.startswith("$ ")
]


def blocks(kind: str) -> list[str]:
    """The fenced blocks of a kind."""
    return [block for each, block in BLOCKS if each == kind]


def test_two_commands_for_newcomers() -> None:
    """One command lints the example, one passes the tests, and each does all the set-up."""
    assert [len(block.splitlines()) for block in blocks("sh")] == [1, 1]
    lint, test = blocks("sh")
    assert "pip install" in lint
    assert "vpce-lint fixtures/example-network" in lint
    assert "pip install" in test
    assert "'.[test]'" in test


@pytest.mark.parametrize("command", SHOWN_COMMANDS)
def test_commands_are_understood(command: str) -> None:
    """Each command that is shown is one that the parser accepts."""
    program, *arguments = shlex.split(command)
    assert program == "vpce-lint"
    if arguments != ["--help"]:
        assert parse(arguments).command in set(COMMANDS)


def test_every_command_is_shown() -> None:
    """Each command has its line."""
    shown = [shlex.split(command)[1:] for command in SHOWN_COMMANDS]
    named = {word for word in re.findall(r"`vpce-lint ([a-z-]+)`", README) if word in COMMANDS}
    assert {parse(arguments).command for arguments in shown if arguments != ["--help"]} | named == set(COMMANDS)


def test_options_exist() -> None:
    """Each option of the tool that is mentioned exists, and each that exists is mentioned or in the help."""
    parsers = (check_parser(), command_parser("policy"))
    known = {option for parser in parsers for action in parser._actions for option in action.option_strings}
    mentioned = set(re.findall(r"`(--[a-z-]+)", README))
    assert mentioned <= known


def test_links_lead_somewhere() -> None:
    """Each file that is linked to exists."""
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_dependencies_are_explained() -> None:
    """Each dependency has its row, and no other package has one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[<>=!~;\[ ]", dependency)[0] for dependency in project["dependencies"]}
    section = README.partition("## Dependencies")[2].partition("\n\nWhy not")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert names == {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)}
