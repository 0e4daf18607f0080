"""Numbers as Go's ``fmt`` writes them, exactly: integers in several bases, floats with an exponent or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.number import absolute, render

if TYPE_CHECKING:
    from vpce_lint.number import Number

_DEFAULT_PRECISION = 6


def format_integer(number: int, mode: str, flags: str, width: int, precision: int | None) -> str:
    """A whole number for ``%b %d %o %x %X``."""
    if number == 0 and precision == 0:
        return ""
    digits = format(abs(number), mode)
    if precision is not None:
        digits = digits.rjust(precision, "0")
    prefix = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}.get(mode, "") if "#" in flags else ""
    return _padded(
        _sign(number < 0, flags), prefix + digits, flags if precision is None else flags.replace("0", ""), width
    )


def format_float(number: Number, mode: str, flags: str, width: int, precision: int | None) -> str:
    """A number for ``%e %E %f %g %G``."""
    if mode == "f":
        digits = _fixed(absolute(number), _DEFAULT_PRECISION if precision is None else precision)
    elif mode in "eE":
        digits = _scientific(absolute(number), _DEFAULT_PRECISION if precision is None else precision)
    else:
        digits = format_general(absolute(number), precision)
    return _padded(_sign(number < 0, flags), digits.upper() if mode in "EG" else digits, flags, width)


def _sign(negative: bool, flags: str) -> str:  # noqa: FBT001 (a sign is a flag)
    if negative:
        return "-"
    return "+" if "+" in flags else " " if " " in flags else ""


def _padded(sign: str, digits: str, flags: str, width: int) -> str:
    if "-" in flags:
        return (sign + digits).ljust(width)
    if "0" in flags:
        return sign + digits.rjust(width - len(sign), "0")
    return (sign + digits).rjust(width)


def _fixed(number: Number, places: int) -> str:
    scaled = _halfway_even(number.numerator * 10**places, number.denominator)
    digits = str(scaled).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _halfway_even(numerator: int, denominator: int) -> int:
    quotient, rest = divmod(numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1))


def _scientific(number: Number, places: int) -> str:
    digits, exponent = _significant(number, places + 1)
    return _with_exponent(digits, exponent)


def _with_exponent(digits: str, exponent: int) -> str:
    mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _significant(number: Number, count: int) -> tuple[str, int]:
    """So many significant digits, rounded half to even, and the exponent of the first."""
    if number == 0:
        return "0" * count, 0
    exponent = _exponent(number)
    shift = count - 1 - exponent
    numerator, denominator = number.numerator, number.denominator
    if shift >= 0:
        numerator *= 10**shift
    else:
        denominator *= 10**-shift
    digits = str(_halfway_even(numerator, denominator))
    if len(digits) > count:
        return digits[:-1], exponent + 1
    return digits, exponent


def _exponent(number: Number) -> int:
    """The decimal exponent of a positive number's first digit."""
    if number >= 1:
        return len(str(number.numerator // number.denominator)) - 1
    exponent = -len(str(number.denominator // number.numerator))
    return exponent + 1 if number.numerator * 10 ** (-exponent - 1) >= number.denominator else exponent


def format_general(number: Number, precision: int | None = None) -> str:
    """``big.Float.Text('g', precision)``: an exponent where it is below -4 or not below the precision."""
    sign = "-" if number < 0 else ""
    number = absolute(number)
    if number == 0:
        return "0"
    if precision is None:
        (digits, exponent), threshold = _shortest(number), _DEFAULT_PRECISION
    else:
        found, exponent = _significant(number, precision or 1)
        digits, threshold = found.rstrip("0"), precision or 1
        if threshold > len(digits) > exponent:
            threshold = len(digits)
    if exponent < -4 or exponent >= threshold:
        return sign + _with_exponent(digits, exponent)
    return sign + _placed(digits, exponent)


def _placed(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    decimals = digits[exponent + 1 :]
    return f"{whole}.{decimals}" if decimals else whole


def _shortest(number: Number) -> tuple[str, int]:
    written = render(number)
    whole, _, decimals = written.partition(".")
    digits = (whole + decimals).lstrip("0")
    exponent = len(whole) - 1 if whole != "0" else len(digits) - len(decimals) - 1
    return digits.rstrip("0"), exponent
