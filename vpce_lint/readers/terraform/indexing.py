"""Members and attributes of values: ``collection[index]``, ``element()``, ``object.name``.

Facts: Terraform's "Indices and Attributes" page and the page of ``element``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.condition import choose, distribute
from vpce_lint.readers.terraform.conversion import convert, under
from vpce_lint.readers.terraform.invalid import excerpt, invalid
from vpce_lint.readers.terraform.operators import equality
from vpce_lint.truth import gather
from vpce_lint.type_constraint import ANY, NUMBER, STRING
from vpce_lint.value import (
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
    from vpce_lint.type_constraint import Type

MOST_ENTRIES = 12
"""A map with more entries than this is not gone through for a key that isn't known."""

MOST_CONDITIONAL = 8
"""An index behind more conditional members than this is not followed."""


def member_of(collection: Value, index: Value, *, wraps: bool = False) -> Value:
    """``collection[index]``, or ``element(collection, index)`` where the index ``wraps``.

    Where Terraform would stop, the result is an invalid ``Unknown`` that says so. Where the index
    leads into members whose number is not known, the member is assumed to be there.
    """
    return distribute(lambda parts: _member_of(parts[0], parts[1], wraps=wraps), (collection, index))


def attribute_of(value: Value, name: str) -> Value:
    """``value.name``; an invalid ``Unknown`` where Terraform would stop."""
    return distribute(lambda parts: _attribute_of(parts[0], name), (value,))


def _member_of(collection: Value, index: Value, *, wraps: bool) -> Value:
    name = _name_of(collection, index, wraps=wraps)
    for value in (collection, index):
        if isinstance(value, Unknown) and value.invalid:
            return value
        if value.is_null.is_true:
            words = "null has no members" if value is collection else "null is no index"
            return invalid(f"{words}: {name}", index.span or collection.span, name)
    if isinstance(collection, Mapping) and not wraps:
        return _entry(collection, index, name)
    if isinstance(collection, Sequence):
        return _item(collection, index, name, wraps=wraps)
    if isinstance(collection, Unknown):
        return _member_of_unknown(collection, index, name)
    if isinstance(collection, ResourceObject) and isinstance(index, Known) and isinstance(index.value, str):
        return collection.attribute(index.value)
    if isinstance(collection, ResourceObject) and not isinstance(index, Known):
        return Unknown(name, index.reasons, span=index.span)
    return invalid(f"{_noun(collection)} has no members: {name}", index.span or collection.span, name)


def _name_of(collection: Value, index: Value, *, wraps: bool) -> str:
    if wraps:
        return f"element({collection.symbol}, {index.symbol})"
    return f"{collection.symbol}[{index.symbol}]"


def _noun(value: Value) -> str:
    if isinstance(value, Text | Json) or (isinstance(value, Known) and isinstance(value.value, str)):
        return "a string"
    if isinstance(value, Known):
        return "a bool" if isinstance(value.value, bool) else "a number"
    return "a resource" if isinstance(value, ResourceObject) else "a collection"


def _entry(mapping: Mapping, index: Value, name: str) -> Value:
    key = convert(index, STRING)
    if isinstance(key, Json):
        key = key.text
    if isinstance(key, Unknown) and key.invalid:
        return key
    if isinstance(key, Known) and isinstance(key.value, str):
        return _entry_of_known_key(mapping, key.value, name)
    for run in mapping.runs:
        if run.key is not None and run.least == run.most == 1 and run.key.equals(key).is_true:
            return run.each
    if len(mapping.runs) == 1 and not mapping.entries and _iterates(mapping.runs[0], key):
        return mapping.runs[0].each
    if not mapping.runs and mapping.entries and _all_equal(tuple(mapping.entries.values())):
        return next(iter(mapping.entries.values()))
    if not mapping.runs and 0 < len(mapping.entries) <= MOST_ENTRIES:
        return _entry_of_open_key(mapping, key)
    return Unknown(name, gather((*key.reasons, *mapping.reasons)), span=index.span)


def _iterates(run: Run, key: Value) -> bool:
    """Whether a key is the one that stands for any of the run's keys: both go through the same collection."""
    return run.key is not None and "[*]" in key.symbol and run.key.symbol == key.symbol


def _entry_of_open_key(mapping: Mapping, key: Value) -> Value:
    """One of the entries; that the key is none of theirs would be a mistake."""
    names = list(mapping.entries)
    value = mapping.entries[names[-1]]
    for name in reversed(names[:-1]):
        value = choose(equality(key, Known(name), key.span), mapping.entries[name], value)
    return value


def _member_of_run(run: Run, key: Known, *, wraps: bool = False) -> Value:
    from vpce_lint.readers.terraform.run_member import member_of_run  # noqa: PLC0415 (few lists are open)

    return member_of_run(run, key, wraps=wraps)


def _entry_of_known_key(mapping: Mapping, key: str, name: str) -> Value:
    if key in mapping.entries:
        return mapping.entries[key]
    missing: Value = invalid(f'there is no member "{key}" in {excerpt(mapping.symbol)}', mapping.span, name)
    open_ = [run for run in mapping.runs if not isinstance(run.key, Known)]
    if len(open_) == 1:
        missing = _member_of_run(open_[0], Known(key))
    elif open_:
        missing = Unknown(name, gather(reason for run in open_ for reason in run.reasons), span=mapping.span)
    for run in mapping.runs:
        if isinstance(run.key, Known) and run.key.value == key:
            missing = under(run.when, run.each, missing)
    return missing


def _is_uniform(sequence: Sequence) -> bool:
    if not sequence.members or any(isinstance(member, Run) for member in sequence.members):
        return False
    return _all_equal(sequence.members)


def _all_equal(members: tuple[Value, ...]) -> bool:
    return all(members[0].equals(member).is_true for member in members)


def _item(sequence: Sequence, index: Value, name: str, *, wraps: bool) -> Value:
    span = index.span or sequence.span
    if sequence.kind == "set":
        return invalid(f"the members of a set have no order: {name}", span, name)
    number = convert(index, NUMBER)
    if isinstance(number, Unknown) and number.invalid:
        return number
    if not isinstance(number, Known):
        return _item_of_unknown_index(sequence, number, name)
    position = number.value
    if not isinstance(position, int) or position < 0:
        return invalid(f"an index is a whole number from 0, not {number.symbol}", span, name)
    if sequence.is_exact:
        return _item_of_exact(sequence, position, name, wraps=wraps)
    if sequence.most is not None and position >= sequence.most and (not wraps or sequence.most == 0):
        return _out_of_range(position, sequence.most, sequence, name)
    found = _item_at(sequence.members, position, wraps=wraps) if sequence.ordered else None
    return found if found is not None else Unknown(name, sequence.reasons, span=span)


def _item_of_unknown_index(sequence: Sequence, index: Value, name: str) -> Value:
    if _is_uniform(sequence):
        return sequence.members[0]
    if sequence.most == 0:
        return invalid("an empty list has no members", index.span, name)
    return Unknown(name, gather((*index.reasons, *sequence.reasons)), span=index.span)


def _item_of_exact(sequence: Sequence, position: int, name: str, *, wraps: bool) -> Value:
    members = sequence.members
    if wraps and members:
        return members[position % len(members)]
    if position < len(members):
        return members[position]
    return _out_of_range(position, len(members), sequence, name)


def _out_of_range(position: int, most: int, sequence: Sequence, name: str) -> Unknown:
    count = f"{'' if sequence.is_exact else 'at most '}{most} member{'' if most == 1 else 's'}"
    return invalid(f"index {position} is out of range: the list has {count}", sequence.span, name)


def _item_at(members: tuple[Value, ...], position: int, *, wraps: bool) -> Value | None:
    """The member at a position of a sequence with runs; ``None`` where it is not known which one that is."""
    conditional = 0
    for at, member in enumerate(members):
        if not isinstance(member, Run):
            if position == 0:
                return member
            position -= 1
            continue
        rest = members[at + 1 :]
        if position < member.least or (not rest and not wraps):
            return _member_of_run(member, Known(position))
        if member.least == member.most:
            position -= member.least
        elif member.when and (member.least, member.most) == (0, 1) and not wraps and conditional < MOST_CONDITIONAL:
            return _item_behind(member, rest, position)
        elif len(members) == 1:
            return _member_of_run(member, Known(position), wraps=wraps)
        else:
            return None
    return None


def _item_behind(member: Run, rest: tuple[Value, ...], position: int) -> Value | None:
    """The member at a position of a conditional member and what follows it."""
    without = _item_in_rest(rest, position)
    within = member.each if position == 0 else _item_in_rest(rest, position - 1)
    if within is None or without is None:
        return None
    return under(member.when, within, without)


def _item_in_rest(rest: tuple[Value, ...], position: int) -> Value | None:
    if sum(isinstance(member, Run) for member in rest) > MOST_CONDITIONAL:
        return None
    sequence = Sequence(rest)
    if sequence.is_exact:
        return _item_of_exact(sequence, position, f"{sequence.symbol}[{position}]", wraps=False)
    return _item_at(rest, position, wraps=False)


def _member_of_unknown(collection: Unknown, index: Value, name: str) -> Value:
    type_ = collection.type or ANY
    span = index.span or collection.span
    if type_.kind == "set":
        return invalid(f"the members of a set have no order: {name}", span, name)
    if type_.kind in {"string", "number", "bool"}:
        return invalid(f"a {type_.kind} has no members: {name}", span, name)
    if type_.kind == "object" and isinstance(index, Known) and isinstance(index.value, str):
        return _attribute_of(collection, index.value)
    key = convert(index, NUMBER if type_.kind in {"list", "tuple"} else STRING if type_.kind == "map" else ANY)
    if isinstance(key, Unknown) and key.invalid:
        return key
    element = _element_type(type_, key)
    return Unknown(name, gather((*collection.why, *index.reasons)), type=element, span=span)


def _element_type(type_: Type, key: Value) -> Type | None:
    if type_.kind == "tuple" and isinstance(key, Known) and isinstance(key.value, int):
        return type_.items[key.value] if 0 <= key.value < len(type_.items) else None
    return type_.element


def _attribute_of(value: Value, name: str) -> Value:
    if isinstance(value, Mapping):
        return _entry_of_known_key(value, name, f"{value.symbol}.{name}")
    if isinstance(value, ResourceObject):
        return value.attribute(name)
    symbol = f"{value.symbol}.{name}"
    if not isinstance(value, Unknown):
        what = "null" if value.is_null.is_true else "a list" if isinstance(value, Sequence) else _noun(value)
        return invalid(f'{what} has no attribute "{name}": {excerpt(symbol)}', value.span, symbol)
    if value.invalid:
        return value
    type_ = value.type or ANY
    if type_.kind in {"any", "map"}:
        return Unknown(symbol, value.why, type=type_.element, span=value.span)
    attribute = type_.attribute(name)
    if type_.kind != "object" or attribute is None:
        return invalid(f'a value of type {type_.kind} has no attribute "{name}": {excerpt(symbol)}', value.span, symbol)
    nullable = not (attribute.optional and attribute.default is not None)
    return Unknown(symbol, value.why, type=attribute.type, nullable=nullable, span=value.span)
