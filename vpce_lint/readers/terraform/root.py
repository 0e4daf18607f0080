"""What belongs to one root module as a whole, and what all roots of a run share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.model import Problem
from vpce_lint.readers.terraform.boundary import Unreadable
from vpce_lint.readers.terraform.folder import Folder, load
from vpce_lint.truth import Reason
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.disk import Question
    from vpce_lint.readers.terraform.boundary import Boundary
    from vpce_lint.source import Span
    from vpce_lint.value import Value


class Library(Struct):
    """The folders that were read, each once however many roots call it; ``known_calls`` is that of a request."""

    boundary: Boundary
    known_calls: dict[str, tuple[str | None, ...]] | None = None
    _folders: dict[str, Folder] = field(default_factory=dict)
    _asked: dict[str, set[Question]] = field(default_factory=dict)

    def folder(self, path: str) -> Folder:
        """The declarations in a folder."""
        key = os.path.normpath(path)
        folder = self._folders.get(key)
        if folder is None:
            with self.boundary.recording() as asked:
                folder = self._folders[key] = load(key, self.boundary, self.known_calls)
            self._asked[key] = asked
        else:
            self.boundary.note(self._asked[key])
        return folder

    def forget(self, path: str) -> None:
        """Let go of what was parsed of a root, which no other root calls; its bytes stay."""
        folder = self._folders.get(os.path.normpath(path))
        if folder is not None:
            folder.forget()

    @property
    def folders(self) -> list[Folder]:
        """All folders read so far."""
        return list(self._folders.values())


class Root(Struct):
    """A root module: where it is, the values given to its variables, and the limits that it ran into.

    ``path`` is the folder's real place on disk, ``inputs`` maps variable names to values given from
    outside (tfvars files, command line), ``imports`` are the addresses that ``import`` blocks name.
    ``questions`` maps what data sources ask to the address of the first that asks it. With ``open_defaults`` a variable's
    default doesn't count: what does a caller leave open who gives another value?
    """

    path: str
    library: Library
    inputs: dict[str, Value] = field(default_factory=dict)
    problems: dict[tuple[str, str, int], Problem] = field(default_factory=dict)
    open_defaults: bool = False
    called: dict[str, None] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    questions: dict[str, str] = field(default_factory=dict)
    serials: dict[str, int] = field(default_factory=dict)
    _manifest: dict[str, str] | None = None

    @property
    def shown(self) -> str:
        """The root's folder as reports show it."""
        return self.library.boundary.shown(self.path)

    def limit(self, words: str, span: Span) -> Unknown:
        """Note that a limit was reached at a place."""
        return self._note("limit", words, span, "limit reached: ")

    def refuse(self, words: str, span: Span) -> Unknown:
        """Note a mistake for which Terraform would refuse the whole configuration."""
        return self._note("unreadable", words, span, "")

    def _note(self, kind: str, words: str, span: Span, prefix: str) -> Unknown:
        problem = Problem(kind, words, span.path, span)
        self.problems.setdefault((kind, words, span.start), problem)
        reason = Reason(prefix + words, span)
        return Unknown(f"{kind}@{span.path}:{span.start}", (reason,), invalid=kind == "unreadable", span=span)

    def downloaded(self, key: str) -> str | None:
        """The folder that ``terraform init`` put a module into; ``key`` is the calls' names with dots."""
        if self._manifest is None:
            self._manifest = self._read_manifest()
        return self._manifest.get(key)

    def _read_manifest(self) -> dict[str, str]:
        source = self.library.boundary.read(os.path.join(self.path, ".terraform", "modules", "modules.json"))  # noqa: PTH118
        if isinstance(source, Unreadable):
            return {}
        import json  # noqa: PLC0415 (most roots aren't initialised)

        try:
            modules = json.loads(source.data)["Modules"]
            return {str(module["Key"]): os.path.join(self.path, str(module["Dir"])) for module in modules}  # noqa: PTH118
        except (ValueError, KeyError, TypeError, RecursionError):
            return {}


def in_folder(base: str, path: str) -> str:
    """A path of the configuration, relative to a folder, as a path on disk."""
    return os.path.normpath(os.path.join(base, path))  # noqa: PTH118


def relative(path: str, start: str | Path) -> str:
    """A path as ``path.module`` gives it."""
    return os.path.relpath(path, start).replace(os.sep, "/")
