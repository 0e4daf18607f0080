"""What is mutated: the fixtures, and small files of the kinds that they lack."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from fuzzing.case import Case

FIXTURES = Path(__file__).parents[2] / "fixtures"
LARGEST = 60_000
"""Bytes of a seed: what is small is tried more often."""
NATIVE = (".tf", ".tofu")
FORMAT = "--format=json"

CONFIGURATION = b"""min_severity = "medium"
min_confidence = "certain"
strict = true
select = ["VPCE001", "VPCE003", "VPCE005"]
ignore = ["unrestricted-endpoint-policy"]
exclude = ["examples", "**/test*"]
baseline = "known.json"
require_reason = true

[rules.VPCE003]
minimum_zones = 3

[rules.VPCE005]
trusted_orgs = ["o-a1b2c3d4e5"]
trusted_accounts = ["111111111111"]
severity = "low"

[rules.aws-traffic-through-nat]
baseline = "always"
baseline_services = { s3 = "medium", dynamodb = "info" }

[[suppress]]
rules = ["VPCE001"]
addresses = ["aws_vpc_endpoint.*"]
paths = ["**"]
reason = "reviewed"
until = 2099-01-31

[[overrides]]
roots = ["envs/dev", "sandbox/**"]
ignore = ["VPCE005"]
rules.VPCE003.minimum_zones = 1

[[environments]]
name = "prod"
roots = ["."]
variable_files = ["prod.tfvars"]
"""
BASELINE = b"""{"version": 1, "entries": [
 {"rule": "VPCE003", "address": "aws_vpc_endpoint.kms", "path": "main.tf", "root": ".", "verdict": "violated"},
 {"rule": "VPCE005", "address": "aws_vpc_endpoint.kms", "about": "x", "path": "main.tf", "root": ".",
  "environment": "prod", "verdict": "undetermined"}
]}
"""
ENDPOINTS = b"""variable "subnets" {
  type    = list(string)
  default = ["subnet-1"]
}
resource "aws_vpc" "main" {}
# vpce-lint: ignore[VPCE005] until=2099-12-31 agreed upon
resource "aws_vpc_endpoint" "kms" {
  vpc_id            = aws_vpc.main.id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.eu-west-1.kms"
  subnet_ids        = var.subnets # checkov:skip=VPCE003:one is enough
}
/* vpce-lint: ignore[VPCE001, VPCE005] */
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3" // vpce-lint: ignore[interface-endpoint-in-one-zone] x
}
"""
VARIABLES = b"""subnets = ["subnet-1", "subnet-2"]
region  = "eu-west-1"
enabled = true
zones = {
  a = { cidr = "10.0.0.0/24", ids = [1, 2.5, null] }
}
policy = <<EOT
{"Statement": []}
EOT
"""
TYPED = b"""
variable "region" {
  type = string
}
variable "enabled" {
  type    = bool
  default = false
}
variable "zones" {
  type = map(object({ cidr = string, ids = optional(list(number), [1]), deep = optional(object({ x = any }), {}) }))
}
variable "policy" {
  type = any
}
resource "aws_subnet" "z" {
  for_each          = var.zones
  vpc_id            = aws_vpc.main.id
  cidr_block        = each.value.cidr
  availability_zone = "${var.region}${each.key}"
}
resource "aws_vpc_endpoint" "z" {
  count             = var.enabled ? length(var.zones) : 0
  vpc_id            = aws_vpc.main.id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.${var.region}.sqs"
  subnet_ids        = [for each in aws_subnet.z : each.id]
  policy            = var.policy
}
"""
MODULES = b"""{"Modules": [
 {"Key": "", "Source": "", "Dir": "."},
 {"Key": "net", "Source": "registry.terraform.io/a/b/aws", "Version": "5.0.0", "Dir": ".terraform/modules/net"},
 {"Key": "net.inner", "Source": "./inner", "Dir": ".terraform/modules/net/inner"}
]}
"""
CALLER = b"""module "net" {
  source  = "a/b/aws"
  version = "~> 5.0"
  zones   = ["a", "b"]
}
resource "aws_vpc_endpoint" "kms" {
  vpc_id            = module.net.vpc_id
  vpc_endpoint_type = "Interface"
  service_name      = "com.amazonaws.eu-west-1.kms"
  subnet_ids        = module.net.subnet_ids
}
"""
CALLED = b"""variable "zones" {}
module "inner" {
  source = "./inner"
}
resource "aws_subnet" "a" {
  for_each = toset(var.zones)
  vpc_id   = module.inner.id
}
output "vpc_id" {
  value = module.inner.id
}
output "subnet_ids" {
  value = values(aws_subnet.a)[*].id
}
"""
INNER = b'resource "aws_vpc" "main" {}\noutput "id" {\n  value = aws_vpc.main.id\n}\n'
PARAMETERS = (
    b'[{"ParameterKey": "Subnets", "ParameterValue": "a,b"}, {"ParameterKey": "Zone", "UsePreviousValue": true}]',
    b'{"Parameters": {"Subnets": "subnet-1", "Zone": "eu-west-1a"}, "Tags": {"a": "b"}}',
    b"Subnets: [subnet-1, subnet-2]\nZone: eu-west-1a\n",
)
PARAMETERISED = b"""Parameters:
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>"}
  Zone: {Type: String, Default: eu-west-1a, AllowedValues: [eu-west-1a, eu-west-1b], AllowedPattern: ".*"}
  Number: {Type: Number, Default: 2, MinValue: 1}
Conditions:
  InA: !Equals [!Ref Zone, eu-west-1a]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Kms:
    Type: AWS::EC2::VPCEndpoint
    Condition: InA
    Metadata:
      vpce-lint: {ignore: [VPCE005 agreed upon, {rule: VPCE003, until: 2099-01-31, reason: later}]}
      checkov: {skip: [{id: VPCE005, comment: agreed upon}]}
    Properties: # vpce-lint: ignore[VPCE005] until=2099-12-31 agreed upon
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: !Sub "com.amazonaws.${AWS::Region}.kms"
      SubnetIds: !If [InA, !Ref Subnets, [!Select [0, !Ref Subnets]]]
"""
IGNORED = b"""# a comment
*.tmp
/build/
!keep/**
envs/[a-c]*/
**/examples
\\#odd
dir\\ with\\ blank
"""


def _folders() -> list[Path]:
    """Each folder of the fixtures that is tried by itself."""
    cases = [
        case for case in FIXTURES.glob("*/*/*") if case.is_dir() and case.parent.name in {"fail", "pass", "unknown"}
    ]
    whole = [FIXTURES / "example-network", FIXTURES / "three-tier-network", *(FIXTURES / "one-network").iterdir()]
    return sorted((*cases, *(folder for folder in whole if folder.is_dir())))


@cache
def fixtures(*endings: str) -> tuple[Case, ...]:
    """The fixtures that hold files with one of these endings."""
    found = []
    for folder in _folders():
        files = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(folder.rglob("*"))
            if file.is_file()
        }
        case = Case(files)
        if any(name.endswith(endings) for name in files) and case.size <= LARGEST:
            found.append(case)
    return tuple(found)


@cache
def terraform() -> tuple[Case, ...]:
    """Roots in the native syntax."""
    return fixtures(*NATIVE)


@cache
def terraform_json() -> tuple[Case, ...]:
    """Roots in the JSON syntax; one of the fixtures is no JSON on purpose."""
    return tuple(case for case in fixtures(".tf.json") if all(map(_is_json, case.files.values())))


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


@cache
def templates(*endings: str) -> tuple[Case, ...]:
    """Templates of CloudFormation, SAM's and CDK's apart."""
    return tuple(
        case
        for case in fixtures(*endings)
        if any(b"Resources" in data and b"planned_values" not in data for data in case.files.values())
        and not any("cdk.out" in name or b"Serverless" in data for name, data in case.files.items())
    )


@cache
def plans() -> tuple[Case, ...]:
    """Plans; with ``--source`` where the code lies beside them."""
    found = [case for case in fixtures(".json") if any(b"planned_values" in data for data in case.files.values())]
    code = (FIXTURES / "one-network/terraform/main.tf").read_bytes()
    plan = (FIXTURES / "one-network/plan/plan.json").read_bytes()
    return (*found, Case({"plan.json": plan, "code/main.tf": code}, ("plan.json", "--source=code")))


@cache
def policies() -> tuple[Case, ...]:
    """Policy documents for the command of its own."""
    text = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}]})
    given: tuple[tuple[str, ...], ...] = (
        (),
        (FORMAT,),
        ("--service=s3", "--endpoint-type=gateway"),
        ("--service=sqs", "--trusted-orgs=o-a1b2c3d4e5", "--require=principal,action"),
        ("--trusted-accounts=111122223333", "--no-trust-aws-services", "--min-level=full", FORMAT),
    )
    return tuple(Case({"policy.json": text.encode()}, ("policy", "policy.json", *options)) for options in given)
