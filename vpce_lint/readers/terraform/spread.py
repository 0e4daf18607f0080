"""Going through the members of a value, as ``for``, ``for_each``, ``dynamic`` and splats do."""

from __future__ import annotations

from msgspec import Struct

from vpce_lint.limits import WORK
from vpce_lint.type_constraint import STRING
from vpce_lint.value import Json, Known, Mapping, ResourceObject, Run, Sequence, Text, Unknown, Value


class Item(Struct, frozen=True):
    """One member: its key (index, map key or, in a set, the member itself) and value.

    ``run``: it stands for all members of that run.
    """

    key: Value
    value: Value
    run: Run | None = None


def items_of(value: Value) -> tuple[Item, ...] | None:
    """The members in order, a set's and a map's as Terraform orders them; ``None`` where the value has none.

    A value that is not known is taken for a collection with any number of members.
    """
    if isinstance(value, Sequence):
        WORK.left -= len(value.members)
        return tuple(_sequence_items(value))
    if isinstance(value, Mapping):
        WORK.left -= len(value.entries)
        entries = [Item(Known(key), entry) for key, entry in sorted(value.entries.items())]
        return (*entries, *(_run_item(run) for run in value.runs))
    if isinstance(value, Unknown) and not value.invalid:
        if value.type is not None and not value.type.is_collection and value.type.kind != "any":
            return None
        return (_run_item(run_of(value)),)
    return None


def run_of(value: Unknown) -> Run:
    """An unknown collection as one run of members: ``var.endpoints`` has ``var.endpoints[*]`` for each."""
    kind = value.type.kind if value.type else "any"
    element = value.type.element if value.type else None
    why = value.why
    each = Unknown(f"{value.name}[*]", why, type=element)
    key: Value | None = None
    if kind not in {"list", "tuple"}:
        key = each if kind == "set" else Unknown(f"{value.name}[*].key", why, type=STRING, nullable=False)
    return Run(value.name, each, key=key, distinct=kind == "set", why=why)


def _sequence_items(sequence: Sequence) -> list[Item]:
    items: list[Item] = []
    exact = sequence.ordered
    for index, member in enumerate(sequence.members):
        if isinstance(member, Run):
            exact = False
            items.append(_run_item(member, in_set=sequence.kind == "set"))
        elif sequence.kind == "set":
            items.append(Item(member, member))
        else:
            key = Known(index) if exact else Unknown(f"index({sequence.symbol}, {member.symbol})", sequence.reasons)
            items.append(Item(key, member))
    return items


def _run_item(run: Run, *, in_set: bool = False) -> Item:
    key = run.key
    if key is None:
        key = run.each if in_set else Unknown(f"{run.name}[*].index", run.reasons, nullable=False)
    return Item(key, run.each, run)


def key_text(key: Value) -> Value:
    """A ``for_each`` or map key as a string."""
    if isinstance(key, Known) and not isinstance(key.value, str) and key.value is not None:
        return Known(str(key), span=key.span)
    if isinstance(key, Json):
        return key.text
    return key


def is_scalar(value: Value) -> bool:
    """Whether the value certainly is a single string, number or bool, so that a splat wraps it in a list."""
    if isinstance(value, Known | Text | Json | ResourceObject | Mapping):
        return True
    return isinstance(value, Unknown) and value.type is not None and value.type.kind in {"string", "number", "bool"}
