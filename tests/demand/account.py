"""Small networks with roles and workloads, by hand and from Terraform, for the tests of demands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scene import VPC, A, B, C, line

from tests.readers.terraform.configuration import read_files
from vpce_lint.demand.index import DemandIndex
from vpce_lint.model import Network, Resource, Subnet
from vpce_lint.permission import Role
from vpce_lint.readers.terraform.data import from_data
from vpce_lint.value import Known, Sequence
from vpce_lint.workload import Instance, LambdaFunction

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.demand.demand import Demand, Demands
    from vpce_lint.model import Gap
    from vpce_lint.value import Value
    from vpce_lint.workload import Workload

ROLE = "arn:aws:iam::111122223333:role/worker"

PREAMBLE = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id = aws_vpc.main.id
}
resource "aws_subnet" "b" {
  vpc_id = aws_vpc.main.id
}
resource "aws_vpc_endpoint" "this" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.kms"
}
variable "open" {}
variable "flag" {
  type = bool
}
"""


def document(*statements: dict[str, Any]) -> Value:
    """A policy document with these statements."""
    return from_data({"Version": "2012-10-17", "Statement": list(statements)}, line(40))


def role(*documents: Value, **more: Any) -> Role:
    """The role ``worker`` with inline policies."""
    fields: dict[str, Any] = {"address": "aws_iam_role.worker", "span": line(30), "name": Known("worker")}
    return Role(**(fields | {"documents": Sequence(documents)} | more))


def function(name: str = "f", **more: Any) -> LambdaFunction:
    """A Lambda function in subnet A that acts as ``worker``."""
    fields: dict[str, Any] = {
        "address": f"aws_lambda_function.{name}",
        "span": line(50),
        "name": Known(name),
        "subnets": Sequence((A.id,)),
        "role": Known(ROLE),
    }
    return LambdaFunction(**(fields | more))


def machine(name: str = "i", **more: Any) -> Instance:
    """An instance in subnet A; its role is given straight away, no kind of call is made on its behalf."""
    fields: dict[str, Any] = {
        "address": f"aws_instance.{name}",
        "span": line(60),
        "subnets": Sequence((A.id,)),
        "role": Known(ROLE),
    }
    return Instance(**(fields | more))


def network(*resources: Resource, gaps: tuple[Gap, ...] = ()) -> Network:
    """A network of a VPC with three subnets and these resources."""
    return Network("root", (VPC, A, B, C, *resources), gaps)


def demands(workload: Workload, *resources: Resource, gaps: tuple[Gap, ...] = ()) -> Demands:
    """What a workload calls beside these resources."""
    return DemandIndex(network(workload, *resources, gaps=gaps)).demands(workload)


def weight(demand: Demand) -> str:
    """How sure a demand is, in a word."""
    if demand.truth.is_unknown:
        return "perhaps"
    assert demand.truth.is_true
    return "likely" if demand.truth.likely else "certain"


def weighed(found: Demands) -> dict[str, str]:
    """How sure each demand is, by service."""
    return {demand.service: weight(demand) for demand in found.demands}


def read_index(folder: Path, text: str) -> tuple[DemandIndex, Network]:
    """The index of a ``main.tf`` below a VPC with the subnets ``a`` and ``b``."""
    reading = read_files(folder, {"main.tf": PREAMBLE + text})
    assert not reading.problems
    [found] = reading.networks
    return DemandIndex(found), found


def standing_in(index: DemandIndex, found: Network, subnet: str) -> dict[str, bool | None]:
    """The workloads in a subnet, with the truth of their standing there."""
    [one] = [each for each in found.of(Subnet) if each.address == f"aws_subnet.{subnet}"]
    return {workload.address: truth.value for workload, truth in index.workloads_in(one.id)}


def read_demands(folder: Path, text: str, subnet: str = "a") -> Demands:
    """What the only workload in a subnet calls."""
    index, found = read_index(folder, text)
    [one] = [each for each in found.of(Subnet) if each.address == f"aws_subnet.{subnet}"]
    [(workload, _)] = index.workloads_in(one.id)
    return index.demands(workload)
