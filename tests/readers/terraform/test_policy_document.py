"""``data.aws_iam_policy_document``: what its blocks and documents amount to, and where each part is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.terraform.configuration import resource
from vpce_lint.condition import assume
from vpce_lint.model import Endpoint
from vpce_lint.readers.terraform.statement_merge import MOST_STATEMENTS, Statements
from vpce_lint.truth import Reason
from vpce_lint.value import Json, Known, Mapping, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDPOINT = """
resource "aws_vpc_endpoint" "e" {
  vpc_id       = "v"
  service_name = "x"
  policy       = data.aws_iam_policy_document.p.json
}
variable "open" { OPEN }
"""

Case = list[tuple[int, str | None]]


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths of reports count from the test's own folder."""
    monkeypatch.chdir(tmp_path)


def document(folder: Path, body: str, default: str = "") -> Mapping:
    """The document that a data source with this body gives."""
    text = ENDPOINT.replace("OPEN", f"\n default = {default}\n" if default else "")
    policy = resource(folder, Endpoint, f'{text}data "aws_iam_policy_document" "p" {{\n{body}\n}}\n').policy
    assert isinstance(policy, Json), policy
    assert isinstance(policy.document, Mapping)
    return policy.document


def statements(value: Mapping) -> tuple[Value, ...]:
    """The statements of a document."""
    found = value.entries["Statement"]
    assert isinstance(found, Sequence)
    return found.members


def parts(value: Value) -> Iterator[Value]:
    """A value and all that it is made of."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        yield each
        if isinstance(each, Mapping):
            waiting += (*each.entries.values(), *each.runs)
        elif isinstance(each, Sequence):
            waiting += each.members
        elif isinstance(each, Run):
            waiting.append(each.each)


def merged(sources: Case, own: Case, overrides: Case) -> list[int]:
    """What the provider makes of statements (number, Sid): a later one takes the place of the first with its Sid."""
    result: list[tuple[int, str | None]] = []
    for group in (sources, own, overrides):
        for statement in group:
            places = [index for index, other in enumerate(result) if statement[1] and other[1] == statement[1]]
            if places:
                result[places[0]] = statement
            else:
                result.append(statement)
    return [number for number, _ in result]


def as_value(statement: tuple[int, str | None], sids: dict[str, str]) -> Mapping:
    """A statement; a Sid that begins with ``var.`` is open."""
    number, sid = statement
    entries: dict[str, Value] = {"Action": Known(number)}
    if sid and sid in sids:
        entries["Sid"] = Unknown(sid, (Reason(f"{sid} has no default"),), nullable=False)
    elif sid is not None:
        entries["Sid"] = Known(sid)
    return Mapping(entries)


def number_of(statement: Value) -> int:
    """The number of a statement, whether or not it is certainly there."""
    inner = statement.each if isinstance(statement, Run) else statement
    assert isinstance(inner, Mapping)
    number = inner.entries["Action"]
    assert isinstance(number, Known)
    assert isinstance(number.value, int)
    return number.value


@given(
    st.lists(st.lists(st.sampled_from([None, "", "A", "B", "var.x", "var.y"]), max_size=4), min_size=3, max_size=3),
    st.fixed_dictionaries({"var.x": st.sampled_from("ABC"), "var.y": st.sampled_from("ABD")}),
)
def test_statements_merge_by_sid(groups: list[list[str | None]], sids: dict[str, str]) -> None:
    """Whatever open Sids turn out to be: what is certain is in the policy, and what is in it was not left out."""
    numbered = [[(10 * index + at, sid) for at, sid in enumerate(group)] for index, group in enumerate(groups)]
    closed = [[(number, sids.get(sid or "", sid)) for number, sid in group] for group in numbered]
    for group in closed[:2]:
        given_ = [sid for _, sid in group if sid]
        if len(given_) != len(set(given_)):
            return  # Terraform refuses equal Sids here
    expected = merged(closed[0], closed[1], closed[2])
    found = Statements()
    sources, own, overrides = ([as_value(statement, sids) for statement in group] for group in numbered)
    found.add(sources)
    found.merge_apart(own)
    found.merge(overrides)
    certain = [number_of(statement) for statement in found.all if not isinstance(statement, Run)]
    possible = [number_of(statement) for statement in found.all]
    assert set(certain) <= set(expected) <= set(possible)
    if not any(sid in sids for group in groups for sid in group):
        assert certain == possible == expected
    assert all(statement.reasons for statement in found.all if isinstance(statement, Run))


def test_too_many_statements_are_not_compared() -> None:
    """Statements without end under open Sids end in a limit rather than in minutes of work."""
    found = Statements()
    sid = Unknown("var.x", (), nullable=False)
    found.merge(Mapping({"Sid": sid}) for _ in range(5))
    assert not found.overrun
    found.add([Mapping({})] * MOST_STATEMENTS)
    found.merge([Mapping({"Sid": sid})])
    assert found.overrun


BODY = """
  policy_id = "p"
  source_policy_documents = [<<-EOT
    {
      "Statement": [{"Sid": "S", "Effect": "Deny", "Action": ["s3:*"], "Condition": {"Bool": {"a": "${var.open}"}}}]
    }
  EOT
  ]
  statement {
    sid     = "Own"
    actions = ["s3:GetObject", "s3:PutObject"]
    resources = [
      "*",
    ]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    dynamic "principals" {
      for_each = var.open ? ["AWS", "Service"] : []
      content {
        type        = principals.value
        identifiers = ["more"]
      }
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceVpc"
      values   = ["vpc-1"]
    }
    dynamic "condition" {
      for_each = var.open ? ["aws:SourceVpc", "aws:PrincipalOrgID"] : []
      content {
        test     = "StringEquals"
        variable = condition.value
        values   = ["v"]
      }
    }
    dynamic "condition" {
      for_each = var.open ? [1] : []
      content {
        test     = "Bool"
        variable = "aws:SecureTransport"
        values   = ["true"]
      }
    }
  }
  dynamic "statement" {
    for_each = var.open ? [1] : []
    content {
      actions   = ["s3:List*"]
      resources = ["*"]
    }
  }
  override_policy_documents = [jsonencode({ Statement = { Sid = "Late", Effect = "Deny" } })]
"""


def test_every_part_says_where_it_is_written(tmp_path: Path) -> None:
    """Statements, actions, principals and conditions have a place, from blocks, dynamic blocks and text."""
    found = document(tmp_path, BODY)
    for part in parts(found):
        assert part.span is not None, part.symbol
    places = {}
    for statement in statements(found):
        inner = statement.each if isinstance(statement, Run) else statement
        assert isinstance(inner, Mapping)
        action = inner.entries.get("Action")
        places[str(inner.entries.get("Sid"))] = action.span.text if action is not None and action.span else None
    assert places == {
        "S": '["s3:*"]',
        "Own": '["s3:GetObject", "s3:PutObject"]',
        "None": '["s3:List*"]',
        "Late": None,
    }


@pytest.mark.parametrize("holds", [True, False])
def test_blocks_under_a_condition_are_what_they_are_when_it_is_decided(tmp_path: Path, *, holds: bool) -> None:
    """The open document, once its variable is assumed, is the document of the variable's value."""
    body = BODY.replace('"${var.open}"', '"x"')
    (tmp_path / "open").mkdir()
    (tmp_path / "closed").mkdir()
    opened = assume(document(tmp_path / "open", body), {"var.open": holds})
    assert opened.symbol == document(tmp_path / "closed", body, "true" if holds else "false").symbol


def test_every_part_of_an_encoded_value_says_where_it_is_written(tmp_path: Path) -> None:
    """What ``jsonencode`` encodes keeps the places of its expressions, references and calls included."""
    body = """
      policy = jsonencode({
        Statement = [{
          Effect   = var.open ? "Allow" : "Deny"
          Action   = concat(["a"], [var.open])
          Resource = [aws_vpc.v.arn, "${aws_vpc.v.arn}/x", var.open]
          Sid      = var.open
        }]
      })
    }
    resource "aws_vpc" "v" {
      cidr_block = "10.0.0.0/16"
    }
    """
    text = ENDPOINT.replace("policy       = data.aws_iam_policy_document.p.json\n}", body).replace("OPEN", "")
    policy = resource(tmp_path, Endpoint, text).policy
    assert isinstance(policy, Json)
    for part in parts(policy.document):
        assert part.span is not None, part.symbol


def test_no_key_is_in_two_places(tmp_path: Path) -> None:
    """A principal's type or a test that blocks may add to is one entry, as in the policy that Terraform writes."""
    for part in parts(document(tmp_path, BODY)):
        if isinstance(part, Mapping):
            keys = [*part.entries, *(str(run.key) for run in part.runs if isinstance(run.key, Known))]
            assert len(keys) == len(set(keys)), part.symbol


def test_a_choice_of_documents_stays_a_choice(tmp_path: Path) -> None:
    """Each case of a conditional source document is merged by itself."""
    text = """
      source_policy_documents = [var.open ? "{\\"Statement\\": {\\"Sid\\": \\"A\\"}}" : "{\\"Statement\\": []}"]
      statement {
        sid = "B"
      }
    """
    policy = resource(
        tmp_path, Endpoint, f'{ENDPOINT.replace("OPEN", "")}data "aws_iam_policy_document" "p" {{{text}}}'
    ).policy
    for holds, number in ((True, 2), (False, 1)):
        decided = assume(policy, {"var.open": holds})
        assert isinstance(decided, Json)
        assert isinstance(decided.document, Mapping)
        assert len(statements(decided.document)) == number
