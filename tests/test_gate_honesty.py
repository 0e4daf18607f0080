"""A rule, a reader or a reporter that goes wrong, in any way, never lets the gate open."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from worktree import VPC, endpoint, grow

from vpce_lint.cli import main
from vpce_lint.engine import MOST_REQUIREMENTS

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parent.parent / "fixtures"
A = "aws_vpc_endpoint.a"
RULE = '''\
"""It goes wrong."""

import itertools
import sys
from asyncio import CancelledError

from vpce_lint.api import FALSE, TRUE, Endpoint, Requirements, Severity, Truth, not_applicable, require, rule
from vpce_lint.rule import Place
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason


class Mute(Exception):
    def __str__(self):
        raise self


def again(number):
    return again(number + 1)


@rule("OWN001", severity=Severity.LOW)
def wrong(endpoint: Endpoint) -> Requirements:
    {body}
'''
SOUND = RULE.replace("OWN001", "OWN002").replace("def wrong", "def sound")
RAISING = [
    ("raise ValueError('no')", "ValueError: no"),
    ("sys.exit(0)", "SystemExit: 0"),
    ("raise SystemExit", "SystemExit"),
    ("raise GeneratorExit", "GeneratorExit"),
    ("yield from iter_ if (iter_ := exit()) else ()", "SystemExit"),
    ("raise CancelledError", "CancelledError"),
    ("again(0)", "RecursionError: maximum recursion depth exceeded"),
    ("raise MemoryError", "MemoryError"),
    ("raise StopIteration", "StopIteration"),
    ("raise Mute", "Mute: it doesn't say why"),
    ("raise BaseExceptionGroup('many', [KeyError(1)])", "ExceptionGroup: many"),
    ("open('/no/such/file')", "FileNotFoundError: No such file or directory"),
    ("raise ValueError('in /home/somebody/rules/x.py')", "ValueError: in x.py"),
    ("endpoint.address = 'x'", "AttributeError: "),
    ("1 / 0; yield", "ZeroDivisionError: "),
]
NONSENSE = [
    ("return None", "TypeError: 'NoneType' object is not iterable"),
    ("return 7", "TypeError: 'int' object is not iterable"),
    ("return 'word'", "TypeError: a rule yields require(...) or not_applicable(...), not str"),
    ("yield None", "TypeError: a rule yields require(...) or not_applicable(...), not NoneType"),
    ("yield require(True, 'open')", "TypeError: require needs a Truth, not bool"),
    ("yield require(None, 'open')", "TypeError: require needs a Truth, not NoneType"),
    ("yield require(Truth('no'), 'open')", "TypeError: the value of the Truth of require must be bool | None, not str"),
    ("yield require(Truth(0), 'open')", "TypeError: the value of the Truth of require must be bool | None, not int"),
    ("yield require(Truth(None, ('why',)), 'open')", "TypeError: reasons of require must be Reason, not str"),
    ("yield require(Truth(None, 'why'), 'open')", "TypeError: reasons of require must be tuple, not str"),
    ("yield require(Truth(None, (Reason(7),)), 'open')", "TypeError: reasons of require must be str, not int"),
    ("yield require(Truth(False, (), 'yes'), 'open')", "TypeError: likely of require must be bool, not str"),
    ("yield require(FALSE, None)", "TypeError: message of require must be str, not NoneType"),
    ("yield require(FALSE, b'open')", "TypeError: message of require must be str, not bytes"),
    ("yield require(FALSE, 'open', fix=7)", "TypeError: fix of require must be str, not int"),
    ("yield require(TRUE, 'open', otherwise=7)", "TypeError: otherwise of require must be str, not int"),
    ("yield require(FALSE, 'open', about=['s3'])", "TypeError: about of require must be str, not list"),
    ("yield require(FALSE, 'open', severity='high')", "TypeError: severity of require must be "),
    ("yield require(FALSE, 'open', at='main.tf')", "TypeError: at of require must be "),
    ("yield require(FALSE, 'open', at=Span(None, 0, 1))", "TypeError: at of require must be Source, not NoneType"),
    (
        "yield require(FALSE, 'open', at=Span(Source('x.tf', b''), 7, 9))",
        "ValueError: at of require is a place outside",
    ),
    (
        "yield require(FALSE, 'open', at=Span(endpoint.span.source, -5, 3))",
        "ValueError: at of require is a place outside",
    ),
    ("yield require(FALSE, 'open', related=[endpoint])", "TypeError: related of require must be Place, not "),
    ("yield require(FALSE, 'open', related=[Place(endpoint, 7)])", "TypeError: label of require must be str, not int"),
    ("yield require(FALSE, 'open', affects=['x'])", "TypeError: affects of require must be Resource, not str"),
    ("yield not_applicable(None)", "TypeError: reason of require must be str, not NoneType"),
    ("return (require(TRUE, 'x') for _ in itertools.count())", "RuntimeError: it yields more than 10,000 requirements"),
]


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, list[dict[str, object]]]]:
    """Lints one endpoint with a rule whose body is given; the exit code, and the answers of the rules here."""
    grow(tmp_path / "code", {".git/HEAD": "", "main.tf": VPC + endpoint()})
    sound = SOUND.replace("{body}", 'yield require(TRUE, "it is shut", otherwise="it is shut")')
    monkeypatch.chdir(tmp_path / "code")

    def call(body: str, *arguments: str) -> tuple[int, list[dict[str, object]]]:
        broken = RULE.replace("{body}", body)
        grow(tmp_path, {"own/mine/wrong.py": broken, "own/mine/sound.py": sound})
        file = tmp_path / "out.json"
        chosen = ["--select", "OWN001,OWN002", "--rules", str(tmp_path / "own"), "--output", f"json={file}"]
        code = main([*chosen, *arguments])
        return code, json.loads(file.read_text("utf-8"))["answers"]

    return call


@pytest.mark.parametrize(("body", "words"), [*RAISING, *NONSENSE])
def test_rule_that_goes_wrong_is_a_violation_at_its_place(
    gate: Callable[..., tuple[int, list[dict[str, object]]]], body: str, words: str
) -> None:
    """Whatever a rule raises or yields, VPCE999 names it, the resource and the place, and other rules go on."""
    code, answers = gate(body)
    assert code == 1
    [failed] = [each for each in answers if each["rule"] == "VPCE999"]
    assert str(failed["message"]).startswith(f"OWN001 wrong failed on {A}: {words}")
    assert (failed["verdict"], failed["severity"], failed["path"]) == ("violated", "high", "main.tf")
    assert len(str(failed["message"])) < 1_000
    assert [each["verdict"] for each in answers if each["rule"] == "OWN002"] == ["satisfied"]
    assert {each["verdict"] for each in answers if each["rule"] == "OWN001"} <= {"satisfied"}


def test_what_a_rule_says_is_cut_where_nobody_reads_on(
    gate: Callable[..., tuple[int, list[dict[str, object]]]],
) -> None:
    """What a rule says holds names of the scanned code, of any length; they must not turn its answer into a failure."""
    code, answers = gate("yield require(FALSE, 'x' * 30_000, fix='y' * 30_000)")
    assert code == 1
    [answer] = [each for each in answers if each["rule"] == "OWN001"]
    assert (answer["verdict"], answer["message"]) == ("violated", "x" * 19_999 + "…")
    assert str(answer["fix"]) == "y" * 19_999 + "…"


def test_rule_that_claims_an_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt can't be told from one that a rule raises: there is no report then, and no pass."""
    monkeypatch.chdir(tmp_path)
    grow(
        tmp_path,
        {"code/main.tf": VPC + endpoint(), "own/mine/wrong.py": RULE.replace("{body}", "raise KeyboardInterrupt")},
    )
    assert main(["code", "--rules", "own"]) == 130


def test_nothing_silences_the_failure_of_a_rule(
    gate: Callable[..., tuple[int, list[dict[str, object]]]], tmp_path: Path
) -> None:
    """Neither a selection, a threshold, a baseline nor a comment lets a failing rule pass."""
    grow(tmp_path, {"code/main.tf": VPC + endpoint(above="# vpce-lint: ignore[VPCE999, OWN001] so")})
    baseline = str(tmp_path / "known.json")
    assert gate("raise KeyError", "--ignore", "VPCE005", "--write-baseline", baseline)[0] == 1
    assert (
        gate("raise KeyError", "--min-severity", "high", "--min-confidence", "certain", "--baseline", baseline)[0] == 1
    )


def test_violations_before_the_flood_stay(gate: Callable[..., tuple[int, list[dict[str, object]]]]) -> None:
    """Of a rule that never ends, what it said until then counts."""
    body = "return (require(FALSE, 'x', about=str(n)) for n in itertools.count())"
    _, answers = gate(body)
    assert sum(each["rule"] == "OWN001" for each in answers) == MOST_REQUIREMENTS


@pytest.mark.parametrize("command", [["rules"], ["explain", "OWN001"], ["code"]])
@pytest.mark.parametrize(
    "statement", ["raise SystemExit(0)", "exit()", "raise GeneratorExit", "1 / 0", "import nowhere_at_all"]
)
def test_rule_file_that_ends_the_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    statement: str,
) -> None:
    """A rule's file that can't be loaded, or exits, is exit code 2 with its name."""
    monkeypatch.chdir(tmp_path)
    grow(tmp_path, {"code/main.tf": VPC + endpoint(), "own/mine/wrong.py": statement + "\n"})
    assert main([*command, "--rules", "own"]) == 2
    assert capsys.readouterr().err.startswith("vpce-lint: own/mine/wrong.py: can't be loaded: ")


def test_rule_that_exits_while_its_settings_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever else of a rule's code ends the run, that is an error, not a pass."""
    monkeypatch.chdir(tmp_path)
    settled = RULE.replace("Severity.LOW", "Severity.LOW, accepts=lambda _: sys.exit(0)")
    settled = settled.replace("(endpoint: Endpoint)", "(endpoint: Endpoint, *, limit: int = 1)")
    grow(
        tmp_path,
        {
            "code/main.tf": VPC,
            "own/mine/wrong.py": settled.replace("{body}", "yield require(TRUE, 'x')"),
            "settings.toml": "[rules.OWN001]\nlimit = 2\n",
        },
    )
    assert main(["code", "--rules", "own", "--config", "settings.toml"]) == 2
    assert "something ended the run on its own" in capsys.readouterr().err


@pytest.mark.parametrize("reader", ["terraform", "plan", "cloudformation"])
def test_reader_that_fails_is_a_violation_and_the_others_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reader: str
) -> None:
    """An error within a reader is VPCE999 at what it was reading, without the machine's folders."""
    monkeypatch.chdir(tmp_path)
    queue = '{"Type": "AWS::EC2::VPCEndpoint", "Properties": {"ServiceName": "com.amazonaws.eu-west-1.sqs", "VpcId": "vpc-1"}}'
    plan = (FIXTURES / "unrestricted-endpoint-policy/fail/plan_no_policy/plan.json").read_text("utf-8")
    grow(
        tmp_path,
        {
            ".git/HEAD": "",
            "tf/main.tf": VPC + endpoint(),
            "plan.json": plan,
            "stack.json": '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Queue": ' + queue + "}}",
        },
    )

    def fail(*_: object, **__: object) -> None:
        msg = "lost /home/somebody/work/x"
        raise LookupError(msg)

    monkeypatch.setattr(f"vpce_lint.readers.{reader}.reader.network_of", fail)
    assert main(["--format", "json"]) == 1
    answers = json.loads(capsys.readouterr().out)["answers"]
    [failed] = [each for each in answers if each["rule"] == "VPCE999"]
    roots = {"terraform": "tf", "plan": "plan.json", "cloudformation": "stack.json"}
    assert failed["path"] == roots[reader]
    assert "LookupError" in failed["message"]
    assert "somebody" not in failed["message"]
    judged = {each["root"] for each in answers if each["rule"] == "VPCE005"}
    assert judged == {*roots.values()} - {failed["path"]}


@pytest.mark.parametrize("raised", ["SystemExit(0)", "ValueError('x')", "RecursionError", "GeneratorExit"])
def test_reporter_that_fails_is_no_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: str
) -> None:
    """A format that can't be made is exit code 2; what was asked for besides is written all the same."""
    monkeypatch.chdir(tmp_path)
    grow(tmp_path, {"main.tf": ""})

    def fail(_: object) -> str:
        raise eval(raised)  # noqa: S307 (our own words)

    monkeypatch.setattr("vpce_lint.reporters.sarif.render", fail)
    assert main(["--format", "sarif", "--output", "json=x"]) == 2
    assert json.loads(Path("x").read_text("utf-8"))["answers"] == []
    assert main(["--output", "sarif=y", "--output", "json=z"]) == 2
    assert not Path("y").exists()
    assert Path("z").exists() is (raised in {"ValueError('x')", "RecursionError"})
    assert "an internal error" in capsys.readouterr().err


def test_process_has_the_exit_code(tmp_path: Path) -> None:
    """What the command says is what the shell gets, also where a rule tries to leave with 0."""
    body = "sys.exit(0)"
    grow(tmp_path, {"code/main.tf": VPC + endpoint(), "own/mine/wrong.py": RULE.replace("{body}", body)})
    command = [sys.executable, "-m", "vpce_lint", str(tmp_path / "code"), "--rules", str(tmp_path / "own")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    assert done.returncode == 1
    assert "VPCE999" in done.stdout
