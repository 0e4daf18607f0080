"""What we make of real plans, compared with what Terraform makes of them when it applies them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from tests.readers.plan import terraform_plan
from tests.readers.plan.documents import PLANS
from tests.readers.terraform.configuration import write
from vpce_lint.readers.plan.document import read_document
from vpce_lint.readers.plan.plan import Plan
from vpce_lint.readers.plan.tracing import Scope, Trace, trace
from vpce_lint.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = json.loads((Path(__file__).parent / "plan.schema.json").read_text("utf-8"))

FILES = {
    "main.tf": """
        variable "first" { default = true }
        variable "place" { default = 0 }
        locals { hidden = terraform_data.a.id }
        resource "terraform_data" "a" { input = "a" }
        resource "terraform_data" "b" { input = "b" }
        resource "terraform_data" "many" {
          count = 3
          input = count.index
        }
        resource "terraform_data" "by_key" {
          for_each = toset(["p", "q.r", "s]"])
          input    = each.key
        }
        resource "terraform_data" "plain" { input = terraform_data.a.id }
        resource "terraform_data" "guarded" { input = var.first ? terraform_data.a.id : "none" }
        resource "terraform_data" "chosen" { input = var.first ? terraform_data.a.id : terraform_data.b.id }
        resource "terraform_data" "tried" { input = try(terraform_data.a.id, "none") }
        resource "terraform_data" "indexed" { input = terraform_data.many[1].id }
        resource "terraform_data" "picked" { input = terraform_data.many[var.place].id }
        resource "terraform_data" "keyed" { input = terraform_data.by_key["q.r"].id }
        resource "terraform_data" "bracketed" { input = terraform_data.by_key["s]"].id }
        resource "terraform_data" "behind_local" { input = local.hidden }
        resource "terraform_data" "handed_on" { input = terraform_data.plain.input }
        resource "terraform_data" "of_own_key" {
          for_each = terraform_data.by_key
          input    = each.value.id
        }
        resource "terraform_data" "of_own_index" {
          count = 2
          input = terraform_data.many[count.index].id
        }
        module "one" {
          source = "./inner"
          id     = terraform_data.a.id
          ids    = terraform_data.many[*].id
        }
        module "each" {
          source   = "./inner"
          for_each = { x = terraform_data.a.id, y = terraform_data.b.id }
          id       = each.value
          ids      = [each.value]
        }
        module "counted" {
          source = "./inner"
          count  = 2
          id     = terraform_data.many[count.index].id
          ids    = [terraform_data.b.id]
        }
        resource "terraform_data" "from_module" { input = module.one.id }
        resource "terraform_data" "from_keyed_module" { input = module.each["y"].id }
        resource "terraform_data" "from_counted_module" { input = module.counted[1].own }
        resource "terraform_data" "deep" { input = module.one.deep }
        """,
    "inner/main.tf": """
        variable "id" {}
        variable "ids" { default = [] }
        resource "terraform_data" "own" { input = var.id }
        module "deeper" {
          source = "../deeper"
          id     = var.id
        }
        output "id" { value = var.id }
        output "own" { value = terraform_data.own.id }
        output "deep" { value = module.deeper.id }
        """,
    "deeper/main.tf": """
        variable "id" {}
        resource "terraform_data" "own" { input = var.id }
        output "id" { value = var.id }
        """,
}


@pytest.fixture(scope="module")
def planned_and_applied(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any], Path]:
    """The plan of the files above, and the state after it."""
    folder = tmp_path_factory.mktemp("configuration")
    write(folder, FILES)
    return terraform_plan.plan(folder), terraform_plan.apply(folder), folder


def resources_in(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The resources of a module and of those below it."""
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from resources_in(child)


def traces(plan: Plan) -> dict[str, Trace]:
    """What each planned ``input`` that isn't known may be made of, by address."""
    found = {}
    for resource in plan.resources:
        block = plan.configuration.resource(resource.module.names, resource.mode, resource.type, resource.name)
        expression = block.argument("input") if block else None
        if resource.unknown.get("input") is True and expression:
            found[resource.address] = trace(expression, Scope(resource.module, block, resource.key), plan)
    return found


def test_origins_hold_what_terraform_takes(
    planned_and_applied: tuple[dict[str, Any], dict[str, Any], Path],
) -> None:
    """An input that becomes an id becomes that of an origin, unless the plan doesn't tell; a single origin is the one."""
    planned, state, _ = planned_and_applied
    after = {each["address"]: each["values"] for each in resources_in(state["values"]["root_module"])}
    found = traces(Plan(read_document(Source("plan.json", json.dumps(planned).encode()))))
    assert len(found) > 20
    certain = set()
    for address, traced in found.items():
        ids = {after[origin.resource.address]["id"]: origin for origin in traced.origins}
        if not traced.hidden:
            assert after[address]["input"] in ids, address
            if len(ids) == 1:
                certain.add(address)
    assert {
        "terraform_data.plain",
        "terraform_data.guarded",
        "terraform_data.tried",
        "terraform_data.indexed",
    } <= certain
    assert {"terraform_data.keyed", "terraform_data.bracketed", "terraform_data.handed_on"} <= certain
    assert {"terraform_data.from_module", "terraform_data.deep"} <= certain
    assert {"module.counted[1].module.deeper.terraform_data.own", "terraform_data.behind_local"}.isdisjoint(certain)
    assert found["terraform_data.behind_local"].hidden == ["local.hidden"]


def test_own_key_chooses(planned_and_applied: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    """Where the own key chooses among the instances of one block, Terraform takes the one with that key."""
    planned, state, _ = planned_and_applied
    after = {each["address"]: each["values"] for each in resources_in(state["values"]["root_module"])}
    plan = Plan(read_document(Source("plan.json", json.dumps(planned).encode())))
    by_address = {resource.address: resource for resource in plan.resources}
    chosen = {address: traced for address, traced in traces(plan).items() if traced.is_keyed and not traced.hidden}
    own = {address for address in chosen if address.startswith("terraform_data.of_own_")}
    assert len(own) == 5
    for address in own:
        keys = {origin.resource.key: origin for origin in chosen[address].origins}
        assert len(keys) > 1
        origin = keys[by_address[address].key]
        assert after[address]["input"] == after[origin.resource.address]["id"]


def test_nothing_is_unknown_once_it_is_applied(
    planned_and_applied: tuple[dict[str, Any], dict[str, Any], Path],
) -> None:
    """A second plan changes nothing, and knows everything."""
    *_, folder = planned_and_applied
    again = terraform_plan.plan(folder)
    plan = Plan(read_document(Source("plan.json", json.dumps(again).encode())))
    assert len(plan.resources) > 20
    assert traces(plan) == {}
    assert not any(resource.is_new for resource in plan.resources)
    assert plan.is_complete


def test_partial_plan_is_not_complete(tmp_path: Path) -> None:
    """A plan for a target says that it is partial."""
    write(tmp_path, {"main.tf": 'resource "terraform_data" "a" {}\nresource "terraform_data" "b" {}\n'})
    partial = terraform_plan.plan(tmp_path, "-target=terraform_data.a")
    plan = Plan(read_document(Source("plan.json", json.dumps(partial).encode())))
    assert [resource.address for resource in plan.resources] == ["terraform_data.a"]
    assert not plan.is_complete


def test_deleted_resources_are_not_there(tmp_path: Path) -> None:
    """What a plan deletes is not planned; what it replaces is new."""
    write(
        tmp_path,
        {"main.tf": 'resource "terraform_data" "a" {}\nresource "terraform_data" "b" {\n  triggers_replace = 1\n}\n'},
    )
    terraform_plan.plan(tmp_path)
    terraform_plan.apply(tmp_path)
    write(tmp_path, {"main.tf": 'resource "terraform_data" "b" {\n  triggers_replace = 2\n}\n'})
    plan = Plan(read_document(Source("plan.json", json.dumps(terraform_plan.plan(tmp_path)).encode())))
    assert [(resource.address, resource.is_new) for resource in plan.resources] == [("terraform_data.b", True)]
    assert {type_ for type_, _ in plan.undone} == {"terraform_data"}


def test_schema_takes_real_plans(planned_and_applied: tuple[dict[str, Any], dict[str, Any], Path]) -> None:
    """Our schema of the format, written from its documentation, agrees with what Terraform prints."""
    planned, *_ = planned_and_applied
    Draft202012Validator(SCHEMA).validate(planned)


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.parent.name)
def test_fixtures_keep_to_the_format(plan: Path) -> None:
    """The plans of the fixtures look as Terraform would print them."""
    Draft202012Validator(SCHEMA).validate(json.loads(plan.read_bytes()))
