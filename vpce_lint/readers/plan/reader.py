"""Plans, as ``terraform show -json`` and ``tofu show -json`` print them, to networks: one per file."""

from __future__ import annotations

import os
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.disk import Question
from vpce_lint.limits import WORK
from vpce_lint.model import Network, Problem
from vpce_lint.readers.findings import Findings
from vpce_lint.readers.plan.document import LimitError, MalformedError, read_document
from vpce_lint.readers.plan.network import network_of
from vpce_lint.readers.plan.plan import Plan
from vpce_lint.readers.plan.source_code import SourceCode
from vpce_lint.readers.request import RequestError
from vpce_lint.readers.survey import Found, Survey
from vpce_lint.readers.terraform.boundary import Unreadable
from vpce_lint.readers.terraform.network import RELEVANT
from vpce_lint.readers.tree import may_hold_template, mentions_plan
from vpce_lint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.model import Reading
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.terraform.boundary import Boundary
    from vpce_lint.readers.tree import Trees
    from vpce_lint.source import Source

OTHERS = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")
"""Names of files that other readers take, whatever is in them."""

_SAVED = b"PK\x03\x04"
"""A saved plan, as ``plan -out`` writes it, is an archive."""


_BEGINNING = 4_096
"""So many bytes hold the beginning of a plan that is too large to be read."""


def survey_plans(request: Request, trees: Trees) -> Survey:
    """Find all plans that a request names, or that lie below the folders that it names."""
    reader = _Reader(_source_code(request))
    found: dict[str, Found | None] = {}
    for path, boundary, named, seen in _candidates(request, trees):
        real = request.disk.real(path)
        if real not in found:
            # Who names a link means what it leads to.
            found[real] = reader.look_at(real if named else path, boundary, named=named, seen=seen)
    return Survey(tuple(each for each in found.values() if each), reader.rest.reading())


def _source_code(request: Request) -> SourceCode | None:
    if request.source is None:
        return None
    if not request.disk.is_folder(str(request.source)):
        message = f"{request.source} is not a folder"
        raise RequestError(message)
    return SourceCode(request.source, request.disk)


def _candidates(request: Request, trees: Trees) -> Iterator[tuple[str, Boundary, bool, bool]]:
    """The files that may hold a plan, what may be read around them, whether the user named them or a plan was seen there."""
    for path in request.paths:
        if not request.disk.is_folder(str(path)):
            if not path.name.endswith(OTHERS):
                yield str(path), trees.boundary(Path(request.disk.real(str(path))).parent), True, False
            continue
        boundary = trees.boundary(path)
        for file in trees.below(request.disk.real(str(path)), boundary).documents:
            wanted = request.touched is None or request.source or request.touched.have(file)
            hints = trees.hints(file, boundary)
            if wanted and hints.plan:
                yield file, boundary, False, not hints.template  # else the reader of templates tells


class _Reader:
    """What the plans of one request share, and what is said of files that can't be read."""

    def __init__(self, code: SourceCode | None) -> None:
        self._code = code
        self._asked_of_code: set[Question] = set()
        self.rest = Findings()

    def look_at(self, path: str, boundary: Boundary, *, named: bool, seen: bool) -> Found | None:
        """A file as a root if it is a plan; any other is left alone."""
        source = boundary.read(path)
        shown = boundary.shown(path)
        if isinstance(source, Unreadable):
            self._unreadable(path, shown, source, named=named, seen=seen)
        elif mentions_plan(source.data):
            weight = len(source.data) if _concerns(source) else 0
            return Found(
                os.path.normpath(path), shown, partial(self._read, path, shown, source), weight, is_closed=False
            )
        return None

    def _read(self, path: str, shown: str, source: Source) -> Reading:
        """What one plan describes."""
        found = Findings()
        recording = self._code.boundary.recording() if self._code else nullcontext(set[Question]())
        with recording as asked, WORK.budget():
            self._attempt(replace(source, is_confidential=True), shown, found)
            found.note_limits(shown)
        # What one plan had read of the code, the others don't ask for again.
        self._asked_of_code |= asked
        if self._code:
            found.files += sorted(self._code.files)
            found.annotated += self._code.comments()
        return found.reading(shown, {Question("data", os.path.normpath(path)), *self._asked_of_code})

    def _attempt(self, source: Source, shown: str, found: Findings) -> None:
        try:
            self._describe(source, shown, found)
        except LimitError as error:
            found.problems.append(Problem("limit", error.words, shown, _beginning_of(error.span)))
        except MalformedError as error:
            _malformed(source, shown, error, found)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one plan, the others are read)
            found.fail(shown, error, quotes=False)

    def _describe(self, source: Source, shown: str, found: Findings) -> None:
        document = read_document(source)
        properties = document.data if isinstance(document.data, dict) else {}
        if "format_version" not in properties:
            return  # a document about something else that holds a plan somewhere, such as a test's data
        if not properties.keys() & {"planned_values", "resource_changes"}:
            if "terraform_version" in properties and "values" in properties:
                found.leave_out(shown, "it is a state, not a plan: its resources are not judged", "state")
            return
        found.files.append(shown)
        plan = Plan(document)
        found.network = network_of(plan, shown, self._code) if _concerns(source) else Network(shown, ())

    def _unreadable(self, path: str, shown: str, why: Unreadable, *, named: bool, seen: bool) -> None:
        problems = self.rest.problems
        if why.data.startswith(_SAVED) and named:
            words = "it is a saved plan in a form that only Terraform reads: name the output of terraform show -json"
            problems.append(Problem("unreadable", words, shown))
        elif why.limit:
            if mentions_plan(_beginning(path)) or named:
                problems.append(Problem("limit", f"this plan can't be read: {why.words}", shown))
        elif mentions_plan(why.data.replace(b"\0", b"")) or (
            not why.data and (seen or (named and not may_hold_template(path)))  # those the reader of templates tells
        ):
            fix = "write the file in UTF-8" if why.data else ""
            problems.append(Problem("unreadable", f"this plan can't be read: {why.words}", shown, fix=fix))


def _malformed(source: Source, shown: str, error: MalformedError, found: Findings) -> None:
    words = f"this plan can't be read: {error.words}"
    if _concerns(source):
        found.problems.append(Problem("unreadable", words, shown, _beginning_of(error.span), "make the plan anew"))
    else:
        found.leave_out(shown, words)


def _concerns(source: Source) -> bool:
    """Whether a plan names something that a rule is about, in plain text or behind escapes."""
    return bool(RELEVANT.search(source.data) or b"\\u" in source.data)


def _beginning_of(span: Span) -> Span:
    """The first character of a place: a report quotes what it points at, and here that may be a whole plan."""
    return Span(span.source, span.start, min(span.start + 1, span.end))


def _beginning(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_BEGINNING)
    except OSError:
        return b""
