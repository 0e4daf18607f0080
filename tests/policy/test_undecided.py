"""A policy that isn't decided says why: by what it depends on, or by the limit of work."""

from __future__ import annotations

import json

import pytest

from vpce_lint.policy.judgement import judge_policy
from vpce_lint.value import Known


@pytest.mark.parametrize(
    ("resource", "word"),
    [
        ("arn:${partition}:sqs:eu-west-1:123456789012:jobs", "template"),
        ("${aws:PrincipalTag/queue}", "${aws:principaltag/queue}"),
    ],
)
def test_variables_are_named(resource: str, word: str) -> None:
    """Placeholders of a template and variables of a request are named; a limit of work alone would mislead."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": resource}
    judged = judge_policy(Known(json.dumps({"Version": "2012-10-17", "Statement": [statement]})))
    assert judged.least is not judged.most
    [reason] = judged.reasons
    assert word in str(reason)
