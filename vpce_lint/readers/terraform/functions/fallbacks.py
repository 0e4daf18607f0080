"""Functions that take the first argument that will do: ``try``, ``can``, ``coalesce``, ``coalescelist``."""

from __future__ import annotations

from vpce_lint.readers.terraform.conversion import convert, unify
from vpce_lint.readers.terraform.functions.function import ANY, BOOL, NULLABLE, Call, InvalidError, symbolic
from vpce_lint.readers.terraform.functions.members import is_sequence, sequence_of
from vpce_lint.readers.terraform.functions.sequences import is_empty
from vpce_lint.readers.terraform.set_order import is_any_of_many
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Truth, every, unknown
from vpce_lint.value import Choice, Json, Known, Mapping, Reference, Run, Sequence, Text, Unknown, Value

_STATIC = regex(r"(var|local|path|terraform)\.[\w-]+|module\.[\w-]+\.[\w-]+|(data\.)?[\w-]+\.[\w-]+\.[\w-]+")
"""Names whose evaluation can't fail: Terraform checks them before it evaluates anything."""


@symbolic(variadic=NULLABLE)
def try_(call: Call, *arguments: Value) -> Value | None:
    """The first argument that can be evaluated."""
    left = list(arguments)
    while left and is_valid(left[0]).is_false:
        del left[0]
    if not left:
        msg = "no argument can be evaluated"
        raise InvalidError(msg)
    if is_valid(left[0]).is_true:
        return left[0]
    return Call(call.name, tuple(left), call.context).unknown(nullable=True)


@symbolic(NULLABLE, returns=BOOL)
def can(call: Call, value: Value) -> Value | None:
    """Whether the argument can be evaluated."""
    valid = is_valid(value)
    return call.unknown(BOOL) if valid.value is None else Known(valid.value, span=call.context.span)


def is_valid(value: Value) -> Truth:
    """Whether Terraform can work the value out; unknown where what it is taken from may not have it."""
    if isinstance(value, Unknown):
        return _is_valid_unknown(value)
    if isinstance(value, Sequence):
        return every(is_valid(member) for member in value.members)
    if isinstance(value, Mapping):
        return every(is_valid(member) for member in (*value.entries.values(), *value.runs))
    if isinstance(value, Text):
        return every(is_valid(part) for part in value.parts if isinstance(part, Value))
    if isinstance(value, Json):
        return is_valid(value.document)
    if isinstance(value, Run):
        return is_valid(value.each) if value.least else is_valid(value.each) | unknown(*value.reasons)
    if isinstance(value, Choice):
        sides = is_valid(value.then), is_valid(value.otherwise)
        return sides[0] if sides[0].value is sides[1].value else unknown(*value.reasons)
    return TRUE


def _is_valid_unknown(value: Unknown) -> Truth:
    if value.invalid:
        return FALSE
    certain = isinstance(value, Reference) or value.type is not None or _STATIC.fullmatch(value.name)
    return TRUE if certain else unknown(*value.why)


@symbolic(variadic=NULLABLE)
def coalesce(call: Call, *arguments: Value) -> Value | None:
    """The first argument that is neither ``null`` nor an empty string."""
    if not arguments:
        msg = "needs at least one argument"
        raise InvalidError(msg)
    common = unify(arguments)
    if common is None:
        msg = "the arguments have no type in common"
        raise InvalidError(msg)
    left = [argument for argument in arguments if not is_empty(argument).is_true]
    if not left:
        msg = "all arguments are null or empty"
        raise InvalidError(msg)
    if is_empty(left[0]).is_false or (left[0].is_null.is_false and common.is_collection):
        return convert(left[0], common)
    if all(left[0].equals(other).is_true and not is_any_of_many(other) for other in left[1:]):
        return convert(left[0], common)
    return Call(call.name, tuple(left), call.context).unknown(None if common == ANY else common)


@symbolic(variadic=NULLABLE)
def coalescelist(call: Call, *arguments: Value) -> Value | None:
    """The first argument that has members."""
    if not arguments:
        msg = "needs at least one argument"
        raise InvalidError(msg)
    left: list[Value] = []
    for argument in arguments:
        if argument.is_null.is_true:
            continue
        sequence = sequence_of(argument)
        if not left and sequence.least and (is_sequence(argument) and argument.is_null.is_false):
            return argument
        if sequence.most != 0:
            left.append(argument)
    if not left:
        msg = "all lists are empty"
        raise InvalidError(msg)
    return Call(call.name, tuple(left), call.context).unknown()
