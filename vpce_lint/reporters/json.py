"""The report for other programs, as ``report.schema.json`` in this package describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict

from vpce_lint import __version__
from vpce_lint.json_output import json_output
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from vpce_lint.location import Location
    from vpce_lint.report import Answer, Report

SHOWN = frozenset(Verdict)
SCHEMA_VERSION = 1
"""Raised when a field changes its meaning or goes; new fields don't raise it."""


def render(report: Report) -> str:
    """The report as JSON in ASCII, its keys in the order of the schema."""
    scope = report.scope
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "vpce-lint", "version": __version__},
        "summary": {
            **asdict(report.summary),
            "files": scope.files,
            "roots": scope.roots,
            "endpoints": scope.endpoints,
        },
        "answers": [_answer(answer) for answer in report.visible],
        "unread": [{"path": item.path, "reason": item.reason} for item in report.unread],
        "fixed": [asdict(item) for item in report.fixed],
        "change": asdict(report.change) if report.change else None,
    }
    return json_output(document)


def _answer(answer: Answer) -> dict[str, object]:
    place = answer.location
    return {
        "rule": answer.rule,
        "name": answer.name,
        "verdict": answer.verdict,
        "about": answer.about,
        "severity": answer.severity,
        "confidence": answer.confidence,
        "address": answer.address,
        "affects": answer.affects,
        "root": answer.root,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "message": answer.message,
        "why": answer.why,
        "fix": answer.fix,
        "related": [_place(location) for location in answer.related],
        "calls": [_place(location) for location in answer.calls],
        "construct": answer.construct or None,
        "fingerprint": answer.fingerprint,
        "help": answer.help,
        "environment": answer.environment,
        "suppressed": asdict(answer.suppressed) if answer.suppressed else None,
    }


def _place(location: Location) -> dict[str, object]:
    return {"path": location.path, "line": location.line, "column": location.column, "label": location.label}
