"""A long run: batches in processes of their own, counted, until the time is up."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from fuzzing.readers import READERS
from fuzzing.work import input_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = 150
REHASHED = 5
"""Of so many batches, one is repeated with another hash seed and has to give the same bytes."""
SILENCE = 180.0
"""Seconds without a word after which a process hangs beyond its own timer."""
TOP = Path(__file__).parents[2]


class Tally(Struct):
    """What became of one reader's inputs."""

    inputs: int = 0
    repeated: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_input: int = 0
    failures: dict[str, list[int]] = {}

    def note(self, said: dict[str, Any]) -> None:
        """Count one input."""
        number = said.get("done", said.get("failed", 0))
        self.inputs += 1
        self.seconds += said["seconds"]
        if said["seconds"] > self.slowest:
            self.slowest, self.slowest_input = said["seconds"], number
        if "failed" in said:
            self.failures.setdefault(said["mark"], []).append(number)


def campaign(readers: Sequence[str], seed: int, minutes: float, into: Path) -> dict[str, Tally]:
    """Fuzz the readers in turn for so many minutes, or until interrupted; failing inputs are written to a folder."""
    tallies = {reader: Tally() for reader in readers}
    with suppress(KeyboardInterrupt):
        _take_turns(tallies, seed, time.monotonic() + 60 * minutes, into)
    return tallies


def _take_turns(tallies: dict[str, Tally], seed: int, end: float, into: Path) -> None:
    for turn in count():
        for place, (reader, tally) in enumerate(tallies.items()):
            if time.monotonic() >= end:
                return
            digests = _batch(reader, seed, turn * BATCH, into, tally, hash_seed=1)
            if (turn * len(tallies) + place) % REHASHED == 0:
                _rehash(reader, seed, turn * BATCH, into, tally, digests)


def _rehash(reader: str, seed: int, first: int, into: Path, tally: Tally, digests: dict[int, str]) -> None:
    """Repeat a batch with another hash seed."""
    again = _batch(reader, seed, first, into, Tally(), hash_seed=2)
    tally.repeated += len(again)
    for number in sorted(digests.keys() & again.keys()):
        if digests[number] != again[number]:
            tally.failures.setdefault("another hash seed, other bytes", []).append(number)
            input_of(reader, seed, number).keep(into / f"{reader}-{seed}-{number}", "another hash seed, other bytes")


def _batch(reader: str, seed: int, first: int, into: Path, tally: Tally, *, hash_seed: int) -> dict[int, str]:
    """Run one batch, going on behind an input that brings the process down; what came out, by number."""
    digests: dict[int, str] = {}
    at, last = first, first + BATCH
    while at < last:
        started = at
        for said in _words_of(reader, seed, at, last - at, into, hash_seed):
            if "start" in said:
                started = said["start"]
                continue
            at = started + 1
            tally.note(said)
            if "done" in said:
                digests[said["done"]] = said["digest"]
            else:
                print(f"{reader} {started}: {said['mark']}\n{said['why'][-1500:]}\n", flush=True)  # noqa: T201
        if at < last:  # it ended before its time: killed, or brought down
            tally.note({"failed": started, "mark": "the process ended", "seconds": 0.0})
            input_of(reader, seed, started).keep(into / f"{reader}-{seed}-{started}", "the process ended")
            print(f"{reader} {started}: the process ended", flush=True)  # noqa: T201
            at = started + 1
    return digests


def _words_of(reader: str, seed: int, first: int, count: int, into: Path, hash_seed: int) -> Iterator[dict[str, Any]]:
    """What a worker says, line by line; it is ended where it falls silent."""
    words = [sys.executable, "-m", "fuzzing", "--work", f"{reader},{seed},{first},{count}", "--into", str(into)]
    paths = os.pathsep.join((str(TOP), str(TOP / "tests")))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": str(hash_seed)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment, cwd=TOP) as process:
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            rest = b""
            while selector.select(SILENCE):
                more = os.read(process.stdout.fileno(), 65536)
                if not more:
                    break
                *lines, rest = (rest + more).split(b"\n")
                yield from map(json.loads, lines)
            else:
                process.kill()


def table(tallies: dict[str, Tally]) -> str:
    """The counts, one reader a line."""
    lines = [f"{'reader':20} {'inputs':>8} {'repeated':>8} {'mean ms':>8} {'slowest s':>9} {'its number':>10} failures"]
    for reader, tally in tallies.items():
        mean = 1000 * tally.seconds / tally.inputs if tally.inputs else 0
        lines.append(
            f"{reader:20} {tally.inputs:8} {tally.repeated:8} {mean:8.0f} {tally.slowest:9.2f}"
            f" {tally.slowest_input:10} {sum(map(len, tally.failures.values()))}"
        )
    total = sum(tally.inputs for tally in tallies.values())
    failed = sum(len(numbers) for tally in tallies.values() for numbers in tally.failures.values())
    lines.append(f"{'all':20} {total:8} {sum(each.repeated for each in tallies.values()):8} {'':29} {failed}")
    lines += [
        f"{reader}: {mark}: {len(numbers)} inputs, first {numbers[0]}"
        for reader, tally in tallies.items()
        for mark, numbers in tally.failures.items()
    ]
    return "\n".join(lines) + "\n"


NAMES = tuple(READERS)
