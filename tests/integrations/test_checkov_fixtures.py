"""checkov with the plugin says what the command line says, over all fixtures and formats."""

from __future__ import annotations

import shutil
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from checkov_process import ROOT, Scan, block, scan_each

from vpce_lint.readers.request import Request
from vpce_lint.scan import Order, scan

if TYPE_CHECKING:
    from vpce_lint.readers.request import Dialect

APART = "limit-reached"
"""Fixtures with a billion instances: checkov itself makes them all, until the memory is full."""
FRAMEWORKS: dict[str, Dialect] = {
    "terraform": "terraform",
    "terraform_plan": "plan",
    "cloudformation": "cloudformation",
}
WORST_FIRST = ("violated", "undetermined", "satisfied")
Key = tuple[str, str, str]
"""The fixture's folder, the rule, the block."""


@pytest.fixture(scope="module")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all fixtures that checkov can take."""
    folder = tmp_path_factory.mktemp("all") / "fixtures"
    shutil.copytree(ROOT / "fixtures", folder, symlinks=True, ignore=shutil.ignore_patterns(APART))
    return folder.resolve()


@pytest.fixture(scope="module")
def scans(fixtures: Path) -> dict[str, Scan]:
    """What checkov's runners say about the folder of all fixtures, our checks and their own."""
    return dict(zip(FRAMEWORKS, scan_each([(name, str(fixtures)) for name in FRAMEWORKS]), strict=True))


@pytest.fixture(scope="module")
def plain(fixtures: Path) -> dict[str, Scan]:
    """The same without the plugin."""
    jobs = [(name, str(fixtures)) for name in FRAMEWORKS]
    return dict(zip(FRAMEWORKS, scan_each(jobs, plugin=False), strict=True))


def fixture_of(path: str) -> str:
    """The folder of the fixture that a file, below the folder of all, belongs to."""
    return "/".join(Path(path).parts[: 3 if "-network" not in Path(path).parts[0] else 1])


def checkovs(found: Scan, start: str) -> dict[str, set[Key]]:
    """What checkov says by verdict: of the instances of a block, the worst."""
    verdicts = {"violated": "failed", "undetermined": "unknown", "satisfied": "passed"}
    sets: dict[str, set[Key]] = {}
    seen: set[Key] = set()
    for verdict in WORST_FIRST:
        rows = [row for row in found.rows[verdicts[verdict]] if row[0].startswith("VPCE")]
        keys = {(fixture_of(row[2].removeprefix(start).lstrip("/")), row[0], block(row[1])) for row in rows}
        sets[verdict] = keys - seen
        seen |= keys
    return sets


def ours(framework: str, fixtures: Path) -> dict[str, set[Key]]:
    """What the command line says, the same way."""
    request = Request(paths=(fixtures,), dialects=(FRAMEWORKS[framework],))
    answers = scan(Order(request=request, today=date(2026, 1, 1))).report.answers
    found: dict[str, set[Key]] = defaultdict(set)
    for answer in answers:
        place = Path(answer.location.path).resolve().relative_to(fixtures).as_posix()
        name = answer.address.rpartition(".")[2] if framework == "cloudformation" else block(answer.address)
        found[answer.verdict].add((fixture_of(place), answer.rule, name))
    seen: set[Key] = set()
    for verdict in WORST_FIRST:
        found[verdict] -= seen
        seen |= found[verdict]
    return found


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("verdict", WORST_FIRST)
def test_checkov_says_what_the_command_line_says(
    scans: dict[str, Scan], fixtures: Path, framework: str, verdict: str
) -> None:
    """The same rules have the same answers on the same blocks, and there are such answers."""
    expected = ours(framework, fixtures)[verdict]
    assert expected
    assert checkovs(scans[framework], str(fixtures))[verdict] == expected


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("result", ["failed", "passed"])
def test_built_in_checks_say_the_same(
    scans: dict[str, Scan], plain: dict[str, Scan], framework: str, result: str
) -> None:
    """The plugin changes nothing about what checkov finds itself."""
    expected = sorted(plain[framework].rows[result])
    assert expected
    assert sorted(row for row in scans[framework].rows[result] if not row[0].startswith("VPCE")) == expected
