"""Mistakes on the command line: one line that says what is wrong, and what was perhaps meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from vpce_lint.arguments import COMMANDS, DIMENSIONS, LEVELS, parse, parser_of
from vpce_lint.cli import COMMANDS as RUN
from vpce_lint.cli import main
from vpce_lint.policy import standard
from vpce_lint.suggestion import did_you_mean, nearby, nearest

NEEDED = {
    "policy": ["policy.json"],
    "explain": ["VPCE001"],
    "new-rule": ["a/b"],
    "test-rules": ["policies"],
    "completion": ["bash"],
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with some things that can be named, and misspelt."""
    for folder in ("infra/prod", "policies"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("vpce.toml", "known.json", "policy.json", "prod.tfvars"):
        (tmp_path / file).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        # commands
        (["polcy", "x", "--service", "s3"], "there is no command or path 'polcy', did you mean vpce-lint policy?"),
        (["expain", "VPCE003"], "there is no command or path 'expain', did you mean vpce-lint explain?"),
        (["Rules"], "there is no command or path 'Rules', did you mean vpce-lint rules?"),
        (["--strict", "paths"], "write the command first: vpce-lint paths ..."),
        # options
        (["--min-severty", "low"], "there is no option --min-severty, did you mean --min-severity?"),
        (["check", "-format", "json"], "there is no option -format, did you mean --format?"),
        (["policy", "--servce=s3"], "there is no option --servce, did you mean --service?"),
        (["--service", "s3"], "check has no option --service, but policy has"),
        (["paths", "--select", "VPCE001"], "paths has no option --select, but check has"),
        (["--strict=1"], "argument --strict: takes no value"),
        (["rules", "x"], "'x' is one argument too many"),
        (["explain", "VPCE001", "VPCE002"], "'VPCE002' is one argument too many"),
        # rules
        (["--select", "VPCE0003"], "there is no rule 'VPCE0003', did you mean VPCE003 interface-endpoint-in-one-zone?"),
        (["--ignore", "VPCE001,unrestricted-policy"], "there is no rule 'unrestricted-policy', did you mean VPCE005 "),
        (["explain", "VPC003"], "there is no rule 'VPC003', did you mean VPCE003 interface-endpoint-in-one-zone?"),
        # words
        (["--format", "sarf"], "argument --format: there is no format 'sarf', did you mean sarif?"),
        (["--format", "xml"], "argument --format: there is no format 'xml', there are github, gitlab, "),
        (["paths", "--format", "jsn"], "argument --format: there is no format 'jsn', did you mean json?"),
        (["policy", "--format", "txt", "x"], "argument --format: there is no format 'txt', did you mean text?"),
        (["--output", "SARIF=x"], "argument --output: there is no format 'SARIF', did you mean sarif?"),
        (["--min-severity", "hihg"], "argument --min-severity: there is no severity 'hihg', did you mean high?"),
        (["--min-confidence", "sure"], "argument --min-confidence: there is no confidence 'sure', there are certain, "),
        (["--show", "violations"], "argument --show: there is no verdict 'violations', did you mean violated?"),
        (["policy", "--min-level", "ful", "x"], "argument --min-level: there is no level 'ful', did you mean full?"),
        (["policy", "--endpoint-type", "Gatway", "x"], "argument --endpoint-type: there is no type 'Gatway', did you"),
        (["policy", "--require", "action,acton", "x"], "argument --require: there is no dimension 'acton', did you"),
        (["completion", "fsh"], "argument SHELL: there is no shell 'fsh', did you mean fish?"),
        # paths
        (["infar"], "there is no infar, did you mean infra?"),
        (["infar/prod"], "there is no infar/prod, did you mean infra/prod?"),
        (["infra/prd"], "there is no infra/prd, did you mean infra/prod?"),
        (["paths", "infar"], "there is no infar, did you mean infra?"),
        (["--root", "infar"], "there is no infar, did you mean infra?"),
        (["--var-file", "prd.tfvars"], "there is no prd.tfvars, did you mean prod.tfvars?"),
        (["--config", "vpce.tml"], "there is no vpce.tml, did you mean vpce.toml?"),
        (["--baseline", "know.json"], "there is no baseline know.json, did you mean known.json?"),
        (["--baseline", "x"], "there is no baseline x; --write-baseline makes one"),
        (["--rules", "polices"], "there is no polices, did you mean policies?"),
        (["explain", "--rules", "polices", "VPCE001"], "there is no polices, did you mean policies?"),
        (["policy", "polcy.json"], "there is no polcy.json, did you mean policy.json?"),
        (["test-rules", "polices"], "there is no polices, did you mean policies?"),
        (["--", "--foo"], "there is no --foo"),
    ],
)
def test_mistakes(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake is exit code 2 and one line with a suggestion, wherever something like it exists."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"vpce-lint: {words}")
    assert captured.out == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_misspelt_option_gets_a_suggestion(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For each command, each of its long options with a letter left out is corrected."""
    for option in parser_of(command).option_names():
        if option.startswith("--"):
            wrong = option[:-2] + option[-1]
            assert main([command, *NEEDED.get(command, []), f"{wrong}=x"]) == 2
            assert f"there is no option {wrong}, did you mean {option}?" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_the_hint_names_the_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Below the mistake stands whose help to read."""
    assert main([command, "--nonsense"]) == 2
    program = "vpce-lint" if command == "check" else f"vpce-lint {command}"
    assert capsys.readouterr().err.splitlines()[1] == f"  {program} --help shows how it is used"


def test_a_path_like_a_command_is_a_path(here: Path) -> None:
    """What exists is never taken for a misspelt command."""
    (here / "polcy").mkdir()
    assert parse(["polcy"]).paths == ["polcy"]


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        (["check", "--strict", "--", "--rules=x", "infra"], ["--rules=x", "infra"]),
        (["infra", "--strict", "--", "rules"], ["infra", "rules"]),
        (["--", "policy", "--"], ["policy", "--"]),
        (["--baseline", "rules", "--", "rules"], ["rules"]),
        (["paths", "--", "--format"], ["--format"]),
        (["infra", "--var", "a=--b", "policies"], ["infra", "policies"]),
    ],
)
def test_behind_two_dashes_are_paths(arguments: list[str], paths: list[str]) -> None:
    """Nothing behind ``--`` is an option or a command, so that file names from elsewhere can do no harm."""
    parsed = parse(arguments)
    assert parsed.paths == paths
    assert not getattr(parsed, "rule_folders", [])


def test_commands_are_all_run() -> None:
    """What can be written is what can be run."""
    assert set(RUN) == set(COMMANDS)


def test_words_of_policies_are_those_of_their_module() -> None:
    """The command line, which loads nothing for its words, knows the levels and dimensions that there are."""
    assert (LEVELS, DIMENSIONS) == (standard.LEVELS, standard.DIMENSIONS)


def test_nothing_like_it_is_no_suggestion() -> None:
    """A suggestion is like what was written; a long word is compared with nothing."""
    assert nearest("zzz", ["json", "text"]) == ""
    assert nearest("j" * 100_000, ["json"]) == ""
    assert did_you_mean("zzz", []) == ""


def test_suggested_path_exists(here: Path) -> None:
    """Only a path that is there is suggested."""
    assert nearby(Path("infar/prod")) == ", did you mean infra/prod?"
    assert nearby(Path("infar/test")) == ""
    assert nearby(here / "infar") == f", did you mean {here / 'infra'}?"
    assert nearby(Path("known.json/x")) == ""


def test_names_of_files_don_t_steer_the_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A suggestion comes from the folder, which may be a stranger's."""
    (here / "networks\x1b[31m").mkdir()
    assert main(["networks"]) == 2
    assert capsys.readouterr().err.splitlines()[0] == (
        "vpce-lint: there is no networks, did you mean networks\\x1b[31m?"
    )


def test_an_unreadable_name_is_a_mistake_too(capsys: pytest.CaptureFixture[str]) -> None:
    """What the system says about a name is told in one line."""
    assert main(["--config", "n" * 5000]) == 2
    assert "can't be read: File name too long" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["--strict", "--rules=rules/x.tf", "-q.tf"])
def test_file_named_like_an_option_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A file's name that a hook hands on neither turns anything on nor loads any code."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    assert main(["check", "--touched", name, "main.tf"]) == 2
    assert "there is a file of that name" in capsys.readouterr().err
    assert main(["check", "--touched", "--", name, "main.tf"]) == 0
