"""Several formats in one run, each in a file of its own."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from vpce_lint.cli import main
from vpce_lint.output_file import OutputFile
from vpce_lint.reporters import format_names, load_reporter, verdicts_of
from vpce_lint.verdict import Verdict

ROOT = Path(__file__).parent.parent
EXAMPLE = str(ROOT / "fixtures" / "example-network")
"""Violates rules on purpose, and leaves one open."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def results(file: Path) -> list[str]:
    """The kinds of the results in a SARIF file."""
    return [result["kind"] for result in json.loads(file.read_text(encoding="utf-8"))["runs"][0]["results"]]


def test_several_files_and_text_all_the_same(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each file has its format, the terminal has what it has without them, and the exit code is the same."""
    assert main([EXAMPLE]) == 1
    printed = capsys.readouterr().out
    outputs = [f"--output={name}={name}.out" for name in format_names()]
    assert main([EXAMPLE, *outputs]) == 1
    assert capsys.readouterr().out == printed
    assert (here / "text.out").read_text(encoding="utf-8") == printed
    assert set(results(here / "sarif.out")) == {"fail"}
    assert ET.parse(here / "junit.out").getroot().tag == "testsuites"  # noqa: S314 (our own output)
    assert {file.name for file in here.iterdir()} == {f"{name}.out" for name in format_names()}


def test_what_is_printed_does_not_thin_the_files_out(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asking to see something else at the terminal takes no violation from a file that goes elsewhere."""
    main([EXAMPLE, "--show", "undetermined", "--format", "json", "--output", "sarif=x"])
    assert {each["verdict"] for each in json.loads(capsys.readouterr().out)["answers"]} == {"undetermined"}
    assert set(results(here / "x")) == {"fail"}


def test_strict_shows_what_fails(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --strict, what is undetermined fails, so every output has it."""
    main([EXAMPLE, "--strict", "--output", "sarif=x"])
    assert "  because: " in capsys.readouterr().out
    assert set(results(here / "x")) == {"fail", "open"}


@pytest.mark.parametrize("name", format_names())
def test_every_format_shows_violations(name: str) -> None:
    """No format leaves violations out by itself."""
    assert callable(load_reporter(name))
    assert Verdict.VIOLATED in verdicts_of(name)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sarif"], "'sarif' is not FORMAT=FILE"),
        (["sarif="], "'sarif=' is not FORMAT=FILE"),
        (["sarf=x"], "there is no format 'sarf', did you mean sarif?"),
        (["sarif=no/x"], "there is no folder no"),
        (["sarif=."], ". is a folder"),
        (["sarif=x", "--output", "json=./x"], "x is named twice"),
        (["json=" + "n" * 5000], f"{'n' * 5000} can't be written: File name too long"),
    ],
)
def test_mistakes_are_told_before_the_work(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """A file that can't be written is exit code 2, at once, and nothing is written."""
    assert main([EXAMPLE, "--output", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines()[0] == f"vpce-lint: argument --output: {words}"
    assert (captured.out, list(here.iterdir())) == ("", [])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_disk(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that turns out not to be writable is exit code 2; the other files and the text are there."""
    assert main([EXAMPLE, "--output", "json=/dev/full", "--output", "sarif=x"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "vpce-lint: /dev/full can't be written: No space left on device\n"
    assert "VPCE003" in captured.out
    assert "fail" in results(here / "x")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails, what was there stays, and nothing is left beside it."""
    file = tmp_path / "x"
    file.write_text("before", encoding="utf-8")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no"):
        OutputFile("json", file).write("after")
    assert [(each.name, each.read_text(encoding="utf-8")) for each in tmp_path.iterdir()] == [("x", "before")]


def test_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    """Other users may read a report as they may any new file."""
    (tmp_path / "usual").touch()
    OutputFile("json", tmp_path / "x").write("{}")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_file_that_is_there_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    """A link stays a link, and the file behind it keeps who may read it."""
    file, link = tmp_path / "x", tmp_path / "link"
    file.touch(mode=0o600)
    link.symlink_to(file)
    OutputFile("json", link).write("{}")
    assert (link.is_symlink(), file.read_text(encoding="utf-8")) == (True, "{}")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_pipe_is_written_to(tmp_path: Path) -> None:
    """What is no regular file is not replaced by one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    OutputFile("json", pipe).write("{}")
    assert os.read(reader, 9) == b"{}"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
