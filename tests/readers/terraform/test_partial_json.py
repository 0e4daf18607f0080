"""JSON texts with holes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.readers.terraform.data import from_data, to_data
from vpce_lint.readers.terraform.partial_json import document_of
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Mapping, Sequence, Text, Unknown, Value, text

WHY = (Reason("var.x has no default"),)
HOLE = Unknown("var.x", WHY)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def test_holes_inside_strings_stay_holes() -> None:
    """What is around a hole is read, the hole keeps its identity."""
    document = document_of(text(('{"image": "', HOLE, ":", HOLE, '", "name": "app"}')))
    assert isinstance(document, Mapping)
    assert document.entries["name"] == Known("app")
    image = document.entries["image"]
    assert isinstance(image, Text)
    assert image.parts == (HOLE, ":", HOLE)


def test_a_whole_string_is_the_hole_itself() -> None:
    """A string that is nothing but a hole is that value."""
    document = document_of(text(('["', HOLE, '"]')))
    assert to_names(document) == ["var.x"]


@pytest.mark.parametrize("mark", ["\ue0000\ue001", "\ue0029\ue001", r"\ue0000\ue001", r"\uE0029\ue001"])
def test_code_cannot_write_a_hole(mark: str) -> None:
    """What marks holes inside of here means nothing in the code: such a text is not decoded."""
    document = document_of(text((f'["{mark}", "', HOLE, '"]')))
    assert isinstance(document, Unknown)
    whole = document_of(Known(f'["{mark}"]'))
    assert isinstance(whole, Sequence)
    assert whole.members == (Known(json.loads(f'"{mark}"')),)


def to_names(value: Value) -> list[str]:
    """The symbols of a list's members."""
    return [member.symbol for member in value.members]  # type: ignore[attr-defined]


def test_a_hole_in_the_place_of_a_value() -> None:
    """What stands there isn't known, what stands around it is; quotation marks behind a backslash end nothing."""
    document = document_of(text(('{"a\\"": "', HOLE, '\\"", "Resource": ', HOLE, ', "Action": "sqs:*"}')))
    assert isinstance(document, Mapping)
    assert document.entries["Action"] == Known("sqs:*")
    resource = document.entries["Resource"]
    assert isinstance(resource, Unknown)
    assert resource.reasons == WHY


def test_what_is_not_json_is_not_known() -> None:
    """A hole in the place of an entry, broken JSON and JSON that is too deep are no documents."""
    for broken in (text(('{"cpu": 1, ', HOLE, "}")), Known("{"), Known("[" * 100_000)):
        document = document_of(broken)
        assert isinstance(document, Unknown)
    assert document_of(text(('{"cpu": 1, ', HOLE, "}"))).reasons == WHY


def test_nothing_stays_nothing() -> None:
    """``null`` and the empty text are no documents, a choice is one of choices."""
    assert document_of(Known(None)).is_null.is_true
    assert document_of(Known(" ")).is_null.is_true
    assert isinstance(document_of(Choice(HOLE, Known('{"a": 1}'), HOLE)), Choice)


@given(DATA)
def test_known_text_is_read_as_json(data: object) -> None:
    """Without holes the document is what the text says."""
    written = json.dumps({"document": data})
    assert to_data(document_of(Known(written))) == to_data(from_data(json.loads(written)))
