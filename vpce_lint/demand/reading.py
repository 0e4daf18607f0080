"""What the code says about its workloads' needs: by what they are, by their containers, and by their roles.

A module of its own, since code without workloads needs none of what it takes to know this.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.condition import decide_all
from vpce_lint.demand.allowed import allowed_needs
from vpce_lint.demand.container import Containers
from vpce_lint.demand.demand import Demands
from vpce_lint.demand.directory import Directory, members_of
from vpce_lint.demand.need import demands_of, needs
from vpce_lint.demand.placement import Place, Placement
from vpce_lint.demand.public_address import PublicAddresses
from vpce_lint.demand.role import Roles
from vpce_lint.demand.running import goes_through_vpc, has_no_ecr_api, hosted_by, needs_of_kind
from vpce_lint.permission import InstanceProfile
from vpce_lint.truth import TRUE, Reason, Truth, gather, unknown
from vpce_lint.value import Known, Text, Value, text
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
    from vpce_lint.model import Network
    from vpce_lint.permission import Role


class Reading:
    """What a network says about its workloads' needs, apart from any assumption."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._placement = Placement(network)
        self.addresses = PublicAddresses(network)
        self._needs_by_role: dict[tuple[object, ...], tuple[Need, ...]] = {}

    @cached_property
    def roles(self) -> Roles:
        """The roles of the network, and what they are allowed."""
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

    def places(self, workload: Workload, facts: Facts) -> Iterable[Place]:
        """Where a workload stands, under some facts; nowhere, if it never goes through its VPC."""
        return () if goes_through_vpc(workload).is_false else self._placement.of(workload, facts)

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
            fargate = self._placement.on_fargate(workload, facts)
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
