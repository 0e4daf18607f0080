"""What other programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from sample import answer

import vpce_lint
from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.location import Location
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.report import ChangeScope, Omission, Report, Scope, Suppression
from vpce_lint.reporters.json import render
from vpce_lint.verdict import Confidence, Verdict

ROOT = Path(__file__).parent.parent.parent
FIXTURES = sorted({file.parent for file in (ROOT / "fixtures").rglob("*.tf")})
SCHEMA = json.loads((Path(vpce_lint.__file__).parent / "report.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
FULL = Report(
    (
        answer(
            about="s3",
            why=("why",),
            confidence=Confidence.LIKELY,
            affects=("aws_vpc_endpoint.kms", "aws_subnet.a"),
            related=(Location("net.tf", 4, 2, label="the VPC"),),
            calls=(Location("main.tf", 8, 1, label="module.net"),),
            construct="Stack/Kms/Resource",
            environment="prod",
            suppressed=Suppression("comment", "agreed", "2027-01-31"),
        ),
        answer(verdict=Verdict.NOT_APPLICABLE, rule="VPCE001"),
    ),
    Scope((".",), files=88, roots=6, endpoints=19),
    (Omission("main.tf:1", "module.vpc is not downloaded"),),
)


def document(report: Report) -> Any:
    """The report's JSON, which the schema allows."""
    parsed = json.loads(render(report))
    VALIDATOR.validate(parsed)
    return parsed


def test_schema_is_a_schema() -> None:
    """The published schema is itself valid."""
    Draft202012Validator.check_schema(SCHEMA)


def test_every_field() -> None:
    """Each field of an answer carries what the answer says."""
    assert document(FULL)["answers"][0] == {
        "rule": "VPCE003",
        "name": "interface-endpoint-in-one-zone",
        "verdict": "violated",
        "about": "s3",
        "severity": "high",
        "confidence": "likely",
        "address": "aws_vpc_endpoint.kms",
        "affects": ["aws_vpc_endpoint.kms", "aws_subnet.a"],
        "root": ".",
        "path": "main.tf",
        "line": 3,
        "column": 18,
        "end_line": 3,
        "end_column": 35,
        "message": "aws_vpc_endpoint.kms stands in one Availability Zone, eu-west-1a",
        "why": ["why"],
        "fix": "give it subnets in at least two zones",
        "related": [{"path": "net.tf", "line": 4, "column": 2, "label": "the VPC"}],
        "calls": [{"path": "main.tf", "line": 8, "column": 1, "label": "module.net"}],
        "construct": "Stack/Kms/Resource",
        "fingerprint": answer(about="s3", environment="prod").fingerprint,
        "help": "vpce-lint explain VPCE003",
        "environment": "prod",
        "suppressed": {"kind": "comment", "reason": "agreed", "until": "2027-01-31"},
    }


def test_around_the_answers() -> None:
    """Versions, counts and what was not read."""
    parsed = document(FULL)
    del parsed["answers"]
    assert parsed == {
        "schema_version": 1,
        "tool": {"name": "vpce-lint", "version": vpce_lint.__version__},
        "summary": {
            "violated": 0,
            "undetermined": 0,
            "satisfied": 0,
            "not_applicable": 1,
            "suppressed": 1,
            "files": 88,
            "roots": 6,
            "endpoints": 19,
        },
        "unread": [{"path": "main.tf:1", "reason": "module.vpc is not downloaded"}],
        "fixed": [],
        "change": None,
    }


def test_what_a_change_leaves_out_is_counted() -> None:
    """A report that is limited to a change says so, and what else there is."""
    left_out = ChangeScope("origin/main", "0" * 40, violated=3, undetermined=2, roots=7)
    assert document(Report((answer(),), change=left_out))["change"] == {
        "revision": "origin/main",
        "commit": "0" * 40,
        "violated": 3,
        "undetermined": 2,
        "roots": 7,
    }


def test_open_fields_are_null() -> None:
    """What does not exist yet, or not here, is null and not left out."""
    [only] = document(Report((answer(),)))["answers"]
    assert (only["about"], only["environment"], only["suppressed"]) == (None, None, None)


def test_only_what_is_shown() -> None:
    """The verdicts to show choose the answers, not the counts."""
    parsed = document(FULL.showing([Verdict.NOT_APPLICABLE]))
    assert [item["rule"] for item in parsed["answers"]] == ["VPCE001"]
    assert parsed["summary"]["suppressed"] == 1


def test_ascii_whatever_the_names() -> None:
    """Names in any script, even broken ones, make JSON that every encoding can carry."""
    text = render(Report((answer(message="日本 \x1b \udce9"),)))
    assert text.isascii()
    assert json.loads(text)["answers"][0]["message"] == "日本 \x1b \udce9"


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "unknown"},
        {"line": 0},
        {"affects": []},
        {"surplus": 1},
        {"fingerprint": "x"},
        {"suppressed": {"kind": "comment"}},
    ],
)
def test_schema_refuses_what_is_wrong(change: dict[str, object]) -> None:
    """The schema is strict enough to notice."""
    parsed = document(FULL)
    parsed["answers"][0].update(change)
    with pytest.raises(ValidationError):
        VALIDATOR.validate(parsed)


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_fixtures_give_valid_documents(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tool prints about each fixture is what the schema describes, twice the same."""
    monkeypatch.chdir(ROOT)

    def lint() -> Report:
        return judge(read(Request((folder.relative_to(ROOT),))), load_rules())

    assert document(lint())["summary"]["roots"] >= 1
    assert render(lint()) == render(lint())
