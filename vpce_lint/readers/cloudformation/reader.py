"""CloudFormation templates to networks: one per template that no other one nests."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vpce_lint.model import Network, Problem, Reading, Unread
from vpce_lint.origin import origin
from vpce_lint.readers.cloudformation.cdk import environment_of
from vpce_lint.readers.cloudformation.discovery import may_be_named, roots_around, roots_of, walk
from vpce_lint.readers.cloudformation.exports import ExportIndex, Exports
from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.cloudformation.network import RELEVANT, network_of
from vpce_lint.readers.cloudformation.parameter_input import given_parameters
from vpce_lint.readers.cloudformation.repositories import Repositories
from vpce_lint.readers.cloudformation.stack import Root, Stack
from vpce_lint.readers.cloudformation.touched import touched_roots
from vpce_lint.readers.request import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vpce_lint.readers.cloudformation.library import Library
    from vpce_lint.readers.request import Request
    from vpce_lint.value import Value

RECURSION = 20_000
"""Python frames; the depth of templates and stacks is bounded well before."""


def read_cloudformation(request: Request) -> Reading:
    """Read all templates that a request names."""
    reader = _Reader(request, given_parameters(request))
    with _at_work():
        for named in request.paths:
            reader.find(named)
        for index, (path, library) in enumerate(reader.roots.items()):
            if request.progress:
                request.progress(index, len(reader.roots))
            try:
                reader.read(path, library)
            except Exception as error:  # noqa: BLE001 (whatever is wrong with one root, the others are read)
                reader.fail(path, library, error)
        return reader.reading()


class _Reader:
    """Collects what is read, each root once."""

    def __init__(self, request: Request, named: dict[str, Value]) -> None:
        self._request = request
        self._repositories = request.repositories or Repositories()
        self._named = named
        self._indexes: dict[Path, ExportIndex] = {}
        self._around: dict[str, ExportIndex] = {}
        self._every: dict[Path, list[str]] = {}
        self.roots: dict[str, Library] = {}
        self._networks: list[Network] = []
        self._problems: dict[tuple[str, str, str, int], Problem] = {}
        self._unread: dict[tuple[str, str], Unread] = {}
        self._files: set[str] = set()

    def find(self, path: Path) -> None:
        """Note the roots at a path, or below it, and what can't be read there."""
        if not os.path.lexists(path):
            msg = f"{path} does not exist"
            raise RequestError(msg)
        if path.is_dir():
            library = self._repositories.library(path)
            tree = walk(os.path.realpath(path), library, self._request.excluded)
            for skipped in tree.skipped:
                shown = library.boundary.shown(skipped)
                self._leave_out(Unread(shown, f"{shown} is ignored: name it to have CDK's templates read", "cdk"))
            found, named = roots_of(tree.files, library), tree.files
            if touched := self._request.touched:
                self._every[library.boundary.top] = found
                found, named = touched_roots(found, library, touched), [file for file in named if touched.have(file)]
        elif may_be_named(path.name):
            library = self._repositories.library(path.parent)
            file = os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118
            if not library.is_candidate(file):
                return
            if any(patterns.cover(file) for patterns in self._request.excluded):
                self._leave_out(Unread(library.boundary.shown(file), "the configuration excludes it", "excluded"))
                return
            found, named = self._roots_around(file, library), [file]
        else:
            return
        for file in named:
            template = library.template(file) if library.is_candidate(file) else None
            if isinstance(template, Broken):
                self._broken(template)
        for root in found:
            self.roots.setdefault(root, library)

    def _roots_around(self, file: str, library: Library) -> list[str]:
        """The roots that reach a file that is named; what it nests, and what others export, is found around it."""
        excluded = self._request.excluded
        roots = roots_around(file, self._repositories.nesting_around(file, library, excluded), library)
        exports = self._repositories.exports_around(
            file, library, excluded, self._named.get, (self._request.parameters, self._request.parameter_values)
        )
        for root in roots:
            self._around.setdefault(root, exports)
        return roots

    def read(self, path: str, library: Library) -> None:
        """Read a root."""
        template = library.template(path)
        if template is None or isinstance(template, Broken):
            return
        exports = Exports(self._exports(path, library))
        root = Root(library, exports, environment_of(path, library.boundary))
        stack = Stack(root, path, template, given=self._named.get)
        network, stacks, missing = network_of(stack, library.boundary.shown(path))
        self._networks.append(network)
        self._files.update(each.path for each in stacks)
        relevant = any(RELEVANT.search(each.template.source.data) for each in stacks)
        if relevant:
            for problem in root.problems.values():
                self._problem(problem)
        for declared, why in missing:
            words = f"the stack {declared.address} is not read: {why.words} ({declared.span})"
            self._leave_out(Unread(declared.span.path, words, "stack"))

    def _exports(self, path: str, library: Library) -> ExportIndex:
        top = library.boundary.top
        if path in self._around:
            return self._around[path]
        if top not in self._indexes:
            files = self._every.get(top) or [file for file, other in self.roots.items() if other is library]
            self._indexes[top] = ExportIndex(library, files, self._named.get)
        return self._indexes[top]

    def fail(self, path: str, library: Library, error: Exception) -> None:
        """Note that reading a root failed for a reason of our own."""
        shown = library.boundary.shown(path)
        words = f"reading {shown} failed: {type(error).__name__}: {error}{origin(error)}"
        self._problem(Problem("internal", words, shown))

    def _broken(self, broken: Broken) -> None:
        if RELEVANT.search(broken.data):
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
            tuple(self._networks), tuple(self._problems.values()), tuple(self._unread.values()), len(self._files)
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
