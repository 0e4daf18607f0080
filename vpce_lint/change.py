"""What a change is: the files that differ between a commit and the working tree, and what lay there at the commit."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.changed_lines import ChangedLines, changed_lines
from vpce_lint.disk import DISK, Disk
from vpce_lint.git import FILE, LINK, SUBMODULE, GitError, Repository
from vpce_lint.past import Past

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from vpce_lint.disk import Question
    from vpce_lint.git import Entry

AT_ONCE = 1_000_000
"""Bytes: files of up to this size are taken from the repository together, others when they are asked for."""
DEEPEST = 8
"""So deep submodules are looked at."""
PIECE = 1 << 20
UNREADABLE = "unreadable"
DISCOVERED = (".tf", ".tofu", ".json", ".yaml", ".yml", ".template", ".toml", ".gitignore", "pyvenv.cfg")
"""How the names of files end that make a root, or decide what is looked at."""


class Objects(Struct):
    """Objects of one repository that are needed: their sizes, and the bytes of the smaller ones."""

    repository: Repository
    sizes: dict[str, int]
    _read: dict[str, bytes] | None = None

    def data(self, name: str) -> bytes:
        """An object's bytes."""
        if self._read is None:
            small = [each for each, size in self.sizes.items() if size <= AT_ONCE]
            self._read = dict(self.repository.contents(small))
        known = self._read.get(name)
        return known if known is not None else dict(self.repository.contents([name]))[name]


class Stored(Struct, frozen=True):
    """A file as a commit has it."""

    mode: str
    name: str
    objects: Objects | None = None

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.objects.sizes[self.name] if self.objects else 0

    def data(self) -> bytes:
        """Its bytes."""
        return self.objects.data(self.name) if self.objects else b""


class Change(Struct, dict=True):
    """All that differs between the working tree and the commit where a revision's history parted from it.

    ``revision`` is as the user wrote it, ``commit`` the commit's name, ``top`` the real path of the repository's
    top folder. ``past`` answers for the files at the commit, ``moves`` are files that lie elsewhere now, by
    absolute paths, ``tracked`` all files that the commit has.
    """

    revision: str
    commit: str
    top: str
    past: Past
    moves: Mapping[str, str]
    tracked: Collection[str]
    _known: dict[Question, bool] = field(default_factory=dict)
    _lines: dict[str, ChangedLines | None] = field(default_factory=dict)

    def concerns(self, asked: Iterable[Question]) -> bool:
        """Whether one of these questions has another answer now than at the commit."""
        return any(self._differs(question) for question in asked)

    def touches(self, path: str, first: int, last: int) -> bool:
        """Whether lines of a file, from and to, differ from what they were."""
        real = DISK.real(path)
        if real not in self.past.entries:
            return False
        if real not in self._lines:
            self._lines[real] = self._compare(real)
        lines = self._lines[real]
        return lines is None or lines.touch(first, last)

    def has_changed(self, path: str) -> bool:
        """Whether a file differs from what it was."""
        return DISK.real(path) in self.past.entries

    def is_tracked(self, root: str) -> bool:
        """Whether the commit has a root: the file, or a file right in the folder."""
        return root in self._places

    @property
    def may_make_roots(self) -> bool:
        """Whether other roots may have been found at the commit: something changed that has a say in which there are."""
        return any(
            path.endswith(DISCOVERED) or (blob and blob.mode in {LINK, SUBMODULE}) or not DISK.is_file(path)
            for path, blob in self.past.entries.items()
        )

    def moved(self, path: str) -> str:
        """Where a file, or a folder as a whole, lies now that was at a path then."""
        return self.moves.get(path) or self._emptied.get(path, path)

    @cached_property
    def _places(self) -> set[str]:
        return {*self.tracked, *(os.path.dirname(path) for path in self.tracked)}  # noqa: PTH120

    @cached_property
    def _emptied(self) -> dict[str, str]:
        """Folders in which no file is left, with where their files went."""
        folders = _moved_folders(self.moves)
        return {folder: target for folder, target in folders.items() if not _holds_files(folder)}

    def _differs(self, question: Question) -> bool:
        known = self._known.get(question)
        if known is None:
            known = self._known[question] = self._has_other_answer(question)
        return known

    def _has_other_answer(self, question: Question) -> bool:
        now, then = DISK.real(question.path), self.past.real(question.path)
        if now != then:
            return True
        if question.kind == "data":
            return now in self.past.entries
        if not self.past.concerns(now):
            return False
        if question.kind == "kind":
            return (DISK.is_file(now), DISK.is_folder(now)) != (self.past.is_file(now), self.past.is_folder(now))
        if question.kind == "names":
            return _names(DISK, now) != _names(self.past, now)
        return True

    def _compare(self, path: str) -> ChangedLines | None:
        """What is new in a file; ``None`` where all of it is."""
        blob = self.past.entries[path] or self.past.entries.get(self._came_from.get(path, ""))
        if blob is None or blob.mode == LINK or DISK.is_link(path):
            return None
        try:
            return changed_lines(blob.data(), DISK.data(path))
        except OSError:
            return None

    @cached_property
    def _came_from(self) -> dict[str, str]:
        return {new: old for old, new in self.moves.items()}


def _names(disk: Disk, folder: str) -> set[str] | None:
    try:
        return set(disk.names(folder))
    except OSError:
        return None


def change_since(revision: str, top: str) -> Change:
    """What has changed since a revision in the repository at a folder, untracked files included.

    ``GitError`` where there is no such revision, or the clone lacks what is needed.
    """
    repository = Repository(top)
    commit = repository.merge_base(revision)
    entries: dict[str, Stored | None] = {}
    tracked: set[str] = set()
    hashes: dict[str, str] = {}
    _collect(repository, commit, entries, tracked, hashes, 0)
    return Change(revision, commit, top, Past(top, entries), _moves(entries, hashes), tracked)


def _collect(
    repository: Repository,
    commit: str,
    entries: dict[str, Stored | None],
    tracked: set[str],
    hashes: dict[str, str],
    depth: int,
) -> None:
    """Note what has changed in a repository and in its submodules; ``hashes`` are those of files that are new."""
    top = repository.top
    files = repository.files(commit)
    changed: dict[str, Entry | None] = {}
    for given in repository.candidates(commit):
        name = given.rstrip("/")
        old = files.get(name)
        path = os.path.join(top, name)  # noqa: PTH118
        if given.endswith("/"):
            entries[path] = None
        elif old and old.mode == SUBMODULE:
            if not os.path.isdir(path):  # noqa: PTH112
                entries[path] = Stored(SUBMODULE, old.object)
        else:
            mode, now = _now(path, repository.hash_name)
            if (old or now) and not (old and (old.mode == LINK, old.object) == (mode == LINK, now)):
                changed[name] = old
                if not old and mode != LINK:
                    hashes[path] = now
    needed = [old.object for old in changed.values() if old]
    objects = Objects(repository, repository.sizes(needed) if needed else {})
    for name, old in changed.items():
        entries[os.path.join(top, name)] = Stored(old.mode, old.object, objects) if old else None  # noqa: PTH118
    tracked.update(os.path.join(top, name) for name in files)  # noqa: PTH118
    for name, entry in files.items():
        inner = os.path.join(top, name)  # noqa: PTH118
        if entry.mode == SUBMODULE and os.path.lexists(os.path.join(inner, ".git")):  # noqa: PTH118
            if depth == DEEPEST:
                msg = f"the submodule {inner} is nested too deep"
                raise GitError(msg)
            _collect(Repository(inner), entry.object, entries, tracked, hashes, depth + 1)


def _now(path: str, hash_name: str) -> tuple[str, str]:
    """Mode and hash of what lies at a path now, as git would store it; empty where there is no file or link.

    What can't be read has a hash that nothing else has: it counts as changed, so that somebody tries to read it.
    """
    folder = os.path.dirname(path)  # noqa: PTH120
    if os.path.realpath(folder) != folder:
        return "", ""  # a link stands in the place of a folder
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            target = os.fsencode(os.readlink(path))  # noqa: PTH115
            return LINK, hashlib.new(hash_name, b"blob %d\0" % len(target) + target, usedforsecurity=False).hexdigest()
        if not stat.S_ISREG(status.st_mode):
            return "", ""
        digest = hashlib.new(hash_name, b"blob %d\0" % status.st_size, usedforsecurity=False)
        with open(path, "rb") as file:  # noqa: PTH123
            while piece := file.read(PIECE):
                digest.update(piece)
    except (FileNotFoundError, NotADirectoryError):
        return "", ""
    except OSError:
        return FILE, UNREADABLE
    return FILE, digest.hexdigest()


def _moves(entries: Mapping[str, Stored | None], hashes: Mapping[str, str]) -> dict[str, str]:
    """Files that are gone, with where they lie now: unchanged, or under their name in a folder where others moved."""
    gone = {path: blob.name for path, blob in entries.items() if blob and blob.objects and not os.path.lexists(path)}
    moves: dict[str, str] = {}
    _match(gone, hashes, moves, lambda path, name: (os.path.basename(path), name))  # noqa: PTH119
    _match(gone, hashes, moves, lambda _, name: ("", name))
    folders = _moved_folders(moves)
    _match(gone, hashes, moves, lambda path, _: os.path.split(path) if path in hashes else _target(path, folders))
    return moves


def _target(path: str, folders: Mapping[str, str]) -> tuple[str, str]:
    folder, name = os.path.split(path)
    return folders.get(folder, folder), name


def _match(
    gone: Mapping[str, str],
    new: Mapping[str, str],
    moves: dict[str, str],
    key: Callable[[str, str], tuple[str, str]],
) -> None:
    """Note as moved what is alike among the files, by path with their hashes, that aren't matched yet."""
    taken = set(moves.values())
    free: dict[tuple[str, str], list[str]] = {}
    for path in sorted(new.keys() - taken, reverse=True):
        free.setdefault(key(path, new[path]), []).append(path)
    for path in sorted(gone.keys() - moves.keys()):
        alike = free.get(key(path, gone[path]))
        if alike:
            moves[path] = alike.pop()


def _holds_files(folder: str) -> bool:
    try:
        with os.scandir(folder) as found:
            return any(each.is_file() for each in found)
    except OSError:
        return False


def _moved_folders(moves: Mapping[str, str]) -> dict[str, str]:
    """Folders with the one that most of the files that left them have gone to."""
    targets: dict[str, Counter[str]] = {}
    for old, new in sorted(moves.items()):
        folder, target = os.path.dirname(old), os.path.dirname(new)  # noqa: PTH120
        if folder != target:
            targets.setdefault(folder, Counter())[target] += 1
    return {folder: counts.most_common(1)[0][0] for folder, counts in targets.items()}
