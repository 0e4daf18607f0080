"""A run that is limited to the roots that changed files touch."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from worktree import TODAY, grow

from vpce_lint.cli import main
from vpce_lint.readers.request import Request
from vpce_lint.readers.touched import Touched
from vpce_lint.scan import Order, scan

if TYPE_CHECKING:
    from vpce_lint.report import Answer

FIXTURES = Path(__file__).parents[1] / "fixtures"
PLAN = FIXTURES / "interface-endpoint-in-one-zone/fail/plan_single_subnet/plan.json"

ENDPOINT = """\
variable "service" { default = "s3" }
resource "aws_vpc" "main" {}
resource "aws_vpc_endpoint" "main" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.${var.service}"
POLICY
}
"""
POLICY = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}\n'
STACK = """\
Resources:
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: VPC, ServiceName: com.amazonaws.eu-west-1.sqs, VpcEndpointType: Interface, SubnetIds: [SUBNET]}
"""
NETWORK = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3}}
Outputs:
  Vpc: {Value: !Ref Vpc, Export: {Name: vpc}}
"""
PARENT = """\
Resources:
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Endpoint: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3}}
"""


def endpoint(policy: str = "") -> str:
    """A module with one endpoint."""
    return ENDPOINT.replace("POLICY", f"  policy = {policy}" if policy else "")


def stack(vpc: str = "vpc-1", subnet: str = "subnet-1") -> str:
    """A template with one endpoint in one subnet."""
    return STACK.replace("SUBNET", subnet).replace("VPC:", "\0").replace(": VPC", f": {vpc}").replace("\0", "VPC:")


def call(source: str) -> str:
    """A module that calls another one, and has an endpoint of its own."""
    return f'module "called" {{ source = "{source}" }}\n' + endpoint()


FILES = {
    "modules/endpoint/main.tf": endpoint('templatefile("${path.module}/templates/policy.json.tftpl", {})'),
    "modules/endpoint/templates/policy.json.tftpl": POLICY,
    "modules/wrapper/main.tf": call("../endpoint"),
    "live/a/main.tf": call("../../modules/endpoint"),
    "live/a/terraform.tfvars": 'service = "sqs"\n',
    "live/b/main.tf": call("../../modules/wrapper"),
    "live/c/main.tf": endpoint('file("${path.module}/../../shared/policies/${var.service}.json")'),
    "shared/policies/s3.json": POLICY,
    "live/d/main.tf.json": '{"resource": {"aws_vpc_endpoint": {"x": {"vpc_id": "vpc-1", "service_name": "a.s3"}}}}',
    "vars/prod.tfvars": 'service = "dynamodb"\n',
    ".vpce-lint.toml": '[[environments]]\nname = "prod"\nroots = ["live/b"]\nvariable_files = ["vars/prod.tfvars"]\n',
    "stacks/parent.yaml": PARENT,
    "stacks/child.yaml": stack(),
    "stacks/network.yaml": NETWORK,
    "stacks/consumer.yaml": stack("!ImportValue vpc"),
    "stacks/lonely.template": stack(),
    "unrelated.yaml": "AWSTemplateFormatVersion: an example\n",
    "docs/notes.json": "{}",
}
EVERYTHING = {"live/a", "live/b", "live/c", "live/d", "plan.json"} | {
    f"stacks/{name}" for name in ("parent.yaml", "network.yaml", "consumer.yaml", "lonely.template")
}
TOUCHED = {
    "modules/endpoint/main.tf": {"live/a", "live/b"},
    "modules/endpoint/templates/policy.json.tftpl": {"live/a", "live/b"},
    "modules/wrapper/main.tf": {"live/b"},
    "live/a/main.tf": {"live/a"},
    "live/a/terraform.tfvars": {"live/a"},
    "live/b/main.tf": {"live/b"},
    "live/c/main.tf": {"live/c"},
    "shared/policies/s3.json": {"live/c"},
    "live/d/main.tf.json": {"live/d"},
    "vars/prod.tfvars": EVERYTHING,
    ".vpce-lint.toml": EVERYTHING,
    "stacks/parent.yaml": {"stacks/parent.yaml"},
    "stacks/child.yaml": {"stacks/parent.yaml"},
    "stacks/network.yaml": {"stacks/network.yaml", "stacks/consumer.yaml"},
    "stacks/consumer.yaml": {"stacks/consumer.yaml"},
    "stacks/lonely.template": {"stacks/lonely.template"},
    "unrelated.yaml": set(),
    "docs/notes.json": set(),
    "plan.json": {"plan.json"},
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with every way in which a file has a say in a root; the working directory."""
    grow(tmp_path, {".git/HEAD": "", **FILES})
    shutil.copy(PLAN, tmp_path / "plan.json")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answers(*touched: str, limited: bool = True) -> set[Answer]:
    """The answers about everything, or about what these files touch."""
    limit = Touched.by(map(Path, touched)) if limited else None
    return set(scan(Order(request=Request(paths=(Path(),), touched=limit), today=TODAY)).report.answers)


def by_root(found: set[Answer]) -> dict[str, set[Answer]]:
    """The answers by the root that they are about."""
    return {root: {each for each in found if each.root == root} for root in {each.root for each in found}}


def test_every_file_is_spoken_of(repository: Path) -> None:
    """What this module expects is said of each of its files, and all of its roots have answers."""
    assert TOUCHED.keys() == FILES.keys() | {"plan.json"}
    assert by_root(answers(limited=False)).keys() == EVERYTHING


@pytest.mark.parametrize("file", TOUCHED)
def test_touched_roots(repository: Path, file: str) -> None:
    """A file touches these roots, whose answers are those that a run over everything gives."""
    everything = by_root(answers(limited=False))
    assert by_root(answers(file)) == {root: everything[root] for root in TOUCHED[file]}


@pytest.mark.parametrize("file", sorted(TOUCHED.keys() - {"vars/prod.tfvars"}))  # without it, nothing is judged at all
def test_what_a_removal_changes_is_touched(repository: Path, file: str) -> None:
    """Where the answers about a root are others without a file, the file touches the root, be it there or gone."""
    before = by_root(answers(limited=False))
    while_there = by_root(answers(file)).keys()
    (repository / file).unlink()
    after = by_root(answers(limited=False))
    changed = {root for root in EVERYTHING & after.keys() if before[root] != after[root]}
    assert changed <= while_there
    limited = answers(file)
    assert all(after[root] == found for root, found in by_root(limited).items())
    assert changed <= by_root(limited).keys()


def test_links_touch_where_they_are(repository: Path) -> None:
    """A file that a module links to is part of the module."""
    (repository / "live/e").mkdir()
    (repository / "live/e/main.tf").symlink_to("../../shared/main.tf")
    grow(repository, {"shared/main.tf": endpoint()})
    assert by_root(answers("shared/main.tf")).keys() >= {"live/e"}


def test_excluded_is_excluded(repository: Path) -> None:
    """A file that a run over everything leaves out touches nothing, though it is named."""
    grow(repository, {".vpce-lint.toml": 'exclude = ["live/c", "stacks/lonely.template"]\n', ".gitignore": "live/d\n"})
    grow(repository, {".hidden/main.tf": endpoint()})
    named = ("live/c/main.tf", "stacks/lonely.template", "live/d/main.tf.json", ".hidden/main.tf")
    assert answers(*named) == set()


def test_a_broken_file_is_reported_where_it_is_touched(repository: Path) -> None:
    """What can't be read in other roots is for another day."""
    grow(repository, {"live/a/main.tf": endpoint() + "resource {", "stacks/lonely.template": STACK + " - x"})
    assert {each.rule for each in answers("live/c/main.tf")} & {"VPCE900"} == set()
    assert {each.location.path for each in answers("live/a/main.tf") if each.rule == "VPCE900"} == {"live/a/main.tf"}
    broken = {each.location.path for each in answers("stacks/lonely.template") if each.rule == "VPCE900"}
    assert broken == {"stacks/lonely.template"}


def test_command_line(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The paths are files that may be gone; what they touch may lie anywhere below the working directory."""
    assert main(["--touched", "modules/wrapper/main.tf", "gone.tf"]) == 1
    assert "live/b" in capsys.readouterr().out
    assert main(["--touched", "docs/notes.json"]) == 0
    assert main(["--touched", "--root", "live/a"]) == 2
