"""Policy documents out of nothing: elements, operators, keys and wildcards in every combination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fuzzing import evil

if TYPE_CHECKING:
    from random import Random

ACTIONS = ("*", "s3:*", "s3:Get*", "s3:GetObject", "sqs:SendMessage", "S3:getobject", "s3:?et*", "kms:*", "a:b", "**")
RESOURCES = (
    "*",
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::${aws:PrincipalAccount}-*",
    "arn:aws:s3:::${aws:username}/*",
    "arn:*:s3:::b?cket",
    "arn:aws:sqs:eu-west-1:111122223333:q",
    "arn:aws:iam::*:role/*",
    "${*}",
    "arn:aws:s3:::${$}",
)
PRINCIPALS: tuple[Any, ...] = (
    "*",
    {"AWS": "*"},
    {"AWS": ["111122223333", "arn:aws:iam::444455556666:root"]},
    {"AWS": "arn:aws:iam::111122223333:role/x"},
    {"Service": "s3.amazonaws.com"},
    {"Federated": "cognito-identity.amazonaws.com"},
    {"CanonicalUser": "79a59d"},
    {"AWS": [], "Service": "*"},
)
OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "ArnLike",
    "ArnNotEquals",
    "NumericLessThan",
    "NumericEquals",
    "DateGreaterThan",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
)
KEYS = (
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:ResourceOrgID",
    "aws:ResourceAccount",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceIp",
    "aws:VpcSourceIp",
    "aws:PrincipalIsAWSService",
    "aws:CalledVia",
    "aws:PrincipalTag/team",
    "aws:ResourceTag/team",
    "aws:RequestTag/a",
    "aws:TagKeys",
    "aws:CurrentTime",
    "aws:SecureTransport",
    "aws:userid",
    "aws:MultiFactorAuthAge",
    "s3:prefix",
    "AWS:principalorgid",
    "x:y",
)
VALUES: tuple[Any, ...] = (
    "o-a1b2c3d4e5",
    "o-a1b2c3d4e5/*",
    "111122223333",
    "1111*",
    "*",
    "?*",
    "true",
    "false",
    True,
    0,
    5,
    "5.5",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "::/0",
    "2026-01-01T00:00:00Z",
    "1767225600",
    "vpc-0a1b2c3d",
    "arn:aws:iam::111122223333:role/*",
    "${aws:PrincipalAccount}",
    "${aws:ResourceOrgID}",
    "${aws:PrincipalTag/team, 'x'}",
    "${aws:unknown}",
    "${",
    "",
    None,
    "YQ==",
)


def document(chance: Random) -> Any:
    """A document with up to five statements, mostly one that AWS would take."""
    statements: Any = [_statement(chance) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 5)))]
    if len(statements) == 1 and chance.random() < 0.3:
        statements = statements[0]
    made: dict[str, Any] = {"Version": chance.choice(("2012-10-17", "2012-10-17", "2008-10-17"))}
    if chance.random() < 0.1:
        made["Id"] = _odd(chance, "x")
    return {**made, "Statement": statements}


def _statement(chance: Random) -> Any:
    made: dict[str, Any] = {"Effect": _odd(chance, chance.choice(("Allow", "Allow", "Deny")))}
    if chance.random() < 0.3:
        made["Sid"] = chance.choice(("a", "b", "", "x y"))
    for name, words in (("Principal", PRINCIPALS), ("Action", ACTIONS), ("Resource", RESOURCES)):
        if chance.random() < 0.95:
            made[("Not" if chance.random() < 0.12 else "") + name] = _odd(chance, _some(chance, words))
    if chance.random() < 0.6:
        made["Condition"] = {_operator(chance): _block(chance) for _ in range(chance.randrange(1, 4))}
    return made


def _operator(chance: Random) -> str:
    prefix = chance.choice(("", "", "", "", "ForAllValues:", "ForAnyValue:"))
    return f"{prefix}{chance.choice(OPERATORS)}{chance.choice(('', '', '', 'IfExists'))}"


def _block(chance: Random) -> Any:
    return {chance.choice(KEYS): _odd(chance, _some(chance, VALUES)) for _ in range(chance.randrange(1, 3))}


def _some(chance: Random, words: tuple[Any, ...]) -> Any:
    several = [chance.choice(words) for _ in range(chance.choice((1, 1, 2, 3, 8)))]
    return several if len(several) > 1 or chance.random() < 0.3 else several[0]


def _odd(chance: Random, usual: Any) -> Any:
    return usual if chance.random() < 0.97 else chance.choice((*evil.STRUCTURES, *evil.WORDS[:30]))
