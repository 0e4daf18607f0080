"""A batch of inputs in a process of its own, which a bad one may bring down; what happened goes out line by line."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fuzzing.minimise import minimise
from fuzzing.readers import READERS
from fuzzing.relations import RELATIONS, compare
from fuzzing.trial import Bench, FailureError, bound_memory, check, fail
from vpce_lint.limits import DEEPEST_RECURSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from fuzzing.case import Case

TWICE = 4
"""Of so many inputs, one is run a second time."""
SECONDS_TO_MINIMISE = 40.0


def input_of(reader: str, seed: int, number: int) -> Case:
    """The input with this number; the same each time."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST_RECURSION))  # they nest as deep as what they are for
    return READERS[reader](Random(f"{reader}.{seed}.{number}"))  # noqa: S311 (no secret)


def chance_of(reader: str, seed: int, number: int) -> Random:
    """What decides in which ways the input with this number is tried."""
    return Random(f"{reader}.{seed}.{number} tried")  # noqa: S311 (no secret)


def tried(bench: Bench, case: Case, chance: Random, reader: str) -> str:
    """Try one input in every way; what came out, in short. ``FailureError`` where something is wrong."""
    run = bench.run(case)
    check(case, run, bench.place())
    if chance.randrange(TWICE) == 0 and bench.run(case).same != run.same:
        fail("unstable", "a second run says something else")
    for relation in RELATIONS.get(reader, ()):
        if chance.random() < relation.share:
            compare(relation, case, run, bench, chance)
    return hashlib.sha256(repr(run.same).encode()).hexdigest()[:16]


def work(reader: str, seed: int, first: int, count: int, into: Path) -> None:
    """Try a batch, saying so: one line of JSON before each input and one behind it."""
    bound_memory()
    known: set[str] = set()
    with TemporaryDirectory(prefix="vpce-lint-fuzz-") as folder:
        bench = Bench(Path(folder))
        for number in range(first, first + count):
            _say(start=number)
            case = input_of(reader, seed, number)
            bench.slowest = 0.0
            try:
                digest = tried(bench, case, chance_of(reader, seed, number), reader)
            except FailureError as failure:
                mark = failure.mark
                _say(failed=number, mark=mark, seconds=bench.slowest, why=str(failure)[-3000:])
                if mark not in known:
                    known.add(mark)
                    case = minimise(case, _again(bench, reader, seed, number, mark), SECONDS_TO_MINIMISE)
                    case.keep(into / f"{reader}-{seed}-{number}", str(failure))
            else:
                _say(done=number, seconds=round(bench.slowest, 3), digest=digest)


def _again(bench: Bench, reader: str, seed: int, number: int, mark: str) -> Callable[[Case], bool]:
    """Whether another case fails in the same way."""

    def fails(case: Case) -> bool:
        try:
            tried(bench, case, chance_of(reader, seed, number), reader)
        except FailureError as failure:
            return failure.mark == mark
        return False

    return fails


def _say(**fields: Any) -> None:
    print(json.dumps(fields), flush=True)  # noqa: T201 (this is how the parent hears of it)
