"""Policies that look otherwise than they are: each with what it lets through, and why."""

from __future__ import annotations

from typing import Any

import pytest
from policy_oracle import statements

from vpce_lint.policy.decision import decide

A, B, ORG = "210987654321", "345678901234", "o-trapcase01"
ARN = f"arn:aws:iam::{A}"


def _allow(condition: Any = None, **more: Any) -> dict[str, Any]:
    row = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **more}
    for name in ("Principal", "Action", "Resource"):
        if f"Not{name}" in more:
            del row[name]
    return row | ({"Condition": condition} if condition else {})


def _deny(condition: Any = None, **more: Any) -> dict[str, Any]:
    return {**_allow(condition, **more), "Effect": "Deny"}


def _org(operator: str, value: Any = ORG, key: str = "aws:PrincipalOrgID") -> dict[str, Any]:
    return {operator: {key: value}}


NOT_SERVICE = {"aws:PrincipalIsAWSService": "false"}
BUCKET = "arn:aws:s3:::trap-bucket"

OPEN, BROAD, TIGHT, DEAD = "OPEN", "BROAD", "RESTRICTIVE", "nothing"
# what is bounded, of callers, resources and actions: "c", "r", "a"
TRAPS: list[tuple[str, str, str, list[dict[str, Any]]]] = [
    ("the default policy", OPEN, "", [_allow()]),
    ("everyone in the form of a map", OPEN, "", [_allow(Principal={"AWS": "*"})]),
    ("all actions of one service", OPEN, "", [_allow(Action="sqs:*")]),
    ("a question mark and a star are all actions", OPEN, "", [_allow(Action="s3:?*")]),
    ("actions in capitals", BROAD, "a", [_allow(Action="S3:PUTOBJECT")]),
    ("one action of everyone on everything", BROAD, "a", [_allow(Action="s3:PutObject")]),
    ("all actions but one", OPEN, "", [_allow(NotAction="s3:PutObject")]),
    ("all resources but one", OPEN, "", [_allow(NotResource=BUCKET)]),
    ("all callers but one", OPEN, "", [_allow(NotPrincipal={"AWS": A})]),
    ("one action is denied", OPEN, "", [_allow(), _deny(Action="s3:PutObject")]),
    ("one bucket is denied", OPEN, "", [_allow(), _deny(Resource=[BUCKET, f"{BUCKET}/*"])]),
    ("one account is denied", OPEN, "", [_allow(), _deny(Principal={"AWS": A})]),
    ("one organisation is denied", OPEN, "", [_allow(), _deny(_org("StringEquals"))]),
    ("a narrow Allow beside an open one", OPEN, "", [_allow(_org("StringEquals")), _allow()]),
    ("an account id", TIGHT, "c", [_allow(Principal={"AWS": A})]),
    ("an account's root ARN", TIGHT, "c", [_allow(Principal={"AWS": f"{ARN}:root"})]),
    ("one organisation", TIGHT, "c", [_allow(_org("StringEquals"))]),
    ("credentials of an instance in the endpoint's VPC", TIGHT, "c",
     [_allow({"StringEquals": {"aws:Ec2InstanceSourceVpc": "${aws:SourceVpc}"}})]),
    ("credentials of an instance in a VPC that anyone may name so", OPEN, "",
     [_allow({"StringEquals": {"aws:ResourceTag/vpc": "${aws:SourceVpc}"}})]),
    ("IfExists: callers outside organisations", OPEN, "", [_allow(_org("StringEqualsIfExists"))]),
    ("ForAllValues: callers outside organisations", OPEN, "", [_allow(_org("ForAllValues:StringEquals"))]),
    ("ForAllValues and there", TIGHT, "c",
     [_allow(_org("ForAllValues:StringEquals") | {"Null": {"aws:PrincipalOrgID": "false"}})]),
    ("ForAnyValue on paths", TIGHT, "c",
     [_allow(_org("ForAnyValue:StringLike", f"{ORG}/*", "aws:PrincipalOrgPaths"))]),
    ("StringLike with only a star", OPEN, "", [_allow(_org("StringLike", "*"))]),
    ("every organisation begins with o-", OPEN, "", [_allow(_org("StringLike", "o-*"))]),
    ("a star among names", OPEN, "", [_allow(_org("StringLike", [ORG, "*"]))]),
    ("StringLike without a star", TIGHT, "c", [_allow(_org("StringLike"))]),
    ("StringEquals takes a star as it is", DEAD, "cra", [_allow(_org("StringEquals", "*"))]),
    ("in some organisation", OPEN, "", [_allow({"Null": {"aws:PrincipalOrgID": "false"}})]),
    ("in no organisation", OPEN, "", [_allow({"Null": {"aws:PrincipalOrgID": True}})]),
    ("not in one organisation", OPEN, "", [_allow(_org("StringNotEquals"))]),
    ("caller's account is the owner's", OPEN, "",
     [_allow({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}})]),
    ("caller's organisation is the owner's", OPEN, "",
     [_allow({"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}})]),
    ("both, and it is ours", TIGHT, "cr",
     [_allow({"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}", "aws:PrincipalOrgID": ORG}})]),
    ("the endpoint's own VPC", OPEN, "", [_allow({"StringEquals": {"aws:SourceVpc": "vpc-0123"}})]),
    ("the endpoint itself", OPEN, "", [_allow({"StringEquals": {"aws:sourceVpce": "vpce-0123"}})]),
    ("the endpoint's own organisation", OPEN, "", [_allow(_org("StringEquals", key="aws:VpceOrgID"))]),
    ("an address within the VPC", OPEN, "", [_allow({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}})]),
    ("a role of that name in any account", OPEN, "",
     [_allow({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/trap"}})]),
    ("the account id anywhere in the ARN", OPEN, "", [_allow({"StringLike": {"aws:PrincipalArn": f"*{A}*"}})]),
    ("roles of one account", TIGHT, "c", [_allow({"ArnLike": {"aws:PrincipalArn": f"{ARN}:role/*"}})]),
    ("the caller's tag", OPEN, "", [_allow({"StringEquals": {"aws:PrincipalTag/team": "trap"}})]),
    ("the resource's tag", OPEN, "", [_allow({"StringEquals": {"aws:ResourceTag/team": "trap"}})]),
    ("an object's tag", BROAD, "a",
     [_allow({"StringEquals": {"s3:ExistingObjectTag/a": "b"}}, Action="s3:GetObject")]),
    ("everything over TLS", OPEN, "", [_allow({"Bool": {"aws:SecureTransport": "true"}})]),
    ("all but what is in plain text", OPEN, "", [_allow(), _deny({"Bool": {"aws:SecureTransport": False}})]),
    ("no address of the caller on an endpoint", DEAD, "cra", [_allow({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})]),
    ("an absent address is not this one", OPEN, "", [_allow({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}})]),
    ("no account of a service's caller", DEAD, "cra",
     [_allow({"StringEquals": {"aws:SourceAccount": A}}, Principal={"AWS": A})]),
    ("others are denied", TIGHT, "c", [_allow(), _deny(_org("StringNotEquals"))]),
    ("others are denied, keys in capitals", TIGHT, "c",
     [_allow(), _deny(_org("StringNotEquals", key="AWS:PRINCIPALORGID"))]),
    ("others are denied, services are not", TIGHT, "c",
     [_allow(), _deny(_org("StringNotEqualsIfExists") | {"BoolIfExists": NOT_SERVICE})]),
    ("others are denied but where the key is absent", OPEN, "",
     [_allow(), _deny(_org("StringNotEqualsIfExists") | {"Bool": NOT_SERVICE})]),
    ("ForAnyValue in a Deny spares those without", OPEN, "", [_allow(), _deny(_org("ForAnyValue:StringNotEquals"))]),
    ("ForAllValues in a Deny doesn't", TIGHT, "c", [_allow(), _deny(_org("ForAllValues:StringNotEquals"))]),
    ("a role of any account is spared", OPEN, "",
     [_allow(), _deny(_org("StringNotEquals") | {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}})]),
    ("two perimeters, two Denies", TIGHT, "cr",
     [_allow(), _deny(_org("StringNotEquals")), _deny(_org("StringNotEquals", key="aws:ResourceOrgID"))]),
    ("two perimeters, one Deny: only both together", TIGHT, "",
     [_allow(), _deny({"StringNotEquals": {"aws:PrincipalOrgID": ORG, "aws:ResourceOrgID": ORG}})]),
    ("our callers anywhere, anyone at ours", TIGHT, "",
     [_allow(_org("StringEquals")), _allow(_org("StringEquals", key="aws:ResourceOrgID"))]),
    ("everyone but the account is denied", TIGHT, "c", [_allow(), _deny(NotPrincipal={"AWS": A})]),
    ("everyone but everyone is denied", OPEN, "", [_allow(), _deny(NotPrincipal="*")]),
    ("all but a bucket is denied", TIGHT, "r", [_allow(), _deny(NotResource=[BUCKET, f"{BUCKET}/*"])]),
    ("all but buckets of a prefix is denied", OPEN, "", [_allow(), _deny(NotResource="arn:aws:s3:::trap-*")]),
    ("all but two actions is denied", BROAD, "a", [_allow(), _deny(NotAction=["s3:GetObject", "s3:PutObject"])]),
    ("a bucket and its objects", TIGHT, "r", [_allow(Resource=[BUCKET, f"{BUCKET}/*"])]),
    ("anyone can have a bucket of that prefix", OPEN, "", [_allow(Resource="arn:aws:s3:::trap-*")]),
    ("queues of one account", TIGHT, "r", [_allow(Resource=f"arn:aws:sqs:*:{A}:*")]),
    ("queues of all accounts", OPEN, "", [_allow(Resource="arn:aws:sqs:us-east-1:*:trap")]),
    ("AWS's own policies", TIGHT, "r", [_allow(Resource="arn:aws:iam::aws:policy/*")]),
    ("images of any publisher", OPEN, "", [_allow(Resource="arn:aws:ec2:*::image/*")]),
    ("accounts with a prefix, among all digits", OPEN, "",
     [_allow({"StringLike": {"aws:PrincipalAccount": ["5*", A]}, "StringNotEquals": {"aws:PrincipalAccount": B}})]),
    ("a prefix of accounts and a variable", "unknown", "",
     [_allow({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"},
              "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::5*:role/x"}})]),
    ("an organisation where its path is meant", DEAD, "cra", [_allow(_org("StringEquals", f"{ORG}/r-ab"))]),
    ("services only", TIGHT, "cra", [_allow(Principal={"Service": "logs.amazonaws.com"})]),
    ("an unknown key bounds nothing", OPEN, "", [_allow({"StringEquals": {"aws:PrincipleOrgID": ORG}})]),
    ("an unknown operator bounds nothing", OPEN, "", [_allow({"StringIs": {"aws:PrincipalOrgID": ORG}})]),
    ("an unknown operator denies nothing", OPEN, "", [_allow(), _deny({"StringIsNot": {"aws:PrincipalOrgID": ORG}})]),
    ("only a Deny", DEAD, "cra", [_deny(Action="s3:PutObject")]),
    ("a Deny of all", DEAD, "cra", [_allow(), _deny()]),
    ("no statements", DEAD, "cra", []),
]  # fmt: skip


@pytest.mark.parametrize(("why", "level", "bounded", "rows"), TRAPS, ids=[each[0] for each in TRAPS])
def test_a_trap(why: str, level: str, bounded: str, rows: list[dict[str, Any]]) -> None:
    """What the policy lets through is what IAM makes of it, not what it seems to say."""
    decision = decide(statements({"Version": "2012-10-17", "Statement": rows}))
    if level == "unknown":
        assert decision.level is None
        return
    assert decision.level is not None
    assert decision.level.name == (TIGHT if level == DEAD else level), decision.witness
    assert decision.allows_nothing == (level == DEAD)
    flags = {"c": decision.principal_bounded, "r": decision.resource_bounded, "a": decision.action_bounded}
    assert {name for name, value in flags.items() if value} == set(bounded)


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_without_a_version_variables_are_text(version: str | None) -> None:
    """Before 2012-10-17, ``${...}`` is what it looks like, and no account has that for an id."""
    row = _allow({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}})
    assert decide(statements({"Version": version, "Statement": row})).allows_nothing


def test_an_account_of_a_gateway_endpoint_is_its_root_user() -> None:
    """A gateway endpoint takes an account for its root user, so a role of it isn't allowed."""
    given = statements(
        {
            "Version": "2012-10-17",
            "Statement": [_allow(Principal={"AWS": A}), _deny({"ArnLike": {"aws:PrincipalArn": f"{ARN}:root"}})],
        }
    )
    assert decide(given, gateway=True).allows_nothing
    assert not decide(given).allows_nothing
