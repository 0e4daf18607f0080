"""Dynamic references, ``{{resolve:ssm:/x}}``, which AWS fills in (User Guide, "Dynamic references")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.regex import regex
from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import STRING
from vpce_lint.value import Known, Text, Unknown, Value, text

if TYPE_CHECKING:
    from vpce_lint.source import Span

_BEGINNING = "{{resolve:"
_RESOLVED = regex(r"\{\{resolve:[^{}]*\}\}")


def literal(written: str, span: Span | None) -> Value:
    """A text as it is written with its dynamic references."""
    if _BEGINNING not in written:
        return Known(written, span=span)
    parts: list[str | Value] = []
    end = 0
    for match in _RESOLVED.finditer(written):
        why = (Reason(f"{match[0]} is looked up at deployment", span),)
        parts += [written[end : match.start()], Unknown(match[0], why, type=STRING, nullable=False, span=span)]
        end = match.end()
    return text([*parts, written[end:]], span)


def looked_up(written: Value) -> Value:
    """A text in which dynamic references came about by putting it together."""
    if isinstance(written, Known) and isinstance(written.value, str):
        return literal(written.value, written.span)
    if isinstance(written, Text) and any(_BEGINNING in part for part in written.parts if isinstance(part, str)):
        why = gather((Reason(f"{written} is looked up at deployment", written.span), *written.reasons))
        return Unknown(str(written), why, type=STRING, nullable=False, span=written.span)
    return written
