"""Completion in shells."""

from __future__ import annotations

import re
import shlex
import subprocess
from argparse import ArgumentParser
from typing import TYPE_CHECKING

import pytest
from terminal_session import END, SHELLS, Session, session

from vpce_lint.arguments import COMMANDS, parser_of
from vpce_lint.cli import main
from vpce_lint.completions import load_shell, shell_names
from vpce_lint.loader import load_rules
from vpce_lint.vocabulary import FREE, Command, Kind, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = vocabulary()
SCRIPTS = {name: load_shell(name)(WORDS) for name in shell_names()}


def apart(arguments: list[str]) -> list[str]:
    """Arguments with options and values apart, and folders without a slash: shells differ in these."""
    return [
        part.removesuffix("/")
        for each in arguments
        for part in (each.split("=", 1) if each.startswith("--") else [each])
    ]


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A shell with its script, in a folder with a little code and a folder whose name has a blank."""
    folder = tmp_path_factory.mktemp("here")
    for name in ("infra", "my code", "rules"):
        (folder / name).mkdir()
        (folder / name / "main.tf").touch()
    script = tmp_path_factory.mktemp("script") / "script"
    script.write_text(SCRIPTS[request.param], "utf-8")
    with session(request.param, script, folder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("keys", "arguments"),
    [
        ("--min-s\thi\t", ["--min-severity", "high"]),
        ("--format=js\t", ["--format", "json"]),
        ("--select VPCE001,VPCE003\t", ["--select", "VPCE001,VPCE003"]),
        ("--select=VPCE001,malf\t", ["--select", "VPCE001,malformed-endpoint-policy"]),
        ("--show undet\t", ["--show", "undetermined"]),
        ("--output sar\tinf\tma\t", ["--output", "sarif=infra/main.tf"]),
        ("--output=sar\tinf\tma\t", ["--output", "sarif=infra/main.tf"]),
        ("--root inf\t", ["--root", "infra"]),
        ("--root infra/ma\t", ["--root", "infra/ma"]),
        ("--config infra/ma\t", ["--config", "infra/main.tf"]),
        ("--var inf\t=x", ["--var", "inf=x"]),
        ("expl\tVPCE99\t", ["explain", "VPCE999"]),
        ("explain interface-endpoint-f\t", ["explain", "interface-endpoint-for-gateway-service"]),
        ("policy --min-l\tre\t", ["policy", "--min-level", "restrictive"]),
        ("policy --str\t x", ["policy", "--str", "x"]),
        ("inf\tma\t", ["infra/main.tf"]),
        ("my\tma\t", ["my code/main.tf"]),
        ("infra my\tma\t", ["infra", "my code/main.tf"]),
        ("check --strict -- inf\t", ["check", "--strict", "--", "infra"]),
        ("completion z\t", ["completion", "zsh"]),
        ("--rules rules --write-b\tx", ["--rules", "rules", "--write-baseline", "x"]),
    ],
)
def test_tab_completes(shell: Session, keys: str, arguments: list[str]) -> None:
    """What is begun at a terminal and completed with the tab key becomes the arguments that were meant."""
    shell.type(f"vpce-lint {keys}\r")
    assert apart(re.findall(r"<(.*?)>", shell.wait_for(END))[:-1]) == arguments


def offered(*words: str, line: str | None = None) -> set[str]:
    """What bash offers for the last of the words, which ``=`` has parted as bash does."""
    asked = [each for word in ("vpce-lint", *words) for each in re.split(r"(=)", word) if each or not word]
    call = "\n".join(
        [
            SCRIPTS["bash"],
            f"COMP_WORDS=({shlex.join(asked)})",
            f"COMP_CWORD={len(asked) - 1}",
            f"COMP_LINE={shlex.quote(line or ' '.join(('vpce-lint', *words)))}",
            "_vpce_lint",
            'printf "%s\\n" "${COMPREPLY[@]}"',
        ]
    )
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", call], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stderr == ""
    return set(done.stdout.split())


def options_of(command: str) -> set[str]:
    """The options that a command's parser knows."""
    return set(parser_of(command).option_names())


@pytest.mark.parametrize("command", COMMANDS)
def test_bash_offers_every_option(command: str) -> None:
    """Behind each command its options are offered, all of them and no other."""
    assert offered(command, "-") == options_of(command)


def test_bash_offers_commands_and_paths_first() -> None:
    """The first word may be a command, or a path."""
    assert set(COMMANDS) - offered("") == set()
    assert "usr/" in offered("")
    assert offered("r") >= {"rules"}
    assert offered("usr", "") == set()


def test_bash_offers_every_rule() -> None:
    """A list of rules takes each rule by id and by name, behind those that are there."""
    rules = {word for rule in load_rules() for word in (rule.id, rule.name)}
    assert offered("--select", "") == rules
    assert offered("--ignore=VPCE001,") == {f"VPCE001,{word}" for word in rules}
    assert offered("explain", "") >= {*rules, "VPCE900"}


def test_bash_puts_words_together_that_it_has_parted() -> None:
    """An equals sign within a word is none of a word of its own."""
    assert offered("--format=") == offered("--format", "")
    assert offered("--var", "a=b", "--form") == {"--format"}
    assert offered("--output", "sarif=") == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_metavars_say_what_is_meant(command: str) -> None:
    """Each value has choices, or a metavar that says what completes it; a new one belongs into vocabulary.py."""
    known = {"PATH", "FILE", "DIR", "FORMAT=FILE", "RULE", "RULE[,RULE]", "VERDICT[,VERDICT]", "DIMENSION[,DIMENSION]"}
    metavars = {
        str(action.metavar) for action in parser_of(command)._actions if action.nargs != 0 and action.choices is None
    }
    assert {each for each in metavars - known if each.partition("[,")[0] not in FREE} == set()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_syntax_is_valid(shell: str, tmp_path: Path) -> None:
    """The scripts for bash and zsh parse; that for zsh keeps to what bash understands, so that this can be told."""
    script = tmp_path / "script"
    script.write_text(SCRIPTS[shell], "utf-8")
    done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def specifications(command: str) -> list[str]:
    """What zsh's ``_arguments`` is given for a command, as a shell passes it on."""
    functions = SCRIPTS["zsh"].partition("\nif [ ")[0]
    call = f"_arguments() {{ printf '%s\\n' \"$@\"; }}\n{functions}\n_vpce-lint-{command}"
    done = subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("command", WORDS.commands, ids=lambda command: command.name)
def test_zsh_is_told_every_option(command: Command) -> None:
    """Each option reaches zsh with its meaning, in quotes that hold."""
    told = dict(
        re.findall(
            r"^(?:\*|\(- \*\))?(--?[a-z-]+)=?\[(.*)\](?:$|:)", "\n".join(specifications(command.name)), re.MULTILINE
        )
    )
    assert told == {name: option.meaning for option in command.options for name in option.names}


@pytest.mark.parametrize("command", WORDS.commands, ids=lambda command: command.name)
def test_fish_is_told_every_option(command: Command) -> None:
    """Each option reaches fish with its meaning and whether it takes a value."""
    parser = ArgumentParser()
    for flag in ("-c", "-n", "-l", "-s", "-a", "-d"):
        parser.add_argument(flag)
    for flag in ("-x", "-r", "-F", "-f"):
        parser.add_argument(flag, action="store_true")
    lines = [shlex.split(line) for line in SCRIPTS["fish"].splitlines() if line.startswith("complete ")]
    told = [parser.parse_args(words) for _, *words in lines if f"test (__vpce_lint_command) = {command.name}" in words]
    assert {(f"--{each.l}", each.d, each.x or each.r) for each in told if each.l} == {
        (name, option.meaning, option.value is not None)
        for option in command.options
        for name in option.names
        if name.startswith("--")
    }
    assert {each.f for each in told if not each.l} <= {True}


def test_fish_quotes_without_backslashes() -> None:
    """A backslash within single quotes means one thing to fish and another to the other shells."""
    lines = [line for line in SCRIPTS["fish"].splitlines() if line.startswith("complete ")]
    assert not [line for line in lines if "\\" in line]


def test_meanings_are_short() -> None:
    """What stands beside an option while one types is a phrase, without what only the help needs."""
    for command in WORDS.commands:
        for option in command.options:
            assert 0 < len(option.meaning) <= 90
            assert "(" not in option.meaning


def test_a_value_is_what_its_option_takes() -> None:
    """The parts of the vocabulary that no choices tell."""
    [check, *_] = WORDS.commands
    kinds = {name: option.value and option.value.kind for option in check.options for name in option.names}
    assert kinds["--root"] is Kind.FOLDER
    assert kinds["--var-file"] is Kind.FILE
    assert kinds["--var"] is Kind.FREE
    assert kinds["--strict"] is None
    assert [option.names[-1] for option in check.options if option.repeatable][:3] == ["--root", "--var", "--var-file"]


@pytest.mark.parametrize("shell", shell_names())
def test_command_prints_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``vpce-lint completion SHELL`` prints the script and nothing else, twice the same."""
    assert main(["completion", shell]) == 0
    assert capsys.readouterr() == (SCRIPTS[shell], "")
