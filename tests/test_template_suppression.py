"""Suppressions in templates: whole runs over CloudFormation, SAM and what CDK writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from worktree import grow, open_answers, run, suppressed_answers

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.report import Report

IGNORE = {"vpce-lint": {"ignore": ["VPCE005 agreed"]}}
VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
EXPECTED = [("VPCE005", "B")]


def endpoint(metadata: object = None, **more: Any) -> dict[str, Any]:
    """An S3 endpoint without a policy, which VPCE005 finds and no other rule."""
    properties = {"VpcId": {"Ref": "Vpc"}, "ServiceName": "com.amazonaws.eu-west-1.s3"}
    said = {} if metadata is None else {"Metadata": metadata}
    return {"Type": "AWS::EC2::VPCEndpoint", **said, "Properties": properties, **more}


def template(resources: dict[str, Any], **sections: Any) -> str:
    """A template in JSON."""
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", **sections, "Resources": {"Vpc": VPC} | resources})


def judged(folder: Path, text: str, **more: Any) -> Report:
    """The report on one template."""
    grow(folder, {"template.yaml": text})
    return run(folder, **more).report


@pytest.mark.parametrize(
    "metadata",
    [
        IGNORE,
        {"vpce-lint": {"ignore": [{"rule": "VPCE005", "reason": "agreed"}]}, "aws:cdk:path": "App/A"},
        {"checkov": {"skip": [{"id": "VPCE005", "comment": "agreed"}]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_metadata_of_a_resource(tmp_path: Path, metadata: object, indent: int | None) -> None:
    """It speaks for its resource and no other, in JSON and in YAML; on one line as well."""
    text = template({"A": endpoint(metadata), "B": endpoint()})
    for code in (json.dumps(json.loads(text), indent=indent), yaml.safe_dump(json.loads(text))):
        report = judged(tmp_path, code)
        assert suppressed_answers(report) == [("VPCE005", "A", "agreed")]
        assert open_answers(report) == EXPECTED


def test_what_is_wrong_is_pointed_at(tmp_path: Path) -> None:
    """Each mistake is reported at the very entry, also where all stands on one line."""
    entries = ["VPCE05", "VPCE003", {"rule": "VPCE005", "until": "2026-06-14"}, {"Ref": "Vpc"}]
    text = template({"A": endpoint({"vpce-lint": {"ignore": entries}})})
    report = judged(tmp_path, text)
    said = [each for each in report.answers if each.rule == "VPCE902"]
    assert {text[each.location.column - 1 : each.location.end_column - 1] for each in said} == set(
        map(json.dumps, entries)
    )
    assert len(said) == len(entries)
    assert suppressed_answers(report) == []


def test_metadata_of_the_template_suppresses_nothing(tmp_path: Path) -> None:
    """It would hide what is added later; the same is so for a comment at the top of a file."""
    report = judged(tmp_path, template({"A": endpoint()}, Metadata=IGNORE))
    words = (
        "metadata of a whole file suppresses nothing: write it at a resource, or the file's path in the configuration"
    )
    assert sorted(open_answers(report)) == [("VPCE005", "A"), ("VPCE902", words)]
    assert sorted(open_answers(judged(tmp_path, template({"A": endpoint()}, Metadata={"other": 1})))) == [
        ("VPCE005", "A")
    ]


YAML = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  # ABOVE
  A:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc # INSIDE
      ServiceName: !Sub |-  # AT BLOCK
        com.amazonaws.eu-west-1.s3
      # END

  B:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.eu-west-1.s3
"""


@pytest.mark.parametrize("where", ["# ABOVE", "# INSIDE", "# AT BLOCK", "# END"])
@pytest.mark.parametrize("comment", ["# vpce-lint: ignore[VPCE005] agreed", "#checkov:skip=CKV_1,VPCE005:agreed"])
def test_comments_in_yaml(tmp_path: Path, where: str, comment: str) -> None:
    """Above a resource, inside, or behind on a line: as in Terraform."""
    report = judged(tmp_path, YAML.replace(where, comment))
    assert suppressed_answers(report) == [("VPCE005", "A", "agreed")]
    assert open_answers(report) == EXPECTED


def test_text_that_looks_like_a_comment_is_none(tmp_path: Path) -> None:
    """What stands in a string silences nothing."""
    text = YAML.replace("# INSIDE", "\n      Tags: [{Key: a, Value: ' # vpce-lint: ignore[VPCE005] no'}]")
    assert sorted(open_answers(judged(tmp_path, text))) == [("VPCE005", "A"), *EXPECTED]


def stack(metadata: object = None) -> dict[str, Any]:
    """A nested stack."""
    said = {} if metadata is None else {"Metadata": metadata}
    properties = {"TemplateURL": "inner.yaml", "Parameters": {"Vpc": {"Ref": "Vpc"}}}
    return {"Type": "AWS::CloudFormation::Stack", **said, "Properties": properties}


def test_nested_stack_speaks_for_what_it_creates(tmp_path: Path) -> None:
    """Metadata at one stack silences that stack's resources, in the template those of all stacks of it."""
    inner = json.dumps({"Parameters": {"Vpc": {"Type": "String"}}, "Resources": {"E": endpoint()}})
    grow(tmp_path, {"inner.yaml": inner})
    report = judged(tmp_path, template({"A": stack(IGNORE), "B": stack()}))
    assert suppressed_answers(report) == [("VPCE005", "A.E", "agreed")]
    assert open_answers(report) == [("VPCE005", "B.E")]
    grow(tmp_path, {"inner.yaml": json.dumps(json.loads(inner) | {"Resources": {"E": endpoint(IGNORE)}})})
    report = judged(tmp_path, template({"A": stack(), "B": stack()}))
    assert open_answers(report) == []
    assert [address for _, address, _ in suppressed_answers(report)] == ["A.E", "B.E"]


def test_loop(tmp_path: Path) -> None:
    """Metadata in a loop speaks for all that is made of its resource, and not for the loop's other resources."""
    loop = ["Name", ["X", "Y"], {"A${Name}": endpoint(IGNORE), "B${Name}": endpoint()}]
    report = judged(tmp_path, template({"Fn::ForEach::Each": loop}, Transform="AWS::LanguageExtensions"))
    assert [address for _, address, _ in suppressed_answers(report)] == ["AX", "AY"]
    assert open_answers(report) == [("VPCE005", "BX"), ("VPCE005", "BY")]


def test_condition_and_serverless(tmp_path: Path) -> None:
    """A resource under an open condition, in a template of SAM, is suppressed like any other."""
    sections = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    }
    text = template({"A": endpoint(IGNORE, Condition="Prod"), "B": endpoint(Condition="Prod")}, **sections)
    report = judged(tmp_path, text)
    assert suppressed_answers(report) == [("VPCE005", "A", "agreed")]
    assert open_answers(report) == EXPECTED


@pytest.mark.parametrize(
    "code",
    [
        template({"A": endpoint(IGNORE)}),
        template({"A": endpoint({"checkov": {"skip": [{"id": "VPCE005"}]}})}),
        YAML.replace("# INSIDE", "# vpce-lint: ignore[VPCE005] agreed").partition("  B:")[0],
    ],
)
def test_enforced_rule_is_not_suppressed(tmp_path: Path, code: str) -> None:
    """Nothing in a template silences a rule that a configuration from outside enforces; the attempt is reported."""
    grow(tmp_path, {"policy.toml": 'enforced = ["VPCE005"]'})
    report = judged(tmp_path / "code", code, config=str(tmp_path / "policy.toml"))
    assert suppressed_answers(report) == []
    words = "VPCE005 is enforced: nothing in the code suppresses it"
    assert sorted(open_answers(report)) == [("VPCE005", "A"), ("VPCE902", words)]


def test_reason_may_be_mandatory(tmp_path: Path) -> None:
    """Metadata without a reason doesn't count where the configuration asks for one."""
    grow(tmp_path, {".vpce-lint.toml": "require_reason = true"})
    text = template({"A": endpoint(IGNORE), "B": endpoint({"vpce-lint": {"ignore": ["VPCE005"]}})})
    report = judged(tmp_path, text)
    assert suppressed_answers(report) == [("VPCE005", "A", "agreed")]
    assert EXPECTED[0] in open_answers(report)


def test_template_that_is_not_judged_is_told_of_too(tmp_path: Path) -> None:
    """A suppression in a template without anything to judge is in vain, as in Terraform."""
    report = judged(tmp_path, template({"A": {"Type": "AWS::SNS::Topic", "Metadata": IGNORE}}))
    assert open_answers(report) == [("VPCE902", "nothing that was checked needs this suppression of VPCE005")]


def test_plan_without_its_code(tmp_path: Path) -> None:
    """A plan has no comments to read: a configuration suppresses by the address that the plan gives."""
    values = {"service_name": "com.amazonaws.eu-west-1.s3", "vpc_id": "vpc-1", "vpc_endpoint_type": "Gateway"}
    kind = {"mode": "managed", "type": "aws_vpc_endpoint", "provider_name": "registry.terraform.io/hashicorp/aws"}
    resources = [
        {"address": f"module.net.aws_vpc_endpoint.{name}", "name": name, "values": values, **kind} for name in "ab"
    ]
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"child_modules": [{"address": "module.net", "resources": resources}]}},
        "configuration": {"root_module": {}},
    }
    text = '[[suppress]]\nrules = ["VPCE005"]\naddresses = ["module.*.a"]\nreason = "agreed"\n'
    grow(tmp_path, {"plan.json": json.dumps(plan), ".vpce-lint.toml": text})
    report = run(tmp_path).report
    assert suppressed_answers(report) == [("VPCE005", "module.net.aws_vpc_endpoint.a", "agreed")]
    assert open_answers(report) == [("VPCE005", "module.net.aws_vpc_endpoint.b")]
