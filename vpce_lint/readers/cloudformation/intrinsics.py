"""Intrinsic functions on values that are worked out already.

Source: CloudFormation User Guide, "Intrinsic function reference", a page for each function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.condition import distribute
from vpce_lint.limits import WORK
from vpce_lint.readers.cloudformation.comparison import as_text
from vpce_lint.readers.cloudformation.conditional import flattened
from vpce_lint.readers.cloudformation.dynamic_reference import looked_up
from vpce_lint.readers.cloudformation.parameters import split as split_open
from vpce_lint.regex import regex
from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import STRING
from vpce_lint.value import Choice, Known, Mapping, Member, Reference, Run, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.source import Span
    from vpce_lint.type_constraint import Type

LONGEST_TEXT = 1_000_000
"""A text of more characters isn't put together; a whole template holds no more."""

_HOLE = regex(r"\$\{([^}]*)\}")


def invalid(words: str, span: Span | None) -> Unknown:
    """The value of what CloudFormation would refuse."""
    return Unknown(f"invalid({words})", (Reason(words, span),), invalid=True, span=span)


def unknown_call(function: str, arguments: tuple[Value, ...], span: Span | None, type_: Type | None = None) -> Unknown:
    """The result of a function that can't be worked out: the same for the same arguments."""
    refused = next((each for each in arguments if isinstance(each, Unknown) and each.invalid), None)
    if refused is not None:
        return refused
    name = f"{function}({', '.join(argument.symbol for argument in arguments)})"
    reasons = gather(reason for argument in arguments for reason in argument.reasons)
    why = reasons or (Reason(f"Fn::{function} is not worked out", span),)
    return Unknown(name, why, type=type_, nullable=False, span=span)


def sub_parts(template: str) -> Iterator[tuple[str, str]]:
    """The pieces of a ``Fn::Sub`` text: ``("text", ...)`` and ``("name", ...)`` in turn; ``${!X}`` is text ``${X}``."""
    end = 0
    for match in _HOLE.finditer(template, 0, template.rfind("}") + 1):  # behind the last one each "${" would be in vain
        yield "text", template[end : match.start()]
        name = match[1].strip()
        if name.startswith("!"):
            yield "text", "${" + match[1].strip()[1:] + "}"
        else:
            yield "name", name
        end = match.end()
    yield "text", template[end:]


def concatenated(parts: list[str | Value], span: Span | None) -> Value:
    """A text of pieces; a list among them makes it unknown, as does one that isn't there."""
    holes = tuple(part for part in parts if isinstance(part, Value))

    def put_together(values: tuple[Value, ...]) -> Value:
        filled = iter(values)
        pieces = [part if isinstance(part, str) else as_text(next(filled)) for part in parts]
        for piece in pieces:
            if isinstance(piece, Unknown) and piece.invalid:
                return piece
            if isinstance(piece, Sequence | Mapping) or (isinstance(piece, Value) and piece.is_null.is_true):
                return invalid("a text is made of texts", span)
        length = sum(map(_length, pieces))
        WORK.left -= len(pieces) + length // 100
        if length > LONGEST_TEXT:
            return Unknown(
                "too long a text",
                (WORK.reached(f"a text is longer than {LONGEST_TEXT:,} characters", span),),
                span=span,
            )
        return looked_up(text(pieces, span).at(span))

    return distribute(put_together, holes)


def _length(piece: str | Value) -> int:
    """The characters of a piece of text, those of its holes as people read them."""
    if isinstance(piece, Text):
        return sum(map(_length, piece.parts))
    return len(piece if isinstance(piece, str) else str(piece))


def join(delimiter: Value, members: Value, span: Span | None) -> Value:
    """``Fn::Join``."""

    def joined(values: tuple[Value, ...]) -> Value:
        between, listed = as_text(values[0]), values[1]
        if isinstance(listed, Known | Text):
            return invalid("Fn::Join needs a list", span)
        if not isinstance(listed, Sequence) or not isinstance(between, Known | Text):
            return unknown_call("Join", values, span, STRING)
        if any(isinstance(member, Run) for member in listed.members):
            return unknown_call("Join", values, span, STRING)
        parts: list[str | Value] = []
        for index, member in enumerate(listed.members):
            parts += [between, member] if index else [member]
        return concatenated(parts, span)

    return distribute(joined, (delimiter, members))


def split(delimiter: Value, source: Value, span: Span | None) -> Value:
    """``Fn::Split``."""

    def parted(values: tuple[Value, ...]) -> Value:
        between, whole = as_text(values[0]), as_text(values[1])
        if not (isinstance(between, Known) and isinstance(between.value, str) and between.value):
            return (
                invalid("Fn::Split needs a delimiter", span)
                if isinstance(between, Known)
                else unknown_call("Split", values, span)
            )
        if isinstance(whole, Known) and isinstance(whole.value, str):
            return Sequence(
                tuple(Known(part, span=span) for part in whole.value.split(between.value)), "list", span=span
            )
        if isinstance(whole, Unknown) and whole.invalid:
            return whole
        if isinstance(whole, Known | Sequence):
            return invalid("Fn::Split needs a text", span)
        return split_open(whole, between.value, f"Split({between.symbol}, {whole.symbol})").at(span)

    return distribute(parted, (delimiter, source))


def select(index: Value, members: Value, span: Span | None) -> Value:
    """``Fn::Select``: of an open list, members with different indexes are different if the list's are."""

    def selected(values: tuple[Value, ...]) -> Value:
        place, listed = as_text(values[0]), values[1]
        if isinstance(listed, Unknown) and listed.invalid:
            return listed
        if not (isinstance(place, Known) and str(place).isdecimal() and len(str(place)) < 6):
            return (
                invalid("Fn::Select needs an index", span)
                if isinstance(place, Known)
                else unknown_call("Select", values, span)
            )
        if isinstance(listed, Known | Text):
            return invalid("Fn::Select needs a list", span)
        if not isinstance(listed, Sequence):
            return unknown_call("Select", values, span)
        return _member(int(str(place)), listed, span)

    return distribute(selected, (index, members))


def _member(at: int, listed: Sequence, span: Span | None) -> Value:
    for position, member in enumerate(listed.members):
        if isinstance(member, Run):
            break
        if position == at:
            return member.at(span or member.span)
    else:
        return invalid(f"the list has no member {at}", span)
    if listed.most is not None and at >= listed.most:
        return invalid(f"the list has no member {at}", span)
    if len(listed.members) == 1 and not member.when:
        family = Member(member.name, at, member.least, member.most) if member.distinct else None
        return Unknown(f"{member.name}[{at}]", member.reasons, type=STRING, member=family, nullable=False, span=span)
    return Unknown(f"{listed.symbol}[{at}]", listed.reasons, nullable=False, span=span)


def zones(region: Value, own: Value, span: Span | None) -> Value:
    """``Fn::GetAZs``: the Region's zones, which are distinct; without a Region, those of the stack's."""
    from vpce_lint.services import zone_bounds  # noqa: PLC0415 (the table of Regions loads when needed)

    def of_region(values: tuple[Value, ...]) -> Value:
        here = own if values[0].is_("").is_true or values[0].is_null.is_true else values[0]
        known = here.value if isinstance(here, Known) and isinstance(here.value, str) else None
        least, _ = zone_bounds(known)
        name = f"GetAZs({known or here.symbol})"
        why = (Reason(f"the zones of {here} are known at deployment", span),)
        each = Unknown(f"{name}[*]", why, type=STRING, nullable=False)
        return Sequence((Run(name, each, least, distinct=True, why=why),), "list", span=span)

    return distribute(of_region, (region,))


def items_of(value: Value) -> Value:
    """A value where a list is wanted: one of anything else is a list of one."""
    if isinstance(value, Choice):
        return distribute(lambda values: items_of(values[0]), (value,))
    if isinstance(value, Sequence):
        return Sequence(tuple(flattened(value.members)), value.kind, span=value.span)
    if value.is_null.is_true:
        return Sequence((), span=value.span)
    if (
        isinstance(value, Unknown)
        and value.type is None
        and not (isinstance(value, Reference) and value.names_instance)
    ):
        why = value.reasons
        return Sequence((Run(value.symbol, Unknown(f"{value.symbol}[*]", why), why=why),), span=value.span)
    return Sequence((value,), span=value.span)
