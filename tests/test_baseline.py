"""Baselines: what is known doesn't count, what is new does, and what is gone is said."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sample import answer
from worktree import VPC, endpoint, grow, open_answers, run, suppressed_answers

from vpce_lint.baseline import Baseline, BaselineError, baseline_of, read_baseline, write_baseline
from vpce_lint.report import Report, Suppression
from vpce_lint.root_result import Judged
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.report import Answer

ROOTS = ("envs/a", "envs/b")
RULES = ("VPCE003", "VPCE005")
OPEN = {Verdict.VIOLATED, Verdict.UNDETERMINED}
ALL = Judged(ROOTS, RULES)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Answers of which many have the same fingerprint."""
    made = answer(
        rule=draw(st.sampled_from([*RULES, "VPCE900"])),
        root=draw(st.sampled_from(ROOTS)),
        address=draw(st.sampled_from(["a.x", "a.y[0]"])),
        about=draw(st.sampled_from([None, "s3"])),
        verdict=draw(st.sampled_from(list(Verdict))),
        environment=draw(st.sampled_from([None, "prod"])),
        suppressed=draw(st.sampled_from([None, None, Suppression("comment", "so")])),
    )
    line = draw(st.integers(1, 99))
    return replace(made, location=replace(made.location, path=f"{made.root}/main.tf", line=line, end_line=line))


def counting(report: Report) -> list[Answer]:
    """The open answers that count, faults aside."""
    return [each for each in report.answers if each.verdict in OPEN and not each.suppressed and each.rule in RULES]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(answers(), max_size=8))
def test_written_then_applied_leaves_nothing_new(tmp_path: Path, given_answers: list[Answer]) -> None:
    """Everything that is open counts as known, nothing counts as fixed, and faults count as ever."""
    file = str(tmp_path / "known.json")
    report = Report(tuple(given_answers))
    write_baseline(baseline_of(report, file, str(tmp_path), ()), file)
    after = read_baseline(file).apply(report, ALL, str(tmp_path))
    assert counting(after) == []
    assert after.fixed == ()
    faults = [each for each in given_answers if each.rule == "VPCE900"]
    assert [each for each in after.answers if each.rule == "VPCE900"] == faults


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(answers(), max_size=8), st.randoms(use_true_random=False), st.integers(0, 50))
def test_moved_and_reordered_code_has_the_same_baseline(
    tmp_path: Path, given_answers: list[Answer], random: object, shift: int
) -> None:
    """Neither lines nor order are in it."""
    moved = [replace(each, location=replace(each.location, line=each.location.line + shift)) for each in given_answers]
    random.shuffle(moved)  # type: ignore[attr-defined]
    file = str(tmp_path / "known.json")
    assert baseline_of(Report(tuple(moved)), file, str(tmp_path), ()) == baseline_of(
        Report(tuple(given_answers)), file, str(tmp_path), ()
    )
    assert sorted(each.fingerprint for each in moved) == sorted(each.fingerprint for each in given_answers)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(answers(), max_size=6), st.lists(answers(), max_size=6))
def test_as_many_are_new_as_there_are_more(tmp_path: Path, old: list[Answer], new: list[Answer]) -> None:
    """Of answers of one identity, those beyond what is known count, and what is known beyond them is fixed."""
    start = str(tmp_path)
    baseline = baseline_of(Report(tuple(old)), str(tmp_path / "known.json"), start, ())
    after = baseline.apply(Report(tuple(new)), ALL, start)
    for identity in {each.fingerprint for each in (*old, *new)}:
        was, now, left = (
            [each for each in counting(Report(tuple(each))) if each.fingerprint == identity]
            for each in (old, new, after.answers)
        )
        bad, known_bad = (sum(each.verdict is Verdict.VIOLATED for each in each_list) for each_list in (now, was))
        new_bad = sum(each.verdict is Verdict.VIOLATED for each in left)
        assert new_bad == max(0, bad - known_bad)
        room = len(was) - min(bad, known_bad)
        assert len(left) - new_bad == max(0, len(now) - bad - room)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(answers(), max_size=6), st.lists(answers(), max_size=6))
def test_answers_say_whether_they_are_new(tmp_path: Path, old: list[Answer], new: list[Answer]) -> None:
    """Exactly what a baseline could know says so: new where it counts, not new where it is known."""
    start = str(tmp_path)
    baseline = baseline_of(Report(tuple(old)), str(tmp_path / "known.json"), start, ())
    after = baseline.apply(Report(tuple(new)), ALL, start)
    for before, each in zip(new, after.answers, strict=True):
        could_be_known = before.verdict in OPEN and not before.suppressed and before.rule in RULES
        assert each.is_new == ((each.suppressed is None) if could_be_known else None)


def test_undetermined_that_becomes_violated_is_new() -> None:
    """What nobody could tell is not what is wrong for certain; the other way round it is no worse."""
    unsure, bad = answer(verdict=Verdict.UNDETERMINED), answer()
    known = Baseline("/r", baseline_of(Report((unsure,)), "/r/b.json", "/r", ()).entries)
    assert counting(known.apply(Report((bad,)), ALL, "/r")) == [replace(bad, is_new=True)]
    known = Baseline("/r", baseline_of(Report((bad,)), "/r/b.json", "/r", ()).entries)
    assert counting(known.apply(Report((unsure,)), ALL, "/r")) == []


def test_works_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths count from the baseline's folder, so that the working directory doesn't matter."""
    grow(tmp_path, {"infra/main.tf": VPC + endpoint(), ".git/HEAD": ""})
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "ci/known.json"
    file.parent.mkdir()
    assert not run(tmp_path, write_baseline=str(file)).fails
    first = file.read_bytes()
    monkeypatch.chdir(tmp_path / "infra")
    outcome = run(tmp_path, baseline=os.path.relpath(file))
    assert (outcome.fails, suppressed_answers(outcome.report)[0][0]) == (False, "VPCE005")
    run(tmp_path, write_baseline=str(file))
    assert file.read_bytes() == first


def test_new_violation_fails_and_a_fixed_one_is_named(tmp_path: Path) -> None:
    """The file can shrink: what is gone from the code is told, only what was judged can be gone."""
    grow(tmp_path, {"a/main.tf": VPC + endpoint("x") + endpoint("y"), "b/main.tf": VPC + endpoint()})
    file = str(tmp_path / "known.json")
    run(tmp_path, write_baseline=file)
    grow(tmp_path, {"a/main.tf": "\n\n" + endpoint("z") + VPC + endpoint("x")})
    outcome = run(tmp_path / "a", baseline=file)
    assert outcome.fails
    assert open_answers(outcome.report) == [("VPCE005", "aws_vpc_endpoint.z")]
    assert [(each.rule, each.address) for each in outcome.report.fixed] == [("VPCE005", "aws_vpc_endpoint.y")]
    assert not run(tmp_path / "a", baseline=file, ignore=("VPCE005",)).report.fixed


def test_suppressed_answers_are_not_written(tmp_path: Path) -> None:
    """What a comment explains needs no entry."""
    grow(tmp_path, {"main.tf": VPC + endpoint(above="# vpce-lint: ignore[VPCE005] so")})
    run(tmp_path, write_baseline=str(tmp_path / "known.json"))
    assert json.loads((tmp_path / "known.json").read_text())["entries"] == []


def test_unreadable_code_is_never_known(tmp_path: Path) -> None:
    """No baseline silences a file that can't be parsed."""
    grow(tmp_path, {"main.tf": VPC + endpoint() + "broken {"})
    file = str(tmp_path / "known.json")
    assert run(tmp_path, write_baseline=file).fails
    assert run(tmp_path, baseline=file).fails


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "there is no baseline"),
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("\udcff", "is not valid JSON"),
        ("[]", "is no baseline of version 1"),
        ('{"version": 2, "entries": []}', "is no baseline of version 1"),
        ('{"version": 1}', "has no list of entries"),
        ('{"version": 1, "entries": [[]]}', "entry 1 is malformed"),
        ('{"version": 1, "entries": [{"rule": "VPCE005", "verdict": "satisfied"}]}', "entry 1 is malformed"),
        (
            '{"version": 1, "entries": [{"rule": "VPCE005", "verdict": "violated", "line": "3"}]}',
            "entry 1 is malformed",
        ),
        ('{"version": 1, "entries": [{"rule": "VPCE005", "verdict": "violated", "path": 3}]}', "entry 1 is malformed"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str | None, words: str) -> None:
    """Nothing that isn't a baseline is taken for one, for then everything would be new or known by accident."""
    file = tmp_path / "known.json"
    if text is not None:
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BaselineError, match=words):
        read_baseline(str(file))


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """What can't be written is an error that names the file, and leaves no half of it."""
    with pytest.raises(BaselineError, match=r"nowhere/known\.json can't be written: No such file"):
        write_baseline(Baseline(str(tmp_path), ()), str(tmp_path / "nowhere/known.json"))
    assert list(tmp_path.iterdir()) == []


def test_configured_baseline_is_named_by_its_path_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's folders concern no reader of a message."""
    grow(tmp_path, {".git/HEAD": "", "main.tf": VPC, ".vpce-lint.toml": 'baseline = "low"\n', "a/main.tf": VPC})
    monkeypatch.chdir(tmp_path / "a")
    with pytest.raises(BaselineError, match=r"^there is no baseline \.\./low;"):
        run(tmp_path)
