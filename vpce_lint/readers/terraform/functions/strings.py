"""Functions that change strings (the "String Functions" pages of Terraform's documentation).

Each also works on texts with holes, where what a hole holds can't change the answer's known part.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.functions.function import (
    NUMBER,
    STRING,
    STRINGS,
    Call,
    InvalidError,
    LimitError,
    exact,
    parts_of,
    string_of,
    symbolic,
    whole,
)
from vpce_lint.readers.terraform.functions.graphemes import clusters
from vpce_lint.readers.terraform.functions.letters import lower_case, title_case, upper_case
from vpce_lint.readers.terraform.functions.limits import MOST_CHARACTERS
from vpce_lint.readers.terraform.functions.members import bounded, sequence_of
from vpce_lint.value import Known, Run, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def _piecewise(call: Call, value: Value, change: Callable[[str], str]) -> Value | None:
    """A text whose known pieces are changed one by one, and its holes by a call of their own."""
    if not isinstance(value, Text):
        return None
    parts = [change(part) if isinstance(part, str) else hole(call, part) for part in value.parts]
    check_size(sum(len(part) for part in parts if isinstance(part, str)))
    return text(parts, call.context.span)


def hole(call: Call, part: Value) -> Value:
    """What the call makes of one hole of its text."""
    arguments = tuple(
        part if argument.symbol != part.symbol and _holds(argument, part) else argument for argument in call.arguments
    )
    symbol = Call(call.name, arguments, call.context).symbol
    return Unknown(symbol, part.reasons, type=STRING, nullable=False, span=part.span)


def _holds(argument: Value, part: Value) -> bool:
    return isinstance(argument, Text) and any(part is piece for piece in argument.parts)


def check_size(characters: int) -> None:
    """Refuse to make a string of so many characters where that is over the limit."""
    if characters > MOST_CHARACTERS:
        msg = f"produces more than {MOST_CHARACTERS} characters"
        raise LimitError(msg)


def size_of(value: Value) -> int:
    """The number of known characters in a string."""
    return sum(len(part) for part in parts_of(value) if isinstance(part, str))


@exact(STRING, returns=STRING, partly=lambda call, value: _piecewise(call, value, upper_case))
def upper(string: str) -> str:
    """All letters in upper case."""
    return upper_case(string)


@exact(STRING, returns=STRING, partly=lambda call, value: _piecewise(call, value, lower_case))
def lower(string: str) -> str:
    """All letters in lower case."""
    return lower_case(string)


@exact(STRING, returns=STRING)
def title(string: str) -> str:
    """The first letter of each word in upper case."""
    return title_case(string)


@exact(STRING, returns=STRING)
def strrev(string: str) -> str:
    """The characters from last to first."""
    return "".join(reversed(clusters(string)))


def _indent_partly(call: Call, spaces: Value, value: Value) -> Value | None:
    if not isinstance(spaces, Known) or not isinstance(spaces.value, int):
        return None
    padding = "\n" + " " * _width(spaces.value)
    return _piecewise(call, value, lambda piece: piece.replace("\n", padding))


def _width(spaces: int) -> int:
    if whole(spaces, "the number of spaces") < 0:
        msg = "the number of spaces is negative"
        raise InvalidError(msg)
    check_size(spaces)
    return spaces


@exact(NUMBER, STRING, returns=STRING, partly=_indent_partly)
def indent(spaces: int, string: str) -> str:
    """Spaces after each line end."""
    width = _width(spaces)
    check_size(len(string) + width * string.count("\n"))
    return string.replace("\n", "\n" + " " * width)


def _join_partly(call: Call, separator: Value, *lists: Value) -> Value | None:
    between = string_of(separator)
    members = [member for item in lists for member in sequence_of(item).members]
    if between is None or not members or not all(sequence_of(item).ordered for item in lists):
        return None
    if any(member.is_null.is_true for member in members):
        msg = "can't join null"
        raise InvalidError(msg)
    return _joined(call, between, members)


def _joined(call: Call, between: str, members: list[Value]) -> Value:
    """Members joined; between the first and the last run, the text is one hole."""
    check_size(sum(len(between) + size_of(member) for member in members))
    runs = [index for index, member in enumerate(members) if isinstance(member, Run)]
    head = members[: runs[0]] if runs else members
    tail = members[runs[-1] + 1 :] if runs else []
    parts: list[str | Value] = []
    for index, member in enumerate(head):
        parts.extend((between, member) if index else (member,))
    if runs:
        parts.append(call.unknown(STRING))
        for index, member in enumerate(tail):
            parts.extend((between, member) if index else (member,))
    return text(parts, call.context.span)


@exact(STRING, STRINGS, variadic=STRINGS, returns=STRING, partly=_join_partly)
def join(separator: str, *lists: list[str]) -> str:
    """The members of the lists with the separator between them."""
    items = [item for members in lists for item in members]
    if None in items:
        msg = "can't join null"
        raise InvalidError(msg)
    check_size(sum(map(len, items)) + len(separator) * len(items))
    return separator.join(items)


@symbolic(STRING, STRING, returns=STRINGS)
def split(call: Call, separator: Value, string: Value) -> Value | None:
    """The pieces between separators; what stands around holes that may have some is a run of pieces."""
    between, known = string_of(separator), string_of(string)
    if between is None:
        return None
    if known is not None:
        bounded(known.count(between) if between else len(known))
        return call.value(known.split(between) if between else list(known))
    parts = parts_of(string)
    if (
        between
        and all(isinstance(part, str) or _lacks(part, between) for part in parts)
        and not _straddles(parts, between)
    ):
        return Sequence(tuple(_pieces(parts, between)), "list", span=call.context.span)
    first, last = parts[0], parts[-1]
    head = first.split(between)[:-1] if between and isinstance(first, str) else []
    tail = last.split(between)[1:] if between and isinstance(last, str) else []
    each = Unknown(f"{call.symbol}[*]", string.reasons, type=STRING, nullable=False)
    run = Run(call.symbol, each, 1 if between else 0, None)
    return Sequence((*map(Known, head), run, *map(Known, tail)), "list", span=call.context.span)


def _replace_partly(call: Call, string: Value, old: Value, new: Value) -> Value | None:
    wanted = string_of(old)
    known = string_of(string)
    parts = string.parts if isinstance(string, Text) else () if known is None else (known,)
    if not parts or not wanted or _is_pattern(wanted):
        return None
    if _straddles(parts, wanted):
        return None
    if len(parts) > 1 and string_of(new) is None:
        return None
    replaced: list[str | Value] = []
    for part in parts:
        if not isinstance(part, str):
            replaced.append(part if _lacks(part, wanted) else hole(call, part))
            continue
        for index, piece in enumerate(part.split(wanted)):
            replaced += [new, piece] if index else [piece]
    return text(replaced, call.context.span)


def _lacks(part: Value, piece: str) -> bool:
    return isinstance(part, Unknown) and part.lacks(piece)


def _pieces(parts: tuple[str | Value, ...], between: str) -> Iterator[Value]:
    """What stands between separators, all of which are in the known parts."""
    piece: list[str | Value] = []
    for part in parts:
        if not isinstance(part, str):
            piece.append(part)
            continue
        first, *others = part.split(between)
        piece.append(first)
        for other in others:
            yield text(piece)
            piece = [other]
    yield text(piece)


def _straddles(parts: tuple[str | Value, ...], wanted: str) -> bool:
    """Whether an occurrence may lie partly in a hole and partly in the part beside it."""
    if len(parts) == 1 or len(wanted) == 1:
        return False
    side_by_side = any(isinstance(left, Value) and isinstance(right, Value) for left, right in pairwise(parts))
    return side_by_side or any(_may_straddle(part, wanted) for part in parts if isinstance(part, str))


def _may_straddle(piece: str, wanted: str) -> bool:
    """Whether an occurrence could lie partly in a piece and partly in a hole beside it."""
    cuts = range(1, len(wanted))
    return piece in wanted or any(piece.endswith(wanted[:cut]) or piece.startswith(wanted[cut:]) for cut in cuts)


def _is_pattern(wanted: str) -> bool:
    return len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/")


@exact(STRING, STRING, STRING, returns=STRING, partly=_replace_partly)
def replace(string: str, old: str, new: str) -> str:
    """All occurrences replaced; what stands between slashes is a regular expression."""
    if _is_pattern(old):
        from vpce_lint.readers.terraform.functions.patterns import substitute  # noqa: PLC0415 (loads RE2)

        return substitute(old[1:-1], string, new)
    check_size(len(string) + string.count(old) * len(new))
    return string.replace(old, new)


def _substr_partly(call: Call, string: Value, offset: Value, length: Value) -> Value | None:
    if not isinstance(string, Text) or not isinstance(offset, Known) or not isinstance(length, Known):
        return None
    start, count = offset.value, length.value
    if not isinstance(start, int) or not isinstance(count, int) or not string.prefix.isascii():
        return None
    if 0 <= start < len(string.prefix):
        if count < 0:
            return text((string.prefix[start:], *string.parts[1:]), call.context.span)
        if start + count < len(string.prefix):
            return Known(string.prefix[start : start + count], span=call.context.span)
    return None


@exact(STRING, NUMBER, NUMBER, returns=STRING, partly=_substr_partly)
def substr(string: str, offset: int, length: int) -> str:
    """So many characters from an offset, which counts from the end where negative; -1 is all of them."""
    start, count = whole(offset, "the offset"), whole(length, "the length")
    characters = clusters(string)
    if start < 0:
        start += len(characters)
    elif count == 0:
        return ""
    rest = characters[max(start, 0) :]
    return "".join(rest if count <= 0 else rest[:count])
