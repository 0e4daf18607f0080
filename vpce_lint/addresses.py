"""Which addresses a route is for: whether public ones, where the services of AWS are, are among them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.value import Choice, Known, Text, Value, either

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.model import Route

NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "64:ff9b:1::/48",
        "100::/64",
        "2001:db8::/32",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
        "::/128",
        "::1/128",
    )
)
"""Ranges that the public internet doesn't route (IANA Special-Purpose Address Registries, RFC 6890)."""

TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses seen from IPv6, which NAT gateways translate (RFC 6052)."""

WIDE = 4
"""A range with so short a prefix certainly holds services of AWS."""

_PRIVATE_BEGINNINGS = ("10.", "192.168.", "169.254.", "127.", "fd")


class Coverage(Struct, frozen=True):
    """Whether a route is for public addresses; ``width`` is the length of its prefix, 0 for all of them."""

    public: Truth
    width: int = 0
    version: int = 4


def coverage_of(destinations: Iterable[Value], prefix_list: Value) -> Coverage:
    """Whether public addresses are among those that a route is for."""
    if not prefix_list.is_null.is_true:
        return Coverage(
            unknown(Reason(f"the entries of the prefix list {prefix_list} are not known", prefix_list.span))
        )
    best = Coverage(FALSE, 128)
    for destination in destinations:
        found = coverage_of_one(destination)
        if not found.public.is_false and (best.public.is_false or found.public.is_true):
            best = found
    return best


def coverage_of_one(destination: Value) -> Coverage:
    """The same for one range in CIDR notation."""
    if isinstance(destination, Choice):
        sides = [coverage_of_one(side) for side in (destination.then, destination.otherwise)]
        truth = either(destination, lambda side: coverage_of_one(side).public)
        return Coverage(truth, max(side.width for side in sides), sides[0].version)
    if isinstance(destination, Text) and destination.prefix.startswith(_PRIVATE_BEGINNINGS):
        return Coverage(FALSE, 128)
    if not isinstance(destination, Known):
        return Coverage(unknown(*destination.reasons or (Reason(f"{destination} is not known", destination.span),)))
    public, width, version = _public_part(str(destination.value))
    return Coverage(FALSE if public is False else TRUE if public else _likely(destination), width, version)


@lru_cache(maxsize=4_096)
def _public_part(text: str) -> tuple[bool | None, int, int]:
    """Whether public addresses are in a range, ``None`` where that is likely; the width and version of these."""
    network = _parsed(text)
    if network is None:
        return False, 128, 4
    if network == TRANSLATED:
        return True, 0, 6
    if network.version == 6 and _is_within(network, TRANSLATED):
        return None, network.prefixlen - TRANSLATED.prefixlen, 6
    if any(_is_within(network, other) for other in NOT_PUBLIC):
        return False, 128, 4
    return True if network.prefixlen <= WIDE else None, network.prefixlen, network.version


def _likely(destination: Value) -> Truth:
    words = Reason(f"addresses of AWS services are taken to be in {destination}", destination.span)
    return Truth(value=True, reasons=(words,), likely=True)


def _parsed(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _is_within(network: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network) and isinstance(other, IPv4Network):
        return network.subnet_of(other)
    return isinstance(network, IPv6Network) and isinstance(other, IPv6Network) and network.subnet_of(other)


def coverage_of_route(route: Route) -> Coverage:
    """The same for a route."""
    return coverage_of(route.destinations, route.prefix_list)
