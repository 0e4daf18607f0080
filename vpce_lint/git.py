"""Questions to git about a repository that may be hostile: nothing that it configures is run, nothing is fetched.

What a repository's own configuration can have run by the commands used here are a file system monitor
(``core.fsmonitor``), hooks, the clean filters that attributes name, and transports of a partial clone
(gitattributes(5), git-config(1), partial-clone.txt). Configuration from the environment outranks a file's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from vpce_lint.readers.request import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_WAIT = 120
"""Seconds for one command of git."""
OLDEST = (2, 31)
"""The first version that takes configuration from the environment."""
LONGEST_REVISION = 1_000

HARMLESS = {
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.sshCommand": "false",
    "core.quotePath": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
}

FILE, LINK, SUBMODULE = "100644", "120000", "160000"
"""Modes of entries: of a regular file, a symbolic link, a submodule."""


class GitError(RequestError):
    """Git can't answer; the message says why, and what to do."""


class Entry(NamedTuple):
    """What a commit has at a path: the mode as git writes it, and the name of the object."""

    mode: str
    object: str


class Repository(Struct, dict=True):
    """A repository by the real path of its working tree's top folder."""

    top: str
    _drivers: tuple[str, ...] = ()
    _program: str = "git"

    def __post_init__(self) -> None:
        program = shutil.which("git")
        if program is None:
            msg = "--diff needs git, which is not installed"
            raise GitError(msg)
        if not os.path.isabs(program):  # noqa: PTH117 (it is what which gives)
            msg = f"--diff doesn't run {program}, which the working directory holds: have git elsewhere in PATH"
            raise GitError(msg)
        self._program = program
        found = re.search(rb"(\d+)\.(\d+)", self._run("version").stdout)
        if not found or (int(found[1]), int(found[2])) < OLDEST:
            msg = f"--diff needs git {'.'.join(map(str, OLDEST))} or newer"
            raise GitError(msg)
        self._ask("rev-parse", "--git-dir")
        names = self._run("config", "-z", "--name-only", "--get-regexp", r"^filter\.").stdout.split(b"\0")
        drivers = {os.fsdecode(name).partition(".")[2].rpartition(".")[0] for name in names if name}
        self._drivers = tuple(sorted(drivers))

    def merge_base(self, revision: str) -> str:
        """The commit where the history of ``HEAD`` parted from that of a revision."""
        commit = self._commit(_checked(revision))
        head = self._commit("HEAD")
        bases = self._run("merge-base", commit, head).stdout.decode().split()
        if not bases:
            msg = f"{revision} and HEAD have no commit in common{self._shallow_hint()}"
            raise GitError(msg)
        return bases[0]

    def files(self, commit: str) -> dict[str, Entry]:
        """All that a commit holds, by the path from the top."""
        found: dict[str, Entry] = {}
        for line in self._lines("ls-tree", "-r", "-z", "--full-tree", commit):
            about, _, path = line.partition("\t")
            mode, _, name = about.split(" ")
            found[path] = Entry(mode, name)
        return found

    def candidates(self, commit: str) -> set[str]:
        """The paths at which the working tree may differ from a commit; folders of other repositories end with ``/``."""
        options = ("--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-relative")
        records = self._lines("diff-index", *options, "--ignore-submodules=dirty", commit, "--")
        changed = records[1::2]  # each after its modes, objects and status
        return {*changed, *self._lines("ls-files", "-z", "--others", "--exclude-standard")}

    @cached_property
    def hash_name(self) -> str:
        """How the names of objects are made: ``sha1`` or ``sha256``."""
        return self._ask("rev-parse", "--show-object-format").strip() or "sha1"

    def sizes(self, objects: Sequence[str]) -> dict[str, int]:
        """The sizes of objects in bytes; ``GitError`` where one isn't there."""
        found: dict[str, int] = {}
        for line in self._run("cat-file", "--batch-check", given=_listed(objects)).stdout.decode().splitlines():
            name, *rest = line.split(" ")
            if len(rest) == 2:
                found[name] = int(rest[1])
        missing = next((name for name in objects if name not in found), None)
        if missing:
            msg = (
                f"the object {missing} is not in this clone: fetch it with git fetch --refetch, --diff uses no network"
            )
            raise GitError(msg)
        return found

    def contents(self, objects: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The bytes of objects, each with its name, as they are stored."""
        out = self._run("cat-file", "--batch", given=_listed(objects)).stdout
        at = 0
        while at < len(out):
            end = out.index(b"\n", at)
            name, *rest = out[at:end].decode().split(" ")
            if len(rest) != 2:
                msg = f"the object {name} can't be read"
                raise GitError(msg)
            start, size = end + 1, int(rest[1])
            yield name, out[start : start + size]
            at = start + size + 1

    def _commit(self, revision: str) -> str:
        found = self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if found.returncode:
            hint = self._shallow_hint() if revision != "HEAD" else ": there is no commit yet"
            msg = f"there is no revision {revision} in the repository {self.top}{hint}"
            raise GitError(msg)
        return found.stdout.decode().strip()

    def _shallow_hint(self) -> str:
        if self._ask("rev-parse", "--is-shallow-repository").strip() != "true":
            return ""
        return ": this clone is shallow, fetch more of the history first (git fetch --unshallow, or fetch-depth: 0)"

    def _lines(self, *arguments: str) -> list[str]:
        """What a command prints, divided at the NULs."""
        return [line for line in self._ask(*arguments).split("\0") if line]

    def _ask(self, *arguments: str) -> str:
        done = self._run(*arguments)
        if done.returncode:
            words = done.stderr.decode("utf-8", "replace")
            if "dubious ownership" in words:
                msg = f"git doesn't trust {self.top}, which belongs to somebody else: if you do, run"
                msg += f" git config --global --add safe.directory {self.top}"
                raise GitError(msg)
            msg = f"git {arguments[0]} failed in {self.top}: {(words.strip().splitlines() or ['it gave no reason'])[0]}"
            raise GitError(msg)
        return os.fsdecode(done.stdout)

    def _run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [self._program, "--no-pager", "-C", self.top, *arguments]
        try:
            return subprocess.run(
                command, input=given, capture_output=True, check=False, env=self._environment(), timeout=LONGEST_WAIT
            )
        except subprocess.TimeoutExpired as error:
            msg = f"git {arguments[0]} took longer than {LONGEST_WAIT} seconds in {self.top}"
            raise GitError(msg) from error
        except (OSError, ValueError) as error:
            msg = f"git can't be run: {error}"
            raise GitError(msg) from error

    def _environment(self) -> dict[str, str]:
        """The caller's, without what steers git, and with all that could run something switched off.

        The user's and the system's own configurations stay, for they say which directories are safe.
        """
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("GIT_")}
        switched_off = dict(HARMLESS)
        for driver in self._drivers:
            switched_off |= {f"filter.{driver}.{each}": "" for each in ("clean", "smudge", "process")}
            switched_off[f"filter.{driver}.required"] = "false"
        numbered = {
            f"GIT_CONFIG_{word}_{index}": text
            for index, pair in enumerate(switched_off.items())
            for word, text in zip(("KEY", "VALUE"), pair, strict=True)
        }
        return {
            **kept,
            **numbered,
            "GIT_CONFIG_COUNT": str(len(switched_off)),
            "GIT_CEILING_DIRECTORIES": os.path.dirname(self.top),  # noqa: PTH120
            "GIT_WORK_TREE": self.top,
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ATTR_NOSYSTEM": "1",
            "LC_ALL": "C",
        }


def _listed(objects: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in objects).encode()


def _checked(revision: str) -> str:
    """A revision as written, if it can be one; ``main...`` and ``main...HEAD`` mean the same as ``main``."""
    name = revision.removesuffix("HEAD") if revision.endswith("...HEAD") else revision
    name = name.removesuffix("...")
    if not name or name.startswith("-") or "\0" in name or "\n" in name or len(name) > LONGEST_REVISION:
        msg = f"{revision!r} is no revision"
        raise GitError(msg)
    if ".." in name:
        msg = f"--diff compares with the working tree: name one revision instead of {revision}"
        raise GitError(msg)
    return name
