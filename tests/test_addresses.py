"""Which addresses a route is for."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.addresses import coverage_of, coverage_of_one
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Unknown, text

HOLE = Unknown("var.x", (Reason("var.x has no default"),), nullable=False)
NULL = Known(None)
ANYCAST = {IPv4Address("192.0.0.9"), IPv4Address("192.0.0.10")}
"""Two addresses of a range for protocols that newer registries list as global."""


@given(st.integers(0, 2**32 - 1), st.integers(0, 32), st.data())
def test_range_with_a_public_address_is_public(start: int, length: int, data: st.DataObject) -> None:
    """What isn't for public addresses holds none: no address in it is global by the standard library's registry."""
    network = IPv4Network((start, length), strict=False)
    if coverage_of_one(Known(str(network))).public.is_false:
        address = IPv4Address(data.draw(st.integers(int(network.network_address), int(network.broadcast_address))))
        assert not address.is_global or address.is_multicast or address in ANYCAST


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/24", "100.64.0.0/10", "fd00::/8", "rubbish", ""]
)
def test_private_ranges_are_not_public(cidr: str) -> None:
    """Private ranges, and what is no range at all, hold nothing public."""
    assert coverage_of_one(Known(cidr)).public.is_false


@pytest.mark.parametrize(
    ("cidr", "likely"),
    [("0.0.0.0/0", False), ("128.0.0.0/1", False), ("8.0.0.0/7", True), ("52.94.0.0/16", True), ("::/0", False)],
)
def test_only_wide_ranges_certainly_hold_aws(cidr: str, *, likely: bool) -> None:
    """A public range is one; that services of AWS are in a narrow one is only likely."""
    public = coverage_of_one(Known(cidr)).public
    assert (public.value, public.likely) == (True, likely)


def test_open_ranges_are_open() -> None:
    """A variable may be any range; a text that begins with a private octet is private whatever follows."""
    assert coverage_of_one(HOLE).public.is_unknown
    assert coverage_of_one(Choice(HOLE, Known("0.0.0.0/0"), Known("10.0.0.0/8"))).public.is_unknown
    assert coverage_of_one(text(("10.", HOLE, ".0.0/16"))).public.is_false
    assert coverage_of_one(text((HOLE, "/0"))).public.is_unknown


def test_prefix_list_is_open() -> None:
    """What a prefix list holds is not known here."""
    assert coverage_of((), Known("pl-1")).public.is_unknown
    assert coverage_of((Known("10.0.0.0/8"),), NULL).public.is_false
