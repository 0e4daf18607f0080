"""The principals that an endpoint service allows: everyone, named ones, or nobody.

A principal is ``*`` or the ARN of an account, role or user (Amazon EC2 API Reference,
"ModifyVpcEndpointServicePermissions").
"""

from __future__ import annotations

from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, some, truth, unknown
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Text, Unknown, Value, either

_ACCOUNT = 4
"""The account's place among the parts of an ARN: ``arn:partition:iam::account:...``."""

_ASKED_OF_AWS = regex(
    r"(module\..+\.)?data\.aws_(caller_identity|organizations_\w+|iam_(role|user)s?)\..+|AWS::(AccountId|Partition)"
)
"""Attributes that AWS answers with the ids and ARNs of what exists, never with a wildcard."""


def is_everyone(principal: Value) -> Truth:
    """Whether a principal stands for every account: ``*``, or an ARN with a wildcard for its account."""
    if isinstance(principal, Choice):
        return either(principal, is_everyone)
    if isinstance(principal, Known):
        return truth(value=isinstance(principal.value, str) and _is_wildcard(principal.value))
    if isinstance(principal, Text):
        return _is_open_template(principal)
    return FALSE if _is_asked_of_aws(principal) else unknown(*principal.reasons)


def some_are_everyone(principals: Value) -> Truth:
    """Whether a list of principals holds one that stands for every account."""
    if isinstance(principals, Choice):
        return either(principals, some_are_everyone)
    if isinstance(principals, Sequence):
        return some(_member_is_everyone(member) for member in principals.members)
    return FALSE if isinstance(principals, Known) else unknown(*principals.reasons)


def are_named(principals: Value) -> Truth:
    """Whether a list of principals has any member."""
    if isinstance(principals, Choice):
        return either(principals, are_named)
    if isinstance(principals, Sequence):
        return some(_is_there(member) for member in principals.members)
    return FALSE if isinstance(principals, Known) else unknown(*principals.reasons)


def those_of_everyone(principals: Value) -> tuple[Value, ...]:
    """The members of a list that certainly stand for every account."""
    members = principals.members if isinstance(principals, Sequence) else ()
    return tuple(member for member in members if _member_is_everyone(member).is_true)


def _member_is_everyone(member: Value) -> Truth:
    return _is_there(member) & is_everyone(member.each if isinstance(member, Run) else member)


def _is_there(member: Value) -> Truth:
    if not isinstance(member, Run):
        return ~member.is_null if isinstance(member, Known) else TRUE
    if member.least > 0:
        return TRUE
    if member.most == 0:
        return FALSE
    return unknown(*member.reasons or (Reason(f"the number of members of {member.name} is not known", member.span),))


def _is_wildcard(principal: str) -> bool:
    parts = principal.split(":")
    account = parts[_ACCOUNT] if len(parts) > _ACCOUNT else parts[0]
    return "*" in account or "?" in account


def _is_open_template(principal: Text) -> Truth:
    """The same of a text with holes, as far as its account is known."""
    parts: list[list[str | Value]] = [[]]
    for piece in principal.parts:
        if isinstance(piece, str):
            first, *others = piece.split(":")
            parts[-1].append(first)
            parts += [[other] for other in others]
        else:
            parts[-1].append(piece)
    if len(parts) <= _ACCOUNT:
        return unknown(*principal.reasons)
    account = parts[_ACCOUNT]
    if any(isinstance(piece, str) and _is_wildcard(piece) for piece in account):
        return TRUE
    holes = [piece for piece in account if isinstance(piece, Value) and not _is_asked_of_aws(piece)]
    return unknown(*(reason for hole in holes for reason in hole.reasons)) if holes else FALSE


def _is_asked_of_aws(value: Value) -> bool:
    return isinstance(value, Reference) or (isinstance(value, Unknown) and bool(_ASKED_OF_AWS.fullmatch(value.name)))
