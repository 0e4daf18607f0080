"""How long the rules about traffic take on large roots, and how that grows with the size.

``python benchmarks/routing.py [SIZE ...]`` writes a root with so many subnets and workloads, and a quarter as many route
tables and endpoints, into a temporary folder, reads it and judges it, and prints the seconds of both.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import process_time

from vpce_lint.engine import judge
from vpce_lint.garbage import collecting_rarely
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request

SIZES = (500, 1_000, 2_000)
RULES = {"VPCE002", "VPCE008"}
SERVICES = ("sqs", "sns", "kms", "logs", "ecr.api")


def code(size: int) -> str:
    """A root of this size with all resources written one by one."""
    tables = size // 4
    blocks = [
        'provider "aws" {\n  region = "eu-west-1"\n}',
        *(f'resource "aws_vpc" "v{each}" {{\n  cidr_block = "10.0.0.0/8"\n}}' for each in range(tables // 20 or 1)),
        'resource "aws_nat_gateway" "n" {\n  subnet_id = "subnet-1"\n}',
        """resource "aws_iam_role" "w" {
  assume_role_policy = "{}"
  inline_policy {
    name   = "w"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["sqs:*", "s3:Get*"], Resource = "*" }] })
  }
}""",
    ]
    vpcs = tables // 20 or 1
    for number in range(tables):
        blocks.append(f'resource "aws_route_table" "t{number}" {{\n  vpc_id = aws_vpc.v{number % vpcs}.id\n}}')
        blocks.append(
            f"""resource "aws_route" "r{number}" {{
  route_table_id         = aws_route_table.t{number}.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.n.id
}}"""
        )
        blocks.append(_endpoint(number, vpcs))
    for number in range(size):
        table = number % tables
        blocks.append(f'resource "aws_subnet" "s{number}" {{\n  vpc_id = aws_vpc.v{table % vpcs}.id\n}}')
        blocks.append(
            f"""resource "aws_route_table_association" "a{number}" {{
  subnet_id      = aws_subnet.s{number}.id
  route_table_id = aws_route_table.t{table}.id
}}"""
        )
        blocks.append(
            f"""resource "aws_lambda_function" "w{number}" {{
  function_name = "w{number}"
  role          = aws_iam_role.w.arn
  vpc_config {{
    subnet_ids         = [aws_subnet.s{number}.id]
    security_group_ids = []
  }}
}}"""
        )
    return "\n".join(blocks)


def _endpoint(number: int, vpcs: int) -> str:
    head = f'resource "aws_vpc_endpoint" "e{number}" {{\n  vpc_id = aws_vpc.v{number % vpcs}.id\n'
    if number % 2:
        return (
            head
            + f'  service_name = "com.amazonaws.eu-west-1.s3"\n  route_table_ids = [aws_route_table.t{number}.id]\n}}'
        )
    service = SERVICES[number // 2 % len(SERVICES)]
    return (
        head
        + f"""  service_name        = "com.amazonaws.eu-west-1.{service}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.s{number}.id]
}}"""
    )


def measure(size: int) -> tuple[float, float, int]:
    """Seconds for reading and for judging, and the number of answers."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_text(code(size), "utf-8")
        start = process_time()
        reading = read(Request(paths=(Path(folder),)))
        middle = process_time()
        report = judge(reading, [rule for rule in load_rules() if rule.id in RULES])
        return middle - start, process_time() - middle, len(report.answers)


def main() -> None:
    """Print a line per size."""
    sys.setrecursionlimit(20_000)
    sizes = [int(argument) for argument in sys.argv[1:]] or SIZES
    print(f"{'subnets':>8} {'tables':>7} {'read':>7} {'judge':>7} {'total':>7}  answers")
    with collecting_rarely():
        measure(100)
        for size in sizes:
            reading, judging, answers = measure(size)
            print(f"{size:8} {size // 4:7} {reading:6.2f}s {judging:6.2f}s {reading + judging:6.2f}s  {answers}")


if __name__ == "__main__":
    main()
