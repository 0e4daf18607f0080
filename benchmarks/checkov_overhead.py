"""How much longer checkov takes with the plugin.

``python benchmarks/checkov_overhead.py PYTHON FOLDER ...`` runs the checkov of that interpreter over each folder with and
without the plugin, in turns, and prints the medians of the time that passes and of the process time of all its processes.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "vpce_lint" / "integrations" / "checkov"
TURNS = 3
FRAMEWORKS = ("terraform", "terraform_plan", "cloudformation")


def seconds(python: str, folder: str, *more: str) -> tuple[float, float]:
    """The time that one run takes, and its process time, in seconds; what it finds doesn't matter."""
    start, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [python, "-m", "checkov.main", "-d", folder, "--compact", "--quiet", *more],
        env={**os.environ, "BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return perf_counter() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print two lines per folder and choice of frameworks."""
    python, *folders = sys.argv[1:]
    print(f"{'without':>8} {'with':>8}  overhead")
    for folder in folders:
        for frameworks in ((), ("--framework", *FRAMEWORKS), ("--framework", "terraform")):
            plain: list[tuple[float, float]] = []
            ours: list[tuple[float, float]] = []
            for _ in range(TURNS):
                plain.append(seconds(python, folder, *frameworks))
                ours.append(seconds(python, folder, *frameworks, "--external-checks-dir", str(PLUGIN)))
            what = f"{len(frameworks) - 1} of the frameworks" if frameworks else "all frameworks"
            for index, kind in enumerate(("time", "process time")):
                before, after = (median(each[index] for each in times) for times in (plain, ours))
                share = (after - before) / before
                print(f"{before:7.2f}s {after:7.2f}s {share:7.1%}  {kind}, {what}, {Path(folder).name}", flush=True)


if __name__ == "__main__":
    main()
