"""Subnets that are there for the traffic of others: nothing that calls AWS by itself need stand in them.

What comes from another VPC can't use a gateway endpoint, whatever route table it passes (AWS PrivateLink Guide, "Gateway
endpoints"): its need is one of the subnet that it comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.addresses import coverage_of_one
from vpce_lint.model import Firewall, TransitGatewayAttachment, TransitGatewayRoute
from vpce_lint.pairing import pick_of
from vpce_lint.value import Run, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.model import Network, Resource
    from vpce_lint.value import Value


class Passage(Struct, frozen=True):
    """What brings the traffic of others into a subnet; ``reserved``: nothing else may stand there."""

    by: Resource
    reserved: bool


def passages(network: Network) -> Iterator[tuple[str, Passage]]:
    """The subnets, by the symbol of their id, in which a firewall's or an egress VPC's attachment stands.

    An attachment that a transit gateway sends traffic for public addresses to belongs to an egress VPC. A firewall's
    subnets are for it alone (AWS Network Firewall Developer Guide, "VPC subnets").
    """
    attachments = {each.address: each for each in network.of(TransitGatewayAttachment)}
    for route in network.of(TransitGatewayRoute):
        pick = pick_of(route.attachment)
        attachment = attachments.get(pick.address) if pick is not None else None
        if attachment is not None and coverage_of_one(route.destination).public.is_true:
            del attachments[attachment.address]
            yield from ((symbol, Passage(attachment, reserved=False)) for symbol in _symbols(attachment.subnets))
    for firewall in network.of(Firewall):
        yield from ((symbol, Passage(firewall, reserved=not firewall.when)) for symbol in _symbols(firewall.subnets))


def _symbols(subnets: Value) -> Iterator[str]:
    for member in subnets.members if isinstance(subnets, Sequence) else ():
        yield (member.each if isinstance(member, Run) else member).symbol
