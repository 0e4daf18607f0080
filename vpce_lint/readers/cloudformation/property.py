"""Parts of a property's value: what stands under a key, in one map or in each of a list of them."""

from __future__ import annotations

from msgspec.structs import replace

from vpce_lint.condition import choose, distribute
from vpce_lint.model import ABSENT
from vpce_lint.readers.cloudformation.conditional import flattened
from vpce_lint.readers.cloudformation.intrinsics import invalid, items_of
from vpce_lint.value import Choice, Known, Mapping, Run, Sequence, Unknown, Value


def part(value: Value, *path: str) -> Value:
    """What stands under a key of a map, and under a key of that, and so on; ``null`` where nothing does."""
    for key in path:
        value = _under(value, key)
    return value


def _under(value: Value, key: str) -> Value:
    return distribute(lambda cases: _part(cases[0], key), (value,))


def _part(value: Value, key: str) -> Value:
    if isinstance(value, Mapping):
        found = value.entries.get(key, ABSENT)
        for run in value.runs:
            if not isinstance(run.key, Known):
                if found is ABSENT:  # it may be among what isn't read
                    return Unknown(f"{key} of {value.symbol}", run.reasons, span=run.span or value.span)
            elif run.key.value == key:
                there = run.each
                for condition in run.when:
                    there = choose(condition, there, found)
                found = there
        return found
    if value.is_null.is_true:
        return ABSENT
    if isinstance(value, Unknown):
        return value if value.invalid else Unknown(f"{value.symbol}.{key}", value.reasons, span=value.span)
    return invalid(f"{key} is no part of {value}", value.span)


def parts(listed: Value, *path: str) -> Value:
    """What stands under a key of each map of a list, where something does."""
    return distribute(lambda cases: _parts(cases[0], path), (items_of(listed),))


def _parts(listed: Value, path: tuple[str, ...]) -> Value:
    members: list[Value] = []
    for member in listed.members if isinstance(listed, Sequence) else ():
        if isinstance(member, Run):
            each = part(member.each, *path)
            if not each.is_null.is_true:
                members.append(replace(member, each=each.at(each.span or member.span)))
        else:
            members.extend(flattened((part(member, *path),)))
    return Sequence(tuple(members), "list", span=listed.span)


def maps_in(listed: Value) -> list[tuple[Value, tuple[Value, ...], bool]]:
    """The members of a list, each with the conditions under which it is there and whether it stands for several."""
    found: list[tuple[Value, tuple[Value, ...], bool]] = []
    waiting: list[tuple[Value, tuple[Value, ...]]] = [(items_of(listed), ())]
    while waiting:
        value, when = waiting.pop(0)
        if isinstance(value, Choice):
            waiting[:0] = [(side, (*when, condition)) for condition, side in _sides(value)]
        elif isinstance(value, Sequence):
            for member in value.members:
                if isinstance(member, Run):
                    several = member.most is None or member.most > 1
                    open_ = (_has_members(member),) if not member.when and not member.least else ()
                    found.append((member.each, (*when, *member.when, *open_), several))
                else:
                    found.append((member, when, False))
    return found


def _has_members(run: Run) -> Value:
    return Unknown(f"{run.name} has members", run.reasons, nullable=False)


def _sides(choice: Choice) -> tuple[tuple[Value, Value], tuple[Value, Value]]:
    from vpce_lint.readers.cloudformation.comparison import negate  # noqa: PLC0415 (rare)

    return (choice.condition, choice.then), (negate(choice.condition), choice.otherwise)


def joined(*lists: Value) -> Value:
    """The members of several lists in one."""
    return distribute(_joined, tuple(items_of(each) for each in lists))


def _joined(lists: tuple[Value, ...]) -> Value:
    members = [member for each in lists if isinstance(each, Sequence) for member in each.members]
    return Sequence(tuple(members), "list", span=next((each.span for each in lists if each.span), None))
