"""Statements of a policy as IAM sees them once every value is known.

Source: IAM User Guide, "IAM JSON policy element reference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from vpce_lint.regex import regex

if TYPE_CHECKING:
    from vpce_lint.policy.operator import Operator

Effect = Literal["Allow", "Deny"]

ACCOUNT_ID = regex(r"\d{12}")
_ROOT = regex(r"arn:[^:]+:iam::(\d{12}):root")


class Named(Struct, frozen=True):
    """One entry of a ``Principal``: ``type`` is AWS, Service, Federated or CanonicalUser; ``id`` may be ``*``."""

    type: str
    id: str

    @property
    def is_everyone(self) -> bool:
        """Whether it stands for every caller, anonymous ones too."""
        return self.type == "AWS" and self.id == "*"

    @property
    def account(self) -> str | None:
        """The account, where the entry stands for one: ``111122223333``, ``arn:aws:iam::111122223333:root``."""
        if self.type != "AWS":
            return None
        if ACCOUNT_ID.fullmatch(self.id):
            return self.id
        root = _ROOT.fullmatch(self.id)
        return root[1] if root else None


class Element(Struct, frozen=True):
    """``Principal``, ``Action`` or ``Resource``; ``negated`` for the ``Not`` forms."""

    values: tuple[str, ...]
    negated: bool = False


class Principals(Struct, frozen=True):
    """``Principal`` or ``NotPrincipal``."""

    named: tuple[Named, ...]
    negated: bool = False


class Condition(Struct, frozen=True):
    """One key of a condition; ``operator`` is ``None`` where AWS has no such, ``key`` as written."""

    operator: Operator | None
    key: str
    values: tuple[str, ...]


class Statement(Struct, frozen=True):
    """A statement; ``number`` counts from 1 in the order of the document.

    ``variables``: policy variables such as ``${aws:username}`` are replaced (Version 2012-10-17),
    else they are plain text.
    """

    number: int
    effect: Effect
    principals: Principals
    actions: Element
    resources: Element
    conditions: tuple[Condition, ...] = ()
    variables: bool = True
    sid: str = ""
