"""Functions of the Serverless Application Model, as functions of the model with the roles that SAM makes for them.

Source: AWS SAM Developer Guide, "AWS::Serverless::Function", "Globals section", "AWS SAM policy templates" and
"AWS::Serverless::Connector".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from vpce_lint.permission import Role, RolePolicy
from vpce_lint.readers.aws_cloudformation_permissions import document
from vpce_lint.readers.aws_cloudformation_workloads import own_name
from vpce_lint.readers.aws_serverless_policies import ACTIONS, MANAGED
from vpce_lint.readers.cloudformation.evaluator import FUNCTIONS, Scope, evaluate
from vpce_lint.readers.cloudformation.intrinsics import items_of
from vpce_lint.readers.cloudformation.node import Fields
from vpce_lint.readers.cloudformation.property import joined, maps_in, part
from vpce_lint.readers.default_value import or_default
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Mapping, Reference, Run, Sequence, Text, Unknown, Value
from vpce_lint.workload import FunctionEvents, LambdaFunction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.model import Resource
    from vpce_lint.readers.cloudformation.node import Node
    from vpce_lint.readers.cloudformation.stack import Declared
    from vpce_lint.readers.joining import Completions
    from vpce_lint.source import Span

_SOURCES = ("Queue", "Stream", "Broker")
"""The properties of events by which Lambda polls a source."""


def _function(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A function, the role that SAM makes for it if it is given none, and what Lambda does for it."""
    given_role = _given(declared, "Role")
    made = Reference(
        f"{declared.address}Role.Arn",
        (),
        address=f"{declared.address}Role",
        attribute="arn",
        resource_type="AWS::IAM::Role",
    )
    if not given_role.is_null.is_false:
        yield _role(declared, common)
    subnets = _subnets(declared)
    if subnets is not None:
        yield LambdaFunction(
            name=own_name(declared, "FunctionName"),
            subnets=items_of(subnets),
            role=or_default(given_role, made),
            dead_letters=part(_given(declared, "DeadLetterQueue"), "TargetArn"),
            **common,
        )
    yield from _events(declared, common)


def _global(declared: Declared, name: str) -> Node | None:
    """A property that the template gives to all its functions."""
    functions = declared.stack.template.section("Globals").fields("Function")
    return functions.get(name) if functions is not None else None


def _given(declared: Declared, name: str) -> Value:
    """A property of a function, else that of all functions."""
    own = declared.given(name)
    shared = _global(declared, name)
    if shared is None or declared.property_node(name) is not None:
        return own
    return evaluate(shared, Scope(declared.stack)).at(shared.span)


def _subnets(declared: Declared) -> Value | None:
    """The subnets of a function and those of all functions, as SAM merges them; ``None`` without a VPC."""
    network = _given(declared, "VpcConfig")
    if network.is_null.is_true:
        return None
    own, shared = declared.property_node("VpcConfig"), _global(declared, "VpcConfig")
    if _is_plain(own) and _is_plain(shared):  # a function in their place isn't merged
        return joined(part(evaluate(shared, Scope(declared.stack)), "SubnetIds"), part(network, "SubnetIds"))
    return part(network, "SubnetIds")


def _is_plain(node: Node | None) -> TypeGuard[Fields]:
    return isinstance(node, Fields) and not (len(node.entries) == 1 and next(iter(node.entries)) in FUNCTIONS)


def _role(declared: Declared, common: dict[str, Any]) -> Role:
    documents: list[Value] = []
    managed: list[Value] = []
    for policy, when, several in maps_in(_given(declared, "Policies")):
        is_managed, meant = _policy(policy, declared.span)
        listed = managed if is_managed else documents
        conditional = Run(meant.symbol, meant, 0, None if several else 1, when=when, span=meant.span)
        listed.append(conditional if when or several else meant)
    address = f"{declared.address}Role"
    return Role(
        name=Unknown(address, (Reason(f"the name of {address} is known after deployment", declared.span),)),
        documents=Sequence(tuple(documents)),
        managed=Sequence(tuple(managed)),
        boundary=_given(declared, "PermissionsBoundary"),
        **{**common, "address": address},
    )


def _policy(policy: Value, span: Span) -> tuple[bool, Value]:
    """Whether an entry of ``Policies`` is a managed policy, and its ARN; else the document that it is."""
    if isinstance(policy, Mapping):
        templates = [name for name in policy.entries if name in ACTIONS]
        if templates:
            return False, _document(ACTIONS[templates[0]], policy.span or span)
        if "Statement" in policy.entries:
            return False, policy
        why = (Reason(f"what {', '.join(policy.entries) or 'a policy'} allows isn't known here", policy.span or span),)
        return False, Unknown(f"document of {policy.symbol}", why, span=policy.span)
    if isinstance(policy, Known) and isinstance(policy.value, str) and not policy.value.startswith("arn:"):
        written = policy.value.strip()
        if written.startswith("{"):
            return False, document(policy)
        path = MANAGED.get(written, written)
        return True, Known(f"arn:aws:iam::aws:policy/{path}", span=policy.span)
    if isinstance(policy, Text) and policy.prefix.lstrip().startswith("{"):
        return False, document(policy)
    return True, policy


def _document(actions: str, span: Span) -> Value:
    """A document that allows some actions."""
    listed = Sequence(tuple(Known(action, span=span) for action in actions.split()), "list", span=span)
    statement = Mapping({"Effect": Known("Allow"), "Action": listed, "Resource": Known("*")}, span=span)
    return Mapping({"Statement": Sequence((statement,), "list", span=span)}, span=span)


def _events(declared: Declared, common: dict[str, Any]) -> Iterable[Resource]:
    function = Reference(
        f"{declared.address}.id", (), address=declared.address, attribute="id", resource_type=declared.type
    )
    events = declared.given("Events")
    entries = events.entries.values() if isinstance(events, Mapping) else ()
    for event in entries:
        for name in _SOURCES:
            source = part(event, "Properties", name)
            if not source.is_null.is_true:
                yield FunctionEvents(function=function, source=source, **common)
    if not part(_given(declared, "EventInvokeConfig"), "DestinationConfig").is_null.is_true:
        yield FunctionEvents(function=function, delivers=True, **common)
    connectors = declared.node.fields("Connectors")
    for name, entry in connectors.entries.items() if connectors is not None else ():
        yield _grant(f"{declared.address}.{name}", f"{declared.address}Role", entry.key, common)


def _connector(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """What lets one resource call another, by a policy of the first one's role."""
    source = declared.property_node("Source")
    name = source.text("Id") if isinstance(source, Fields) else None
    if name is not None:
        yield _grant(declared.address, f"{declared.stack.prefix}{name}Role", declared.span, common)


def _grant(connector: str, role: str, span: Span, common: dict[str, Any]) -> RolePolicy:
    why = (Reason(f"what the connector {connector} allows isn't worked out", span),)
    roles = Reference(f"{role}.id", (), address=role, attribute="id", resource_type="AWS::IAM::Role")
    allowed = Unknown(f"document of {connector}", why, span=span)
    return RolePolicy(roles=Sequence((roles,)), document=allowed, **{**common, "address": connector, "span": span})


SERVERLESS: dict[str, Callable[[Declared, dict[str, Any], Completions], Iterable[Resource]]] = {
    "AWS::Serverless::Function": _function,
    "AWS::Serverless::Connector": _connector,
}
