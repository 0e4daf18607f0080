"""IP address ranges (the "IP Network Functions" pages of Terraform's documentation)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Any

from msgspec import Struct

from vpce_lint.readers.terraform.functions.function import (
    NUMBER,
    STRING,
    STRINGS,
    Call,
    InvalidError,
    OpenError,
    exact,
    whole,
)
from vpce_lint.readers.terraform.functions.members import bounded
from vpce_lint.value import Sequence, Unknown, Value

MOST_NEW_BITS = 32
"""Bits by which ``cidrsubnets`` extends a prefix at most."""


class Prefix(Struct, frozen=True):
    """A range of addresses: its first one as a number, the bits that they share, and all bits of an address."""

    address: int
    length: int
    bits: int

    @property
    def free(self) -> int:
        """The bits in which the addresses differ."""
        return self.bits - self.length

    def __str__(self) -> str:
        """The range in CIDR notation."""
        return f"{write_address(self.address, self.bits)}/{self.length}"


def parse_prefix(string: str) -> Prefix:
    """A range in CIDR notation; Terraform lets parts of IPv4 addresses begin with zeros."""
    written, _, digits = string.partition("/")
    address, bits = _parse_address(written)
    valid = digits.isascii() and digits.isdigit() and len(digits) <= 3
    if address is None or not valid or int(digits) > bits:
        msg = f'"{string[:60]}" is no address range like 10.0.0.0/16'
        raise InvalidError(msg)
    if bits == 128 and address >> 32 == 0xFFFF:
        msg = "is not worked out for IPv4 addresses in IPv6 form"
        raise OpenError(msg)
    free = bits - int(digits)
    return Prefix(address >> free << free, int(digits), bits)


def _parse_address(written: str) -> tuple[int | None, int]:
    try:
        if ":" in written:
            address = int(IPv6Address(written))
            return (None, 128) if "%" in written else (address, 128)
        parts = written.split(".")
        if not all(part.isascii() and part.isdigit() and len(part) <= 12 for part in parts):
            return None, 32
        return int(IPv4Address(".".join(str(int(part)) for part in parts))), 32
    except ValueError:
        return None, 32


def write_address(address: int, bits: int) -> str:
    """An address as Go's ``net.IP.String`` writes it."""
    if bits == 32:
        return str(IPv4Address(address))
    mapped = IPv6Address(address).ipv4_mapped
    return str(mapped) if mapped is not None else str(IPv6Address(address))


def subnet(prefix: Prefix, newbits: int, number: int) -> Prefix:
    """The range with so many more bits, of this number; what Terraform makes of negative ones is not meant."""
    if newbits < 0 or number < 0:
        msg = "is not worked out for negative numbers"
        raise OpenError(msg)
    if newbits > prefix.free:
        msg = f"{prefix} has no room for {newbits} more bits"
        raise InvalidError(msg)
    if number >= 1 << newbits:
        msg = f"{newbits} bits have no room for {number}"
        raise InvalidError(msg)
    length = prefix.length + newbits
    return Prefix(prefix.address | (number << (prefix.bits - length)), length, prefix.bits)


@exact(STRING, NUMBER, NUMBER, returns=STRING)
def cidrsubnet(prefix: str, newbits: int, netnum: int) -> str:
    """The range inside another, extended by so many bits and of this number."""
    return str(subnet(parse_prefix(prefix), whole(newbits, "newbits"), whole(netnum, "netnum")))


def _integer(number: Any) -> int:
    """A whole number of any size: IPv6 ranges have more addresses than 64 bits count."""
    if isinstance(number, int):
        return number
    return whole(number, "hostnum")


@exact(STRING, NUMBER, returns=STRING)
def cidrhost(prefix: str, hostnum: int) -> str:
    """The address of this number in a range; negative ones count from the last."""
    network = parse_prefix(prefix)
    number = _integer(hostnum)
    if number < 0:
        number += 1 << network.free
    if not 0 <= number < 1 << network.free:
        msg = f"{prefix} has no address {hostnum}"
        raise InvalidError(msg)
    return write_address(network.address | number, network.bits)


@exact(STRING, returns=STRING)
def cidrnetmask(prefix: str) -> str:
    """The mask of an IPv4 range."""
    network = parse_prefix(prefix)
    if network.bits != 32:
        msg = "takes IPv4 ranges only"
        raise InvalidError(msg)
    return write_address((1 << 32) - (1 << network.free), 32)


def _cidrsubnets_partly(call: Call, _prefix: Value, *newbits: Value) -> Value:
    """One range for each argument, unknown each."""
    whole_symbol = call.symbol
    members = tuple(
        Unknown(f"{whole_symbol}[{at}]", call.unknown().why, type=STRING, nullable=False, span=call.context.span)
        for at in range(len(newbits))
    )
    return Sequence(members, "list", span=call.context.span)


@exact(STRING, variadic=NUMBER, returns=STRINGS, partly=_cidrsubnets_partly)
def cidrsubnets(prefix: str, *newbits: int) -> list[str]:
    """Consecutive ranges inside another, each extended by so many bits."""
    network = parse_prefix(prefix)
    bounded(len(newbits))
    if newbits and not network.address:
        msg = f"{prefix} begins at address zero, which Terraform can't divide"
        raise InvalidError(msg)
    following, found = network.address, list[str]()
    for each in newbits:
        if not 1 <= whole(each, "newbits") <= min(network.free, MOST_NEW_BITS):
            msg = f"{prefix} can't be extended by {each} bits"
            raise InvalidError(msg)
        length = network.length + each
        size = 1 << (network.bits - length)
        following = -(-following // size) * size
        if following + size > network.address + (1 << network.free):
            msg = f"{prefix} has no room for all ranges"
            raise InvalidError(msg)
        found.append(str(Prefix(following, length, network.bits)))
        following += size
    return found
