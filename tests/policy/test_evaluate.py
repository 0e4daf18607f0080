"""What a policy says to one request, against a second reading of the rules."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import policy_world
import pytest
from policy_oracle import allows, joined, statements

from vpce_lint.policy.request import Request, evaluate

RUNS = int(os.environ.get("VPCE_LINT_RUNS", "1"))
FIRST = int(os.environ.get("VPCE_LINT_SEED", "0"))


def test_requests_are_evaluated_as_a_second_reading_does() -> None:
    """Random policies allow the same random requests in both readings."""
    allowed = 0
    for seed in range(FIRST, FIRST + 40 * RUNS):
        rng = Random(seed)  # noqa: S311 (repeatable)
        version = rng.choice(["2012-10-17", "2012-10-17", "2008-10-17", None])
        document = policy_world.document(rng, version, variables=0.3)
        world = policy_world.world_of(document)
        given, gateway = statements(document), rng.random() < 0.2
        for _ in range(20):
            others = [
                Request("iam", "", "", {key: one} if one else {})
                for key in world.others
                for one in [rng.choice(world.others[key])]
            ]
            request = joined(rng.choice(world.callers), rng.choice(world.actions), rng.choice(world.targets), others)
            wanted = allows(document, request, gateway=gateway)
            assert evaluate(given, request, gateway=gateway).allowed == wanted, (document, request)
            allowed += wanted
    assert allowed > 30 * RUNS


ABSENT: list[tuple[str, Any, bool]] = [
    ("StringEquals", "x", False),
    ("StringNotEquals", "x", True),
    ("StringEqualsIfExists", "x", True),
    ("StringNotEqualsIfExists", "x", True),
    ("ForAllValues:StringEquals", "x", True),
    ("ForAllValues:StringNotEquals", "x", True),
    ("ForAnyValue:StringEquals", "x", False),
    ("ForAnyValue:StringNotEquals", "x", False),
    ("Null", "true", True),
    ("Null", "false", False),
    ("Bool", "false", False),
    ("BoolIfExists", "false", True),
    ("NumericNotEquals", "1", True),
    ("NotIpAddress", "10.0.0.0/8", True),
    ("ArnNotLike", "*", True),
]


@pytest.mark.parametrize(("operator", "value", "holds"), ABSENT)
def test_an_absent_key(operator: str, value: str, *, holds: bool) -> None:
    """The table of what a condition is where the request has no such key."""
    row = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {operator: {"k:a": value}}}
    request = Request("anonymous", "s3:GetObject", "arn:aws:s3:::a/b")
    assert evaluate(statements({"Statement": row}), request).allowed == holds
