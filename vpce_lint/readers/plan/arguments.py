"""What arguments take from other resources: whose ids, names or ARNs a value that is known after apply can be.

Sources: the resources' pages in the documentation of Terraform's AWS provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vpce_lint.readers.plan.tracing import Origin

_SUBNETS = {"aws_subnet", "aws_default_subnet"}
_TABLES = {"aws_route_table", "aws_default_route_table"}
_ROLES = {"aws_iam_role"}
_POLICIES = {"aws_iam_policy"}

OWNERS = {
    "vpc_id": {"aws_vpc", "aws_default_vpc"},
    "subnet_id": _SUBNETS,
    "subnet_ids": _SUBNETS,
    "subnets": _SUBNETS,
    "vpc_zone_identifier": _SUBNETS,
    "route_table_id": _TABLES,
    "route_table_ids": _TABLES,
    "nat_gateway_id": {"aws_nat_gateway"},
    "network_interface_id": {"aws_network_interface"},
    "instance": {"aws_instance"},
    "instance_id": {"aws_instance"},
    "network_interface": {"aws_network_interface"},
    "transit_gateway_id": {"aws_ec2_transit_gateway"},
    "transit_gateway_attachment_id": {"aws_ec2_transit_gateway_vpc_attachment"},
    "zone_id": {"aws_route53_zone"},
    "vpc_endpoint_id": {"aws_vpc_endpoint"},
    "vpc_endpoint_service_id": {"aws_vpc_endpoint_service"},
}
"""The types of resources whose own ids an argument takes."""

NAMED = {
    "role": (_ROLES, {"id", "name", "arn"}),
    "role_name": (_ROLES, {"id", "name"}),
    "roles": (_ROLES, {"id", "name"}),
    "service_role": (_ROLES, {"arn"}),
    "execution_role": (_ROLES, {"arn"}),
    "permissions_boundary": (_POLICIES, {"arn"}),
    "policy_arns": (_POLICIES, {"arn"}),
    "managed_policy_arns": (_POLICIES, {"arn"}),
    "iam_instance_profile": ({"aws_iam_instance_profile"}, {"id", "name", "arn"}),
    "instance_profile": ({"aws_iam_instance_profile"}, {"id", "name", "arn"}),
    "instance_role": ({"aws_iam_instance_profile"}, {"id", "name", "arn"}),
    "launch_configuration": ({"aws_launch_configuration"}, {"id", "name"}),
    "task_definition": ({"aws_ecs_task_definition"}, {"id", "arn", "arn_without_revision"}),
    "cluster": ({"aws_ecs_cluster"}, {"id", "arn", "name"}),
    "cluster_name": ({"aws_ecs_cluster", "aws_eks_cluster"}, {"id", "name"}),
    "capacity_provider": ({"aws_ecs_capacity_provider"}, {"id", "name"}),
    "function_name": ({"aws_lambda_function"}, {"id", "arn", "function_name"}),
    "arn": ({"aws_ecs_cluster", "aws_iam_instance_profile"}, {"arn"}),
    "id": ({"aws_launch_template"}, {"id"}),
    "name": ({"aws_launch_template", "aws_iam_instance_profile"}, {"name"}),
}
"""The types of resources, and their attributes, that arguments of other names than ``..._id`` and ``..._arn`` take."""

LISTS = {"subnets", "vpc_zone_identifier", "roles", "policy_arns", "managed_policy_arns"}
"""Arguments that take several, besides those whose names end in ``_ids``."""

SLOTS = {
    "policy": "policy",
    "private_dns_enabled": "private_dns",
    "subnet_ids": "subnets",
    "subnet_configuration": "subnets",
    "route_table_ids": "route_tables",
    "allowed_principals": "principals",
    "vpc": "vpcs",
    "inline_policy": "documents",
    "managed_policy_arns": "managed",
}
"""What companions complete, by the argument that shows it once they are applied."""


def is_listed(name: str) -> bool:
    """Whether an argument takes a list of resources."""
    return name.endswith("_ids") or name in LISTS


def takes_ids(name: str) -> bool:
    """Whether what an argument takes of resources are their ids."""
    return name.endswith("_id") or name == "id" or is_listed(name) or name in OWNERS


def is_id(origin: Origin, name: str) -> bool:
    """Whether an origin is certainly what an argument takes of resources."""
    if name in NAMED:
        types, attributes = NAMED[name]
        return origin.resource.type in types and origin.attribute in attributes
    return origin.resource.type in OWNERS.get(name, ()) and origin.attribute in {None, "id"}


def attribute_of(origin: Origin, name: str) -> tuple[str, str] | None:
    """The address and the attribute that an argument takes from a resource; nothing where it can't be told."""
    attribute = origin.attribute
    if attribute is None:
        attribute = "id" if origin.resource.type in OWNERS.get(name, ()) else None
    if attribute is None or not (is_id(origin, name) or _fits(attribute, name)):
        return None
    return origin.resource.address, attribute


def _fits(attribute: str, argument: str) -> bool:
    """Whether an argument takes such an attribute as it is: an id is made of no other id, a text may be."""
    if argument.endswith("_id"):
        return attribute == "id" or attribute.endswith("_id")
    if argument.endswith("_arn"):
        return attribute == "arn" or attribute.endswith("_arn")
    return attribute == argument == "service_name"
