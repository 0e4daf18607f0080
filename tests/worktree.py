"""Small trees of code on disk, and runs over them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from vpce_lint.readers.request import Request
from vpce_lint.scan import Order, scan
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vpce_lint.report import Report
    from vpce_lint.scan import Outcome

TODAY = date(2026, 6, 15)
VPC = 'resource "aws_vpc" "main" {}\n'


def endpoint(name: str = "a", inside: str = "", above: str = "") -> str:
    """An S3 endpoint without a policy, which VPCE005 finds and no other rule."""
    lines = [above, f'resource "aws_vpc_endpoint" "{name}" {{', "  vpc_id = aws_vpc.main.id"]
    lines += ['  service_name = "com.amazonaws.eu-west-1.s3"', f"  {inside}", "}\n"]
    return "\n".join(line for line in lines if line.strip())


def grow(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def run(*paths: Path, **more: Any) -> Outcome:
    """One run over paths."""
    fields: dict[str, Any] = {"request": Request(paths=paths), "today": TODAY}
    return scan(Order(**(fields | more)))


def open_answers(report: Report, verdict: Verdict = Verdict.VIOLATED) -> list[tuple[str, str]]:
    """Rule and address of what counts; of ineffective suppressions, the words."""
    return [
        (answer.rule, answer.message if answer.rule == "VPCE902" else answer.address)
        for answer in report.answers
        if answer.verdict is verdict and not answer.suppressed
    ]


def suppressed_answers(report: Report) -> list[tuple[str, str, str]]:
    """Rule, address and reason of what is suppressed or known."""
    return [(answer.rule, answer.address, answer.suppressed.reason) for answer in report.answers if answer.suppressed]
