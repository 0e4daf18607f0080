"""``format`` and ``formatlist`` (their pages in Terraform's documentation; go-cty, ``format_fsm.rl``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.readers.terraform.conversion import convert, to_string
from vpce_lint.readers.terraform.data import is_known
from vpce_lint.readers.terraform.functions.format_numbers import format_float, format_general, format_integer
from vpce_lint.readers.terraform.functions.function import (
    BOOL,
    NULLABLE,
    NUMBER,
    STRING,
    STRINGS,
    Call,
    InvalidError,
    LimitError,
    string_of,
    symbolic,
)
from vpce_lint.readers.terraform.functions.graphemes import clusters
from vpce_lint.readers.terraform.functions.json_text import encode, quote
from vpce_lint.readers.terraform.functions.limits import MOST_WIDTH
from vpce_lint.readers.terraform.functions.members import is_sequence, sequence_of
from vpce_lint.readers.terraform.functions.strings import check_size, size_of
from vpce_lint.regex import regex
from vpce_lint.value import Known, Run, Sequence, Unknown, Value, text

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from vpce_lint.number import Number
    from vpce_lint.type_constraint import Type

_VERB = regex(
    r"%(?P<flags>[0#+ -]*)(?P<width>[1-9][0-9]*)?(?:\.(?P<precision>[0-9]*))?(?:\[(?P<number>[1-9][0-9]*)\])?(?P<mode>[a-zA-Z])"
)


class Verb(Struct, frozen=True):
    """One ``%`` sequence; ``argument`` counts from 1."""

    raw: str
    mode: str
    flags: str
    width: int | None
    precision: int | None
    argument: int

    @property
    def is_plain(self) -> bool:
        """Whether it takes its argument's text as it is."""
        return not self.flags and self.width is None and self.precision is None

    def pad(self, written: str) -> str:
        """The text padded to the width."""
        missing = (self.width or 0) - len(clusters(written))
        if missing <= 0:
            return written
        padding = ("0" if "0" in self.flags else " ") * missing
        return written + padding if "-" in self.flags else padding + written


def verbs(template: str) -> Iterator[str | Verb]:
    """The pieces of a format string; ``InvalidError`` where it isn't one."""
    at, following = 0, 1
    while at < len(template):
        end = template.find("%", at)
        if end < 0:
            yield template[at:]
            return
        if end > at:
            yield template[at:end]
        if template.startswith("%%", end):
            yield "%"
            at = end + 2
            continue
        match = _VERB.match(template, end)
        if match is None:
            msg = f'"{template}" has an unfinished verb at {end}'
            raise InvalidError(msg)
        verb = _verb(match, following)
        yield verb
        following, at = verb.argument + 1, match.end()


def _verb(match: re.Match[str], following: int) -> Verb:
    digits = match["number"]
    argument = following if digits is None else int(digits[:6])
    width = None if match["width"] is None else _size(match["width"])
    precision = None if match["precision"] is None else _size(match["precision"] or "0")
    return Verb(match[0], match["mode"], match["flags"], width, precision, argument)


def _size(digits: str) -> int:
    if len(digits) > len(str(MOST_WIDTH)) or int(digits) > MOST_WIDTH:
        msg = f"pads to more than {MOST_WIDTH} characters"
        raise LimitError(msg)
    return int(digits)


@symbolic(STRING, variadic=NULLABLE, returns=STRING)
def format_(call: Call, template: Value, *arguments: Value) -> Value | None:
    """The format string with each verb replaced by its argument; a bare ``null`` makes Terraform's result unknown."""
    known = string_of(template)
    if known is None or any(argument.is_null.is_true for argument in arguments):
        return None
    return text(_filled(call, known, arguments), call.context.span)


def _filled(call: Call, template: str, arguments: tuple[Value, ...]) -> list[str | Value]:
    parts: list[str | Value] = []
    highest = size = 0
    for piece in verbs(template):
        if isinstance(piece, str):
            parts.append(piece)
            continue
        check_size(size)
        if piece.argument > len(arguments):
            msg = f'"{template}" needs {piece.argument} arguments, not {len(arguments)}'
            raise InvalidError(msg)
        highest = max(highest, piece.argument)
        written = _written(call, piece, arguments[piece.argument - 1])
        size += len(written) if isinstance(written, str) else size_of(written)
        parts.append(written)
    if highest < len(arguments):
        msg = f'"{template}" uses {highest} of {len(arguments)} arguments'
        raise InvalidError(msg)
    return parts


def _written(call: Call, verb: Verb, argument: Value) -> str | Value:
    if verb.mode not in "vtbdoxXeEfgGsq":
        msg = f'"{verb.raw}" is no verb'
        raise InvalidError(msg)
    if isinstance(argument, Unknown) and argument.invalid:
        raise InvalidError(argument.why[0].words if argument.why else argument.symbol)
    if not is_known(argument):
        return _written_partly(call, verb, argument)
    if verb.mode == "v":
        return _as_is(verb, argument)
    if verb.mode == "t":
        return "true" if _converted(verb, argument, BOOL) is True else "false"
    if verb.mode in "sq":
        return _string(verb, str(_converted(verb, argument, STRING)))
    return _number(verb, _converted(verb, argument, NUMBER))


def _converted(verb: Verb, argument: Value, type_: Type) -> str | Number | None:
    converted = convert(argument, type_)
    if isinstance(converted, Unknown):
        msg = f'"{verb.raw}": {converted.why[0].words if converted.why else converted.symbol}'
        raise InvalidError(msg)
    known = string_of(converted)
    return known if known is not None else converted.value if isinstance(converted, Known) else None


def _written_partly(call: Call, verb: Verb, argument: Value) -> Value:
    """A hole: the argument itself where the verb leaves its text as it is."""
    if verb.mode in "sq":
        string = to_string(argument)
        if isinstance(string, Unknown) and string.invalid:
            raise InvalidError(string.why[0].words)
        if verb.mode == "s" and verb.is_plain:
            return string
    kind = argument.type if isinstance(argument, Unknown) else None
    if verb.is_plain and kind is not None and not argument.is_null.is_unknown and verb.mode == "v" and kind == STRING:
        return argument
    if verb.is_plain and verb.mode == "d" and kind == NUMBER:
        return argument
    symbol = f'{call.name}("{verb.raw}", {argument.symbol})'
    return Unknown(symbol, argument.reasons, type=STRING, nullable=False, span=argument.span)


def _as_is(verb: Verb, argument: Value) -> str:
    if "#" not in verb.flags and isinstance(argument, Known):
        if isinstance(argument.value, str):
            return verb.pad(argument.value)
        if not isinstance(argument.value, bool) and argument.value is not None:
            return verb.pad(format_general(argument.value))
    known = string_of(argument)
    if known is not None and "#" not in verb.flags:
        return verb.pad(known)
    return verb.pad(str(string_of(encode(argument))))


def _string(verb: Verb, written: str) -> str:
    if verb.precision:
        written = "".join(clusters(written)[: verb.precision])
    return verb.pad(quote(written) if verb.mode == "q" else written)


def _number(verb: Verb, number: str | Number | None) -> str:
    if number is None or isinstance(number, str):
        msg = f'"{verb.raw}" takes a number'
        raise InvalidError(msg)
    if verb.mode not in "bdoxX":
        return format_float(number, verb.mode, verb.flags, verb.width or 0, verb.precision)
    if not isinstance(number, int):
        msg = f'"{verb.raw}" takes a whole number'
        raise InvalidError(msg)
    return format_integer(number, verb.mode, verb.flags, verb.width or 0, verb.precision)


@symbolic(STRING, variadic=NULLABLE, returns=STRINGS)
def formatlist(call: Call, template: Value, *arguments: Value) -> Value | None:
    """The format applied to the members of all lists at the same position; other arguments are repeated."""
    known = string_of(template)
    if known is None or any(argument.is_null.is_true for argument in arguments):
        return None
    lists = [sequence_of(argument) if is_sequence(argument) else None for argument in arguments]
    open_ = [item for item in lists if item is not None and not _is_aligned(item)]
    if open_:
        return _formatted_run(call, known, arguments, lists)
    if any(_may_be_list(argument) for argument in arguments):
        return None
    lengths = {len(item.members) for item in lists if item is not None}
    if len(lengths) > 1:
        msg = "needs lists of the same length"
        raise InvalidError(msg)
    rows = [
        tuple(
            item.members[at] if item is not None else argument for item, argument in zip(lists, arguments, strict=True)
        )
        for at in range(lengths.pop() if lengths else 1)
    ]
    members = tuple(text(_filled(call, known, row), call.context.span) for row in rows)
    check_size(sum(map(size_of, members)))
    return Sequence(members, "list", span=call.context.span)


def _is_aligned(sequence: Sequence) -> bool:
    if sequence.kind == "set":
        return (len(sequence.members) <= 1 and sequence.is_exact) or is_known(sequence)
    return sequence.is_exact


def _may_be_list(argument: Value) -> bool:
    if not isinstance(argument, Unknown):
        return False
    return argument.type is None and getattr(argument, "attribute", "") not in {"id", "arn"}


def _formatted_run(
    call: Call, template: str, arguments: tuple[Value, ...], lists: list[Sequence | None]
) -> Value | None:
    """What becomes of lists that are one run each."""
    row: list[Value] = []
    least, most = 0, None
    for item, argument in zip(lists, arguments, strict=True):
        run = item.members[0] if item is not None and len(item.members) == 1 else None
        if item is None:
            row.append(argument)
        elif isinstance(run, Run) and item.kind != "set":
            row.append(run.each)
            least = max(least, run.least)
            most = run.most if most is None else most if run.most is None else min(most, run.most)
        else:
            return None
    each = text(_filled(call, template, tuple(row)), call.context.span)
    return Sequence((Run(call.symbol, each, least, most),), "list", span=call.context.span)
