"""JSON as Terraform writes it (the page of ``jsonencode``; Go's ``encoding/json`` with HTML escapes)."""

from __future__ import annotations

from msgspec import Struct, field

from vpce_lint.number import render
from vpce_lint.readers.terraform.data import is_known, normal
from vpce_lint.readers.terraform.functions.function import LimitError
from vpce_lint.readers.terraform.functions.limits import MOST_CHARACTERS
from vpce_lint.value import Json, Known, Mapping, Sequence, Text, Unknown, Value, text

_ESCAPES = str.maketrans(
    {
        **{chr(code): f"\\u{code:04x}" for code in (*range(32), *map(ord, "<>&\u2028\u2029"))},
        '"': '\\"',
        "\\": "\\\\",
        "\b": "\\b",
        "\f": "\\f",
        "\n": "\\n",
        "\r": "\\r",
        "\t": "\\t",
    }
)


def quote(string: str) -> str:
    """A string with its quotes."""
    return f'"{escape(string)}"'


def escape(string: str) -> str:
    """A string between quotes."""
    return string.translate(_ESCAPES)


class _Writer(Struct):
    """The JSON so far: known pieces and holes, and the number of known characters."""

    parts: list[str | Value] = field(default_factory=list)
    size: int = 0

    def put(self, piece: str) -> None:
        self.size += len(piece)
        if self.size > MOST_CHARACTERS:
            msg = f"produces more than {MOST_CHARACTERS} characters"
            raise LimitError(msg)
        self.parts.append(piece)

    def write(self, value: Value) -> bool:
        """Add a value's JSON; false where its structure isn't known."""
        if isinstance(value, Json):
            value = value.text
        if isinstance(value, Known):
            self.put(_scalar(value))
        elif isinstance(value, Text):
            self._write_text(value)
        elif isinstance(value, Unknown):
            self.parts.append(_hole("jsonencode", value))
        elif isinstance(value, Sequence):
            return self._write_sequence(value)
        else:
            return isinstance(value, Mapping) and self._write_mapping(value)
        return True

    def _write_text(self, value: Text) -> None:
        self.put('"')
        for part in value.parts:
            if isinstance(part, str):
                self.put(escape(part))
            else:
                self.parts.append(_hole("jsonescape", part))
        self.put('"')

    def _write_sequence(self, sequence: Sequence) -> bool:
        settled = len(sequence.members) < 2 or sequence.kind != "set" or is_known(sequence)
        if not sequence.is_exact or not settled:
            return False
        self.put("[")
        for at, member in enumerate(sequence.members):
            self.put("," if at else "")
            if not self.write(member):
                return False
        self.put("]")
        return True

    def _write_mapping(self, mapping: Mapping) -> bool:
        if mapping.runs:
            return False
        self.put("{")
        for at, key in enumerate(sorted(mapping.entries)):
            self.put(f"{',' if at else ''}{quote(normal(key))}:")
            if not self.write(mapping.entries[key]):
                return False
        self.put("}")
        return True


def encode(value: Value) -> Value:
    """The JSON of a value: known, a text with holes, or unknown where its structure isn't known."""
    writer = _Writer()
    if writer.write(value):
        return text(writer.parts, value.span)
    return Unknown(f"jsonencode({value.symbol})", value.reasons, nullable=False, span=value.span)


def _scalar(value: Known) -> str:
    if value.value is None:
        return "null"
    if isinstance(value.value, bool):
        return "true" if value.value else "false"
    return quote(value.value) if isinstance(value.value, str) else render(value.value)


def _hole(function: str, value: Value) -> Unknown:
    return Unknown(f"{function}({value.symbol})", value.reasons, nullable=False, span=value.span)
