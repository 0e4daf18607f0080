"""``vpce-lint policy``."""

from __future__ import annotations

import json
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

import pytest

from vpce_lint.cli import main
from vpce_lint.policy.example import example_resource

if TYPE_CHECKING:
    from pathlib import Path

EVERYTHING = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
LISTED = EVERYTHING | {"Action": "s3:PutObject"}
OWN = EVERYTHING | {"Principal": {"AWS": "111122223333"}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the policy is written."""
    return tmp_path / "policy.json"


def run(file: Path, content: Any, *options: str) -> int:
    """The exit code for a policy, or for a text or bytes in its place."""
    if isinstance(content, dict):
        content = json.dumps({"Version": "2012-10-17", "Statement": content})
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return main(["policy", str(file), *options])


@pytest.mark.parametrize(
    ("statement", "options", "code"),
    [
        (EVERYTHING, (), 1),
        (EVERYTHING, ("--min-level", "broad"), 1),
        (LISTED, (), 1),
        (LISTED, ("--min-level", "broad"), 0),
        (LISTED, ("--min-level", "broad", "--require", "resource"), 1),
        (OWN, (), 0),
        (OWN, ("--min-level", "full"), 1),
        (OWN, ("--require", "principal"), 0),
        (OWN, ("--trusted-accounts", "444455556666"), 1),
        (OWN, ("--trusted-accounts", "444455556666,111122223333"), 0),
        (OWN | {"Principal": {"AWS": {"$unknown": "var.caller"}}}, (), 1),
        (OWN | {"Principal": {"AWS": {"$unknown": "aws_iam_role.app.arn", "kind": "arn"}}}, (), 0),
        (OWN, ("--require", "sky"), 2),
    ],
)
def test_exit_code(file: Path, statement: dict[str, Any], options: tuple[str, ...], code: int) -> None:
    """1 where the policy is not known to be as restrictive as it must be, 2 where an option means nothing."""
    assert run(file, statement, *options) == code


@pytest.mark.parametrize(
    ("content", "code"),
    [("[]", 1), ("1", 1), ("", 1), ("null", 1), ("[" * 100_000, 1), (" " * 3_000_000, 1), (b"\xff\xfe{}", 2)],
)
def test_odd_files(file: Path, capsys: pytest.CaptureFixture[str], content: str | bytes, code: int) -> None:
    """What is no policy never passes, and never ends in a traceback."""
    assert run(file, content) == code
    printed = capsys.readouterr()
    assert printed.out or printed.err
    assert "Traceback" not in printed.err


def test_files_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing file and a folder are told in one line, and perhaps a hint."""
    for file in (tmp_path / "none.json", tmp_path):
        assert main(["policy", str(file)]) == 2
        problem, *hints = capsys.readouterr().err.splitlines()
        assert problem.startswith("vpce-lint: ")
        assert len(hints) <= 1


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """``-`` reads what is piped in."""
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(json.dumps({"Statement": EVERYTHING}).encode())))
    assert main(["policy", "-", "--service", "sqs"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "OPEN: everyone may use resources of anyone",
        "  callers bounded:    no",
        "  resources bounded:  no",
        "  actions bounded:    no",
        "  because: any AWS account may call sqs:SendMessage on any queue of any account: statement 1 allows it",
    ]


def test_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get the level, the flags, the request and the mistakes."""
    assert run(file, LISTED | {"Condition": {"StringEquals": {"aws:PrincipalOrgI": "o-1"}}}, "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {
        *("level", "level_min", "level_max", "principal_bounded", "resource_bounded", "action_bounded"),
        *("joint_bounded", "allows_nothing", "witness", "notes"),
    }
    assert (told["level"], told["allows_nothing"], told["action_bounded"]) == ("BROAD", False, True)
    assert (told["witness"]["action"], told["witness"]["statement"]) == ("s3:PutObject", 1)
    assert [note.partition(":")[0] for note in told["notes"]] == ["unknown-key"]


@pytest.mark.parametrize("action", ["${x}:*", "${x}", "{0.__class__}:*", "{}:y", "{:y", "%s:y"])
def test_odd_action(file: Path, action: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An action that is no service's is taken as it is written, whatever it means elsewhere."""
    statement = EVERYTHING | {"Action": [action, "sqs:SendMessage"], "NotResource": ["arn:aws:sqs:*:1:*"]}
    del statement["Resource"]
    assert run(file, statement) == 1
    assert capsys.readouterr().err == ""
    assert example_resource(action, "111122223333") == f"arn:aws:{action}:us-east-1:111122223333:outsider"
