"""Terraform configurations to networks: one per root module."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.limits import WORK
from vpce_lint.model import Network, Problem
from vpce_lint.readers.findings import Findings
from vpce_lint.readers.request import RequestError
from vpce_lint.readers.spelling import mentions
from vpce_lint.readers.survey import Found, Survey
from vpce_lint.readers.terraform.discovery import callers_of, reachable, roots_of
from vpce_lint.readers.terraform.folder import configuration_files
from vpce_lint.readers.terraform.network import RELEVANT, ModuleTree, module_tree, network_of
from vpce_lint.readers.terraform.notes import Comments
from vpce_lint.readers.terraform.reach import reached_folders
from vpce_lint.readers.terraform.root import Library, Root
from vpce_lint.readers.terraform.root_signs import STATE, keeps_state
from vpce_lint.readers.terraform.variable_input import automatic_values, named_values
from vpce_lint.source import REMARKS, Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vpce_lint.model import Reading
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.terraform.boundary import Boundary
    from vpce_lint.readers.terraform.declarations import Fault
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.touched import Touched
    from vpce_lint.readers.tree import Trees
    from vpce_lint.value import Value

MOST_PARSED = 200
"""Of more folders, what was parsed on the way doesn't stay in memory: it is parsed again where it is needed."""
WORTH_SPREADING = 400
"""Folders; with fewer, to start processes takes longer than to find out what they call."""
RECURSION = 20_000
"""Python frames; the evaluator's own limits stop well before."""


def survey_terraform(request: Request, trees: Trees) -> Survey:
    """Find all root modules that a request names."""
    reader = _Reader(request, trees)
    roots: dict[str, Library] = {}
    with _deep_recursion():
        for path, library in _chosen(request, reader):
            roots.setdefault(os.path.normpath(path), library)
        reader.roots.update(roots)
        found = tuple(reader.found(path, library) for path, library in roots.items())
    return Survey(found, reader.rest.reading(), (reader.idle,))


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
            yield from _below(path, reader, request.touched)
        else:
            yield from _around(path, reader)


def _below(folder: Path, reader: _Reader, touched: Touched | None) -> Iterator[tuple[str, Library]]:
    library = reader.library(folder)
    tree = reader.trees.below(reader.request.disk.real(str(folder)), library.boundary)
    for path in tree.terragrunt:
        reader.rest.leave_out(library.boundary.shown(path), "Terragrunt files are not read", "terragrunt")
    reader.exclude(tree.excluded, library)
    for each in _in_turn(tree.folders, library, reader.request):
        _settle(library.folder(each), keep_parsed=len(tree.folders) <= MOST_PARSED)
    reader.folders.update(dict.fromkeys(tree.folders, library))
    roots = roots_of(tree.folders, library)
    reader.roots.update(dict.fromkeys(roots, library))
    for root in _touched(roots, tree.folders, library, touched):
        yield root, library


def _touched(roots: list[str], folders: Iterable[str], library: Library, touched: Touched | None) -> list[str]:
    """The roots that a request is limited to."""
    if touched is None:
        return roots
    from vpce_lint.readers.terraform.touched import touched_roots  # noqa: PLC0415 (loaded when it is needed)

    return touched_roots(roots, folders, library, touched)


def _in_turn(folders: Sequence[str], library: Library, request: Request) -> Iterable[str]:
    """The folders, of many each when it is known what it calls."""
    if len(folders) < WORTH_SPREADING:
        return folders
    from vpce_lint.readers.terraform.calls_ahead import known_in_turn  # noqa: PLC0415 (large scans only)

    return known_in_turn(folders, library, request)


def _settle(folder: Folder, *, keep_parsed: bool) -> None:
    """Note what a folder calls; of most that is all that is ever asked, so its files needn't stay in memory."""
    _ = folder.sources
    if not keep_parsed:
        folder.forget()
    folder.mentions(STATE)  # is asked again for those that are called
    if not (folder.mentions(RELEVANT) or folder.mentions(REMARKS)):
        folder.release()


def _around(file: Path, reader: _Reader) -> Iterator[tuple[str, Library]]:
    """The roots that a single file belongs to; callers are looked for in the whole repository."""
    if not file.name.endswith((".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json")):
        return
    disk = reader.request.disk
    folder = disk.real(str(file.parent))
    if not any(configuration_files(disk.names(folder))):
        return  # a variable file that lies apart from any root module
    library = reader.library(file.parent)
    real = disk.real(str(file))
    if any(patterns.cover(real) for patterns in reader.request.excluded):
        reader.exclude([real], library)
        return
    for root in reader.callers(folder, library):
        yield root, library


class _Reader:
    """What the roots of one request share, and what belongs to none of them.

    ``folders`` are all that lie below the paths that were named, ``roots`` those among them that are roots, be they
    wanted or not.
    """

    def __init__(self, request: Request, trees: Trees) -> None:
        self.request = request
        self.trees = trees
        self.rest = Findings()
        self._named: dict[str, Value] = named_values(request)
        self._libraries: dict[Path, Library] = {}
        self._callers: dict[str, list[str]] = {}
        self.folders: dict[str, Library] = {}
        self.roots: dict[str, Library] = {}

    def library(self, folder: Path) -> Library:
        boundary = self.trees.boundary(folder)
        return self._libraries.setdefault(boundary.top, Library(boundary, self.request.known_calls))

    def callers(self, folder: str, library: Library) -> list[str]:
        """The roots of the whole repository that reach a folder; hooks ask for many files of one folder."""
        known = self._callers.get(folder)
        if known is None:
            folders = self.trees.below(str(library.boundary.top), library.boundary).folders
            known = self._callers[folder] = callers_of(folder, folders, library)
        return known

    def exclude(self, paths: list[str], library: Library) -> None:
        for path in paths:
            self.rest.leave_out(library.boundary.shown(path), "the configuration excludes it", "excluded")

    def found(self, path: str, library: Library) -> Found:
        """A folder as a root."""
        shown, read = library.boundary.shown(path), partial(self.read, path, library)
        return Found(path, shown, read, self.weigh(path, library), peek=library.boundary.peek)

    def idle(self, read: Mapping[str, Collection[str]], *, singly: bool) -> tuple[Found, ...]:
        """The folders, as roots, that no root enters though all that call them were read."""
        went = {path: files for path, files in read.items() if path in self.roots}
        entered = {*went, *(os.path.dirname(file) for files in went.values() for file in files)}  # noqa: PTH120
        made: list[Found] = []
        with _deep_recursion():
            for library in {id(each): each for each in self.folders.values()}.values():
                folders = [folder for folder, other in self.folders.items() if other is library]
                unread = [root for root, other in self.roots.items() if other is library and root not in went]
                left = sorted(set(folders) - entered - reachable(unread, folders, library))
                roots = left if singly else roots_of(left, library)
                self.roots.update(dict.fromkeys(roots, library))
                wanted = _touched(roots, folders, library, self.request.touched)
                made += (self.found(path, library) for path in wanted)
        return tuple(made)

    def weigh(self, path: str, library: Library) -> int:
        """The bytes of the root and the modules that it is known to reach; 0 where nothing there concerns a rule."""
        reached = reached_folders(path, library)
        if reached is None:
            return library.folder(path).size + 1
        return sum(each.size for each in reached) + 1 if any(each.mentions(RELEVANT) for each in reached) else 0

    def read(self, path: str, library: Library) -> Reading:
        """What one root describes."""
        found = Findings()
        shown = library.boundary.shown(path)
        with _deep_recursion(), library.boundary.recording() as asked, WORK.budget():
            try:
                self._read(path, library, found)
            except Exception as error:  # noqa: BLE001 (whatever is wrong with one root, the others are read)
                found.fail(shown, error)
        library.forget(path)
        return found.reading(shown, asked)

    def _read(self, path: str, library: Library, found: Findings) -> None:
        reached = reached_folders(path, library)
        if reached is not None and not any(each.mentions(RELEVANT) for each in reached):
            found.network = Network(library.boundary.shown(path), ())
            _look_through(found, reached, (), library.boundary, relevant=False)
            return
        values, files, faults = automatic_values(path, library.boundary)
        root = Root(path, library, {**values, **self._named})
        folder = library.folder(path)
        tree = module_tree(root, folder)
        folders = [folder, *(library.folder(called) for called in root.called)]
        cut = WORK.is_over or any(kind == "limit" for kind, *_ in root.problems)  # who knows what it would have called
        relevant = cut or any(each.mentions(RELEVANT) or each.is_lost for each in folders)
        found.network = _network(root, tree, files, faults) if relevant else Network(root.shown, ())
        _look_through(found, folders, files, library.boundary, relevant=relevant)
        for fault in faults:
            _note(found, fault, relevant=relevant)
        if relevant:
            found.problems += root.problems.values()
            found.note_limits(root.shown)
        for module in tree.missing:
            kind = "module" if "not downloaded" in module.words else "unread module"
            found.leave_out(module.block.header.path, str(module.reason), kind)


def _network(root: Root, tree: ModuleTree, files: list[str], faults: list[Fault]) -> Network:
    folder = tree.modules[0].folder
    root.imports = folder.imported
    network = network_of(root, tree)
    if network.resources and _is_library(folder) and not files and not faults and not WORK.is_over:
        opened = replace(root, problems={}, called={}, questions={}, open_defaults=True)
        with WORK.budget():
            network = replace(network, without_assumptions=network_of(opened, module_tree(opened, folder)))
    return network


def _look_through(
    found: Findings, folders: list[Folder], files: Sequence[str], boundary: Boundary, *, relevant: bool
) -> None:
    """Note what was read of a root, and what is wrong there: all of it, or what has been parsed anyway."""
    found.files += dict.fromkeys((*files, *(file for each in folders for file in each.files)))
    for source in map(boundary.read, files):
        if isinstance(source, Source):
            found.annotated.append(Comments(source))
    found.annotated += (Comments(code.source) for each in folders for code in each.code if code.mentions(REMARKS))
    for each in folders:
        for fault in each.faults if relevant else each.faults_of_calls:
            _note(found, fault, relevant=relevant)


def _note(found: Findings, fault: Fault, *, relevant: bool) -> None:
    if relevant or fault.data is None or mentions(fault.data, RELEVANT):
        found.problems.append(Problem("limit" if fault.limit else "unreadable", fault.message, fault.path, fault.span))
    elif fault.whole:
        found.leave_out(fault.path, fault.message)


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
