"""Requests through an endpoint, and what a policy says to one: the concrete half of the decision.

A policy allows a request if an Allow statement matches it and no Deny statement does; a statement
matches if all its elements do (IAM User Guide, "Policy evaluation logic").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from vpce_lint.policy.condition_key import PRINCIPAL_ACCOUNT, PRINCIPAL_ARN, SERVICE_NAME, normal
from vpce_lint.policy.glob import Glob, arn, literal, wildcard
from vpce_lint.policy.operator import Addresses, Ordered, Patterns
from vpce_lint.policy.variable import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vpce_lint.policy.operator import Operator, Values
    from vpce_lint.policy.statement import Condition, Element, Named, Principals, Statement

CallerKind = Literal["iam", "anonymous", "federated", "service", "named"]


class Request(Struct, frozen=True, dict=True):
    """A request through the endpoint.

    ``caller`` says what kind of caller: an IAM principal, anonymous, one who asks STS for credentials
    with a token of an identity provider (and has no principal keys), an AWS service, or one that is
    named by an id (``named``: ``identity``). ``keys`` holds the condition keys by lower-case name; a
    key that isn't there is absent.
    """

    caller: CallerKind
    action: str
    resource: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identity: str = ""

    def value(self, key: str) -> str | None:
        """The single value of a key; ``None`` where it is absent."""
        values = self.keys.get(key)
        return values[0] if values else None


class Outcome(Struct, frozen=True):
    """What a policy says to a request, and by which statements."""

    allowed: bool
    by: Statement | None


def evaluate(statements: Iterable[Statement], request: Request, *, gateway: bool = False) -> Outcome:
    """Whether a request is allowed: ``by`` is the Allow that does, or the Deny that stops it."""
    allowing = None
    for statement in statements:
        if statement.effect == "Allow" and allowing is not None:
            continue
        if matches(statement, request, gateway=gateway):
            if statement.effect == "Deny":
                return Outcome(allowed=False, by=statement)
            allowing = statement
    return Outcome(allowed=allowing is not None, by=allowing)


def matches(statement: Statement, request: Request, *, gateway: bool = False) -> bool:
    """Whether a statement is about a request."""

    def lookup(key: str) -> Glob | None:
        value = request.value(key)
        return None if value is None else literal(value)

    variables = lookup if statement.variables else None
    return (
        _is_principal(statement.principals, request, gateway=gateway)
        and _is_action(statement.actions, request.action)
        and _is_resource(statement.resources, request.resource, variables)
        and all(_holds(each, request, variables, allow=statement.effect == "Allow") for each in statement.conditions)
    )


def _is_principal(principals: Principals, request: Request, *, gateway: bool) -> bool:
    return any(_is_named(each, request, gateway=gateway) for each in principals.named) != principals.negated


def _is_named(named: Named, request: Request, *, gateway: bool) -> bool:
    if named.is_everyone:
        return True
    if request.caller == "named":
        return named.id == request.identity
    if request.caller == "service":
        return named.type == "Service" and wildcard(named.id).matches(request.value(SERVICE_NAME) or "")
    if named.type != "AWS" or request.caller != "iam":
        return False
    if named.account is not None and not gateway:
        return request.value(PRINCIPAL_ACCOUNT) == named.account
    return principal_pattern(named).matches(request.value(PRINCIPAL_ARN) or "")


def principal_pattern(named: Named) -> Glob:
    """The ARNs that an entry of type AWS stands for; an account's is its root user's (gateway endpoints)."""
    if named.account is not None:
        return arn(f"arn:*:iam::{named.account}:root")
    return arn(named.id)


def _is_action(actions: Element, action: str) -> bool:
    return any(wildcard(each.lower()).matches(action.lower()) for each in actions.values) != actions.negated


def _is_resource(resources: Element, resource: str, variables: Callable[[str], Glob | None] | None) -> bool:
    patterns = (pattern(each, "arn", variables) for each in resources.values)
    return any(each.matches(resource) for each in patterns if each is not None) != resources.negated


def _holds(
    condition: Condition, request: Request, variables: Callable[[str], Glob | None] | None, *, allow: bool
) -> bool:
    operator = condition.operator
    if operator is None or (not condition.values and operator.style != "null"):
        return allow
    given = request.keys.get(normal(condition.key))
    if operator.style == "null":
        wanted = {value.lower() for value in condition.values}
        return ("false" if given else "true") in wanted
    if not given:
        return operator.if_absent
    values = compared(operator, condition.values, variables)
    results = [values.accepts(each) == operator.positive for each in given]
    return all(results) if operator.every else any(results)


def compared(operator: Operator, texts: Iterable[str], variables: Callable[[str], Glob | None] | None) -> Values:
    """The values of a condition, ready to be compared."""
    if operator.style in {"number", "date"}:
        return Ordered(operator.style, operator.comparison, tuple(texts))
    if operator.style == "address":
        return Addresses(tuple(texts))
    if operator.style == "bool":
        return Patterns(tuple(literal(text.lower()) for text in texts))
    patterns = (pattern(text, operator.style, variables) for text in texts)
    return Patterns(tuple(each for each in patterns if each is not None))
