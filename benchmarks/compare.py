"""Measures whole processes, ours and those of peers in turn: ``python -m benchmarks.compare CACHE``.

CACHE is a folder for generated repositories and the programs' environments, which are made where they are missing.
Prints each measurement when it is done, and at last two tables in Markdown: the targets, and all that was run.
Everything takes about an hour; ``--only`` and ``--thousand 10`` take less.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.environments import PACKAGES, environments
from benchmarks.targets import MEASUREMENTS, TERRAFORM_PEERS, Bench, Line, Target

KEPT = {True: "yes", False: "**no**", None: "-"}


def main() -> None:
    """Measure what is asked for, and print it."""
    parser = ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, help="measure only this (repeatable)")
    parser.add_argument("--thousand", type=int, default=1_000, metavar="N", help="how many roots stand for 1,000")
    parser.add_argument("--limit", type=float, default=300, metavar="SECONDS", help="end a command after this")
    parser.add_argument("--vpce-lint", type=Path, metavar="FILE", help="measure this one, not the working tree")
    parser.add_argument("--peers", default=",".join(PACKAGES), help=f"of {', '.join(PACKAGES)}; empty for none")
    options = parser.parse_args()
    cache = options.cache.resolve()
    bench = Bench(
        environments(cache / "environments", options.vpce_lint and options.vpce_lint.absolute()),
        cache / "repositories",
        options.thousand,
        options.limit,
        tuple(options.peers.split(",")),
        lambda line: print(_row(line), file=sys.stderr),
    )
    bench.warm_up((*TERRAFORM_PEERS, "cfn-lint"))
    targets = [target for name in options.only or MEASUREMENTS for target in MEASUREMENTS[name](bench)]
    print(f"{_machine()}, {datetime.now(UTC).date()}; {_versions(bench)}.\n")
    print(_targets(targets))
    print(_lines(bench.lines))


def _targets(targets: list[Target]) -> str:
    rows = [f"| {each.what} | {each.promised} | {each.measured} | {KEPT[each.kept]} |" for each in targets]
    return "\n".join(["| what | target | measured | met |", "|---|---|---|---|", *rows, ""])


def _lines(lines: list[Line]) -> str:
    head = "| what | command | source | median | range | processor | MB/s | peak memory | all processes | runs |"
    return "\n".join([head, "|---|---|---|---|---|---|---|---|---|---|", *map(_row, lines), ""])


def _row(line: Line) -> str:
    taken = line.measured
    least, most = taken.spread
    size, rate = "", ""
    if line.scanned and line.scanned.size and taken.name != "python -c pass":
        size = f"{line.scanned.megabytes:.2f} MB"
        rate = f"{line.scanned.megabytes / taken.wall:.1f}"
    cells = [
        line.what,
        f"`{taken.name}`",
        size,
        _seconds(taken.wall) if taken.ended else f"> {taken.wall:.0f} s",
        f"{_seconds(least)} to {_seconds(most)}",
        _seconds(taken.cpu) if taken.ended else "",
        rate if taken.ended else "",
        f"{taken.largest / 1e6:.0f} MB",
        f"{taken.together / 1e6:.0f} MB",
        str(len(taken.runs)),
    ]
    return f"| {' | '.join(cells)} |"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _machine() -> str:
    """The processor and its cores; nothing that would name the machine."""
    facts = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next(
        (line.partition(":")[2].strip() for line in facts if line.startswith("model name")), "unknown processor"
    )
    return f"{model}, {len(os.sched_getaffinity(0))} cores"


def _versions(bench: Bench) -> str:
    return ", ".join(f"{name} {version}" for name, version in bench.environments.versions().items())


if __name__ == "__main__":
    main()
