"""Functions that make lists of other lists (the "Collection Functions" pages of Terraform's documentation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.readers.terraform.conversion import convert, unify
from vpce_lint.readers.terraform.data import first_invalid, is_known
from vpce_lint.readers.terraform.functions.function import (
    ANY,
    LIST,
    NUMBER,
    STRINGS,
    Call,
    InvalidError,
    exact,
    integer_of,
    symbolic,
    whole,
)
from vpce_lint.readers.terraform.functions.limits import LONGEST_RANGE
from vpce_lint.readers.terraform.functions.members import bounded, check_comparisons, conditional, ordered, sequence_of
from vpce_lint.readers.terraform.indexing import member_of
from vpce_lint.readers.terraform.set_order import MOST_COMPARED
from vpce_lint.readers.terraform.set_order import distinct as without_repeats
from vpce_lint.truth import FALSE, Truth, every
from vpce_lint.type_constraint import Type
from vpce_lint.value import Choice, Known, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.number import Number


@symbolic(variadic=ANY)
def concat(call: Call, *arguments: Value) -> Value | None:
    """All lists in a row: a list where all are lists with a common type, else a tuple."""
    if not arguments:
        msg = "needs at least one argument"
        raise InvalidError(msg)
    lists = [sequence_of(argument) for argument in arguments]
    if any(item.kind == "set" for item in lists):
        msg = "takes lists, not sets"
        raise InvalidError(msg)
    members = tuple(member for item in lists for member in item.members)
    bounded(len(members))
    kind = "list" if all(item.kind == "list" for item in lists) else "tuple"
    common = unify(members) if kind == "list" else None
    if common is not None:
        members = tuple(convert(member, common) for member in members)
    in_order = all(item.ordered for item in lists)
    return Sequence(members, "list" if common is not None else "tuple", in_order, span=call.context.span)


@symbolic(LIST, NUMBER, returns=Type("list", LIST))
def chunklist(call: Call, items: Value, size: Value) -> Value | None:
    """The list cut into lists of at most ``size`` members."""
    length = integer_of(size)
    if isinstance(size, Known) and (length is None or length < 0):
        msg = f"the size is a whole number from 0, not {size.symbol}"
        raise InvalidError(msg)
    if length is None or not isinstance(items, Sequence) or not items.is_exact:
        return None
    members = items.members
    step = length or max(len(members), 1)
    chunks = (Sequence(members[at : at + step], "list") for at in range(0, len(members), step))
    return Sequence(tuple(chunks), "list", span=call.context.span)


@symbolic(STRINGS, returns=STRINGS)
def compact(call: Call, items: Value) -> Value | None:
    """The list without empty strings and nulls; what may be empty is there on that condition."""
    sequence = sequence_of(items)
    members = tuple(kept for member in sequence.members for kept in _without_empty(member))
    return Sequence(members, "list", sequence.ordered, span=call.context.span)


def _without_empty(member: Value) -> tuple[Value, ...]:
    each = member.each if isinstance(member, Run) else member
    empty = is_empty(each)
    if empty.is_true:
        return ()
    if empty.is_false:
        return (member,)
    if isinstance(member, Run):
        return (replace(member, name=f"compact({member.name})", least=0),)
    if isinstance(each, Choice) and is_empty(each.otherwise).is_true and is_empty(each.then).is_false:
        return (Run(each.then.symbol, each.then, 0, 1, when=(each.condition,), distinct=True),)
    return (conditional(each, f'({each.symbol} != "")', each.reasons),)


def is_empty(value: Value) -> Truth:
    """Whether a string is empty or ``null``."""
    if isinstance(value, Text) and any(isinstance(part, str) for part in value.parts):
        return FALSE
    if isinstance(value, Unknown) and getattr(value, "attribute", "") in {"id", "arn"}:
        return FALSE
    return value.is_null | value.is_("")


@symbolic(LIST, returns=LIST)
def distinct(call: Call, items: Value) -> Value | None:
    """The list without repetitions; what may repeat an earlier member is there on that condition."""
    sequence = sequence_of(items)
    kept: list[Value] = []
    all_known = True
    for member in without_repeats(sequence.members):
        if isinstance(member, Run):
            all_known = False
            kept.append(_without_repeats(member, is_first=not kept))
        else:
            all_known = all_known and is_known(member)
            kept.append(member if all_known else _unless_repeated(member, kept))
    return Sequence(tuple(kept), "list", sequence.ordered, span=call.context.span)


def _without_repeats(run: Run, *, is_first: bool) -> Run:
    if run.distinct and is_first:
        return run
    return replace(run, name=f"distinct({run.name})", least=min(run.least, int(is_first)), distinct=True)


def _unless_repeated(member: Value, kept: list[Value]) -> Value:
    if len(kept) > MOST_COMPARED:
        return conditional(member, f"distinct({member.symbol})", member.reasons)
    others = [other.each if isinstance(other, Run) else other for other in kept]
    apart = every(~member.equals(other) for other in others)
    if apart.is_true:
        return member
    return conditional(member, f"!contains({Sequence(tuple(others)).symbol}, {member.symbol})", apart.reasons)


@symbolic(ANY)
def flatten(call: Call, items: Value) -> Value | None:
    """Lists within the list replaced by their members, at every depth."""
    sequence = sequence_of(items)
    members: list[Value] = []
    in_order = _flatten_into(members, sequence)
    return Sequence(tuple(members), "tuple", in_order, span=call.context.span)


def _flatten_into(members: list[Value], sequence: Sequence) -> bool:
    """Add the members within; whether they stand in their order."""
    in_order = sequence.ordered and (sequence.kind != "set" or ordered(sequence.members))
    for member in sequence.members:
        bounded(len(members))
        if isinstance(member, Sequence):
            in_order &= _flatten_into(members, member)
        elif isinstance(member, Run):
            in_order &= _flatten_run(members, member)
        elif isinstance(member, Choice):
            members.extend(_flatten_choice(member))
        elif isinstance(member, Unknown) and _may_be_list(member):
            members.append(_open_run(member))
        else:
            members.append(member)
    return in_order


def _flatten_choice(choice: Choice) -> list[Value]:
    """A choice between lists: each side's members on its condition."""
    sides = (choice.then, choice.otherwise)
    if not any(isinstance(side, Sequence) or (isinstance(side, Unknown) and _may_be_list(side)) for side in sides):
        return [choice]
    negated = Unknown(
        f"!{choice.condition.symbol}",
        choice.condition.reasons,
        type=Type("bool"),
        formula=("not", (choice.condition,)),
        nullable=False,
    )
    result: list[Value] = []
    for side, condition in ((choice.then, choice.condition), (choice.otherwise, negated)):
        within: list[Value] = []
        _flatten_into(within, Sequence((side,)))
        result.extend(_on(member, condition) for member in within)
    return result


def _on(member: Value, condition: Value) -> Run:
    if isinstance(member, Run):
        return replace(member, least=0, when=(condition, *member.when))
    return Run(member.symbol, member, 0, 1, when=(condition,), distinct=True)


def _flatten_run(members: list[Value], run: Run) -> bool:
    within: list[Value] = []
    in_order = _flatten_into(within, Sequence((run.each,)))
    if run.most == 1 and run.when:
        members.extend(_times(run, member) for member in within)
        return in_order
    members.extend(_times(run, member) for member in within)
    return in_order and len(within) <= 1


def _times(run: Run, member: Value) -> Run:
    """What a member of each member of a run becomes."""
    inner = member if isinstance(member, Run) else Run(member.symbol, member, 1, 1)
    most = None if run.most is None or inner.most is None else run.most * inner.most
    whole_run = member is run.each and run.key is None
    name = run.name if whole_run else f"flatten({run.name}→{inner.name})"
    alone = (run.most == 1 and inner.distinct) or (whole_run and run.distinct)
    return Run(name, inner.each, run.least * inner.least, most, when=(*run.when, *inner.when), distinct=alone)


def _may_be_list(value: Unknown) -> bool:
    if value.type is not None and value.type.kind != "any":
        return value.type.kind in {"list", "set", "tuple"}
    attribute = str(getattr(value, "attribute", ""))
    return not attribute.endswith(("id", "arn", "name", "cidr_block", "availability_zone"))


def _open_run(value: Unknown) -> Run:
    sequence = sequence_of(value)
    run = sequence.members[0]
    if value.type is None and isinstance(run, Run):
        each = Unknown(f"flatten([{value.name}])[*]", value.why, span=value.span)
        return replace(run, name=f"flatten([{value.name}])", each=each)
    return run if isinstance(run, Run) else Run(value.name, run)


@symbolic(LIST, LIST, LIST, returns=LIST)
def matchkeys(call: Call, values: Value, keys: Value, wanted: Value) -> Value | None:
    """The values whose keys are among the wanted ones."""
    items, names, among = sequence_of(values), sequence_of(keys), sequence_of(wanted)
    if not items.is_exact or not names.is_exact:
        return None
    check_comparisons(len(names.members), len(among.members))
    if len(items.members) != len(names.members):
        msg = "needs as many keys as values"
        raise InvalidError(msg)
    members: list[Value] = []
    for item, name in zip(items.members, names.members, strict=True):
        found = is_among(name, among)
        if found.is_unknown:
            members.append(conditional(item, f"contains({among.symbol}, {name.symbol})", found.reasons))
        elif found.is_true:
            members.append(item)
    return Sequence(tuple(members), "list", span=call.context.span)


def is_among(value: Value, sequence: Sequence) -> Truth:
    """Whether a value equals some member."""
    result = FALSE
    for member in sequence.members:
        if isinstance(member, Run):
            equal = member.each.equals(value)
            if not equal.is_false and (member.least == 0 or not isinstance(member.each, Known)):
                equal = Truth(None, (*member.reasons, *value.reasons))
            result |= equal
        else:
            result |= member.equals(value)
        if result.is_true:
            break
    return result


@symbolic(variadic=NUMBER, returns=Type("list", NUMBER))
def range_(call: Call, *limits: Value) -> Value | None:
    """Numbers from a start up to a limit; of an unknown limit alone, a run of as many members."""
    if not 1 <= len(limits) <= 3:
        msg = "takes one, two or three arguments"
        raise InvalidError(msg)
    numbers = [limit.value for limit in limits if isinstance(limit, Known)]
    if len(numbers) == len(limits):
        return call.value(_numbers([number for number in numbers if not isinstance(number, str | None)]))
    limit = limits[0]
    if len(limits) == 1 and isinstance(limit, Unknown) and (limit.least or 0) >= 0 and limit.least is not None:
        each = Unknown(f"{call.symbol}[*].index", limit.why, type=NUMBER, least=0, nullable=False)
        return Sequence((Run(call.symbol, each, limit.least, limit.most, distinct=True),), "list")
    return None


def _numbers(limits: list[Number]) -> list[Number]:
    from vpce_lint.number import add  # noqa: PLC0415 (numbers with decimals are rare)

    start, end = (0, limits[0]) if len(limits) == 1 else (limits[0], limits[1])
    step = limits[2] if len(limits) == 3 else -1 if end < start else 1
    if step == 0 or (end > start if step < 0 else end < start):
        msg = f"a step of {step} never gets from {start} to {end}"
        raise InvalidError(msg)
    found: list[Number] = []
    while start < end if step > 0 else start > end:
        if len(found) >= LONGEST_RANGE:
            msg = f"would have more than {LONGEST_RANGE} members"
            raise InvalidError(msg)
        found.append(start)
        start = add(start, step)
    return found


@symbolic(ANY)
def reverse(call: Call, items: Value) -> Value | None:
    """The members from last to first; a set as a list."""
    sequence = sequence_of(items)
    kind = "list" if sequence.kind == "set" else sequence.kind
    in_order = sequence.ordered and (sequence.kind != "set" or ordered(sequence.members))
    members = tuple(
        replace(member, name=f"reverse({member.name})") if isinstance(member, Run) and member.most != 1 else member
        for member in reversed(sequence.members)
    )
    return Sequence(members, kind, in_order, span=call.context.span)


@symbolic(ANY, NUMBER, NUMBER)
def slice_(call: Call, items: Value, start: Value, end: Value) -> Value | None:
    """The members from ``start`` up to ``end``, which are assumed to be there where their number is not known."""
    sequence = sequence_of(items)
    if sequence.kind == "set":
        msg = "takes a list, not a set"
        raise InvalidError(msg)
    kind = sequence.kind
    first = _position(start)
    if first is None:
        return None
    last = _position(end)
    if last is None:
        return _slice_to(call, sequence, first, end)
    _check_bounds(sequence, first, last)
    bounded(last - first)
    members = tuple(member_of(sequence, Known(index)) for index in range(first, last))
    refused = first_invalid(members)
    return Sequence(members, kind, span=call.context.span) if refused is None else refused


def _position(value: Value) -> int | None:
    if not isinstance(value, Known):
        return None
    position = whole(value.value, "an index")
    if position < 0:
        msg = f"an index is not less than 0, as {position} is"
        raise InvalidError(msg)
    return position


def _check_bounds(sequence: Sequence, first: int, last: int) -> None:
    if first > last or (sequence.most is not None and last > sequence.most):
        msg = f"from {first} to {last} is outside {sequence.symbol}"
        raise InvalidError(msg)


def _slice_to(call: Call, sequence: Sequence, first: int, end: Value) -> Value | None:
    """A slice whose end is not known."""
    least, most = _bounds(end)
    if sequence.is_exact:
        members: list[Value] = []
        for index, member in enumerate(sequence.members[first:], start=first):
            if most is not None and most <= index:
                break
            there = least is not None and least > index
            members.append(member if there else conditional(member, f"({end.symbol} > {index})", end.reasons))
        return Sequence(tuple(members), sequence.kind, span=call.context.span)
    run = sequence.members[0]
    if len(sequence.members) > 1 or not isinstance(run, Run):
        return None
    fewest = max((least or 0) - first, 0)
    if most is None or (run.most is not None and run.most < most):
        most = run.most
    each = run.each if not isinstance(run.each, Unknown) else replace(run.each, name=f"{call.symbol}[*]")
    part = Run(call.symbol, each, fewest, most if most is None else max(most - first, 0), distinct=run.distinct)
    return Sequence((part,), sequence.kind, span=call.context.span)


def _bounds(value: Value) -> tuple[int | None, int | None]:
    return (value.least, value.most) if isinstance(value, Unknown) else (None, None)


def _sort_partly(call: Call, items: Value) -> Value | None:
    if not isinstance(items, Sequence):
        return None
    if any(member.is_null.is_true for member in items.members):
        msg = "can't sort null"
        raise InvalidError(msg)
    members = items.members
    if len(members) == 1 and isinstance(members[0], Run) and type(members[0].each) is Unknown:
        # Another order of the same members: which is the first has a name of its own.
        name = f"sort({members[0].name})"
        run = replace(members[0], name=name, each=replace(members[0].each, name=f"{name}[*]"))
        return Sequence((run,), "list", span=call.context.span)
    return Sequence(members, "list", ordered(members), span=call.context.span)


@exact(STRINGS, returns=STRINGS, partly=_sort_partly)
def sort(items: list[str]) -> list[str]:
    """The strings in the order of their code points."""
    if None in items:
        msg = "can't sort null"
        raise InvalidError(msg)
    return sorted(items)
