"""From folders on disk to networks: roots, modules, inputs, companions, faults."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.readers.terraform.configuration import read_files, resource, resources, write
from vpce_lint.model import (
    Endpoint,
    EndpointService,
    GatewayEndpoint,
    InterfaceEndpoint,
    Route,
    Subnet,
    Vpc,
)
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request, RequestError
from vpce_lint.readers.terraform import reader
from vpce_lint.readers.terraform.network import network_of
from vpce_lint.value import Choice, Json, Known, Member, Run, Sequence, Unknown

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.network import ModuleTree
    from vpce_lint.readers.terraform.root import Root

ENDPOINT = """
resource "aws_vpc_endpoint" "this" {
  vpc_id       = var.vpc_id
  service_name = "com.amazonaws.${var.region}.s3"
}
variable "vpc_id" {}
variable "region" {}
"""


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths of reports count from the test's own folder."""
    monkeypatch.chdir(tmp_path)


def roots(folder: Path, files: dict[str, str]) -> list[str]:
    """The folders that are judged as roots."""
    return [network.root for network in read_files(folder, files).networks]


# Roots


def test_a_folder_that_nobody_calls_is_a_root(tmp_path: Path) -> None:
    """A module that another scanned folder calls is judged in its caller's context only."""
    files = {
        "envs/prod/main.tf": 'module "net" {\n  source = "../../modules/net"\n}\n',
        "modules/net/main.tf": ENDPOINT,
        "modules/unused/main.tf": ENDPOINT,
    }
    assert roots(tmp_path, files) == ["envs/prod", "modules/unused"]


def test_of_a_cycle_that_nobody_calls_the_first_is_a_root(tmp_path: Path) -> None:
    """Two modules that call each other are still judged, and the circle is named."""
    files = {
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\n' + ENDPOINT,
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\n',
    }
    reading = read_files(tmp_path, files)
    assert [network.root for network in reading.networks] == ["a"]
    assert ["calls itself" in problem.message for problem in reading.problems] == [True]


@pytest.mark.parametrize("name", [".hidden", "node_modules", "x/.terraform/modules"])
def test_hidden_and_foreign_folders_are_not_searched(tmp_path: Path, name: str) -> None:
    """Code that others wrote, or tools downloaded, is not the user's to mend."""
    assert roots(tmp_path, {f"{name}/main.tf": ENDPOINT, "here/main.tf": ENDPOINT}) == ["here"]


def test_a_virtual_environment_is_not_searched(tmp_path: Path) -> None:
    """A virtual environment is recognised by its marker, whatever its name."""
    files = {"env/pyvenv.cfg": "", "env/lib/main.tf": ENDPOINT, "here/main.tf": ENDPOINT}
    assert roots(tmp_path, files) == ["here"]


def test_gitignore_chooses_roots_but_not_what_they_read(tmp_path: Path) -> None:
    """An ignored folder is no root; an ignored variable file of a chosen root still counts."""
    (tmp_path / ".git").mkdir()
    files = {
        ".gitignore": "scratch/\n*.auto.tfvars\n!kept/\n",
        "scratch/main.tf": ENDPOINT,
        "here/main.tf": ENDPOINT,
        "here/x.auto.tfvars": 'region = "eu-west-1"\n',
        "here/.gitignore": "/sub\n",
        "here/sub/main.tf": ENDPOINT,
    }
    reading = read_files(tmp_path, files)
    assert [network.root for network in reading.networks] == ["here"]
    assert str(next(iter(resources(reading, Endpoint).values())).service) == "com.amazonaws.eu-west-1.s3"


def test_an_ignored_folder_that_is_named_is_read(tmp_path: Path) -> None:
    """What the user names is never left out."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, {".gitignore": "scratch\n", "scratch/main.tf": ENDPOINT})
    reading = read(Request(paths=(tmp_path / "scratch",)))
    assert [network.root for network in reading.networks] == ["scratch"]


def test_root_option_judges_exactly_that_folder(tmp_path: Path) -> None:
    """``--root`` names a root module whoever calls it, and nothing else is looked for."""
    write(tmp_path, {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": ENDPOINT, "z/main.tf": ENDPOINT})
    reading = read(Request(paths=(), roots=(tmp_path / "m",)))
    assert [network.root for network in reading.networks] == ["m"]


def test_a_file_is_judged_through_all_roots_that_reach_it(tmp_path: Path) -> None:
    """For a single file the callers are looked for in the whole repository."""
    (tmp_path / ".git").mkdir()
    call = 'module "m" {\n  source = "../m"\n}\n'
    write(tmp_path, {"a/main.tf": call, "b/main.tf": call, "m/main.tf": ENDPOINT, "z/main.tf": ENDPOINT})
    reading = read(Request(paths=(tmp_path / "m" / "main.tf",)))
    assert [network.root for network in reading.networks] == ["a", "b"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    """Links to folders are not followed."""
    write(tmp_path, {"a/main.tf": ENDPOINT})
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    assert [network.root for network in read(Request(paths=(tmp_path,))).networks] == ["a"]


def test_terragrunt_files_are_counted_as_unread(tmp_path: Path) -> None:
    """A tool that doesn't read something says so."""
    reading = read_files(tmp_path, {"live/terragrunt.hcl": "", "m/main.tf": ENDPOINT})
    assert [(unread.path, unread.kind) for unread in reading.unread] == [("live/terragrunt.hcl", "terragrunt")]


@pytest.mark.parametrize("field", ["paths", "roots"])
def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path, field: str) -> None:
    """A misspelt path must not pass as an empty one."""
    with pytest.raises(RequestError, match="does not exist"):
        read(Request(**{"paths": (), field: (tmp_path / "nowhere",)}))


# Inputs


def test_arguments_win_over_files_in_the_order_of_terraform(tmp_path: Path) -> None:
    """``--var`` beats ``--var-file`` beats auto.tfvars beats terraform.tfvars beats the default."""
    names = ["default", "tfvars", "auto", "file", "argument"]
    text = "".join(f'variable "{name}" {{\n  default = "default"\n}}\n' for name in names)
    shown = ", ".join(f"var.{name}" for name in names)
    text += f'resource "aws_vpc_endpoint" "e" {{\n  vpc_id = "v"\n  service_name = join(" ", [{shown}])\n}}\n'
    write(
        tmp_path,
        {
            "main.tf": text,
            "terraform.tfvars": "".join(f'{name} = "tfvars"\n' for name in names[1:]),
            "a.auto.tfvars": "".join(f'{name} = "auto"\n' for name in names[2:]),
            "given.tfvars": "".join(f'{name} = "file"\n' for name in names[3:]),
        },
    )
    request = Request((tmp_path,), variables=(("argument", "argument"),), variable_files=(tmp_path / "given.tfvars",))
    endpoint = next(iter(resources(read(request), Endpoint).values()))
    assert str(endpoint.service) == " ".join(names)


def test_an_argument_takes_the_type_of_its_variable(tmp_path: Path) -> None:
    """``--var`` values are strings or collections, converted to what the variable asks for."""
    write(
        tmp_path,
        {
            "main.tf": """
            variable "on" { type = bool }
            variable "ids" { type = list(string) }
            resource "aws_vpc_endpoint" "e" {
              count             = var.on ? 1 : 0
              vpc_id            = "v"
              service_name      = "s"
              vpc_endpoint_type = "Interface"
              subnet_ids        = var.ids
            }
            """
        },
    )
    request = Request((tmp_path,), variables=(("on", "true"), ("ids", '["subnet-1", "subnet-2"]')))
    endpoint = next(iter(resources(read(request), InterfaceEndpoint).values()))
    assert isinstance(endpoint.subnets, Sequence)
    assert [str(member) for member in endpoint.subnets.members] == ["subnet-1", "subnet-2"]


@pytest.mark.parametrize(("text", "words"), [("a = [", "given.tfvars"), (None, "No such file")])
def test_a_variable_file_that_cannot_be_read_is_an_error(tmp_path: Path, text: str | None, words: str) -> None:
    """What the user names on the command line must be there and parse."""
    if text is not None:
        (tmp_path / "given.tfvars").write_text(text)
    with pytest.raises(RequestError, match=words):
        read(Request((tmp_path,), variable_files=(tmp_path / "given.tfvars",)))


def test_environment_variables_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines give one answer."""
    monkeypatch.setenv("TF_VAR_region", "eu-west-1")
    endpoint = resource(tmp_path, Endpoint, ENDPOINT)
    assert str(endpoint.service) == "com.amazonaws.${var.region}.s3"


@pytest.mark.parametrize(
    ("more", "library"),
    [
        ({}, True),
        ({"p.tf": 'provider "aws" {\n  region = "eu-west-1"\n}\n'}, False),
        ({"b.tf": 'terraform {\n  backend "s3" {}\n}\n'}, False),
        ({"terraform.tfvars": "\n"}, False),
    ],
)
def test_what_looks_like_a_library(tmp_path: Path, more: dict[str, str], library: bool) -> None:  # noqa: FBT001
    """A folder without provider, backend and tfvars is for others to call."""
    reading = read_files(tmp_path, {"main.tf": ENDPOINT, **more})
    assert [network.without_assumptions is not None for network in reading.networks] == [library]


# Values of the network


def test_unknown_region_leaves_a_hole_with_its_reason(tmp_path: Path) -> None:
    """A text with a hole keeps its known ends, and says which variable is missing and where."""
    endpoint = resource(tmp_path, Endpoint, ENDPOINT)
    assert endpoint.service.ends_with(".s3").is_true
    assert [str(reason) for reason in endpoint.service.reasons] == ["var.region has no default (main.tf:6)"]


def test_the_default_type_is_gateway(tmp_path: Path) -> None:
    """Without a type an endpoint is a gateway endpoint."""
    assert isinstance(resource(tmp_path, Endpoint, ENDPOINT), GatewayEndpoint)


def test_an_unknown_type_gives_every_type_with_a_premise(tmp_path: Path) -> None:
    """An endpoint whose type isn't known may be each type that takes a service name."""
    text = ENDPOINT.replace("vpc_id  ", "vpc_endpoint_type = var.kind\n  vpc_id  ") + 'variable "kind" {}\n'
    reading = read_files(tmp_path, {"main.tf": text})
    kinds = [(type(each).__name__, each.premise.value) for each in reading.networks[0].of(Endpoint)]
    assert kinds == [("GatewayEndpoint", None), ("InterfaceEndpoint", None), ("GatewayLoadBalancerEndpoint", None)]


def test_zones_of_one_data_source_are_members_of_one_family(tmp_path: Path) -> None:
    """``names[0]`` and ``names[1]`` are known to differ without their names being known."""
    text = """
    data "aws_availability_zones" "all" {}
    resource "aws_vpc" "v" {}
    resource "aws_subnet" "s" {
      count             = 2
      vpc_id            = aws_vpc.v.id
      availability_zone = data.aws_availability_zones.all.names[count.index]
    }
    resource "aws_vpc_endpoint" "e" {
      vpc_id       = aws_vpc.v.id
      service_name = "x"
    }
    """
    subnets = resources(read_files(tmp_path, {"main.tf": text}), Subnet)
    zones = [subnet.zone for subnet in subnets.values()]
    assert zones[0].equals(zones[1]).is_false
    assert isinstance(zones[1], Unknown)
    assert isinstance(zones[1].member, Member)
    assert zones[1].member.index == 1


def test_two_uses_of_one_variable_are_one_vpc(tmp_path: Path) -> None:
    """The same unknown is the same value; another variable may or may not be."""
    text = (
        ENDPOINT.replace("this", "one")
        + """
    variable "other" {}
    resource "aws_vpc_endpoint" "two" {
      vpc_id       = var.vpc_id
      service_name = "x"
    }
    resource "aws_vpc_endpoint" "three" {
      vpc_id       = var.other
      service_name = "x"
    }
    """
    )
    found = resources(read_files(tmp_path, {"main.tf": text}), Endpoint)
    one, two, three = (found[f"aws_vpc_endpoint.{name}"].vpc for name in ("one", "two", "three"))
    assert (one.equals(two).value, one.equals(three).value) == (True, None)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("", "null"),
        ("policy = null", "null"),
        ('policy = lookup({ a = 1 }, "policy", null)', "null"),
        ("policy = try(local.nothing.policy, null)", "null"),
        ('policy = false ? "x" : null', "null"),
    ],
)
def test_ways_to_write_no_policy(tmp_path: Path, argument: str, expected: str) -> None:
    """Whatever amounts to ``null`` is no policy."""
    text = ENDPOINT.replace("vpc_id  ", f"{argument}\n  vpc_id  ") + "locals {\n  nothing = {}\n}\n"
    assert resource(tmp_path, Endpoint, text).policy.symbol == expected


def test_policies_keep_their_structure(tmp_path: Path) -> None:
    """``jsonencode`` and ``aws_iam_policy_document`` give documents with unknown parts, not opaque text."""
    text = (
        ENDPOINT.replace("vpc_id  ", "policy = data.aws_iam_policy_document.p.json\n  vpc_id  ")
        + """
    data "aws_iam_policy_document" "p" {
      source_policy_documents = [jsonencode({ Statement = [{ Sid = "A", Effect = "Deny" }, { Sid = "B" }] })]
      statement {
        actions   = ["s3:GetObject"]
        resources = ["*"]
        principals {
          type        = "AWS"
          identifiers = [var.account]
        }
        dynamic "condition" {
          for_each = ["aws:PrincipalOrgID"]
          content {
            test     = "StringEquals"
            variable = condition.value
            values   = ["o-1"]
          }
        }
      }
      override_policy_documents = [jsonencode({ Statement = [{ Sid = "B", Effect = "Allow" }] })]
    }
    variable "account" {}
    """
    )
    policy = resource(tmp_path, Endpoint, text).policy
    assert isinstance(policy, Json)
    expected = (
        '{Version = "2012-10-17", Statement = [{Sid = "A", Effect = "Deny"}, {Sid = "B", Effect = "Allow"}, '
        '{Action = ["s3:GetObject"], Resource = ["*"], Effect = "Allow", Principal = {AWS = [var.account]}, '
        'Condition = {StringEquals = {aws:PrincipalOrgID = ["o-1"]}}}]}'
    )
    assert policy.document.symbol == expected


def test_template_files_count_from_the_root_and_see_only_their_variables(tmp_path: Path) -> None:
    """``templatefile("${path.module}/…")`` in a module reads beside the module's code."""
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n}\n',
        "m/p.tpl": "${who}",
        "m/main.tf": """
        resource "aws_vpc_endpoint" "e" {
          vpc_id       = "v"
          service_name = "x"
          policy       = templatefile("${path.module}/p.tpl", { who = "me" })
        }
        """,
    }
    endpoint = next(iter(resources(read_files(tmp_path, files), Endpoint).values()))
    assert endpoint.policy == Known("me")


def test_data_sources_that_ask_the_same_give_the_same(tmp_path: Path) -> None:
    """Two look-ups with equal arguments find one subnet, for reasons of their own; another argument may find another."""
    text = """
    variable "subnet" {}
    data "aws_subnet" "one" { id = var.subnet }
    data "aws_subnet" "two" { id = var.subnet }
    data "aws_subnet" "a" {
      filter {
        name   = "tag:Name"
        values = ["private"]
      }
    }
    data "aws_subnet" "b" {
      filter {
        name   = "tag:Name"
        values = ["private"]
      }
    }
    data "aws_subnet" "c" {
      filter {
        name   = "tag:Name"
        values = ["public"]
      }
    }
    resource "aws_vpc_endpoint" "e" {
      vpc_id            = data.aws_subnet.one.vpc_id
      service_name      = "x"
      vpc_endpoint_type = "Interface"
      subnet_ids        = [for s in [data.aws_subnet.one, data.aws_subnet.two, data.aws_subnet.a, data.aws_subnet.b, data.aws_subnet.c] : s.id]
    }
    """
    endpoint = next(iter(resources(read_files(tmp_path, {"main.tf": text}), InterfaceEndpoint).values()))
    assert isinstance(endpoint.subnets, Sequence)
    shown = [member.symbol for member in endpoint.subnets.members]
    assert shown == ["var.subnet", "var.subnet", *["data.aws_subnet.a.id"] * 2, "data.aws_subnet.c.id"]
    reasons = [member.reasons[0].words for member in endpoint.subnets.members[2:]]
    assert reasons == [f"data.aws_subnet.{name} is read at apply time" for name in "abc"]


def test_a_found_subnet_lies_in_the_zone_that_it_is_asked_for(tmp_path: Path) -> None:
    """The zone may be an argument or a filter; of one per zone, no two share it."""
    text = """
    data "aws_availability_zones" "all" {}
    data "aws_subnet" "argument" { availability_zone = "eu-west-1a" }
    data "aws_subnet" "filter" {
      filter {
        name   = "availability-zone"
        values = ["eu-west-1b"]
      }
    }
    data "aws_subnet" "each" {
      for_each          = toset(data.aws_availability_zones.all.names)
      availability_zone = each.value
    }
    """
    found = resources(read_files(tmp_path, {"main.tf": text + ENDPOINT}), Subnet)
    zones = {address: str(subnet.zone) for address, subnet in found.items() if subnet.found}
    assert zones["data.aws_subnet.argument"] == "eu-west-1a"
    assert zones["data.aws_subnet.filter"] == "eu-west-1b"
    assert [subnet.zones_differ for subnet in found.values()] == [False, False, True]


def test_ones_own_service_has_no_gateway_endpoints(tmp_path: Path) -> None:
    """The type of an own endpoint service follows from its load balancers."""
    text = """
    resource "aws_vpc_endpoint_service" "s" {
      acceptance_required        = true
      network_load_balancer_arns = [var.arn]
    }
    variable "arn" {}
    resource "aws_vpc_endpoint" "e" {
      vpc_id            = "v"
      service_name      = aws_vpc_endpoint_service.s.service_name
      vpc_endpoint_type = aws_vpc_endpoint_service.s.service_type
    }
    """
    reading = read_files(tmp_path, {"main.tf": text})
    assert [type(endpoint) for endpoint in reading.networks[0].of(Endpoint)] == [InterfaceEndpoint]


def test_a_companion_concerns_what_its_target_is_worked_out_from(tmp_path: Path) -> None:
    """An id cut out of one service's ARN can't be that of another service."""
    text = """
    resource "aws_vpc_endpoint_service" "a" {
      acceptance_required = true
    }
    resource "aws_vpc_endpoint_service" "b" {
      acceptance_required = true
    }
    resource "aws_vpc_endpoint_service_allowed_principal" "b" {
      vpc_endpoint_service_id = split("/", aws_vpc_endpoint_service.b.arn)[1]
      principal_arn           = "arn:aws:iam::111122223333:root"
    }
    """
    services = resources(read_files(tmp_path, {"main.tf": text}), EndpointService)
    assert services["aws_vpc_endpoint_service.a"].principals.symbol == "[]"
    assert services["aws_vpc_endpoint_service.b"].principals.symbol != "[]"


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ('replace("com.amazonaws.<REGION>.s3", "<REGION>", var.region)', '"com.amazonaws.${var.region}.s3"'),
        ('{ a = "com.one", b = "com.two" }[var.region]', '((var.region == "a") ? "com.one" : "com.two")'),
        ('{ a = "com.one", b = "com.one" }[var.region]', '"com.one"'),
        ('join(".", ["com.amazonaws", var.region, "s3"])', '"com.amazonaws.${var.region}.s3"'),
        ('format("com.amazonaws.%s.%s", var.region, "s3")', '"com.amazonaws.${var.region}.s3"'),
    ],
)
def test_names_stay_as_known_as_they_are(tmp_path: Path, name: str, symbol: str) -> None:
    """Functions keep the known pieces of a text around its holes."""
    text = ENDPOINT.replace('"com.amazonaws.${var.region}.s3"', name)
    assert resource(tmp_path, Endpoint, text).service.symbol == symbol


def test_an_import_block_marks_a_vpc_that_others_may_have_used(tmp_path: Path) -> None:
    """A VPC that was there before the code may hold endpoints that the code doesn't show."""
    text = """
    resource "aws_vpc" "old" {}
    resource "aws_vpc" "new" {}
    import {
      to = aws_vpc.old
      id = "vpc-1"
    }
    """
    vpcs = resources(read_files(tmp_path, {"main.tf": text + ENDPOINT}), Vpc)
    assert {address: vpc.imported for address, vpc in vpcs.items()} == {"aws_vpc.old": True, "aws_vpc.new": False}


# Conditions and companions

CONDITIONAL = """
variable "on" {
  type = bool
}
resource "aws_vpc_endpoint" "e" {
  count             = var.on ? 1 : 0
  vpc_id            = "v"
  service_name      = "x"
  vpc_endpoint_type = "Interface"
}
resource "aws_vpc_endpoint_subnet_association" "a" {
  count           = var.on ? 2 : 0
  vpc_endpoint_id = aws_vpc_endpoint.e[0].id
  subnet_id       = "subnet-${count.index}"
}
"""


def test_companions_under_the_same_condition_are_there(tmp_path: Path) -> None:
    """Assuming that the endpoint exists, so do the associations that the same condition makes."""
    endpoint = resource(tmp_path, InterfaceEndpoint, CONDITIONAL)
    assert [condition.symbol for condition in endpoint.when] == ["var.on"]
    assert endpoint.subnets.symbol == '["subnet-0", "subnet-1"]'


def test_companions_under_another_condition_may_be_there(tmp_path: Path) -> None:
    """A companion whose own condition is open is a member that may be there."""
    text = CONDITIONAL.replace("count           = var.on ? 2 : 0", "count           = var.other ? 1 : 0")
    endpoint = resource(tmp_path, InterfaceEndpoint, text + 'variable "other" {\n  type = bool\n}\n')
    assert isinstance(endpoint.subnets, Sequence)
    assert (endpoint.subnets.least, endpoint.subnets.most) == (0, 1)


def test_a_companion_for_another_endpoint_is_none(tmp_path: Path) -> None:
    """A companion completes what its argument refers to, whatever its name."""
    text = (
        ENDPOINT
        + """
    resource "aws_vpc_endpoint" "other" {
      vpc_id       = var.vpc_id
      service_name = "x"
    }
    resource "aws_vpc_endpoint_policy" "this" {
      vpc_endpoint_id = aws_vpc_endpoint.other.id
      policy          = "{}"
    }
    """
    )
    found = resources(read_files(tmp_path, {"main.tf": text}), Endpoint)
    policies = {address: endpoint.policy.symbol for address, endpoint in found.items()}
    assert policies == {"aws_vpc_endpoint.this": "null", "aws_vpc_endpoint.other": '"{}"'}


def test_principals_of_companions_join_the_inline_ones(tmp_path: Path) -> None:
    """Allowed principals may be written in two places, and an empty collection adds none."""
    text = """
    variable "more" {
      type    = list(string)
      default = []
    }
    resource "aws_vpc_endpoint_service" "s" {
      acceptance_required = true
      allowed_principals  = ["arn:aws:iam::111122223333:root"]
    }
    resource "aws_vpc_endpoint_service_allowed_principal" "none" {
      for_each                = toset(var.more)
      vpc_endpoint_service_id = aws_vpc_endpoint_service.s.id
      principal_arn           = each.value
    }
    resource "aws_vpc_endpoint_service_allowed_principal" "star" {
      vpc_endpoint_service_id = aws_vpc_endpoint_service.s.id
      principal_arn           = "*"
    }
    """
    service = resource(tmp_path, EndpointService, text)
    assert service.principals.symbol == '["arn:aws:iam::111122223333:root", "*"]'


# What isn't read


def test_an_unread_module_is_a_gap_for_what_it_is_given(tmp_path: Path) -> None:
    """A module that can't be read may add to the resources whose ids it gets, and to nothing else."""
    text = (
        """
    resource "aws_vpc" "v" {}
    resource "aws_vpc" "other" {}
    module "endpoints" {
      source  = "example/endpoints/aws"
      vpc_ids = { main = aws_vpc.v.id }
    }
    """
        + ENDPOINT
    )
    network = read_files(tmp_path, {"main.tf": text}).networks[0]
    assert [gap.reason.words for gap in network.gaps] == ["module.endpoints is not downloaded: run terraform init"]
    assert [gap.touches for gap in network.gaps] == [frozenset({"aws_vpc.v"})]


def test_modules_that_terraform_downloaded_are_read(tmp_path: Path) -> None:
    """``terraform init`` lists where it put registry modules."""
    manifest = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "m", "Dir": ".terraform/modules/m"}]}
    files = {
        "main.tf": 'module "m" {\n  source = "example/m/aws"\n}\n',
        ".terraform/modules/modules.json": json.dumps(manifest),
        ".terraform/modules/m/main.tf": 'resource "aws_vpc_endpoint" "e" {\n  vpc_id = "v"\n  service_name = "x"\n}\n',
    }
    assert list(resources(read_files(tmp_path, files), Endpoint)) == ["module.m.aws_vpc_endpoint.e"]


def test_a_missing_local_module_is_named(tmp_path: Path) -> None:
    """A folder that isn't there is a gap like a module that isn't downloaded."""
    reading = read_files(tmp_path, {"main.tf": 'module "m" {\n  source = "./nowhere"\n}\n' + ENDPOINT})
    assert [unread.reason for unread in reading.unread] == [
        "module.m is missing: there is no folder nowhere (main.tf:1)"
    ]


def test_sources_and_files_outside_the_repository_are_not_read(tmp_path: Path) -> None:
    """Neither ``..`` nor a link leads out of the repository."""
    write(tmp_path, {"secret/main.tf": ENDPOINT, "secret/p.json": "{}"})
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / ".git").mkdir()
    (repository / "linked.json").symlink_to(tmp_path / "secret" / "p.json")
    text = """
    module "out" {
      source = "../secret"
    }
    resource "aws_vpc_endpoint" "a" {
      vpc_id       = "v"
      service_name = "x"
      policy       = file("../secret/p.json")
    }
    resource "aws_vpc_endpoint" "b" {
      vpc_id       = "v"
      service_name = "x"
      policy       = file("linked.json")
    }
    """
    write(repository, {"main.tf": text})
    reading = read(Request(paths=(repository,)))
    found = resources(reading, Endpoint)
    assert list(found) == ["aws_vpc_endpoint.a", "aws_vpc_endpoint.b"]
    assert all("outside the repository" in endpoint.policy.reasons[0].words for endpoint in found.values())
    assert "outside the repository" in reading.unread[0].reason


def test_a_file_that_does_not_parse_is_a_gap_and_a_problem(tmp_path: Path) -> None:
    """The rest of the root is judged, and what the file may hold is kept in mind."""
    reading = read_files(tmp_path, {"main.tf": ENDPOINT, "broken.tf": 'resource "aws_subnet" "x" {\n'})
    assert [(problem.kind, problem.path) for problem in reading.problems] == [("unreadable", "broken.tf")]
    assert [gap.touches for gap in reading.networks[0].gaps] == [None]
    assert list(resources(reading, Endpoint)) == ["aws_vpc_endpoint.this"]


def test_a_broken_file_that_concerns_nobody_is_left_alone(tmp_path: Path) -> None:
    """A file without a word about endpoints, in a root without any, isn't even parsed; where it may call modules, it is."""
    files = {"a/broken.tf": "resource {{{\n", "b/main.tf": ENDPOINT, "c/broken.tf": "module {{{\n"}
    reading = read_files(tmp_path, files)
    assert [problem.path for problem in reading.problems] == []
    assert [unread.path for unread in reading.unread] == ["c/broken.tf"]


@pytest.mark.parametrize("data", [b"# aws_vpc_endpoint \xff\n", b"\xff\xfe aws_vpc_endpoint"])
def test_invalid_utf8_is_a_problem(tmp_path: Path, data: bytes) -> None:
    """Bytes that aren't UTF-8 but mention an endpoint can't pass unseen."""
    (tmp_path / "main.tf").write_bytes(data)
    reading = read(Request(paths=(tmp_path,)))
    assert ["UTF-8" in problem.message for problem in reading.problems] == [True]


def test_what_is_no_regular_file_is_a_problem(tmp_path: Path) -> None:
    """A pipe in place of a file neither hangs the scan nor passes unseen."""
    os.mkfifo(tmp_path / "main.tf")
    reading = read(Request(paths=(tmp_path,)))
    assert [problem.message for problem in reading.problems] == ["it is not a regular file"]


def test_duplicate_addresses_are_refused_at_the_second_and_both_judged(tmp_path: Path) -> None:
    """Terraform refuses two blocks of one address; what each would be is still looked at."""
    reading = read_files(tmp_path, {"a.tf": ENDPOINT, "b.tf": ENDPOINT.split("variable", maxsplit=1)[0]})
    assert [(problem.path, problem.span.line if problem.span else 0) for problem in reading.problems] == [("b.tf", 1)]
    assert len(list(reading.networks[0].of(Endpoint))) == 2


HOSTILE = {
    "a cycle of locals": ("locals {\n  a = local.b\n  b = local.a\n}\n", "local.a", "unreadable", "depends on itself"),
    "a long chain of locals": (
        "locals {\n" + "".join(f"  l{n} = local.l{n + 1}\n" for n in range(5000)) + '  l5000 = "x"\n}\n',
        "local.l0",
        "limit",
        "nested deeper",
    ),
    "a deep expression": (
        f"locals {{\n  a = {'[' * 20000}{']' * 20000}\n}}\n",
        "local.a",
        "limit",
        "nested too deeply",
    ),
    "strings that double": (
        'locals {\n  l0 = "aaaaaaaaaa"\n'
        + "".join(f'  l{n + 1} = "${{local.l{n}}}${{local.l{n}}}"\n' for n in range(60))
        + "}\n",
        "local.l60",
        "limit",
        "longer than",
    ),
    "lists that double": (
        "locals {\n  l0 = [1]\n" + "".join(f"  l{n + 1} = [local.l{n}, local.l{n}]\n" for n in range(60)) + "}\n",
        "local.l60",
        "limit",
        "made of more than",
    ),
    "too many members": ("locals {\n  a = setproduct(range(1000), range(1000))\n}\n", "local.a", "limit", "more than"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_expressions_get_a_clear_answer(tmp_path: Path, name: str) -> None:
    """Nothing hangs, the place and the limit are named, and the rest of the root is read."""
    text, expression, kind, words = HOSTILE[name]
    text += f'resource "aws_vpc_endpoint" "e" {{\n  vpc_id = "v"\n  service_name = {expression}\n}}\n'
    reading = read_files(tmp_path, {"main.tf": text + ENDPOINT})
    assert {problem.kind for problem in reading.problems} == {kind}
    assert any(words in problem.message for problem in reading.problems), reading.problems
    assert all(problem.span for problem in reading.problems)
    assert len(list(reading.networks[0].of(Endpoint))) == 2


def test_a_huge_count_is_a_limit(tmp_path: Path) -> None:
    """A billion instances aren't expanded, and not silently dropped either."""
    text = ENDPOINT.replace("vpc_id  ", "count = 1000000000\n  vpc_id  ")
    reading = read_files(tmp_path, {"main.tf": text})
    assert [problem.kind for problem in reading.problems] == ["limit"]
    assert [endpoint.family for endpoint in reading.networks[0].of(Endpoint)] == [True]


def test_a_module_that_calls_itself_is_refused(tmp_path: Path) -> None:
    """A module can't be its own source."""
    reading = read_files(tmp_path, {"main.tf": 'module "me" {\n  source = "./."\n}\n' + ENDPOINT})
    assert ["calls itself" in problem.message for problem in reading.problems] == [True]
    assert list(resources(reading, Endpoint)) == ["aws_vpc_endpoint.this"]


def test_one_module_two_roots_two_networks(tmp_path: Path) -> None:
    """A shared module is judged once per caller, with the caller's inputs, and knows the call."""
    files = {
        "m/main.tf": 'variable "z" {}\nresource "aws_vpc_endpoint" "e" {\n  vpc_id = "v"\n  service_name = var.z\n}\n',
        "a/main.tf": 'module "m" {\n  source = "../m"\n  z = "one"\n}\n',
        "b/main.tf": 'module "m" {\n  source = "../m"\n  z = "two"\n}\n',
    }
    reading = read_files(tmp_path, files)
    found = [
        (each.service.symbol, str(each.calls[0].span)) for network in reading.networks for each in network.of(Endpoint)
    ]
    assert found == [('"one"', "a/main.tf:1"), ('"two"', "b/main.tf:1")]


def test_choices_and_runs_stay_what_they_are(tmp_path: Path) -> None:
    """Subnets chosen by an open condition, and lists of unknown length, keep their shape."""
    text = """
    variable "on" { type = bool }
    variable "ids" { type = list(string) }
    resource "aws_vpc" "v" {}
    resource "aws_vpc_endpoint" "chosen" {
      vpc_id            = aws_vpc.v.id
      service_name      = "x"
      vpc_endpoint_type = "Interface"
      subnet_ids        = var.on ? ["a", "b"] : null
    }
    resource "aws_vpc_endpoint" "open" {
      vpc_id            = aws_vpc.v.id
      service_name      = "x"
      vpc_endpoint_type = "Interface"
      subnet_ids        = var.ids
    }
    """
    reading = read_files(tmp_path, {"main.tf": text})
    found = resources(reading, InterfaceEndpoint)
    chosen, open_ = found["aws_vpc_endpoint.chosen"].subnets, found["aws_vpc_endpoint.open"].subnets
    assert isinstance(chosen, Choice)
    assert (chosen.then.symbol, chosen.otherwise.symbol) == ('["a", "b"]', "[]")
    assert isinstance(open_, Sequence)
    assert isinstance(open_.members[0], Run)
    assert list(resources(reading, Vpc)) == ["aws_vpc.v"]


@pytest.mark.parametrize(
    ("name", "found"), [("a/terraform.tfvars", ["a"]), ("vars/prod.tfvars", []), ("a/notes.md", [])]
)
def test_a_variable_file_stands_for_the_root_beside_it(tmp_path: Path, name: str, found: list[str]) -> None:
    """A hook hands over variable files too; one that lies apart from any code is nobody's."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, {"a/main.tf": ENDPOINT, "b/main.tf": ENDPOINT, name: ""})
    assert [network.root for network in read(Request(paths=(tmp_path / name,))).networks] == found


def test_callers_are_found_from_any_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is judged through its callers, also where the command runs in a folder below the repository's top."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, {"a/main.tf": 'module "m" {\n  source = "../m"\n}\n', "m/main.tf": ENDPOINT})
    monkeypatch.chdir(tmp_path / "m")
    reading = read(Request(paths=(Path("main.tf"),)))
    assert [network.root for network in reading.networks] == ["../a"]
    assert [str(call.span) for endpoint in reading.networks[0].of(Endpoint) for call in endpoint.calls] == [
        "../a/main.tf:1"
    ]


def test_a_root_that_makes_the_reader_fail_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own is named with its root and place, and is a violation; the rest is read."""

    def fail_in_a(root: Root, tree: ModuleTree) -> object:
        if root.shown == "a":
            raise ZeroDivisionError
        return network_of(root, tree)

    monkeypatch.setattr(reader, "network_of", fail_in_a)
    reading = read_files(tmp_path, {"a/main.tf": ENDPOINT, "b/main.tf": ENDPOINT})
    assert [network.root for network in reading.networks] == ["b"]
    assert [(problem.kind, problem.path) for problem in reading.problems] == [("internal", "a")]
    assert "reading a failed: ZeroDivisionError" in reading.problems[0].message


@pytest.mark.parametrize(
    ("route", "routes"),
    [
        ('[{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}]', [("0.0.0.0/0", "nat-1")]),
        ('{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}', [("0.0.0.0/0", "nat-1")]),
        ('"${[{cidr_block = \\"0.0.0.0/0\\", nat_gateway_id = \\"nat-1\\"}]}"', [("0.0.0.0/0", "nat-1")]),
        ('["${{cidr_block = \\"0.0.0.0/0\\", nat_gateway_id = \\"nat-1\\"}}"]', [("0.0.0.0/0", "nat-1")]),
        ('"${var.routes}"', [("destination of var.routes", "target of var.routes")]),
        ("[]", []),
        ("null", []),
    ],
)
def test_routes_that_json_gives(tmp_path: Path, route: str, routes: list[tuple[str, str]]) -> None:
    """Routes that the JSON syntax gives as an expression are routes as well as those that it gives as blocks."""
    code = f'{{"variable": {{"routes": {{}}}}, "resource": {{"aws_route_table": {{"t": {{"route": {route}}}}}}}}}'
    (tmp_path / "main.tf.json").write_text(code)
    found = [route for network in read(Request(paths=(tmp_path,))).networks for route in network.of(Route)]
    assert [(str(each.destinations[0]), str(each.targets[0].id)) for each in found] == routes


@pytest.mark.parametrize(
    "header",
    ['resource "aws_vpc_endpoint"', "resource aws_vpc_endpoint a b", "resource", 'data "x"', "module", "module a b"],
)
@pytest.mark.parametrize("name", ["main.tf", "main_override.tf"])
def test_block_with_other_labels_than_it_needs(tmp_path: Path, header: str, name: str) -> None:
    """Terraform refuses a block without its type or name, so what it describes was not checked."""
    reading = read_files(tmp_path, {"vpc.tf": 'resource "aws_vpc_endpoint" "a" {}\n', name: f"{header} {{\n}}\n"})
    [problem] = reading.problems
    assert problem.kind == "unreadable"
    assert problem.message.startswith(f"the {header.split(maxsplit=1)[0]} block needs ")
