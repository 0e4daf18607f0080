"""Expressions that would take forever to work out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordeals.writing import S3, VPC, endpoint, flags, locals_of, policy

if TYPE_CHECKING:
    from ordeals.writing import Files


def nested_for() -> Files:
    """Three `for` expressions in each other, of 1,000 members each."""
    return policy("jsonencode([for a in range(1000): [for b in range(1000): [for c in range(1000): a]]])")


def for_that_gives_nothing() -> Files:
    """The same, with conditions that leave everything out."""
    return policy("jsonencode([for a in range(1000): a if length([for b in range(1000): b if a + b < 0]) > 0])")


def grouped_for() -> Files:
    """A `for` that puts 10,000 members in one group."""
    return policy('jsonencode({for a in range(1000): "k" => [for b in range(10): b]...})') | {
        "more.tf": 'locals {\n  l = flatten([for a in range(100): range(100)])\n  g = {for a in local.l: "k" => a...}\n}\n'
        + endpoint("b", "policy = jsonencode(local.g)")
    }


def conjunction() -> Files:
    """`a && b && …` with 2,000 variables."""
    return policy(" && ".join(f"var.u{n}" for n in range(2_000)) + ' ? "a" : "b"', flags(2_000))


def disjunction_of_conditionals() -> Files:
    """`(a ? b : c) || …` with 2,000 variables."""
    terms = (f"(var.u{n} ? var.u{n + 1} : var.u{n + 2})" for n in range(1_998))
    return policy(" || ".join(terms) + ' ? "a" : "b"', flags(2_000))


def nested_conditionals() -> Files:
    """`a ? x : b ? y : …`, 500 deep, with 500 variables."""
    return policy("".join(f'var.u{n} ? "v{n}" : ' for n in range(500)) + '"z"', flags(500))


def conditional_concatenation() -> Files:
    """A template of 500 conditionals."""
    return policy('"' + "".join(f'${{var.u{n} ? "v{n}" : ""}}' for n in range(500)) + '"', flags(500))


def sum_of_ranges() -> Files:
    """`join(",", [for i in range(1024): join(",", range(1024))])`."""
    return policy('join(",", [for i in range(1024): join(",", range(1024))])')


def great_range() -> Files:
    """`range(1000000000)`."""
    return policy("jsonencode(range(1000000000))")


def product() -> Files:
    """`setproduct` of three lists of 1,000."""
    return policy("jsonencode(setproduct(range(1000), range(1000), range(1000)))")


def wide_format() -> Files:
    """`format("%999999999s", "x")`."""
    return policy('format("%999999999s", "x")')


def doubling_locals() -> Files:
    """40 locals, each twice the one before."""
    return policy("local.a39", locals_of('"xxxxxxxxxx"', '  aN = "${local.aM}${local.aM}"', 40)) | {
        "lists.tf": locals_of('["x"]', "  bN = [local.bM, local.bM]", 40).replace("a0", "b0")
        + endpoint("b", "policy = jsonencode(local.b39)")
    }


def open_doubling_locals() -> Files:
    """40 locals, each twice the one before, made of a variable."""
    return policy("local.a39", 'variable "u" {}\n' + locals_of("var.u", '  aN = "${local.aM}-${local.aM}"', 40))


def conditions_on_conditions() -> Files:
    """40 locals, each chosen from two of the one before by a variable."""
    return policy("local.a39", flags(40) + locals_of("var.u0", '  aN = var.uN ? local.aM : "x${local.aM}"', 40))


def chain_of_locals() -> Files:
    """A chain of 5,000 locals."""
    return policy("local.a4999", locals_of('"x"', "  aN = local.aM", 5_000))


def chain_of_conditional_locals() -> Files:
    """A chain of 500 locals, each of which is the one before or, on a condition, another, read by 500 endpoints."""
    chain = locals_of('"vpc-1"', '  aN = var.uN ? local.aM : "vpc-N"', 500)
    ends = "".join(endpoint(f"e{n}").replace("aws_vpc.main.id", f"local.a{n}") for n in range(500))
    return {"main.tf": VPC + flags(500) + chain + ends}


def unread_modules() -> Files:
    """3,000 modules that aren't there, beside 3,000 endpoints."""
    calls = "".join(
        f'module "m{n}" {{\n  source = "example.com/m/aws"\n  vpc_id = aws_vpc.main.id\n}}\n' for n in range(3_000)
    )
    return {"main.tf": VPC + calls + "".join(endpoint(f"e{n}") for n in range(3_000))}


def keys_of_for_each() -> Files:
    """`for_each` over 1,000 keys, of 9 blocks."""
    return {
        "main.tf": VPC
        + endpoint()
        + "".join(
            f'resource "aws_subnet" "s{n}" {{\n  for_each = toset([for i in range(1000): "k${{i}}"])\n  vpc_id = each.key\n}}\n'
            for n in range(9)
        )
    }


def chain_of_resources() -> Files:
    """A chain of 5,000 resources, each of which refers to the one before."""
    chain = "".join(
        f'resource "aws_vpc_endpoint" "c{n}" {{\n  vpc_id = aws_vpc_endpoint.c{n - 1}.vpc_id\n  service_name = "{S3}"\n}}\n'
        for n in range(1, 5_000)
    )
    return {"main.tf": VPC + endpoint("c0") + chain}


def backtracking() -> Files:
    """A regular expression such as `(a+)+$` on 5,000 letters."""
    return policy(f'replace("{"a" * 5_000}b", "/(a+)+$/", "x")')


def great_numbers() -> Files:
    """`1e999999999`, numbers of 3,000,000 digits."""
    return policy("jsonencode([1e999999999, " + "9" * 3_000_000 + " + 1])")


def hashing() -> Files:
    """`filesha512` of 10 MB, 1,000,000 times."""
    return policy('jsonencode([for a in range(1000): [for b in range(1000): filesha512("x")]])') | {
        "x": "y" * 10_000_000
    }


def files_over_and_over() -> Files:
    """`file` of 4 MB, 1,000 times."""
    return policy('jsonencode([for a in range(1000): length(file("x"))])') | {"x": "y" * 4_000_000}


def functions_on_long_texts() -> Files:
    """`upper`, `split`, `replace`, `md5` of 1 MB, 1,000 times each."""
    calls = [
        "upper(local.x)",
        'length(split("a", local.x))',
        'replace(local.x, "a", "b")',
        "md5(local.x)",
        "strrev(local.x)",
    ]
    texts = "".join(
        endpoint(f"f{n}", f"policy = jsonencode([for a in range(1000): {call}])") for n, call in enumerate(calls)
    )
    return {"main.tf": 'locals {\n  x = file("x")\n}\n' + VPC + texts, "x": "ab" * 500_000}


def functions_on_long_lists() -> Files:
    """`sort`, `distinct`, `contains`, `merge`, `setunion`, `flatten`, `zipmap` of 1,000 members, 1,000 times each."""
    calls = [
        "sort(local.l)", "distinct(local.l)", 'contains(local.l, "y")', "setunion(local.l, local.l)", "flatten([local.l])",
        "zipmap(local.l, local.l)", "setsubtract(local.l, local.l)", "concat(local.l, local.l)", "toset(local.l)",
        'index(local.l, "x999")', "reverse(local.l)", "slice(local.l, 1, 999)", "chunklist(local.l, 2)", "compact(local.l)",
        "merge(local.m, local.m)", "keys(local.m)", "values(local.m)", 'lookup(local.m, "x1", "")', "length(local.l)",
        "jsonencode(local.l)", "jsondecode(local.j)", "yamlencode(local.l)", "yamldecode(local.j)", "csvdecode(local.c)",
        "base64encode(local.j)", "element(local.l, 5)", "coalescelist(local.l)", "matchkeys(local.l, local.l, local.l)",
        "transpose({a = local.l})", "alltrue([for x in local.l : true])", 'formatlist("%s", local.l)', "sum([for x in local.l: 1])",
    ]  # fmt: skip
    head = (
        'locals {\n  l = [for i in range(1000): "x${i}"]\n  m = {for i in range(1000): "x${i}" => i}\n'
        '  j = jsonencode(local.l)\n  c = join("\\n", local.l)\n}\n'
    )
    texts = "".join(
        endpoint(
            f"f{n}",
            f"policy = jsonencode([for a in range(1000): length({call}) if false])".replace(
                "if false", f"if length(jsonencode({call})) < 0"
            ),
        )
        for n, call in enumerate(calls)
    )
    return {"main.tf": head + VPC + texts}


def subnets() -> Files:
    """`cidrsubnets` of 1,000 subnets, 1,000 times."""
    return policy('jsonencode([for a in range(1000): cidrsubnets("10.0.0.0/8", [for i in range(1000): 16]...)])')
