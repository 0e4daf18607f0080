"""Terraform's numbers: ``int`` where whole, else ``Fraction``, both rounded to a 512-bit mantissa.

Terraform computes with Go's ``big.Float`` at 512 bits (go-cty, ``cty.ParseNumberVal`` and
``value_ops.go``), so every operation here rounds its exact result half to even. Magnitudes beyond
``MOST_BITS`` raise ``NumberLimitError`` before they cost time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    Number = int | Fraction

PRECISION = 512
"""Bits of the mantissa."""

MOST_BITS = 4096
"""The greatest exponent, of two, in either direction; Terraform's own bound is far higher."""

MOST_DIGITS = 2000
"""The longest decimal text that is read."""


class NumberLimitError(ArithmeticError):
    """A number is too large, too small or too long to compute with."""


def add(left: Number, right: Number) -> Number:
    """The sum."""
    return rounded(left + right)


def subtract(left: Number, right: Number) -> Number:
    """The difference."""
    return rounded(left - right)


def multiply(left: Number, right: Number) -> Number:
    """The product."""
    return rounded(left * right)


def divide(left: Number, right: Number) -> Number:
    """The quotient; ``ZeroDivisionError`` where Terraform gets infinity."""
    return _quotient(left.numerator * right.denominator, left.denominator * right.numerator)


def modulo(left: Number, right: Number) -> Number:
    """The remainder with the sign of ``left``; ``left`` itself where ``right`` is zero, as in Terraform."""
    if right == 0:
        return left
    return rounded(left - rounded(right * int(divide(left, right))))


def absolute(value: Number) -> Number:
    """The number without its sign."""
    return -value if value < 0 else value


def rounded(value: Number) -> Number:
    """The number with a mantissa of 512 bits, rounded half to even."""
    return _quotient(value.numerator, value.denominator)


def _quotient(numerator: int, denominator: int) -> Number:
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator % denominator == 0:
        whole = numerator // denominator
        if whole.bit_length() <= PRECISION:
            return whole
    size = abs(numerator).bit_length() - denominator.bit_length()
    if abs(size) > MOST_BITS:
        msg = f"a number of about 2^{size} is beyond 2^{MOST_BITS}"
        raise NumberLimitError(msg)
    mantissa, exponent = _mantissa(abs(numerator), denominator, size)
    if numerator < 0:
        mantissa = -mantissa
    if exponent >= 0:
        return mantissa << exponent
    from fractions import Fraction  # noqa: PLC0415 (fractions are rare, and slow to import)

    result = Fraction(mantissa, 1 << -exponent)
    return int(result) if result.denominator == 1 else result


def _mantissa(numerator: int, denominator: int, size: int) -> tuple[int, int]:
    """The quotient as ``mantissa * 2**exponent`` with at most 512 bits; ``size`` is its exponent, or one more."""
    exponent = size - PRECISION
    if exponent >= 0:
        denominator <<= exponent
    else:
        numerator <<= -exponent
    mantissa, rest = divmod(numerator, denominator)
    if mantissa.bit_length() > PRECISION:
        mantissa, bit = mantissa >> 1, mantissa & 1
        rest += bit * denominator
        denominator <<= 1
        exponent += 1
    if 2 * rest > denominator or (2 * rest == denominator and mantissa & 1):
        mantissa += 1
    return mantissa, exponent


def parse(text: str) -> Number | None:
    """The number that a decimal text stands for, or ``None`` where Terraform takes it for no number.

    Besides digits, a point and an exponent of ten, Go's parser takes an exponent of two (``1p3``).
    """
    if len(text) > MOST_DIGITS:
        msg = f"a number of {len(text)} characters is too long"
        raise NumberLimitError(msg)
    unsigned = text[1:] if text[:1] in {"+", "-"} else text
    base, marker = 10, next((mark for mark in "eEpP" if mark in unsigned), "")
    digits, exponent = unsigned, 0
    if marker:
        base = 2 if marker in "pP" else 10
        digits, _, raised = unsigned.partition(marker)
        if not _is_digits(raised[1:] if raised[:1] in {"+", "-"} else raised):
            return None
        exponent = int(raised)
    whole, _, decimals = digits.partition(".")
    if not _is_digits(whole + decimals):
        return None
    mantissa = int(whole + decimals)
    if text.startswith("-"):
        mantissa = -mantissa
    return _scaled(mantissa, len(decimals), base, exponent)


def _scaled(mantissa: int, decimals: int, base: int, exponent: int) -> Number:
    if mantissa == 0:
        return 0
    if abs(exponent) > MOST_BITS:
        msg = f"an exponent of {exponent} is beyond {MOST_BITS}"
        raise NumberLimitError(msg)
    numerator, denominator = mantissa, 10**decimals
    if exponent >= 0:
        numerator *= base**exponent
    else:
        denominator *= base**-exponent
    return _quotient(numerator, denominator)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def render(value: Number) -> str:
    """The shortest decimal that reads back as the same number: ``big.Float.Text('f', -1)`` of 512 bits."""
    value = rounded(value)
    sign = "-" if value < 0 else ""
    if value.denominator == 1 and abs(value.numerator).bit_length() <= PRECISION:
        return f"{value.numerator}"
    half, places = _half_unit(abs(value.numerator), value.denominator)
    scaled = abs(value.numerator) * 10**places // value.denominator
    digits, more = _shortest(scaled, half)
    written = digits + "0" * more
    if places == 0:
        return sign + written
    written = written.rjust(places + 1, "0")
    return f"{sign}{written[:-places]}.{written[-places:]}".rstrip("0").rstrip(".")


def _half_unit(numerator: int, denominator: int) -> tuple[int, int]:
    """Half of the last mantissa bit's worth, scaled by ``10**places`` so that it is whole, and ``places``."""
    size = numerator.bit_length() - denominator.bit_length()
    if numerator < denominator << size if size >= 0 else numerator << -size < denominator:
        size -= 1
    half = size - PRECISION
    if half >= 0:
        return 1 << half, 0
    return 5**-half, -half


def _shortest(value: int, half: int) -> tuple[str, int]:
    """The fewest leading digits that lie within ``half`` of ``value``, and how many places they leave out."""
    inclusive = value // (2 * half) % 2 == 0
    width = len(f"{value + half}")
    exact, lower, upper = (f"{number:0{width}d}" for number in (value, value - half, value + half))
    lower_length, upper_length = len(lower.rstrip("0")), len(upper.rstrip("0"))
    for index, digit in enumerate(exact):
        may_cut = lower[index] != digit or (inclusive and index + 1 == lower_length)
        may_raise = upper[index] != digit and (
            inclusive or int(digit) + 1 < int(upper[index]) or index + 1 < upper_length
        )
        if may_cut or may_raise:
            left_out = width - index - 1
            kept = int(exact[: index + 1])
            if may_cut and may_raise:
                rest, middle = int(exact[index + 1 :] or 0), 5 * 10 ** (left_out - 1) if left_out else 1
                kept += rest > middle or (rest == middle and kept % 2 == 1)
            elif may_raise:
                kept += 1
            return f"{kept:0{index + 1}d}", left_out
    return exact, 0
