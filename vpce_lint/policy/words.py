"""A request that a policy lets through, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.policy.condition_key import (
    ALWAYS_THERE,
    GLOBAL_KEYS,
    PRINCIPAL_ARN,
    PRINCIPAL_ORG,
    PRINCIPAL_ORG_PATHS,
    RESOURCE_ACCOUNT,
    normal,
)
from vpce_lint.policy.decision import Level
from vpce_lint.policy.example import OUTSIDER, example_resource, noun, spelt
from vpce_lint.policy.request import evaluate
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from vpce_lint.policy.judgement import Judgement
    from vpce_lint.policy.request import Request
    from vpce_lint.policy.search import Found
    from vpce_lint.policy.statement import Statement

_BUCKET = regex(r"arn:[^:]+:s3:::([^/]+)(/.*)?")
_SPELLING = {key.lower(): key for key in GLOBAL_KEYS}
_TOLD = ("aws:principal", "aws:resource", "aws:userid")
MOST_KEYS = 2
"""So many further conditions of a request are spelt out."""


def sentence(judgement: Judgement) -> str:
    """Who may do what, and which statement allows it; empty where there is no request to show."""
    found = judgement.witness
    if found is None:
        return ""
    request = _fitting(found)
    denies = sum(each.effect == "Deny" for each in found.policy)
    clause = {0: "", 1: ", the Deny does not apply"}.get(denies, ", no Deny applies")
    action = _action(found, open_=judgement.most is Level.OPEN)
    text = f"{_caller(found)} may call {action} on {_resource(request)}{_keys(found)}: "
    text += f"{_statement(found.by)} allows it{clause}"
    for stand_in, symbol in sorted(judgement.stand_ins, key=lambda each: -len(each[0])):
        text = text.replace(stand_in, symbol)
    return text


def _fitting(found: Found) -> Request:
    """The request with a resource of the action's service, where the policy lets that through too."""
    request = found.request
    service = request.action.partition(":")[0]
    if service == "s3" or noun(request.resource) != "bucket" or request.value(RESOURCE_ACCOUNT) not in {None, OUTSIDER}:
        return request
    other = replace(request, resource=example_resource(service, OUTSIDER))
    return other if evaluate(found.policy, other).allowed else request


def _statement(statement: Statement) -> str:
    return f"statement {statement.number}" + (f" ({statement.sid})" if statement.sid else "")


def _caller(found: Found) -> str:
    request = found.request
    if request.caller == "anonymous":
        return "anyone, without credentials,"
    if request.caller == "federated":
        return "anyone with a token of an identity provider of their own"
    if request.caller == "service":
        return "an AWS service"
    arn = request.value(PRINCIPAL_ARN) or ""
    if not arn.endswith(f"{OUTSIDER}:role/outsider"):
        return f"a caller such as {arn}"
    if request.value(PRINCIPAL_ORG):
        return "any AWS account of an organization"
    by_org = any(
        normal(each.key) in {PRINCIPAL_ORG, PRINCIPAL_ORG_PATHS} for one in found.policy for each in one.conditions
    )
    return "any AWS account outside an organization" if by_org else "any AWS account"


def _action(found: Found, *, open_: bool) -> str:
    action = found.request.action
    written = [value for value in found.by.actions.values if value.lower() == action]
    if written and not found.by.actions.negated:
        return written[0]
    return spelt(action) or ("any action" if open_ else action)


def _resource(request: Request) -> str:
    word = noun(request.resource)
    if word:
        return f"any {word}" + ("" if word == "bucket" else " of any account")
    bucket = _BUCKET.fullmatch(request.resource)
    return f"a bucket such as {bucket[1]}" if bucket else f"a resource such as {request.resource}"


def _keys(found: Found) -> str:
    """The further keys that the caller sets so that the policy lets it through."""
    spelling = {each.key.lower(): each.key for one in found.policy for each in one.conditions}
    extra = [
        f"{spelling.get(key) or _SPELLING.get(key, key)} = {', '.join(values)}"
        for key, values in found.request.keys.items()
        if key not in ALWAYS_THERE and ("tag/" in key or not key.startswith(_TOLD)) and key in spelling
    ]
    more = " and more" if len(extra) > MOST_KEYS else ""
    return f" with {' and '.join(extra[:MOST_KEYS])}{more}" if extra else ""
