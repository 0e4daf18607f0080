"""Wholly known values as plain Python data, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from vpce_lint.value import Json, Known, Mapping, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.source import Span


def is_known(value: Value) -> bool:
    """Whether nothing in the value is open."""
    if isinstance(value, Known):
        return True
    if isinstance(value, Sequence):
        return (value.ordered or len(value.members) < 2) and all(is_known(member) for member in value.members)
    if isinstance(value, Mapping):
        return not value.runs and all(is_known(entry) for entry in value.entries.values())
    return isinstance(value, Json) and isinstance(value.text, Known)


def to_data(value: Value) -> Any:
    """A wholly known value as a scalar, list or dict; numbers stay ``int`` or ``Fraction``."""
    if isinstance(value, Sequence):
        return [to_data(member) for member in value.members]
    if isinstance(value, Mapping):
        return {key: to_data(entry) for key, entry in value.entries.items()}
    return cast(Known, value.text if isinstance(value, Json) else value).value


def from_data(data: Any, span: Span | None = None) -> Value:
    """The value of plain data: lists become lists, tuples tuples, dicts objects; values stay as they are."""
    if isinstance(data, Value):
        return data
    if isinstance(data, str):
        return Known(normal(data), span=span)
    if isinstance(data, list):
        return Sequence(tuple(from_data(item, span) for item in data), "list", span=span)
    if isinstance(data, tuple):
        return Sequence(tuple(from_data(item, span) for item in data), "tuple", span=span)
    if isinstance(data, dict):
        return Mapping({normal(key): from_data(data[key], span) for key in sorted(data)}, span=span)
    return Known(data, span=span)


def normal(text: str) -> str:
    """The text in normal form C, which Terraform brings every string into (go-cty, ``cty.NormalizeString``)."""
    if text.isascii():
        return text
    from unicodedata import normalize  # noqa: PLC0415 (most text is ASCII)

    return normalize("NFC", text)


def is_null(value: Value) -> bool:
    """Whether the value certainly is ``null``."""
    return value.is_null.is_true


def first_invalid(values: Iterable[Value]) -> Value | None:
    """The first value at which Terraform certainly stops with an error."""
    return next((value for value in values if getattr(value, "invalid", False)), None)
