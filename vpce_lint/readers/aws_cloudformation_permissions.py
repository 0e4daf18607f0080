"""CloudFormation's IAM resources, as roles, policies and attachments of the model: the fourth part of the table.

Property names and defaults: the resources' pages in the CloudFormation template reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from vpce_lint.condition import distribute
from vpce_lint.model import ABSENT
from vpce_lint.permission import InstanceProfile, ManagedPolicy, Role, RolePolicy
from vpce_lint.readers.aws_cloudformation_workloads import own_name
from vpce_lint.readers.cloudformation.intrinsics import items_of
from vpce_lint.readers.cloudformation.property import parts
from vpce_lint.readers.terraform.partial_json import document_of
from vpce_lint.value import Choice, Json, Known, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.model import Resource
    from vpce_lint.readers.cloudformation.stack import Declared
    from vpce_lint.readers.joining import Completions


def documents_in(policies: Value) -> Value:
    """The documents of inline policies."""
    return distribute(lambda cases: _decoded(cases[0]), (parts(policies, "PolicyDocument"),))


def _decoded(listed: Value) -> Value:
    members = listed.members if isinstance(listed, Sequence) else (listed,)
    decoded = (replace(each, each=document(each.each)) if isinstance(each, Run) else document(each) for each in members)
    return Sequence(tuple(decoded), "list", span=listed.span)


def _role(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield Role(
        name=own_name(declared, "RoleName"),
        documents=documents_in(declared.given("Policies")),
        managed=items_of(declared.given("ManagedPolicyArns")),
        trust=document(declared.given("AssumeRolePolicyDocument")),
        boundary=declared.given("PermissionsBoundary"),
        **common,
    )


def document(value: Value) -> Value:
    """A policy document, which may be written as a map or as the text of one."""
    return document_of(value) if isinstance(value, Known | Text | Json | Choice) else value


def _policy(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """An inline policy of the roles that it names."""
    yield RolePolicy(
        roles=items_of(declared.given("Roles")), document=document(declared.given("PolicyDocument")), **common
    )


def _role_policy(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield RolePolicy(
        roles=items_of(declared.given("RoleName")), document=document(declared.given("PolicyDocument")), **common
    )


def _managed_policy(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield ManagedPolicy(
        name=declared.given("ManagedPolicyName"),
        document=document(declared.given("PolicyDocument")),
        roles=items_of(declared.given("Roles")),
        **common,
    )


def _profile(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    roles = items_of(declared.given("Roles"))
    yield InstanceProfile(name=own_name(declared, "InstanceProfileName"), role=_only(roles), **common)


def _only(listed: Value) -> Value:
    """The only member of a list that has one."""
    if not isinstance(listed, Sequence):
        return Unknown(f"member of {listed.symbol}", listed.reasons, span=listed.span)
    if not listed.members:
        return ABSENT
    member = listed.members[0]
    return member.each if isinstance(member, Run) else member


PERMISSIONS: dict[str, Callable[[Declared, dict[str, Any], Completions], Iterable[Resource]]] = {
    "AWS::IAM::Role": _role,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::RolePolicy": _role_policy,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::InstanceProfile": _profile,
}
