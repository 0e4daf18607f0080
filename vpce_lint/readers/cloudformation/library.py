"""The templates of a repository: each file is read once, whoever asks for it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.disk import Question
from vpce_lint.limits import WORK
from vpce_lint.readers.cloudformation.node import SyntaxFault
from vpce_lint.readers.cloudformation.template import Template, may_be_template, read_template
from vpce_lint.readers.spelling import mentions
from vpce_lint.readers.terraform.boundary import Boundary, Unreadable

if TYPE_CHECKING:
    from vpce_lint.source import Span

STACKS = re.compile(rb"AWS::CloudFormation::Stack|AWS::Serverless::Application")
"""What a template must mention to nest others."""


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
    _templates: dict[str, Template | Broken | None] = field(default_factory=dict)
    _hints: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def is_candidate(self, path: str) -> bool:
        """Whether a file's bytes could be those of a template; others aren't kept in memory."""
        return self._hint(path)[0]

    def may_nest(self, path: str) -> bool:
        """Whether a file's bytes could be those of a template with nested stacks."""
        return self._hint(path) == (True, True)

    def _hint(self, path: str) -> tuple[bool, bool]:
        key = os.path.normpath(path)
        known = self._hints.get(key)
        if known is None:
            data = self._bytes(key)
            known = self._hints[key] = may_be_template(data), mentions(data, STACKS)
        return known

    def _bytes(self, path: str) -> bytes:
        try:
            is_file = self.boundary.contains(path) and self.boundary.disk.is_file(path)
            if (
                is_file and self.boundary.disk.size(path) <= WORK.limits.file_size
            ):  # CloudFormation takes none beyond 1 MB
                return self.boundary.disk.data(path)
        except (OSError, ValueError):
            pass
        return b""

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
