"""Reasoning under conditions that are not known: what follows if one of them holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.limits import WORK
from vpce_lint.truth import FALSE, TRUE, Truth, every, some, unknown
from vpce_lint.value import Choice, Json, Known, Mapping, Run, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Facts = dict[str, bool]

MOST_CASES = 64
"""A value that would differ in more cases than this is taken as unknown."""


def facts_of(condition: Value, *, holds: bool) -> Facts:
    """What follows, by symbol, from a condition being so: of ``a && b``, that both are."""
    facts: Facts = {}
    waiting = [(condition, holds)]
    while waiting:
        value, wanted = waiting.pop()
        WORK.left -= 1
        if isinstance(value, Known):
            continue
        if WORK.left < 0:
            break  # fewer facts decide less
        if facts.get(value.symbol) is wanted:
            continue
        facts[value.symbol] = wanted
        if isinstance(value, Unknown) and value.formula:
            connective, operands = value.formula
            if connective == "not":
                waiting.append((operands[0], not wanted))
            elif (connective == "and") is wanted:
                waiting.extend((operand, wanted) for operand in operands)
        elif isinstance(value, Choice):
            waiting.extend(_facts_of_choice(value, wanted=wanted))
    return facts


def _facts_of_choice(choice: Choice, *, wanted: bool) -> list[tuple[Value, bool]]:
    if _is_bool(choice.otherwise, wanted=not wanted):
        return [(choice.condition, True), (choice.then, wanted)]
    if _is_bool(choice.then, wanted=not wanted):
        return [(choice.condition, False), (choice.otherwise, wanted)]
    return []


def _is_bool(value: Value, *, wanted: bool) -> bool:
    return isinstance(value, Known) and value.value is wanted


def facts_of_all(conditions: Iterable[Value]) -> Facts:
    """What follows from all of the conditions holding."""
    facts: Facts = {}
    for condition in conditions:
        facts.update(facts_of(condition, holds=True))
    return facts


def decide(condition: Value, facts: Facts) -> Truth:
    """Whether a condition holds, given the facts."""
    return _decide(condition, facts, None)


def _decide(condition: Value, facts: Facts, decided: dict[int, Truth] | None) -> Truth:
    """The same; ``decided`` keeps, by the identity of each part, what was found of it under these facts."""
    if decided is None:
        return _decided(condition, facts, None)
    if id(condition) not in decided:
        decided[id(condition)] = _decided(condition, facts, decided)
    return decided[id(condition)]


def _decided(condition: Value, facts: Facts, parts: dict[int, Truth] | None) -> Truth:
    WORK.left -= 1
    if WORK.left < 0:
        return unknown(WORK.reason)
    if isinstance(condition, Known):
        return TRUE if condition.value is True else FALSE if condition.value is False else unknown()
    known = facts.get(condition.symbol)
    if known is not None:
        return TRUE if known else FALSE
    if isinstance(condition, Unknown) and condition.formula:
        connective, operands = condition.formula
        decided = [_decide(operand, facts, parts) for operand in operands]
        WORK.left -= len(decided)
        if connective == "not":
            return ~decided[0]
        return every(decided) if connective == "and" else some(decided)
    if isinstance(condition, Choice):
        guard = _decide(condition.condition, facts, parts)
        then, otherwise = _decide(condition.then, facts, parts), _decide(condition.otherwise, facts, parts)
        if guard.is_unknown and then.value is otherwise.value and then.value is not None:
            return then
        return (guard & then) | (~guard & otherwise)
    return unknown(*condition.reasons)


def decide_all(conditions: Iterable[Value], facts: Facts) -> Truth:
    """Whether all conditions hold, given the facts."""
    return every(decide(condition, facts) for condition in conditions)


def open_part(condition: Value, facts: Facts) -> Value | None:
    """What to take for true, then for false, where the facts don't decide a condition: of ``a && b``, ``a`` first."""
    part = condition
    decided: dict[int, Truth] = {}  # the parts live as long as the condition: their ids stay their own
    while _decide(part, facts, decided).is_unknown:
        if isinstance(part, Unknown) and part.formula:
            part = next(operand for operand in part.formula[1] if _decide(operand, facts, decided).is_unknown)
        elif isinstance(part, Choice) and _decide(part.condition, facts, decided).is_unknown:
            part = part.condition
        elif isinstance(part, Choice):
            part = part.then if _decide(part.condition, facts, decided).is_true else part.otherwise
        else:
            return part
    return None


def assume(value: Value, facts: Facts) -> Value:
    """The value under the facts: choices that they decide are made, conditional members come or go."""
    if not facts or WORK.left < 0:
        return value
    if isinstance(value, Unknown):
        WORK.left -= 1
        return Known(facts[value.symbol], span=value.span) if value.symbol in facts else value
    if not value.is_conditional:
        return value
    WORK.left -= 2
    if isinstance(value, Choice):
        guard = decide(value.condition, facts)
        if guard.value is not None:
            return assume(value.then if guard.value else value.otherwise, facts)
        then, otherwise = assume(value.then, facts), assume(value.otherwise, facts)
        return (
            value if then is value.then and otherwise is value.otherwise else choose(value.condition, then, otherwise)
        )
    if isinstance(value, Text):
        WORK.left -= len(value.parts) // 2
        parts = tuple(assume(part, facts) if isinstance(part, Value) else part for part in value.parts)
        unchanged = all(new is old for new, old in zip(parts, value.parts, strict=True))
        return value if unchanged else text(parts, value.span)
    if isinstance(value, Sequence):
        WORK.left -= len(value.members) // 2
        members = tuple(member for old in value.members for member in _assume_member(old, facts))
        return value if members == value.members else replace(value, members=members)
    if isinstance(value, Mapping):
        return _assume_mapping(value, facts)
    if isinstance(value, Json):
        document, written = assume(value.document, facts), assume(value.text, facts)
        return value if document is value.document else replace(value, document=document, text=written)
    return value


def _assume_member(member: Value, facts: Facts) -> tuple[Value, ...]:
    if not isinstance(member, Run):
        return (assume(member, facts),)
    each = assume(member.each, facts)
    if not member.when:
        return (replace(member, each=each),)
    there = decide_all(member.when, facts)
    if there.is_false:
        return ()
    if there.is_true:
        if member.most == 1:
            return (each,)
        return (replace(member, each=each, when=()),)
    return (replace(member, each=each),)


def _assume_mapping(mapping: Mapping, facts: Facts) -> Mapping:
    WORK.left -= len(mapping.entries) // 2
    entries = {key: assume(value, facts) for key, value in mapping.entries.items()}
    runs: list[Run] = []
    for run in mapping.runs:
        there = decide_all(run.when, facts)
        if there.is_false:
            continue
        each = assume(run.each, facts)
        if there.is_true and run.when and isinstance(run.key, Known) and isinstance(run.key.value, str):
            entries[run.key.value] = each
        elif there.is_true and run.when and run.most == 1:
            runs.append(replace(run, each=each, when=(), least=1))
        else:
            runs.append(replace(run, each=each, when=() if there.is_true else run.when))
    return replace(mapping, entries=entries, runs=tuple(runs))


def choose(condition: Value, then: Value, otherwise: Value) -> Value:
    """``condition ? then : otherwise``: decided where the condition is known or both sides are the same."""
    if isinstance(condition, Known):
        return then if condition.value is True else otherwise
    then = assume(then, facts_of(condition, holds=True))
    otherwise = assume(otherwise, facts_of(condition, holds=False))
    if then.equals(otherwise).is_true:
        return then
    if _is_bool(then, wanted=True) and _is_bool(otherwise, wanted=False):
        return condition
    return Choice(condition, then, otherwise, span=then.span or otherwise.span)


def distribute(apply: Callable[[tuple[Value, ...]], Value], arguments: tuple[Value, ...]) -> Value:
    """Apply a function to each case of its arguments' choices; the cases agree on every condition."""
    return _distribute(apply, arguments, [MOST_CASES])


def _distribute(
    apply: Callable[[tuple[Value, ...]], Value], arguments: tuple[Value, ...], cases_left: list[int]
) -> Value:
    for chosen in arguments:
        if isinstance(chosen, Choice):
            break
    else:
        return apply(arguments)
    if cases_left[0] <= 0 or WORK.left < 0:
        return apply(tuple(map(_flatten, arguments)))
    cases_left[0] -= 1
    sides: list[Value] = []
    for holds in (True, False):
        facts = facts_of(chosen.condition, holds=holds)
        sides.append(_distribute(apply, tuple(assume(argument, facts) for argument in arguments), cases_left))
    return choose(chosen.condition, sides[0], sides[1])


def _flatten(value: Value) -> Value:
    """A choice too many: only its identity stays."""
    return Unknown(value.symbol, value.reasons, span=value.span) if isinstance(value, Choice) else value
