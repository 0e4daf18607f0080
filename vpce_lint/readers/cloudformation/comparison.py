"""Conditions as values: comparisons of texts, and what is made of them with ``and``, ``or`` and ``not``.

CloudFormation compares texts (User Guide, "Condition functions"): ``true`` is ``"true"``, ``1`` is ``"1"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from vpce_lint.condition import choose, distribute
from vpce_lint.limits import WORK
from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import BOOL
from vpce_lint.value import Choice, Known, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vpce_lint.source import Span

MOST_LITERALS = 8
"""A value is known to be only one of so many texts that it is compared with; more are compared each by itself."""

MOST_SPREAD = 4
"""A value that may be one of so many texts is a choice between them; one of more is unknown."""

HEAVIEST = 2_000
"""A condition made of more parts than this is not looked into."""


class Comparisons:
    """The comparisons of one root: a value that is one text is no other, whatever template asks."""

    def __init__(self) -> None:
        self._asked: dict[str, dict[str, Value]] = {}
        self._allowed: dict[str, tuple[str, ...]] = {}
        self._filled: set[str] = set()
        self._weights: dict[str, int] = {}

    def allow(self, value: Unknown, texts: tuple[str, ...]) -> None:
        """Note that a value is one of these texts."""
        self._allowed[value.symbol] = texts

    def fill(self, value: Unknown) -> None:
        """Note that a value is not the empty text."""
        self._filled.add(value.symbol)

    def spread(self, value: Unknown, texts: Sequence[str], results: Sequence[Value]) -> Value:
        """The result that belongs to the text that a value is; it certainly is one of the texts."""
        chosen = results[-1]
        for text, result in reversed(list(zip(texts, results, strict=True))[:-1]):
            chosen = choose(self._is_text(value, text, value.span), result, chosen)
        return chosen

    def equal(self, left: Value, right: Value, span: Span | None) -> Value:
        """Whether two values are the same text, as a bool value."""
        return distribute(lambda sides: self._equal(as_text(sides[0]), as_text(sides[1]), span), (left, right))

    def _equal(self, left: Value, right: Value, span: Span | None) -> Value:
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Unknown) and side.invalid:
                return side
            if isinstance(side, Unknown) and isinstance(other, Known) and isinstance(other.value, str):
                return self._is_text(side, other.value, span)
        decided = left.equals(right)
        if decided.value is not None:
            return Known(decided.value, span=span)
        # A text that is known comes last, as people write it.
        one, other = sorted((left, right), key=lambda side: (isinstance(side, Known), side.symbol))
        return _flag(f"({one.symbol} == {other.symbol})", decided.reasons, span)

    def _is_text(self, value: Unknown, text: str, span: Span | None) -> Value:
        allowed = self._allowed.get(value.symbol)
        if not text and value.symbol in self._filled:
            return Known(value=False, span=span)
        if allowed is not None and (text not in allowed or len(allowed) == 1):
            return Known(text in allowed, span=span)
        asked = self._asked.setdefault(value.symbol, {})
        if text not in asked:
            asked[text] = self._new(value, text, list(asked.values()), allowed)
        return asked[text].at(span)

    def _new(self, value: Unknown, text: str, others: list[Value], allowed: tuple[str, ...] | None) -> Value:
        name = f"({value.symbol} == {Known(text).symbol})"
        if not others or len(others) >= MOST_LITERALS:
            return _flag(name, value.why, value.span)
        parts = [negate(other) for other in others]
        if allowed is None or len(others) + 1 < len(allowed):
            parts.append(_flag(f"{name}, if it is no other", value.why, value.span))
        return Unknown(name, value.why, type=BOOL, nullable=False, formula=("and", tuple(parts)), span=value.span)

    def connect(self, connective: Literal["and", "or"], operands: Sequence[Value], span: Span | None) -> Value:
        """``Fn::And`` or ``Fn::Or``: a known operand may decide alone."""
        deciding = connective == "or"
        kept: dict[str, Value] = {}
        for operand in operands:
            if isinstance(operand, Known):
                if operand.value is deciding:
                    return Known(deciding, span=span)
                continue
            if isinstance(operand, Unknown) and operand.invalid:
                return operand
            kept.setdefault(operand.symbol, operand)
        if not kept:
            return Known(not deciding, span=span)
        if len(kept) == 1:
            return next(iter(kept.values())).at(span)
        name = "(" + (" || " if deciding else " && ").join(kept) + ")"
        reasons = gather(reason for operand in kept.values() for reason in operand.reasons)
        weight = 1 + sum(self._weights.get(symbol, 1) for symbol in kept)
        result = Unknown(
            name, reasons, type=BOOL, nullable=False, formula=(connective, tuple(kept.values())), span=span
        )
        self._weights[result.symbol] = self._weights[f"!{result.symbol}"] = weight
        if weight > HEAVIEST:
            return _flag(name, (WORK.reached(f"a condition has more than {HEAVIEST:,} parts", span),), span)
        return result


def negate(value: Value) -> Value:
    """``Fn::Not``; of a negation, what it negates."""
    if isinstance(value, Choice):
        return choose(value.condition, negate(value.then), negate(value.otherwise))
    if isinstance(value, Known):
        return Known(value.value is not True, span=value.span)
    if not isinstance(value, Unknown) or value.invalid:
        return value
    if value.formula and value.formula[0] == "not":
        return value.formula[1][0].at(value.span)
    return Unknown(f"!{value.symbol}", value.why, type=BOOL, nullable=False, formula=("not", (value,)), span=value.span)


def as_text(value: Value) -> Value:
    """A bool as the text that CloudFormation makes of it."""
    if isinstance(value, Known) and isinstance(value.value, bool):
        return Known("true" if value.value else "false", span=value.span)
    return value


def as_flag(value: Value) -> Value:
    """A text as the bool that it means where a bool is wanted."""
    if isinstance(value, Choice):
        return choose(value.condition, as_flag(value.then), as_flag(value.otherwise))
    if isinstance(value, Known) and isinstance(value.value, str) and value.value.lower() in {"true", "false"}:
        return Known(value.value.lower() == "true", span=value.span)
    return value


def _flag(name: str, reasons: tuple[Reason, ...], span: Span | None) -> Unknown:
    return Unknown(name, reasons, type=BOOL, nullable=False, span=span)
