"""JSON as Terraform writes it (the page of ``jsonencode``; Go's ``encoding/json`` with HTML escapes)."""

from __future__ import annotations

from vpce_lint.number import render
from vpce_lint.readers.terraform.data import normal
from vpce_lint.value import Json, Known, Mapping, Sequence, Text, Unknown, Value, text

_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    **{character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029\x7f"[:5]},
}


def quote(string: str) -> str:
    """A string with its quotes."""
    return f'"{escape(string)}"'


def escape(string: str) -> str:
    """A string between quotes."""
    return "".join(
        _ESCAPES.get(character) or (f"\\u{ord(character):04x}" if character < " " else character)
        for character in string
    )


def encode(value: Value) -> Value:
    """The JSON of a value: known, a text with holes, or unknown where its structure isn't known."""
    parts: list[str | Value] = []
    if _write(value, parts):
        return text(parts, value.span)
    symbol = f"jsonencode({value.symbol})"
    return Unknown(symbol, value.reasons, nullable=False, span=value.span)


def _write(value: Value, parts: list[str | Value]) -> bool:
    """Add the JSON to the parts; false where the structure isn't known."""
    if isinstance(value, Json):
        value = value.text
    if isinstance(value, Known):
        parts.append(scalar(value))
    elif isinstance(value, Text):
        parts.append('"')
        parts.extend(escape(part) if isinstance(part, str) else _hole("jsonescape", part) for part in value.parts)
        parts.append('"')
    elif isinstance(value, Sequence):
        return _write_sequence(value, parts)
    elif isinstance(value, Mapping):
        return _write_mapping(value, parts)
    elif isinstance(value, Unknown):
        parts.append(_hole("jsonencode", value))
    else:
        return False
    return True


def scalar(value: Known) -> str:
    """A scalar's JSON."""
    if value.value is None:
        return "null"
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    return quote(value.value) if isinstance(value.value, str) else render(value.value)


def _hole(function: str, value: Value) -> Unknown:
    return Unknown(f"{function}({value.symbol})", value.reasons, nullable=False, span=value.span)


def _write_sequence(sequence: Sequence, parts: list[str | Value]) -> bool:
    settled = len(sequence.members) < 2 or sequence.kind != "set" or not sequence.reasons
    if not sequence.is_exact or not settled:
        return False
    parts.append("[")
    for at, member in enumerate(sequence.members):
        parts.append("," if at else "")
        if not _write(member, parts):
            return False
    parts.append("]")
    return True


def _write_mapping(mapping: Mapping, parts: list[str | Value]) -> bool:
    if mapping.runs:
        return False
    parts.append("{")
    for at, key in enumerate(sorted(mapping.entries)):
        parts.append(f"{',' if at else ''}{quote(normal(key))}:")
        if not _write(mapping.entries[key], parts):
            return False
    parts.append("}")
    return True
