"""Plans, as ``terraform show -json`` and ``tofu show -json`` print them, to networks: one per file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint.model import Network, Problem, Reading, Unread
from vpce_lint.origin import origin
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
    from collections.abc import Iterator

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
    reader = _Reader(code)
    seen: set[str] = set()
    for path, named in _candidates(request, start):
        real = os.path.realpath(path)
        if real not in seen:
            seen.add(real)
            file = Path(real if named else path)  # who names a link means what it leads to
            reader.look_at(str(file), Boundary.around(file.parent, start), named=named)
    return reader.reading()


def _source_code(request: Request) -> SourceCode | None:
    if request.source is None:
        return None
    if not request.source.is_dir():
        message = f"{request.source} is not a folder"
        raise RequestError(message)
    return SourceCode(request.source)


def _candidates(request: Request, start: Path) -> Iterator[tuple[str, bool]]:
    """The files that may hold a plan, and whether the user named them."""
    for path in request.paths:
        if not path.is_dir():
            if not path.name.endswith(OTHERS):
                yield str(path), True
            continue
        library = Library(Boundary.around(path, start))
        for file in walk(os.path.realpath(path), library, request.excluded).documents:
            if request.touched is None or request.source or request.touched.have(file):
                yield file, False


def _mentions_plan(data: bytes) -> bool:
    """Whether a file may be the output of ``show -json``, judged by words that are certainly in it."""
    return b'"format_version"' in data and (
        b'"planned_values"' in data or b'"resource_changes"' in data or b'"terraform_version"' in data[:_TOP]
    )


class _Reader:
    """Collects what is read, each file once."""

    def __init__(self, code: SourceCode | None) -> None:
        self._code = code
        self._networks: list[Network] = []
        self._problems: list[Problem] = []
        self._unread: list[Unread] = []
        self._files: set[str] = set()

    def look_at(self, path: str, boundary: Boundary, *, named: bool) -> None:
        """Read a file if it is a plan; any other is left alone."""
        source = boundary.read(path)
        shown = boundary.shown(path)
        if isinstance(source, Unreadable):
            self._unreadable(path, shown, source, named=named)
        elif _mentions_plan(source.data):
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
        elif _mentions_plan(why.data.replace(b"\0", b"")) or (named and not why.data):
            fix = "write the file in UTF-8" if why.data else ""
            self._problems.append(Problem("unreadable", f"this plan can't be read: {why.words}", shown, fix=fix))

    def reading(self) -> Reading:
        files = self._files | (self._code.files if self._code else set())
        comments = tuple(self._code.comments()) if self._code else ()
        return Reading(tuple(self._networks), tuple(self._problems), tuple(self._unread), len(files), comments)


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
