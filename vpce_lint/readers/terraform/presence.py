"""Members that may be missing, where something catches that: inside ``try`` and ``can``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.condition import choose
from vpce_lint.readers.terraform.invalid import invalid
from vpce_lint.type_constraint import BOOL
from vpce_lint.value import Choice, Known, Mapping, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable


def if_there(collection: Value, key: Value, found: Value) -> Value:
    """What an index or attribute gives, or a mistake where the collection may not have that member."""
    if isinstance(found, Unknown) and found.invalid:
        return found
    condition = _presence(collection, key)
    if condition is None:
        return found
    name = f"{collection.symbol}[{key.symbol}]"
    return choose(
        condition, found, invalid(f"{name} may not be there", key.span or collection.span, f"missing({name})")
    )


def _presence(collection: Value, key: Value) -> Value | None:
    """The condition under which the member is there; ``None`` where it certainly is, or that isn't the question."""
    if isinstance(collection, Sequence):
        position = key.value if isinstance(key, Known) and isinstance(key.value, int) else None
        if position is not None and position < collection.least:
            return None
        return _open(f"(length({collection.symbol}) > {key.symbol})", collection, key)
    if isinstance(collection, Mapping):
        if isinstance(key, Known) and (key.value in collection.entries or not collection.runs):
            return None
        if any(isinstance(run.key, Known) and run.key == key for run in collection.runs):
            return None  # the conditions of the entry itself say so
        if any(
            run.key is not None and run.least == run.most == 1 and run.key.equals(key).is_true
            for run in collection.runs
        ):
            return None
        return _open(f"contains(keys({collection.symbol}), {key.symbol})", collection, key)
    if isinstance(collection, Unknown) and collection.type is not None and collection.type.kind in {"list", "map"}:
        return _open(f"({key.symbol} in {collection.symbol})", collection, key)
    return None


def _open(name: str, collection: Value, key: Value) -> Unknown:
    return Unknown(name, (*collection.reasons, *key.reasons), type=BOOL, nullable=False)


def succeeding(value: Value) -> Value:
    """The value without the cases in which Terraform would have stopped.

    Where it always would have, the value is open: who refers to it can't catch the mistake, not even with ``try``, and
    code that is in use shows that what is missing here, such as a file, is there when it is applied. Its name says that
    it isn't what a variable or output is, a value from outside.
    """
    return value if isinstance(value, Known) else _opened(_successes(value))


def _successes(value: Value) -> Value:
    if isinstance(value, Choice):
        then, otherwise = _successes(value.then), _successes(value.otherwise)
        for side, other in ((then, otherwise), (otherwise, then)):
            if isinstance(side, Unknown) and side.invalid and not (isinstance(other, Unknown) and other.invalid):
                return other
        return (
            value
            if then is value.then and otherwise is value.otherwise
            else replace(value, then=then, otherwise=otherwise)
        )
    if isinstance(value, Sequence):
        members = tuple(succeeding(member) for member in value.members)
        return value if _are(members, value.members) else replace(value, members=members)
    if isinstance(value, Mapping):
        entries = {key: succeeding(entry) for key, entry in value.entries.items()}
        runs = tuple(_run(run) for run in value.runs)
        unchanged = _are(entries.values(), value.entries.values()) and _are(runs, value.runs)
        return value if unchanged else replace(value, entries=entries, runs=runs)
    if isinstance(value, Run):
        return _run(value)
    return value


def _run(run: Run) -> Run:
    each = succeeding(run.each)
    return run if each is run.each else replace(run, each=each)


def _are(values: Iterable[Value], others: Iterable[Value]) -> bool:
    return all(value is other for value, other in zip(values, others, strict=True))


def _opened(value: Value) -> Value:
    if isinstance(value, Unknown):
        name = value.name if "(" in value.name else f"invalid({value.name})"
        return replace(value, name=name, invalid=False) if value.invalid else value
    if isinstance(value, Choice):
        then, otherwise = _opened(value.then), _opened(value.otherwise)
        unchanged = then is value.then and otherwise is value.otherwise
        return value if unchanged else replace(value, then=then, otherwise=otherwise)
    return value
