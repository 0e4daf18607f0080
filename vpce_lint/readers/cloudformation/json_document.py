"""JSON texts of values, and the documents in texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vpce_lint.regex import regex
from vpce_lint.value import Json, Known, Mapping, Reference, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from vpce_lint.source import Span

DEEPEST = 32
"""A text nested deeper than this isn't taken for a document; no policy is."""

_HOLE = regex("\ue000(\\d+)\ue001")
_MARK = regex(r"[\ue000\ue001]|\\u[eE]00[01]")
"""One of the marks of a hole in the template itself, be it by JSON's escape."""
_NOTATION_SAFE = regex(r"AWS::(AccountId|Partition|Region|StackId|StackName|URLSuffix)|(\w+\.)*AWS::Stack(Id|Name)")
"""Pseudo parameters: their values hold nothing that means anything in JSON."""


def encoded(document: Value, span: Span | None) -> Value:
    """A map or list as the JSON text of it; its document keeps its places."""
    if not isinstance(document, Mapping | Sequence):
        return document
    data = _data(document)
    if data is not None:
        return Json(document, Known(json.dumps(data), span=span), span=span)
    hole = Unknown(f"json({document.symbol})", document.reasons, nullable=False, span=span)
    brackets = ("{", "}") if isinstance(document, Mapping) else ("[", "]")
    return Json(document, text((brackets[0], hole, brackets[1]), span), span=span)


def _data(value: Value) -> Any:
    """A wholly known value as plain data; ``None`` where it isn't wholly known."""
    if isinstance(value, Known):
        return value.value
    if isinstance(value, Sequence) and value.is_exact:
        members = [_data(member) for member in value.members]
        return None if None in members else members
    if isinstance(value, Mapping) and not value.runs:
        entries = {key: _data(entry) for key, entry in value.entries.items()}
        return None if None in entries.values() else entries
    return None


def decoded(written: Text) -> Value:
    """A JSON text with holes, with the document that it is; the text alone where a hole could change its structure."""
    holes = [part for part in written.parts if isinstance(part, Value)]
    texts = [part for part in written.parts if isinstance(part, str)]
    if not all(_is_plain(hole) for hole in holes) or any(_MARK.search(each) for each in texts):
        return written
    numbers = iter(range(len(holes)))
    marked = "".join(part if isinstance(part, str) else f"\ue000{next(numbers)}\ue001" for part in written.parts)
    try:
        document = _value(json.loads(marked, parse_int=str, parse_float=str), holes, written.span, DEEPEST)
    except (ValueError, RecursionError):
        return written
    return Json(document, written, span=written.span)


def _is_plain(hole: Value) -> bool:
    return isinstance(hole, Reference) or (
        isinstance(hole, Unknown) and _NOTATION_SAFE.fullmatch(hole.name) is not None
    )


def _value(data: Any, holes: list[Value], span: Span | None, levels: int) -> Value:
    if not levels:
        msg = "nested too deep"
        raise ValueError(msg)
    if isinstance(data, dict):
        if any(_HOLE.search(key) for key in data):
            msg = "a key is open"
            raise ValueError(msg)
        return Mapping({key: _value(entry, holes, span, levels - 1) for key, entry in data.items()}, span=span)
    if isinstance(data, list):
        return Sequence(tuple(_value(item, holes, span, levels - 1) for item in data), "list", span=span)
    if isinstance(data, str):
        pieces = _HOLE.split(data)
        return text((holes[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces)), span).at(span)
    return Known(data, span=span)
