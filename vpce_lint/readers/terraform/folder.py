"""A module's folder as code: its files, each parsed when it is first needed."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.readers.spelling import mentions
from vpce_lint.readers.terraform.boundary import Unreadable
from vpce_lint.readers.terraform.declarations import Declarations, Fault, declare, override

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.boundary import Boundary
    from vpce_lint.source import Source

NATIVE = (".tf", ".tofu")
JSON = (".tf.json", ".tofu.json")

CALL = re.compile(rb"\bmodule\b")
"""What a file must hold to call a module."""


class Code(Struct):
    """One configuration file; ``overrides``: it is merged over the others."""

    path: str
    source: Source
    overrides: bool
    _file: ast.File | None = None

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

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether the file has text that the pattern finds, also behind escapes."""
        return mentions(self.source.data, pattern)


class Folder(Struct, eq=False):
    """The files of a module, and what they declare.

    ``unreadable`` are the files that can't be read at all. Of large trees little concerns us: a folder is searched
    for words first, then for the calls of other modules, and parsed as a whole only where that matters.
    """

    path: str
    code: list[Code] = field(default_factory=list)
    unreadable: list[Fault] = field(default_factory=list)
    _calls: Declarations | None = None
    _declared: Declarations | None = None

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
        return [*self.unreadable, *self._with_calls.faults]

    @property
    def imported(self) -> tuple[str, ...]:
        """The addresses that ``import`` blocks name, as written."""
        targets = (block.body.attributes.get("to") for block in self.declared.imports)
        return tuple(target.value_span.text.strip('"') for target in targets if target)

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether a file of the folder has text that the pattern finds, also behind escapes."""
        return any(code.mentions(pattern) for code in self.code)


def _merged(files: Iterable[Code]) -> Declarations:
    declared = Declarations()
    for code in files:
        file = code.file
        for problem in file.problems:
            fault = Fault(problem.message, code.source.path, problem.span, whole=True, data=code.source.data)
            declared.faults.append(fault)
        if not file.problems:
            (override if code.overrides else declare)(declared, file)
    return declared


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


def load(path: str, boundary: Boundary) -> Folder:
    """Read the configuration files of a folder, the overriding ones behind the others."""
    folder = Folder(path)
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
        # What can't be read at all may hold anything; a link to nothing holds nothing.
        data = source.data if source.data or source.missing else None
        folder.unreadable.append(Fault(source.words, boundary.shown(path), whole=True, limit=source.limit, data=data))
    else:
        folder.code.append(Code(path, source, overrides))
