"""One input, tried: what the command line does with it, held against what must always hold."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import shutil
import signal
import sys
import time
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from traceback import format_exc
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct

from fuzzing.evil import CANARY, SECRET
from fuzzing.forms import FORMS, fault_of, steering
from vpce_lint.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fuzzing.case import Case

SLOWEST = 20.0
"""Seconds of processor time after which a run counts as a hang."""
MEMORY = 4 << 30
"""Bytes that a run may take; what needs more fails."""
ENDS = {0, 1, 2}
"""The exit codes."""
WARNING = re.compile(r"\.py:\d+: \w*Warning")
"""One of Python's own, which nobody who runs a linter can do anything about."""
COMMANDS = {"paths", "policy"}
READING_FAULTS = {"VPCE900", "VPCE901", "VPCE999"}


class FailureError(Exception):
    """Something that must never be, ``kind`` in a word or two."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(f"{kind}: {words}")
        self.kind = kind
        self.words = words

    @property
    def mark(self) -> str:
        """The same for two failures that most likely have one cause."""
        places = re.findall(r"[\w/]+\.py:\d+|File \"[^\"]*?(vpce_lint[^\"]*)\", line (\d+)", self.words)
        if places:
            return f"{self.kind} {places[-1]}"
        return f"{self.kind} {re.sub(r'[^ a-zA-Z:]+', '', self.words)[:80]}"


def fail(kind: str, words: str) -> NoReturn:
    """Raise a ``FailureError``."""
    raise FailureError(kind, words) from None


class HangError(BaseException):
    """The time of a run is up; nothing catches this by accident."""


class Run(Struct, frozen=True):
    """What came out: the exit code, what was printed, and the files by their format."""

    code: int
    printed: bytes
    complained: bytes
    written: dict[str, bytes]
    seconds: float

    @property
    def same(self) -> tuple[int, bytes, bytes, tuple[tuple[str, bytes], ...]]:
        """What has to be the same each time."""
        return self.code, self.printed, self.complained, tuple(sorted(self.written.items()))

    def answers(self) -> list[dict[str, Any]]:
        """The answers, where a report was printed."""
        document = json.loads(self.written["json"]) if "json" in self.written else {}
        found: list[dict[str, Any]] = document.get("answers", [])
        return found


class Bench:
    """A folder to try inputs in, with a secret beside the tree."""

    def __init__(self, folder: Path) -> None:
        self._tree = folder / "tree"
        self._out = folder / "out"
        self._tree.mkdir(parents=True, exist_ok=True)
        (self._tree / SECRET).write_text(f'{{"{CANARY}": "{CANARY}"}}\n', "utf-8")
        self.slowest = 0.0

    def run(self, case: Case) -> Run:
        """Run a case; ``FailureError`` where it doesn't end as it should."""
        for folder in (self._tree, self._out):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        try:
            case.grow(self._tree)
        except (OSError, ValueError):  # a name that no file can have
            return Run(0, b"", b"", {}, 0.0)
        before = sorted(self._tree.rglob("*"))
        made = self._run(case)
        if sorted(self._tree.rglob("*")) != before:
            fail("written", "files of the tree were made or taken away")
        return made

    def _run(self, case: Case) -> Run:
        printed, complained = io.BytesIO(), io.BytesIO()
        out, err = (io.TextIOWrapper(each, "utf-8", newline="\n") for each in (printed, complained))
        started = time.process_time()
        here = Path.cwd()
        os.chdir(self._tree)
        try:
            with redirect_stdout(out), redirect_stderr(err), _bounded():
                code: object = main(self._arguments(case))
        except HangError:
            fail("hang", format_exc())
        except SystemExit as error:
            code = error.code
        except BaseException:  # noqa: BLE001 (nothing may come out of main)
            fail("crash", format_exc())
        finally:
            os.chdir(here)
        seconds = time.process_time() - started
        self.slowest = max(self.slowest, seconds)
        for stream in (out, err):
            stream.flush()
        if not isinstance(code, int):
            fail("exit code", f"{code!r}")
        written = {file.name: file.read_bytes() for file in self._out.iterdir()}
        return Run(code, printed.getvalue(), complained.getvalue(), written, seconds)

    def _arguments(self, case: Case) -> list[str]:
        if case.arguments[:1] and case.arguments[0] in COMMANDS:
            return list(case.arguments)
        files = [f"--output={name}={os.path.relpath(self._out, self._tree)}/{name}" for name in FORMS]
        return [*case.arguments, "--show=all", *files]

    def place(self) -> str:
        """The absolute path that no report may show."""
        return str(self._tree.resolve().parent)


def check(case: Case, run: Run, place: str) -> None:
    """``FailureError`` where a run shows something that must never be."""
    complained = run.complained.decode("utf-8", "replace")
    if "Traceback" in complained or "internal error" in complained:
        fail("traceback", complained[-3000:])
    if WARNING.search(complained):
        fail("warning", complained[-1000:])
    if run.code not in ENDS:
        fail("exit code", str(run.code))
    if odd := steering(complained):
        fail("form", f"standard error has the control character {odd!r}")
    _check_reports(case, run, place)
    _check_answers(run)


def _check_reports(case: Case, run: Run, place: str) -> None:
    given = b"".join(case.files.values())
    printed = {"json" if "--format=json" in case.arguments else "text": run.printed}
    whole = not case.arguments[:1] or case.arguments[0] not in COMMANDS
    for name, data in (run.written if whole else {}).items():
        if fault := fault_of(name, data):
            fail(f"form {name}", fault)
    for name, data in {**printed, **run.written}.items():
        if CANARY.encode() in data:
            fail("secret", f"{name} shows a file outside of the tree")
        if place.encode() in data and place.encode() not in given:
            fail("path", f"{name} shows an absolute path")
    if odd := steering(run.printed.decode("utf-8", "replace")):
        fail("form", f"standard output has the control character {odd!r}")
    if "--format=json" in case.arguments and run.code != 2:
        json.loads(run.printed)


def _check_answers(run: Run) -> None:
    answers = run.answers()
    for answer in answers:
        if answer["rule"] == "VPCE999":
            fail("internal", answer["message"])
    closed = [answer["rule"] for answer in answers if answer["rule"] in READING_FAULTS]
    if closed and run.code == 0:
        fail("gate", f"{closed[0]} is violated, and the exit code is 0")
    counting = {answer["verdict"] for answer in answers} & {"violated", "undetermined"}
    if run.code == 1 and "json" in run.written and not counting:
        fail("gate", "the exit code is 1, and nothing is violated")


@contextmanager
def _bounded() -> Iterator[None]:
    """No more than so much processor time."""

    def stop(*_: object) -> None:
        raise HangError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SLOWEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def bound_memory() -> None:
    """Let this process have no more than so much memory."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.setswitchinterval(0.05)
