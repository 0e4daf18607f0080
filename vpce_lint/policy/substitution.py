"""Which values of policy variables can make a difference to a policy.

A variable such as ``${aws:PrincipalAccount}`` makes two parts of a request depend on each other. It is
taken apart by cases: the value is absent, one of those that the policy names, or one that it doesn't
name. Where this covers everything, the answer is exact; else the rest is left open.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from vpce_lint.policy.compilation import variables_of
from vpce_lint.policy.condition_key import (
    ACCESS_POINT_ACCOUNT,
    ACCESS_POINT_ARN,
    INSTANCE_VPC,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_ORG,
    PRINCIPAL_ORG_PATHS,
    RESOURCE_ACCOUNT,
    RESOURCE_ORG,
    RESOURCE_ORG_PATHS,
    normal,
)
from vpce_lint.policy.glob import ARN_SEGMENTS, has_wildcard
from vpce_lint.policy.space import ACCOUNT, Slot, slot_of
from vpce_lint.policy.statement import ACCOUNT_ID
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vpce_lint.policy.space import Caller, Given, Owner
    from vpce_lint.policy.statement import Statement

MOST_CHOICES = 64
"""So many combinations of values of policy variables are tried; beyond, they are left open."""

_ACCOUNT_KEYS = frozenset({PRINCIPAL_ACCOUNT, RESOURCE_ACCOUNT, ACCESS_POINT_ACCOUNT})
_ORG_KEYS = frozenset({PRINCIPAL_ORG, RESOURCE_ORG})
_VPC_KEYS = frozenset({"aws:sourcevpc", INSTANCE_VPC})
_PATH_KEYS = frozenset({PRINCIPAL_ORG_PATHS, RESOURCE_ORG_PATHS})
_ARN_KEYS = frozenset({PRINCIPAL_ARN, ACCESS_POINT_ARN})
ACCOUNT_IDS = regex(r"(?<!\d)\d{12}(?!\d)")
ORG_IDS = regex(r"(?<![a-z0-9])o-[a-z0-9]+")
_TEXTUAL = {"text", "like", "ignoring case", "arn", "null"}


class Substitution:
    """The values that the policy variables of some statements can take; ``fresh`` by key, unnamed ones."""

    def __init__(self, statements: Sequence[Statement], fresh: Mapping[str, str]) -> None:
        self._statements = statements
        self._fresh = fresh
        self.variables = sorted(set().union(*(variables_of(each) for each in statements)))
        self._named = {key: list(dict.fromkeys(self._values(key))) for key in self.variables}
        self._are_plain = {key: self._is_plain(key) for key in self.variables}

    def choices(self, caller: Caller, owner: Owner) -> Iterator[tuple[dict[str, Given], bool]]:
        """Values, and whether they are given whole; last, unless the others cover everything, with some left open."""
        if not self.variables:
            yield {}, True
            return
        columns: list[list[Given]] = []
        count, loose = 1, 0
        exact = True
        for key in self.variables:
            slot = slot_of(key, caller, owner)
            if isinstance(slot, Slot):
                columns.append([None, *((each,) for each in self._named[key])])
                loose += 1
                exact = exact and self._are_plain[key]
            else:
                columns.append([slot])
            count *= len(columns[-1])
        if count <= MOST_CHOICES:
            for row in product(*columns):
                yield dict(zip(self.variables, row, strict=True)), True
        if not exact or loose > 1 or count > MOST_CHOICES:
            yield {key: each[0] for key, each in zip(self.variables, columns, strict=True) if each == [None]}, False

    def _values(self, key: str) -> Iterator[str]:
        """A fresh value of a key, and those that the policy names."""
        yield self._fresh.get(key, "outsider")
        texts = list(self._texts())
        if key in _ACCOUNT_KEYS:
            if key != PRINCIPAL_ACCOUNT:
                yield "aws"  # as in arn:aws:iam::aws:policy/ReadOnlyAccess
            for text in texts:
                yield from ACCOUNT_IDS.findall(text)
        elif key in _ORG_KEYS:
            for text in texts:
                yield from ORG_IDS.findall(text)
        else:
            partners = {key, *self._compared_with(key)}
            for statement in self._statements:
                for each in statement.conditions:
                    if normal(each.key) in partners:
                        yield from (text for text in each.values if not has_wildcard(text) and "${" not in text)

    def _texts(self) -> Iterator[str]:
        for statement in self._statements:
            yield from (each.id for each in statement.principals.named)
            yield from statement.resources.values
            for each in statement.conditions:
                yield from each.values

    def _compared_with(self, key: str) -> Iterator[str]:
        """The keys whose values are compared with a variable's."""
        for statement in self._statements:
            for each in statement.conditions:
                if any("${" in text and key in text.lower() for text in each.values):
                    yield normal(each.key)

    def _is_plain(self, key: str) -> bool:
        """Whether accounts, organisations or VPCs are only ever compared as a whole, so that unnamed ones are alike."""
        family = next((each for each in (_ACCOUNT_KEYS, _ORG_KEYS, _VPC_KEYS) if key in each), None)
        if family is None:
            return False
        for statement in self._statements:
            arns: list[str] = [*statement.resources.values, *(each.id for each in statement.principals.named)]
            for each in statement.conditions:
                compared = normal(each.key)
                if compared in family:
                    textual = each.operator is not None and each.operator.style in _TEXTUAL
                    if not textual or not all(_is_whole(text, family) for text in each.values):
                        return False
                elif compared in _PATH_KEYS and family is _ORG_KEYS:
                    if any(has_wildcard(text.partition("/")[0]) or "${" in text for text in each.values):
                        return False
                elif compared in _ARN_KEYS:
                    arns += each.values
                elif any("${" in text and normal(key) in text.lower() for text in each.values):
                    return False
            if not all(_names_one_account(text) for text in arns):
                return False
        return True


def _is_whole(text: str, family: Iterable[str]) -> bool:
    """Whether a text is one id, any at all, or one policy variable of the same kind."""
    if text.startswith("${") and text.endswith("}"):
        return normal(text[2:-1]) in family
    return text == "*" or not (has_wildcard(text) or "${" in text)


def _names_one_account(text: str) -> bool:
    """Whether an ARN's account is one, or doesn't matter."""
    parts = text.split(":", ARN_SEGMENTS - 1)
    if text == "*" or (len(parts) < ARN_SEGMENTS and not has_wildcard(text)):
        return True
    if len(parts) < ARN_SEGMENTS or any("${" in each for each in parts):
        return False
    if has_wildcard("".join(parts[:ACCOUNT])) and ACCOUNT_ID.fullmatch(parts[ACCOUNT]) is None:
        return parts[ACCOUNT] in {"", "*"}
    return parts[ACCOUNT] in {"", "*", "aws"} or ACCOUNT_ID.fullmatch(parts[ACCOUNT]) is not None
