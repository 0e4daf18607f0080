"""Members that may be missing, where something catches that: inside ``try`` and ``can``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint.condition import choose
from vpce_lint.readers.terraform.invalid import invalid
from vpce_lint.type_constraint import BOOL
from vpce_lint.value import Choice, Known, Mapping, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


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


def succeeding(value: Value, identity: Callable[[], str] | None = None) -> Value:
    """The value without the cases in which Terraform would have stopped.

    Where it always would have, the value is open: who refers to it can't catch the mistake, not even with ``try``, and
    code that is in use shows that what is missing here, such as a file, is there when it is applied. Its name says that
    it isn't what a variable or output is, a value from outside; and what it was read for, by the ``identity`` of the whole
    value, for one mistake may stand in the way of many values.
    """
    return value if isinstance(value, Known) else _Opening(identity).of(value, "")


class _Opening(Struct):
    """Opens what always fails in one value; its identity is worked out where something does."""

    identity: Callable[[], str] | None
    _known: str | None = None

    def of(self, value: Value, path: str) -> Value:
        """The part of the value that a path leads to, opened."""
        return value if isinstance(value, Known) else self._opened(self._successes(value, path), path)

    def _successes(self, value: Value, path: str) -> Value:
        if isinstance(value, Choice):
            then, otherwise = self._successes(value.then, path), self._successes(value.otherwise, path)
            for side, other in ((then, otherwise), (otherwise, then)):
                if isinstance(side, Unknown) and side.invalid and not (isinstance(other, Unknown) and other.invalid):
                    return other
            return (
                value
                if then is value.then and otherwise is value.otherwise
                else replace(value, then=then, otherwise=otherwise)
            )
        if isinstance(value, Sequence):
            members = tuple(self._part(member, path, at) for at, member in enumerate(value.members))
            return value if _are(members, value.members) else replace(value, members=members)
        if isinstance(value, Mapping):
            entries = {key: self._part(entry, path, key) for key, entry in value.entries.items()}
            runs = tuple(self._run(run, path) for run in value.runs)
            unchanged = _are(entries.values(), value.entries.values()) and _are(runs, value.runs)
            return value if unchanged else replace(value, entries=entries, runs=runs)
        return self._run(value, path) if isinstance(value, Run) else value

    def _part(self, part: Value, path: str, key: str | int) -> Value:
        if isinstance(part, Known):
            return part
        return self._run(part, path) if isinstance(part, Run) else self.of(part, f"{path}.{key}")

    def _run(self, run: Run, path: str) -> Run:
        each = self.of(run.each, f"{path}[*]")
        return run if each is run.each else replace(run, each=each)

    def _opened(self, value: Value, path: str) -> Value:
        if isinstance(value, Unknown):
            return replace(value, name=self._name(value.name, path), invalid=False) if value.invalid else value
        if isinstance(value, Choice):
            then, otherwise = self._opened(value.then, path), self._opened(value.otherwise, path)
            unchanged = then is value.then and otherwise is value.otherwise
            return value if unchanged else replace(value, then=then, otherwise=otherwise)
        return value

    def _name(self, name: str, path: str) -> str:
        if self.identity is not None:
            self._known = name = self._known or self.identity()
        return f"{name if '(' in name else f'invalid({name})'}{path}"


def _are(values: Iterable[Value], others: Iterable[Value]) -> bool:
    return all(value is other for value, other in zip(values, others, strict=True))
