"""Baselines: what is known already, so that only what is new counts.

A baseline is a JSON file with an entry per answer that was open when it was written. An entry holds what
the answer's fingerprint is made of, with paths from the file's own folder and without line numbers: it survives
moved lines and another working directory, and people can read what changes in it.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint.disk import DISK, Disk
from vpce_lint.fault import FAULTS
from vpce_lint.json_output import json_output
from vpce_lint.output_file import OutputFile
from vpce_lint.refusal import RefusalError
from vpce_lint.report import Fixed, Suppression
from vpce_lint.suggestion import nearby
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from vpce_lint.report import Answer, Report
    from vpce_lint.root_result import Judged

VERSION = 1
"""Raised when a field changes its meaning or goes."""
LARGEST_FILE = 100_000_000
"""Bytes; a larger file isn't read."""

KIND = "baseline"
FAULT_IDS = {fault.id for fault in FAULTS}
FIELDS = ("rule", "address", "about", "path", "root", "environment", "verdict")
OPEN = {Verdict.VIOLATED, Verdict.UNDETERMINED}


class BaselineError(RefusalError):
    """A baseline can't be read or written; the message names the file."""


class Entry(Struct, frozen=True, order=True):
    """An answer that is known: ``path`` and ``root`` count from the baseline's folder; empty stands for nothing."""

    path: str
    root: str
    rule: str
    address: str
    about: str
    environment: str
    verdict: Verdict


class Baseline(Struct, frozen=True):
    """Entries, each as many times as there were such answers; ``folder`` is where paths count from."""

    folder: str
    entries: tuple[Entry, ...]

    def apply(self, report: Report, judged: Judged, start: str, apart_from: Collection[str] = ()) -> Report:
        """The report with what is known marked so, and the entries that nothing fits any more.

        An entry covers an answer that is no worse: what was undetermined and is violated now is new. ``start``
        is the folder that reports count paths from, ``apart_from`` are the ids of rules whose answers always count.
        """
        left = Counter(self.entries)
        answers = list(report.answers)
        # The worst first, or an undetermined answer might take the place of a violated one.
        for index in sorted(range(len(answers)), key=lambda index: answers[index].verdict.rank):
            answer = answers[index]
            if answer.verdict in OPEN and not answer.suppressed and _may_be_known(answer, apart_from):
                found = next((entry for entry in _covering(self._entry(answer, start)) if left[entry]), None)
                answers[index] = replace(answer, is_new=not found)
                if found:
                    left[found] -= 1
                    answers[index] = replace(answers[index], suppressed=Suppression(KIND, "known already"))
        roots = {self._shown(root, start) for root in judged.roots}
        fixed = sorted(
            entry for entry in left.elements() if entry.rule in judged.rules and self._is_seen(entry.root, roots)
        )
        return replace(report, answers=tuple(answers), fixed=tuple(self._fixed(entry, start) for entry in fixed))

    def _is_seen(self, root: str, roots: Collection[str]) -> bool:
        """Whether a root was judged, or is gone."""
        return root in roots or not os.path.lexists(os.path.join(self.folder, root))  # noqa: PTH118

    def _fixed(self, entry: Entry, start: str) -> Fixed:
        path, root = (
            os.path.relpath(os.path.join(self.folder, each), start).replace(os.sep, "/")  # noqa: PTH118
            for each in (entry.path, entry.root)
        )
        return Fixed(entry.rule, entry.address, entry.about or None, path, root, entry.environment or None)

    def _entry(self, answer: Answer, start: str) -> Entry:
        return Entry(
            path=self._shown(answer.location.path, start),
            root=self._shown(answer.root, start),
            rule=answer.rule,
            address=answer.address,
            about=answer.about or "",
            environment=answer.environment or "",
            verdict=answer.verdict,
        )

    def _shown(self, path: str, start: str) -> str:
        absolute = os.path.normpath(os.path.join(start, path))  # noqa: PTH118
        return os.path.relpath(absolute, self.folder).replace(os.sep, "/")


def baseline_of(report: Report, file: str, start: str, apart_from: Collection[str]) -> Baseline:
    """All open answers of a report that nothing suppresses, as a baseline for a file."""
    made = Baseline(os.path.dirname(os.path.realpath(file)), ())  # noqa: PTH120
    known = (
        made._entry(answer, start)  # noqa: SLF001 (its own kind)
        for answer in report.answers
        if answer.verdict in OPEN and not answer.suppressed and _may_be_known(answer, apart_from)
    )
    return replace(made, entries=tuple(sorted(known)))


def write_baseline(baseline: Baseline, file: str) -> None:
    """Write the file whole or not at all; the same answers make the same bytes."""
    entries = [{name: getattr(entry, name) for name in FIELDS if getattr(entry, name)} for entry in baseline.entries]
    text = json_output({"version": VERSION, "entries": entries}, indent=1)  # some print it in CI
    output = OutputFile("baseline", Path(file))
    try:
        _refuse_other(file)
        if output.leads_out():
            msg = f"the baseline {file} leads out of the repository, by a link in it"
            raise BaselineError(msg)
        output.write(text)
    except OSError as error:
        msg = f"the baseline {file} can't be written: {error.strerror}"
        raise BaselineError(msg) from error


def _refuse_other(file: str) -> None:
    """``BaselineError`` where a file that is no baseline would be overwritten, such as code."""
    if Path(file).is_file() and Path(file).stat().st_size:
        try:
            read_baseline(file)
        except BaselineError as error:
            msg = f"{file} is there and is no baseline: name another file, or remove it first"
            raise BaselineError(msg) from error


def read_baseline(file: str, disk: Disk = DISK) -> Baseline:
    """A baseline from its file; ``BaselineError`` where it isn't one."""
    import json  # noqa: PLC0415 (loaded when it is needed)

    try:
        if not disk.is_file(file):
            msg = f"there is no baseline {file}{nearby(Path(file)) or '; --write-baseline makes one'}"
            raise BaselineError(msg)
        if disk.size(file) > LARGEST_FILE:
            msg = f"the baseline {file} is larger than {LARGEST_FILE:,} bytes"
            raise BaselineError(msg)
        document = json.loads(disk.data(file))
    except OSError as error:
        msg = f"the baseline {file} can't be read: {error.strerror}"
        raise BaselineError(msg) from error
    except (ValueError, RecursionError) as error:
        msg = f"the baseline {file} is not valid JSON"
        raise BaselineError(msg) from error
    if not isinstance(document, dict) or document.get("version") != VERSION:
        msg = f"{file} is no baseline of version {VERSION}"
        raise BaselineError(msg)
    entries = document.get("entries")
    if not isinstance(entries, list):
        msg = f"{file} has no list of entries"
        raise BaselineError(msg)
    folder = os.path.dirname(os.path.realpath(file))  # noqa: PTH120
    return Baseline(folder, tuple(_read_entry(entry, number, file) for number, entry in enumerate(entries, start=1)))


def _read_entry(entry: Any, number: int, file: str) -> Entry:
    if (
        isinstance(entry, dict)
        and entry.keys() <= set(FIELDS)
        and all(isinstance(each, str) for each in entry.values())
    ):
        given: Mapping[str, str] = dict.fromkeys(FIELDS, "") | entry
        if given["verdict"] in OPEN and given["rule"]:
            return Entry(**{**given, "verdict": Verdict(given["verdict"])})  # type: ignore[arg-type]
    msg = f"{file}: entry {number} is malformed"
    raise BaselineError(msg)


def _covering(entry: Entry) -> Iterable[Entry]:
    """The entries that cover an answer, the same first."""
    yield entry
    if entry.verdict is Verdict.UNDETERMINED:
        yield replace(entry, verdict=Verdict.VIOLATED)


def _may_be_known(answer: Answer, apart_from: Collection[str]) -> bool:
    return answer.rule not in FAULT_IDS and answer.rule not in apart_from
