"""What functions may ask of the world around them: files of the repository, and limits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.limits import WORK
from vpce_lint.readers.terraform.boundary import Unreadable
from vpce_lint.readers.terraform.root import in_folder
from vpce_lint.source import Source
from vpce_lint.truth import Reason
from vpce_lint.value import Mapping, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.module import ModuleInstance
    from vpce_lint.source import Span

MOST_FILES = 10_000

STEPS_OF_FILE = 10
STEPS_OF_TEMPLATE = 200
"""Steps of work that reading a file, or a template, counts as, besides those for what it holds."""


class FileAccess(Struct, frozen=True):
    """The context of a function call in a module instance; paths count from the root module's folder."""

    module: ModuleInstance
    span: Span

    def limit(self, words: str) -> Unknown:
        """Note that a limit was reached, and stand in for the result."""
        return self.module.root.limit(words, self.span)

    def fresh(self, name: str) -> str:
        """An identity with a number that counts within the root, so that two runs give the same."""
        serials = self.module.root.serials
        serials[name] = serials.get(name, 0) + 1
        return f"{name}#{serials[name]}"

    def read(self, path: str) -> bytes | Unknown:
        """A file's bytes, or the unknown that says why they can't be had."""
        source = self._source(path)
        return source.data if isinstance(source, Source) else self._unknown(path, source)

    def source(self, path: str) -> Source | None:
        """The file itself, if it can be read."""
        source = self._source(path)
        return source if isinstance(source, Source) else None

    def names_below(self, folder: str, pattern: str) -> list[str] | Unknown:
        """The files below a folder that match, as paths from it with ``/``, sorted; links to folders aren't followed."""
        top = in_folder(self.module.root.path, folder)
        boundary = self.module.root.library.boundary
        if not boundary.contains(top):
            return self._unknown(folder, Unreadable("it lies outside the repository"))
        found: list[str] = []
        errors: list[OSError] = []
        if WORK.is_over:
            return Unknown("out of steps", (WORK.reason,), span=self.span)
        for place, folders, names in boundary.walk(top, errors.append):
            folders[:] = sorted(name for name in folders if name != ".git")
            found += [os.path.relpath(os.path.join(place, name), top).replace(os.sep, "/") for name in names]  # noqa: PTH118
            WORK.left -= 20 + 20 * len(names)
            if len(found) > MOST_FILES:
                return self.limit(f"fileset looks at more than {MOST_FILES} files")
        if errors and boundary.is_folder(top):
            return self._unknown(folder, Unreadable(f"a folder in it can't be read: {errors[0].strerror}"))
        from vpce_lint.readers.terraform.glob import matches  # noqa: PLC0415 (few configurations list files)

        return sorted(name for name in found if matches(pattern, name))

    def render(self, data: bytes, path: str, variables: Mapping) -> Value:
        """A template evaluated with the given variables and nothing else in sight."""
        from vpce_lint.readers.terraform.rendering import render  # noqa: PLC0415 (templates are rare)

        place = in_folder(self.module.root.path, path)
        WORK.left -= STEPS_OF_TEMPLATE + len(data) // 10
        if WORK.is_over:
            return Unknown("out of steps", (WORK.reason,), span=self.span)
        return render(self.module, Source(self.module.root.library.boundary.shown(place), data), variables, self.span)

    def _source(self, path: str) -> Source | Unreadable:
        if WORK.is_over:
            return Unreadable(WORK.words, limit=True)
        source = self.module.root.library.boundary.read(in_folder(self.module.root.path, path))
        WORK.left -= STEPS_OF_FILE + len(source.data) // 100
        return source

    def _unknown(self, path: str, problem: Unreadable) -> Unknown:
        shown = self.module.root.library.boundary.shown(in_folder(self.module.root.path, path))
        if shown.startswith("../"):
            shown = path
        why = (Reason(f"{shown} is not read: {problem.words}", self.span),)
        return Unknown(f'file("{path}")', why, nullable=False, invalid=problem.missing)
