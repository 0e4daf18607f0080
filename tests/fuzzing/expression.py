"""Terraform expressions and templates out of nothing: every function, every operator, odd arguments."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fuzzing import evil
from fuzzing.case import Case
from vpce_lint.readers.terraform.functions.catalogue import MODULES

if TYPE_CHECKING:
    from random import Random

FUNCTIONS = tuple(MODULES)
CASES = Path(__file__).parents[1] / "readers/terraform/function_cases"
CALLS = tuple(
    line
    for name in ("values.txt", "refused.txt")
    for line in (CASES / name).read_text("utf-8").splitlines()
    if "(" in line and not line.startswith("#")
)
"""Calls that make sense, or nearly."""
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|\b\d+(?:\.\d+)?\b')
OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
ATOMS = (
    "0",
    "1",
    "-1",
    "2.5",
    "1e30",
    "true",
    "null",
    '"a"',
    '"undefined"',
    '"x\\u0000"',
    '"a,b"',
    '"10.0.0.0/16"',
    '"é\U0001f600"',
    '"%s %d %v"',
    '"2026-01-31T00:00:00Z"',
    '"{\\"a\\": [1]}"',
    "[]",
    "{}",
    '["a", "b"]',
    "[1, [2], null]",
    "{ a = 1, b = var.unset }",
    "var.unset",
    "var.list",
    "var.map",
    "local.l0",
    "aws_vpc.main.id",
    "aws_subnet.a",
    "aws_subnet.a[*].id",
    "data.aws_availability_zones.z.names",
    "each.value",
    "count.index",
    'toset(["a", "b"])',
)


def expression(chance: Random, depth: int = 4) -> str:
    """An expression, mostly one that parses."""
    if depth == 0 or chance.random() < 0.2:
        return chance.choice(ATOMS) if chance.random() < 0.75 else _odd(chance)
    if chance.random() < 0.25:
        return _nearly_right(chance)
    inner = [expression(chance, depth - 1) for _ in range(3)]
    first, second, third = inner
    match chance.randrange(14):
        case 0 | 1 | 2 | 3 | 4:
            taken = ", ".join(inner[: chance.choice((0, 1, 1, 1, 2, 2, 3))])
            return f"{chance.choice(FUNCTIONS)}({taken}{'...' if taken and chance.random() < 0.1 else ''})"
        case 5:
            return f"({first} {chance.choice(OPERATORS)} {second})"
        case 6:
            return f"({first} ? {second} : {third})"
        case 7:
            return f"[for k, v in {first} : {chance.choice((second, 'v', 'k', 'upper(v)'))} if {third}]"
        case 8:
            dots = "..." if chance.random() < 0.4 else ""
            return f"{{ for k, v in {first} : {chance.choice(('k', 'v', second))} => {third}{dots} }}"
        case 9:
            return f"({first})[{second}]"
        case 10:
            return f"({first}){chance.choice(('[*]', '.*', '[*].id', '.*.id[0]', '.a', '.0'))}"
        case 11:
            return f"[{', '.join(inner)}]"
        case 12:
            return f'{{ a = {first}, ("b") = {second}, "${{"c"}}" = {third} }}'
        case _:
            return f'"{template(chance, depth - 1)}"'


def _nearly_right(chance: Random) -> str:
    """A call that makes sense, mostly with another literal in one place."""
    call = chance.choice(CALLS)
    found = list(LITERAL.finditer(call))
    if not found or chance.random() < 0.1:
        return call
    at = chance.choice(found)
    words = (chance.choice(ATOMS), json.dumps(chance.choice(evil.WORDS)[:5000]), chance.choice(found)[0], "-1", "1e30")
    return f"{call[: at.start()]}{chance.choice(words)}{call[at.end() :]}"


def template(chance: Random, depth: int = 2) -> str:
    """A template's text on one line, in which quotes are those of expressions."""
    parts = []
    for _ in range(chance.randrange(1, 4)):
        inner = expression(chance, depth) if depth > 0 else chance.choice(ATOMS)
        parts.append(
            chance.choice(
                (
                    "x",
                    "$${",
                    "%%{",
                    f"${{{inner}}}",
                    f"${{~ {inner} ~}}",
                    f"%{{ if {inner} }}y%{{ else }}n%{{ endif }}",
                    f"%{{ for k, v in {inner} ~}} ${{k}} %{{~ endfor }}",
                )
            )
        )
    return "".join(parts)


def _odd(chance: Random) -> str:
    word = chance.choice(evil.HCL) if chance.random() < 0.6 else json.dumps(chance.choice(evil.WORDS))
    return word if len(word) < 5000 else word[:5000] + '"'


def configuration(chance: Random) -> Case:
    """A root whose values are such expressions, in every place where a rule looks."""
    made = [expression(chance) for _ in range(9)]
    repeated = chance.choice(("count", "for_each"))
    text = f"""variable "unset" {{}}
variable "list" {{
  type = list(string)
}}
variable "map" {{
  type    = map(any)
  default = {{}}
}}
locals {{
  l0 = {made[0]}
  l1 = {made[1]}
}}
data "aws_availability_zones" "z" {{}}
resource "aws_vpc" "main" {{}}
resource "aws_subnet" "a" {{
  {repeated} = {made[2]}
  vpc_id = aws_vpc.main.id
  availability_zone = {made[3]}
}}
resource "aws_route_table" "t" {{
  vpc_id = aws_vpc.main.id
  dynamic "route" {{
    for_each = {made[4]}
    content {{
      cidr_block = route.value
      nat_gateway_id = route.key
    }}
  }}
}}
resource "aws_vpc_endpoint" "e" {{
  {chance.choice(("count", "for_each", "# no repetition"))} = {chance.choice((made[5], "local.l0"))}
  vpc_id = aws_vpc.main.id
  vpc_endpoint_type = "Interface"
  service_name = {made[6]}
  subnet_ids = {made[7]}
  policy = {made[8]}
  tags = {{ x = local.l1 }}
}}
""".replace("# no repetition =", "#")
    files = {"main.tf": text.encode("utf-8", "surrogatepass")}
    if chance.random() < 0.3:
        files["main.tf"] += b'locals {\n  file = templatefile("t.tpl", { a = local.l1, k = var.unset })\n}\n'
        files["main.tf"] = files["main.tf"].replace(b"  tags = {", b"  private_dns_enabled = local.file\n  tags = {")
        files["t.tpl"] = template(chance, 3).replace("; ", "\n").encode("utf-8", "surrogatepass")
    return Case(files)
