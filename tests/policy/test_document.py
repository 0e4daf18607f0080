"""Policy documents from values: which statements they have, and what is no policy at all."""

from __future__ import annotations

from typing import Any

import pytest

from vpce_lint.policy.document import Document, is_missing, read_document
from vpce_lint.readers.terraform.data import from_data
from vpce_lint.truth import Reason
from vpce_lint.value import Json, Known, Mapping, Run, Sequence, Unknown, Value, text

WHY = (Reason("var.policy has no default"),)
HOLE = Unknown("var.policy", WHY)
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def read(value: Value) -> Document:
    """The document that a value is, which must be known."""
    document = read_document(value)
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize(
    "policy",
    [
        from_data({"Statement": [OPEN]}),
        from_data({"Statement": OPEN}),
        Known('{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}'),
        Json(from_data({"Statement": [OPEN]}), Known("the text is not read")),
    ],
)
def test_statement_is_the_same_however_the_policy_is_given(policy: Value) -> None:
    """An object, its JSON, and one statement without a list are one policy."""
    assert [part.value for part in read(policy).parts] == [from_data(OPEN)]


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        (Known("{"), "not JSON"),
        (Known("[]"), "it is not an object"),
        (Known(1), "1 is not JSON"),
        (from_data({}), "it has no Statement"),
        (from_data({"Statement": "all"}), "its Statement is all"),
        (from_data({"Statement": [1]}), "one of its statements is not an object"),
        (from_data([]), "it is a list, not an object"),
    ],
)
def test_what_is_no_policy_says_why(policy: Value, fault: str) -> None:
    """None of these may count as a policy without statements, which would let nothing through."""
    assert fault in read(policy).fault


@pytest.mark.parametrize(
    "policy",
    [HOLE, text(("{", HOLE, "}")), Mapping({}, (Run("var.policy", HOLE, key=HOLE),))],
)
def test_policy_that_is_not_known_says_why(policy: Value) -> None:
    """The reasons reach the person who can do something about them."""
    assert read_document(policy).reasons == WHY  # type: ignore[union-attr]


def test_statements_that_may_not_be_there_are_uncertain() -> None:
    """A dynamic block gives one statement to look at, and no promise that there is one."""
    statements = Sequence((from_data(OPEN), Run("var.policy", from_data(OPEN), why=WHY)))
    parts = read(Mapping({"Statement": statements})).parts
    assert [(part.number, part.certain, part.why) for part in parts] == [(1, True, ()), (2, False, WHY)]


@pytest.mark.parametrize(
    ("version", "has"),
    [("2012-10-17", True), ("2008-10-17", False), (None, False)],
)
def test_variables_need_the_present_version(version: Any, *, has: bool) -> None:
    """Under the old version, which is also the default, ``${aws:username}`` is plain text."""
    given = {"Statement": [OPEN], **({"Version": version} if version else {})}
    assert read(from_data(given)).has_variables is has


def test_empty_text_is_a_missing_policy() -> None:
    """Terraform gives AWS no policy for an empty text, and AWS attaches its default."""
    assert is_missing(Known("")).is_true
    assert is_missing(Known(None)).is_true
    assert is_missing(HOLE).is_unknown
    assert is_missing(Known("{}")).is_false
