"""Conditions on the attributes of a resource, with three values: what a rule in YAML consists of.

A condition is a function from a resource to a ``Decision``. Nothing here decides more than the operations of
``Value`` and ``Truth`` do: what they leave open stays open, for their reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.truth import FALSE, TRUE, Reason, Truth, every, some, unknown
from vpce_lint.value import Choice, Json, Known, Reference, Run, Text, Unknown, Value, either
from vpce_lint.value import Sequence as Members

if TYPE_CHECKING:
    from vpce_lint.model import Resource


class Decision(Struct, frozen=True):
    """Whether a condition holds, and the value that decides it."""

    holds: Truth
    at: Value


Condition = Callable[["Resource"], Decision]
Test = Callable[[Value], Truth]


def attribute(name: str, tests: Iterable[Test]) -> Condition:
    """That an attribute of the resource passes all of the tests."""
    tests = tuple(tests)

    def decide(resource: Resource) -> Decision:
        value: Value = getattr(resource, name)
        return Decision(every(_explained(test(value), name, value) for test in tests), value)

    return decide


def all_of(conditions: Sequence[Condition]) -> Condition:
    """That all of them hold, of which there is at least one."""
    return _joined(conditions, every)


def any_of(conditions: Sequence[Condition]) -> Condition:
    """That one of them holds, of which there is at least one."""
    return _joined(conditions, some)


def negated(condition: Condition) -> Condition:
    """That it doesn't hold."""

    def decide(resource: Resource) -> Decision:
        decision = condition(resource)
        return Decision(~decision.holds, decision.at)

    return decide


def is_scalar(value: Value, scalar: Known) -> Truth:
    """Whether a value is this text or truth value; open where it is of the other type, which no value is meant to be."""
    if isinstance(value, Choice):
        return either(value, lambda side: is_scalar(side, scalar))
    written = value.value if isinstance(value, Known) else "" if isinstance(value, Text | Json) else None
    if written is not None and isinstance(written, bool) is not isinstance(scalar.value, bool):
        return unknown(Reason(f"the rule compares {value.symbol} with {scalar.symbol}", value.span))
    return value.equals(scalar)


def has_member(value: Value, wanted: Test) -> Truth:
    """Whether a list has a member that passes a test; ``null`` has none."""
    if isinstance(value, Choice):
        return either(value, lambda side: has_member(side, wanted))
    if isinstance(value, Members):
        return some(_is_there(member, wanted) for member in value.members)
    return _without_members(value)


def has_at_least(value: Value, number: int) -> Truth:
    """Whether a list has so many different members, at least one; ``null`` has none."""
    if isinstance(value, Choice):
        return either(value, lambda side: has_at_least(side, number))
    if isinstance(value, Members):
        present = (member.each for member in value.members if isinstance(member, Run) and member.least > 0)
        certain = Members(tuple(filter(_is_certain, (*value.members, *present))), "set")
        if certain.least >= number:
            return TRUE
        possible = Members(_different(value.members), "set")
        if possible.most is not None and possible.most < number:
            return FALSE
        same = Reason("some of its members may be the same", value.span)
        return unknown(*(value.reasons or (same,)))
    return _without_members(value)


def _joined(conditions: Sequence[Condition], join: Callable[[Iterable[Truth]], Truth]) -> Condition:
    def decide(resource: Resource) -> Decision:
        decisions = [condition(resource) for condition in conditions]
        holds = join(decision.holds for decision in decisions)
        alike = [decision for decision in decisions if decision.holds.value is holds.value]
        as_sure = (decision for decision in alike if decision.holds.likely is holds.likely)
        return Decision(holds, next(as_sure, (alike or decisions)[0]).at)

    return decide


def _explained(holds: Truth, name: str, value: Value) -> Truth:
    """The truth, with a reason where it is unknown without one, as ids are that AWS will give."""
    if holds.value is not None or holds.reasons:
        return holds
    return unknown(Reason(f"what {name} is, {value.symbol}, is known only when it is deployed", value.span))


def _is_there(member: Value, wanted: Test) -> Truth:
    """Whether a member, or one of a run's, passes a test."""
    if not isinstance(member, Run):
        return wanted(member)
    each = wanted(member.each)
    if each.is_ruled_out or member.most == 0:
        return FALSE
    if each.is_true and member.least > 0:
        return each
    number = Reason(f"the number of members of {member.name} is not known", member.span)
    return unknown(*(each.reasons if each.is_unknown else ()), *(member.reasons or (number,)))


def _is_certain(member: Value) -> bool:
    """Whether a member is there; ``null`` is none, and what AWS has to be given isn't ``null`` where it is a variable."""
    return isinstance(member, Unknown) or member.is_null.is_false


def _different(members: Iterable[Value]) -> tuple[Value, ...]:
    """The members that may be there, without those that certainly are the same as one before."""
    kept: dict[object, Value] = {}
    for member in members:
        if not member.is_null.is_true:
            same = isinstance(member, Known) or (isinstance(member, Reference) and not member.family)
            kept.setdefault(member if same else len(kept), member)
    return tuple(kept.values())


def _without_members(value: Value) -> Truth:
    """The answer about a value that isn't written as a list."""
    if isinstance(value, Known) and value.value is None:
        return FALSE
    if isinstance(value, Unknown):
        return unknown(*value.reasons)
    return unknown(Reason(f"{value.symbol} is no list", value.span))
