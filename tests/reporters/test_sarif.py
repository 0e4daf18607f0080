"""What code scanning reads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from msgspec.structs import replace
from sample import answer
from sarif_schema import SCHEMA, validate
from showcase import BROKEN, LIKELY, SHOWCASE, SUPPRESSED, UNDETERMINED, VIOLATED, ZONES, reports

from vpce_lint.location import Location
from vpce_lint.report import Fixed, Omission, Report, Scope, Suppression, Thresholds
from vpce_lint.reporters import sarif
from vpce_lint.reporters.sarif import SHOWN, render
from vpce_lint.verdict import Severity, Verdict

LINK = re.compile(r"\]\(([^()]*)\)")


def test_the_schema_that_is_named_exists() -> None:
    """A mistyped path to the schema is no reason to check less."""
    assert SCHEMA is None or Path(SCHEMA).is_file()


def document(report: Report) -> Any:
    """The one run of the report's SARIF, which is valid."""
    parsed = json.loads(render(report))
    validate(parsed)
    [run] = parsed["runs"]
    return run


def run_of(*answers: Any, **fields: Any) -> Any:
    """The run with these answers, as the format shows them by itself."""
    return document(replace(Report(answers, Scope(roots=1)), **fields).showing(SHOWN))


def notified(run: Any) -> list[tuple[str, str]]:
    """What the run tells about itself: kinds and levels."""
    [invocation] = run["invocations"]
    return [(item["descriptor"]["id"], item["level"]) for item in invocation["toolExecutionNotifications"]]


@pytest.mark.parametrize("change", [{"level": "high"}, {"message": None}, {"plase": []}])
def test_validation_notices(change: dict[str, object]) -> None:
    """Whichever way documents are checked, it is strict enough to find a fault."""
    parsed = json.loads(render(SHOWCASE))
    validate(parsed)
    parsed["runs"][0]["results"][0].update(change)
    with pytest.raises(Exception):  # noqa: B017, PT011 (each way has its own)
        validate(parsed)


def test_what_is_no_failure_is_no_alert() -> None:
    """GitHub makes an alert of every result: what is undetermined is told as a note of the run, with its place."""
    run = run_of(UNDETERMINED, answer(verdict=Verdict.SATISFIED), answer(verdict=Verdict.NOT_APPLICABLE))
    assert run["results"] == []
    assert notified(run) == [("undetermined", "note")]
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert "Because: var.zones has no default (variables.tf:3)." in note["message"]["text"]
    assert note["locations"][0]["physicalLocation"]["region"]["startLine"] == 1


def test_what_is_asked_for_is_a_result() -> None:
    """Each verdict has its kind; the standard allows a level for failures only."""
    answers = tuple(answer(verdict=verdict) for verdict in Verdict)
    run = document(Report(answers))
    kinds = [(item["kind"], item["level"]) for item in run["results"]]
    assert kinds == [("fail", "error"), ("open", "none"), ("pass", "none"), ("notApplicable", "none")]
    assert notified(run) == []


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "warning"),
        (Severity.INFO, "note"),
    ],
)
def test_level_follows_the_answer(severity: Severity, level: str) -> None:
    """A result has the severity of its answer, whatever its rule's own is."""
    [result] = run_of(answer(severity=severity), rules=(ZONES,))["results"]
    assert result["level"] == level


def test_result_refers_to_its_rule() -> None:
    """The index leads to the rule with that id, which carries its help."""
    run = run_of(LIKELY, VIOLATED, rules=(ZONES,))
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert rules[0]["help"]["markdown"] == ZONES.page


def test_path_is_a_code_flow() -> None:
    """The steps of a path, and no other places, make a flow in their order; a single place is none."""
    [result] = run_of(VIOLATED)["results"]
    [flow] = result["codeFlows"]
    [thread] = flow["threadFlows"]
    labels = [item["location"]["message"]["text"] for item in thread["locations"]]
    assert labels == ["aws_subnet.a is its only subnet", "its route table"]
    [result] = run_of(answer(related=VIOLATED.related[1:]))["results"]
    assert "codeFlows" not in result


def test_related_places_are_linked() -> None:
    """GitHub shows related places only where the message links to them."""
    [result] = run_of(VIOLATED)["results"]
    numbers = [place["id"] for place in result["relatedLocations"]]
    assert [int(number) for number in LINK.findall(result["message"]["text"])] == numbers == [1, 2, 3, 4]


def test_suppressed() -> None:
    """A suppressed answer stays, with where that is said, and why."""
    [result] = run_of(SUPPRESSED)["results"]
    assert result["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "agreed with security"}
    ]
    [result] = run_of(answer(suppressed=Suppression("metadata", "agreed")))["results"]
    assert result["suppressions"] == [{"kind": "inSource", "status": "accepted", "justification": "agreed"}]
    [result] = run_of(answer(suppressed=Suppression("baseline", "known")))["results"]
    assert result["suppressions"][0]["kind"] == "external"


def test_reading_problems_are_errors_of_the_run() -> None:
    """What was not read is an alert and an error of the run, which went on all the same."""
    run = run_of(BROKEN, unread=(Omission("main.tf:1", "module.vpc is not downloaded"),))
    assert notified(run) == [("reading", "error"), ("unread", "note")]
    assert [result["ruleId"] for result in run["results"]] == ["VPCE900"]
    assert run["invocations"][0]["executionSuccessful"] is True


def test_internal_error_is_no_success() -> None:
    """A run in which a rule broke down does not call itself successful."""
    run = run_of(answer(rule="VPCE999", name="internal-error"))
    assert run["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize(("least", "code"), [(Severity.LOW, 0), (Severity.INFO, 1)])
def test_exit_code(least: Severity, code: int) -> None:
    """The run tells the exit code, by its thresholds."""
    run = run_of(LIKELY, thresholds=Thresholds(severity=least))
    assert run["invocations"][0]["exitCode"] == code


@pytest.mark.parametrize(
    ("path", "artifact"),
    [
        ("a/b c%.tf", {"uri": "a/b%20c%25.tf", "uriBaseId": "%SRCROOT%"}),
        ("x:y/#?.tf", {"uri": "x%3Ay/%23%3F.tf", "uriBaseId": "%SRCROOT%"}),
        ("../caf\udce9.tf", {"uri": "../caf%E9.tf", "uriBaseId": "%SRCROOT%"}),
        ("/etc/日.tf", {"uri": "file:///etc/%E6%97%A5.tf"}),
        ("C:/x y.tf", {"uri": "file:///C:/x%20y.tf"}),
    ],
)
def test_path_is_a_uri(path: str, artifact: dict[str, str]) -> None:
    """A path of any bytes is a URI of the same bytes; a relative one is relative to the source root."""
    [result] = run_of(answer(location=Location(path)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == artifact


def test_help_address_is_the_package_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule links to its page in the documentation that the package names, and to nothing where it names none."""
    page = "https://docs.example/x/rules/VPCE003/"
    for address, expected in (("https://docs.example/x", [page]), ("https://docs.example/x/", [page]), ("", [])):
        monkeypatch.setattr(sarif, "documentation", lambda address=address: address)
        driver = run_of(VIOLATED, rules=(replace(ZONES, built_in=True),))["tool"]["driver"]
        assert [rule["helpUri"] for rule in driver["rules"] if "helpUri" in rule] == expected
        assert driver.get("informationUri", "") == address


def test_rule_of_one_s_own_links_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool's documentation has no page about a rule that somebody else wrote."""
    monkeypatch.setattr(sarif, "documentation", lambda: "https://docs.example")
    rules = run_of(VIOLATED, rules=(ZONES,))["tool"]["driver"]["rules"]
    assert [rule for rule in rules if "helpUri" in rule] == []


def test_baseline_state() -> None:
    """Where a baseline was asked, a result says whether it is new; what no baseline can know says nothing."""
    run = run_of(answer(is_new=True), answer(is_new=False, suppressed=Suppression("baseline", "known")), BROKEN)
    assert [result.get("baselineState") for result in run["results"]] == ["new", "unchanged", None]


def test_what_is_gone_is_absent_where_all_is_shown() -> None:
    """GitHub would make an alert of it, so by itself it is a note; the result has the identity that it had."""
    item = Fixed("VPCE003", VIOLATED.address, VIOLATED.about, VIOLATED.location.path, VIOLATED.root)
    run = run_of(fixed=(item,), rules=(ZONES,))
    assert run["results"] == []
    assert notified(run) == [("fixed", "note")]
    run = document(Report(fixed=(item,), rules=(ZONES,)))
    [result] = run["results"]
    assert notified(run) == []
    assert result["baselineState"] == "absent"
    assert result["partialFingerprints"] == {"vpceLint/v1": VIOLATED.fingerprint}
    assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "VPCE003"


@given(reports)
def test_nothing_breaks_out(report: Report) -> None:
    """Whatever stands in a report, its SARIF is valid ASCII, with a place on each result and no link but its own."""
    assert render(report).isascii()
    run = document(report)
    absent = report.fixed if report.shown == set(Verdict) else ()
    paths = [*(given_.location.path for given_ in report.visible), *(item.path for item in absent)]
    assert len(run["results"]) == len(paths)
    for result, path in zip(run["results"], paths, strict=True):
        [place] = result["locations"]
        assert same_path(place["physicalLocation"]["artifactLocation"]["uri"], path)
        assert result["message"]["text"].isprintable()
        links = {int(number) for number in LINK.findall(result["message"]["text"])}
        assert links <= {related["id"] for related in result.get("relatedLocations", ())}


def same_path(uri: str, path: str) -> bool:
    """Whether a URI is that of a path."""
    parts = urlsplit(uri)
    if parts.scheme not in {"", "file"} or parts.query or parts.fragment or parts.netloc:
        return False
    data = unquote_to_bytes(parts.path)
    try:
        expected = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        expected = path.encode("utf-8", "backslashreplace")
    return data == expected or data == b"/" + expected
