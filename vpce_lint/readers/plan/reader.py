"""Plans, as ``terraform show -json`` and ``tofu show -json`` print them, to networks: one per file."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.disk import Question
from vpce_lint.model import Network, Problem, Reading, Unread
from vpce_lint.origin import origin
from vpce_lint.readers.cloudformation.discovery import may_hold_template
from vpce_lint.readers.plan.document import LimitError, MalformedError, read_document
from vpce_lint.readers.plan.network import network_of
from vpce_lint.readers.plan.plan import Plan
from vpce_lint.readers.plan.source_code import SourceCode
from vpce_lint.readers.request import RequestError
from vpce_lint.readers.terraform.boundary import Boundary, Unreadable
from vpce_lint.readers.terraform.discovery import walk
from vpce_lint.readers.terraform.network import RELEVANT
from vpce_lint.readers.terraform.root import Library
from vpce_lint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vpce_lint.readers.request import Request
    from vpce_lint.source import Source

OTHERS = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")
"""Names of files that other readers take, whatever is in them."""

_TOP = 4_096
"""So many bytes hold the beginning of a plan that is too large to be read."""

_SAVED = b"PK\x03\x04"
"""A saved plan, as ``plan -out`` writes it, is an archive."""


def read_plans(request: Request) -> Reading:
    """Read all plans that a request names, or that lie below the folders that it names."""
    code = _source_code(request)
    start = Path.cwd()
    reader = _Reader(code, request.only)
    seen: set[str] = set()
    for path, named in _candidates(request, start, reader):
        real = request.disk.real(path)
        if real not in seen:
            seen.add(real)
            file = Path(real if named else path)  # who names a link means what it leads to
            reader.look_at(str(file), Boundary.around(file.parent, start, request.disk), named=named)
    return reader.reading()


def _source_code(request: Request) -> SourceCode | None:
    if request.source is None:
        return None
    if not request.disk.is_folder(str(request.source)):
        message = f"{request.source} is not a folder"
        raise RequestError(message)
    return SourceCode(request.source, request.disk)


def _candidates(request: Request, start: Path, reader: _Reader) -> Iterator[tuple[str, bool]]:
    """The files that may hold a plan, and whether the user named them."""
    for path in request.paths:
        if not request.disk.is_folder(str(path)):
            if not path.name.endswith(OTHERS):
                yield str(path), True
            continue
        library = Library(Boundary.around(path, start, request.disk))
        top = request.disk.real(str(path))
        tree = walk(top, library, request.excluded, everything=request.everything)
        for folder, why in tree.unreadable.items():
            reader.miss(library.boundary.shown(folder), why)
        for file in tree.documents:
            yield file, False


def _mentions_plan(data: bytes) -> bool:
    """Whether a file may be the output of ``show -json``, judged by words that are certainly in it."""
    return b'"format_version"' in data and (
        b'"planned_values"' in data or b'"resource_changes"' in data or b'"terraform_version"' in data[:_TOP]
    )


class _Reader:
    """Collects what is read, each file once."""

    def __init__(self, code: SourceCode | None, only: Callable[[str], bool] | None) -> None:
        self._code = code
        self._only = only
        self._inputs: dict[str, Question] = {}
        self._asked_of_code: set[Question] = set()
        self._roots: list[str] = []
        self._networks: list[Network] = []
        self._problems: list[Problem] = []
        self._unread: list[Unread] = []
        self._files: set[str] = set()

    def miss(self, shown: str, why: str) -> None:
        """Note a folder that could not be looked into: there may be a plan."""
        self._problems.append(Problem("unreadable", f"the folder can't be read: {why}", shown))

    def look_at(self, path: str, boundary: Boundary, *, named: bool) -> None:
        """Read a file if it is a plan; any other is left alone."""
        source = boundary.read(path)
        shown = boundary.shown(path)
        if isinstance(source, Unreadable):
            self._unreadable(path, shown, source, named=named)
        elif _mentions_plan(source.data):
            self._roots.append(shown)
            if self._only is None or self._only(path):
                with self._code.boundary.recording() if self._code else nullcontext(set[Question]()) as asked:
                    self._attempt(source, shown)
                self._inputs[shown] = Question("data", os.path.normpath(path))
                self._asked_of_code |= asked

    def _attempt(self, source: Source, shown: str) -> None:
        try:
            self._read(replace(source, is_confidential=True), shown)
        except LimitError as error:
            self._problems.append(Problem("limit", error.words, shown, _beginning_of(error.span)))
        except MalformedError as error:
            self._malformed(source, shown, error)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one plan, the others are read)
            words = f"reading {shown} failed: {type(error).__name__}{origin(error)}"  # its words may hold a secret
            self._problems.append(Problem("internal", words, shown))

    def _read(self, source: Source, shown: str) -> None:
        document = read_document(source)
        properties = document.data if isinstance(document.data, dict) else {}
        if "format_version" not in properties:
            return  # a document about something else that holds a plan somewhere, such as a test's data
        if not properties.keys() & {"planned_values", "resource_changes"}:
            if "terraform_version" in properties and "values" in properties:
                self._unread.append(Unread(shown, "it is a state, not a plan: its resources are not judged", "state"))
            return
        self._files.add(source.path)
        plan = Plan(document)
        self._networks.append(network_of(plan, shown, self._code) if _concerns(source) else Network(shown, ()))

    def _malformed(self, source: Source, shown: str, error: MalformedError) -> None:
        words = f"this plan can't be read: {error.words}"
        if _concerns(source):
            self._problems.append(Problem("unreadable", words, shown, _beginning_of(error.span), "make the plan anew"))
        else:
            self._unread.append(Unread(shown, words))

    def _unreadable(self, path: str, shown: str, why: Unreadable, *, named: bool) -> None:
        if why.data.startswith(_SAVED) and named:
            words = "it is a saved plan in a form that only Terraform reads: name the output of terraform show -json"
            self._problems.append(Problem("unreadable", words, shown))
        elif why.limit:
            if _mentions_plan(_beginning(path)) or named:
                self._problems.append(Problem("limit", f"this plan can't be read: {why.words}", shown))
        elif _mentions_plan(why.data.replace(b"\0", b"")) or (
            named and not why.data and not may_hold_template(path)  # which the reader of templates tells
        ):
            fix = "write the file in UTF-8" if why.data else ""
            self._problems.append(Problem("unreadable", f"this plan can't be read: {why.words}", shown, fix=fix))

    def reading(self) -> Reading:
        files = self._files | (self._code.files if self._code else set())
        comments = tuple(self._code.comments()) if self._code else ()
        # What one plan had read of the code, the others didn't have to ask for again.
        inputs = {shown: {own, *self._asked_of_code} for shown, own in self._inputs.items()}
        found = tuple(self._networks), tuple(self._problems), tuple(self._unread), len(files), comments
        return Reading(*found, inputs, tuple(self._roots))


def _concerns(source: Source) -> bool:
    """Whether a plan names something that a rule is about, in plain text or behind escapes."""
    return bool(RELEVANT.search(source.data) or b"\\u" in source.data)


def _beginning_of(span: Span) -> Span:
    """The first character of a place: a report quotes what it points at, and here that may be a whole plan."""
    return Span(span.source, span.start, min(span.start + 1, span.end))


def _beginning(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_TOP)
    except OSError:
        return b""
