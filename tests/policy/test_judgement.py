"""Judgements of policies with unknowns: whatever the unknowns turn out to be, the judgement holds."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from vpce_lint.policy.decision import Level
from vpce_lint.policy.document import Document, read_document
from vpce_lint.policy.extremes import Extreme
from vpce_lint.policy.judgement import Judgement, judge_policy
from vpce_lint.policy.request import evaluate
from vpce_lint.readers.terraform.data import from_data
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Mapping, Reference, Run, Sequence, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Iterable

ACCOUNT, ORG = "111122223333", "o-a1b2c3d4e5"
WHY = (Reason("var.more has no default"),)
OPEN_STATEMENT = Mapping(
    {name: Known("*") for name in ("Principal", "Action", "Resource")} | {"Effect": Known("Allow")}
)
MOST_TRIED = 60
"""So many ways to fill the holes of one policy are tried."""


class Hole:
    """A value that isn't known, with what it may turn out to be; a ``typed`` one is filled in by AWS."""

    def __init__(self, number: int, fits: Iterable[Any], *, typed: bool = False) -> None:
        self.name, self.fits, self.typed = f"var.hole{number}", list(fits), typed

    def __repr__(self) -> str:
        return f"<{'typed ' if self.typed else ''}{self.name}: {self.fits}>"


class Pieces(tuple[Any, ...]):
    """A text with holes."""

    __slots__ = ()


class Maybe(Hole):
    """A statement that is there or not."""


class Either(Hole):
    """One of two values, by a condition that isn't known."""


FITS = {
    "action": ["*", "s3:*", "s3:Get*", "s3:GetObject", "sqs:SendMessage"],
    "resource": [
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::acme",
        "arn:aws:s3:::acme-*",
        f"arn:aws:sqs:us-east-1:{ACCOUNT}:q",
    ],
    "principal": ["*", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{ACCOUNT}:role/app"],
    "org": ["*", "o-*", ORG, "o-zzzzzzzzzz"],
    "account": ["*", ACCOUNT, "4*", "9*", "444455556666"],
    "arn": [
        "*",
        f"arn:aws:iam::{ACCOUNT}:*",
        "arn:aws:iam::*:role/app",
        f"arn:aws:iam::{ACCOUNT}:role/app",
        "arn:*:role/admin-*",
    ],
    "tag": ["*", "b*", "blue"],
}
KEYS = {
    "aws:PrincipalOrgID": "org",
    "aws:ResourceOrgID": "org",
    "aws:PrincipalAccount": "account",
    "aws:ResourceAccount": "account",
    "aws:PrincipalArn": "arn",
    "aws:PrincipalTag/team": "tag",
}
EQUAL = ("StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists")
LIKE = ("StringLike", "StringNotLike", "StringLikeIfExists", "ArnLike", "ArnNotLike")


@st.composite
def policies(draw: st.DrawFn) -> tuple[Any, list[Hole]]:
    """A policy of one to three statements with one to three holes, and the holes."""
    holes: list[Hole] = []

    def hole(fits: Iterable[Any], *, typed: bool = False, kind: type[Hole] = Hole) -> Hole:
        made = kind(len(holes), fits, typed=typed)
        holes.append(made)
        return made

    def wanted() -> bool:
        return len(holes) < 3 and draw(st.integers(0, 3)) == 0

    def one(position: str, *, plain: bool = False) -> Any:
        fits = [fit for fit in FITS[position] if not plain or "*" not in fit]
        if not wanted():
            return draw(st.sampled_from(FITS[position]))
        if draw(st.booleans()) and position == "resource":
            return Pieces(("arn:aws:s3:::", hole(["*", "acme", "acme-*", "a*"]), "/*"))
        if draw(st.booleans()) and position in {"principal", "arn"}:
            if draw(st.booleans()):
                return Pieces((f"arn:aws:iam::{ACCOUNT}:role/", hole(["app", "admin-1", "other"])))
            return Pieces(("arn:aws:iam::", hole([ACCOUNT, "444455556666", "999999999999"]), ":role/app"))
        typed = draw(st.booleans()) and position not in {"action", "tag"}
        return hole([fit for fit in fits if "*" not in fit] if typed else fits, typed=typed)

    def several(position: str, *, plain: bool = False) -> Any:
        if wanted():
            fits = [fit for fit in FITS[position] if not plain or "*" not in fit]
            return hole([[fits[0]], fits[-1:], fits[:2]])
        if draw(st.booleans()):
            return one(position, plain=plain)
        return [one(position, plain=plain), one(position, plain=plain)]

    def statement() -> dict[str, Any]:
        made: dict[str, Any] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
        if wanted():
            made["Effect"] = hole(["Allow", "Deny"])
        no = draw(st.sampled_from(["", "", "", "Not"]))
        made[f"{no}Action"] = several("action")
        no = draw(st.sampled_from(["", "", "", "Not"]))
        made[f"{no}Resource"] = several("resource")
        made["Principal"] = draw(st.sampled_from(["*", "*", None])) or {"AWS": several("principal")}
        conditions: dict[str, Any] = {}
        for _ in range(draw(st.integers(0, 2))):
            key = draw(st.sampled_from(list(KEYS)))
            by = draw(st.sampled_from(EQUAL + LIKE))
            conditions.setdefault(by, {})[key] = several(KEYS[key], plain=by in EQUAL)
        if conditions:
            made["Condition"] = conditions
        return made

    rows: list[Any] = []
    for _ in range(draw(st.integers(1, 3))):
        if wanted():
            others = [statement_of("Allow", "*"), statement_of("Deny", "*"), statement_of("Allow", "arn:aws:s3:::acme")]
            rows.append(draw(st.sampled_from([Hole, Maybe, Either]))(len(holes), others))
            holes.append(rows[-1])
        else:
            rows.append(statement())
    assume(holes)
    return {"Version": "2012-10-17", "Statement": rows}, holes


def statement_of(effect: str, resource: str) -> dict[str, Any]:
    """A plain statement."""
    return {"Effect": effect, "Principal": "*", "Action": "*", "Resource": resource}


def value_of(node: Any, filled: dict[str, Any] | None = None) -> Value:
    """The policy as a value: open, or with its holes filled."""
    if isinstance(node, Hole):
        if filled is not None:
            return value_of(filled[node.name], filled)
        why = (Reason(f"{node.name} has no default"),)
        if isinstance(node, Either):
            condition = Unknown(f"{node.name}.flag", why)
            return Choice(condition, value_of(node.fits[0]), value_of(node.fits[1]))
        if node.typed:
            return Reference(node.name, why, address="aws_thing.this", attribute=node.name)
        return Unknown(node.name, why)
    if isinstance(node, Pieces):
        return text([piece if isinstance(piece, str) else _plain(value_of(piece, filled)) for piece in node])
    if isinstance(node, dict):
        return Mapping({key: value_of(each, filled) for key, each in node.items()})
    if isinstance(node, list):
        return Sequence(tuple(_member(each, filled) for each in node if not _is_left_out(each, filled)))
    return Known(node)


def _plain(value: Value) -> str | Value:
    return str(value.value) if isinstance(value, Known) else value


def _member(node: Any, filled: dict[str, Any] | None) -> Value:
    if isinstance(node, Maybe) and filled is None:
        why = (Reason(f"{node.name} has no default"),)
        return Run(node.name, value_of(node.fits[0]), 0, 1, why=why)
    return value_of(node, filled)


def _is_left_out(node: Any, filled: dict[str, Any] | None) -> bool:
    return isinstance(node, Maybe) and filled is not None and filled[node.name] is None


def fillings(holes: list[Hole]) -> Iterable[dict[str, Any]]:
    """Ways to fill the holes."""
    rows = [_fits(hole) for hole in holes]
    for chosen in islice(product(*rows), MOST_TRIED):
        yield dict(zip((hole.name for hole in holes), chosen, strict=True))


def _fits(hole: Hole) -> list[Any]:
    if isinstance(hole, Maybe):
        return [None, hole.fits[0]]
    return hole.fits[:2] if isinstance(hole, Either) else hole.fits


def known(judged: Judgement) -> bool:
    """Whether a judgement of a known policy is one: not when the work takes too long."""
    return judged.level is not None


FLAGS = ("principal_bounded", "resource_bounded", "action_bounded", "joint_bounded", "allows_nothing")
QUICK = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@QUICK
@given(policies())
def test_judgement_holds_whatever_the_unknowns_are(made: tuple[Any, list[Hole]]) -> None:
    """The level lies in the interval, and a flag that is said to be known is what it turns out to be.

    Except where nothing at all is let through because two unknowns are one another's opposite by chance.
    """
    policy, holes = made
    open_ = judge_policy(value_of(policy))
    for filled in fillings(holes):
        judged = judge_policy(value_of(policy, filled))
        if not known(judged):
            continue
        assert open_.least <= judged.least <= open_.most, filled
        for flag in FLAGS:
            said, is_so = getattr(open_, flag), getattr(judged, flag)
            if not (judged.allows_nothing and said is False):
                assert said is None or said == is_so, (flag, filled)


@QUICK
@given(policies())
def test_request_that_is_shown_is_let_through_whatever_the_unknowns_are(made: tuple[Any, list[Hole]]) -> None:
    """A violation's proof rests on no unknown, unless it names it."""
    policy, holes = made
    open_ = judge_policy(value_of(policy))
    if open_.witness is None:
        return
    request = open_.witness.request
    told = [request.action, request.resource, *(value for values in request.keys.values() for value in values)]
    assume(not any(stand_in.lower() in each.lower() for stand_in, _ in open_.stand_ins for each in told))
    for filled in fillings(holes):
        document = read_document(value_of(policy, filled))
        assert isinstance(document, Document)
        assert evaluate(Extreme(document, lambda _: True).statements, request).allowed, filled


@QUICK
@given(policies())
def test_open_answer_names_what_decides(made: tuple[Any, list[Hole]]) -> None:
    """An answer that is not known has reasons, and each is one of the holes."""
    policy, holes = made
    open_ = judge_policy(value_of(policy))
    if open_.level is None:
        named = {reason.words for reason in open_.reasons}
        assert named
        assert named <= {f"{hole.name} has no default" for hole in holes}


@QUICK
@given(policies())
def test_single_unknown_that_is_named_makes_a_difference(made: tuple[Any, list[Hole]]) -> None:
    """Where one unknown leaves the answer open, it can turn out either way: nobody is asked for what decides nothing."""
    policy, holes = made
    open_ = judge_policy(value_of(policy))
    if len(holes) > 1 or open_.level is not None:
        return
    found = {judge_policy(value_of(policy, filled)).level for filled in fillings(holes)}
    assert {open_.least, open_.most} <= found


@pytest.mark.parametrize("condition", [None, {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}])
def test_statement_with_fields_that_are_not_known_is_neither_open_nor_shut(condition: dict[str, Any] | None) -> None:
    """What is missing may be among them: of an Allow another condition, of a Deny the very callers that it is for."""
    more = Run("var.more", Unknown("var.more[*]", WHY), key=Unknown("var.more[*].key", WHY), why=WHY)
    given = {"Condition": from_data(condition)} if condition else {}
    half = Mapping({"Effect": Known("Deny"), "Action": Known("*"), "Resource": Known("*"), **given}, (more,))
    judged = judge_policy(Mapping({"Version": Known("2012-10-17"), "Statement": Sequence((OPEN_STATEMENT, half))}))
    assert (judged.least, judged.most) == (Level.OPEN, Level.RESTRICTIVE)
    allowing = Mapping({**OPEN_STATEMENT.entries, **given}, (more,))
    judged = judge_policy(Mapping({"Version": Known("2012-10-17"), "Statement": Sequence((allowing,))}))
    assert judged.most is Level.RESTRICTIVE
    assert judged.allows_nothing is None
