"""CloudFormation templates to networks: one per template that no other one nests."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from vpce_lint.limits import WORK
from vpce_lint.model import Problem
from vpce_lint.readers.cloudformation.cdk import environment_of
from vpce_lint.readers.cloudformation.discovery import reachable, roots_around, roots_of
from vpce_lint.readers.cloudformation.exports import ExportIndex, Exports
from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.cloudformation.network import RELEVANT, network_of
from vpce_lint.readers.cloudformation.notes import Remarks
from vpce_lint.readers.cloudformation.parameter_input import given_parameters
from vpce_lint.readers.cloudformation.repositories import Repositories
from vpce_lint.readers.cloudformation.stack import Root, Stack
from vpce_lint.readers.cloudformation.template import Template
from vpce_lint.readers.cloudformation.touched import touched_roots
from vpce_lint.readers.findings import Findings
from vpce_lint.readers.request import RequestError
from vpce_lint.readers.spelling import mentions
from vpce_lint.readers.survey import Found, Survey
from vpce_lint.readers.tree import may_be_named

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from vpce_lint.model import Reading
    from vpce_lint.readers.cloudformation.library import Library
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.tree import Trees
    from vpce_lint.value import Value

RECURSION = 20_000
"""Python frames; the depth of templates and stacks is bounded well before."""


def survey_cloudformation(request: Request, trees: Trees) -> Survey:
    """Find all templates that a request names."""
    reader = _Reader(request, trees)
    with _at_work():
        for named in request.paths:
            reader.find(named)
    found = tuple(reader.found(path, library) for path, library in reader.roots.items())
    return Survey(found, reader.rest.reading(), (reader.idle,))


class _Reader:
    """What the roots of one request share, and what belongs to none of them."""

    def __init__(self, request: Request, trees: Trees) -> None:
        self._request = request
        self._trees = trees
        self._named: dict[str, Value] = given_parameters(request)
        self._repositories = request.repositories or Repositories()
        self._indexes: dict[Path, ExportIndex] = {}
        self._around: dict[str, ExportIndex] = {}
        self._every: dict[Path, list[str]] = {}
        self.roots: dict[str, Library] = {}
        self._untouched: dict[str, Library] = {}
        self._files: dict[str, Library] = {}
        self.rest = Findings()

    def find(self, path: Path) -> None:
        """Note the roots at a path, or below it, and what can't be read there."""
        disk = self._request.disk
        if not disk.exists(str(path)):
            msg = f"{path} does not exist"
            raise RequestError(msg)
        if disk.is_folder(str(path)):
            library = self._library(path)
            tree = self._trees.below(disk.real(str(path)), library.boundary)
            for skipped in tree.skipped:
                shown = library.boundary.shown(skipped)
                self.rest.leave_out(shown, f"{shown} is ignored: name it to have CDK's templates read", "cdk")
            found, named = roots_of(tree.templates, library), tree.templates
            self._files.update(dict.fromkeys(named, library))
            self._untouched.update(dict.fromkeys(found, library))
            if touched := self._request.touched:
                self._every[library.boundary.top] = found
                found, named = touched_roots(found, library, touched), [file for file in named if touched.have(file)]
        elif may_be_named(path.name):
            library = self._library(path.parent)
            file = os.path.join(disk.real(str(path.parent)), path.name)  # noqa: PTH118
            if not library.is_candidate(file):
                return
            if any(patterns.cover(file) for patterns in self._request.excluded):
                self.rest.leave_out(library.boundary.shown(file), "the configuration excludes it", "excluded")
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
        roots = roots_around(file, self._repositories.nesting_around(file, library), library)
        given = (self._request.parameters, self._request.parameter_values)
        exports = self._repositories.exports_around(file, library, self._named.get, given)
        for root in roots:
            self._around.setdefault(root, exports)
        return roots

    def _library(self, folder: Path) -> Library:
        return self._repositories.library(folder, self._trees)

    def found(self, path: str, library: Library) -> Found:
        """A template as a root."""
        shown, read = library.boundary.shown(path), partial(self.read, path, library)
        return Found(path, shown, read, self.weigh(path, library))

    def idle(self, read: Mapping[str, Collection[str]], *, singly: bool) -> tuple[Found, ...]:
        """The templates, as roots, that no root enters though all that nest them were read."""
        known = {**self._untouched, **self.roots}
        went = {path: files for path, files in read.items() if path in known}
        entered = {*went, *(file for files in went.values() for file in files)}
        made: list[Found] = []
        with _at_work():
            for library in {id(each): each for each in self._files.values()}.values():
                files = [file for file, other in self._files.items() if other is library and library.is_candidate(file)]
                unread = [root for root, other in known.items() if other is library and root not in went]
                left = sorted(set(files) - entered - reachable(unread, files, library))
                roots = [
                    path
                    for path in (left if singly else roots_of(left, library))
                    if isinstance(library.template(path), Template)
                ]
                if self._request.touched:
                    self._untouched.update(dict.fromkeys(roots, library))
                    roots = touched_roots(roots, library, self._request.touched)
                self.roots.update(dict.fromkeys(roots, library))
                made += (self.found(path, library) for path in roots)
        return tuple(made)

    def weigh(self, path: str, library: Library) -> int:
        """The bytes of a root's template."""
        template = library.template(path)
        return 0 if template is None or isinstance(template, Broken) else len(template.source.data)

    def read(self, path: str, library: Library) -> Reading:
        """What one root describes."""
        found = Findings()
        shown = library.boundary.shown(path)
        with _at_work(), library.boundary.recording() as asked, WORK.budget():
            try:
                self._read(path, library, found)
            except Exception as error:  # noqa: BLE001 (whatever is wrong with one root, the others are read)
                found.fail(shown, error)
        return found.reading(shown, asked)

    def _read(self, path: str, library: Library, found: Findings) -> None:
        template = library.template(path)
        if template is None or isinstance(template, Broken):
            return
        exports = Exports(self._exports(path, library))
        root = Root(library, exports, environment_of(path, library.boundary))
        stack = Stack(root, path, template, given=self._named.get)
        found.network, stacks, missing = network_of(stack, library.boundary.shown(path))
        found.files += dict.fromkeys(each.path for each in stacks)
        remarks = {each.template.source.path: Remarks(each.template) for each in reversed(stacks)}
        found.annotated += reversed(remarks.values())
        relevant = any(mentions(each.template.source.data, RELEVANT) for each in stacks)
        cut = WORK.is_over or WORK.hits or any(problem.kind == "limit" for problem in root.problems.values())
        if relevant or cut:  # who knows what it would have nested
            found.problems += root.problems.values()
            found.note_limits(library.boundary.shown(path))
        for declared, why in missing:
            words = f"the stack {declared.address} is not read: {why.words} ({declared.span})"
            found.leave_out(declared.span.path, words, "stack")

    def _exports(self, path: str, library: Library) -> ExportIndex:
        top = library.boundary.top
        if path in self._around:
            return self._around[path]
        if top not in self._indexes:
            files = self._every.get(top) or [file for file, other in self.roots.items() if other is library]
            self._indexes[top] = ExportIndex(library, files, self._named.get)
        return self._indexes[top]

    def _broken(self, broken: Broken) -> None:
        unseen = not (broken.data or broken.limit or broken.missing)
        if unseen or mentions(broken.data, RELEVANT):
            kind = "limit" if broken.limit else "unreadable"
            self.rest.problems.append(Problem(kind, broken.message, broken.path, broken.span))
        else:
            self.rest.leave_out(broken.path, broken.message)


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
