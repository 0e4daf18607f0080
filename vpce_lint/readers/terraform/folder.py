"""A module's folder as code: its files, each parsed when it is first needed."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.cache import digest
from vpce_lint.readers.spelling import mentions
from vpce_lint.readers.terraform.ast import Literal
from vpce_lint.readers.terraform.boundary import Unreadable
from vpce_lint.readers.terraform.declarations import Declarations, Fault, declare, override
from vpce_lint.regex import regex_of_words
from vpce_lint.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.boundary import Boundary

NATIVE = (".tf", ".tofu")
JSON = (".tf.json", ".tofu.json")

_BITS: dict[re.Pattern[bytes], int] = {}
"""The bit of a number that stands for a pattern: a dictionary for each of very many files would take memory."""

CALL = regex_of_words((b"module",), rb"\bmodule\b")
"""What a file must hold to call a module."""


class Code(Struct):
    """One configuration file, of ``size`` bytes; ``overrides``: it is merged over the others."""

    path: str
    size: int
    overrides: bool
    boundary: Boundary
    _source: Source | None = None
    lost: str = ""
    _file: ast.File | None = None
    _asked: int = 0
    _mentioned: int = 0

    @property
    def source(self) -> Source:
        """The file; empty if it can't be read any more, which ``lost`` says."""
        if self._source is None:
            found = self.boundary.read(self.path)
            if isinstance(found, Unreadable):
                self.lost = "it is gone since it was read first" if found.missing else found.words
                found = Source(self.boundary.shown(self.path), b"")
            self._source = found
        return self._source

    @property
    def file(self) -> ast.File:
        """The file, parsed."""
        if self._file is None:
            if self.path.endswith(JSON):
                from vpce_lint.readers.terraform.json_syntax import parse_json as parse  # noqa: PLC0415 (JSON syntax is rare)
            else:
                from vpce_lint.readers.terraform.syntax import parse  # noqa: PLC0415 (as above)
            self._file = parse(self.source)
        return self._file

    def forget(self) -> None:
        """Let go of what was parsed."""
        self._file = None

    def release(self) -> None:
        """Let go of the bytes, too; they are read again where somebody asks for them."""
        self._file = self._source = None
        self.boundary.forget(self.path)

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether the file has text that the pattern finds, also behind escapes."""
        bit = _BITS.setdefault(pattern, 1 << len(_BITS))
        if not self._asked & bit:
            self._asked |= bit
            self._mentioned |= bit if mentions(self.source.data, pattern) else 0
        return bool(self._mentioned & bit)


class Folder(Struct, eq=False):
    """The files of a module, and what they declare.

    ``unreadable`` are the files that can't be read at all. Of large trees little concerns us: a folder is searched
    for words first, then for the calls of other modules, and parsed as a whole only where that matters.
    """

    path: str
    code: list[Code] = field(default_factory=list)
    unreadable: list[Fault] = field(default_factory=list)
    known_calls: dict[str, tuple[str | None, ...]] | None = None
    _calls: Declarations | None = None
    _declared: Declarations | None = None
    _sources: tuple[str | None, ...] | None = None
    _faults_of_calls: list[Fault] | None = None

    @property
    def files(self) -> list[str]:
        """The paths of the files that were read."""
        return [code.path for code in self.code]

    @property
    def calls(self) -> dict[str, ast.Block]:
        """The module calls by name; other files than those that hold them aren't parsed for it."""
        return self._with_calls.calls

    @property
    def _with_calls(self) -> Declarations:
        if self._calls is None:
            self._calls = _merged(code for code in self.code if code.mentions(CALL))
        return self._calls

    @property
    def sources(self) -> tuple[str | None, ...]:
        """The local paths that module calls name as their source; ``None`` for each that names none."""
        if self._sources is None:
            self._sources = self._look_up() if self.known_calls is not None else self._written_sources()
        return self._sources

    def _look_up(self) -> tuple[str | None, ...]:
        known = self.known_calls
        calling = [code for code in self.code if code.mentions(CALL)]
        if known is None or not calling:
            return ()
        key = digest(*(part for code in calling for part in (bytes([code.overrides]), code.source.data)))
        if key not in known:
            sources = self._written_sources()
            if self._with_calls.faults:
                return sources
            known[key] = sources
        self._faults_of_calls = []  # or nothing would be known
        return known[key]

    def _written_sources(self) -> tuple[str | None, ...]:
        return tuple(_local_source(block) for block in self.calls.values())

    @property
    def declared(self) -> Declarations:
        """All that the files declare."""
        if self._declared is None:
            self._declared = _merged(self.code)
        return self._declared

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with the files."""
        return [*self.unreadable, *self.declared.faults]

    @property
    def faults_of_calls(self) -> list[Fault]:
        """What is wrong with the files that can't be read at all, or that may call modules."""
        if self._faults_of_calls is None:
            self._faults_of_calls = self._with_calls.faults
        return [*self.unreadable, *self._faults_of_calls]

    @property
    def imported(self) -> tuple[str, ...]:
        """The addresses that ``import`` blocks name, as written."""
        targets = (block.body.attributes.get("to") for block in self.declared.imports)
        return tuple(target.value_span.text.strip('"') for target in targets if target)

    @property
    def is_lost(self) -> bool:
        """Whether a file that was read first can't be read any more: then nobody knows what it holds."""
        return any(code.lost for code in self.code)

    @property
    def size(self) -> int:
        """The number of bytes in its files."""
        return sum(code.size for code in self.code)

    def forget(self) -> None:
        """Let go of what was parsed, but for what is known of the calls; it is parsed again where somebody asks for it."""
        if self.sources:
            _ = self.faults_of_calls
        self._declared = self._calls = None
        for code in self.code:
            code.forget()

    def release(self) -> None:
        """Let go of the files' bytes, too."""
        self.forget()
        for code in self.code:
            code.release()

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether a file of the folder has text that the pattern finds, also behind escapes."""
        return any(code.mentions(pattern) for code in self.code)


def _merged(files: Iterable[Code]) -> Declarations:
    declared = Declarations()
    for code in files:
        file = code.file
        if code.lost:
            declared.faults.append(Fault(code.lost, code.source.path, whole=True))
        for problem in file.problems:
            fault = Fault(problem.message, code.source.path, problem.span, whole=True, data=code.source.data)
            declared.faults.append(fault)
        if not file.problems:
            _hide_sensitive(file, code.source)
            (override if code.overrides else declare)(declared, file)
    return declared


def _hide_sensitive(file: ast.File, source: Source) -> None:
    """Have no excerpt show the values of variables and outputs that are declared to be sensitive."""
    if b"sensitive" not in source.data:
        return
    for block in file.body.blocks:
        if block.type in {"variable", "output"} and "sensitive" in block.body.attributes:
            for name in ("default", "value"):
                attribute = block.body.attributes.get(name)
                if attribute is not None:
                    source.hide(attribute.value_span.start, attribute.value_span.end)


def configuration_files(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The primary and the override files among a folder's file names, in the order they are read.

    Editors' backups and hidden files are left out, as Terraform does; ``x.tofu`` replaces ``x.tf``.
    """
    present = {name for name in names if name.endswith((*NATIVE, *JSON)) and not _is_ignored(name)}
    for name in sorted(present):
        replaced = name.replace(".tofu", ".tf")
        if replaced != name:
            present.discard(replaced)
    overrides = {name for name in present if re.fullmatch(r"(.*_)?override", name.split(".tf")[0].split(".tofu")[0])}
    return sorted(present - overrides), sorted(overrides)


def _is_ignored(name: str) -> bool:
    return name.startswith((".", "#")) or name.endswith("~")


def _local_source(block: ast.Block) -> str | None:
    """A call's source, where that is written as a local path."""
    attribute = block.body.attributes.get("source")
    expression = attribute.expression if attribute else None
    if isinstance(expression, Literal) and isinstance(expression.value, str) and is_local(expression.value):
        return expression.value
    return None


def is_local(source: str) -> bool:
    """Whether a module's source is a path in the same repository rather than something to download."""
    return source in {".", ".."} or source.startswith(("./", "../", ".\\", "..\\"))


def load(path: str, boundary: Boundary, known_calls: dict[str, tuple[str | None, ...]] | None = None) -> Folder:
    """Read the configuration files of a folder, the overriding ones behind the others."""
    folder = Folder(path, known_calls=known_calls)
    try:
        names = boundary.names(path)
    except OSError as error:
        words = f"the folder can't be read: {error.strerror}"
        folder.unreadable.append(Fault(words, boundary.shown(path), whole=True))
        return folder
    for overrides, group in enumerate(configuration_files(names)):
        for name in group:
            _add(folder, os.path.join(path, name), boundary, overrides=bool(overrides))  # noqa: PTH118
    return folder


def _add(folder: Folder, path: str, boundary: Boundary, *, overrides: bool) -> None:
    source = boundary.read(path)
    if isinstance(source, Unreadable):
        # What can't be read at all may hold anything, as may what was there a moment ago; a link to nothing holds nothing.
        gone = source.missing and not boundary.disk.is_dangling(path)
        data = source.data if source.data or (source.missing and not gone) else None
        words = "it is gone since the folder was looked into" if gone else source.words
        folder.unreadable.append(Fault(words, boundary.shown(path), whole=True, limit=source.limit, data=data))
    else:
        folder.code.append(Code(path, len(source.data), overrides, boundary, source))
