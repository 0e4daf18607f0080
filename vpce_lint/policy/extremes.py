"""A document with unknown values as statements of known ones: as open, or as closed, as it can be.

More of what is matched can only open a policy where an Allow matches more, and only close it where a
Deny does. So it is enough to know the level with every unknown at the end that opens the policy, and with
every unknown at the other. An unknown that AWS fills in (the ARN of a resource) and one that is compared
for equality can't be a pattern: they stand for a text of their own, which nobody else has.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Literal

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
from vpce_lint.policy.glob import has_wildcard
from vpce_lint.policy.mentioned import MOST_MET, Mentioned, members_of, text_of
from vpce_lint.policy.operator import Operator, operator
from vpce_lint.policy.statement import Condition, Element, Named, Principals, Statement
from vpce_lint.regex import regex
from vpce_lint.value import Choice, Known, Mapping, Reference, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.policy.document import Document, Part
    from vpce_lint.policy.statement import Effect
    from vpce_lint.truth import Reason

Position = Literal["action", "resource", "principal", "account", "org", "path", "arn", "text"]

_POSITIONS: dict[str, Position] = {
    PRINCIPAL_ACCOUNT: "account",
    RESOURCE_ACCOUNT: "account",
    ACCESS_POINT_ACCOUNT: "account",
    PRINCIPAL_ORG: "org",
    RESOURCE_ORG: "org",
    PRINCIPAL_ORG_PATHS: "path",
    RESOURCE_ORG_PATHS: "path",
    PRINCIPAL_ARN: "principal",
    ACCESS_POINT_ARN: "arn",
}
_IN_AN_ARN = {key for key, position in _POSITIONS.items() if position in {"account", "principal", "arn"}}
"""Keys that ask for what the ARN of a principal or resource says, too."""

_ASKED_OF_AWS = regex(
    r"(module\..+\.)?data\.aws_(caller_identity|organizations_\w+|partition|region|canonical_user_id|elb_service_account"
    r"|iam_(role|user|session_context)s?|s3_bucket|kms_(key|alias)|vpc|vpc_endpoint|secretsmanager_secret|sqs_queue"
    r"|sns_topic|ecr_repository|dynamodb_table|lambda_function|cloudwatch_log_group)\..+"
    r"|AWS::(AccountId|Partition|Region|URLSuffix)|(\w+\.)*AWS::Stack(Id|Name)"
)
"""Attributes and pseudo parameters that AWS answers with the ids and ARNs of what exists, never with a wildcard."""

_OWN_ACCOUNT = regex(r"(module\..+\.)?data\.aws_caller_identity\..+\.account_id|AWS::AccountId")
_ACCOUNT = regex(r"account(_?id)?s?$|AccountId", re.IGNORECASE)


class Extreme:
    """One end of what a document may be; ``is_open`` says of an unknown, by its symbol, at which end it is taken.

    ``stand_ins`` maps each text that stands for an unknown to its symbol, ``own`` are the accounts among
    them that are one's own, ``unknown`` says by symbol why the unknowns that may be a pattern or a statement
    aren't known.

    An unknown text could also be one that another part of the policy names. Where that opens the policy, it is
    taken to be those, too. Where it closes the policy (what a Deny takes back, what a second condition
    on the same key asks for) it is so in a case of its own. ``meeting``: take such unknowns to meet in the way that
    closes the policy; ``may_meet`` says whether there are any, ``met`` why they aren't known, by symbol.
    """

    def __init__(self, document: Document, is_open: Callable[[str], bool], *, meeting: bool = False) -> None:
        self._is_open = is_open
        self._meeting = meeting
        self._asked = Counter(key for part in document.parts for key in _keys_of(part))
        self._denies = any(map(_may_deny, document.parts))
        self._narrows = self._denies or not _IN_AN_ARN.isdisjoint(self._asked)
        self.may_meet = False
        self.met: dict[str, tuple[Reason, ...]] = {}
        self._numbers: dict[str, int] = {}
        self._mentioned = Mentioned(document)
        self._variables = document.has_variables
        self.stand_ins: dict[str, str] = {}
        self.own: set[str] = set()
        self.unknown: dict[str, tuple[Reason, ...]] = {}
        self.statements = tuple(found for part in document.parts for found in self._statements(part))

    def _opens(self, value: Value, why: tuple[Reason, ...] = ()) -> bool:
        self.unknown.setdefault(value.symbol, why or value.reasons)
        return self._is_open(value.symbol)

    def _statements(self, part: Part) -> Iterable[Statement]:
        value = part.value
        if not isinstance(value, Mapping):
            if value.reasons:
                everything = Element(("*",))
                effect: Effect = "Allow" if self._opens(value) else "Deny"
                yield Statement(part.number, effect, Principals((Named("AWS", "*"),)), everything, everything)
            return
        allow = self._effect(value.entries.get("Effect"))
        if not part.certain and (self._opens(value, part.why) != allow):
            return
        if value.runs and self._opens(value) != allow:
            return  # what isn't known may be a condition
        conditions = self._conditions(value.entries.get("Condition"), allow=allow)
        if conditions is None:
            return
        sid = value.entries.get("Sid")
        yield Statement(
            part.number,
            "Allow" if allow else "Deny",
            self._principals(value, allow=allow),
            self._element(value, "Action", "action", allow=allow),
            self._element(value, "Resource", "resource", allow=allow),
            tuple(conditions),
            variables=self._variables,
            sid=str(sid) if isinstance(sid, Known | Text) else "",
        )

    def _meets(self, value: Value) -> bool:
        """Whether the unknowns of a value are to be taken for what another part of the policy takes back."""
        holes = [*_holes(value), *(value.runs if isinstance(value, Mapping) else ())]
        if isinstance(value, Mapping):
            holes += [hole for each in value.entries.values() for hole in _holes(each)]
        self.may_meet = self.may_meet or bool(holes)
        for hole in holes:
            self.met.setdefault(hole.symbol, hole.reasons)
        return self._meeting and bool(holes)

    def _effect(self, effect: Value | None) -> bool:
        if effect is None or isinstance(effect, Known):
            return effect is None or effect.value != "Deny"
        return self._opens(effect)

    def _element(self, statement: Mapping, name: str, position: Position, *, allow: bool) -> Element:
        """``Action`` or ``Resource`` or its ``Not`` form; where neither is there, whatever opens the policy.

        A Deny some of whose fields aren't known only comes here at the end that closes the policy.
        """
        value, negated = statement.entries.get(name), False
        if value is None:
            value, negated = statement.entries.get(f"Not{name}"), True
        if value is None:
            return Element(("*",) if allow or statement.runs else ())
        widens = allow != negated
        narrows = self._denies if position == "action" else self._narrows
        if (narrows if allow else negated) and self._meets(value):
            known = [member for member in members_of(value) if isinstance(member, Known)]
            return Element(("*",) if allow and negated else tuple(map(text_of, known)), negated)
        return Element(tuple(self._texts(value, position, widens=widens)), negated)

    def _principals(self, statement: Mapping, *, allow: bool) -> Principals:
        value, negated = statement.entries.get("Principal"), False
        if value is None:
            value, negated = statement.entries.get("NotPrincipal"), True
        if value is None:
            return Principals((Named("AWS", "*"),) if allow or statement.runs else ())
        widens = allow != negated
        named: list[Named] = []
        if (self._narrows and not negated if allow else negated) and self._meets(value):
            value = _only_known(value)
        if isinstance(value, Mapping):
            for type_, ids in value.entries.items():
                named += [Named(type_, text) for text in self._texts(ids, "principal", widens=widens)]
            for run in value.runs:
                known = isinstance(run.key, Known) and isinstance(run.key.value, str)
                texts = self._texts(run.each if known else run, "principal", widens=widens)
                named += [Named(str(run.key) if known else "AWS", text) for text in texts]
        else:
            named += [Named("AWS", text) for text in self._texts(value, "principal", widens=widens)]
        return Principals(tuple(each for each in named if widens or not _is_partial(each)), negated)

    def _conditions(self, value: Value | None, *, allow: bool) -> list[Condition] | None:
        """The conditions; ``None`` where one can't be told and is taken to fail."""
        found: list[Condition] = []
        if value is None or value.is_null.is_true:
            return found
        blocks = list(value.entries.items()) if isinstance(value, Mapping) else []
        open_: list[Value] = [] if isinstance(value, Mapping) else [value]
        if isinstance(value, Mapping):
            for run in value.runs:
                if isinstance(run.key, Known) and run.least > 0:
                    blocks.append((str(run.key), run.each))
                else:
                    open_.append(run)
        for name, keys in blocks:
            if not isinstance(keys, Mapping):
                open_.append(keys)
                continue
            open_ += keys.runs
            for key, values in keys.entries.items():
                condition = self._condition(operator(name), key, values, allow=allow)
                if condition is None:
                    open_.append(values)
                else:
                    found.append(condition)
        if any(self._opens(each) != allow for each in open_):
            return None
        return found

    def _condition(self, by: Operator | None, key: str, values: Value, *, allow: bool) -> Condition | None:
        """A condition; ``None`` where it can't be told whether it holds."""
        if by is None:
            return Condition(None, key, ())
        position = _POSITIONS.get(normal(key), "text")
        if by.style in {"bool", "number", "date", "address", "null"}:
            texts = [
                member.symbol if not isinstance(member, Known) else text_of(member) for member in members_of(values)
            ]
            known = all(isinstance(member, Known) for member in members_of(values))
            return Condition(by, key, tuple(texts)) if known else None
        if normal(key) == USER_ID:
            position = "text"
        if self._asked[normal(key)] > 1 and self._meets(values):
            return None
        widens = allow == by.positive
        found = list(self._texts(values, position, widens=widens, globs=by.globs))
        if widens and position == "text" and any(self._is_open(each.symbol) for each in _holes(values)):
            found += self._mentioned.values.get(normal(key), ())
        return Condition(by, key, tuple(dict.fromkeys(found)))

    def _texts(self, value: Value, position: Position, *, widens: bool, globs: bool = True) -> Iterable[str]:
        """The texts of a value; ``widens``: more texts make the policy more open."""
        for member in members_of(value):
            if isinstance(member, Known):
                if member.value is not None:
                    yield text_of(member)
                continue
            pieces = member.parts if isinstance(member, Text) else (member,)
            row: list[str] = []
            numbers: list[int] = []
            for number, piece in enumerate(pieces):
                if isinstance(piece, str):
                    row.append(piece)
                    continue
                before, last = "".join(row), number == len(pieces) - 1
                fixed = (position == "principal" and before.startswith("arn:")) or not globs
                if not fixed and not _is_concrete(piece) and self._opens(piece) == widens:
                    row.append("*")
                    continue
                row.append(self._stand_in(piece, position, before, alone=not row, last=last))
                if widens and self._is_open(piece.symbol):
                    numbers.append(self._numbers[piece.symbol])
            text = "".join(row)
            yield text
            others = list(self._others(text, pieces, numbers, position))
            if others:
                self.unknown.update((hole.symbol, hole.reasons) for hole in pieces if not isinstance(hole, str))
            yield from others

    def _others(
        self, text: str, pieces: Iterable[str | Value], numbers: list[int], position: Position
    ) -> Iterable[str]:
        """What a text may be else, of what other parts of the policy name."""
        for number in numbers[:MOST_MET]:
            yield from self._mentioned.instead(text, _account(number), _organization(number))
        if numbers and position == "principal":
            yield from self._mentioned.principals(text, pieces)

    def _stand_in(self, hole: Value, position: Position, before: str, *, alone: bool, last: bool) -> str:
        """A text of its own for an unknown, fit for the place where it stands."""
        number = self._numbers.setdefault(hole.symbol, len(self._numbers) + 1)
        account, token = _account(number), f"unknown{number}"
        text = _shaped(hole, position, before, account, token, alone=alone, last=last)
        self.stand_ins[text] = hole.symbol
        if text.startswith("arn:"):
            self.stand_ins[account] = f"the account of {hole.symbol}"
        if isinstance(hole, Reference) or _OWN_ACCOUNT.fullmatch(hole.symbol):
            self.own.add(account)
        return text


def _account(number: int) -> str:
    """An account of its own for an unknown."""
    return f"9{number:011d}"


def _organization(number: int) -> str:
    """An organization of its own for an unknown, as ``_shaped`` writes it."""
    return f"o-unknown{number}"


def _only_known(value: Value) -> Value:
    """Principals without those that aren't known."""
    if isinstance(value, Mapping):
        return Mapping({key: _only_known(each) for key, each in value.entries.items()})
    return Sequence(tuple(each for each in members_of(value) if isinstance(each, Known)))


def _holes(value: Value) -> Iterable[Value]:
    for member in members_of(value):
        if isinstance(member, Text):
            yield from (piece for piece in member.parts if isinstance(piece, Value))
        elif not isinstance(member, Known):
            yield member


def _shaped(hole: Value, position: Position, before: str, account: str, token: str, *, alone: bool, last: bool) -> str:
    if before.startswith("arn:"):
        segment = before.count(":") + 1
        return {2: "aws", 4: "us-east-1", 5: account}.get(segment, token)
    if not alone:
        return token
    if position == "account" or (_ACCOUNT.search(hole.symbol) and last):
        return account
    if position == "principal":
        return f"arn:aws:iam::{account}:role/{token}"
    if position in {"resource", "arn"}:
        return f"arn:aws:unknown:us-east-1:{account}:{token}"
    if position == "org":
        return f"o-{token}"
    if position == "path":
        return f"o-{token}/r-{token}/"
    return f"unknown:{token}" if position == "action" else token


def _may_deny(part: Part) -> bool:
    effect = part.field("Effect")
    return not (isinstance(effect, Known) and effect.value == "Allow")


def _keys_of(part: Part) -> Iterable[str]:
    """The condition keys of a statement, as they are compared, once for each time that they are written."""
    condition = part.field("Condition")
    for keys in condition.entries.values() if isinstance(condition, Mapping) else ():
        yield from map(normal, keys.entries if isinstance(keys, Mapping) else ())


def _is_partial(named: Named) -> bool:
    """Whether it has a wildcard in an ARN, which AWS refuses."""
    return named.type == "AWS" and named.id != "*" and has_wildcard(named.id)


def _is_concrete(value: Value) -> bool:
    """Whether a value, known only to AWS, certainly is no pattern."""
    if isinstance(value, Reference):
        return True
    if isinstance(value, Choice):
        return _is_concrete(value.then) and _is_concrete(value.otherwise)
    if isinstance(value, Unknown):
        if value.type is not None and value.type.kind in {"number", "bool"}:
            return True
        return bool(_ASKED_OF_AWS.fullmatch(value.name))
    return isinstance(value, Known)
