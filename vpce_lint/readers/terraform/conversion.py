"""Terraform's conversion of values to types, on values that are only partly known.

Facts: Terraform's "Types and Values" and "Type Constraints" pages (conversion of primitive types,
``optional()`` attributes and their defaults), go-cty's package ``convert``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.condition import choose
from vpce_lint.number import NumberLimitError, parse, render
from vpce_lint.readers.terraform.data import first_invalid, is_known, is_null
from vpce_lint.readers.terraform.invalid import excerpt, invalid
from vpce_lint.readers.terraform.set_order import as_set
from vpce_lint.readers.terraform.type_unification import PRIMITIVES, is_convertible, type_of, unify, unify_types
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import ANY, BOOL, STRING, Type
from vpce_lint.value import (
    Choice,
    Json,
    Known,
    Mapping,
    ResourceObject,
    Run,
    Sequence,
    Text,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.type_constraint import Attribute

__all__ = ["convert", "to_string", "type_of", "under", "unify", "unify_types"]

_NOUNS = {
    "any": "a value",
    "string": "a string",
    "number": "a number",
    "bool": "a bool",
    "list": "a list",
    "set": "a set",
    "map": "a map",
    "tuple": "a tuple",
    "object": "an object",
}


def under(conditions: Iterable[Value], then: Value, otherwise: Value) -> Value:
    """``then`` where all conditions hold, else ``otherwise``."""
    result = then
    for condition in reversed(tuple(conditions)):
        result = choose(condition, result, otherwise)
    return result


def convert(value: Value, type_: Type) -> Value:
    """The value as one of the type; an invalid ``Unknown`` where Terraform would refuse it.

    ``null`` stays ``null``. What is unknown keeps its name where the conversion leaves a value as it
    is, and gets the type; it gets a name of its own where its kind certainly changes.
    """
    if type_.kind == "any" or is_null(value):
        return value
    if isinstance(value, Choice):
        return choose(value.condition, convert(value.then, type_), convert(value.otherwise, type_))
    if isinstance(value, Unknown):
        return _convert_unknown(value, type_)
    if isinstance(value, Run):
        return replace(value, each=convert(value.each, type_))
    if isinstance(value, ResourceObject):
        return _convert_resource(value, type_)
    if type_.kind in PRIMITIVES:
        return _convert_scalar(value, type_)
    if isinstance(value, Sequence) and type_.kind in {"list", "set", "tuple"}:
        return _convert_sequence(value, type_)
    if isinstance(value, Mapping) and type_.kind in {"map", "object"}:
        return _convert_mapping(value, type_)
    return _mismatch(value, type_)


def to_string(value: Value) -> Value:
    """The value as a template takes it; ``null`` and collections are errors there."""
    if is_null(value):
        return invalid("null can't be put into a string", value.span)
    if isinstance(value, Choice):
        return choose(value.condition, to_string(value.then), to_string(value.otherwise))
    if isinstance(value, Unknown) and not value.invalid:
        if value.type and value.type.is_collection:
            return _mismatch(value, STRING)
        return replace(value, nullable=False)
    return convert(value, STRING)


def _mismatch(value: Value, type_: Type) -> Unknown:
    given = _NOUNS[type_of(value).kind] if not isinstance(value, ResourceObject) else "a resource"
    words = f"{_NOUNS[type_.kind]} is needed, not {given}: {excerpt(value.symbol)}"
    return invalid(words, value.span, f"to{type_.kind}({value.symbol})")


def _convert_scalar(value: Value, type_: Type) -> Value:
    if type_.kind == "string":
        return _as_string(value, type_)
    if isinstance(value, Json):
        return _convert_scalar(value.text, type_)
    if isinstance(value, Text):
        return Unknown(f"to{type_.kind}({value.symbol})", value.reasons, type=type_, nullable=False, span=value.span)
    if not isinstance(value, Known):
        return _mismatch(value, type_)
    if type_of(value) == type_:
        return value
    if isinstance(value.value, str):
        return _read_scalar(value, value.value, type_)
    return _mismatch(value, type_)


def _as_string(value: Value, type_: Type) -> Value:
    if isinstance(value, Text | Json):
        return value
    if not isinstance(value, Known):
        return _mismatch(value, type_)
    if isinstance(value.value, str) or value.value is None:
        return value
    if isinstance(value.value, bool):
        return Known("true" if value.value else "false", span=value.span)
    return Known(render(value.value), span=value.span)


def _read_scalar(value: Known, text: str, type_: Type) -> Value:
    if type_ == BOOL:
        read = {"true": True, "1": True, "false": False, "0": False}.get(text)
        return _mismatch(value, type_) if read is None else Known(read, span=value.span)
    try:
        number = parse(text)
    except NumberLimitError as limit:
        return Unknown(f"tonumber({value.symbol})", (Reason(str(limit), value.span),), type=type_, nullable=False)
    return _mismatch(value, type_) if number is None else Known(number, span=value.span)


def _convert_unknown(value: Unknown, type_: Type) -> Value:
    if value.invalid or value.type == type_:
        return value
    source = value.type or ANY
    if not is_convertible(source, type_):
        return _mismatch(value, type_)
    if source.kind == type_.kind or (source == ANY and type_.kind != "set"):
        return replace(value, type=type_)
    return Unknown(f"to{type_.kind}({value.name})", value.why, type=type_, nullable=value.nullable, span=value.span)


def _convert_resource(value: ResourceObject, type_: Type) -> Value:
    if type_.kind == "object":
        entries = {
            name: convert(_present(value.attribute(name), attribute), attribute.type)
            for name, attribute in type_.attributes
        }
        return Mapping(entries, span=value.span)
    if type_.kind == "map":
        return Unknown(f"tomap({value.symbol})", (), type=type_, nullable=False, span=value.span)
    return _mismatch(value, type_)


def _convert_sequence(value: Sequence, type_: Type) -> Value:
    if type_.kind == "tuple":
        return _convert_tuple(value, type_)
    element = type_.element or ANY
    members = _convert_members(value.members, element)
    if isinstance(members, Unknown):
        return members
    refused = first_invalid(members)
    if refused is not None:
        return refused
    if type_.kind == "set":
        return Sequence(as_set(members), "set", span=value.span)
    ordered = value.ordered and (value.kind != "set" or len(members) < 2 or all(map(is_known, members)))
    return Sequence(members, "list", ordered, span=value.span)


def _convert_members(members: tuple[Value, ...], element: Type) -> tuple[Value, ...] | Unknown:
    """The members converted, where the element type is open to one that all have in common."""
    if element.kind != "any":
        members = tuple(convert(member, element) for member in members)
    if not _is_open(element):
        return members
    common = unify(members)
    if common is None:
        words = "the members have no type in common"
        return invalid(words, members[0].span if members else None, Sequence(members).symbol)
    return members if common == ANY else tuple(convert(member, common) for member in members)


def _is_open(type_: Type) -> bool:
    if type_.kind == "any":
        return True
    parts = [*type_.items, *(attribute.type for _, attribute in type_.attributes)]
    return any(_is_open(part) for part in (*parts, *((type_.element,) if type_.element else ())))


def _convert_tuple(value: Sequence, type_: Type) -> Value:
    if not value.is_exact:
        return Unknown(f"totuple({value.symbol})", value.reasons, type=type_, nullable=False, span=value.span)
    if value.kind != "tuple" or len(value.members) != len(type_.items):
        return _mismatch(value, type_)
    members = tuple(map(convert, value.members, type_.items))
    refused = first_invalid(members)
    return Sequence(members, "tuple", span=value.span) if refused is None else refused


def _convert_mapping(value: Mapping, type_: Type) -> Value:
    if type_.kind == "object":
        return _convert_object(value, type_)
    parts = _convert_members((*value.entries.values(), *value.runs), type_.element or ANY)
    if isinstance(parts, Unknown):
        return parts
    entries = dict(zip(value.entries, parts, strict=False))
    refused = first_invalid(entries.values())
    runs = tuple(part for part in parts if isinstance(part, Run))
    return Mapping(entries, runs, "map", span=value.span) if refused is None else refused


def _convert_object(value: Mapping, type_: Type) -> Value:
    entries: dict[str, Value] = {}
    for name, attribute in type_.attributes:
        given = _given(value, name)
        if given is None and not attribute.optional:
            return invalid(f'the attribute "{name}" is needed: {excerpt(value.symbol)}', value.span, value.symbol)
        converted = convert(_present(given, attribute), attribute.type)
        if first_invalid((converted,)) is not None:
            return converted
        entries[name] = converted
    return Mapping(entries, span=value.span)


def _given(value: Mapping, name: str) -> Value | None:
    """What a mapping has under a name; ``null`` in the cases in which it has nothing."""
    if name in value.entries:
        return value.entries[name]
    given: Value | None = None
    for run in value.runs:
        if run.key is None or not isinstance(run.key, Known):
            return Unknown(f'{value.symbol}["{name}"]', run.reasons, span=value.span)
        if run.key.value == name:
            given = under(run.when, run.each, Known(None) if given is None else given)
    return given


def _present(given: Value | None, attribute: Attribute) -> Value:
    """An attribute's value, or its default where it is missing or ``null``."""
    if given is None:
        given = Known(None)
    if attribute.default is None:
        return given
    absent = given.is_null
    if absent.value is not None:
        return attribute.default if absent.value else given
    condition = Unknown(f"({given.symbol} == null)", given.reasons, type=BOOL, nullable=False)
    return choose(condition, attribute.default, given)
