"""What a line or two would make a great deal of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordeals.writing import VPC, endpoint, policy

if TYPE_CHECKING:
    from ordeals.writing import Files


def count_of_a_block() -> Files:
    """`count = 1000000000` on a block."""
    return {"main.tf": VPC + endpoint(inside="count = 1000000000")}


def counts_of_blocks() -> Files:
    """500 blocks with `count = 2000`."""
    return {"main.tf": VPC + "".join(f'resource "aws_subnet" "s{n}" {{\n  count = 2000\n}}\n' for n in range(500))}


def modules_of_modules() -> Files:
    """Modules that call modules 2,000 times each."""
    call = 'module "m" {\n  source = "../NEXT"\n  count = 2000\n}\n'
    return {
        "root/main.tf": call.replace("NEXT", "a"),
        "a/main.tf": call.replace("NEXT", "b"),
        "b/main.tf": VPC + endpoint(),
    }


def module_chain() -> Files:
    """A chain of 5,000 modules."""
    return {
        **{f"m{n}/main.tf": f'module "m" {{\n  source = "../m{n + 1}"\n}}\n' for n in range(5_000)},
        "m5000/main.tf": VPC + endpoint(),
    }


def dynamic_blocks() -> Files:
    """`dynamic` blocks in each other, of 1,000 members each."""
    inner = 'dynamic "statement" {\n  for_each = range(1000)\n  content {\n    INNER\n  }\n}\n'
    nested = inner.replace("INNER", inner.replace('"statement"', '"principals"').replace("INNER", "type = each.value"))
    return {
        "main.tf": f'data "aws_iam_policy_document" "d" {{\n{nested}}}\n{policy("data.aws_iam_policy_document.d.json")["main.tf"]}'
    }
