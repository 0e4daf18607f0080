"""Functions of sets (the pages of ``setunion``, ``setintersection``, ``setsubtract``, ``setproduct``)."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.readers.terraform.conversion import convert, unify
from vpce_lint.readers.terraform.functions.function import ANY, SET, Call, InvalidError, symbolic
from vpce_lint.readers.terraform.functions.members import bounded, check_comparisons, conditional, ordered, sequence_of
from vpce_lint.readers.terraform.functions.sequences import is_among
from vpce_lint.readers.terraform.set_order import as_set
from vpce_lint.truth import every
from vpce_lint.type_constraint import Type
from vpce_lint.value import Known, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.truth import Truth


def _with_common_type(sets: tuple[Value, ...]) -> list[Sequence]:
    sequences = [sequence_of(item) for item in sets]
    common = unify([member for sequence in sequences for member in sequence.members])
    if common is None:
        msg = "the sets have no type in common"
        raise InvalidError(msg)
    return [_converted(sequence, common) for sequence in sequences]


def _converted(sequence: Sequence, common: Type) -> Sequence:
    converted = convert(sequence, Type("set", common))
    return converted if isinstance(converted, Sequence) else sequence


@symbolic(SET, variadic=SET, returns=SET)
def setunion(call: Call, *sets: Value) -> Value | None:
    """What is in any of the sets."""
    members = [member for sequence in _with_common_type(sets) for member in sequence.members]
    return Sequence(as_set(members), "set", span=call.context.span)


@symbolic(SET, variadic=SET, returns=SET)
def setintersection(call: Call, *sets: Value) -> Value | None:
    """What is in all of the sets."""
    first, *others = _with_common_type(sets)
    check_comparisons(len(first.members), sum(len(other.members) for other in others))
    return _filtered(call, first, lambda member: every(is_among(member, other) for other in others))


@symbolic(SET, SET, returns=SET)
def setsubtract(call: Call, *sets: Value) -> Value | None:
    """What is in the first set and not in the second."""
    first, second = _with_common_type(sets)
    check_comparisons(len(first.members), len(second.members))
    return _filtered(call, first, lambda member: ~is_among(member, second))


def _filtered(call: Call, sequence: Sequence, keep: Callable[[Value], Truth]) -> Value:
    members: list[Value] = []
    for member in sequence.members:
        each = member.each if isinstance(member, Run) else member
        kept = keep(each)
        if kept.is_false:
            continue
        if isinstance(member, Run) and not kept.is_true:
            members.append(replace(member, name=f"{call.name}({member.name})", least=0))
        elif kept.is_true:
            members.append(member)
        else:
            members.append(conditional(member, f"contains({call.symbol}, {member.symbol})", kept.reasons))
    return Sequence(as_set(members), "set", span=call.context.span)


@symbolic(variadic=ANY)
def setproduct(call: Call, *arguments: Value) -> Value | None:
    """All combinations of the sets' members, as tuples; a list where all arguments are lists."""
    if len(arguments) < 2:
        msg = "needs at least two arguments"
        raise InvalidError(msg)
    factors = [_factor(sequence_of(argument)) for argument in arguments]
    kind = "set" if any(factor.kind == "set" for factor in factors) else "list"
    if any(isinstance(member, Run) for factor in factors for member in factor.members):
        return Sequence((_product_run(call, factors),), "set" if kind == "set" else "list", span=call.context.span)
    bounded(prod(len(factor.members) for factor in factors))
    combined = product(*(factor.members for factor in factors))
    members: tuple[Value, ...] = tuple(Sequence(combination) for combination in combined)
    if kind == "set":
        return Sequence(as_set(members), "set", span=call.context.span)
    in_order = all(factor.ordered for factor in factors)
    return Sequence(members, "list", in_order and _ordered_factors(factors), span=call.context.span)


def _ordered_factors(factors: list[Sequence]) -> bool:
    """Whether the members of all sets among the factors stand in Terraform's order."""
    return all(factor.kind != "set" or ordered(factor.members) for factor in factors)


def _factor(sequence: Sequence) -> Sequence:
    common = unify(sequence.members)
    if common is None:
        msg = f"the members have no type in common: {sequence.symbol}"
        raise InvalidError(msg)
    return replace(sequence, members=tuple(convert(member, common) for member in sequence.members))


def _product_run(call: Call, factors: list[Sequence]) -> Run:
    each = Sequence(tuple(_any_member(call, at, factor) for at, factor in enumerate(factors)))
    most: int | None = 1
    for factor in factors:
        most = None if most is None or factor.most is None else most * factor.most
    distinct = all(len(factor.members) == 1 and _is_distinct(factor.members[0]) for factor in factors)
    return Run(call.symbol, each, prod(factor.least for factor in factors), most, distinct=distinct)


def _is_distinct(member: Value) -> bool:
    return not isinstance(member, Run) or member.distinct


def _any_member(call: Call, at: int, factor: Sequence) -> Value:
    if len(factor.members) == 1:
        member = factor.members[0]
        return member.each if isinstance(member, Run) else member
    if factor.members and all(isinstance(member, Known) and member == factor.members[0] for member in factor.members):
        return factor.members[0]
    return Unknown(f"{call.symbol}[*][{at}]", factor.reasons, type=unify(factor.members), span=factor.span)
