"""Whether a workload has a public address, without which an internet gateway is no way out for IPv4.

Sources: Amazon EC2 User Guide, "Amazon EC2 instance IP addressing": an instance gets one at launch if it is told so or,
where it is told nothing, its subnet gives it one; later only an Elastic IP address is one. Amazon ECS Developer Guide, task
networking on Fargate: a task gets one if it is told so; the default is that it gets none, and with the launch type EC2 a
task with an interface of its own can't have one.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vpce_lint.condition import decide_all
from vpce_lint.demand.directory import Directory, members_of
from vpce_lint.pairing import is_parameter
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, some, unknown
from vpce_lint.value import Reference, Sequence, Unknown
from vpce_lint.workload import EcsTasks, ElasticAddress, Instance, Instances, LaunchTemplate, NetworkInterface

if TYPE_CHECKING:
    from vpce_lint.condition import Facts
    from vpce_lint.model import Network, Resource, Subnet
    from vpce_lint.value import Value
    from vpce_lint.workload import Workload

_GIVEN = regex(r"(var|data)\.")
"""The beginning of the id of what was there before any instance that is made here."""

_ANYTHING = ""
"""Stands for the instance or interface where it can't be told which."""


class PublicAddresses:
    """The public addresses that a network's code gives its workloads."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def has(self, workload: Workload, subnet: Subnet | None, facts: Facts) -> Truth:
        """Whether a workload has a public address in a subnet, which isn't known where it is ``None``.

        False is only likely for instances, to which one may be attached by hand, or by what they run. What of other
        kinds can have one is taken to have it.
        """
        if not workload.may_be_public:
            return FALSE
        if isinstance(workload, EcsTasks):
            return TRUE if _is_empty(workload.subnets) else workload.public.is_(True)
        if not isinstance(workload, Instances):
            return TRUE
        found = self._at_launch(workload, subnet, facts)
        if isinstance(workload, Instance):
            found |= self._attached(workload, facts)
        if not found.is_false:
            return found
        words = f"{workload.address} gets no public address in this code, and is taken to get none elsewhere"
        return Truth(value=False, reasons=(Reason(words, workload.span),), likely=True)

    def _at_launch(self, workload: Instances, subnet: Subnet | None, facts: Facts) -> Truth:
        """Whether its interface gets an address when it is made; one that was made before gets none."""
        if isinstance(workload, Instance) and not _is_empty(workload.interfaces):
            return FALSE
        said = list(members_of(workload.public, facts))
        for match in self._templates.find_all(workload.templates, facts) if not said else ():
            if match.resource is None:
                return unknown(match.reason)
            said += [(each, match.truth & there) for each, there in members_of(match.resource.public, facts)]
        if not said:
            return _by(subnet, workload)
        return some(there & (_by(subnet, workload) if each.is_null.is_true else each.is_(True)) for each, there in said)

    def _attached(self, instance: Instance, facts: Facts) -> Truth:
        """Whether an Elastic IP address is attached to an instance, or to an interface that it is given."""
        given = self._interfaces.find_all(instance.interfaces, facts)
        holders = [instance.address, *(match.resource.address for match in given if match.resource is not None)]
        attachments = (each for holder in (*holders, _ANYTHING) for each in self._attachments.get(holder, ()))
        return some(truth & decide_all(elastic.when, facts) for elastic, truth in attachments)

    @cached_property
    def _templates(self) -> Directory[LaunchTemplate]:
        return Directory(self._network.of(LaunchTemplate), lambda template: template.name)

    @cached_property
    def _interfaces(self) -> Directory[NetworkInterface]:
        return Directory(self._network.of(NetworkInterface))

    @cached_property
    def _attachments(self) -> dict[str, list[tuple[ElasticAddress, Truth]]]:
        """The Elastic IP addresses by the address of the instance or interface that has it, if they are there."""
        made: list[Resource] = [*self._network.of(Instance), *self._network.of(NetworkInterface)]
        holders = Directory(made)
        found: dict[str, list[tuple[ElasticAddress, Truth]]] = {}
        for elastic in self._network.of(ElasticAddress):
            for match in holders.find_all(elastic.holders, {}):
                if match.resource is not None:
                    found.setdefault(match.resource.address, []).append((elastic, match.truth))
                elif _may_be_made_here(match.value):
                    found.setdefault(_ANYTHING, []).append((elastic, unknown(match.reason)))
        return found


def _by(subnet: Subnet | None, workload: Workload) -> Truth:
    """Whether a subnet gives public addresses to what is launched there."""
    if subnet is None:
        words = f"whether the subnets of {workload.address} give public addresses isn't written here"
        return unknown(Reason(words, workload.span))
    return subnet.maps_public.is_(True)


def _is_empty(listed: Value) -> bool:
    return isinstance(listed, Sequence) and not listed.members


def _may_be_made_here(holder: Value) -> bool:
    """Whether an id that names nothing which is known may be that of something which is."""
    if isinstance(holder, Reference) or not isinstance(holder, Unknown):
        return False
    return not _GIVEN.match(holder.name) and not is_parameter(holder)
