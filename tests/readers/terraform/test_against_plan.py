"""Expansion of modules, count, for_each and dynamic, compared with real ``terraform plan``.

The configurations use only ``terraform_data``, which needs no provider. Where a variable is left open
for us and given to Terraform, what we conclude must hold for the value that Terraform was given.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle import require_terraform
from vpce_lint.condition import assume, decide_all
from vpce_lint.readers.terraform.boundary import Boundary
from vpce_lint.readers.terraform.module import ModuleInstance
from vpce_lint.readers.terraform.module_source import Missing
from vpce_lint.readers.terraform.root import Library, Root
from vpce_lint.readers.terraform.variable_input import automatic_values
from vpce_lint.value import Json, Known, Mapping, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Case:
    """Files by path, variables for both, and variables that only Terraform is given."""

    name: str
    files: dict[str, str]
    given: dict[str, Any] = field(default_factory=dict)
    open: dict[str, Any] = field(default_factory=dict)


CHILD = """
variable "names" { type = set(string) }
variable "suffix" {
  type    = string
  default = "x"
}
resource "terraform_data" "each" {
  for_each = var.names
  input    = "${each.key}-${var.suffix}"
}
output "inputs" { value = { for key, data in terraform_data.each : key => data.input } }
output "count" { value = length(terraform_data.each) }
"""

CASES = [
    Case(
        "count by literal, index in the input",
        {"main.tf": 'resource "terraform_data" "a" {\n  count = 3\n  input = "n${count.index}"\n}\n'},
    ),
    Case(
        "count of zero and a single instance beside it",
        {
            "main.tf": 'resource "terraform_data" "none" {\n  count = 0\n}\n'
            'resource "terraform_data" "one" {\n  input = length(terraform_data.none)\n}\n'
        },
    ),
    Case(
        "for_each over a map of objects through a local",
        {
            "main.tf": "locals {\n  all = { b = { on = true, n = 1 }, a = { on = false, n = 2 } }\n"
            "  chosen = { for k, v in local.all : upper(k) => v if v.on }\n}\n"
            'resource "terraform_data" "x" {\n  for_each = local.chosen\n  input = [each.key, each.value.n]\n}\n'
        },
    ),
    Case(
        "for_each over another resource",
        {
            "main.tf": 'resource "terraform_data" "a" {\n  for_each = toset(["p", "q"])\n  input = each.value\n}\n'
            'resource "terraform_data" "b" {\n  for_each = terraform_data.a\n  input = each.value.input\n}\n'
        },
    ),
    Case(
        "a module with for_each inside a module with count",
        {
            "main.tf": 'module "outer" {\n  source = "./outer"\n  count = 2\n  tag = "t${count.index}"\n}\n'
            'resource "terraform_data" "sum" {\n  input = module.outer[*].total\n}\n',
            "outer/main.tf": 'variable "tag" {}\nmodule "inner" {\n  source = "../inner"\n'
            '  for_each = toset(["a", "b"])\n  names = [each.key, "z"]\n  suffix = var.tag\n}\n'
            'output "total" { value = sum([for m in module.inner : m.count]) }\n',
            "inner/main.tf": CHILD,
        },
    ),
    Case(
        "defaults, tfvars and auto.tfvars in their order of precedence",
        {
            "main.tf": 'variable "a" { default = "default" }\nvariable "b" { default = "default" }\n'
            'variable "c" { default = "default" }\nvariable "d" { default = "default" }\n'
            'resource "terraform_data" "v" {\n  input = [var.a, var.b, var.c, var.d]\n}\n',
            "terraform.tfvars": 'b = "tfvars"\nc = "tfvars"\nd = "tfvars"\n',
            "x.auto.tfvars": 'c = "x"\nd = "x"\n',
            "y.auto.tfvars.json": '{"d": "y"}',
        },
    ),
    Case(
        "optional object attributes with defaults, nullable and conversion",
        {
            "main.tf": 'variable "o" {\n  type = map(object({ n = optional(number, 5), s = optional(string), l = list(string) }))\n'
            '  default = { a = { l = [1, true] }, b = { n = "7", s = "t", l = [] } }\n}\n'
            'variable "n" {\n  type = string\n  default = "fallback"\n  nullable = false\n}\n'
            'module "m" {\n  source = "./m"\n  n = null\n}\n'
            'resource "terraform_data" "v" {\n  for_each = var.o\n  input = jsonencode(each.value)\n}\n',
            "m/main.tf": 'variable "n" {\n  type = string\n  default = "fallback"\n  nullable = false\n}\n'
            'resource "terraform_data" "n" { input = var.n }\n',
        },
    ),
    Case(
        "override files and a local that hides behind several hops",
        {
            "main.tf": 'locals {\n  a = local.b\n  b = "${local.c}!"\n  c = "plain"\n}\n'
            'resource "terraform_data" "v" {\n  count = 3\n  input = local.a\n}\n',
            "main_override.tf": 'locals { c = "overridden" }\nresource "terraform_data" "v" { count = 1 }\n',
        },
    ),
    Case(
        "JSON syntax beside native syntax",
        {
            "main.tf.json": json.dumps(
                {
                    "//": "a comment",
                    "variable": {"names": {"default": ["a", "b"]}},
                    "locals": {"doubled": '${[for n in var.names : "${n}${n}"]}'},
                    "resource": {
                        "terraform_data": {
                            "j": {"count": "${length(var.names)}", "input": "<${local.doubled[count.index]}>"}
                        }
                    },
                }
            ),
            "more.tf": 'resource "terraform_data" "n" { input = local.doubled }\n',
        },
    ),
    Case(
        "heredocs, directives and splats",
        {
            "main.tf": 'locals { xs = [{ n = "a" }, { n = "b" }] }\nresource "terraform_data" "v" {\n  input = <<-EOT\n'
            '    %{for x in local.xs~}\n    - ${x.n}\n    %{endfor~}\n    end ${join(",", local.xs[*].n)}\n  EOT\n}\n'
        },
    ),
    Case(
        "a conditional resource, its condition open",
        {
            "main.tf": 'variable "on" { type = bool }\nresource "terraform_data" "a" {\n  count = var.on ? 1 : 0\n  input = "a"\n}\n'
            'resource "terraform_data" "b" {\n  count = var.on ? 0 : 2\n  input = "b"\n}\n'
            'resource "terraform_data" "c" {\n  input = concat(terraform_data.a[*].input, terraform_data.b[*].input)\n}\n'
            'resource "terraform_data" "d" {\n  input = one(terraform_data.a[*].input)\n}\n'
            'resource "terraform_data" "e" {\n  input = var.on ? terraform_data.a[0].input : "none"\n}\n'
        },
        open={"on": True},
    ),
    Case(
        "the same, with the condition false",
        {
            "main.tf": 'variable "on" { type = bool }\nresource "terraform_data" "a" {\n  count = var.on ? 1 : 0\n  input = "a"\n}\n'
            'resource "terraform_data" "b" {\n  count = var.on ? 0 : 2\n  input = "b"\n}\n'
            'resource "terraform_data" "e" {\n  input = length(terraform_data.a) > 0 ? terraform_data.a[0].input : "none"\n}\n'
        },
        open={"on": False},
    ),
    Case(
        "for_each under two open conditions",
        {
            "main.tf": 'variable "x" { type = bool }\nvariable "y" { type = bool }\n'
            "locals { all = merge({ always = 1 }, var.x ? { x = 2 } : {}, var.x && var.y ? { both = 3 } : {}) }\n"
            'resource "terraform_data" "v" {\n  for_each = local.all\n  input = each.value\n}\n'
            'resource "terraform_data" "w" {\n  for_each = { for k, v in { p = var.x, q = !var.y, r = true } : k => v if v }\n}\n'
        },
        open={"x": True, "y": False},
    ),
    Case(
        "a conditional module, its condition open",
        {
            "main.tf": 'variable "on" { type = bool }\nmodule "m" {\n  source = "./m"\n  count = var.on ? 1 : 0\n  names = ["k"]\n}\n'
            'resource "terraform_data" "o" {\n  input = try(module.m[0].inputs["k"], "absent")\n}\n',
            "m/main.tf": CHILD,
        },
        open={"on": True},
    ),
    Case(
        "open strings inside names and keys",
        {
            "main.tf": 'variable "region" { type = string }\n'
            'resource "terraform_data" "v" {\n  for_each = toset([for s in ["s3", "kms"] : "com.amazonaws.${var.region}.${s}"])\n'
            '  input = split(".", each.key)[3]\n}\n'
        },
        open={"region": "eu-west-1"},
    ),
    Case(
        "an open list, counted and indexed",
        {
            "main.tf": 'variable "ids" { type = list(string) }\nresource "terraform_data" "v" {\n'
            "  count = length(var.ids)\n  input = var.ids[count.index]\n}\n"
            'resource "terraform_data" "n" {\n  input = length(terraform_data.v) >= 0\n}\n'
        },
        open={"ids": ["a", "b"]},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_instances_and_inputs_agree_with_terraform_plan(case: Case, tmp_path: Path) -> None:
    """Every instance that Terraform plans is one of ours, with its input; what it doesn't plan isn't certain to us."""
    for name, content in case.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    expected = planned(tmp_path, {**case.given, **case.open})
    found = ours(tmp_path, case)
    certain = {address for address, (there, _) in found.items() if there is True and not _is_open(address)}
    possible = {address for address, (there, _) in found.items() if there is not False}
    assert certain <= expected.keys()
    assert {address for address in expected if not _covered(address, possible)} == set()
    for address, value in expected.items():
        if address in found:
            assert covers(found[address][1], value), (address, str(found[address][1]), value)
    assert bool(case.open) or certain == expected.keys()


def test_given_facts_decide_open_conditions(tmp_path: Path) -> None:
    """With the value of an open condition given to us too, nothing stays open."""
    for case in CASES:
        if case.open and all(isinstance(value, bool) for value in case.open.values()):
            folder = tmp_path / case.name.replace(" ", "-")
            for name, content in case.files.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
            facts = {f"var.{name}": value for name, value in case.open.items()}
            found = ours(folder, case, facts)
            assert all(there is not None for there, _ in found.values()), case.name
            certain = {address for address, (there, _) in found.items() if there}
            assert certain == planned(folder, case.open).keys(), case.name


def _is_open(address: str) -> bool:
    return "[*]" in address or "${" in address


def _covered(address: str, possible: set[str]) -> bool:
    if address in possible:
        return True
    head = address.rsplit("[", 1)[0]
    return any(other.rsplit("[", 1)[0] == head and ("[*]" in other or "${" in other) for other in possible)


def planned(folder: Path, variables: dict[str, Any]) -> dict[str, Any]:
    """The addresses of a real plan, with the planned ``input`` of each."""
    binary = require_terraform()
    empty = folder / "empty.tfrc"
    empty.write_text("")
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": str(empty), "TF_IN_AUTOMATION": "1"}
    arguments = [
        f"-var={name}={json.dumps(value) if not isinstance(value, str) else value}" for name, value in variables.items()
    ]
    for command in (["init", "-input=false"], ["plan", "-input=false", "-out=plan", *arguments]):
        done = subprocess.run(
            [binary, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    shown = subprocess.run(
        [binary, "show", "-json", "plan"], cwd=folder, env=environment, capture_output=True, check=True
    )
    plan = json.loads(shown.stdout)
    return dict(_resources(plan["planned_values"].get("root_module", {})))


def _resources(module: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for resource in module.get("resources", []):
        yield resource["address"], resource["values"].get("input")
    for child in module.get("child_modules", []):
        yield from _resources(child)


def ours(folder: Path, case: Case, facts: dict[str, bool] | None = None) -> dict[str, tuple[bool | None, Value]]:
    """Our instances: whether each exists, and its input, under the facts."""
    library = Library(Boundary.around(folder, folder))
    values, _, _ = automatic_values(str(folder), library.boundary)
    given = {name: Known(value) for name, value in case.given.items()}
    root = Root(str(folder), library, {**values, **given})
    modules: list[ModuleInstance] = [ModuleInstance(root, library.folder(str(folder)))]
    found: dict[str, tuple[bool | None, Value]] = {}
    for module in modules:
        for blocks in module.folder.declared.resources.values():
            for block in blocks:
                for instance in module.instances("managed", block):
                    value = instance.given("input")
                    there = decide_all(instance.when, facts or {})
                    found[instance.address] = (there.value, assume(value, facts or {}))
        for child in module.modules():
            assert not isinstance(child, Missing)
            modules.append(child)
    return found


def covers(value: Value, concrete: Any) -> bool:
    """Whether a value is, or may be, what Terraform planned; wholly known values must be it."""
    if isinstance(value, Json):
        value = value.text
    if value.reasons:
        return _may_be(value, concrete)
    return _plain(value) == concrete


def _may_be(value: Value, concrete: Any) -> bool:
    if isinstance(value, Sequence):
        if not isinstance(concrete, list):
            return False
        return value.least <= len(concrete) and (value.most is None or len(concrete) <= value.most)
    if isinstance(value, Mapping):
        return isinstance(concrete, dict) and value.entries.keys() <= concrete.keys()
    known = Known(concrete) if not isinstance(concrete, list | dict) else None
    return known is None or not value.equals(known).is_false


def _plain(value: Value) -> Any:
    if isinstance(value, Known):
        return value.value
    if isinstance(value, Sequence):
        return [_plain(member) for member in value.members]
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.entries.items()}
    raise AssertionError(value)
