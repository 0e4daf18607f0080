"""Endpoint policies: whether one is what AWS attaches by itself, which lets everything through.

The default is one statement that allows every action on every resource to every principal (AWS
PrivateLink Guide, "Default endpoint policy").
"""

from __future__ import annotations

import json
from typing import Any

from vpce_lint.truth import FALSE, TRUE, Reason, Truth, every, some, truth, unknown
from vpce_lint.value import Choice, Json, Known, Mapping, Sequence, Value, either

LONGEST_POLICY = 20_480
"""AWS takes no longer endpoint policy, counted in characters (AWS PrivateLink Guide, "Quotas")."""

DEEPEST_POLICY = 32
"""No policy nests so deep: a condition's values are the sixth level."""

_STATEMENT_FIELDS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


def is_missing(policy: Value) -> Truth:
    """Whether no policy is given, so that AWS attaches its default; an empty text counts as none."""
    return policy.is_null | policy.is_("")


def is_default(policy: Value) -> Truth:
    """Whether a policy, given as JSON text, is plainly the default, however it is spelt."""
    if isinstance(policy, Choice):
        return either(policy, is_default)
    if isinstance(policy, Json):
        return _allows_everything(policy.document)
    if isinstance(policy, Known):
        document = _parse(policy.value) if isinstance(policy.value, str) else None
        return _allows_everything(document) if document is not None else FALSE
    return unknown(*policy.reasons)


def is_unrestricted(policy: Value) -> Truth:
    """Whether a policy lets everything through: none is given, or plainly the default; else not decided yet."""
    if isinstance(policy, Choice):
        return either(policy, is_unrestricted)
    everything = is_missing(policy) | is_default(policy)
    return (
        everything
        if not everything.is_false
        else unknown(Reason("what the policy allows is not judged yet", policy.span))
    )


def _parse(text: str) -> Value | None:
    """The document in a text; ``None`` for what AWS would not take as a policy."""
    if len(text) > LONGEST_POLICY:
        return None
    try:
        return _value(json.loads(text), DEEPEST_POLICY)
    except (ValueError, RecursionError):
        return None


def _value(node: Any, levels: int) -> Value:
    if not levels:
        msg = "nested too deep for a policy"
        raise ValueError(msg)
    if isinstance(node, dict):
        return Mapping({key: _value(value, levels - 1) for key, value in node.items()})
    if isinstance(node, list):
        return Sequence(tuple(_value(item, levels - 1) for item in node))
    return Known(str(node) if isinstance(node, float) else node)


def _allows_everything(document: Value) -> Truth:
    """Whether a statement allows everything and none takes anything away."""
    statements = _list(_field(document, "Statement"))
    if statements is None:
        return unknown(*document.reasons)
    allowing = every(_field(statement, "Effect").is_("Allow") for statement in statements)
    return allowing & some(_is_open(statement) for statement in statements)


def _is_open(statement: Value) -> Truth:
    if not isinstance(statement, Mapping):
        return unknown(*statement.reasons) if statement.reasons else FALSE
    if not statement.entries.keys() <= _STATEMENT_FIELDS:
        return FALSE
    unread = unknown(*statement.reasons) if statement.runs else TRUE
    principal = _field(statement, "Principal")
    if isinstance(principal, Mapping):
        principal = _field(principal, "AWS")
    wildcards = (principal, _field(statement, "Action"), _field(statement, "Resource"))
    return unread & every(_has_wildcard(value) for value in wildcards) & _is_unconditional(statement)


def _is_unconditional(statement: Mapping) -> Truth:
    condition = _field(statement, "Condition")
    if isinstance(condition, Mapping):
        return truth(value=condition.most == 0) if not condition.runs else unknown(*condition.reasons)
    return condition.is_null


def _has_wildcard(value: Value) -> Truth:
    """Whether a text, or one of a list, is ``*``; an action may say ``*:*`` too."""
    members = _list(value)
    if members is None:
        return unknown(*value.reasons)
    return some(member.is_("*") | member.is_("*:*") for member in members)


def _list(value: Value) -> tuple[Value, ...] | None:
    """The members of a list, or one value as a list; ``None`` where the members can't be told."""
    if isinstance(value, Sequence):
        return value.members if value.is_exact else None
    return (value,)


def _field(value: Value, name: str) -> Value:
    """A field of an object; ``null`` where it isn't there, the object itself where that can't be told."""
    if not isinstance(value, Mapping):
        return value if value.reasons else Known(None)
    return value.entries.get(name, value if value.runs else Known(None))
