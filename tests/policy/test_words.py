"""Requests that a policy lets through, as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from vpce_lint.policy.holes import with_holes
from vpce_lint.policy.judgement import judge_policy
from vpce_lint.policy.words import sentence
from vpce_lint.readers.terraform.data import from_data

ORG = {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}


def said(*statements: dict[str, Any], service: str | None = None) -> str:
    """The sentence about a policy of these statements; Allow, everyone, everything where they don't say."""
    full = [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **each} for each in statements]
    policy = with_holes(from_data({"Version": "2012-10-17", "Statement": full}))
    return sentence(judge_policy(policy, service=service))


@pytest.mark.parametrize(
    ("statements", "service", "words"),
    [
        ([{}], None, "any AWS account may call s3:PutObject on any bucket: statement 1 allows it"),
        (
            [{}],
            "dynamodb",
            "any AWS account may call dynamodb:PutItem on any table of any account: statement 1 allows it",
        ),
        (
            [{}],
            "autoscaling",
            "any AWS account may call any action on any resource of any account: statement 1 allows it",
        ),
        (
            [{"Sid": "Perimeter", "Condition": {"StringEqualsIfExists": ORG}}],
            "s3",
            "any AWS account outside an organization may call s3:PutObject on any bucket: statement 1 (Perimeter) allows it",
        ),
        (
            [
                {},
                {
                    "Effect": "Deny",
                    "Condition": {"StringNotEquals": ORG, "Bool": {"aws:PrincipalIsAWSService": "false"}},
                },
            ],
            "s3",
            (
                "anyone, without credentials, may call s3:PutObject on any bucket: "
                "statement 1 allows it, the Deny does not apply"
            ),
        ),
        (
            [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-*/*"}],
            "s3",
            "any AWS account may call s3:GetObject on a bucket such as acme-outsider: statement 1 allows it",
        ),
        (
            [{"Condition": {"StringEquals": {"aws:PrincipalTag/team": "payments"}}}],
            "sqs",
            (
                "any AWS account may call sqs:SendMessage on any queue of any account "
                "with aws:PrincipalTag/team = payments: statement 1 allows it"
            ),
        ),
        (
            [{"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}}],
            "kms",
            (
                "a caller such as arn:aws:iam::999999999999:role/deploy may call kms:Encrypt on any key of any account: "
                "statement 1 allows it"
            ),
        ),
        ([{"Condition": {"StringEquals": ORG}}], "s3", ""),
    ],
)
def test_sentence_names_caller_action_resource_and_statement(
    statements: list[dict[str, Any]], service: str | None, words: str
) -> None:
    """Whoever reads the finding sees who could do what, in the service's own words, and which statement to change."""
    assert said(*statements, service=service) == words
