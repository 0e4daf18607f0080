"""A short run of the fuzzer: a few inputs for each reader, the same each time, and what it would notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fuzzing import seeds
from fuzzing.case import Case, kept_case
from fuzzing.forms import FORMS, fault_of
from fuzzing.minimise import minimise
from fuzzing.readers import READERS
from fuzzing.relations import RELATIONS, compare, verdicts
from fuzzing.trial import Bench, FailureError, Run, check
from fuzzing.work import chance_of, input_of, tried

if TYPE_CHECKING:
    from pathlib import Path

SEED = 9
INPUTS = 12
"""For each reader; long runs are ``PYTHONPATH=tests python -m fuzzing``."""


@pytest.mark.parametrize("reader", READERS)
def test_no_input_brings_it_down(tmp_path: Path, reader: str) -> None:
    """Damaged input ends in a report or a complaint that is well-formed, says the same twice, and tells no secrets."""
    bench = Bench(tmp_path)
    for number in range(INPUTS):
        tried(bench, input_of(reader, SEED, number), chance_of(reader, SEED, number), reader)


@pytest.mark.parametrize("reader", ["terraform", "cloudformation-yaml", "plan"])
def test_another_form_says_the_same(tmp_path: Path, reader: str) -> None:
    """Code in another layout, order or syntax, or with other names, gets the same verdicts."""
    given = {
        "terraform": [case for case in seeds.terraform() if len(case.files) > 1],
        "cloudformation-yaml": seeds.templates(".yaml"),
        "plan": seeds.plans(),
    }[reader]
    bench = Bench(tmp_path)
    for relation in RELATIONS[reader]:
        for number, case in enumerate(given[::12]):
            compare(relation, case, bench.run(case), bench, chance_of(reader, SEED, number))


def test_same_number_same_input() -> None:
    """An input can be made again from reader, seed and number alone, and another number gives another one."""
    for reader in READERS:
        assert input_of(reader, SEED, 1) == input_of(reader, SEED, 1)
        assert len({repr(input_of(reader, SEED, number)) for number in range(20)}) > 10


def test_what_is_kept_is_what_was_tried(tmp_path: Path) -> None:
    """A failing input that was written down is the same when it is replayed, whatever its files are called."""
    for reader in ("terraform", "names", "policy"):
        case = input_of(reader, SEED, 2)
        case.keep(tmp_path / reader, "why")
        assert kept_case(tmp_path / reader) == case


def test_failing_input_is_made_small() -> None:
    """Of many files, lines and bytes those are left that are needed for the failure."""
    case = Case({"a": b"x\n" * 50 + b"one two three\n" + b"y\n" * 50, "b": b"whatever"})
    small = minimise(case, lambda each: b"two" in each.files.get("a", b""), 60)
    assert small == Case({"a": b"two"})


def run_of(code: int = 0, complained: bytes = b"", **written: bytes) -> Run:
    """What a run might have left."""
    return Run(code, b"", complained, written, 0.0)


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        (run_of(3), "exit code"),
        (run_of(2, b"Traceback (most recent call last)"), "traceback"),
        (run_of(0, b"/lib/re.py:9: FutureWarning: x"), "warning"),
        (run_of(2, b"\x1b[2J"), "form"),
        (run_of(0, text=b"a\x1b[2Jb"), "form text"),
        (run_of(0, text=b"::error::x\n"), "form text"),
        (run_of(0, github=b"::notice ::x\nhello\n"), "form github"),
        (run_of(0, markdown=b"\xff"), "form markdown"),
        (run_of(0, junit=b"<a>"), "form junit"),
        (run_of(0, sarif=b"{}"), "form sarif"),
        (run_of(0, gitlab=b'[{"description": ""}]'), "form gitlab"),
        (run_of(0, json=b"{}"), "form json"),
        (run_of(0, text=b"canary-7f3e9"), "secret"),
        (run_of(0, text=b"/place/main.tf"), "path"),
    ],
)
def test_what_is_wrong_is_noticed(run: Run, kind: str) -> None:
    """Each thing that must never be is told from what may be."""
    with pytest.raises(FailureError) as failure:
        check(Case({}), run, "/place")
    assert failure.value.kind == kind


def test_gate_that_opens_is_noticed(tmp_path: Path) -> None:
    """A violation that can't be lowered, with exit code 0, is a failure; so are differing verdicts."""
    bench = Bench(tmp_path)
    broken = bench.run(Case({"main.tf": b'resource "aws_vpc_endpoint" "a" {'}))
    assert broken.code == 1
    assert not any(fault_of(name, broken.written[name]) for name in FORMS)
    check(Case({}), broken, "/place")
    with pytest.raises(FailureError):
        check(Case({}), Run(0, b"", b"", broken.written, 0.0), "/place")
    [relation] = RELATIONS["plan"]
    plan = Case({"plan.json": (seeds.FIXTURES / "one-network/plan/plan.json").read_bytes()})
    run = bench.run(plan)
    assert verdicts(run)
    other = relation.differ(run, bench.run(seeds.plans()[0]), ("", ""))
    assert "after" in other
