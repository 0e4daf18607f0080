"""What IAM says in a network's code: roles, the policies that they get, and instance profiles.

Readers make these, ``demand`` decides what they mean for traffic. A policy document is the decoded
document (a ``Mapping``, or what is known of it), however the code writes it. Roles and policies are
referred to by ARN, id or name, as the code does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.model import ABSENT, NONE, Resource

if TYPE_CHECKING:
    from vpce_lint.value import Value


class Role(Resource, frozen=True, kw_only=True):
    """An IAM role; ``documents`` are its inline policies, ``managed`` the ARNs of policies attached where it is made.

    ``trust`` says who may act as it, ``boundary`` is the ARN of its permissions boundary. ``found``: it
    is looked up, not made here, so it may be allowed more than is read.
    """

    name: Value = ABSENT
    documents: Value = NONE
    managed: Value = NONE
    trust: Value = ABSENT
    boundary: Value = ABSENT
    found: bool = False


class RolePolicy(Resource, frozen=True, kw_only=True):
    """A policy document of its own that becomes an inline policy of ``roles``."""

    roles: Value = NONE
    document: Value


class ManagedPolicy(Resource, frozen=True, kw_only=True):
    """A managed policy; ``roles`` are those that it names itself. ``found``: it is looked up by its name."""

    name: Value = ABSENT
    document: Value = ABSENT
    roles: Value = NONE
    found: bool = False


class PolicyAttachment(Resource, frozen=True, kw_only=True):
    """That a managed policy, by ARN, is attached to roles."""

    roles: Value = NONE
    policy: Value


class InstanceProfile(Resource, frozen=True, kw_only=True):
    """What gives a role to instances; ``found``: it is looked up by its name."""

    name: Value = ABSENT
    role: Value = ABSENT
    found: bool = False
