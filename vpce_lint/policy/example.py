"""Requests that read well: actions by which data leaves, and resources of an account that nobody knows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vpce_lint.policy.glob import Glob

OUTSIDER = "999999999999"
"""The account of the outsider in an example of a request."""

FRESH_ORG = "o-outsider00"

_ACTIONS = {
    "s3": ("PutObject", "GetObject", "ListBucket"),
    "dynamodb": ("PutItem", "GetItem"),
    "sqs": ("SendMessage", "ReceiveMessage"),
    "sns": ("Publish",),
    "sts": ("AssumeRole",),
    "kms": ("Encrypt", "Decrypt"),
    "logs": ("PutLogEvents",),
    "secretsmanager": ("PutSecretValue", "GetSecretValue"),
    "ssm": ("PutParameter", "GetParameter"),
    "ecr": ("PutImage", "BatchGetImage"),
    "lambda": ("InvokeFunction",),
    "execute-api": ("Invoke",),
    "kinesis": ("PutRecord",),
    "events": ("PutEvents",),
    "ec2": ("CreateSnapshot", "RunInstances"),
}

_RESOURCES = {
    "s3": ("arn:aws:s3:us-east-1:{}:accesspoint/outsider", "access point"),
    "dynamodb": ("arn:aws:dynamodb:us-east-1:{}:table/outsider", "table"),
    "sqs": ("arn:aws:sqs:us-east-1:{}:outsider", "queue"),
    "sns": ("arn:aws:sns:us-east-1:{}:outsider", "topic"),
    "ecr": ("arn:aws:ecr:us-east-1:{}:repository/outsider", "repository"),
    "sts": ("arn:aws:iam::{}:role/outsider", "role"),
    "kms": ("arn:aws:kms:us-east-1:{}:key/outsider", "key"),
    "logs": ("arn:aws:logs:us-east-1:{}:log-group:outsider", "log group"),
    "secretsmanager": ("arn:aws:secretsmanager:us-east-1:{}:secret:outsider", "secret"),
    "ssm": ("arn:aws:ssm:us-east-1:{}:parameter/outsider", "parameter"),
    "lambda": ("arn:aws:lambda:us-east-1:{}:function:outsider", "function"),
    "execute-api": ("arn:aws:execute-api:us-east-1:{}:outsider/prod/GET/", "API"),
    "kinesis": ("arn:aws:kinesis:us-east-1:{}:stream/outsider", "stream"),
    "events": ("arn:aws:events:us-east-1:{}:event-bus/outsider", "event bus"),
}

_SPELT = {f"{service}:{name}".lower(): f"{service}:{name}" for service, names in _ACTIONS.items() for name in names}


@cache
def example_actions(service: str | None) -> tuple[str, ...]:
    """Actions in lower case, those of the service with this IAM prefix first."""
    own = [action for action in _SPELT if action.startswith(f"{service}:")]
    if service and not own:
        own = [f"{service}:anything"]
    return tuple(dict.fromkeys([*own, *_SPELT]))


@cache
def example_resource(service: str, account: str) -> str:
    """The ARN of a resource of an account, of the service with this IAM prefix."""
    if service not in _RESOURCES:  # whatever a policy says before a colon: it may hold braces
        return f"arn:aws:{service or 'sqs'}:us-east-1:{account}:outsider"
    return _RESOURCES[service][0].format(account)


def spelt(action: str) -> str:
    """An action as AWS spells it; empty for one that is no example."""
    return _SPELT.get(action, "")


def noun(resource: str) -> str:
    """What an example of a resource is: a queue, a table; empty for one that is no example."""
    if resource in {"arn:aws:s3:::outsider", "arn:aws:s3:::outsider/object"}:
        return "bucket"
    words = (word for shape, word in _RESOURCES.values() if _is_of(resource, shape))
    return next(words, "resource" if resource.endswith(":outsider") else "")


def _is_of(resource: str, shape: str) -> bool:
    before, _, after = shape.partition("{}")
    return resource.startswith(before) and resource.endswith(after)


def filled(glob: Glob) -> tuple[str, ...]:
    """Texts for the wildcards of a pattern that read well; some may not be of the pattern."""
    source = glob.source
    if glob.literal is not None or not source:
        return ()
    plain = source.replace("*", "outsider").replace("?", "0")
    parts = source.split(":", 5)
    if len(parts) == 6:
        shape = ["arn", "aws", "sqs", "us-east-1", OUTSIDER, "outsider"]
        row = [new if part == "*" else part for part, new in zip(parts, shape, strict=True)]
        return ":".join(row).replace("*", "outsider").replace("?", "0"), plain
    digits = source.replace("*", "").replace("?", "9")
    account = (digits + OUTSIDER)[: len(OUTSIDER)] if digits.isdigit() else OUTSIDER
    name = source.replace("*", "x").replace("?", "0").rpartition("/")[2]
    return plain, f"arn:aws:iam::{OUTSIDER}:role/{name}", f"arn:aws:iam::{account}:role/outsider"
