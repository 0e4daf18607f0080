"""The AWS network that code describes, in AWS's own words; every attribute is a three-valued ``Value``.

Readers make these objects, rules and the topology look at them. Separate resources are already
joined to what they complete: an endpoint's ``subnets`` hold the inline ones and those of
``aws_vpc_endpoint_subnet_association``. What a companion under a condition, or unread code, may
add is a ``Run`` in the sequence or an ``Unknown``. Provider defaults are applied: an attribute is
``null`` only where AWS is given nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from msgspec import Struct, field

from vpce_lint.record import Record
from vpce_lint.truth import TRUE, Reason, Truth
from vpce_lint.value import Known, Reference, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from vpce_lint.disk import Question
    from vpce_lint.source import Source, Span

ABSENT = Known(None)
NONE = Sequence(())
OFF = Known(value=False)


class Call(Struct, frozen=True):
    """A module call, ``module.net`` at ``envs/prod/main.tf:8``, on the way from the root to a resource."""

    label: str
    span: Span


class Resource(Record, frozen=True, kw_only=True):
    """One instance of a resource; ``family``: it stands for all of an unknown number of instances.

    ``address`` is the instance's address, ``span`` its block's first line (type and labels), ``calls``
    the module calls that lead to it, the innermost first. It exists if all of ``when`` hold; its own
    values already assume so. ``premise`` is the truth of its being what its class says, where the
    kind itself depends on something unknown. ``key`` is a family's instance key, any one of them.
    ``construct`` is its path in the program of the CDK.
    """

    apart: ClassVar[tuple[str, ...]] = ("key",)

    address: str
    span: Span
    calls: tuple[Call, ...] = ()
    when: tuple[Value, ...] = ()
    family: bool = False
    premise: Truth = TRUE
    key: Value | None = None
    construct: str = ""

    @property
    def id(self) -> Reference:
        """The id that AWS will give it, as other resources refer to it."""
        return Reference(
            f"{self.address}.id", (), address=self.address, attribute="id", family=self.family, key=self.key
        )


class Vpc(Resource, frozen=True, kw_only=True):
    """A VPC of this configuration; ``imported``: it was there before, and others may have added to it.

    ``dns_support`` and ``dns_hostnames`` are as given; ``null`` leaves them to AWS.
    """

    imported: bool = False
    dns_support: Value = ABSENT
    dns_hostnames: Value = ABSENT


class Subnet(Resource, frozen=True, kw_only=True):
    """A subnet; ``zone`` is the Availability Zone's name, ``zone_id`` its id; ``null`` lets AWS choose.

    ``found``: it is looked up, not made here, so two that are found may be one and the same.
    ``zones_differ``: no two of the family's subnets lie in one zone. ``maps_public``: instances that are launched there
    get public addresses, unless they say otherwise.
    """

    vpc: Value
    zone: Value = ABSENT
    zone_id: Value = ABSENT
    found: bool = False
    zones_differ: bool = False
    maps_public: Value = OFF


class RouteTable(Resource, frozen=True, kw_only=True):
    """A route table.

    ``aliases`` are further references that mean it: of a VPC's default table ``aws_vpc.main.default_route_table_id``.
    ``found``: it is made elsewhere, and others may have added to it.
    """

    vpc: Value
    aliases: tuple[Value, ...] = ()
    found: bool = False

    @property
    def name(self) -> str:
        """What people call it: its address or, where it has no block of its own, the reference to it."""
        if not self.aliases and isinstance(self, DefaultRouteTable):
            return f"the main route table of {self.address}"
        alias = self.aliases[0].symbol if self.aliases else ""
        return str(self.aliases[0]) if alias and (self.found or alias.startswith(f"{self.address}.")) else self.address


class DefaultRouteTable(RouteTable, frozen=True, kw_only=True):
    """The route table that AWS makes together with a VPC; its ``address`` is the VPC's where nothing takes it over."""


class Target(Struct, frozen=True):
    """Where a route leads: ``id`` in one of the arguments for targets, whose name is ``kind``: ``nat_gateway``.

    The kinds are those of the EC2 API's ``CreateRoute``, without their ``_id``.
    """

    kind: str
    id: Value


class Route(Resource, frozen=True, kw_only=True):
    """A route of a table; of an inline one, ``address`` is the table's.

    ``destinations`` are what is given as the CIDR, IPv6 CIDR or prefix list, of which one is not ``null``;
    ``targets`` likewise.
    """

    table: Value
    destinations: tuple[Value, ...]
    targets: tuple[Target, ...]
    prefix_list: Value = ABSENT
    inline: bool = False


class RouteTableAssociation(Resource, frozen=True, kw_only=True):
    """That a subnet uses a route table instead of its VPC's main one; ``null`` where it is about a gateway."""

    subnet: Value
    table: Value


class MainRouteTableAssociation(Resource, frozen=True, kw_only=True):
    """That a VPC's main route table is another one than its default one."""

    vpc: Value
    table: Value


class NatGateway(Resource, frozen=True, kw_only=True):
    """A NAT gateway; ``connectivity`` is ``public`` or ``private``, a regional one has no subnet."""

    subnet: Value = ABSENT
    connectivity: Value


class Forwarder(Resource, frozen=True, kw_only=True):
    """An instance, or a network interface, that traffic can be routed to.

    ``checks``: whether AWS drops what isn't addressed to it, so that it can't do NAT.
    """

    checks: Value
    interfaces: Value = NONE


class TransitGateway(Resource, frozen=True, kw_only=True):
    """A transit gateway; ``associates`` says whether attachments use its default route table by default."""

    associates: Value


class TransitGatewayAttachment(Resource, frozen=True, kw_only=True):
    """A VPC's attachment to a transit gateway, with network interfaces in ``subnets``."""

    gateway: Value
    vpc: Value
    subnets: Value
    associates: Value


class TransitGatewayAssociation(Resource, frozen=True, kw_only=True):
    """That what comes from an attachment follows a route table of the transit gateway."""

    attachment: Value
    table: Value


class TransitGatewayRoute(Resource, frozen=True, kw_only=True):
    """A route of a transit gateway's table to an attachment, or into nowhere."""

    table: Value
    destination: Value
    attachment: Value
    blackhole: Value = OFF


class Firewall(Resource, frozen=True, kw_only=True):
    """A network firewall, whose endpoints stand in ``subnets``."""

    subnets: Value


class PrivateZone(Resource, frozen=True, kw_only=True):
    """A private hosted zone of DNS, seen from ``vpcs``."""

    name: Value
    vpcs: Value


class DnsRecord(Resource, frozen=True, kw_only=True):
    """A record of a hosted zone that leads to another name: ``names`` are those it gives."""

    zone: Value
    name: Value
    names: Value


class Endpoint(Resource, frozen=True, kw_only=True):
    """A VPC endpoint of any type; ``service`` is the service name as written.

    ``service_region`` is the Region of the service where that isn't the endpoint's own, else ``null``.
    ``policy`` is the policy document as text, ``null`` where none is given, which AWS replaces by
    one that allows everything.
    """

    vpc: Value
    service: Value
    service_region: Value = ABSENT
    policy: Value = ABSENT


class GatewayEndpoint(Endpoint, frozen=True, kw_only=True):
    """A gateway endpoint; ``route_tables`` are the ids of the tables it adds its route to."""

    route_tables: Value = NONE


class InterfaceEndpoint(Endpoint, frozen=True, kw_only=True):
    """An interface endpoint; ``subnets`` are the ids of the subnets with its network interfaces.

    ``only_inbound_resolvers``: its private DNS answers those outside the VPC only; AWS takes ``null`` as true.
    """

    subnets: Value = NONE
    private_dns: Value = OFF
    only_inbound_resolvers: Value = ABSENT


class GatewayLoadBalancerEndpoint(Endpoint, frozen=True, kw_only=True):
    """An endpoint of a Gateway Load Balancer, for traffic inspection."""


class ResourceEndpoint(Endpoint, frozen=True, kw_only=True):
    """An endpoint of a VPC Lattice resource configuration."""


class ServiceNetworkEndpoint(Endpoint, frozen=True, kw_only=True):
    """An endpoint of a VPC Lattice service network."""


class EndpointService(Resource, frozen=True, kw_only=True):
    """A service of one's own, offered to others through PrivateLink; ``principals`` may connect to it."""

    principals: Value = NONE
    acceptance_required: Value


class Gap(Struct, frozen=True):
    """Something unread that could add to the network.

    ``touches`` holds the addresses of the resources that it gets a reference to; ``None`` where it
    could concern any of the root, as an unparsed file of the root does. ``is_limit``: what is left out is there, and was
    too much to be read.
    """

    reason: Reason
    touches: frozenset[str] | None = None
    is_limit: bool = False

    def may_touch(self, address: str) -> bool:
        """Whether it could add to, or change, the resource with this address."""
        return self.touches is None or address in self.touches


class Problem(Struct, frozen=True):
    """A fault of the reading itself: ``unreadable`` becomes VPCE900, ``limit`` VPCE901, ``internal`` VPCE999."""

    kind: str
    message: str
    path: str
    span: Span | None = None
    fix: str = ""


class Unread(Struct, frozen=True):
    """Something that was left out and is counted in the report: a module not downloaded, a Terragrunt file."""

    path: str
    reason: str
    kind: str = "file"


class Note(Struct, frozen=True):
    """What the author of the code says beside it: a comment's text, or data that is no part of what is built.

    ``content`` is the comment without its marks, or the data (a resource's ``Metadata``) as it is written, in
    which unknown is what isn't written out; ``span`` is its place. ``unit`` is the code that it belongs to: the
    block, the member of ``locals`` or of a template's section, in which it stands or that begins right below it;
    nothing where it stands alone.
    """

    content: str | Value
    span: Span
    unit: Span | None = None


class Annotated(Protocol):
    """A file that was read, with the notes in it, which are looked for when somebody asks."""

    @property
    def source(self) -> Source:
        """The file."""

    def notes(self) -> Iterable[Note]:
        """Its notes, in the order of the file; no two units overlap but where they are the same."""


R = TypeVar("R", bound=Resource)


class Network(Struct, frozen=True):
    """What one root module or template describes.

    ``root`` is its folder (or template file) as reports show it. ``without_assumptions`` is there where the
    network rests on one, which ``assumption`` names: the same network without it. A module for others to call
    rests on its variables' defaults, a plan on what its expressions refer to. A conclusion that doesn't hold
    there too is only likely.
    ``context`` are resources of other stacks that this one imports from; they are judged elsewhere.
    """

    root: str
    resources: tuple[Resource, ...]
    gaps: tuple[Gap, ...] = ()
    without_assumptions: Network | None = None
    assumption: str = "the defaults of the module's variables decide it"
    context: tuple[Resource, ...] = ()

    @property
    def endpoints(self) -> int:
        """How many endpoints there are; a family counts as one."""
        return len({resource.address for resource in self.resources if isinstance(resource, Endpoint)})

    def of(self, kind: type[R]) -> Iterable[R]:
        """The resources of a class and its subclasses, in the order of the code, then those of the context."""
        return (resource for resource in (*self.resources, *self.context) if isinstance(resource, kind))


class Reading(Struct, frozen=True):
    """What a reader made of the paths it was given: a network per root, and what went wrong.

    ``files`` are the files that were read, by absolute path, ``annotated`` those that may hold notes. ``inputs`` has for each
    root that was read, as reports show it, all that was asked about the file system for its sake: where
    every answer is the same, the root is. ``roots`` are all that were found, whether they were read or not.
    """

    networks: tuple[Network, ...]
    problems: tuple[Problem, ...] = ()
    unread: tuple[Unread, ...] = ()
    files: tuple[str, ...] = ()
    annotated: tuple[Annotated, ...] = ()
    inputs: Mapping[str, Collection[Question]] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
