"""What hostile input costs: ``python tests/ordeals [NAME ...]`` scans each and prints a row for docs/security.md."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]  # for "ordeals" and "vpce_lint"

from ordeals import expansion, files, many, plans, templates, text, work  # noqa: E402 (found there)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ordeals.writing import Files

MODULES = (expansion, work, text, templates, many, plans, files)
LONGEST = 60
"""Seconds of processor time: then the process is ended."""
MEMORY = 4 << 30


def ordeals() -> dict[str, Callable[[], Files]]:
    """The ordeals by name, in the order of the page."""
    return {
        name: made
        for module in MODULES
        for name, made in vars(module).items()
        if isinstance(made, FunctionType) and made.__module__ == module.__name__ and not made.__code__.co_argcount
    }


def grow(folder: Path, contents: Mapping[str, str]) -> None:
    """Write files below a folder; paths may be longer than the system takes in one piece."""
    for path, content in contents.items():
        *above, name = path.split("/")
        at = os.open(folder, os.O_DIRECTORY)
        for each in above:
            with contextlib.suppress(FileExistsError):
                os.mkdir(each, dir_fd=at)
            at, left = os.open(each, os.O_DIRECTORY, dir_fd=at), at
            os.close(left)
        with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=at), "w", encoding="utf-8") as file:
            file.write(content)
        os.close(at)


def measured(folder: Path) -> tuple[str, float, int]:
    """What a scan of a folder says of limits, its processor seconds, and its megabytes at the peak."""
    command = [sys.executable, "-P", "-m", "vpce_lint", "--format", "json", "--jobs", "1", "--no-cache", "."]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            preexec_fn=bound,  # noqa: PLW1509 (there are no threads)
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    return _answer(process.returncode, printed), usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def _answer(code: int, printed: bytes) -> str:
    if code not in {0, 1}:
        return f"ENDED WITH {code}"
    faults = [each for each in json.loads(printed)["answers"] if each["rule"] in {"VPCE900", "VPCE901", "VPCE999"}]
    return "; ".join(dict.fromkeys(f"{each['rule']} {each['message'][:90]}" for each in faults)) or "answered"


def rows(names: list[str]) -> Iterator[str]:
    """A row of the table for each ordeal."""
    for name, made in ordeals().items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            grow(Path(folder), made())
            answer, seconds, megabytes = measured(Path(folder))
            subprocess.run(["rm", "-rf", folder], check=True)
            Path(folder).mkdir()
        row = (made.__doc__ or name).strip().rstrip(".")
        yield f"| {row} | {answer} | {seconds:.1f} | {megabytes} |"


if __name__ == "__main__":
    sys.setrecursionlimit(200_000)
    for row in rows(sys.argv[1:]):
        print(row, flush=True)  # noqa: T201 (this is a program)
