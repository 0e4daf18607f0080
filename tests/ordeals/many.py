"""What is simply there many times."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ordeals.writing import S3, VPC, aws_endpoint, endpoint, template

if TYPE_CHECKING:
    from ordeals.writing import Files


def routes() -> Files:
    """20,000 routes in a table of 2,000 subnets."""
    subnets = "".join(
        f'resource "aws_subnet" "s{n}" {{\n  vpc_id = aws_vpc.main.id\n}}\n'
        f'resource "aws_route_table_association" "a{n}" {{\n  subnet_id = aws_subnet.s{n}.id\n  route_table_id = aws_route_table.t.id\n}}\n'
        for n in range(2_000)
    )
    routes = "".join(
        f'resource "aws_route" "r{n}" {{\n  route_table_id = aws_route_table.t.id\n'
        f'  destination_cidr_block = "{n % 250}.{n // 250}.0.0/16"\n  nat_gateway_id = "nat-1"\n}}\n'
        for n in range(20_000)
    )
    return {"main.tf": VPC + 'resource "aws_route_table" "t" {\n  vpc_id = aws_vpc.main.id\n}\n' + subnets + routes}


def many_in_json() -> Files:
    """50,000 endpoints in one JSON file."""
    each = {"vpc_id": "${aws_vpc.main.id}", "service_name": S3}
    return {
        "main.tf.json": json.dumps(
            {"resource": {"aws_vpc": {"main": {}}, "aws_vpc_endpoint": {f"e{n}": each for n in range(50_000)}}}
        )
    }


def many_in_hcl() -> Files:
    """20,000 endpoints in one HCL file."""
    return {"main.tf": VPC + "".join(endpoint(f"e{n}") for n in range(20_000))}


def many_in_template() -> Files:
    """20,000 endpoints in one template."""
    return template({f"E{n}": aws_endpoint() for n in range(20_000)})


def unrelated_in_json() -> Files:
    """50,000 resources that concern no rule, and one endpoint, in one JSON file."""
    unrelated = {f"e{n}": {"bucket": f"b{n}", "tags": {"a": "b"}} for n in range(50_000)}
    return {
        "main.tf.json": json.dumps(
            {"resource": {"aws_s3_bucket": unrelated, "aws_vpc_endpoint": {"e": {"vpc_id": "v", "service_name": S3}}}}
        )
    }
