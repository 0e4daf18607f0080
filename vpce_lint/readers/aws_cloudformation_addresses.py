"""Where templates say that something gets a public address.

Property names and defaults: the resources' pages in the CloudFormation template reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpce_lint.condition import distribute
from vpce_lint.model import OFF
from vpce_lint.readers.cloudformation.comparison import as_flag
from vpce_lint.readers.cloudformation.property import joined, part, parts
from vpce_lint.readers.default_value import or_default
from vpce_lint.value import Known, Run, Sequence, Unknown, Value
from vpce_lint.workload import ElasticAddress

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.model import Resource
    from vpce_lint.readers.cloudformation.stack import Declared
    from vpce_lint.readers.joining import Completions

NETWORKS = ("AwsvpcConfiguration", "AwsVpcConfiguration")
"""How the resource types spell the network configuration of tasks."""


def task_subnets(network: Value) -> Value:
    """The subnets of tasks."""
    return joined(*(part(network, name, "Subnets") for name in NETWORKS))


def task_address(network: Value) -> Value:
    """Whether tasks get public addresses, which they don't by default, as a bool value."""
    one, other = (part(network, name, "AssignPublicIp") for name in NETWORKS)
    return distribute(lambda cases: _is_enabled(cases[0]), (or_default(or_default(one, other), OFF),))


def _is_enabled(value: Value) -> Value:
    if value == OFF:
        return OFF
    same = value.is_("ENABLED")
    if same.value is not None:
        return Known(same.value, span=value.span)
    return Unknown(f'({value.symbol} == "ENABLED")', value.reasons, nullable=False, span=value.span)


def interface_addresses(interfaces: Value) -> Value:
    """For each interface that says so, whether it gets a public address."""
    return distribute(lambda cases: _as_flags(cases[0]), (parts(interfaces, "AssociatePublicIpAddress"),))


def flags_of(value: Value) -> Value:
    """A list of a bool property, empty where it isn't given."""
    return distribute(lambda cases: _as_flags(cases[0]), (joined(value),))


def _as_flags(listed: Value) -> Value:
    if not isinstance(listed, Sequence):
        return listed
    members = (each if isinstance(each, Run) else as_flag(each) for each in listed.members)
    return Sequence(tuple(members), span=listed.span)


def _elastic_address(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """An address with the instance that it names, or an association of one."""
    holders = joined(declared.given("InstanceId"), declared.given("NetworkInterfaceId"))
    yield ElasticAddress(holders=holders, **common)


ADDRESSES = {"AWS::EC2::EIP": _elastic_address, "AWS::EC2::EIPAssociation": _elastic_address}
