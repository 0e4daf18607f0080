"""Where Terraform's code says that something gets a public address.

Attribute names and defaults: the resources' pages in the documentation of Terraform's AWS provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpce_lint.model import OFF
from vpce_lint.readers.aws_terraform_arguments import at_most_one, inner, values_of
from vpce_lint.readers.default_value import or_default
from vpce_lint.value import Known, Sequence
from vpce_lint.workload import ElasticAddress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.model import Resource
    from vpce_lint.readers.described import DescribedBlock, DescribedResource
    from vpce_lint.readers.joining import Completions
    from vpce_lint.value import Value


def task_address(networks: Iterable[DescribedBlock]) -> Value:
    """Whether tasks get public addresses, which they don't by default."""
    return or_default(inner(networks, "assign_public_ip"), OFF)


def launch_address(instance: DescribedResource) -> Sequence:
    """Whether an instance, or those of a launch configuration, get public addresses; empty where the subnet decides."""
    return at_most_one(instance.argument("associate_public_ip_address"))


def template_addresses(interfaces: Iterable[DescribedBlock]) -> Sequence:
    """The same of each interface of a launch template, where the provider takes a text that may be empty."""
    listed = values_of(interfaces, "associate_public_ip_address")
    return Sequence(tuple(map(_as_flag, listed.members)), span=listed.span)


def _as_flag(value: Value) -> Value:
    if isinstance(value, Known) and value.value in {"true", "false", ""}:
        return Known(value.value == "true" if value.value else None, span=value.span)
    return value


def elastic_address(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """An address with the instance or interface that it names, or an association of one."""
    names = ("instance", "instance_id", "network_interface", "network_interface_id")
    holders = [member for name in names for member in at_most_one(instance.argument(name)).members]
    yield ElasticAddress(holders=Sequence(tuple(holders)), **common)
