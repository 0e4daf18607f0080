"""What a rule yields, held against its declared types: nonsense must end as an error, never as an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.model import Resource
from vpce_lint.rule import At, Exemption, Place, Requirement
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason, Truth
from vpce_lint.verdict import Severity

if TYPE_CHECKING:
    from types import UnionType


def checked(item: object) -> Requirement | Exemption:
    """The item, if it is what a rule may yield with all its parts of the right type; else ``TypeError``.

    ``ValueError`` where a place lies outside of its file.
    """
    if isinstance(item, Exemption):
        _check("reason", item.reason, str)
        _check("about", "" if item.about is None else item.about, str)
        return item
    if not isinstance(item, Requirement):
        msg = f"a rule yields require(...) or not_applicable(...), not {type(item).__name__}"
        raise TypeError(msg)
    _check_truth(item.holds)
    for name in ("message", "fix", "otherwise"):
        _check(name, getattr(item, name), str)
    _check("about", "" if item.about is None else item.about, str)
    _check("severity", item.severity, Severity | None)
    _check_place("at", item.at)
    _check("related", item.related, tuple)
    for place in item.related:
        _check("related", place, Place)
        _check_place("related", place.at)
        _check("label", place.label, str)
        _check("step", place.step, bool)
    _check("affects", item.affects, tuple)
    for other in item.affects:
        _check("affects", other, Resource)
    return item


def _check(name: str, given: object, wanted: type | UnionType) -> None:
    if not isinstance(given, wanted):
        words = getattr(wanted, "__name__", str(wanted))
        msg = f"{name} of require must be {words}, not {type(given).__name__}"
        raise TypeError(msg)


def _check_truth(holds: object) -> None:
    if not isinstance(holds, Truth):
        msg = f"require needs a Truth, not {type(holds).__name__}"
        raise TypeError(msg)
    _check("the value of the Truth", holds.value, bool | None)
    _check("likely", holds.likely, bool)
    _check("reasons", holds.reasons, tuple)
    for reason in holds.reasons:
        _check("reasons", reason, Reason)
        _check("reasons", reason.words, str)
        _check("reasons", reason.span, Span | None)


def _check_place(name: str, at: At | None) -> None:
    if at is None:
        return
    _check(name, at, At)
    span = at if isinstance(at, Span) else at.span
    if span is None:
        return
    _check(name, span, Span)
    _check(name, span.source, Source)
    if not 0 <= span.start <= span.end <= len(span.source.data):
        msg = f"{name} of require is a place outside of {span.path}"
        raise ValueError(msg)
