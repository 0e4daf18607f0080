"""Fixtures of rules: code whose lines say what is expected of them.

::

    <folder of rules>/<category>/<name>.py
    <folder of rules>/fixtures/<rule-name>/{fail,pass,unknown}/<case>/main.tf

A line of code with ``# expect: OWN001`` is violated, with ``# expect: OWN001?`` undetermined; ``# expect below: OWN001``
speaks for the next line. What isn't marked is neither. Every rule has a case of each kind.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.regex import regex
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vpce_lint.report import Report
    from vpce_lint.rule import Rule

FOLDER = "fixtures"
KINDS = {"fail": Verdict.VIOLATED, "pass": Verdict.SATISFIED, "unknown": Verdict.UNDETERMINED}
ENDINGS = (".tf", ".tofu", ".tf.json", ".tofu.json", ".yaml", ".yml", ".json", ".template")
SUFFIX = {Verdict.VIOLATED: "", Verdict.UNDETERMINED: "?"}
_MARK = regex(r"expect(?P<below> below)?: (?P<marks>[\w-]+\??(?:, [\w-]+\??)*)")


class Mark(Struct, frozen=True, order=True):
    """That a rule finds something at a line of a file, whose path counts from the case; ``word`` is ``OWN001?``."""

    path: str
    line: int
    word: str

    def __str__(self) -> str:
        """The mark as ``main.tf:3: OWN001``."""
        return f"{self.path}:{self.line}: {self.word}"


class Trial(Struct, frozen=True):
    """One case tried: its path below the fixtures, and all that isn't as it should be."""

    name: str
    failures: tuple[str, ...]


def try_rules(folder: Path) -> Iterator[Trial]:
    """Every case of every rule of a folder; ``RuleError`` where a rule can't be loaded."""
    for rule in load_rules(folder):
        yield from try_rule(rule, folder / FOLDER)


def try_rule(rule: Rule, fixtures: Path) -> Iterator[Trial]:
    """The cases of one rule, of each kind; a kind without a case is a failure, too."""
    for kind, verdict in KINDS.items():
        place = fixtures / rule.name / kind
        cases = sorted(case for case in place.iterdir() if case.is_dir()) if place.is_dir() else []
        if not cases:
            yield Trial(f"{rule.name}/{kind}", (f"there is no case: a folder below {place}",))
        for case in cases:
            yield Trial(f"{rule.name}/{kind}/{case.name}", tuple(_failures(rule, case, verdict)))


def _failures(rule: Rule, case: Path, kind: Verdict) -> Iterator[str]:
    report = judge(read(Request(paths=(case,))), [rule])
    expected, found = Counter(marks_in(case)), Counter(set(_found(report, case)))
    for mark in sorted((expected - found).elements()):
        yield f"{mark} is expected and not found"
    for mark in sorted((found - expected).elements()):
        yield f"{mark} is found and not expected"
    verdicts = {answer.verdict for answer in report.answers if answer.rule == rule.id}
    if kind not in verdicts:
        yield f"nothing in it is {kind}"
    worse = {Verdict.VIOLATED, Verdict.UNDETERMINED} - {kind}
    for verdict in sorted(verdicts & worse if kind is not Verdict.VIOLATED else ()):
        yield f"something in it is {verdict}"


def marks_in(case: Path) -> list[Mark]:
    """The marks of a case, each once."""
    marks: set[Mark] = set()
    for file in sorted(case.rglob("*")):
        if not file.name.endswith(ENDINGS) or not file.is_file():
            continue
        path = file.relative_to(case).as_posix()
        for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), start=1):
            if mark := _MARK.search(line):
                at = number + 1 if mark["below"] else number
                marks |= {Mark(path, at, word) for word in mark["marks"].split(", ")}
    return sorted(marks)


def _found(report: Report, case: Path) -> Iterator[Mark]:
    top = os.path.realpath(case)
    for answer in report.answers:
        if answer.verdict in SUFFIX:
            path = os.path.relpath(os.path.realpath(answer.location.path), top).replace(os.sep, "/")
            yield Mark(path, answer.location.line, answer.rule + SUFFIX[answer.verdict])
