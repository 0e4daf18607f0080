"""Who and what is trusted: everything that the policy names, unless a configuration says it.

Without a configuration, an outsider is someone whom the policy doesn't name: a fresh account in a
fresh organisation, whose resources are fresh too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.policy.condition_key import (
    ACCESS_POINT_ACCOUNT,
    ACCESS_POINT_ARN,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_ORG,
    PRINCIPAL_ORG_PATHS,
    RESOURCE_ACCOUNT,
    RESOURCE_ORG,
    RESOURCE_ORG_PATHS,
    USER_ID,
    normal,
)
from vpce_lint.policy.glob import ARN_SEGMENTS, has_wildcard
from vpce_lint.policy.statement import ACCOUNT_ID
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.policy.statement import Statement

_ACCOUNT_KEYS = {PRINCIPAL_ACCOUNT, RESOURCE_ACCOUNT, ACCESS_POINT_ACCOUNT}
_ORG_KEYS = {PRINCIPAL_ORG, RESOURCE_ORG}
_PATH_KEYS = {PRINCIPAL_ORG_PATHS, RESOURCE_ORG_PATHS}
_ARN_KEYS = {PRINCIPAL_ARN, ACCESS_POINT_ARN}
_UNIQUE_ID = regex(r"[A-Z0-9]{16,}")

AWS_OWNED = (
    "arn:*:*:*:aws:*",
    "arn:*:ssm:*::document/*",
    "arn:*:ssm:*::parameter/aws/*",
    "arn:*:bedrock:*::foundation-model/*",
    "arn:*:bedrock:*::inference-profile/*",
)
"""Resources that only AWS has: nobody else can read what is written there."""


class Trust(Struct, frozen=True, dict=True):
    """Whom a configuration trusts; ids as AWS writes them, ``org_paths`` and ``resources`` may have wildcards.

    Accounts, organisations and paths are one dimension: where any is given, nobody else is trusted.
    Where no ``resources`` are given, those that a policy names are trusted if their ARN has no account.
    """

    accounts: frozenset[str] = frozenset()
    orgs: frozenset[str] = frozenset()
    org_paths: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    aws_services: bool = True

    @property
    def names_owners(self) -> bool:
        """Whether accounts or organisations are given at all."""
        return bool(self.accounts or self.orgs or self.org_paths)


class Trusted(Struct, frozen=True, dict=True):
    """Whom and what a decision trusts; ``ids`` are unique ids of users and roles."""

    accounts: frozenset[str]
    orgs: frozenset[str]
    org_paths: frozenset[str]
    resources: frozenset[str]
    ids: frozenset[str]
    aws_services: bool


def trusted(statements: Iterable[Statement], trust: Trust, own: frozenset[str] = frozenset()) -> Trusted:
    """What the configuration trusts, and where it is silent, what the statements name; ``own`` accounts always."""
    named = _Names()
    for statement in statements:
        named.read(statement)
    if trust.names_owners:
        accounts, orgs, paths, ids = trust.accounts | own, trust.orgs, trust.org_paths, frozenset[str]()
    else:
        accounts, orgs = frozenset(named.accounts), frozenset(named.orgs)
        paths, ids = frozenset[str](), frozenset(named.ids)
    resources = trust.resources or frozenset(named.resources)
    return Trusted(accounts, orgs, paths, resources | frozenset(AWS_OWNED), ids, trust.aws_services)


class _Names:
    """Everything that statements name."""

    def __init__(self) -> None:
        self.accounts: set[str] = set()
        self.orgs: set[str] = set()
        self.resources: set[str] = set()
        self.ids: set[str] = set()

    def read(self, statement: Statement) -> None:
        for principal in statement.principals.named:
            self._account(principal.account or "")
            self._arn(principal.id)
        for resource in statement.resources.values:
            self._arn(resource)
            self._resource(resource)
        for condition in statement.conditions:
            key = normal(condition.key)
            for value in condition.values:
                if key in _ACCOUNT_KEYS:
                    self._account(value)
                elif key in _ORG_KEYS and not has_wildcard(value):
                    self.orgs.add(value.lower() if condition.operator and not condition.operator.globs else value)
                elif key in _PATH_KEYS and not has_wildcard(value.partition("/")[0]):
                    self.orgs.add(value.partition("/")[0])
                elif key in _ARN_KEYS:
                    self._arn(value)
                elif key == USER_ID:
                    self._id(value)

    def _account(self, text: str) -> None:
        if ACCOUNT_ID.fullmatch(text):
            self.accounts.add(text)

    def _arn(self, text: str) -> None:
        parts = text.split(":", ARN_SEGMENTS - 1)
        if len(parts) == ARN_SEGMENTS:
            self._account(parts[4])

    def _id(self, text: str) -> None:
        unique = text.partition(":")[0]
        if _UNIQUE_ID.fullmatch(unique) or ACCOUNT_ID.fullmatch(unique):
            self.ids.add(unique)

    def _resource(self, text: str) -> None:
        """A resource whose ARN has no account, where it is named down to its name: a bucket, a hosted zone."""
        parts = text.split(":", ARN_SEGMENTS - 1)
        if len(parts) < ARN_SEGMENTS or parts[4] or "${" in text:
            return
        if parts[2] == "s3":
            bucket = parts[5].partition("/")[0]
            if bucket and not has_wildcard(bucket):
                self.resources |= {f"arn:*:s3:::{bucket}", f"arn:*:s3:::{bucket}/*"}
            return
        name = parts[5].removesuffix("*").rstrip("/:") if parts[5].endswith(("/*", ":*")) else parts[5]
        if not has_wildcard(name) and ("/" in name.strip("/") or ":" in name or name == parts[5]):
            prefix = ":".join(parts[:5])
            self.resources |= {f"{prefix}:{name}", f"{prefix}:{name}/*", f"{prefix}:{name}:*"}
