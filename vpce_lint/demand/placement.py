"""Where workloads stand: subnets of their own, or those of what they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.condition import decide_all
from vpce_lint.demand.alternatives import alternatives
from vpce_lint.demand.directory import Directory, Match, members_of
from vpce_lint.model import NONE
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.value import Run, Sequence, Value
from vpce_lint.workload import (
    AutoScalingGroup,
    CapacityProvider,
    EcsCluster,
    EcsTasks,
    GlueConnection,
    GlueJob,
    Instance,
    Instances,
    LaunchTemplate,
    NetworkInterface,
    RedshiftCluster,
    SubnetGroup,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.condition import Facts
    from vpce_lint.model import Network, Resource
    from vpce_lint.workload import Workload

FARGATE = ("FARGATE", "FARGATE_SPOT")


class Place(Struct, frozen=True):
    """A subnet's id, and whether the workload stands there; ``None``: in a subnet that isn't known."""

    subnet: Value | None
    truth: Truth


class Placement:
    """The subnets of a network's workloads."""

    def __init__(self, network: Network) -> None:
        self._clusters = Directory(network.of(EcsCluster), lambda cluster: cluster.name)
        self._providers = Directory(network.of(CapacityProvider), lambda provider: provider.name)
        self._groups = Directory(network.of(AutoScalingGroup), lambda group: group.name)
        self._connections = Directory(network.of(GlueConnection), lambda connection: connection.name)
        self._subnet_groups = Directory(network.of(SubnetGroup), lambda group: group.name)
        self._interfaces = Directory(network.of(NetworkInterface))
        self._templates = Directory(network.of(LaunchTemplate), lambda template: template.name)

    def of(self, workload: Workload, facts: Facts) -> Iterator[Place]:
        """Where a workload stands, under some facts; nothing for one outside of any VPC that is known."""
        own = list(self._listed(workload.subnets, facts))
        if own:
            yield from own
        elif isinstance(workload, EcsTasks):
            yield from self._on_instances(workload, facts)
        elif isinstance(workload, GlueJob):
            for match in self._connections.find_all(workload.connections, facts):
                yield from self._of_other(match.resource, match.truth, match.reason, facts)
        elif isinstance(workload, RedshiftCluster):
            for group in self._subnet_groups.find(workload.group, facts):
                yield from self._of_other(group.resource, group.truth, group.reason, facts)
        elif isinstance(workload, Instance) and workload.interfaces != NONE:
            for interface in self._interfaces.find_all(workload.interfaces, facts):
                yield from self._of_other(interface.resource, interface.truth, interface.reason, facts)
        elif isinstance(workload, Instances):
            for template in self._templates.find_all(workload.templates, facts):
                yield from self._of_other(template.resource, template.truth, template.reason, facts)

    def on_fargate(self, tasks: EcsTasks, facts: Facts) -> Truth:
        """Whether tasks run on Fargate: by launch type, else by a capacity provider; EC2 where neither is given."""
        if tasks.launch.is_null.is_false:
            return tasks.launch.is_("FARGATE")
        given = list(members_of(tasks.providers, facts))
        if not given:
            clusters = list(self._clusters.find(tasks.cluster, facts))
            if any(match.resource is None for match in clusters):
                return unknown(Reason("the default capacity of its cluster isn't known", tasks.span))
            given = [each for match in clusters for each in self._default_capacity(match, facts)]
        by_provider = FALSE
        for provider, truth in given:
            if not self._own(provider):
                by_provider |= truth & (provider.is_(FARGATE[0]) | provider.is_(FARGATE[1]))
        return by_provider if tasks.launch.is_null.is_true else unknown(*tasks.launch.reasons)

    def _default_capacity(self, match: Match[EcsCluster], facts: Facts) -> Iterator[tuple[Value, Truth]]:
        """The providers of a cluster's default strategy, which may be given apart from the cluster, by its name."""
        if match.resource is None:
            return
        parts = {match.resource.address: match.resource}
        for same in self._clusters.find(match.resource.name, facts):
            if same.resource is not None:
                parts[same.resource.address] = same.resource
        for part in parts.values():
            for provider, truth in members_of(part.providers, facts):
                yield provider, truth & match.truth & decide_all(part.when, facts)

    def _own(self, provider: Value) -> bool:
        """Whether a capacity provider is one of this code's, which are none of Fargate."""
        return any(match.resource is not None for match in self._providers.find(provider, {}))

    def _on_instances(self, tasks: EcsTasks, facts: Facts) -> Iterator[Place]:
        """The subnets of the Auto Scaling groups that a cluster's capacity comes from."""
        reason = Reason(f"{tasks.address} runs on its cluster's instances", tasks.span)
        found = False
        for provider in self._providers.find_all(tasks.providers, facts):
            if provider.resource is None:
                continue
            for group in self._groups.find(provider.resource.group, facts):
                found = True
                truth = provider.truth & group.truth
                yield from self._of_other(group.resource, truth, group.reason, facts)
        if not found:
            yield Place(None, unknown(reason))

    def _of_other(self, other: Resource | None, truth: Truth, reason: Reason, facts: Facts) -> Iterator[Place]:
        if isinstance(other, GlueConnection | NetworkInterface | SubnetGroup | LaunchTemplate | AutoScalingGroup):
            there = truth & decide_all(other.when, facts)
            for place in self._listed(other.subnets, facts):
                yield Place(place.subnet, place.truth & there)
        elif other is None:
            yield Place(None, truth & unknown(reason))

    @staticmethod
    def _listed(subnets: Value, facts: Facts) -> Iterator[Place]:
        """The members of a list of ids; of a run of any number, what stands for each."""
        for case, chosen in alternatives(subnets, facts):
            if not isinstance(case, Sequence):
                yield Place(case, chosen)
                continue
            for member in case.members:
                each, there = (
                    (member.each, decide_all(member.when, facts)) if isinstance(member, Run) else (member, TRUE)
                )
                if there.is_false:
                    continue
                for subnet, is_it in alternatives(each, facts):
                    if not subnet.is_null.is_true:
                        yield Place(subnet, chosen & there & is_it)
