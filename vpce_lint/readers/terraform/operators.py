"""Terraform's operators on values (language documentation, "Arithmetic and Logical Operators")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from vpce_lint.condition import choose, distribute
from vpce_lint.number import NumberLimitError, add, divide, modulo, multiply, subtract
from vpce_lint.readers.terraform.conversion import convert
from vpce_lint.readers.terraform.invalid import invalid
from vpce_lint.truth import gather
from vpce_lint.type_constraint import BOOL, NUMBER
from vpce_lint.value import Choice, Known, Unknown, Value

if TYPE_CHECKING:
    from fractions import Fraction

    from vpce_lint.source import Span

ARITHMETIC = {"+": add, "-": subtract, "*": multiply, "/": divide, "%": modulo}


def binary(operator: str, left: Value, right: Value, span: Span) -> Value:
    """``left operator right``."""
    return distribute(lambda sides: _binary(operator, sides[0], sides[1], span), (left, right))


def unary(operator: str, operand: Value, span: Span) -> Value:
    """``!operand`` or ``-operand``."""
    if operator == "!":
        return negate(operand, span)
    return binary("-", Known(0), operand, span)


def _binary(operator: str, left: Value, right: Value, span: Span) -> Value:
    for side in (left, right):
        if isinstance(side, Unknown) and side.invalid:
            return side
    if operator in {"==", "!="}:
        same = equality(left, right, span)
        return same if operator == "==" else negate(same, span)
    if operator in {"&&", "||"}:
        return connect(operator, left, right, span)
    if operator in ARITHMETIC:
        return _arithmetic(operator, left, right, span)
    # One comparison serves all four, so that `a > b` and `a <= b` are known to be opposites.
    if operator in {"<", ">="}:
        left, right = (right, left) if operator == "<" else (left, right)
        greater = _greater(left, right, span) if operator == "<" else _greater(right, left, span)
        return greater if operator == "<" else negate(greater, span)
    greater = _greater(left, right, span)
    return greater if operator == ">" else negate(greater, span)


def equality(left: Value, right: Value, span: Span | None) -> Value:
    """``left == right`` as a bool value; where undecided, its identity doesn't depend on the sides' order."""
    decided = left.equals(right)
    if decided.value is not None:
        return Known(decided.value, span=span)
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Known) and isinstance(side.value, bool) and _is_bool(other):
            return other if side.value else negate(other, span)
    for side, other in ((left, right), (right, left)):
        if (
            isinstance(side, Known)
            and isinstance(other, Unknown)
            and other.least is not None
            and other.least == side.value
        ):
            return negate(_greater(other, side, span or other.span), span)
    # A literal comes last, as people write it.
    symbols = [side.symbol for side in sorted((left, right), key=lambda side: (isinstance(side, Known), side.symbol))]
    name = f"({symbols[0]} == {symbols[1]})"
    return Unknown(name, decided.reasons, type=BOOL, nullable=False, span=span)


def _is_bool(value: Value) -> bool:
    return isinstance(value, Unknown) and value.type is not None and value.type.kind == "bool"


def negate(value: Value, span: Span | None) -> Value:
    """``!value``; a double negation is the value itself."""
    if isinstance(value, Choice):
        return choose(value.condition, negate(value.then, span), negate(value.otherwise, span))
    value = convert(value, BOOL)
    if isinstance(value, Known) and isinstance(value.value, bool):
        return Known(not value.value, span=span)
    if isinstance(value, Unknown):
        if value.invalid:
            return value
        if value.formula and value.formula[0] == "not":
            return value.formula[1][0]
        why = value.reasons
        return Unknown(f"!{value.symbol}", why, type=BOOL, nullable=False, formula=("not", (value,)), span=span)
    return invalid("! needs a bool", span)


def connect(operator: str, left: Value, right: Value, span: Span) -> Value:
    """``left && right`` or ``left || right``: a known side may decide it alone."""
    left, right = convert(left, BOOL), convert(right, BOOL)
    deciding = operator == "||"
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Known):
            if not isinstance(side.value, bool):
                return invalid(f"{operator} needs bools", span)
            return Known(deciding, span=span) if side.value is deciding else other
    if left.symbol == right.symbol:
        return left
    name = f"({left.symbol} {operator} {right.symbol})"
    connective: Literal["and", "or"] = "or" if deciding else "and"
    reasons = gather((*left.reasons, *right.reasons))
    return Unknown(name, reasons, type=BOOL, nullable=False, formula=(connective, (left, right)), span=span)


def bounds(value: Value) -> tuple[int | Fraction | None, int | Fraction | None]:
    """The least and the greatest number that the value can be; ``None`` where there is no bound."""
    if isinstance(value, Known) and not isinstance(value.value, str | bool) and value.value is not None:
        return value.value, value.value
    if isinstance(value, Unknown):
        return value.least, value.most
    return None, None


def _greater(left: Value, right: Value, span: Span | None) -> Value:
    left, right = convert(left, NUMBER), convert(right, NUMBER)
    for side in (left, right):
        if isinstance(side, Unknown) and side.invalid:
            return side
        if side.is_null.is_true:
            return invalid("null can't be compared", span)
    (left_least, left_most), (right_least, right_most) = bounds(left), bounds(right)
    if left_least is not None and right_most is not None and left_least > right_most:
        return Known(value=True, span=span)
    if left_most is not None and right_least is not None and left_most <= right_least:
        return Known(value=False, span=span)
    name = f"({left.symbol} > {right.symbol})"
    return Unknown(name, gather((*left.reasons, *right.reasons)), type=BOOL, nullable=False, span=span)


def _arithmetic(operator: str, left: Value, right: Value, span: Span) -> Value:
    left, right = convert(left, NUMBER), convert(right, NUMBER)
    for side in (left, right):
        if isinstance(side, Unknown) and side.invalid:
            return side
        if side.is_null.is_true:
            return invalid(f"null can't be an operand of {operator}", span)
    if isinstance(left, Known) and isinstance(right, Known):
        try:
            return Known(ARITHMETIC[operator](left.value, right.value), span=span)  # type: ignore[arg-type]
        except ZeroDivisionError:
            return invalid("division by zero", span)
        except NumberLimitError as error:
            return invalid(str(error), span)
    name = f"({left.symbol} {operator} {right.symbol})"
    result = Unknown(name, gather((*left.reasons, *right.reasons)), type=NUMBER, nullable=False, span=span)
    return _with_bounds(result, operator, left, right)


def _with_bounds(result: Unknown, operator: str, left: Value, right: Value) -> Unknown:
    (left_least, left_most), (right_least, right_most) = bounds(left), bounds(right)
    if operator == "-":
        right_least, right_most = _opposite(right_most), _opposite(right_least)
    elif operator != "+":
        return result
    return replace(result, least=_total(left_least, right_least), most=_total(left_most, right_most))


def _opposite(bound: int | Fraction | None) -> int | Fraction | None:
    return None if bound is None else -bound


def _total(one: int | Fraction | None, other: int | Fraction | None) -> int | None:
    if not isinstance(one, int) or not isinstance(other, int):
        return None
    return one + other
