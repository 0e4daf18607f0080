"""JSON texts of values, and the documents in texts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vpce_lint.value import Json, Known, Mapping, Sequence, Unknown, Value, text

if TYPE_CHECKING:
    from vpce_lint.source import Span


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
