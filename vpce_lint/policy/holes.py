"""Policy documents with holes, for a person or a program that knows what is missing.

``{"$unknown": "var.org_id"}`` stands for a value that isn't known, ``"kind"`` beside it says that AWS
fills it in and what it is (``arn``, ``account``, ``org``, ``id`` ...), so that it can't be a pattern.
``{"$concat": ["arn:aws:s3:::", {...}, "/*"]}`` is a text with such a value in it.
"""

from __future__ import annotations

from vpce_lint.truth import Reason
from vpce_lint.value import Known, Mapping, Reference, Sequence, Unknown, Value, text

_ATTRIBUTES = {"account": "account_id", "arn": "arn"}


def with_holes(value: Value) -> Value:
    """The value with the notation for unknown values replaced by what it stands for."""
    if isinstance(value, Sequence):
        return Sequence(tuple(map(with_holes, value.members)), value.kind, span=value.span)
    if not isinstance(value, Mapping):
        return value
    name, parts = value.entries.get("$unknown"), value.entries.get("$concat")
    if isinstance(name, Known):
        return _hole(str(name.value), value)
    if isinstance(parts, Sequence):
        pieces = map(with_holes, parts.members)
        return text((str(each.value) if isinstance(each, Known) else each for each in pieces), value.span)
    entries = {key: with_holes(each) for key, each in value.entries.items()}
    return Mapping(entries, value.runs, value.kind, span=value.span)


def _hole(name: str, written: Mapping) -> Value:
    kind = written.entries.get("kind")
    why = (Reason(f"{name} is not known", written.span),)
    if isinstance(kind, Known) and isinstance(kind.value, str):
        attribute = _ATTRIBUTES.get(kind.value, kind.value)
        return Reference(name, why, address=name.rpartition(".")[0] or name, attribute=attribute, span=written.span)
    return Unknown(name, why, span=written.span)
