"""What may complete a resource from elsewhere: companions by derived ids, open families, unread modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.readers.terraform.configuration import read_files, resource, resources
from vpce_lint.condition import decide_all, facts_of_all
from vpce_lint.model import Endpoint, EndpointService, GatewayEndpoint, InterfaceEndpoint
from vpce_lint.value import Sequence

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = """
resource "aws_vpc_endpoint_service" "s" {
  count               = 1
  acceptance_required = true
}
resource "terraform_data" "id" {
  input = aws_vpc_endpoint_service.s[0].id
}
variable "open" {}
resource "aws_vpc_endpoint_service_allowed_principal" "p" {
  vpc_endpoint_service_id = TARGET
  principal_arn           = "arn:aws:iam::111122223333:root"
}
"""


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths of reports count from the test's own folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "target",
    [
        "aws_vpc_endpoint_service.s[0].id",
        'join("", aws_vpc_endpoint_service.s.*.id)',
        'join("", aws_vpc_endpoint_service.s[*].id)',
        "one(aws_vpc_endpoint_service.s[*].id)",
        'format("%s", aws_vpc_endpoint_service.s[0].id)',
        '"${aws_vpc_endpoint_service.s[0].id}"',
        'element(concat(aws_vpc_endpoint_service.s.*.id, [""]), 0)',
        "terraform_data.id.output",
        "try(aws_vpc_endpoint_service.s[0].id, null)",
    ],
)
def test_a_companion_is_found_however_its_target_is_written(tmp_path: Path, target: str) -> None:
    """Old idioms and pass-through resources name the same service."""
    service = resource(tmp_path, EndpointService, SERVICE.replace("TARGET", target))
    assert service.principals.symbol == '["arn:aws:iam::111122223333:root"]'


@pytest.mark.parametrize(
    "target", ["var.open", 'split("/", aws_vpc_endpoint_service.s[0].arn)[1]', '"vpce-${var.open}"']
)
def test_a_target_that_is_not_known_may_be_any(tmp_path: Path, target: str) -> None:
    """Where it can't be told what a companion completes, it may complete this."""
    service = resource(tmp_path, EndpointService, SERVICE.replace("TARGET", target))
    assert isinstance(service.principals, Sequence)
    assert (service.principals.least, service.principals.most) == (0, 1)


@pytest.mark.parametrize(
    "argument",
    [
        "aws_vpc_endpoint_service.s[0].id",
        "SERVICE.arn",
        "aws_vpc_endpoint_service.s",
        "jsonencode({ id = SERVICE.id })",
        "base64encode(SERVICE.id)",
        'replace(SERVICE.id, "vpce", "")',
        "terraform_data.id.output",
        "{ a = [SERVICE] }",
        "module.inner",
    ],
)
def test_unread_modules_touch_what_they_are_given_in_any_form(tmp_path: Path, argument: str) -> None:
    """A reference that went through functions, objects or another module is still one."""
    argument = argument.replace("SERVICE", "aws_vpc_endpoint_service.s[0]")
    files = {
        "main.tf": SERVICE.replace("TARGET", '"vpce-svc-1"')
        + f'module "unread" {{\n  source = "example/x/aws"\n  value  = {argument}\n}}\n'
        'module "inner" {\n  source = "./inner"\n  id     = aws_vpc_endpoint_service.s[0].id\n}\n',
        "inner/main.tf": 'variable "id" {}\noutput "id" {\n  value = var.id\n}\n',
    }
    reading = read_files(tmp_path, files)
    assert [gap.may_touch("aws_vpc_endpoint_service.s[0]") for gap in reading.networks[0].gaps] == [True]
    assert [gap.may_touch("aws_vpc_endpoint_service.other") for gap in reading.networks[0].gaps] == [False]


@pytest.mark.parametrize(
    "repeat", ["count = var.n", "for_each = toset(var.l)", "for_each = var.m", "count = length(var.l)"]
)
def test_a_family_that_may_be_empty_is_conditional(tmp_path: Path, repeat: str) -> None:
    """Of an open number of instances there may be none; what iterates over the same is there together with them."""
    text = f"""
    variable "n" {{ type = number }}
    variable "l" {{ type = list(string) }}
    variable "m" {{ type = map(string) }}
    resource "aws_vpc_endpoint" "interface" {{
      {repeat}
      vpc_id            = "v"
      service_name      = "com.amazonaws.eu-west-1.s3"
      vpc_endpoint_type = "Interface"
    }}
    resource "aws_vpc_endpoint" "gateway" {{
      {repeat}
      vpc_id       = "v"
      service_name = "com.amazonaws.eu-west-1.s3"
    }}
    """
    reading = read_files(tmp_path, {"main.tf": text})
    gateway = next(iter(resources(reading, GatewayEndpoint).values()))
    interface = next(iter(resources(reading, InterfaceEndpoint).values()))
    assert decide_all(gateway.when, {}).is_unknown
    assert decide_all(gateway.when, facts_of_all(interface.when)).is_true


@pytest.mark.parametrize(
    ("expression", "symbol"),
    [
        ('try(var.l[0], "none")', None),
        ('can(var.l[0]) ? "some" : "none"', None),
        ('try(var.m["k"], "none")', None),
        ('try(aws_vpc.many[0].id, "none")', None),
        ('try(values(aws_vpc.each)[0].id, "none")', None),
        ('try(aws_vpc.each["k"].id, "none")', None),
        ('try(element(aws_vpc.many[*].id, 0), "none")', None),
        ('try(aws_vpc.two[1].id, "none")', "aws_vpc.two[1].id"),
        ('try(aws_vpc.two[2].id, "none")', '"none"'),
        ("var.l[0]", "var.l[0]"),
        ("aws_vpc.many[0].id", "aws_vpc.many[0].id"),
    ],
)
def test_members_may_be_missing_where_that_is_caught(tmp_path: Path, expression: str, symbol: str | None) -> None:
    """Inside ``try`` and ``can`` a member that may not be there is a case of its own; elsewhere it must be there."""
    text = f"""
    variable "l" {{ type = list(string) }}
    variable "m" {{ type = map(string) }}
    variable "n" {{ type = number }}
    resource "aws_vpc" "many" {{ count = var.n }}
    resource "aws_vpc" "each" {{ for_each = var.m }}
    resource "aws_vpc" "two" {{ count = 2 }}
    resource "aws_vpc_endpoint" "e" {{
      vpc_id       = "v"
      service_name = {expression}
    }}
    """
    service = resource(tmp_path, Endpoint, text).service
    assert service.symbol == symbol if symbol else service.is_("none").is_unknown


@pytest.mark.parametrize(
    "path", ['file("a\\u0000b")', 'templatefile("a\\u0000b", {})', 'join("", fileset("a\\u0000b", "*"))']
)
def test_names_that_no_file_can_have(tmp_path: Path, path: str) -> None:
    """A NUL byte in a path is the configuration's mistake, not a crash."""
    text = f'resource "aws_vpc_endpoint" "e" {{\n  vpc_id = "v"\n  service_name = "x"\n  policy = {path}\n}}\n'
    assert resource(tmp_path, Endpoint, text).policy.reasons


def test_modules_that_double_are_cut_short(tmp_path: Path) -> None:
    """Modules that each call the next one twice reach a limit, and what is left out is a gap."""
    files = {
        f"m{level}/main.tf": "".join(f'module "{name}" {{\n  source = "../m{level + 1}"\n}}\n' for name in "ab")
        for level in range(20)
    }
    files["m20/main.tf"] = ""
    files["m0/main.tf"] += 'resource "aws_vpc_endpoint" "e" {\n  vpc_id = "v"\n  service_name = "x"\n}\n'
    reading = read_files(tmp_path, files)
    assert [problem.kind for problem in reading.problems] == ["limit"]
    assert [gap.touches for gap in reading.networks[0].gaps] == [None]
