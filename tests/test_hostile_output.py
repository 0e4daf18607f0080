"""Whole runs over hostile configurations: nothing of theirs reaches a terminal, a CI runner or a page as more than text."""

from __future__ import annotations

import os
import shutil
import sys
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hostile import ATTACKS, check, texts, trees
from hypothesis import HealthCheck, given, settings
from worktree import VPC, endpoint, grow

from vpce_lint.cli import main
from vpce_lint.reporters import format_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Stream(StringIO):
    """Standard output or error, at a terminal or not."""

    encoding = "utf-8"

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        """As is said."""
        return self._terminal


def said(arguments: Sequence[str], *, terminal: bool = False) -> tuple[int, str, str]:
    """The exit code, and what is printed and complained."""
    limit = sys.getrecursionlimit()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NO_COLOR", raising=False)
        patch.setenv("TERM", "xterm")
        patch.setattr(sys, "stdout", Stream(terminal=terminal))
        patch.setattr(sys, "stderr", Stream(terminal=terminal))
        code = main(arguments)
        sys.setrecursionlimit(limit)
        return code, sys.stdout.getvalue(), sys.stderr.getvalue()  # type: ignore[attr-defined]


def planted(top: Path, files: Mapping[str, str]) -> Path:
    """An empty folder with these files."""
    folder = top / "tree"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return folder


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(trees())
def test_whatever_stands_in_a_configuration(tmp_path: Path, files: dict[str, str]) -> None:
    """Names, keys, values, policies, comments and paths: no format, at a terminal, in a pipe or a file, obeys them."""
    folder = planted(tmp_path, files)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        outputs = [f"--output={name}=../{name}.out" for name in format_names()]
        everything = ["--show", "all", "--show-suppressed"]
        code, printed, complained = said([*everything, "--write-baseline", "../known.json", *outputs], terminal=True)
        assert (code in {0, 1}, complained) == (True, "")
        check("text", printed, styled=True)
        written = {name: (tmp_path / f"{name}.out").read_text("utf-8") for name in format_names()}
        written["json, of the baseline"] = (tmp_path / "known.json").read_text("utf-8")
        written["text, known"] = said([*everything, "--baseline", "../known.json"])[1]
        for format_ in ("text", "json"):
            _, written[f"{format_}, of paths"], complained = said(["paths", ".", "--format", format_])
            check("text", complained)
    for name, text in written.items():
        check(name.partition(",")[0], text)
        assert str(tmp_path) not in text


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(texts)
def test_whatever_is_complained_about(tmp_path: Path, text: str) -> None:
    """Paths, revisions, words, configurations, baselines, policies and variable files are quoted as text only."""
    word = text.replace("\x00", "")
    name = word.replace("/", "_")[:50].strip(".") or "x"
    quoted = '"' + word.encode("unicode_escape").decode().replace('"', '\\"').replace("\\x", "\\u00") + '"'
    folder = planted(
        tmp_path,
        {
            "main.tf": VPC + endpoint(),
            name: word,
            "config.toml": f"{quoted} = 1\n",
            "rules.toml": f"[rules.{quoted}]\n",
            "odd.toml": word,
            "known.json": word,
            "policy.json": word,
            "values.tfvars": f"x = {word}",
            "own/mine/odd.py": word,
            ".git/HEAD": "",
        },
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for arguments in (
            [f"./{name}/{name}"],
            ["--diff", f"={word}"],
            ["--diff", word],
            ["--select", word],
            ["--config", "config.toml"],
            ["--config", "rules.toml"],
            ["--config", "odd.toml"],
            ["--config", name],
            ["--baseline", "known.json"],
            ["--baseline", name],
            ["--write-baseline", f"{name}/x"],
            ["--var-file", "values.tfvars"],
            ["--var-file", f"{name}/x"],
            ["--var", f"x={{{word}"],
            ["--parameters", "known.json"],
            ["--rules", "own"],
            ["--rules", f"./{name}"],
            ["--output", f"{word}=x"],
            ["--output", f"json={name}/x"],
            [f"--{word}"],
            ["policy", "policy.json"],
            ["policy", "policy.json", "--format", "json"],
            ["policy", "policy.json", "--service", word],
            ["policy", "policy.json", "--trusted-accounts", word],
            ["paths", f"./{name}/{name}"],
            ["explain", word],
            ["rules", "--rules", "own"],
            ["test-rules", "own"],
            ["test-rules", f"./{name}"],
            ["new-rule", word],
            ["completion", word],
            [word],
        ):
            code, printed, complained = said(arguments)
            assert code in {0, 1, 2}
            check("json" if "json" in arguments and printed.startswith("{") else "text", printed)
            check("text", complained)
            assert "Traceback" not in complained, (arguments, complained)


def test_rule_that_speaks_hostile_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what a rule says, or fails with, is text: its words often quote the code."""
    page = " ".join(ATTACKS).encode("unicode_escape").decode().replace('"', "'")
    rule = f'''"""Says {page}."""
from vpce_lint.api import FALSE, Endpoint, Requirements, Severity, require, rule
ATTACKS = {ATTACKS!r}
@rule("OWN001", severity=Severity.LOW, controls=ATTACKS)
def says(endpoint: Endpoint, *, words: tuple[str, ...] = ATTACKS) -> Requirements:
    for word in words:
        yield require(FALSE, word, fix=word, about=word)
    raise ValueError("".join(words)[:300])
'''
    grow(tmp_path, {"code/main.tf": VPC + endpoint(), "own/mine/says.py": rule})
    monkeypatch.chdir(tmp_path)
    for name in format_names():
        code, printed, complained = said(["code", "--rules", "own", "--format", name, "--show", "all"])
        assert (code, complained) == (1, "")
        check(name, printed)
    for arguments in (["rules"], ["explain", "OWN001"]):
        code, printed, _ = said([*arguments, "--rules", "own"])
        assert code == 0
        check("text", printed)


def test_internal_error_is_printed_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback of a defect quotes what it failed on without obeying it."""
    monkeypatch.chdir(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise LookupError("\n".join(ATTACKS))

    monkeypatch.setattr("vpce_lint.scan.judge", fail)
    code, printed, complained = said(["."])
    assert (code, printed) == (2, "")
    check("text", complained)
    assert "LookupError" in complained


def test_names_of_bytes_that_are_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder whose name is no UTF-8, with escape sequences besides, is shown written out in every format."""
    name = os.fsdecode(b"\xff\x1b[2J\n::error::\xe2\x80\xae")
    grow(tmp_path, {f"{name}/main.tf": VPC + endpoint()})
    monkeypatch.chdir(tmp_path)
    for format_ in format_names():
        code, printed, complained = said(["--format", format_])
        assert (code, complained) == (1, "")
        check(format_, printed)
