"""Members of lists and maps that are there on a condition: ``Fn::If`` with ``AWS::NoValue``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.cloudformation.comparison import negate
from vpce_lint.value import Choice, Run, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_CASES = 32
"""A member that would be there in more cases than this is taken as it is."""


def flattened(members: Iterable[Value]) -> Iterator[Value]:
    """Members without those that are left out; lists among them count as their members.

    A member that is left out on a condition is a run of none or one.
    """
    for member in members:
        if isinstance(member, Sequence):
            yield from flattened(member.members)
        elif isinstance(member, Choice) and _may_vanish(member):
            for value, when in cases(member):
                if isinstance(value, Sequence):
                    yield from _on_condition(flattened(value.members), when)
                elif not value.is_null.is_true:
                    yield from _on_condition((value,), when)
        elif not member.is_null.is_true:
            yield member


def _on_condition(members: Iterable[Value], when: tuple[Value, ...]) -> Iterator[Value]:
    for member in members:
        if isinstance(member, Run):
            most = member.most
            yield Run(
                member.name, member.each, 0, most, when=(*when, *member.when), distinct=member.distinct, why=member.why
            )
        else:
            yield Run(member.symbol, member, 0, 1, when=when, span=member.span)


def cases(value: Value) -> list[tuple[Value, tuple[Value, ...]]]:
    """What a value may be, each with the conditions under which it is that."""
    found: list[tuple[Value, tuple[Value, ...]]] = []
    waiting: list[tuple[Value, tuple[Value, ...]]] = [(value, ())]
    while waiting:
        each, when = waiting.pop()
        if isinstance(each, Choice) and len(waiting) + len(found) < MOST_CASES:
            waiting.append((each.otherwise, (*when, negate(each.condition))))
            waiting.append((each.then, (*when, each.condition)))
        else:
            found.append((each, when))
    return found


def _may_vanish(choice: Choice) -> bool:
    """Whether a side is left out, or a list of its own."""
    return any(value.is_null.is_true or isinstance(value, Sequence) for value, _ in cases(choice))
