"""The command for long runs: ``PYTHONPATH=tests python -m fuzzing --minutes 30 --reader terraform --seed 7``."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from fuzzing.campaign import NAMES, campaign, table
from fuzzing.case import kept_case
from fuzzing.trial import Bench, FailureError
from fuzzing.work import tried, work


def main() -> int:
    """Fuzz, or replay what was kept; 1 where something failed."""
    parser = ArgumentParser(
        prog="python -m fuzzing", description="Fuzz the readers, each input through the command line."
    )
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default: 1)")
    parser.add_argument(
        "--reader", action="append", choices=NAMES, metavar="READER", help=f"{', '.join(NAMES)} (default: all)"
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed gives the same inputs (default: 0)")
    parser.add_argument(
        "--into", type=Path, default=Path("fuzz-failures"), help="the folder for inputs that fail, made small"
    )
    parser.add_argument("--replay", type=Path, metavar="DIR", help="try one input that was kept there")
    parser.add_argument("--work", help="a batch, for the command's own use")
    options = parser.parse_args()
    if options.work:
        reader, *numbers = options.work.split(",")
        work(reader, *map(int, numbers), into=options.into)
        return 0
    if options.replay:
        return _replay(options.replay)
    tallies = campaign(options.reader or NAMES, options.seed, options.minutes, options.into.resolve())
    sys.stdout.write(table(tallies))
    return int(any(tally.failures for tally in tallies.values()))


def _replay(folder: Path) -> int:
    """Try a case again in every way that its reader is tried."""
    reader = folder.resolve().name.rpartition("-")[0].rpartition("-")[0]
    with TemporaryDirectory(prefix="vpce-lint-fuzz-") as scratch:
        try:
            for attempt in range(8):
                tried(Bench(Path(scratch)), kept_case(folder), Random(attempt), reader)  # noqa: S311 (no secret)
        except FailureError as failure:
            sys.stdout.write(f"{failure}\n")
            return 1
    sys.stdout.write("nothing is wrong with it\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
