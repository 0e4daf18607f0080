"""The command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sample import asking, endpoint, reading

from vpce_lint.cli import main
from vpce_lint.model import Problem, Reading
from vpce_lint.readers.request import Request, RequestError
from vpce_lint.readers.survey import Found, Survey
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The tool in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("environment", {})}
    command = [sys.executable, "-m", "vpce_lint", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60, **options)


@pytest.fixture
def lint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., int]:
    """The command line over one endpoint and one rule, with the working directory empty.

    The attribute ``requests`` of what it gives holds what the reader was asked.
    """
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, holds: Truth = FALSE, given: Reading | None = None) -> int:
        def survey(request: Request) -> Survey:
            call.requests.append(request)
            if given is not None:
                return Survey((), given)
            return Survey((Found(str(tmp_path), ".", lambda: reading(endpoint())),))

        monkeypatch.setattr("vpce_lint.scan.survey", survey)
        monkeypatch.setattr("vpce_lint.loader.load_rules", lambda: (asking(holds),))
        return main(arguments)

    call.requests = []
    return call


@pytest.mark.parametrize(
    ("arguments", "holds", "code"),
    [
        ([], TRUE, 0),
        ([], FALSE, 1),
        (["check"], FALSE, 1),
        ([], unknown(), 0),
        (["--strict"], unknown(), 1),
        (["--ignore", "wide-open"], FALSE, 0),
        (["--select", "VPCE100"], FALSE, 1),
        (["--select", "VPCE900"], FALSE, 0),
        (["--show", "satisfied"], FALSE, 1),
        (["--min-confidence", "certain"], Truth(value=False, likely=True), 0),
        (["--min-severity", "high"], FALSE, 1),
    ],
)
def test_exit_codes(lint: Callable[..., int], arguments: list[str], holds: Truth, code: int) -> None:
    """0 where nothing fails and 1 where something does, by the thresholds and the selection."""
    assert code == lint(*arguments, holds=holds)


@pytest.mark.parametrize("arguments", [["--select", "VPCE100"], ["--ignore", "VPCE100"]])
def test_unreadable_files_fail_whatever_is_selected(lint: Callable[..., int], arguments: list[str]) -> None:
    """No selection hides what could not be read."""
    assert lint(*arguments, given=Reading((), (Problem("unreadable", "no UTF-8", "x.tf"),))) == 1


def test_request(lint: Callable[..., int], tmp_path: Path) -> None:
    """What is asked reaches the reader as asked, in its order, options between paths or not."""
    for name in ("a", "b", "x.tfvars"):
        (tmp_path / name).touch()
    lint("a", "--var", "zone = x=y", "--var-file", "x.tfvars", "--var", "n=", "b", "--source", "a")
    [request] = lint.requests
    assert request.paths == (Path("a"), Path("b"))
    assert request.variables == (("zone", " x=y"), ("n", ""))
    assert request.variable_files == (Path("x.tfvars"),)
    assert request.source == Path("a")


def test_default_path_is_here(lint: Callable[..., int]) -> None:
    """Without a path the working directory is searched."""
    lint()
    assert [(request.paths, request.roots) for request in lint.requests] == [((Path(),), ())]


def test_roots_replace_the_search(lint: Callable[..., int], tmp_path: Path) -> None:
    """With --root nothing is searched for."""
    (tmp_path / "prod").mkdir()
    lint("--root", "prod", "--root", ".")
    assert [(request.paths, request.roots) for request in lint.requests] == [((), (Path("prod"), Path()))]


def test_path_named_like_a_command(lint: Callable[..., int], tmp_path: Path) -> None:
    """A folder named check or rules is reached with a dot in front."""
    (tmp_path / "rules").mkdir()
    lint("./rules")
    assert [request.paths for request in lint.requests] == [(Path("rules"),)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "there is no nowhere"),
        (["n" * 5000], f"{'n' * 5000} can't be read: File name too long"),
        (["--root", "nowhere"], "there is no nowhere"),
        (["--var-file", "nowhere.tfvars"], "there is no nowhere.tfvars"),
        (["--source", "nowhere"], "there is no nowhere"),
        ([".", "--root", "."], "name either paths to search or folders with --root, not both"),
        (["--var", "x"], "argument --var: 'x' is not NAME=VALUE"),
        (["--select", "wide-opne"], "there is no rule 'wide-opne', did you mean VPCE100 wide-open?"),
        (["--ignore", "VPCE900"], "VPCE900 unreadable-file can't be ignored"),
        (["--strict", "rules"], "write the command first: vpce-lint rules ..."),
        (["explain"], "the following arguments are required: RULE"),
        (["explain", "wide-opn"], "there is no rule 'wide-opn', did you mean VPCE100 wide-open?"),
    ],
)
def test_usage_errors(
    lint: Callable[..., int], capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """A mistake on the command line is exit code 2 and one line that names it."""
    assert lint(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines()[0].startswith(f"vpce-lint: {words}")
    assert captured.out == ""


def test_request_error(
    lint: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the reader says about the request itself is exit code 2."""

    def read(_: Request) -> Reading:
        msg = "x.tfvars: is not valid"
        raise RequestError(msg)

    monkeypatch.setattr("vpce_lint.engine.answers_about", lambda *_, **__: read(Request(())))
    assert lint() == 2
    assert capsys.readouterr().err == "vpce-lint: x.tfvars: is not valid\n"


@pytest.mark.parametrize(
    ("raised", "code", "last"),
    [
        (KeyboardInterrupt(), 130, ""),
        (ZeroDivisionError("x"), 2, "vpce-lint: an internal error, please report it with what is printed above"),
    ],
)
def test_unforeseen_ends(
    lint: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    raised: BaseException,
    code: int,
    last: str,
) -> None:
    """An interrupt is silent, and a defect of the tool never looks like a violation."""

    def judge(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("vpce_lint.engine.answers_about", judge)
    assert code == lint()
    assert last == capsys.readouterr().err.rpartition("\n")[0].rpartition("\n")[2]


def test_json_has_all_verdicts_by_default(lint: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get every answer unless they ask for less."""
    lint("--format", "json", holds=TRUE)
    assert [answer["verdict"] for answer in json.loads(capsys.readouterr().out)["answers"]] == ["satisfied"]


def test_text_has_violations_by_default(lint: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """People see violations, and how to see what is undetermined."""
    lint(holds=unknown(Reason("var.x has no default")))
    assert capsys.readouterr().out == (
        "0 violated · 1 undetermined (--show undetermined)     1 root, 1 file, 1 endpoint\n"
    )
    lint("--show", "undetermined,satisfied", holds=unknown(Reason("var.x has no default")))
    assert "  because: var.x has no default\n" in capsys.readouterr().out


def test_show_all(lint: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """All means every verdict."""
    lint("--show", "all", holds=TRUE)
    assert "VPCE100 wide-open  satisfied" in capsys.readouterr().out


def test_no_color_unless_a_terminal(lint: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """Captured output has no styles."""
    lint()
    assert "\x1b" not in capsys.readouterr().out


def test_two_runs_print_the_same(lint: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    """The same input gives the same bytes."""
    lint()
    first = capsys.readouterr().out
    lint()
    assert first == capsys.readouterr().out


def test_rules_lists_every_rule() -> None:
    """Each rule has a line with its id, name, severity and summary, and so has each fault."""
    done = run("rules")
    assert done.returncode == 0
    listed = re.findall(r"^(VPCE\d+)  [a-z-]+ +(?:high|medium|low|info) +\S.*$", done.stdout, re.MULTILINE)
    assert {"VPCE001", "VPCE003", "VPCE004", "VPCE005", "VPCE900", "VPCE901", "VPCE999"} <= set(listed)


@pytest.mark.parametrize("word", ["VPCE003", "interface-endpoint-in-one-zone"])
def test_explain_prints_the_page(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule is explained by its own page, settings included, under either name."""
    from vpce_lint.loader import load_rules  # noqa: PLC0415 (as the command line does)

    [rule] = [rule for rule in load_rules() if rule.id == "VPCE003"]
    assert main(["explain", word]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"VPCE003 interface-endpoint-in-one-zone  endpoints, {rule.severity}\n\n{rule.page}\n")
    assert "\nSettings: minimum_zones = 2\n" in out


def test_plan_is_judged_beside_its_code() -> None:
    """A plan and the code that it was made from give answers that point at the code."""
    network = ROOT / "fixtures" / "one-network"
    plan, code = str(network / "plan" / "plan.json"), str(network / "terraform")
    done = run(plan, "--source", code, "--select", "VPCE003", "--format", "json")
    answers = json.loads(done.stdout)["answers"]
    assert done.returncode == 1
    assert {answer["path"].rpartition("/")[2] for answer in answers} == {"main.tf"}


def test_version_is_quick() -> None:
    """The version is told without loading rules, readers or the model."""
    code = "import sys; from vpce_lint.cli import main\ntry: main(['--version'])\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    version, modules = done.stdout.splitlines()[:2]
    assert re.fullmatch(r"vpce-lint \d+\.\d+\.\d+", version)
    assert not {
        name
        for name in modules.split()
        if re.match(r"vpce_lint\.(readers|model|rule|engine)|tree_sitter|msgspec", name)
    }


def test_help_names_every_option_and_exit_code() -> None:
    """The help is enough to learn the tool from."""
    text = run("--help").stdout
    for word in ("--root", "--show", "--strict", "--var-file", "explain RULE", "exit codes:", "  2  ", "examples:"):
        assert word in text


def test_broken_pipe_is_silent() -> None:
    """A reader that stops reading, as head does, causes no error."""
    command = f"'{sys.executable}' -m vpce_lint rules | true; echo ${{PIPESTATUS[0]}}"
    for _ in range(3):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
        assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_full_disk_is_an_error() -> None:
    """Output that can't be written is exit code 2."""
    command = f"'{sys.executable}' -m vpce_lint rules > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (2, "vpce-lint: the output can't be written: No space left on device\n")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_every_encoding_is_printed_to(encoding: str, tmp_path: Path) -> None:
    """No encoding of the terminal makes the output fail."""
    done = run(str(tmp_path), environment={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}, encoding=encoding)
    assert done.returncode == 0
    assert "NOTHING WAS CHECKED" in done.stdout
    assert done.stderr == ""
