"""Terraform's IAM resources, as roles, policies and attachments of the model: the table.

Attribute names and defaults: the resources' pages in the documentation of Terraform's AWS provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpce_lint.model import ABSENT
from vpce_lint.permission import InstanceProfile, ManagedPolicy, PolicyAttachment, Role, RolePolicy
from vpce_lint.readers.aws_terraform import sequence_of
from vpce_lint.readers.terraform.partial_json import document_of
from vpce_lint.value import Run, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.model import Resource
    from vpce_lint.readers.described import DescribedResource, Translation
    from vpce_lint.readers.joining import Completions


def _role(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    documents: list[Value] = []
    for block in instance.nested("inline_policy"):
        document = document_of(block.given("policy"))
        if document.is_null.is_true:
            continue
        if block.family or block.when:
            documents.append(Run(document.symbol, document, 0, block.most, when=block.when))
        else:
            documents.append(document)
    yield Role(
        name=instance.argument("name"),
        documents=Sequence(tuple(documents)),
        managed=sequence_of(instance.argument("managed_policy_arns")),
        trust=document_of(instance.argument("assume_role_policy")),
        boundary=instance.argument("permissions_boundary"),
        **common,
    )


def _role_policy(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield RolePolicy(
        roles=Sequence((instance.argument("role"),)), document=document_of(instance.argument("policy")), **common
    )


def _policy(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield ManagedPolicy(name=instance.argument("name"), document=document_of(instance.argument("policy")), **common)


def _attachment(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield PolicyAttachment(
        roles=Sequence((instance.argument("role"),)), policy=instance.argument("policy_arn"), **common
    )


def _attachments(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield PolicyAttachment(
        roles=sequence_of(instance.argument("roles")), policy=instance.argument("policy_arn"), **common
    )


def _exclusive_attachments(
    instance: DescribedResource, common: dict[str, Any], _more: Completions
) -> Iterable[Resource]:
    roles = Sequence((instance.argument("role_name"),))
    arns = sequence_of(instance.argument("policy_arns"))
    for arn in arns.members if isinstance(arns, Sequence) else (arns,):
        if isinstance(arn, Run):
            yield PolicyAttachment(roles=roles, policy=arn.each, **{**common, "when": (*common["when"], *arn.when)})
        else:
            yield PolicyAttachment(roles=roles, policy=arn, **common)


def _profile(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    role = instance.argument("role")
    if role.is_null.is_true:  # Terraform 0.11
        older = sequence_of(instance.argument("roles"))
        role = older.members[0] if isinstance(older, Sequence) and len(older.members) == 1 else ABSENT
    yield InstanceProfile(name=instance.argument("name"), role=role, **common)


def _found_role(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield Role(name=instance.argument("name"), found=True, **{**common, "address": instance.found_address})


def _found_policy(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield ManagedPolicy(name=instance.argument("name"), found=True, **{**common, "address": instance.found_address})


def _found_profile(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield InstanceProfile(name=instance.argument("name"), found=True, **{**common, "address": instance.found_address})


PERMISSIONS: dict[str, Translation] = {
    "aws_iam_role": _role,
    "aws_iam_role_policy": _role_policy,
    "aws_iam_policy": _policy,
    "aws_iam_role_policy_attachment": _attachment,
    "aws_iam_policy_attachment": _attachments,
    "aws_iam_role_policy_attachments_exclusive": _exclusive_attachments,
    "aws_iam_instance_profile": _profile,
}

FOUND_PERMISSIONS: dict[str, Translation] = {
    "aws_iam_role": _found_role,
    "aws_iam_policy": _found_policy,
    "aws_iam_instance_profile": _found_profile,
}
"""Data sources that look up roles, policies and profiles."""
