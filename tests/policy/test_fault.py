"""What is wrong with a policy: each mistake is found where it is, and nothing is called one that isn't."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vpce_lint.policy.fault import faults_of
from vpce_lint.readers.terraform.data import from_data
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Mapping, Run, Sequence, Unknown

PATHS = "aws:PrincipalOrgPaths"
GOOD: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def kinds(*statements: Any, gateway: bool = False, **top: Any) -> list[str]:
    """The kinds of the faults of a policy with these statements."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements), **top})
    return [fault.kind for fault in faults_of(Known(text), gateway=gateway)[0]]


def without(name: str) -> dict[str, Any]:
    """A good statement that lacks an element."""
    return {key: value for key, value in GOOD.items() if key != name}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"Effect": "allow"}, "effect"),
        ({"Effect": 1}, "effect"),
        ({"NotAction": "s3:PutObject"}, "two-actions"),
        ({"Action": "GetObject"}, "no-such-action"),
        ({"Actions": "s3:*"}, "unknown-element"),
        ({"Principal": {"Aws": "*"}}, "unknown-principal-type"),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:role/a*"}}, "principal-wildcard"),
        ({"Principal": {"AWS": "arn:aws:iam:111122223333:root"}}, "principal-arn"),
        ({"Condition": {"StringEqual": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}, "unknown-operator"),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrg": "o-a1b2c3d4e5"}}}, "unknown-key"),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, "source-ip"),
        ({"Condition": {"ForAllValues:StringLike": {PATHS: "o-a1b2c3d4e5/*"}}}, "for-all-values"),
        ({"Condition": {"StringLike": {PATHS: "o-a1b2c3d4e5/*"}}}, "set-operator"),
        ({"Condition": {"StringLike": {"aws:PrincipalAccount": "1111*"}}}, "wildcard-in-id"),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-*"}}}, "literal-wildcard"),
        ({"Condition": {"NumericEquals": {"aws:PrincipalAccount": "111122223333"}}}, "numeric-id"),
        (
            {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1", "aws:principalorgid": "o-b2"}}},
            "duplicate-key",
        ),
    ],
)
def test_mistake_is_found(change: dict[str, Any], kind: str) -> None:
    """One mistake in an otherwise good statement is one answer."""
    assert kinds(GOOD | change) == [kind]


@pytest.mark.parametrize(
    ("name", "kind"), [("Effect", "effect"), ("Principal", "no-principal"), ("Resource", "no-resource")]
)
def test_element_that_lacks_is_found(name: str, kind: str) -> None:
    """Every statement needs these elements."""
    assert kinds(without(name)) == [kind]


@pytest.mark.parametrize(
    "statement",
    [
        GOOD,
        GOOD | {"Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:role/app"]}},
        without("Principal") | {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}},
        GOOD | {"Condition": {"ForAnyValue:StringLike": {PATHS: "o-a1b2c3d4e5/*"}}},
        GOOD | {"Condition": {"ForAllValues:StringLike": {PATHS: "o-a1/*"}, "Null": {PATHS: "false"}}},
        GOOD | {"Condition": {"ForAllValues:StringLike": {PATHS: "o-a1/*"}, "Null": {PATHS: False}}},
        GOOD | {"Effect": "Deny", "Condition": {"ForAllValues:StringNotLike": {PATHS: "o-a1b2c3d4e5/*"}}},
        GOOD | {"Condition": {"stringequals": {"AWS:principalorgid": "o-a1b2c3d4e5"}}},
        GOOD | {"Condition": {"StringEquals": {"s3:x-amz-acl": "private"}, "Null": {"aws:SourceIp": "true"}}},
        GOOD | {"Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app-*"}}},
        GOOD | {"Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}},
        GOOD | {"Action": ["*"]},
    ],
)
def test_good_statement_has_no_mistake(statement: dict[str, Any]) -> None:
    """What AWS takes and does as it says is no mistake."""
    assert kinds(statement) == []


def test_account_principal_is_a_mistake_on_gateway_endpoints_only() -> None:
    """There an account is its root user; a role is itself."""
    account = GOOD | {"Principal": {"AWS": "111122223333"}}
    assert kinds(account) == []
    assert kinds(account, gateway=True) == ["gateway-account-principal"]
    assert kinds(GOOD | {"Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}}, gateway=True) == []


def test_variables_need_the_new_version() -> None:
    """In a policy of the old version, or of none, a variable is plain text."""
    owner = GOOD | {"Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}
    assert kinds(owner) == []
    assert kinds(owner, Version="2008-10-17") == ["variables"]


@pytest.mark.parametrize(("size", "expected"), [(20_480, []), (20_481, ["too-long"])])
def test_length_is_counted_in_characters(size: int, expected: list[str]) -> None:
    """AWS takes 20,480 characters, of whatever width, and not one more."""
    text = json.dumps({"Statement": [GOOD], "Id": "é"}, ensure_ascii=False)
    assert [fault.kind for fault in faults_of(Known(text + " " * (size - len(text))))[0]] == expected


@pytest.mark.parametrize("text", ["{", "[]", "1", '{"Version": "2012-10-17"}', '{"Statement": [null]}'])
def test_what_is_no_policy_is_one_mistake(text: str) -> None:
    """A text that is no policy document has that mistake and no other."""
    assert [fault.kind for fault in faults_of(Known(text))[0]] == ["not-json"]


def test_mistake_of_one_case_only_is_open() -> None:
    """Where a condition decides which of two policies it is, only what both have is certain."""
    why = (Reason("var.flag has no default"),)
    good, bad = (Known(json.dumps({"Statement": each})) for each in (GOOD, without("Principal")))
    flag = Unknown("var.flag", why)
    assert faults_of(Choice(flag, good, bad)) == ((), why)
    assert [fault.kind for fault in faults_of(Choice(flag, bad, bad))[0]] == ["no-principal"]


@pytest.mark.parametrize(("effect", "is_open"), [("Allow", False), ("allow", True)])
def test_mistake_in_a_statement_that_may_not_be_there_is_open(effect: str, *, is_open: bool) -> None:
    """It is no mistake for certain, and the policy isn't free of mistakes either; one without mistakes changes nothing."""
    why = (Reason("var.readers has no default"),)
    statement = from_data({**GOOD, "Effect": effect})
    policy = Mapping({"Statement": Sequence((from_data(GOOD), Run("var.readers", statement, why=why)))})
    assert faults_of(policy) == ((), why if is_open else ())
