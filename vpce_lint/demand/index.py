"""Which workloads stand in a subnet, and which services each of them calls from there."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.condition import decide_all, facts_of_all
from vpce_lint.demand.allowed import allowed_needs
from vpce_lint.demand.container import Containers
from vpce_lint.demand.demand import Demands
from vpce_lint.demand.directory import Directory, block_of, members_of
from vpce_lint.demand.need import demands_of, needs
from vpce_lint.demand.placement import Placement
from vpce_lint.demand.public_address import PublicAddresses
from vpce_lint.demand.role import Roles
from vpce_lint.demand.running import goes_through_vpc, has_no_ecr_api, hosted_by, needs_of_kind
from vpce_lint.pairing import is_parameter
from vpce_lint.permission import InstanceProfile
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, gather, unknown
from vpce_lint.value import Known, Reference, Text, Unknown, Value, text
from vpce_lint.workload import (
    BatchEnvironment,
    BeanstalkEnvironment,
    EcsTasks,
    EksCluster,
    EksFargate,
    EksNodes,
    EmrCluster,
    FunctionEvents,
    Instances,
    LambdaFunction,
    LaunchTemplate,
    PodIdentity,
    RedshiftCluster,
    TaskDefinition,
    Workload,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.condition import Facts
    from vpce_lint.demand.need import Need
    from vpce_lint.model import Network, Subnet
    from vpce_lint.permission import Role

_GIVEN = regex(r"var\.")
"""The beginning of a value that is given from outside: it names no subnet that is made here."""


class DemandIndex:
    """The workloads of a network by subnet, and their demands; worked out when asked for, each once.

    ``facts`` are assumptions about conditions, as ``condition.facts_of_all`` makes them.
    """

    def __init__(self, network: Network, facts: Facts | None = None) -> None:
        self._network = network
        self._facts: Facts = facts or {}
        self._reading = _Reading(network)
        self._assumed: dict[str, DemandIndex] = {}
        self._demands: dict[int, Demands] = {}

    def assuming(self, facts: Facts) -> DemandIndex:
        """The same network under further assumptions."""
        key = repr(sorted(facts.items()))
        if not facts:
            return self
        assumed = self._assumed.get(key)
        if assumed is None:
            assumed = self._assumed[key] = DemandIndex(self._network, {**self._facts, **facts})
            assumed._reading = self._reading
        return assumed

    def workloads_in(self, subnet_id: Value) -> Iterable[tuple[Workload, Truth]]:
        """The workloads that stand in a subnet, or may, in the order of the code; never one that certainly doesn't.

        Those in ``unplaced`` are among them.
        """
        found: dict[int, tuple[Workload, Truth]] = {}
        for workload, truth in (*self.placed_in(subnet_id), *self.unplaced):
            before = found.get(id(workload))
            found[id(workload)] = (workload, truth if before is None else before[1] | truth)
        return found.values()

    def placed_in(self, subnet_id: Value) -> Iterable[tuple[Workload, Truth]]:
        """The workloads whose code names this subnet, or any of its family."""
        standing = self._standing
        yield from standing.by_symbol.get(subnet_id.symbol, ())
        if not isinstance(subnet_id, Reference):
            return
        near = (standing.by_block if subnet_id.family else standing.families).get(block_of(subnet_id.address), ())
        for other in near:
            for workload, truth in standing.by_symbol[other] if other != subnet_id.symbol else ():
                which = TRUE if subnet_id.family else unknown(Reason(f"{other} may be {subnet_id}", subnet_id.span))
                yield workload, truth & which

    @property
    def unplaced(self) -> tuple[tuple[Workload, Truth], ...]:
        """The workloads whose subnets can't be told, so that they may stand in any; the truth says why."""
        return self._standing.anywhere

    @property
    def elsewhere(self) -> Truth:
        """False; only likely so where a workload's subnets, or a policy's role, are given and taken not to be made here."""
        return self._standing.elsewhere | self._reading.roles.elsewhere

    def has_public_address(self, workload: Workload, subnet: Subnet | None) -> Truth:
        """Whether a workload that stands in a subnet can use an internet gateway there, for IPv4."""
        facts = {**self._facts, **facts_of_all(workload.when)}
        return self._reading.addresses.has(workload, subnet, facts)

    def demands(self, workload: Workload) -> Demands:
        """What a workload calls if it exists."""
        known = self._demands.get(id(workload))
        if known is None:
            facts = {**self._facts, **facts_of_all(workload.when)}
            known = self._demands[id(workload)] = self._reading.demands(workload, facts)
        return known

    @cached_property
    def _standing(self) -> _Standing:
        standing = _Standing()
        for workload in self._network.of(Workload):
            exists = decide_all(workload.when, self._facts) & workload.premise
            if exists.is_false or goes_through_vpc(workload).is_false:
                continue
            facts = {**self._facts, **facts_of_all(workload.when)}
            for place in self._reading.placement.of(workload, facts):
                standing.add(workload, place.subnet, exists & place.truth)
        return standing


class _Standing(Struct):
    """Workloads by the symbol of a subnet's id.

    ``by_block`` holds the symbols of the subnets of one block, ``families`` those that stand for any of it.
    """

    by_symbol: defaultdict[str, list[tuple[Workload, Truth]]] = field(default_factory=lambda: defaultdict(list))
    by_block: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    families: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    elsewhere: Truth = FALSE
    _anywhere: dict[int, tuple[Workload, Truth]] = field(default_factory=dict)

    @property
    def anywhere(self) -> tuple[tuple[Workload, Truth], ...]:
        return tuple(self._anywhere.values())

    def add(self, workload: Workload, subnet: Value | None, truth: Truth) -> None:
        if truth.is_false:
            return
        if subnet is not None:
            self.by_symbol[subnet.symbol].append((workload, truth))
        if isinstance(subnet, Known):
            return
        if isinstance(subnet, Reference) and subnet.attribute == "id":
            block = block_of(subnet.address)
            self.by_block[block][subnet.symbol] = None
            if subnet.family:
                self.families[block][subnet.symbol] = None
            return
        if isinstance(subnet, Unknown) and (_GIVEN.match(subnet.name) or is_parameter(subnet)):
            words = f"{subnet}, where {workload.address} stands, is taken not to be a subnet that is made here"
            self.elsewhere |= Truth(value=False, reasons=(Reason(words, subnet.span),), likely=True)
            return
        reasons = truth.reasons if subnet is None else subnet.reasons
        before = self._anywhere.get(id(workload), (workload, FALSE))[1]
        self._anywhere[id(workload)] = (workload, before | (truth & unknown(*reasons)))


class _Reading:
    """What a network says about its workloads' needs, apart from any assumption."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.placement = Placement(network)
        self.addresses = PublicAddresses(network)
        self._needs_by_role: dict[tuple[object, ...], tuple[Need, ...]] = {}

    @cached_property
    def roles(self) -> Roles:
        return Roles(self._network)

    @cached_property
    def _containers(self) -> Containers:
        return Containers(self._network)

    @cached_property
    def _profiles(self) -> Directory[InstanceProfile]:
        return Directory(self._network.of(InstanceProfile), lambda profile: profile.name)

    @cached_property
    def _templates(self) -> Directory[LaunchTemplate]:
        return Directory(self._network.of(LaunchTemplate), lambda template: template.name)

    @cached_property
    def _definitions(self) -> Directory[TaskDefinition]:
        return Directory(self._network.of(TaskDefinition), lambda definition: definition.family_name)

    @cached_property
    def _events(self) -> dict[str, tuple[bool, bool]]:
        """By a function's address, whether Lambda polls a source for it and whether it hands on its results."""
        functions = Directory(self._network.of(LambdaFunction), lambda function: function.name)
        found: dict[str, tuple[bool, bool]] = {}
        for events in self._network.of(FunctionEvents):
            for match in functions.find(events.function, {}):
                if match.resource is not None:
                    polls, delivers = found.get(match.resource.address, (False, False))
                    found[match.resource.address] = (polls or not events.delivers, delivers or events.delivers)
        return found

    @cached_property
    def _pods(self) -> dict[str, list[PodIdentity]]:
        """Pod identities by the address of their cluster."""
        clusters = Directory(self._network.of(EksCluster), lambda cluster: cluster.name)
        found: defaultdict[str, list[PodIdentity]] = defaultdict(list)
        for identity in self._network.of(PodIdentity):
            for match in clusters.find(identity.cluster, {}):
                found[match.resource.address if match.resource else match.value.symbol].append(identity)
        return found

    @cached_property
    def _clusters(self) -> Directory[EksCluster]:
        return Directory(self._network.of(EksCluster), lambda cluster: cluster.name)

    def demands(self, workload: Workload, facts: Facts) -> Demands:
        """What a workload calls, under some facts."""
        through = goes_through_vpc(workload)
        if through.is_false:
            return Demands(())
        unread: dict[Reason, None] = {}
        found = [*needs_of_kind(workload, facts), *self._by_code(workload, facts, unread)]
        for role, holds in self._roles_of(workload, facts, unread):
            for match, truth, reason in self.roles.find(role, facts):
                there = holds & truth
                if there.is_false:
                    continue
                if match is None:
                    unread[reason] = None
                else:
                    found += self._by_role(workload, match, there, facts, unread)
        if through.is_unknown or through.likely:
            found = [replace(need, truth=need.truth & through) for need in found]
        return Demands(demands_of(workload, found), gather(unread), gather(hosted_by(workload)))

    def _by_role(
        self, workload: Workload, role: Role, there: Truth, facts: Facts, unread: dict[Reason, None]
    ) -> tuple[Need, ...]:
        permissions = self.roles.permissions(role, facts)
        unread.update(permissions.unread)
        polls, delivers = self._events.get(workload.address, (False, False))
        if isinstance(workload, LambdaFunction):
            delivers = delivers or not workload.dead_letters.is_null.is_true
        key = (type(workload), id(permissions), there, polls, delivers)
        known = self._needs_by_role.get(key)
        if known is None:
            found = allowed_needs(workload, role, permissions, there, polls=polls, delivers=delivers)
            known = self._needs_by_role[key] = tuple(found)
        return known

    def _roles_of(self, workload: Workload, facts: Facts, unread: dict[Reason, None]) -> Iterator[tuple[Value, Truth]]:
        """The roles that a workload acts as, each with the truth of its doing so."""
        yield workload.role, TRUE
        if isinstance(workload, Instances):
            yield from self._by_profile(workload.profile, TRUE, facts, unread)
            if not workload.profile.is_null.is_false:
                yield from self._by_template(workload, facts, unread)
        elif isinstance(workload, BatchEnvironment | BeanstalkEnvironment | EmrCluster):
            yield from self._by_profile(workload.profile, TRUE, facts, unread)
        elif isinstance(workload, RedshiftCluster):
            yield from members_of(workload.roles, facts)
        elif isinstance(workload, EcsTasks):
            for definition, truth in self._definitions_of(workload, facts, unread):
                yield definition.task_role, truth
        elif isinstance(workload, EksNodes | EksFargate | EksCluster):
            for identity, truth in self._identities(workload, facts):
                words = f"pods with the role of {identity.address} may run on other nodes"
                yield identity.role, truth & unknown(Reason(words, identity.span))

    def _by_profile(
        self, profile: Value, holds: Truth, facts: Facts, unread: dict[Reason, None]
    ) -> Iterator[tuple[Value, Truth]]:
        for match in self._profiles.find(profile, facts):
            truth = holds & match.truth
            if truth.is_false:
                continue
            if match.resource is None:
                unread[match.reason] = None
            elif match.resource.found:
                words = f"the role of {match.resource.address} is read at apply time"
                unread[Reason(words, match.resource.span)] = None
            else:
                yield match.resource.role, truth & decide_all(match.resource.when, facts)

    def _by_template(
        self, instances: Instances, facts: Facts, unread: dict[Reason, None]
    ) -> Iterator[tuple[Value, Truth]]:
        only_then = instances.profile.is_null
        for match in self._templates.find_all(instances.templates, facts):
            truth = only_then & match.truth
            if match.resource is None:
                unread[match.reason] = None
            else:
                there = truth & decide_all(match.resource.when, facts)
                yield from self._by_profile(match.resource.profile, there, facts, unread)

    def _definitions_of(
        self, tasks: EcsTasks, facts: Facts, unread: dict[Reason, None]
    ) -> Iterator[tuple[TaskDefinition, Truth]]:
        for match in self._definitions.find(_without_revision(tasks.definition), facts):
            if match.resource is None:
                unread[match.reason] = None
            else:
                yield match.resource, match.truth & decide_all(match.resource.when, facts)

    def _by_code(self, workload: Workload, facts: Facts, unread: dict[Reason, None]) -> Iterator[Need]:
        """The needs that a workload's containers, or its pods' identities, bring."""
        if isinstance(workload, EcsTasks):
            fargate = self.placement.on_fargate(workload, facts)
            old = has_no_ecr_api(workload)
            for definition, truth in self._definitions_of(workload, facts, unread):
                for need in self._containers.needs(definition.containers, fargate & truth, facts, unread):
                    if not (need.service == "ecr.api" and old.is_true):
                        yield need
        elif isinstance(workload, EksNodes | EksFargate | EksCluster):
            for identity, truth in self._identities(workload, facts):
                yield from needs("eks-auth", f"{identity.address} gives pods a role", identity.span, truth)

    def _identities(
        self, workload: EksNodes | EksFargate | EksCluster, facts: Facts
    ) -> Iterator[tuple[PodIdentity, Truth]]:
        if isinstance(workload, EksCluster):
            addresses = {workload.address: TRUE}
        else:
            addresses = {
                match.resource.address if match.resource else match.value.symbol: match.truth
                for match in self._clusters.find(workload.cluster, facts)
            }
        for address, truth in addresses.items():
            for identity in self._pods.get(address, ()):
                yield identity, truth & decide_all(identity.when, facts)


def _without_revision(definition: Value) -> Value:
    """A task definition's family or ARN, where it is written with a revision: ``web:3``."""
    parts = definition.parts if isinstance(definition, Text) else (str(definition),)
    if not isinstance(definition, Known | Text):
        return definition
    for place in range(len(parts) - 1, -1, -1):
        part = parts[place]
        if isinstance(part, str) and ":" in part:
            before, _, revision = part.rpartition(":")
            return definition if "/" in revision else text((*parts[:place], before), definition.span)
    return definition
