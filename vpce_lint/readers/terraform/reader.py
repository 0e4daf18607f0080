"""Terraform configurations to networks: one per root module."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.limits import WORK
from vpce_lint.model import Network, Problem, Reading, Unread
from vpce_lint.origin import origin
from vpce_lint.readers.request import RequestError
from vpce_lint.readers.spelling import mentions
from vpce_lint.readers.terraform.boundary import Boundary
from vpce_lint.readers.terraform.descent import DEEPEST
from vpce_lint.readers.terraform.discovery import callers_of, reachable, roots_of, walk
from vpce_lint.readers.terraform.folder import configuration_files
from vpce_lint.readers.terraform.network import RELEVANT, ModuleTree, module_tree, network_of
from vpce_lint.readers.terraform.notes import Comments
from vpce_lint.readers.terraform.reach import reached_folders
from vpce_lint.readers.terraform.root import Library, Root
from vpce_lint.readers.terraform.root_signs import keeps_state
from vpce_lint.readers.terraform.variable_input import automatic_values, named_values
from vpce_lint.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vpce_lint.disk import Question
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.terraform.declarations import Fault
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.value import Value

RECURSION = 20_000
"""Python frames; the evaluator's own limits stop well before."""


def read_terraform(request: Request) -> Reading:
    """Read all root modules that a request names."""
    named = named_values(request)
    reader = _Reader(Path.cwd(), named, request)
    with _deep_recursion():
        for root in _chosen(request, reader):
            reader.add(root)
        wanted = {path: library for path, library in reader.roots.items() if not request.only or request.only(path)}
        for index, (path, library) in enumerate(wanted.items()):
            if request.progress:
                request.progress(index, len(wanted))
            reader.enter(path, library)
        if request.everything:
            reader.enter_idle(request.only)
        return reader.reading()


def _chosen(request: Request, reader: _Reader) -> Iterator[tuple[str, Library]]:
    for root in request.roots:
        if not request.disk.is_folder(str(root)):
            msg = f"{root} is not a folder" if root.exists() else f"{root} does not exist"
            raise RequestError(msg)
        yield request.disk.real(str(root)), reader.library(root)
    if request.roots and not request.paths:
        return
    for path in request.paths:
        if not request.disk.exists(str(path)):
            msg = f"{path} does not exist"
            raise RequestError(msg)
        if request.disk.is_folder(str(path)):
            yield from _below(path, reader)
        else:
            yield from _around(path, reader)


def _below(folder: Path, reader: _Reader) -> Iterator[tuple[str, Library]]:
    library = reader.library(folder)
    tree = walk(reader.disk.real(str(folder)), library, reader.excluded, everything=reader.everything)
    reader.terragrunt(tree.terragrunt, library)
    reader.leave_out(tree.excluded, library)
    reader.cut_off(tree.too_deep, library)
    reader.found.update(dict.fromkeys(tree.folders, library))
    for root in roots_of(tree.folders, library):
        yield root, library


def _around(file: Path, reader: _Reader) -> Iterator[tuple[str, Library]]:
    """The roots that a single file belongs to; callers are looked for in the whole repository."""
    if not file.name.endswith((".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")):
        return
    folder = reader.disk.real(str(file.parent))
    if not any(configuration_files(reader.disk.names(folder))):
        return  # a variable file that lies apart from any root module
    library = reader.library(file.parent)
    real = reader.disk.real(str(file))
    if any(patterns.cover(real) for patterns in reader.excluded):
        reader.leave_out([real], library)
        return
    for root in reader.callers(folder, library):
        yield root, library


class _Reader:
    """Collects what is read, each root once."""

    def __init__(self, start: Path, named: dict[str, Value], request: Request) -> None:
        self._start = start
        self.disk = request.disk
        self.inputs: dict[str, set[Question]] = {}
        self._named = named
        self.excluded = request.excluded
        self.everything = request.everything
        self._libraries: dict[Path, Library] = {}
        self._folders: dict[str, list[str]] = {}
        self._callers: dict[str, list[str]] = {}
        self.roots: dict[str, Library] = {}
        self.found: dict[str, Library] = {}
        self._entered: set[str] = set()
        self._networks: list[Network] = []
        self._problems: dict[tuple[str, str, str, int], Problem] = {}
        self._unread: dict[tuple[str, str], Unread] = {}
        self._files: set[str] = set()
        self._annotated: dict[str, Comments] = {}

    def library(self, folder: Path) -> Library:
        boundary = Boundary.around(folder, self._start, self.disk)
        return self._libraries.setdefault(boundary.top, Library(boundary))

    def callers(self, folder: str, library: Library) -> list[str]:
        """The roots of the whole repository that reach a folder; hooks ask for many files of one folder."""
        known = self._callers.get(folder)
        if known is None:
            top = str(library.boundary.top)
            if top not in self._folders:
                self._folders[top] = walk(top, library, self.excluded, everything=self.everything).folders
            known = self._callers[folder] = callers_of(folder, self._folders[top], library)
        return known

    def add(self, root: tuple[str, Library]) -> None:
        self.roots.setdefault(os.path.normpath(root[0]), root[1])

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
        """Judge as roots what no root enters though all that call it were read: every call of it is off.

        First those that no other of them calls, then what even they don't enter.
        """
        for pick in (roots_of, lambda folders, _: sorted(folders)):
            for library in {id(each): each for each in self.found.values()}.values():
                folders = [folder for folder, other in self.found.items() if other is library]
                unread = [root for root, other in self.roots.items() if other is library and root not in self._entered]
                for path in pick(set(folders) - self._entered - reachable(unread, folders, library), library):
                    self.add((path, library))
                    if not only or only(path):
                        self.enter(path, library)

    def terragrunt(self, paths: list[str], library: Library) -> None:
        for path in paths:
            shown = library.boundary.shown(path)
            self._leave_out(Unread(shown, "Terragrunt files are not read", "terragrunt"))

    def leave_out(self, paths: list[str], library: Library) -> None:
        for path in paths:
            self._leave_out(Unread(library.boundary.shown(path), "the configuration excludes it", "excluded"))

    def cut_off(self, paths: list[str], library: Library) -> None:
        """Note folders below which nothing is looked for."""
        for path in paths:
            shown = library.boundary.shown(path)
            self._problem(Problem("limit", f"folders are nested more than {DEEPEST} deep", shown))

    def read(self, path: str, library: Library) -> None:
        self._entered.add(path)
        reached = reached_folders(path, library)
        if reached is not None and not any(each.mentions(RELEVANT) for each in reached):
            self._entered.update(each.path for each in reached)
            self._networks.append(Network(library.boundary.shown(path), ()))
            self._look_through(reached, (), library.boundary, relevant=False)
            return
        values, files, faults = automatic_values(path, library.boundary)
        root = Root(path, library, {**values, **self._named})
        folder = library.folder(path)
        tree = module_tree(root, folder)
        self._entered.update(root.called)
        folders = [folder, *(library.folder(called) for called in root.called)]
        cut = WORK.is_over or any(kind == "limit" for kind, *_ in root.problems)  # who knows what it would have called
        relevant = cut or any(each.mentions(RELEVANT) for each in folders)
        self._networks.append(self._network(root, tree, files, faults) if relevant else Network(root.shown, ()))
        self._look_through(folders, files, library.boundary, relevant=relevant)
        for fault in faults:
            self._fault(fault, relevant=relevant)
        if relevant:
            if WORK.is_over:
                WORK.reached(f"reading {root.shown} takes {WORK.words}", None)
            limits = [Problem("limit", words, span.path if span else root.shown, span) for words, span in WORK.hits]
            for problem in (*root.problems.values(), *limits):
                self._problem(problem)
        for module in tree.missing:
            kind = "module" if "not downloaded" in module.words else "unread module"
            self._leave_out(Unread(module.block.header.path, str(module.reason), kind))

    def _network(self, root: Root, tree: ModuleTree, files: list[str], faults: list[Fault]) -> Network:
        folder = tree.modules[0].folder
        root.imports = folder.imported
        network = network_of(root, tree)
        if network.resources and _is_library(folder) and not files and not faults and not WORK.is_over:
            opened = replace(root, problems={}, called={}, questions={}, open_defaults=True)
            with WORK.budget():
                network = replace(network, without_assumptions=network_of(opened, module_tree(opened, folder)))
        return network

    def _look_through(self, folders: list[Folder], files: Iterable[str], boundary: Boundary, *, relevant: bool) -> None:
        """Note what was read of a root, and what is wrong there: all of it, or what has been parsed anyway."""
        files = (*files, *(file for each in folders for file in each.files))
        self._files.update(files)
        self._annotate(files, boundary)
        for each in folders:
            for fault in each.faults if relevant else each.faults_of_calls:
                self._fault(fault, relevant=relevant)

    def fail(self, path: str, library: Library, error: Exception) -> None:
        """Note that reading a root failed for a reason of our own."""
        shown = library.boundary.shown(path)
        words = f"reading {shown} failed: {type(error).__name__}: {error}{origin(error)}"
        self._problem(Problem("internal", words, shown))

    def _fault(self, fault: Fault, *, relevant: bool) -> None:
        if relevant or fault.data is None or mentions(fault.data, RELEVANT):
            kind = "limit" if fault.limit else "unreadable"
            self._problem(Problem(kind, fault.message, fault.path, fault.span))
        elif fault.whole:
            self._leave_out(Unread(fault.path, fault.message))

    def _problem(self, problem: Problem) -> None:
        start = problem.span.start if problem.span else -1
        self._problems.setdefault((problem.kind, problem.path, problem.message, start), problem)

    def _annotate(self, files: Iterable[str], boundary: Boundary) -> None:
        for source in map(boundary.read, files):
            if isinstance(source, Source):
                self._annotated.setdefault(source.path, Comments(source))

    def _leave_out(self, unread: Unread) -> None:
        self._unread.setdefault((unread.path, unread.reason), unread)

    def reading(self) -> Reading:
        return Reading(
            tuple(self._networks),
            tuple(self._problems.values()),
            tuple(self._unread.values()),
            len(self._files),
            tuple(self._annotated.values()),
            self.inputs,
            tuple(library.boundary.shown(path) for path, library in self.roots.items()),
        )


def _is_library(folder: Folder) -> bool:
    """Whether a root looks like a module for others to call: no provider or backend block."""
    return not folder.declared.providers and not keeps_state(folder)


@contextmanager
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
