"""What annotates a pull request."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from sample import answer
from showcase import SUPPRESSED, UNDETERMINED, reports

from vpce_lint.location import Location
from vpce_lint.report import Report, Scope
from vpce_lint.reporters.github import SHOWN, render
from vpce_lint.verdict import Severity

ROOTS = Scope(("infra",), roots=1)


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands that a runner reads: name, properties, message (as actions/runner, ActionCommand.cs, does it)."""
    found = []
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        assert line.startswith("::")
        head, _, message = line[2:].partition("::")
        name, _, rest = head.partition(" ")
        properties = dict(part.split("=", 1) for part in rest.split(",") if part)
        found.append((name, {key: plain(value) for key, value in properties.items()}, plain(message)))
    return found


def plain(text: str) -> str:
    """A value without the runner's escapes."""
    codes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    return re.sub("|".join(codes), lambda match: codes[match[0]], text)


@pytest.mark.parametrize(
    ("severity", "name"),
    [
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "warning"),
        (Severity.INFO, "notice"),
    ],
)
def test_level(severity: Severity, name: str) -> None:
    """The gravest are errors; what never fails by default is a notice."""
    assert commands(render(Report((answer(severity=severity),), ROOTS)))[0][0] == name


def test_undetermined_is_counted_and_annotates_nothing() -> None:
    """By itself the format annotates violations; the last notice counts the rest."""
    [(name, properties, message)] = commands(render(Report((UNDETERMINED, SUPPRESSED), ROOTS).showing(SHOWN)))
    assert (name, properties) == ("notice", {"title": "vpce-lint"})
    assert message == "0 violated, 1 undetermined, 0 satisfied, 1 suppressed"


def test_more_than_is_shown() -> None:
    """GitHub drops what is more than ten of a level: the gravest stay, and the rest is counted."""
    low = [answer(severity=Severity.LOW, location=Location(f"{n}.tf")) for n in range(12)]
    medium = [answer(severity=Severity.MEDIUM, location=Location(f"{n}.tf")) for n in range(3)]
    info = [answer(severity=Severity.INFO, location=Location(f"{n}.tf")) for n in range(20)]
    found = commands(render(Report((*low, *medium, *info), ROOTS)))
    assert Counter(name for name, *_ in found) == {"warning": 10, "notice": 10}
    assert [properties["file"] for _, properties, _ in found[:3]] == ["0.tf", "1.tf", "2.tf"]
    assert found[-1][2].endswith("; further findings that are not annotated: 16")


def test_shared_module_is_annotated_once() -> None:
    """The same violation in several roots is one annotation that counts them."""
    found = commands(render(Report((answer(root="a"), answer(root="b")), ROOTS)))
    assert len(found) == 2
    assert "\nand 1 more like it\n" in found[0][2]


def test_nothing_checked() -> None:
    """That there was no code is not passed over."""
    assert "NOTHING WAS CHECKED" in commands(render(Report()))[-1][2]


def test_names_are_no_commands() -> None:
    """A path and a message with everything that a command is made of arrive as they are."""
    evil = "a,b::c=%0Ad%"
    [(name, properties, message), _] = commands(render(Report((answer(location=Location(evil), message=evil),), ROOTS)))
    assert (name, properties["file"], properties["line"]) == ("error", evil, "1")
    assert message.startswith(f"{evil}\n")


@given(reports)
def test_nothing_breaks_out(report: Report) -> None:
    """Whatever stands in a report, each line is one of our commands with our properties."""
    found = commands(render(report))
    assert found[-1][:2] == ("notice", {"title": "vpce-lint"})
    for name, properties, message in found[:-1]:
        assert name in {"error", "warning", "notice"}
        assert properties.keys() == {"file", "line", "col", "title"}
        assert all(line.isprintable() for line in (*properties.values(), *message.split("\n")))
    assert max(Counter(name for name, *_ in found).values()) <= 10
