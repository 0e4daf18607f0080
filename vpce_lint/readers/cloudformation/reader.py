"""CloudFormation templates to networks: one per template that no other one nests."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint.limits import WORK
from vpce_lint.model import Network, Problem, Reading, Unread
from vpce_lint.origin import origin
from vpce_lint.readers.cloudformation.cdk import environment_of
from vpce_lint.readers.cloudformation.discovery import may_hold_template, reachable, roots_around, roots_of, walk
from vpce_lint.readers.cloudformation.exports import ExportIndex, Exports
from vpce_lint.readers.cloudformation.library import Broken, Library
from vpce_lint.readers.cloudformation.network import RELEVANT, network_of
from vpce_lint.readers.cloudformation.notes import Remarks
from vpce_lint.readers.cloudformation.parameter_input import named_parameters
from vpce_lint.readers.cloudformation.stack import Root, Stack
from vpce_lint.readers.cloudformation.template import Template
from vpce_lint.readers.request import RequestError
from vpce_lint.readers.spelling import mentions
from vpce_lint.readers.terraform.boundary import Boundary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vpce_lint.disk import Question
    from vpce_lint.readers.request import Request
    from vpce_lint.value import Value

RECURSION = 20_000
"""Python frames; the depth of templates and stacks is bounded well before."""


def read_cloudformation(request: Request) -> Reading:
    """Read all templates that a request names."""
    reader = _Reader(Path.cwd(), named_parameters(request.parameters, request.disk), request)
    with _at_work():
        for named in request.paths:
            reader.find(named)
        wanted = {path: library for path, library in reader.roots.items() if not request.only or request.only(path)}
        for index, (path, library) in enumerate(wanted.items()):
            if request.progress:
                request.progress(index, len(wanted))
            reader.enter(path, library)
        if request.everything:
            reader.enter_idle(request.only)
        return reader.reading()


class _Reader:
    """Collects what is read, each root once."""

    def __init__(self, start: Path, named: dict[str, Value], request: Request) -> None:
        self._start = start
        self._disk = request.disk
        self.inputs: dict[str, set[Question]] = {}
        self._excluded = request.excluded
        self._everything = request.everything
        self._named = named
        self._libraries: dict[Path, Library] = {}
        self._indexes: dict[Path, ExportIndex] = {}
        self._trees: dict[str, list[str]] = {}
        self.roots: dict[str, Library] = {}
        self._found: dict[str, Library] = {}
        self._entered: set[str] = set()
        self._networks: list[Network] = []
        self._problems: dict[tuple[str, str, str, int], Problem] = {}
        self._unread: dict[tuple[str, str], Unread] = {}
        self._files: set[str] = set()
        self._annotated: dict[str, Remarks] = {}

    def find(self, path: Path) -> None:
        """Note the roots at a path, or below it, and what can't be read there."""
        if not self._disk.exists(str(path)):
            msg = f"{path} does not exist"
            raise RequestError(msg)
        if self._disk.is_folder(str(path)):
            library = self._library(path)
            tree = walk(self._disk.real(str(path)), library, self._excluded, everything=self._everything)
            for skipped in tree.skipped:
                shown = library.boundary.shown(skipped)
                self._leave_out(Unread(shown, f"{shown} is ignored: name it to have CDK's templates read", "cdk"))
            found, named = roots_of(tree.files, library), tree.files
            self._found.update(dict.fromkeys(tree.files, library))
        elif may_hold_template(path.name):
            library = self._library(path.parent)
            file = os.path.join(self._disk.real(str(path.parent)), path.name)  # noqa: PTH118
            named = [file]
            found = roots_around(file, self._tree(library), library) if library.is_candidate(file) else []
        else:
            return
        for file in named:
            template = library.template(file) if library.is_candidate(file) else None
            if isinstance(template, Broken):
                self._broken(template)
        for root in found:
            self.roots.setdefault(root, library)

    def _tree(self, library: Library) -> list[str]:
        top = str(library.boundary.top)
        if top not in self._trees:
            self._trees[top] = walk(top, library, self._excluded, everything=self._everything).files
        return self._trees[top]

    def _library(self, folder: Path) -> Library:
        boundary = Boundary.around(folder, self._start, self._disk)
        return self._libraries.setdefault(boundary.top, Library(boundary))

    def enter(self, path: str, library: Library) -> None:
        """Read a root, and note what it was made from."""
        with library.boundary.recording() as asked:
            try:
                with WORK.budget():
                    self.read(path, library)
            except Exception as error:  # noqa: BLE001 (whatever is wrong with one root, the others are read)
                self.fail(path, library, error)
        self.inputs[library.boundary.shown(path)] = asked

    def enter_idle(self, only: Callable[[str], bool] | None) -> None:
        """Judge as roots the templates that no root enters though all that nest them were read.

        First those that no other of them nests, then what even they don't enter.
        """
        for pick in (roots_of, lambda files, _: sorted(files)):
            for library in {id(each): each for each in self._found.values()}.values():
                files = [file for file, other in self._found.items() if other is library and library.is_candidate(file)]
                unread = [root for root, other in self.roots.items() if other is library and root not in self._entered]
                for path in pick(set(files) - self._entered - reachable(unread, files, library), library):
                    if isinstance(library.template(path), Template):
                        self.roots.setdefault(path, library)
                        if not only or only(path):
                            self.enter(path, library)

    def read(self, path: str, library: Library) -> None:
        """Read a root."""
        self._entered.add(path)
        template = library.template(path)
        if template is None or isinstance(template, Broken):
            return
        exports = Exports(self._exports(library))
        root = Root(library, exports, environment_of(path, library.boundary))
        stack = Stack(root, path, template, given=self._named.get)
        network, stacks, missing = network_of(stack, library.boundary.shown(path))
        self._networks.append(network)
        self._entered.update(each.path for each in stacks)
        self._files.update(each.path for each in stacks)
        for each in stacks:
            self._annotated.setdefault(each.template.source.path, Remarks(each.template))
        top = library.boundary.shown(path)
        if WORK.is_over:
            WORK.reached(f"reading {top} takes {WORK.words}", None)
        relevant = any(mentions(each.template.source.data, RELEVANT) for each in stacks)
        limits = [Problem("limit", words, span.path if span else top, span) for words, span in WORK.hits]
        cut = limits or any(problem.kind == "limit" for problem in root.problems.values())
        if relevant or cut:  # who knows what it would have nested
            for problem in (*root.problems.values(), *limits):
                self._problem(problem)
        for declared, why in missing:
            words = f"the stack {declared.address} is not read: {why.words} ({declared.span})"
            self._leave_out(Unread(declared.span.path, words, "stack"))

    def _exports(self, library: Library) -> ExportIndex:
        top = library.boundary.top
        if top not in self._indexes:
            files = [file for file, other in self.roots.items() if other is library]
            self._indexes[top] = ExportIndex(library, files, self._named.get)
        return self._indexes[top]

    def fail(self, path: str, library: Library, error: Exception) -> None:
        """Note that reading a root failed for a reason of our own."""
        shown = library.boundary.shown(path)
        words = f"reading {shown} failed: {type(error).__name__}: {error}{origin(error)}"
        self._problem(Problem("internal", words, shown))

    def _broken(self, broken: Broken) -> None:
        if mentions(broken.data, RELEVANT):
            kind = "limit" if broken.limit else "unreadable"
            self._problem(Problem(kind, broken.message, broken.path, broken.span))
        else:
            self._leave_out(Unread(broken.path, broken.message))

    def _problem(self, problem: Problem) -> None:
        start = problem.span.start if problem.span else -1
        self._problems.setdefault((problem.kind, problem.path, problem.message, start), problem)

    def _leave_out(self, unread: Unread) -> None:
        self._unread.setdefault((unread.path, unread.reason), unread)

    def reading(self) -> Reading:
        """All that was read."""
        return Reading(
            tuple(self._networks),
            tuple(self._problems.values()),
            tuple(self._unread.values()),
            len(self._files),
            tuple(self._annotated.values()),
            self.inputs,
            tuple(library.boundary.shown(path) for path, library in self.roots.items()),
        )


@contextmanager
def _at_work() -> Iterator[None]:
    """Python with room for recursion, and without the search for cycles.

    Reading makes many objects and next to no cycles: looking for those again and again would cost more
    than the reading, and more than in proportion to the template's size.
    """
    before, was_enabled = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(before, RECURSION))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
        if was_enabled:
            gc.enable()
