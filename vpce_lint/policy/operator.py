"""Condition operators: ``ForAnyValue:StringNotLikeIfExists`` taken apart, and what each compares.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for
multivalued context keys".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

from vpce_lint.policy.glob import any_matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction
    from ipaddress import IPv4Network, IPv6Network

    from vpce_lint.policy.glob import Glob

Style = Literal["text", "like", "ignoring case", "arn", "bool", "number", "date", "address", "null"]
Comparison = Literal["=", "<", "<=", ">", ">="]

_BASES: dict[str, tuple[Style, bool, Comparison]] = {
    "StringEquals": ("text", True, "="),
    "StringNotEquals": ("text", False, "="),
    "StringEqualsIgnoreCase": ("ignoring case", True, "="),
    "StringNotEqualsIgnoreCase": ("ignoring case", False, "="),
    "StringLike": ("like", True, "="),
    "StringNotLike": ("like", False, "="),
    "ArnEquals": ("arn", True, "="),
    "ArnLike": ("arn", True, "="),
    "ArnNotEquals": ("arn", False, "="),
    "ArnNotLike": ("arn", False, "="),
    "Bool": ("bool", True, "="),
    "BinaryEquals": ("text", True, "="),
    "NumericEquals": ("number", True, "="),
    "NumericNotEquals": ("number", False, "="),
    "NumericLessThan": ("number", True, "<"),
    "NumericLessThanEquals": ("number", True, "<="),
    "NumericGreaterThan": ("number", True, ">"),
    "NumericGreaterThanEquals": ("number", True, ">="),
    "DateEquals": ("date", True, "="),
    "DateNotEquals": ("date", False, "="),
    "DateLessThan": ("date", True, "<"),
    "DateLessThanEquals": ("date", True, "<="),
    "DateGreaterThan": ("date", True, ">"),
    "DateGreaterThanEquals": ("date", True, ">="),
    "IpAddress": ("address", True, "="),
    "NotIpAddress": ("address", False, "="),
    "Null": ("null", True, "="),
}
_BY_LOWER = {name.lower(): name for name in _BASES}
_QUANTIFIERS = {"forallvalues": True, "foranyvalue": False}
_IF_EXISTS = "ifexists"

OPERATORS = tuple(_BASES)
"""The names of the operators, without prefix and suffix."""


class Operator(Struct, frozen=True):
    """A condition operator.

    ``style`` says how values are compared, ``positive`` whether they must match or must not.
    ``every`` is true for ``ForAllValues``, false for ``ForAnyValue``, else ``None``. ``if_absent``
    is what the condition is where the request has no such key.
    """

    name: str
    style: Style
    positive: bool
    comparison: Comparison
    every: bool | None
    if_absent: bool

    @property
    def globs(self) -> bool:
        """Whether ``*`` and ``?`` stand for other characters."""
        return self.style in {"like", "arn"}


@lru_cache(maxsize=512)
def operator(name: str) -> Operator | None:
    """The operator with this name; ``None`` where AWS has no such."""
    quantifier, colon, plain = name.lower().rpartition(":")
    lenient = plain.endswith(_IF_EXISTS)
    base = _BY_LOWER.get(plain.removesuffix(_IF_EXISTS))
    every = _QUANTIFIERS.get(quantifier)
    if base is None or (colon and every is None) or not name.isascii():
        return None
    style, positive, comparison = _BASES[base]
    if style == "null" and (colon or lenient):
        return None
    if_absent = not positive
    if every is not None:
        if_absent = every
    if lenient:
        if_absent = True
    return Operator(name, style, positive, comparison, every, if_absent)


class Values(Protocol):
    """The values of a condition: what a value of the request is compared with."""

    def accepts(self, text: str) -> bool:
        """Whether a value of the request matches one of them."""

    def boundaries(self) -> Iterable[str]:
        """Texts among which there is one for each way in which values can differ here."""


class Patterns(Struct, frozen=True, dict=True):
    """Texts, patterns and ARNs."""

    globs: tuple[Glob, ...]

    def accepts(self, text: str) -> bool:
        """Whether one of the patterns matches."""
        return any_matches(self.globs, text)

    def boundaries(self) -> Iterable[str]:
        """The texts that are spelt out, and one that isn't."""
        yield from (glob.literal for glob in self.globs if glob.literal is not None)
        yield "elsewhere"


class Ordered(Struct, frozen=True, dict=True):
    """Numbers or dates."""

    style: Style
    comparison: Comparison
    texts: tuple[str, ...]

    def accepts(self, text: str) -> bool:
        """Whether the value stands in this order to one of them."""
        value = _ordinal(self.style, text)
        if value is None:
            return False
        limits = (_ordinal(self.style, each) for each in self.texts)
        return any(_compare(self.comparison, value, limit) for limit in limits if limit is not None)

    def boundaries(self) -> Iterable[str]:
        """Each value, and those just before and after it."""
        for text in self.texts:
            value = _ordinal(self.style, text)
            if value is None:
                continue
            yield text
            for step in (-1, 1):
                yield _spelt(self.style, value + step)


def between(ordered: Iterable[Ordered]) -> list[str]:
    """A number between each two neighbours among the limits of several comparisons."""
    limits = {_ordinal(each.style, text) for each in ordered if each.style == "number" for text in each.texts}
    row = sorted(each for each in limits if each is not None)
    return [_spelt("number", (left + right) / 2) for left, right in pairwise(row)]


class Addresses(Struct, frozen=True, dict=True):
    """IP addresses and ranges in CIDR notation."""

    texts: tuple[str, ...]

    def accepts(self, text: str) -> bool:
        """Whether the address lies in one of the ranges."""
        address = _network(text)
        if address is None:
            return False
        ranges = (_network(each) for each in self.texts)
        return any(
            each.version == address.version
            and int(each.network_address) <= int(address.network_address) <= int(each.broadcast_address)
            for each in ranges
            if each is not None
        )

    def boundaries(self) -> Iterable[str]:
        """The first and the last address of each range, and those next to them."""
        for text in self.texts:
            network = _network(text)
            if network is None:
                continue
            first, last = network.network_address, network.broadcast_address
            yield str(first)
            yield str(last)
            if int(first):
                yield str(first - 1)
            if int(last) < 2**network.max_prefixlen - 1:
                yield str(last + 1)


def _ordinal(style: Style, text: str) -> Fraction | None:
    from fractions import Fraction  # noqa: PLC0415 (few policies compare numbers or dates)

    try:
        if style == "number":
            return Fraction(text.strip()) if re.fullmatch(r"\s*[+-]?[\d.]{1,40}\s*", text) else None
        if re.fullmatch(r"\d{1,15}", text):
            return Fraction(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return Fraction(int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()))


def _spelt(style: Style, value: Fraction) -> str:
    if style == "number" and value.denominator == 1:
        return str(value.numerator)
    if style == "number":
        return str(float(value))
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(value))
    except OverflowError:
        return str(int(value))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


_COMPARISONS: dict[Comparison, Callable[[Fraction, Fraction], bool]] = {
    "=": lambda value, limit: value == limit,
    "<": lambda value, limit: value < limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    ">=": lambda value, limit: value >= limit,
}


def _compare(comparison: Comparison, value: Fraction, limit: Fraction) -> bool:
    return _COMPARISONS[comparison](value, limit)


@lru_cache(maxsize=1024)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network  # noqa: PLC0415 (few policies have addresses, and it is slow to import)

    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None
