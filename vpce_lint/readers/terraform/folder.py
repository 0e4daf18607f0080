"""A module's folder as code: its files parsed and merged, before anything is evaluated."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.boundary import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.readers.terraform.boundary import Boundary
    from vpce_lint.source import Span

NATIVE = (".tf", ".tofu")
JSON = (".tf.json", ".tofu.json")


class Fault(Struct, frozen=True):
    """A file, or a place in one, that could not be read as configuration.

    ``whole``: nothing of the file could be read, so there may be anything in it; ``data`` are its bytes
    where they, at least, are known.
    """

    message: str
    path: str
    span: Span | None = None
    whole: bool = False
    limit: bool = False
    data: bytes | None = None


class Folder(Struct):
    """The declarations of a module, by name; a list where Terraform allows, or rejects, several.

    ``resources`` and ``data`` are keyed by (type, name); a second block of the same address is kept,
    as both may be meant. ``tokens`` holds the bytes of all files, for a quick look at what can matter.
    """

    path: str
    variables: dict[str, ast.Block] = field(default_factory=dict)
    locals: dict[str, ast.Attribute] = field(default_factory=dict)
    outputs: dict[str, ast.Block] = field(default_factory=dict)
    calls: dict[str, ast.Block] = field(default_factory=dict)
    resources: dict[tuple[str, str], list[ast.Block]] = field(default_factory=dict)
    data: dict[tuple[str, str], list[ast.Block]] = field(default_factory=dict)
    providers: list[ast.Block] = field(default_factory=list)
    terraform: list[ast.Block] = field(default_factory=list)
    imports: list[ast.Block] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    tokens: list[bytes] = field(default_factory=list)

    @property
    def imported(self) -> tuple[str, ...]:
        """The addresses that ``import`` blocks name, as written."""
        targets = (block.body.attributes.get("to") for block in self.imports)
        return tuple(target.value_span.text.strip('"') for target in targets if target)

    def mentions(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether a file of the folder has text that the pattern finds, also behind JSON escapes."""
        return any(pattern.search(data) or b"\\u" in data for data in self.tokens)


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
    """Read, parse and merge the configuration files of a folder."""
    folder = Folder(path)
    try:
        names = os.listdir(path)  # noqa: PTH208 (names are all that is needed)
    except OSError as error:
        words = f"the folder can't be read: {error.strerror}"
        folder.faults.append(Fault(words, boundary.shown(path), whole=True))
        return folder
    primary, overrides = configuration_files(names)
    for name in primary:
        file = _parse(folder, os.path.join(path, name), boundary)  # noqa: PTH118
        if file:
            _declare(folder, file)
    for name in overrides:
        file = _parse(folder, os.path.join(path, name), boundary)  # noqa: PTH118
        if file:
            _override(folder, file)
    return folder


def _parse(folder: Folder, path: str, boundary: Boundary) -> ast.File | None:
    source = boundary.read(path)
    shown = boundary.shown(path)
    if isinstance(source, Unreadable):
        # What can't be read at all may hold anything; a link to nothing holds nothing.
        data = source.data if source.data or source.missing else None
        folder.faults.append(Fault(source.words, shown, whole=True, limit=source.limit, data=data))
        return None
    folder.files.append(path)
    folder.tokens.append(source.data)
    if path.endswith(JSON):
        from vpce_lint.readers.terraform.json_syntax import parse_json as parse  # noqa: PLC0415 (JSON syntax is rare)
    else:
        from vpce_lint.readers.terraform.syntax import parse  # noqa: PLC0415 (as above)
    file = parse(source)
    for problem in file.problems:
        folder.faults.append(Fault(problem.message, shown, problem.span, whole=True, data=source.data))
    return None if file.problems else file


def _declare(folder: Folder, file: ast.File) -> None:
    for block in file.body.blocks:
        labels = block.labels
        if block.type == "resource" and len(labels) == 2:
            _add(folder, folder.resources, block, "")
        elif block.type == "data" and len(labels) == 2:
            _add(folder, folder.data, block, "data.")
        elif block.type in NAMED and len(labels) == 1:
            declared: dict[str, ast.Block] = getattr(folder, NAMED[block.type])
            if labels[0] in declared:
                _duplicate(folder, f"{block.type} {labels[0]}", block, declared[labels[0]])
            declared.setdefault(labels[0], block)
        elif block.type == "locals":
            _add_locals(folder, block)
        elif block.type == "provider":
            folder.providers.append(block)
        elif block.type == "terraform":
            folder.terraform.append(block)
        elif block.type == "import":
            folder.imports.append(block)


NAMED = {"variable": "variables", "output": "outputs", "module": "calls"}


def _add(folder: Folder, declared: dict[tuple[str, str], list[ast.Block]], block: ast.Block, prefix: str) -> None:
    same = declared.setdefault((block.labels[0], block.labels[1]), [])
    if same:
        _duplicate(folder, f"{prefix}{block.labels[0]}.{block.labels[1]}", block, same[0])
    same.append(block)


def _add_locals(folder: Folder, block: ast.Block) -> None:
    for name, attribute in block.body.attributes.items():
        if name in folder.locals:
            first = folder.locals[name].span
            message = f"local.{name} is declared twice, first at {first}"
            folder.faults.append(Fault(message, attribute.span.path, attribute.name_span, data=b""))
        folder.locals.setdefault(name, attribute)


def _duplicate(folder: Folder, address: str, second: ast.Block, first: ast.Block) -> None:
    message = f"{address} is declared twice, first at {first.header}"
    folder.faults.append(Fault(message, second.header.path, second.header, data=b""))


def _override(folder: Folder, file: ast.File) -> None:
    """Merge an override file: attributes replace attributes, nested blocks replace all of their type."""
    for block in file.body.blocks:
        if block.type in {"resource", "data"} and len(block.labels) == 2:
            declared = folder.resources if block.type == "resource" else folder.data
            merged = declared.get((block.labels[0], block.labels[1]))
            if merged:
                merged[-1] = _merge(merged[-1], block)
            else:
                _declare_alone(folder, block)
        elif block.type in NAMED and len(block.labels) == 1:
            named: dict[str, ast.Block] = getattr(folder, NAMED[block.type])
            base = named.get(block.labels[0])
            named[block.labels[0]] = _merge(base, block) if base else block
        elif block.type == "locals":
            folder.locals.update(block.body.attributes)
        elif block.type == "provider":
            folder.providers.append(block)
        elif block.type == "terraform":
            folder.terraform.append(block)


def _declare_alone(folder: Folder, block: ast.Block) -> None:
    declared = folder.resources if block.type == "resource" else folder.data
    declared[block.labels[0], block.labels[1]] = [block]


def _merge(base: ast.Block, override: ast.Block) -> ast.Block:
    def build() -> ast.Body:
        old, new = base.body, override.body
        replaced = {_nested_type(block) for block in new.blocks}
        kept = tuple(block for block in old.blocks if _nested_type(block) not in replaced)
        return ast.Body({**old.attributes, **new.attributes}, (*kept, *new.blocks), old.span)

    return ast.Block(base.type, base.labels, base.header, base.span, build)


def _nested_type(block: ast.Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type
