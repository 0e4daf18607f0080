"""What expressions of templates stand for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.readers.cloudformation.templates import endpoint, read_template, value_of
from tests.readers.terraform.configuration import resources
from vpce_lint.condition import facts_of
from vpce_lint.model import EndpointService, GatewayEndpoint, InterfaceEndpoint, Subnet
from vpce_lint.readers.cloudformation.intrinsics import sub_parts
from vpce_lint.readers.cloudformation.parameters import _bare
from vpce_lint.value import Choice, Json, Known, Mapping, Reference, Run, Sequence, Unknown

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS = """\
Parameters:
  Open: {Type: String}
  Set: {Type: String, Default: value}
  Number: {Type: Number, Default: 1}
  Kind: {Type: String, AllowedValues: [a, b]}
  One: {Type: String, AllowedValues: [only]}
  Id: {Type: "AWS::EC2::VPC::Id"}
  List: {Type: CommaDelimitedList, Default: "x, y,z"}
  OpenList: {Type: "List<AWS::EC2::Subnet::Id>"}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a/b}
Mappings:
  Map:
    first: {key: one, same: s}
    second: {key: two, same: s}
Conditions:
  Always: !Equals [a, a]
  Never: !Not [Condition: Always]
  Maybe: !Equals [!Ref Open, x]
  Filled: !Not [!Equals [!Ref Id, ""]]
  Other: !Equals [!Ref Kind, other]
  TextOrBool: !Equals ["true", true]
  Numbers: !Equals [1, "1"]
Resources:
  Vpc: {Type: "AWS::EC2::VPC"}
  Net: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, AvailabilityZone: eu-west-1a}}
  Thing: {Type: "Custom::Thing", Properties: {ServiceToken: x}}
"""


@pytest.mark.parametrize(
    ("expression", "known"),
    [
        ("!Ref Set", "value"),
        ("!Sub 'a-${Set}-${!Set}'", "a-value-${Set}"),
        ("!Sub ['${X}${Set}', {X: !Ref Number}]", "1value"),
        ("{'Fn::Join': ['-', [a, !Ref Set, !Join ['', !Ref List]]]}", "a-value-xyz"),
        ("!Join ['', [true, 1, 2012-10-17]]", "true12012-10-17"),
        ("!Select [1, !Ref List]", "y"),
        ("!Select [!Ref Number, [a, b]]", "b"),
        ("!Select ['1', !Split ['.', 'a.b.c']]", "b"),
        ("!FindInMap [Map, first, key]", "one"),
        ("!FindInMap [Map, !Ref Open, same]", "s"),
        ("!FindInMap [Map, third, key, {DefaultValue: d}]", "d"),
        ("!If [Always, a, b]", "a"),
        ("!If [Never, a, b]", "b"),
        ("!If [Filled, a, b]", "a"),
        ("!If [Other, a, b]", "b"),
        ("!If [TextOrBool, a, b]", "a"),
        ("!If [Numbers, a, b]", "a"),
        ("!If [Maybe, a, a]", "a"),
        ("!Ref One", "only"),
        ("!GetAtt Net.AvailabilityZone", "eu-west-1a"),
    ],
)
def test_known(tmp_path: Path, expression: str, known: str) -> None:
    """Functions of known values are worked out, texts compared as CloudFormation does."""
    assert value_of(tmp_path, expression, SECTIONS) == Known(known)


@pytest.mark.parametrize(
    ("expression", "symbol", "reason"),
    [
        ("!Ref Open", "Open", "parameter Open has no default"),
        ("!Sub 'a${Open}b'", '"a${Open}b"', "parameter Open has no default"),
        ("!Ref AWS::Region", "AWS::Region", "AWS::Region is known at deployment"),
        ("!Select [2, !Ref OpenList]", "OpenList[2]", "parameter OpenList has no default"),
        ("!Select [0, !Split [',', !Ref Open]]", 'Split(",", Open)[0]', "parameter Open has no default"),
        ("!Ref Stored", "Stored", "parameter Stored is kept in Systems Manager as /a/b"),
        ("'{{resolve:ssm:/x}}'", "{{resolve:ssm:/x}}", "{{resolve:ssm:/x}} is looked up at deployment"),
        (
            "!Join ['', ['{{resolve:', 'ssm:/x}}']]",
            "{{resolve:ssm:/x}}",
            "{{resolve:ssm:/x}} is looked up at deployment",
        ),
        ("!GetAtt Thing.Name", "Thing.Name", "Thing.Name is what the custom resource Thing returns"),
        ("!GetAtt Vpc.DefaultNetworkAcl", "Vpc.DefaultNetworkAcl", "Vpc.DefaultNetworkAcl is known after deployment"),
        ("!ImportValue net-id", 'ImportValue["net-id"]', "net-id is exported by another stack"),
        (
            "!Ref Nothing",
            "invalid(there is no parameter or resource Nothing)",
            "there is no parameter or resource Nothing",
        ),
        ("!If [Nothing, a, b]", "invalid(there is no condition Nothing)", "there is no condition Nothing"),
        ("!Select [3, [a]]", "invalid(the list has no member 3)", "the list has no member 3"),
        ("!Sub [a]", "invalid(Fn::Sub needs a text)", "Fn::Sub needs a text"),
        ("{'Fn::Transform': {Name: M}}", "Fn::Transform@template.yaml:29:97", "Fn::Transform is not read"),
    ],
)
def test_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expression: str, symbol: str, reason: str) -> None:
    """What isn't known has an identity, and a reason that says what is missing."""
    monkeypatch.chdir(tmp_path)
    value = value_of(tmp_path, expression, SECTIONS)
    assert value.symbol == symbol
    assert [each.words for each in value.reasons] == [reason]


def test_two_uses_are_one_value(tmp_path: Path) -> None:
    """The same parameter is the same value, another one may be; a resource's id is its own."""
    one = value_of(tmp_path, "!Ref Open", SECTIONS)
    assert one.equals(value_of(tmp_path, "!Sub '${Open}'", SECTIONS)).is_true
    assert one.equals(value_of(tmp_path, "!Ref Kind", SECTIONS)).is_unknown
    vpc = value_of(tmp_path, "!Ref Vpc", SECTIONS)
    assert vpc.equals(value_of(tmp_path, "!GetAtt [Vpc, VpcId]", SECTIONS)).is_true
    assert vpc.equals(value_of(tmp_path, "!Ref Net", SECTIONS)).is_false
    assert isinstance(vpc, Reference)
    assert (vpc.address, vpc.attribute) == ("Vpc", "id")


def test_dynamic_references_may_be_the_same(tmp_path: Path) -> None:
    """Different names in Systems Manager may hold the same value, also where a name has holes."""
    one = value_of(tmp_path, "!Sub '{{resolve:ssm:/${Open}/a}}'", SECTIONS)
    other = value_of(tmp_path, "!Sub '{{resolve:ssm:/${Open}/b}}'", SECTIONS)
    assert one.equals(other).is_unknown
    assert one.equals(Known("subnet-1")).is_unknown


def test_allowed_values_are_a_choice(tmp_path: Path) -> None:
    """A parameter that may be one of few texts is a choice on the same condition that comparisons make."""
    value = value_of(tmp_path, "!Ref Kind", SECTIONS)
    assert isinstance(value, Choice)
    assert value.condition.symbol == '(Kind == "a")'
    assert (value.then, value.otherwise) == (Known("a"), Known("b"))


def test_open_key_of_a_mapping_is_a_choice(tmp_path: Path) -> None:
    """A mapping of few rows gives one of their values, by the key that is asked for."""
    value = value_of(tmp_path, "!FindInMap [Map, !Ref Open, key]", SECTIONS)
    assert isinstance(value, Choice)
    assert value.condition.symbol == '(Open == "first")'
    assert (value.then, value.otherwise) == (Known("one"), Known("two"))


def test_zones_of_a_region_are_distinct(tmp_path: Path) -> None:
    """Different indexes are different zones, however the Region is written; other Regions' are not compared."""
    zones = [
        value_of(tmp_path, f"!Select [{index}, {{'Fn::GetAZs': {region}}}]", SECTIONS)
        for index, region in ((0, "''"), (1, "!Ref AWS::Region"), (0, "!Sub '${AWS::Region}'"), (0, "eu-west-1"))
    ]
    assert zones[0].equals(zones[1]).is_false
    assert zones[0].equals(zones[2]).is_true
    assert zones[0].equals(zones[3]).is_unknown


def test_texts_exclude_each_other(tmp_path: Path) -> None:
    """A parameter that is one text is no other one, and a condition excludes its negation."""
    sections = """\
Parameters: {P: {Type: String}}
Conditions:
  A: !Equals [!Ref P, a]
  B: !Equals [b, !Ref P]
  NotA: !Not [!Condition A]
  Both: !And [!Condition A, !Condition B]
Resources:
  A: {Type: "AWS::EC2::VPCEndpoint", Condition: A, Properties: {VpcId: v, ServiceName: s}}
  B: {Type: "AWS::EC2::VPCEndpoint", Condition: B, Properties: {VpcId: v, ServiceName: s}}
  N: {Type: "AWS::EC2::VPCEndpoint", Condition: NotA, Properties: {VpcId: v, ServiceName: s}}
"""
    found = resources(read_template(tmp_path, sections), GatewayEndpoint)
    a, b, n = (found[name].when[0] for name in "ABN")
    assert facts_of(b, holds=True)[a.symbol] is False
    assert facts_of(n, holds=True)[a.symbol] is False
    assert facts_of(a, holds=True) == {a.symbol: True}


@pytest.mark.parametrize(
    ("written", "members"),
    [
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("[!If [Always, !Ref AWS::NoValue, x], b]", ["b"]),
        ("!Ref List", ["x", "y", "z"]),
        ("!If [Never, [a], !Ref AWS::NoValue]", []),
        ("!Ref AWS::NoValue", []),
        ("a", ["a"]),
        ("!Split ['|', 'a|b']", ["a", "b"]),
    ],
)
def test_lists(tmp_path: Path, written: str, members: list[str]) -> None:
    """What is left out is no member."""
    value = endpoint(tmp_path, f"SubnetIds: {written}", SECTIONS).subnets
    assert isinstance(value, Sequence)
    assert [str(member) for member in value.members] == members


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("!Join [',', [!Ref Net, !Ref Vpc]]", ["Net.id", "Vpc.id"]),
        ("!Sub '${Net},x,a-${Vpc}'", ["Net.id", "x", "a-${Vpc.id}"]),
        ("!Sub '${Net},${Open}'", ["Net.id", 'Split(",", "${Net.id},${Open}").1...']),
    ],
)
def test_texts_of_ids_are_split(tmp_path: Path, text: str, members: list[str]) -> None:
    """A list of ids that was joined comes apart again; what may hold a delimiter is any number of members."""
    value = endpoint(tmp_path, f"SubnetIds: !Split [',', {text}]", SECTIONS).subnets
    assert isinstance(value, Sequence)
    assert [str(member) for member in value.members] == members


def test_member_on_a_condition(tmp_path: Path) -> None:
    """A member that may be left out is a run of none or one, under the condition that decides it."""
    value = endpoint(tmp_path, "SubnetIds: [a, !If [Maybe, !Ref AWS::NoValue, b]]", SECTIONS).subnets
    assert isinstance(value, Sequence)
    run = value.members[1]
    assert isinstance(run, Run)
    assert (run.least, run.most, run.each) == (0, 1, Known("b"))
    assert [condition.symbol for condition in run.when] == ['!(Open == "x")']


def test_flags(tmp_path: Path) -> None:
    """A flag may be a bool or a text, of a parameter too."""
    for written, flag in (("true", True), ('"true"', True), ("'False'", False), ("!Ref AWS::NoValue", False)):
        assert endpoint(tmp_path, f"PrivateDnsEnabled: {written}", SECTIONS).private_dns == Known(flag)
    parameters = "Parameters: {On: {Type: String, AllowedValues: ['true', 'false']}}\n"
    value = endpoint(tmp_path, "PrivateDnsEnabled: !Ref On", parameters).private_dns
    assert value.symbol == '(On == "true")'


def test_policy_keeps_its_places(tmp_path: Path) -> None:
    """A document as an object is JSON text whose parts stand where they are written."""
    policy = endpoint(tmp_path, "PolicyDocument: {Statement: [{Effect: Allow}]}", SECTIONS).policy
    assert isinstance(policy, Json)
    assert policy.text == Known('{"Statement": [{"Effect": "Allow"}]}')
    statements = policy.document.entries["Statement"]  # type: ignore[attr-defined]
    assert statements.members[0].entries["Effect"].span.text == "Allow"


@pytest.mark.parametrize(
    ("written", "is_read"),
    [
        ("""!Sub '{"Resource": "arn:${AWS::Partition}:s3:::x"}'""", True),
        ("""!Sub '{"Resource": "${Vpc}"}'""", True),
        ("""!Sub '{"Resource": "${Open}"}'""", False),
        ("""!Sub '{"Resource": ${AWS::Region}}'""", False),
        ("""!Sub '{"${AWS::Region}": 1}'""", False),
        ("""!Sub '{"Resource": "${AWS::Region}"'""", False),
    ],
)
def test_policy_text_with_holes(tmp_path: Path, written: str, is_read: bool) -> None:  # noqa: FBT001
    """A JSON text is read around holes that can't change its structure, and no others."""
    policy = endpoint(tmp_path, f"PolicyDocument: {written}", SECTIONS).policy
    assert isinstance(policy, Json) is is_read


def test_principals_of_companions(tmp_path: Path) -> None:
    """Permissions bring each of their members, one on a condition as such, an open list as any number."""
    text = (
        SECTIONS
        + """\
  Service: {Type: "AWS::EC2::VPCEndpointService", Properties: {AcceptanceRequired: "true"}}
  Elsewhere: {Type: "AWS::EC2::VPCEndpointService"}
  P1:
    Type: AWS::EC2::VPCEndpointServicePermissions
    Properties: {ServiceId: !Ref Service, AllowedPrincipals: [a, !If [Maybe, b, !Ref AWS::NoValue]]}
  P2:
    Type: AWS::EC2::VPCEndpointServicePermissions
    Condition: Maybe
    Properties: {ServiceId: !GetAtt Service.ServiceId, AllowedPrincipals: !Ref OpenList}
"""
    )
    found = resources(read_template(tmp_path, text), EndpointService)
    assert found["Service"].acceptance_required == Known(value=True)
    assert found["Elsewhere"].principals == Sequence(())
    assert found["Elsewhere"].acceptance_required.is_(False).is_unknown
    principals = found["Service"].principals
    assert isinstance(principals, Sequence)
    first, second, third = principals.members
    assert first == Known("a")
    assert isinstance(second, Run)
    assert isinstance(third, Run)
    assert ([condition.symbol for condition in second.when], second.most) == (['(Open == "x")'], 1)
    assert ([condition.symbol for condition in third.when], third.most) == (['(Open == "x")'], None)


def test_properties_assume_that_the_resource_exists(tmp_path: Path) -> None:
    """Under a resource's own condition, choices on it are made."""
    text = (
        SECTIONS
        + """\
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Condition: Maybe
    Properties: {VpcEndpointType: Interface, VpcId: v, ServiceName: !If [Maybe, a, b]}
"""
    )
    assert resources(read_template(tmp_path, text), InterfaceEndpoint)["Endpoint"].service == Known("a")


def test_loops(tmp_path: Path) -> None:
    """A loop makes a resource of each member, its identifier filled in everywhere."""
    text = """\
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Outer:
    - Zone
    - [a, b-1]
    - Fn::ForEach::Inner:
        - Kind
        - !Split [",", "X,Y"]
        - Subnet&{Zone}${Kind}:
            Type: AWS::EC2::Subnet
            Properties: {VpcId: "${Kind}", AvailabilityZone: !Sub "eu-${Zone}", AvailabilityZoneId: !Ref Kind}
  Endpoint: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcId: v, ServiceName: s}}
"""
    found = resources(read_template(tmp_path, text), Subnet)
    assert {name: (str(each.vpc), str(each.zone), str(each.zone_id)) for name, each in found.items()} == {
        "SubnetaX": ("X", "eu-a", "X"),
        "SubnetaY": ("Y", "eu-a", "Y"),
        "Subnetb1X": ("X", "eu-b-1", "X"),
        "Subnetb1Y": ("Y", "eu-b-1", "Y"),
    }


def test_cycles_end(tmp_path: Path) -> None:
    """Conditions and attributes that need themselves are invalid, and nothing hangs."""
    sections = """\
Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}
Resources:
  X: {Type: "AWS::EC2::Subnet", Properties: {VpcId: v, AvailabilityZone: !GetAtt Y.AvailabilityZone}}
  Y: {Type: "AWS::EC2::Subnet", Properties: {VpcId: v, AvailabilityZone: !GetAtt X.AvailabilityZone}}
"""
    for expression in ("!If [A, a, b]", "!GetAtt X.AvailabilityZone"):
        value = value_of(tmp_path, expression, sections)
        assert isinstance(value, Unknown)
        assert value.invalid


def test_conditions_that_grow_without_bound(tmp_path: Path) -> None:
    """Conditions that double with each name are not looked into, and say so."""
    lines = ["  C0: !Equals [!Ref P, a]"]
    lines += [
        f"  C{n}: !And [!Condition C{n - 1}, !Or [!Condition C{n - 1}, !Equals [!Ref P, t{n}]]]" for n in range(1, 60)
    ]
    sections = "Parameters: {P: {Type: String}}\nConditions:\n" + "\n".join(lines) + "\n"
    text = (
        sections
        + "Resources:\n  E: {Type: 'AWS::EC2::VPCEndpoint', Condition: C59, Properties: {VpcId: v, ServiceName: s}}\n"
    )
    [only] = resources(read_template(tmp_path, text), GatewayEndpoint).values()
    assert any("limit reached" in reason.words for reason in only.when[0].reasons)


def test_holes_without_end_take_no_longer() -> None:
    """A text of nothing but beginnings of holes is read in one go."""
    started = time.process_time()
    assert list(sub_parts("${" * 500_000)) == [("text", "${" * 500_000)]
    assert list(sub_parts("a${b}${!c}${d")) == [
        ("text", "a"),
        ("name", "b"),
        ("text", ""),
        ("text", "${c}"),
        ("text", "${d"),
    ]
    assert time.process_time() - started < 5


@pytest.mark.parametrize("mark", ["\ue0000\ue001", "\ue0009\ue001", r"\ue0000\ue001", r"\uE0009\ue001"])
def test_templates_cannot_write_a_hole(tmp_path: Path, mark: str) -> None:
    """What marks holes inside of here means nothing in a template: the text is not decoded."""
    policy = f"""!Sub '{{"Statement": [{{"Action": "{mark}", "Resource": "${{AWS::Region}}"}}]}}'"""
    written = endpoint(tmp_path, f"ServiceName: x, PolicyDocument: {policy}").policy
    assert not isinstance(written, Json)
    assert not isinstance(written, Mapping)


def test_blanks_around_commas() -> None:
    """The blanks around the commas of a list with holes are no part of its members, however many there are."""
    started = time.process_time()
    assert _bare("a ,\t b" + " " * 300_000 + "c , ") == "a,b" + " " * 300_000 + "c,"
    assert [_bare(each) for each in ("", " a ", ",", " , a , ")] == ["", " a ", ",", ",a,"]
    assert time.process_time() - started < 5
