"""Functions that ask about the members of a collection: how many, which one, whether all hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.conversion import under
from vpce_lint.readers.terraform.data import is_known
from vpce_lint.readers.terraform.functions.function import (
    ANY,
    BOOL,
    BOOLS,
    NUMBER,
    Call,
    InvalidError,
    parts_of,
    string_of,
    symbolic,
)
from vpce_lint.readers.terraform.functions.graphemes import clusters
from vpce_lint.readers.terraform.functions.members import sequence_of
from vpce_lint.readers.terraform.functions.sequences import is_among
from vpce_lint.readers.terraform.indexing import member_of
from vpce_lint.readers.terraform.run_member import member_of_run
from vpce_lint.truth import FALSE, TRUE, Truth, every, some
from vpce_lint.value import Json, Known, Mapping, ResourceObject, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from typing import Literal

MOST_CONDITIONAL = 3
"""The length of a collection with more conditional members than this is given by its bounds alone."""


@symbolic(ANY, returns=NUMBER)
def length(call: Call, value: Value) -> Value | None:
    """The number of members, or of a string's characters; of conditional members, a choice of numbers."""
    if isinstance(value, Known | Text | Json):
        return _length_of_string(call, value)
    if isinstance(value, ResourceObject):
        return call.unknown(NUMBER, least=1)
    if isinstance(value, Sequence | Mapping):
        return _length_of_collection(call, value)
    kind = value.type if isinstance(value, Unknown) else None
    if kind and kind.kind in {"number", "bool"}:
        msg = f"a {kind.kind} has no members"
        raise InvalidError(msg)
    if kind and kind.kind == "tuple":
        return Known(len(kind.items))
    return call.unknown(NUMBER, least=0)


def _length_of_string(call: Call, value: Value) -> Value:
    known = string_of(value)
    if known is not None:
        return Known(len(clusters(known)))
    if isinstance(value, Known):
        msg = f"takes a collection or a string, not {value.symbol}"
        raise InvalidError(msg)
    first = parts_of(value)[0]
    return call.unknown(NUMBER, least=len(clusters(first)) if isinstance(first, str) else 0)


def _length_of_collection(call: Call, value: Sequence | Mapping) -> Value:
    if isinstance(value, Sequence) and is_known(value):
        return Known(len(value.members))
    if value.least == value.most:
        return Known(value.least)
    runs = value.runs if isinstance(value, Mapping) else value.members
    conditional = [run for run in runs if isinstance(run, Run) and run.when and (run.least, run.most) == (0, 1)]
    others = sum(run.least != run.most for run in runs if isinstance(run, Run)) - len(conditional)
    is_set = isinstance(value, Sequence) and value.kind == "set"
    if others or is_set or not 0 < len(conditional) <= MOST_CONDITIONAL:
        return call.unknown(NUMBER, least=value.least, most=value.most)
    return _count(value.least, conditional)


def _count(certain: int, conditional: list[Run]) -> Value:
    if not conditional:
        return Known(certain)
    first, *rest = conditional
    return under(first.when, _count(certain + 1, rest), _count(certain, rest))


@symbolic(ANY)
def one(call: Call, items: Value) -> Value | None:
    """The only member; ``null`` where there is none."""
    sequence = sequence_of(items)
    if sequence.least > 1:
        msg = f"takes a list of at most one member, not {sequence.symbol}"
        raise InvalidError(msg)
    if sequence.most == 0:
        return Known(None, span=call.context.span)
    if len(sequence.members) == 1:
        return _only(call, sequence.members[0])
    return call.unknown(nullable=True)


def _only(call: Call, member: Value) -> Value:
    if not isinstance(member, Run):
        return member
    only = member_of_run(member, Known(0))
    if member.least:
        return only
    if member.when and member.most == 1:
        return under(member.when, only, Known(None, span=call.context.span))
    return call.unknown(nullable=True)


@symbolic(ANY, NUMBER)
def element(_call: Call, items: Value, index: Value) -> Value | None:
    """The member at an index that starts over behind the last member."""
    sequence = sequence_of(items)
    if sequence.most == 0:
        msg = "an empty list has no members"
        raise InvalidError(msg)
    return member_of(items, index, wraps=True)


@symbolic(ANY, ANY, returns=NUMBER)
def index(call: Call, items: Value, wanted: Value) -> Value | None:
    """The position of the first member that equals a value."""
    sequence = sequence_of(items)
    if sequence.kind == "set":
        msg = "takes a list, not a set"
        raise InvalidError(msg)
    if not sequence.ordered:
        return None
    for position, member in enumerate(sequence.members):
        equal = member.each.equals(wanted) if isinstance(member, Run) else member.equals(wanted)
        if equal.is_true and not isinstance(member, Run):
            return Known(position)
        if not equal.is_false or isinstance(member, Run):
            return call.unknown(NUMBER, least=position)
    msg = f"{wanted.symbol} is not in {sequence.symbol}"
    raise InvalidError(msg)


@symbolic(ANY, ANY, returns=BOOL)
def contains(call: Call, items: Value, wanted: Value) -> Value | None:
    """Whether some member equals a value."""
    return _bool(call, is_among(wanted, sequence_of(items)))


def _bool(call: Call, truth: Truth) -> Value:
    if truth.value is None:
        return call.unknown(BOOL)
    return Known(truth.value, span=call.context.span)


@symbolic(BOOLS, returns=BOOL)
def alltrue(call: Call, items: Value) -> Value | None:
    """Whether all members are true; ``null`` counts as false."""
    return _connect(call, sequence_of(items), "and")


@symbolic(BOOLS, returns=BOOL)
def anytrue(call: Call, items: Value) -> Value | None:
    """Whether some member is true; ``null`` counts as false."""
    return _connect(call, sequence_of(items), "or")


def _connect(call: Call, sequence: Sequence, connective: Literal["and", "or"]) -> Value:
    truths = [_holds(member) for member in sequence.members]
    decided = every(truths) if connective == "and" else some(truths)
    if decided.value is not None:
        return _bool(call, decided)
    plain = sequence.is_exact and all(member.is_null.is_false for member in sequence.members)
    return call.unknown(BOOL, formula=(connective, sequence.members) if plain else None)


def _holds(member: Value) -> Truth:
    if isinstance(member, Run):
        within = _holds(member.each)
        return within if member.least and is_known(member.each) else Truth(None, member.reasons)
    if isinstance(member, Known):
        return TRUE if member.value is True else FALSE
    return Truth(None, member.reasons)
