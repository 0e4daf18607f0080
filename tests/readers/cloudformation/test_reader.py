"""Which templates are read, how stacks hang together, and what is said about what can't be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.readers.cloudformation.templates import HEAD, read_template, value_of
from tests.readers.terraform.configuration import read_files, resources, write
from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.model import GatewayEndpoint, InterfaceEndpoint, Subnet, Vpc
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request, RequestError
from vpce_lint.value import Reference, Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.model import Reading

GATEWAY = "Resources: {E: {Type: 'AWS::EC2::VPCEndpoint', Properties: {VpcId: v, ServiceName: s}}}\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths in reports count from the scanned folder."""
    monkeypatch.chdir(tmp_path)


def roots(reading: Reading) -> list[str]:
    """The roots that were read."""
    return [network.root for network in reading.networks]


def test_templates_of_any_name_are_found(tmp_path: Path) -> None:
    """Content decides, whatever the folder; hidden and ignored folders and other documents are left alone."""
    (tmp_path / ".git").mkdir()
    reading = read_files(
        tmp_path,
        {
            "a.yml": GATEWAY,
            "deep/er/b.template": GATEWAY,
            "c.json": '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}',
            "main.tf.json": '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}',
            "d.txt": GATEWAY,
            ".hidden/e.yaml": GATEWAY,
            "node_modules/f.yaml": GATEWAY,
            "build/g.yaml": GATEWAY,
            "cdk.out/h.template.json": '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}',
            ".gitignore": "build\ncdk.out\n",
            "values.yaml": "Resources: {limits: {cpu: 1}}",
            "list.json": "[1, 2]",
            "broken.yaml": "{{ .Values.x }}: [",
        },
    )
    assert [root for root in roots(reading) if not root.endswith(".tf.json") and root != "."] == [
        "a.yml",
        "c.json",
        "deep/er/b.template",
    ]
    assert [(item.kind, item.path) for item in reading.unread] == [("cdk", "cdk.out")]
    assert reading.problems == ()


def test_folder_with_terraform_and_templates(tmp_path: Path) -> None:
    """Both are read, each as roots of its own."""
    reading = read_files(tmp_path, {"main.tf": 'resource "aws_vpc" "a" {}\n', "t.yaml": GATEWAY})
    assert roots(reading) == [".", "t.yaml"]
    assert len(reading.files) == 2


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A broken template is a problem where it mentions endpoints, else it is only counted."""
    broken = "AWSTemplateFormatVersion: x\nResources:\n  A: {Type: 'AWS::EC2::VPCEndpoint', A: 1, A: 2}\n"
    reading = read_files(
        tmp_path,
        {
            "a.yaml": broken,
            "b.yaml": broken.replace("VPCEndpoint", "Volume"),
            "deep.json": '{"Resources": "AWS::EC2::VPCEndpoint", "x": ' + "[" * 1000,
        },
    )
    assert [(each.kind, each.path, each.message) for each in reading.problems] == [
        ("unreadable", "a.yaml", '"A" is given twice'),
        ("limit", "deep.json", "this is nested more than 100 deep"),
    ]
    assert [(item.path, item.reason) for item in reading.unread] == [("b.yaml", '"A" is given twice')]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """A template that isn't UTF-8 is reported, and the others are read."""
    (tmp_path / "a.yaml").write_bytes(HEAD.encode() + GATEWAY.encode() + b"# \xff")
    reading = read_files(tmp_path, {"b.yaml": GATEWAY})
    assert [(each.kind, each.path) for each in reading.problems] == [("unreadable", "a.yaml")]
    assert roots(reading) == ["b.yaml"]


NESTED = """\
Parameters: {Vpc: {Type: String}, Zone: {Type: String, Default: own}}
Resources:
  Net: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Ref Zone}}
Outputs:
  Id: {Value: !Ref Net}
"""
OUTER = """\
Conditions: {C: !Equals [!Ref "AWS::Region", eu-west-1]}
Resources:
  Vpc: {Type: "AWS::EC2::VPC"}
  One: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: ./sub/net.yaml, Parameters: {Vpc: !Ref Vpc, Zone: a}}}
  Two:
    Type: AWS::CloudFormation::Stack
    Condition: C
    Properties: {TemplateURL: sub/net.yaml, Parameters: {Vpc: !Ref Vpc}}
  E:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcEndpointType: Interface, VpcId: !Ref Vpc, ServiceName: s, SubnetIds: [!GetAtt One.Outputs.Id, !GetAtt Two.Outputs.Id]}
"""


def test_nested_stacks(tmp_path: Path) -> None:
    """A nested stack is judged where it is used: with what it is given, its conditions, and the way there."""
    reading = read_files(tmp_path, {"root.yaml": OUTER, "sub/net.yaml": NESTED})
    assert roots(reading) == ["root.yaml"]
    subnets = resources(reading, Subnet)
    assert {name: str(each.zone) for name, each in subnets.items()} == {"One.Net": "a", "Two.Net": "own"}
    assert [condition.symbol for condition in subnets["Two.Net"].when] == ['(AWS::Region == "eu-west-1")']
    assert [(call.label, call.span.line) for call in subnets["One.Net"].calls] == [("One", 4)]
    assert isinstance(subnets["One.Net"].vpc, Reference)
    assert subnets["One.Net"].vpc.address == "Vpc"
    members = resources(reading, InterfaceEndpoint)["E"].subnets.members  # type: ignore[attr-defined]
    assert [member.address for member in members] == ["One.Net", "Two.Net"]


def test_joined_list_for_a_nested_stack(tmp_path: Path) -> None:
    """Ids that are joined for a parameter of a nested stack are its list again."""
    inner = """\
Parameters: {Ids: {Type: "List<AWS::EC2::Subnet::Id>"}}
Resources:
  E: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcEndpointType: Interface, VpcId: v, ServiceName: s, SubnetIds: !Ref Ids}}
"""
    outer = """\
Resources:
  A: {Type: "AWS::EC2::Subnet"}
  B: {Type: "AWS::EC2::Subnet"}
  S: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: n.yaml, Parameters: {Ids: !Join [" , ", [!Ref A, !Ref B]]}}}
"""
    endpoint = resources(read_files(tmp_path, {"n.yaml": inner, "t.yaml": outer}), InterfaceEndpoint)["S.E"]
    assert [member.symbol for member in endpoint.subnets.members] == ["A.id", "B.id"]  # type: ignore[attr-defined]


def test_parameter_that_is_left_out_on_a_condition(tmp_path: Path) -> None:
    """Where the stack around gives nothing, a nested stack's parameter has its default."""
    outer = """\
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref P, x]}
Resources:
  S:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: n.yaml, Parameters: {Vpc: v, Zone: !If [C, z, !Ref "AWS::NoValue"]}}
  E: {Type: "AWS::EC2::VPCEndpoint"}
"""
    zone = resources(read_files(tmp_path, {"n.yaml": NESTED, "t.yaml": outer}), Subnet)["S.Net"].zone
    assert zone.symbol == '((P == "x") ? "z" : "own")'


def test_what_an_include_may_declare_is_not_invalid(tmp_path: Path) -> None:
    """A section with an include in it may hold the resource that is referred to."""
    text = """\
Resources:
  E: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcId: !Ref Vpc, ServiceName: s}}
  "Fn::Transform": {Name: AWS::Include}
"""
    vpc = resources(read_template(tmp_path, text), GatewayEndpoint)["E"].vpc
    assert isinstance(vpc, Unknown)
    assert (vpc.invalid, vpc.why[0].words) == (False, "Vpc is made by Fn::Transform")


def test_file_of_a_nested_stack_is_judged_in_its_context(tmp_path: Path) -> None:
    """Naming the nested template alone, as a hook does, reads the root that uses it."""
    (tmp_path / ".git").mkdir()
    write(tmp_path, {"root.yaml": OUTER, "sub/net.yaml": NESTED})
    assert roots(read(Request(paths=(tmp_path / "sub" / "net.yaml",)))) == ["root.yaml"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("https://example.com/net.yaml", "its template https://example.com/net.yaml is not local"),
        ("missing.yaml", "its template missing.yaml can't be read: there is no such file"),
        ("!Sub 'x-${AWS::Region}'", "its template is named by an expression"),
        ("../../../../../../etc/passwd", "can't be read: it lies outside the repository"),
        ("values.yaml", "values.yaml is no template"),
    ],
)
def test_stacks_elsewhere_are_gaps(tmp_path: Path, place: str, words: str) -> None:
    """What a stack that isn't read is given, it may add to, and nothing else."""
    text = f"""\
Resources:
  Vpc: {{Type: "AWS::EC2::VPC"}}
  Other: {{Type: "AWS::EC2::VPC"}}
  Net: {{Type: "AWS::CloudFormation::Stack", Properties: {{TemplateURL: {place}, Parameters: {{V: !Ref Vpc}}}}}}
  E: {{Type: "AWS::EC2::VPCEndpoint", Properties: {{VpcId: !GetAtt Net.Outputs.X, ServiceName: s}}}}
"""
    reading = read_files(tmp_path, {"template.yaml": text, "values.yaml": "a: b"})
    [network] = reading.networks
    [gap] = network.gaps
    assert words in gap.reason.words
    assert gap.touches == {"Vpc"}
    assert [item.kind for item in reading.unread] == ["stack"]
    vpc = resources(reading, GatewayEndpoint)["E"].vpc
    assert isinstance(vpc, Unknown)
    assert words in vpc.reasons[0].words


def test_stack_that_nests_itself(tmp_path: Path) -> None:
    """A circle of stacks is reported at the stack that closes it, and the rest is read."""
    text = GATEWAY.replace(
        "Resources: {", "Resources: {S: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: %s}}, "
    )
    reading = read_files(tmp_path, {"a.yaml": text % "b.yaml", "b.yaml": text % "a.yaml", "c.yaml": text % "c.yaml"})
    assert roots(reading) == ["a.yaml", "c.yaml"]
    assert [(each.kind, each.path, each.message) for each in reading.problems] == [
        ("unreadable", "b.yaml", "the stack S.S nests itself"),
        ("unreadable", "c.yaml", "the stack S nests itself"),
    ]
    assert set(resources(reading, GatewayEndpoint)) == {"E", "S.E"}


def test_too_many_stacks(tmp_path: Path) -> None:
    """Stacks that multiply are read to a limit, which is reported, and leave a gap."""
    files = {"leaf.yaml": GATEWAY}
    below = "leaf.yaml"
    for level in range(3):
        stacks = ", ".join(
            f"S{index}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {below}}}}}"
            for index in range(10)
        )
        below = f"level{level}.yaml"
        files[below] = f"Resources: {{{stacks}}}\n"
    reading = read_files(tmp_path, files)
    assert roots(reading) == ["level2.yaml"]
    assert {each.kind for each in reading.problems} == {"limit"}


def test_loops_that_explode(tmp_path: Path) -> None:
    """Loops within loops are unrolled to a limit, which is reported, and leave a gap."""
    body = "{'E${A}${B}${C}${D}': {Type: 'AWS::EC2::VPCEndpoint'}}"
    for name in "DCBA":
        body = f"{{'Fn::ForEach::{name}': [{name}, [{', '.join(map(str, range(20)))}], {body}]}}"
    reading = read_template(tmp_path, f"Transform: AWS::LanguageExtensions\nResources: {body}\n")
    assert {each.kind for each in reading.problems} == {"limit"}
    assert any("Fn::ForEach" in gap.reason.words or "loop" in gap.reason.words for gap in reading.networks[0].gaps)


def test_macros_leave_everything_open(tmp_path: Path) -> None:
    """A macro of one's own may add anything; AWS's own transforms add no network."""
    gaps = read_template(tmp_path, "Transform: [AWS::Serverless-2016-10-31, Mine]\n" + GATEWAY).networks[0].gaps
    assert [(gap.reason.words, gap.touches) for gap in gaps] == [("the transform Mine is not read", None)]
    include = "Resources:\n  'Fn::Transform': {Name: AWS::Include}\n  E: {Type: 'AWS::EC2::VPCEndpoint'}\n"
    gaps = read_template(tmp_path, include).networks[0].gaps
    assert [(gap.reason.words, gap.touches) for gap in gaps] == [("Fn::Transform is not read", None)]


def test_custom_resources_may_change_what_they_are_given(tmp_path: Path) -> None:
    """References in any form count, through parameters of a nested stack too."""
    text = """\
Resources:
  A: {Type: "AWS::EC2::VPC"}
  B: {Type: "AWS::EC2::VPC"}
  C: {Type: "AWS::EC2::VPC"}
  D: {Type: "AWS::EC2::VPC"}
  E: {Type: "AWS::EC2::VPCEndpoint"}
  X: {Type: "Custom::X", Properties: {P: !Sub "x-${A}", Q: [!If [C, {R: !GetAtt B.VpcId}, x]]}}
  S: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: n.yaml, Parameters: {P: !Join [",", [!Ref C]]}}}
"""
    inner = "Parameters: {P: {Type: String}}\nResources: {Y: {Type: 'Some::Other::MODULE', Properties: {P: !Ref P}}}\n"
    reading = read_files(tmp_path, {"t.yaml": "Conditions: {C: !Equals [a, b]}\n" + text, "n.yaml": inner})
    assert [gap.touches for gap in reading.networks[0].gaps] == [{"A", "B"}, {"C"}]


NETWORK = """\
Resources:
  Vpc: {Type: "AWS::EC2::VPC"}
  Net: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, AvailabilityZone: z}}
  S3: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcId: !Ref Vpc, ServiceName: s}}
Outputs:
  V: {Value: !Ref Vpc, Export: {Name: !Sub "${AWS::StackName}-VpcId"}}
  N: {Value: !Ref Net, Export: {Name: shared-subnet}}
"""
USER = """\
Parameters: {Stack: {Type: String}, Second: {Type: String}}
Resources:
  E:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: {"Fn::ImportValue": !Sub "${Stack}-VpcId"}
      VpcEndpointType: Interface
      ServiceName: s
      SubnetIds: [!ImportValue shared-subnet, {"Fn::ImportValue": !Sub "${Second}-VpcId"}, !ImportValue other]
"""


def test_imports_meet_exports(tmp_path: Path) -> None:
    """An import is the exporting stack's resource, which is seen, but judged in its own template only."""
    reading = read_files(tmp_path, {"network.yaml": NETWORK, "user.yaml": USER})
    user = reading.networks[1]
    [endpoint] = user.resources
    assert isinstance(endpoint, InterfaceEndpoint)
    assert endpoint.vpc.symbol == "network.yaml:Vpc.id"
    vpcs = {vpc.address: vpc for vpc in user.of(Vpc)}
    assert vpcs["network.yaml:Vpc"].imported
    members = endpoint.subnets.members  # type: ignore[attr-defined]
    assert [member.symbol for member in members] == [
        "network.yaml:Net.id",
        'ImportValue["{Second}-VpcId"]',
        'ImportValue["other"]',
    ]
    addresses = [answer.address for answer in judge(reading, load_rules()).answers if answer.rule == "VPCE005"]
    assert addresses == ["S3", "E"]


def test_export_of_two_templates_is_neither(tmp_path: Path) -> None:
    """Where two stacks could be meant, none is taken."""
    reading = read_files(tmp_path, {"a.yaml": NETWORK, "b.yaml": NETWORK, "user.yaml": USER})
    [endpoint] = reading.networks[2].resources
    assert isinstance(endpoint, InterfaceEndpoint)
    assert endpoint.vpc.reasons[0].words == "${Stack}-VpcId is exported by several templates"


@pytest.mark.parametrize(
    "content",
    [
        '[{"ParameterKey": "P", "ParameterValue": "x,y"}, {"ParameterKey": "Q", "UsePreviousValue": true}]',
        '{"Parameters": {"P": "x,y"}, "Tags": {"a": "b"}}',
        '{"P": "x,y"}',
        '{"P": ["x", "y"]}',
        "P: x,y\n",
        "Parameters:\n  P: [x, y]\n",
    ],
)
def test_parameter_files(tmp_path: Path, content: str) -> None:
    """The CLI's, CodePipeline's and plain files set parameters; others keep their defaults or stay open."""
    (tmp_path / "p").write_text(content)
    sections = (
        "Parameters: {P: {Type: CommaDelimitedList, Default: d}, Q: {Type: String}, D: {Type: String, Default: d}}"
    )
    expression = "!Join ['-', [!Select [1, !Ref P], !Ref D, !Ref Q]]"
    value = value_of(tmp_path, expression, sections, parameters=(tmp_path / "p",))
    assert str(value) == "y-d-${Q}"


@pytest.mark.parametrize("content", ["", "text", '{"P": {"Q": 1}}', '[{"Key": "P"}]', "{", "[[1]]"])
def test_parameter_files_that_make_no_sense(tmp_path: Path, content: str) -> None:
    """A mistake in what the user named stops the run instead of being passed over."""
    (tmp_path / "p").write_text(content)
    with pytest.raises(RequestError, match="p"):
        read_files(tmp_path, {"t.yaml": GATEWAY}, parameters=(tmp_path / "p",))


def test_output_of_cdk(tmp_path: Path) -> None:
    """The manifest settles Region and account, metadata name the nested template and the construct."""
    stack = {
        "Resources": {
            "E1A2B": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {"ServiceName": {"Fn::Sub": "${AWS::Region}.${AWS::AccountId}"}, "VpcId": "v"},
                "Metadata": {"aws:cdk:path": "App/Stack/Endpoint/Resource"},
            },
            "Nested": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}.amazonaws.com/x.json"}},
                "Metadata": {"aws:asset:path": "Nested.nested.template.json"},
            },
        }
    }
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/eu-west-1",
        "properties": {"templateFile": "Stack.template.json"},
    }
    reading = read_files(
        tmp_path,
        {
            "cdk.out/Stack.template.json": json.dumps(stack),
            "cdk.out/Nested.nested.template.json": json.dumps({"Resources": {"V": {"Type": "AWS::EC2::VPC"}}}),
            "cdk.out/manifest.json": json.dumps({"artifacts": {"Stack": artifact}}),
        },
    )
    assert roots(reading) == ["cdk.out/Stack.template.json"]
    found = resources(reading, GatewayEndpoint)["E1A2B"]
    assert found.construct == "App/Stack/Endpoint/Resource"
    assert str(found.service) == "eu-west-1.${AWS::AccountId}"
    assert set(resources(reading, Vpc)) == {"Nested.V"}
    answers = [answer for answer in judge(reading, load_rules()).answers if answer.address == "E1A2B"]
    assert {answer.construct for answer in answers} == {"App/Stack/Endpoint/Resource"}


def test_resources_that_do_not_exist(tmp_path: Path) -> None:
    """What a parameter's default leaves out is not there, nor what stands in such a stack."""
    text = """\
Parameters: {On: {Type: String, Default: "no"}}
Conditions: {C: !Equals [!Ref On, "yes"]}
Resources:
  E: {Type: "AWS::EC2::VPCEndpoint", Condition: C}
  S: {Type: "AWS::CloudFormation::Stack", Condition: C, Properties: {TemplateURL: n.yaml}}
  F: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcId: v, ServiceName: s}}
"""
    files = {"t.yaml": text, "n.yaml": GATEWAY, "p.json": '{"On": "yes"}'}
    assert set(resources(read_files(tmp_path, files), GatewayEndpoint)) == {"F"}
    reading = read_files(tmp_path, files, parameters=(tmp_path / "p.json",))
    assert set(resources(reading, GatewayEndpoint)) == {"E", "F", "S.E"}


def test_malformed_templates_do_no_harm(tmp_path: Path) -> None:
    """Sections and resources of the wrong shape are passed over; nothing is internal."""
    text = """\
Parameters: [a]
Mappings: x
Conditions: {K: {"Fn::Equals": [{Ref: "AWS::Region"}, x]}, A: [1], B: {"Fn::Equals": x}, C: {"Fn::And": {}}}
Outputs: {O: 1}
Resources:
  A: []
  B: {Type: [x], Properties: 1}
  C: {Type: "AWS::EC2::VPCEndpoint", Condition: Z, Properties: [1], Metadata: x}
  D: {Type: "AWS::EC2::VPCEndpoint", Condition: B, Properties: {VpcEndpointType: [a], SubnetIds: {a: b}, ServiceName: {Ref: [x]}}}
  E: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcEndpointType: Interface, SubnetIds: {"Fn::If": [A]}, PolicyDocument: [1, {"Fn::Sub": 1}]}}
  F: {Type: "AWS::EC2::VPCEndpointServicePermissions", Properties: {ServiceId: [1], AllowedPrincipals: {}}}
  G: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: "\\0x", Parameters: [1]}}
  I: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcEndpointType: Interface, SubnetIds: [{a: b}, {"Fn::If": [K, {a: b}, x]}], VpcId: {a: b}}}
  H: {Type: "AWS::EC2::Subnet", Properties: {AvailabilityZone: {"Fn::GetAtt": [H]}, VpcId: {"Fn::FindInMap": [1, 2]}}}
  "Fn::ForEach::X": 1
  "Fn::ForEach::Y": [Y, {Ref: Q}, {}]
"""
    reading = read_template(tmp_path, text)
    report = judge(reading, load_rules())
    assert [answer.message for answer in report.answers if answer.rule == "VPCE999"] == []


@pytest.mark.parametrize("name", ['""', '" "', '"${x}"'])
def test_resource_without_a_name(tmp_path: Path, name: str) -> None:
    """AWS refuses an empty logical id: nothing is judged under it, and it is told; the others are read."""
    loop = f'  Fn::ForEach::L: [x, [""], {{{name}: {{Type: AWS::EC2::VPCEndpoint}}}}]\n'
    plain = f"  {name}: {{Type: AWS::EC2::VPCEndpoint}}\n"
    reading = read_template(
        tmp_path,
        "Transform: AWS::LanguageExtensions\nResources:\n  Vpc: {Type: AWS::EC2::VPC}\n"
        + (loop if "x" in name else plain),
    )
    assert [problem.message for problem in reading.problems] == ["a logical id is empty"]
    assert {each.address for network in reading.networks for each in network.resources} == {"Vpc"}
