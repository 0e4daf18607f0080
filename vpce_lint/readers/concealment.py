"""Values that are declared to be sensitive: their identity counts, but nobody looks at them, so no report can show them.

As in Terraform, what a sensitive value is made of is not looked at as a whole; references to resources in it stay, since
an address is no secret, and so does ``null``. A rule that needs the value is undetermined and says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.truth import Reason
from vpce_lint.type_constraint import BOOL, NUMBER, STRING, Type
from vpce_lint.value import Choice, Known, Mapping, Reference, ResourceObject, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.source import Span


def concealed(value: Value, name: str, words: str, span: Span | None) -> Value:
    """The value without what is known of it; ``name`` is its identity, the words and the place are the reason."""
    why = (Reason(words, span),)
    return _concealed(value, name, why)


def _concealed(value: Value, name: str, why: tuple[Reason, ...]) -> Value:
    if isinstance(value, Unknown | ResourceObject) or (isinstance(value, Known) and value.value is None):
        return value
    if isinstance(value, Choice):
        then = _concealed(value.then, f"{name}.then", why)
        return replace(value, then=then, otherwise=_concealed(value.otherwise, f"{name}.otherwise", why))
    if isinstance(value, Sequence) and all(isinstance(each, Reference | ResourceObject) for each in value.members):
        return value
    return Unknown(name, why, type=_type_of(value), nullable=not value.is_null.is_false, span=value.span)


def _type_of(value: Value) -> Type | None:
    if isinstance(value, Sequence | Mapping | Run):
        return None
    if isinstance(value, Known) and not isinstance(value.value, str):
        return BOOL if isinstance(value.value, bool) else NUMBER
    return STRING


def hide(value: Value) -> None:
    """Have excerpts not show where the value is written."""
    span = value.span
    if span is not None and not isinstance(value, Unknown):
        span.source.hide(span.start, span.end)
