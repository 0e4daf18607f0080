"""Kleene's three-valued logic that remembers what decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.source import Span

MOST_REASONS = 6
"""More reasons than a person reads are dropped, the first ones stay."""


class Reason(Struct, frozen=True):
    """Why something is not known, in words that a user can act on, and where."""

    words: str
    span: Span | None = None

    def __str__(self) -> str:
        """The words with the place behind them: ``var.region has no default (variables.tf:3)``."""
        return f"{self.words} ({self.span})" if self.span else self.words


class Truth(Struct, frozen=True):
    """True, false or unknown (``None``); an unknown carries the reasons that would decide it.

    ``likely`` marks a definite answer that rests on something usual but not certain.
    """

    value: bool | None
    reasons: tuple[Reason, ...] = ()
    likely: bool = False

    def __bool__(self) -> bool:
        """Refuse: an unknown must never be read as false by accident."""
        msg = "a Truth has three values: ask is_true, is_false or is_unknown"
        raise TypeError(msg)

    @property
    def is_true(self) -> bool:
        """Whether it certainly holds."""
        return self.value is True

    @property
    def is_false(self) -> bool:
        """Whether it certainly does not hold."""
        return self.value is False

    @property
    def is_ruled_out(self) -> bool:
        """Whether it certainly does not hold, and isn't only likely not to: what it is about can be left out."""
        return self.value is False and not self.likely

    @property
    def is_unknown(self) -> bool:
        """Whether it is not decided."""
        return self.value is None

    def __and__(self, other: Truth) -> Truth:
        """False decides before unknown."""
        return _decide(self, other, decisive=False)

    def __or__(self, other: Truth) -> Truth:
        """True decides before unknown."""
        return _decide(self, other, decisive=True)

    def __invert__(self) -> Truth:
        """Negation; unknown stays unknown, for the same reasons."""
        return self if self.value is None else Truth(not self.value, self.reasons, self.likely)


def _decide(one: Truth, other: Truth, *, decisive: bool) -> Truth:
    if one.value is decisive:
        return other if one.likely and other.value is decisive and not other.likely else one
    if other.value is decisive:
        return other
    if one.value is None or other.value is None:
        return _open(one, other)
    if not one.likely and not other.likely:
        return FALSE if decisive else TRUE
    return Truth(
        not decisive,
        gather(reason for truth in (one, other) if truth.likely for reason in truth.reasons),
        likely=True,
    )


def _open(one: Truth, other: Truth) -> Truth:
    """Two of which one at least is unknown, and the other doesn't decide."""
    if other.value is not None or (one.value is None and _tells_all(one, other)):
        return one
    if one.value is not None or not one.reasons:
        return other
    return Truth(None, gather((*one.reasons, *other.reasons)))


def _tells_all(one: Truth, other: Truth) -> bool:
    """Whether the reasons of one unknown are those of two, so that they needn't be gathered again."""
    return len(one.reasons) >= MOST_REASONS or not other.reasons or other.reasons is one.reasons


TRUE = Truth(value=True)
FALSE = Truth(value=False)


def unknown(*reasons: Reason) -> Truth:
    """A truth that is not decided, for these reasons."""
    return Truth(None, gather(reasons))


def truth(*, value: bool) -> Truth:
    """The certain truth of a Python bool."""
    return TRUE if value else FALSE


def every(truths: Iterable[Truth]) -> Truth:
    """Whether all hold; true of none."""
    result = TRUE
    for item in truths:
        result &= item
        if result.is_ruled_out:
            break
    return result


def some(truths: Iterable[Truth]) -> Truth:
    """Whether at least one holds; false of none."""
    result = FALSE
    for item in truths:
        result |= item
        if result.is_true and not result.likely:
            break
    return result


def gather(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The distinct reasons in order, as many as a person reads."""
    distinct = dict.fromkeys(reasons)
    return tuple(distinct)[:MOST_REASONS]
