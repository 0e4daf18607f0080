"""Logarithms and powers of 64-bit floats, to the last digit as Go's ``math`` package has them.

The logarithm is the polynomial approximation that fdlibm published; the C library behind Python's
``math`` rounds some results differently. Powers with a fraction go through ``exp``, which Go has in
assembler: there the last digit may differ.
"""

from __future__ import annotations

import math

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10

_ODD = (6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01)
_EVEN = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)

MOST_EXPONENT = 1 << 12
"""Beyond this binary exponent, a power is infinite or zero."""


def log(number: float) -> float:
    """The natural logarithm; ``ValueError`` for negative numbers."""
    if number <= 0:
        if number == 0:
            return -math.inf
        msg = "a negative number has no logarithm"
        raise ValueError(msg)
    fraction, exponent = math.frexp(number)
    if fraction < math.sqrt(2) / 2:
        fraction *= 2
        exponent -= 1
    fraction -= 1
    ratio = fraction / (2 + fraction)
    square = ratio * ratio
    fourth = square * square
    odd = square * (_ODD[0] + fourth * (_ODD[1] + fourth * (_ODD[2] + fourth * _ODD[3])))
    even = fourth * (_EVEN[0] + fourth * (_EVEN[1] + fourth * _EVEN[2]))
    half = 0.5 * fraction * fraction
    rest = half - (ratio * (half + (odd + even)) + exponent * _LN2_LOW)
    return exponent * _LN2_HIGH - (rest - fraction)


def power(number: float, exponent: float) -> float:
    """The number to a power: whole ones by repeated squaring; ``ValueError`` where it is not real."""
    if abs(exponent) == 0.5 and number >= 0:
        root = math.sqrt(number)
        return root if exponent > 0 else 1 / root
    fraction, whole = math.modf(abs(exponent))
    if number == 0 or whole > MOST_EXPONENT * 64:
        return math.pow(number, exponent)
    scale = 1.0
    if fraction:
        if fraction > 0.5:
            fraction, whole = fraction - 1, whole + 1
        scale = math.exp(fraction * log(number))
    scale, shift = _squared(number, int(whole), scale)
    return math.ldexp(1 / scale, -shift) if exponent < 0 else math.ldexp(scale, shift)


def _squared(number: float, whole: int, scale: float) -> tuple[float, int]:
    """``scale * number**whole`` as a float and a binary exponent."""
    base, exponent = math.frexp(number)
    shift = 0
    while whole:
        if abs(exponent) > MOST_EXPONENT:
            return scale, shift + exponent
        if whole & 1:
            scale *= base
            shift += exponent
        base *= base
        exponent <<= 1
        if base < 0.5:
            base += base
            exponent -= 1
        whole >>= 1
    return scale, shift
