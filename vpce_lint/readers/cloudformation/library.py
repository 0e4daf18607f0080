"""The templates of a repository: each file is read once, whoever asks for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.disk import Question
from vpce_lint.readers.cloudformation.node import SyntaxFault
from vpce_lint.readers.cloudformation.template import Template, read_template
from vpce_lint.readers.terraform.boundary import Boundary, Unreadable

if TYPE_CHECKING:
    from vpce_lint.readers.tree import Trees
    from vpce_lint.source import Span


class Broken(Struct, frozen=True):
    """A file that could not be read as a template; ``data`` are its bytes, as far as they were had."""

    path: str
    message: str
    span: Span | None = None
    limit: bool = False
    missing: bool = False
    data: bytes = b""


class Library(Struct):
    """What lies inside a boundary."""

    boundary: Boundary
    trees: Trees
    _templates: dict[str, Template | Broken | None] = field(default_factory=dict)

    def is_candidate(self, path: str) -> bool:
        """Whether a file's bytes could be those of a template; others aren't kept in memory."""
        return self.trees.hints(path, self.boundary).template

    def may_nest(self, path: str) -> bool:
        """Whether a file's bytes could be those of a template with nested stacks."""
        return self.trees.hints(path, self.boundary).nests

    def template(self, path: str) -> Template | Broken | None:
        """The template in a file, why it can't be read, or ``None`` where the file is no template."""
        key = os.path.normpath(path)
        self.boundary.note((Question("data", key),))
        if key not in self._templates:
            self._templates[key] = self._read(key)
        return self._templates[key]

    def _read(self, path: str) -> Template | Broken | None:
        source = self.boundary.read(path)
        shown = self.boundary.shown(path)
        if isinstance(source, Unreadable):
            return Broken(shown, source.words, limit=source.limit, missing=source.missing, data=source.data)
        try:
            return read_template(source)
        except SyntaxFault as fault:
            return Broken(shown, fault.message, fault.span, fault.limit, data=source.data)
