"""A policy document as it is written: its statements, and the parts of each, as values with spans.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.truth import Reason, Truth
from vpce_lint.value import Json, Known, Mapping, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.source import Span

LONGEST_POLICY = 20_480
"""AWS takes no longer endpoint policy, counted in characters (AWS PrivateLink Guide, "Quotas")."""


NOTHING = Known(None)


class Part(Struct, frozen=True, dict=True):
    """A statement of the document: ``value`` is its object, or stands for one that isn't known.

    ``number`` counts from 1. ``certain`` is false where it may not be there, or be there several times.
    """

    number: int
    value: Value
    certain: bool = True
    why: tuple[Reason, ...] = ()
    """Why it may not be there."""

    @property
    def span(self) -> Span | None:
        """Where it is written."""
        return self.value.span

    def field(self, name: str) -> Value | None:
        """A field of the statement; ``None`` where it has none."""
        return self.value.entries.get(name) if isinstance(self.value, Mapping) else None


class Document(Struct, frozen=True, dict=True):
    """A policy document; ``fault`` says, as a clause, why AWS would not take it at all."""

    parts: tuple[Part, ...] = ()
    version: Value = NOTHING
    fault: str = ""
    span: Span | None = None

    @property
    def has_variables(self) -> bool:
        """Whether ``${...}`` in it is a policy variable; where the version isn't known, it is."""
        return not (isinstance(self.version, Known) and self.version.value != "2012-10-17")


def is_missing(policy: Value) -> Truth:
    """Whether no policy is given, so that AWS attaches its default; an empty text counts as none."""
    return policy.is_null | policy.is_("")


def read_document(policy: Value) -> Document | Unknown:
    """The document that a policy value is: an object, or the JSON of one; ``Unknown`` where it can't be told."""
    if isinstance(policy, Json):
        return read_document(policy.document) if not isinstance(policy.document, Known) else _from_text(policy)
    if isinstance(policy, Known | Text):
        return _from_text(policy)
    if isinstance(policy, Mapping):
        return _from_object(policy)
    if isinstance(policy, Sequence):
        return Document(fault="it is a list, not an object", span=policy.span)
    return _unknown(policy)


def _from_text(policy: Value) -> Document | Unknown:
    from vpce_lint.json_text import parse_json_text  # noqa: PLC0415 (most policies are objects)

    text = policy.text if isinstance(policy, Json) else policy
    if not isinstance(text, Known | Text):
        return _unknown(text)
    if isinstance(text, Known) and not isinstance(text.value, str):
        return Document(fault=f"{text} is not JSON", span=policy.span)
    parsed = parse_json_text(text)
    if parsed.faults:
        return Document(fault=parsed.faults[0].message, span=parsed.faults[0].span or policy.span)
    if isinstance(parsed.document, Mapping):
        return _from_object(parsed.document)
    if isinstance(parsed.document, Known | Sequence | Text):
        return Document(fault="it is not an object", span=policy.span)
    return _unknown(parsed.document)


def _from_object(document: Mapping) -> Document | Unknown:
    statements = document.entries.get("Statement")
    if document.runs and statements is None:
        return _unknown(document)
    version = document.entries.get("Version", Known(None))
    if statements is None:
        return Document(version=version, fault="it has no Statement", span=document.span)
    if isinstance(statements, Mapping):
        return Document((Part(1, statements),), version, span=document.span)
    if isinstance(statements, Sequence):
        odd = next((each for each in statements.members if isinstance(each, Known | Text | Sequence)), None)
        if odd is not None:
            return Document(version=version, fault="one of its statements is not an object", span=odd.span)
        return Document(tuple(_parts(statements)), version, span=document.span)
    if isinstance(statements, Known | Text):
        return Document(version=version, fault=f"its Statement is {statements}", span=statements.span)
    return Document((Part(1, statements, certain=False),), version, span=document.span)


def _parts(statements: Sequence) -> Iterable[Part]:
    for number, member in enumerate(statements.members, start=1):
        if isinstance(member, Run):
            value = member.each.at(member.each.span or member.span)
            yield Part(number, value, certain=member.least > 0, why=member.reasons)
        else:
            yield Part(number, member)


def _unknown(value: Value) -> Unknown:
    if isinstance(value, Unknown):
        return value
    reasons = value.reasons or (Reason(f"what {value.symbol} says is not known", value.span),)
    return Unknown(value.symbol, reasons, span=value.span)
