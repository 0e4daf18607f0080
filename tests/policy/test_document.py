"""Whether a policy is what AWS attaches by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vpce_lint.policy.document import is_default, is_missing, is_unrestricted
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Json, Known, Mapping, Run, Sequence, Unknown, Value, text

WHY = (Reason("it has no default"),)
FLAG = Unknown("var.flag", WHY, nullable=False)
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def document(*statements: Any, **fields: Any) -> Known:
    """A policy as JSON text."""
    return Known(json.dumps({"Statement": list(statements), **fields}))


def encoded(**fields: Value) -> Json:
    """A policy with one statement that a configuration puts together."""
    entries: dict[str, Value] = {key: Known(value) for key, value in OPEN.items()}
    statement = Mapping({**entries, **fields})
    return Json(Mapping({"Statement": Sequence((statement,))}), Unknown("jsonencode(...)", WHY))


@pytest.mark.parametrize(
    "policy",
    [
        document(OPEN),
        document(OPEN, Version="2008-10-17"),
        document({**OPEN, "Sid": "All", "Principal": {"AWS": "*"}}),
        document({**OPEN, "Principal": {"AWS": ["*"]}, "Action": ["*"], "Resource": ["*"]}),
        document({**OPEN, "Action": "*:*", "Condition": {}}),
        Known(json.dumps({"Statement": OPEN})),
        document(OPEN, {**OPEN, "Action": "s3:GetObject"}),
        encoded(),
    ],
)
def test_spellings_of_the_default(policy: Value) -> None:
    """However it is written: one statement allows everything, and none takes anything away."""
    assert is_default(policy).is_true
    assert is_unrestricted(policy).is_true


@pytest.mark.parametrize(
    "policy",
    [
        document(),
        document({**OPEN, "Effect": "Deny"}),
        document(OPEN, {**OPEN, "Effect": "Deny", "Action": "s3:DeleteBucket"}),
        document({**OPEN, "Action": "s3:*"}),
        document({**OPEN, "Resource": "arn:aws:s3:::*"}),
        document({**OPEN, "Principal": {"AWS": "111122223333"}}),
        document({**OPEN, "Principal": {"Service": "*"}}),
        document({**OPEN, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}),
        document({key: value for key, value in OPEN.items() if key != "Principal"}),
        document({"Effect": "Allow", "NotPrincipal": "*", "Action": "*", "Resource": "*"}),
        document("text"),
        Known("not JSON"),
        Known("[" * 100_000),
        Known("[" * 20_000),
        Known("[" * 100 + "]" * 100),
        Known("{}"),
        Known(5),
    ],
)
def test_what_is_not_the_default(policy: Value) -> None:
    """Anything else is not the default; what it allows is not judged."""
    assert is_default(policy).is_false
    unrestricted = is_unrestricted(policy)
    assert unrestricted.is_unknown
    assert [reason.words for reason in unrestricted.reasons] == ["what the policy allows is not judged yet"]


@pytest.mark.parametrize("policy", [Known(None), Known("")])
def test_missing_policy(policy: Value) -> None:
    """No policy, or an empty text, leaves AWS's default."""
    assert is_missing(policy).is_true
    assert is_unrestricted(policy).is_true


def test_unknown_parts_leave_it_open() -> None:
    """A document is open where an unknown part could restrict it, and decided where it can't save it."""
    hole = Unknown("var.actions", WHY)
    assert is_default(encoded(Action=hole)).reasons == WHY
    assert is_default(encoded(Action=hole, Effect=Known("Deny"))).is_false
    assert is_default(encoded(Action=Sequence((hole, Known("*"))))).is_true
    assert is_default(encoded(Resource=Sequence((Run("var.arns", hole),)))).is_unknown
    assert is_default(text(("{", hole, "}"))).is_unknown
    assert is_missing(hole).is_unknown


def test_choice_between_none_and_something() -> None:
    """Either way unrestricted is unrestricted; otherwise the condition is a reason."""
    assert is_unrestricted(Choice(FLAG, Known(None), document(OPEN))).is_true
    assert is_unrestricted(Choice(FLAG, Known(None), document())).is_unknown
