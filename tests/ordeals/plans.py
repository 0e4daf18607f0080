"""Plans that say too much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ordeals.writing import S3

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ordeals.writing import Files


def planned(resources: Iterable[dict[str, Any]], **more: Any) -> Files:
    """A plan that makes these endpoints; ``values`` by address."""
    resources = list(resources)
    changes = [
        {
            "address": each["address"],
            "mode": "managed",
            "type": each["type"],
            "name": each["name"],
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {"actions": ["create"], "before": None, "after": each["values"], "after_unknown": {"id": True}},
        }
        for each in resources
    ]
    document = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
        "configuration": {"root_module": {}},
        **more,
    }
    return {"plan.json": json.dumps(document)}


def planned_endpoint(number: int, type_: str = "aws_vpc_endpoint", **values: Any) -> dict[str, Any]:
    """An endpoint in a plan."""
    return {
        "address": f"{type_}.e{number}",
        "mode": "managed",
        "type": type_,
        "name": f"e{number}",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 0,
        "values": {"vpc_id": "vpc-1", "service_name": S3, **values},
        "sensitive_values": {},
    }


def changes_of_a_plan() -> Files:
    """A plan that changes 18,000 endpoints."""
    return planned(planned_endpoint(n) for n in range(18_000))


def small_changes_of_a_plan() -> Files:
    """A plan of 100,000 changes, most of which say next to nothing."""
    files = planned([planned_endpoint(0)])
    document = json.loads(files["plan.json"])
    document["resource_changes"] += [
        {
            "address": f"aws_subnet.s{n}",
            "mode": "managed",
            "type": "aws_subnet",
            "name": f"s{n}",
            "change": {"actions": ["create"], "after": {}},
        }
        for n in range(100_000)
    ]
    return {"plan.json": json.dumps(document)}


def deep_plan() -> Files:
    """A plan with values nested 300 deep, in 500 resources."""
    value: Any = "x"
    for _ in range(300):
        value = [value]
    return planned(planned_endpoint(n, policy=value, subnet_ids=value) for n in range(500))


def deeper_plan() -> Files:
    """A plan with values nested 100,000 deep."""
    text = planned([planned_endpoint(0, policy="DEEP")])["plan.json"]
    return {"plan.json": text.replace('"DEEP"', "[" * 100_000 + "]" * 100_000)}


def deep_modules_of_a_plan() -> Files:
    """A plan with modules nested 300 deep."""
    addresses = [".".join(f"module.m{n}" for n in range(depth)) for depth in range(1, 301)]
    module: dict[str, Any] = {"resources": [planned_endpoint(0)]}
    for address in reversed(addresses):
        module = {"child_modules": [{**module, "address": address}]}
    return planned([], planned_values={"root_module": module})


def long_texts_of_a_plan() -> Files:
    """A plan with a policy of 8 MB."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    return planned([planned_endpoint(0, policy=json.dumps({"Statement": [statement] * 80_000}))])


def lists_of_a_plan() -> Files:
    """A plan with 200,000 subnets of one endpoint, and 500 endpoints with 500 subnets."""
    listed = [f"subnet-{n}" for n in range(200_000)]
    return planned(
        [
            planned_endpoint(0, subnet_ids=listed, vpc_endpoint_type="Interface"),
            *(planned_endpoint(n, subnet_ids=listed[:500], vpc_endpoint_type="Interface") for n in range(1, 500)),
        ]
    )


def references_of_a_plan() -> Files:
    """A plan of 2,000 endpoints whose subnets aren't known, each of which refers to 300 subnets."""
    resources = [planned_endpoint(n, vpc_endpoint_type="Interface") for n in range(2_000)]
    subnets = [planned_endpoint(n, "aws_subnet") for n in range(300)]
    references = [f"aws_subnet.e{n}.id" for n in range(300)]
    configuration = {
        "root_module": {
            "resources": [
                {
                    "address": each["address"], "mode": "managed", "type": each["type"], "name": each["name"],
                    "expressions": {"subnet_ids": {"references": references}},
                }
                for each in resources
            ]
        }
    }  # fmt: skip
    files = planned([*resources, *subnets], configuration=configuration)
    document = json.loads(files["plan.json"])
    for change in document["resource_changes"]:
        if change["type"] == "aws_vpc_endpoint":
            change["change"]["after_unknown"]["subnet_ids"] = True
    return {"plan.json": json.dumps(document)}
