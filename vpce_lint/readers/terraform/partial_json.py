"""JSON texts of which pieces are not known, as templates give them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vpce_lint.condition import distribute
from vpce_lint.limits import WORK
from vpce_lint.readers.terraform.data import from_data
from vpce_lint.readers.terraform.functions.function import InvalidError, LimitError
from vpce_lint.readers.terraform.functions.json_documents import parse_json
from vpce_lint.regex import regex
from vpce_lint.value import Json, Known, Mapping, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000_000
"""Characters; a longer text is not decoded."""

MOST_HOLES = 5_000
"""A text with more holes is not decoded."""

_ESCAPED = regex(r"\\.", re.DOTALL)
"""A character that a backslash takes the meaning from."""

_HOLE = regex("\ue000(\\d+)\ue001")
"""A hole inside a string."""

_VALUE = regex("\ue002(\\d+)\ue001")
"""A hole in the place of a whole value."""

_MARK = regex(r"[\ue000-\ue002]|\\u[eE]00[0-2]")
"""One of these characters in the code itself, be it by JSON's escape."""


def document_of(value: Value) -> Value:
    """The document that a value is, or that a JSON text holds.

    Holes inside its strings stay holes, one in the place of a value is a value that isn't known. ``null``
    and the empty text stay ``null``; an unknown where the text can't be decoded.
    """
    return distribute(lambda values: _document(values[0]), (value,)).at(value.span)


def _document(value: Value) -> Value:
    if isinstance(value, Json):
        return value.document
    if isinstance(value, Known) and isinstance(value.value, str):
        return _decoded((value.value,), value) if value.value.strip() else Known(None, span=value.span)
    return _decoded(value.parts, value) if isinstance(value, Text) else value


def _decoded(parts: tuple[str | Value, ...], value: Value) -> Value:
    """The document; holes are marked by characters that no sensible text has."""
    holes = [part for part in parts if not isinstance(part, str)]
    if sum(len(part) for part in parts if isinstance(part, str)) > LONGEST or len(holes) > MOST_HOLES:
        return Unknown(value.symbol, (WORK.reached("a long text with holes", value.span),), span=value.span)
    if holes and any(_MARK.search(part) for part in parts if isinstance(part, str)):
        return Unknown(value.symbol, value.reasons, span=value.span)
    marked = _marked(parts)
    try:
        data = parse_json(marked)
    except (InvalidError, LimitError):
        return Unknown(f"jsondecode({value.symbol})", value.reasons, span=value.span)
    document = from_data(data, value.span)
    return _restored(document, holes) if holes else document


def _marked(parts: tuple[str | Value, ...]) -> str:
    """The text with a mark for each hole, in quotes where none are around it."""
    pieces: list[str] = []
    quoted = False
    holes = 0
    for part in parts:
        if isinstance(part, str):
            pieces.append(part)
            quoted ^= _ESCAPED.sub("", part).count('"') % 2 == 1
        else:
            pieces.append(f"\ue000{holes}\ue001" if quoted else f'"\ue002{holes}\ue001"')
            holes += 1
    return "".join(pieces)


def _restored(value: Value, holes: list[Value]) -> Value:
    """The document with its holes back in place; its depth is bounded by the decoder."""
    if isinstance(value, Known) and isinstance(value.value, str):
        whole = _VALUE.fullmatch(value.value)
        if whole:
            hole = holes[int(whole[1])]
            return Unknown(f"jsondecode({hole.symbol})", hole.reasons, span=value.span)
        return text(_pieces(value.value, holes), value.span) if "\ue000" in value.value else value
    if isinstance(value, Sequence):
        return Sequence(tuple(_restored(member, holes) for member in value.members), value.kind, span=value.span)
    if isinstance(value, Mapping):
        return Mapping({key: _restored(entry, holes) for key, entry in value.entries.items()}, span=value.span)
    return value


def _pieces(marked: str, holes: list[Value]) -> Iterator[str | Value]:
    for index, piece in enumerate(_HOLE.split(marked)):
        yield holes[int(piece)] if index % 2 else piece
