"""Functions of numbers (the "Numeric Functions" pages of Terraform's documentation)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from vpce_lint.number import absolute, add, parse, rounded
from vpce_lint.readers.terraform.conversion import convert
from vpce_lint.readers.terraform.functions import floats
from vpce_lint.readers.terraform.functions.function import (
    ANY,
    NUMBER,
    Call,
    InvalidError,
    exact,
    symbolic,
    whole,
)
from vpce_lint.readers.terraform.functions.members import sequence_of
from vpce_lint.readers.terraform.operators import bounds
from vpce_lint.value import Known, Run, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.number import Number

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _abs_partly(call: Call, value: Value) -> Value | None:
    least, _ = bounds(value)
    return value if least is not None and least >= 0 else call.unknown(NUMBER, least=0)


@exact(NUMBER, returns=NUMBER, partly=_abs_partly)
def abs_(number: Number) -> Number:
    """The number without its sign."""
    return absolute(number)


def _whole_partly(call: Call, value: Value) -> Value | None:
    least, most = bounds(value)
    return call.unknown(NUMBER, least=None if least is None else int(least), most=None if most is None else int(most))


@exact(NUMBER, returns=NUMBER, partly=_whole_partly)
def ceil(number: Number) -> int:
    """The nearest whole number that isn't less."""
    return math.ceil(number)


@exact(NUMBER, returns=NUMBER, partly=_whole_partly)
def floor(number: Number) -> int:
    """The nearest whole number that isn't greater."""
    return math.floor(number)


@exact(NUMBER, NUMBER, returns=NUMBER)
def log(number: Number, base: Number) -> Number:
    """The logarithm to a base, computed with 64-bit floats."""
    return _from_float(lambda: floats.log(float(number)) / floats.log(float(base)))


@exact(NUMBER, NUMBER, returns=NUMBER)
def pow_(number: Number, exponent: Number) -> Number:
    """The number to a power, computed with 64-bit floats."""
    return _from_float(lambda: floats.power(float(number), float(exponent)))


def _from_float(compute: Callable[[], float]) -> Number:
    """A float's shortest decimal: Terraform shows that, though it computes on with the float's exact value."""
    try:
        result = compute()
    except (ValueError, ZeroDivisionError, OverflowError):
        result = math.nan
    number = parse(repr(result)) if math.isfinite(result) else None
    if number is None:
        msg = "has no finite result"
        raise InvalidError(msg)
    return number


@exact(NUMBER, returns=NUMBER)
def signum(number: int) -> int:
    """-1, 0 or 1 by the number's sign."""
    value = whole(number, "the argument")
    return (value > 0) - (value < 0)


@exact(ANY, NUMBER, returns=NUMBER)
def parseint(string: Value, base: int) -> int:
    """The whole number that a string has in a base from 2 to 62."""
    written = string.value if isinstance(string, Known) else None
    if not isinstance(written, str):
        msg = f"takes a string, not {string.symbol}"
        raise InvalidError(msg)
    if not 2 <= whole(base, "the base") <= len(_DIGITS):
        msg = f"takes a base from 2 to 62, not {base}"
        raise InvalidError(msg)
    unsigned = written.removeprefix("-") if written.startswith("-") else written.removeprefix("+")
    number = _in_base(unsigned, base) if len(unsigned) < 1000 else None
    if number is None:
        msg = f'"{written[:40]}" is no whole number in base {base}'
        raise InvalidError(msg)
    return -number if written.startswith("-") else number


def _in_base(digits: str, base: int) -> int | None:
    if base <= 36:
        digits = digits.lower()
    allowed = _DIGITS[:base]
    number = 0
    for digit in digits:
        if digit not in allowed:
            return None
        number = number * base + allowed.index(digit)
    return number if digits else None


@symbolic(variadic=NUMBER, returns=NUMBER)
def min_(call: Call, *numbers: Value) -> Value | None:
    """The least number; of unknown ones, one with bounds."""
    return _extreme(call, numbers, min)


@symbolic(variadic=NUMBER, returns=NUMBER)
def max_(call: Call, *numbers: Value) -> Value | None:
    """The greatest number; of unknown ones, one with bounds."""
    return _extreme(call, numbers, max)


def _extreme(call: Call, numbers: tuple[Value, ...], choose: Callable[..., Number]) -> Value:
    if not numbers:
        msg = "needs at least one number"
        raise InvalidError(msg)
    limits = [bounds(number) for number in numbers]
    lows = [least for least, _ in limits if least is not None]
    highs = [most for _, most in limits if most is not None]
    lowest = choose(lows) if lows and (choose is max or len(lows) == len(numbers)) else None
    highest = choose(highs) if highs and (choose is min or len(highs) == len(numbers)) else None
    if lowest is not None and lowest == highest:
        return call.value(lowest)
    return call.unknown(NUMBER, least=_down(lowest), most=_up(highest))


def _down(bound: Number | None) -> int | None:
    return None if bound is None else math.floor(bound)


def _up(bound: Number | None) -> int | None:
    return None if bound is None else math.ceil(bound)


@symbolic(ANY, returns=NUMBER)
def sum_(call: Call, items: Value) -> Value | None:
    """The sum of a list's, set's or tuple's numbers."""
    sequence = sequence_of(items)
    if sequence.most == 0:
        msg = "an empty list has no sum"
        raise InvalidError(msg)
    total: Number = 0
    for member in sequence.members:
        if isinstance(member, Run):
            return None
        number = convert(member, NUMBER)
        if number.is_null.is_true or (isinstance(number, Unknown) and number.invalid):
            msg = f"takes numbers, not {member.symbol}"
            raise InvalidError(msg)
        if not isinstance(number, Known) or isinstance(number.value, str | None):
            return None
        total = add(total, number.value)
    return call.value(rounded(total))
