"""What the files of a module declare, merged as Terraform merges them, before anything is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.readers.terraform import ast

if TYPE_CHECKING:
    from vpce_lint.source import Span


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


class Declarations(Struct):
    """The declarations of a module's files, by name; a list where Terraform allows, or rejects, several.

    ``resources`` and ``data`` are keyed by (type, name); a second block of the same address is kept,
    as both may be meant.
    """

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


def declare(declarations: Declarations, file: ast.File) -> None:
    """Add what a file declares."""
    for block in file.body.blocks:
        labels = block.labels
        if block.type == "resource" and len(labels) == 2:
            _add(declarations, declarations.resources, block, "")
        elif block.type == "data" and len(labels) == 2:
            _add(declarations, declarations.data, block, "data.")
        elif block.type in NAMED and len(labels) == 1:
            declared: dict[str, ast.Block] = getattr(declarations, NAMED[block.type])
            if labels[0] in declared:
                _duplicate(declarations, f"{block.type} {labels[0]}", block, declared[labels[0]])
            declared.setdefault(labels[0], block)
        elif block.type == "locals":
            _add_locals(declarations, block)
        elif block.type == "provider":
            declarations.providers.append(block)
        elif block.type == "terraform":
            declarations.terraform.append(block)
        elif block.type == "import":
            declarations.imports.append(block)
        elif block.type in LABELS:
            _mislabelled(declarations, block)


NAMED = {"variable": "variables", "output": "outputs", "module": "calls"}
LABELS = {"resource": "a type and a name", "data": "a type and a name"} | dict.fromkeys(
    NAMED, "a name and nothing else"
)
"""What Terraform wants behind the type of a block."""


def _mislabelled(declarations: Declarations, block: ast.Block) -> None:
    message = f"the {block.type} block needs {LABELS[block.type]} as its labels"
    declarations.faults.append(Fault(message, block.header.path, block.header, data=b""))


def _add(
    declarations: Declarations, declared: dict[tuple[str, str], list[ast.Block]], block: ast.Block, prefix: str
) -> None:
    same = declared.setdefault((block.labels[0], block.labels[1]), [])
    if same:
        _duplicate(declarations, f"{prefix}{block.labels[0]}.{block.labels[1]}", block, same[0])
    same.append(block)


def _add_locals(declarations: Declarations, block: ast.Block) -> None:
    for name, attribute in block.body.attributes.items():
        if name in declarations.locals:
            first = declarations.locals[name].span
            message = f"local.{name} is declared twice, first at {first}"
            declarations.faults.append(Fault(message, attribute.span.path, attribute.name_span, data=b""))
        declarations.locals.setdefault(name, attribute)


def _duplicate(declarations: Declarations, address: str, second: ast.Block, first: ast.Block) -> None:
    message = f"{address} is declared twice, first at {first.header}"
    declarations.faults.append(Fault(message, second.header.path, second.header, data=b""))


def override(declarations: Declarations, file: ast.File) -> None:
    """Merge an override file: attributes replace attributes, nested blocks replace all of their type."""
    for block in file.body.blocks:
        if block.type in {"resource", "data"} and len(block.labels) == 2:
            declared = declarations.resources if block.type == "resource" else declarations.data
            merged = declared.get((block.labels[0], block.labels[1]))
            if merged:
                merged[-1] = _merge(merged[-1], block)
            else:
                _declare_alone(declarations, block)
        elif block.type in NAMED and len(block.labels) == 1:
            named: dict[str, ast.Block] = getattr(declarations, NAMED[block.type])
            base = named.get(block.labels[0])
            named[block.labels[0]] = _merge(base, block) if base else block
        elif block.type == "locals":
            declarations.locals.update(block.body.attributes)
        elif block.type == "provider":
            declarations.providers.append(block)
        elif block.type == "terraform":
            declarations.terraform.append(block)
        elif block.type in LABELS:
            _mislabelled(declarations, block)


def _declare_alone(declarations: Declarations, block: ast.Block) -> None:
    declared = declarations.resources if block.type == "resource" else declarations.data
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
