"""Arguments of a resource and of its nested blocks, put together as the model wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.condition import choose, distribute
from vpce_lint.model import ABSENT
from vpce_lint.readers.aws_terraform import sequence_of
from vpce_lint.truth import gather
from vpce_lint.value import Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.readers.described import DescribedBlock


def at_most_one(value: Value) -> Sequence:
    """A list of the value, empty where it is ``null``."""
    return Sequence((value,), span=value.span) if not value.is_null.is_true else Sequence((), span=value.span)


def inner(blocks: Iterable[DescribedBlock], name: str) -> Value:
    """An argument of a block that may be there once; ``null`` where it isn't."""
    value: Value = ABSENT
    for block in blocks:
        inner = block.argument(name)
        if block.family:
            reasons = gather((*inner.reasons, *(reason for each in block.when for reason in each.reasons)))
            inner = Unknown(f"{inner.symbol} of any {name}", reasons, span=block.span)
        for condition in block.when:
            inner = choose(condition, inner, value)
        value = inner
    return value


def values_of(blocks: Iterable[DescribedBlock], name: str) -> Sequence:
    """An argument of all blocks of a type, where it is given."""
    members: list[Value] = []
    for block in blocks:
        value = block.argument(name)
        if value.is_null.is_true:
            continue
        if block.family or block.when:
            most = block.most if block.family else 1
            members.append(Run(value.symbol, value, 0, most, when=block.when, span=value.span))
        else:
            members.append(value)
    return Sequence(tuple(members))


def lists_of(blocks: Iterable[DescribedBlock], name: str) -> Value:
    """The members of a list that each block of a type has."""
    found: Value = Sequence(())
    for block in blocks:
        inner = sequence_of(block.argument(name))
        for condition in block.when:
            inner = choose(condition, inner, Sequence(()))
        found = distribute(_joined, (found, inner)).at(inner.span)
    return found


def _joined(lists: tuple[Value, ...]) -> Value:
    members = [member for each in lists if isinstance(each, Sequence) for member in each.members]
    return Sequence(tuple(members), span=lists[-1].span)
