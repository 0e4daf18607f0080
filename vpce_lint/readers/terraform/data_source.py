"""Data sources whose meaning the code alone tells, in full or in part.

Source: the pages of these data sources in the documentation of Terraform's AWS provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.condition import distribute
from vpce_lint.readers.terraform.conversion import to_string
from vpce_lint.readers.terraform.functions import call
from vpce_lint.type_constraint import STRING
from vpce_lint.value import Known, Mapping, Run, Sequence, Unknown, Value, text

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.instance import Instance

LISTS = {
    "aws_subnets": {"ids"},
    "aws_subnet_ids": {"ids"},
    "aws_route_tables": {"ids"},
    "aws_vpcs": {"ids"},
    "aws_security_groups": {"ids"},
}
ECHOES = {
    "aws_vpc": {"id", "cidr_block"},
    "aws_subnet": {"id", "vpc_id", "availability_zone", "availability_zone_id", "cidr_block"},
    "aws_route_table": {"route_table_id", "vpc_id", "subnet_id"},
    "aws_security_group": {"id", "name", "vpc_id"},
    "aws_region": {"name", "region"},
    "aws_prefix_list": {"name", "prefix_list_id"},
    "aws_availability_zone": {"name", "zone_id"},
    "aws_vpc_endpoint": {"id", "vpc_id", "service_name"},
    "aws_vpc_endpoint_service": {"service_type"},
    "aws_iam_role": {"name"},
    "aws_iam_policy": {"name", "arn"},
    "aws_iam_instance_profile": {"name"},
}


def attribute(instance: Instance, name: str) -> Value:
    """An attribute of a data source: known where its arguments decide it, else unknown with the address as identity."""
    type_ = instance.type
    if type_ == "aws_iam_policy_document" and name in {"json", "minified_json"}:
        from vpce_lint.readers.terraform.policy_document import document  # noqa: PLC0415 (only where it is used)

        return document(instance)
    if type_ == "aws_availability_zones" and name in {"names", "zone_ids"}:
        return _zones(instance, name)
    if name in LISTS.get(type_, ()):
        return _ids(instance, name)
    if type_ == "aws_vpc_endpoint_service" and name == "service_name":
        return _service_name(instance)
    if type_ == "aws_region" and name in {"name", "id", "region"}:
        return _region(instance)
    if (type_, name) == ("template_file", "rendered"):
        return _rendered(instance)
    if name in ECHOES.get(type_, ()) or not type_.startswith("aws_"):
        given = instance.written(name)
        if given is not None and not given.is_null.is_true:
            return given
    if type_ == "aws_availability_zones" and name == "id":
        return _region(instance)
    unknown = instance.unknown(name)
    if type_.startswith("aws_"):
        return unknown
    return Unknown(unknown.name, unknown.why)


def _rendered(instance: Instance) -> Value:
    """The text of the template provider's ``template_file``, which today's ``templatefile()`` took over."""
    variables = instance.given("vars")
    given = (instance.given("template"), Mapping({}) if variables.is_null.is_true else variables)
    context = instance.module.context(instance.block.header)
    return distribute(lambda values: call("templatestring", values, context), given)


def _ids(instance: Instance, name: str) -> Value:
    unknown = instance.unknown(name)
    each = replace(unknown, name=f"{unknown.name}[*]", type=STRING)
    return Sequence((Run(unknown.name, each, distinct=True),), kind="list")


def _zones(instance: Instance, name: str) -> Value:
    """The zones of the Region: distinct, of unknown names, as many as the Region has."""
    from vpce_lint.services import zone_bounds  # noqa: PLC0415 (the table of Regions loads when needed)

    region = _region(instance)
    known = region.value if isinstance(region, Known) and isinstance(region.value, str) else None
    least, most = zone_bounds(known)
    if _is_narrowed(instance):
        least = 0
    if instance.written("all_availability_zones") is not None:
        most = None
    unknown = instance.unknown(name)
    each = Unknown(f"{unknown.name}[*]", unknown.why, type=STRING, nullable=False, place=True)
    return Sequence((Run(unknown.name, each, least, most, distinct=True),), kind="list")


def _is_narrowed(instance: Instance) -> bool:
    """Whether filters may leave out zones other than local ones, which ``opt-in-status`` is used against."""
    if any(instance.written(name) is not None for name in ("exclude_names", "exclude_zone_ids")):
        return True
    for block in instance.nested("filter"):
        name, values = block.written("name"), block.written("values")
        plain = (
            name is not None
            and name.is_("opt-in-status").is_true
            and isinstance(values, Sequence)
            and any(value.is_("opt-in-not-required").is_true for value in values.members)
        )
        if not plain:
            return True
    return False


def _region(instance: Instance) -> Value:
    given = instance.given("name")
    if not given.is_null.is_true:
        return given
    region = instance.region
    if isinstance(region, Unknown) and region.name.startswith("provider."):
        return replace(instance.unknown("name"), type=STRING, place=True)
    return region


def _service_name(instance: Instance) -> Value:
    """The full name; ``service`` is its last part, as in ``s3``."""
    given = instance.written("service_name")
    if given is not None and given.is_null.is_false:
        return given
    service = instance.written("service")
    if service is None:
        return instance.unknown("service_name")
    region = _region(instance)

    def full_name(values: tuple[Value, ...]) -> Value:
        return text(("com.amazonaws.", to_string(values[0]), ".", to_string(values[1])), service.span)

    return distribute(full_name, (region, service))
