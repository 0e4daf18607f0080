"""Terraform's native syntax rewritten in its JSON syntax, expression by expression.

Source: Terraform's documentation, "JSON Configuration Syntax".
"""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.syntax import parse
from vpce_lint.source import Source

if TYPE_CHECKING:
    from vpce_lint.source import Span

PLAIN = {
    "variable": {"type", "default", "description"},
    "module": {"source", "version", "providers", "depends_on"},
    "resource": {"provider", "depends_on"},
    "data": {"provider", "depends_on"},
    "terraform": {"required_version"},
}
"""Arguments that JSON takes as they are, without ``${}``, by the type of their block."""
UNSURE = {"lifecycle", "provisioner", "connection", "required_providers", "validation", "moved", "import", "check"}
"""Blocks whose arguments are of many minds; none of them matters to a verdict."""

LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "dynamic": 1,
    "backend": 1,
    "provider_meta": 1,
}
"""How many labels blocks have; all others have none, and Terraform refuses one that has."""


class CantSayError(Exception):
    """Something that is written differently in JSON."""


def as_json(name: str, data: bytes) -> bytes | None:
    """A file in the JSON syntax; ``None`` where it isn't valid, or can't be said there."""
    file = parse(Source(name, data))
    if file.problems or file.body.attributes:
        return None
    document: dict[str, Any] = {}
    try:
        for block in file.body.blocks:
            _put(document, block, block.type)
        return json.dumps(document, indent=1).encode()
    except (CantSayError, UnicodeEncodeError):
        return None


def _put(body: dict[str, Any], block: ast.Block, within: str) -> None:
    if block.type in UNSURE:
        return
    if len(block.labels) != LABELS.get(block.type, 0):
        raise CantSayError
    path = (block.type, *block.labels)
    holder = body
    for step in path[:-1]:
        holder = holder.setdefault(step, {})
        if not isinstance(holder, dict):
            raise CantSayError
    several = holder.setdefault(path[-1], [])
    if not isinstance(several, list):
        raise CantSayError
    several.append(_body(block.body, within, top=block.type in PLAIN))


def _body(body: ast.Body, within: str, *, top: bool) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, attribute in body.attributes.items():
        plain = top and name in PLAIN.get(within, ())
        made[name] = _plain(attribute.expression, is_value=name == "default") if plain else _value(attribute.expression)
    for block in body.blocks:
        if block.type in body.attributes:
            raise CantSayError
        _put(made, block, "" if block.type not in PLAIN else within)
    return made


def _text(span: Span) -> str:
    return span.source.data[span.start : span.end].decode()


def _plain(expression: ast.Expression, *, is_value: bool) -> Any:
    """What has no references to evaluate: a type, an address, or a value all written out.

    A reference in such a value is a mistake that can't be made in JSON, where it is a text.
    """
    match expression:
        case ast.Literal(value=Fraction()):
            raise CantSayError
        case ast.Literal(value=value):
            return value
        case ast.TupleExpression(items=items):
            return [_plain(item, is_value=is_value) for item in items]
        case ast.ObjectExpression(items=items):
            keys = [key.value if isinstance(key, ast.Literal) else None for key, _ in items]
            if not all(isinstance(key, str) for key in keys):
                raise CantSayError
            return {str(key): _plain(value, is_value=is_value) for key, (_, value) in zip(keys, items, strict=True)}
        case ast.Name() | ast.GetAttr() | ast.Call() if not is_value:
            return _text(expression.span)
    raise CantSayError


def _value(expression: ast.Expression) -> Any:
    match expression:
        case ast.Literal(value=bool() | int() | None as value):
            return value
        case ast.Literal(value=str() as text):
            return text.replace("${", "$${").replace("%{", "%%{")
        case ast.TupleExpression(items=items):
            return [_value(item) for item in items]
        case _:
            return f"${{{_text(expression.span)}\n}}"  # a heredoc ends with its line
