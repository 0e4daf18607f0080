"""The order and the distinctness of a set's members, as Terraform has them (go-cty, ``set_internals.go``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.number import render
from vpce_lint.readers.terraform.data import is_known
from vpce_lint.value import Json, Known, Mapping, Run, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

MOST_COMPARED = 300
"""Beyond so many members that are not known, only equal symbols count as equal members."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def as_set(members: Iterable[Value]) -> tuple[Value, ...]:
    """The distinct members: known ones in Terraform's order, then the others in theirs, then runs."""
    known: dict[object, list[Value]] = {}
    others: list[Value] = []
    runs: list[Value] = []
    for member in members:
        if isinstance(member, Run):
            runs.append(member)
        elif is_known(member):
            alike = known.setdefault(_sort_key(member), [])
            if not any(member.equals(other).is_true for other in alike):
                alike.append(member)
        else:
            others.append(member)
    ordered = [member for alike in known.values() for member in alike]
    return (*sorted(ordered, key=_sort_key), *distinct(others), *runs)


def distinct(members: Iterable[Value]) -> tuple[Value, ...]:
    """The members without those that certainly equal an earlier one; runs stay as they are."""
    kept: list[Value] = []
    seen: set[object] = set()
    for member in members:
        if isinstance(member, Run) or is_any_of_many(member):
            kept.append(member)
            continue
        identity = member if isinstance(member, Known) else (type(member), member.symbol)
        if identity in seen or _is_among(member, kept):
            continue
        seen.add(identity)
        kept.append(member)
    return tuple(kept)


def _is_among(member: Value, kept: list[Value]) -> bool:
    if isinstance(member, Known) or len(kept) > MOST_COMPARED:
        return False
    return any(member.equals(other).is_true for other in kept if not isinstance(other, Run))


def is_any_of_many(value: Value) -> bool:
    """Whether the value stands for any one of an unknown number of instances, so that it may differ from itself."""
    return bool(getattr(value, "family", False))


def _sort_key(value: Value) -> tuple[int, str | int | Fraction]:
    """Terraform's order among members of one type; null comes last."""
    if isinstance(value, Json):
        value = value.text
    if not isinstance(value, Known):
        return 2, _set_key(value)
    if value.value is None:
        return 3, 0
    return (1, value.value) if isinstance(value.value, str) else (0, value.value)


def _set_key(value: Value) -> str:
    """The text by which go-cty orders members that are no primitives."""
    if isinstance(value, Sequence):
        inner = "".join(f"{_set_key(member)};" for member in value.members)
        return f"<{inner}>" if value.kind == "tuple" else f"[{inner}]"
    if isinstance(value, Mapping):
        keys = sorted(value.entries)
        if value.kind == "map":
            return "{" + "".join(f"{_quote(key)}:{_set_key(value.entries[key])};" for key in keys) + "}"
        return "<" + "".join(f"{_set_key(value.entries[key])};" for key in keys) + ">"
    return _scalar_key(value.text if isinstance(value, Json) else value)


def _scalar_key(value: Value) -> str:
    scalar = value.value if isinstance(value, Known) else None
    if scalar is None:
        return "~"
    if isinstance(scalar, bool):
        return "T" if scalar else "F"
    if isinstance(scalar, str):
        return _quote(scalar)
    try:
        return f"{float(scalar):.10g}"
    except OverflowError:
        return render(scalar)


def _quote(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'
