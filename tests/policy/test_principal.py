"""Whether principals are everyone, named, or nobody."""

from __future__ import annotations

import pytest

from vpce_lint.policy.principal import are_named, is_everyone, some_are_everyone, those_of_everyone
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Unknown, Value, text

WHY = (Reason("it has no default"),)
HOLE = Unknown("var.x", WHY)
FLAG = Unknown("var.flag", WHY, nullable=False)
OWN_ACCOUNT = Unknown("data.aws_caller_identity.current.account_id", WHY)
ROLE = Reference("aws_iam_role.x.arn", WHY, address="aws_iam_role.x", attribute="arn")
NAMED = Known("arn:aws:iam::111122223333:root")
EVERYONE = Known("*")


@pytest.mark.parametrize(
    ("principal", "value"),
    [
        (EVERYONE, True),
        (Known("arn:aws:iam::*:root"), True),
        (Known("arn:aws:iam::1111222233??:role/x"), True),
        (NAMED, False),
        (Known("111122223333"), False),
        (Known("arn:aws:iam::111122223333:role/team-*"), False),
        (Known(None), False),
        (ROLE, False),
        (OWN_ACCOUNT, False),
        (HOLE, None),
        (text(("arn:aws:iam::", OWN_ACCOUNT, ":root")), False),
        (text(("arn:", HOLE, ":iam::111122223333:root")), False),
        (text(("arn:aws:iam::", HOLE, ":root")), None),
        (text(("arn:aws:iam::*", HOLE, ":root")), True),
        (text(("arn:aws:iam::111122223333:role/", HOLE)), False),
        (text((HOLE, ":root")), None),
        (Choice(FLAG, EVERYONE, Known("arn:aws:iam::*:root")), True),
        (Choice(FLAG, EVERYONE, NAMED), None),
    ],
)
def test_everyone(principal: Value, value: bool | None) -> None:  # noqa: FBT001
    """A wildcard in the account's place is everyone; one in a name isn't, and AWS's answers have none."""
    assert is_everyone(principal).value is value


@pytest.mark.parametrize(
    ("principals", "everyone", "named"),
    [
        (Sequence(()), False, False),
        (Known(None), False, False),
        (Sequence((Known(None),)), False, False),
        (Sequence((NAMED,)), False, True),
        (Sequence((HOLE, EVERYONE)), True, True),
        (Sequence((HOLE,)), None, True),
        (HOLE, None, None),
        (Sequence((Run("r", NAMED),)), False, None),
        (Sequence((Run("r", EVERYONE),)), None, None),
        (Sequence((Run("r", EVERYONE, 1),)), True, True),
        (Sequence((Run("r", EVERYONE, 0, 0),)), False, False),
        (Choice(FLAG, Sequence(()), Sequence((NAMED,))), False, None),
    ],
)
def test_lists(principals: Value, everyone: bool | None, named: bool | None) -> None:  # noqa: FBT001
    """A certain wildcard decides beside unknown members; a list that may be empty names nobody for certain."""
    assert some_are_everyone(principals).value is everyone
    assert are_named(principals).value is named


def test_open_answers_have_reasons() -> None:
    """A run without any reason of its own is named."""
    open_ = are_named(Sequence((Run("values(local.x)", NAMED),)))
    assert [reason.words for reason in open_.reasons] == ["the number of members of values(local.x) is not known"]


def test_wildcards_are_shown() -> None:
    """Those members that certainly stand for everyone."""
    assert those_of_everyone(Sequence((NAMED, EVERYONE, HOLE))) == (EVERYONE,)
