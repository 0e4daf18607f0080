"""Names of Regions and zones as holes: what they can't contain is as good as known."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.readers.terraform.calls import Nowhere
from vpce_lint.readers.terraform.functions import call
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import STRING
from vpce_lint.value import Known, Run, Sequence, Text, Unknown, Value, text

REGIONS = json.loads((Path(__file__).parents[3] / "vpce_lint/data/regions.json").read_text("utf-8"))
ZONES = ["us-west-2-lax-1a", "us-east-1-wl1-bos-wlz-1", "ap-northeast-1-tpe-1a", "us-gov-west-1b", "eusc-de-east-1a"]
NAMES = [*REGIONS, *(f"{region}{letter}" for region in REGIONS for letter in "abf"), *ZONES]
OTHERS = ["private", "public", "/", ".", "_", "-", "inspection", "east", "data", "node", "1", "a", "North", "outheas"]
PLACE = Unknown("data.z.names[0]", (Reason("read at apply time"),), type=STRING, nullable=False, place=True)

pieces = st.one_of(
    st.sampled_from(OTHERS),
    st.sampled_from(NAMES).flatmap(
        lambda name: st.tuples(st.integers(0, len(name) - 1), st.integers(1, len(name))).map(
            lambda cut: name[cut[0] : cut[0] + cut[1]]
        )
    ),
)
parts = st.lists(st.one_of(pieces, st.just(PLACE)), min_size=1, max_size=5)


@given(pieces)
def test_no_name_contains_what_names_lack(piece: str) -> None:
    """What is said to be in no name of a Region or a zone is in none that there is."""
    assert not (PLACE.lacks(piece) and any(piece in name for name in NAMES))


def test_lacks_what_keys_are_made_of() -> None:
    """The words and separators that people put beside a zone's name are told apart from it."""
    assert all(PLACE.lacks(word) for word in ("/", "_", ".", "private", "public", "inspection", "Private"))


def _filled(value: Value, name: str) -> str:
    if isinstance(value, Known):
        return str(value.value)
    if isinstance(value, Text):
        return "".join(part if isinstance(part, str) else _filled(part, name) for part in value.parts)
    assert value == PLACE
    return name


@given(parts, pieces, st.sampled_from(NAMES))
def test_splits_around_names(written: list[str | Value], between: str, name: str) -> None:
    """Where a text with a zone's name is split for good, every name gives the same pieces."""
    found = call("split", (Known(between), text(written)), Nowhere())
    if not isinstance(found, Sequence) or any(isinstance(member, Run) for member in found.members):
        return
    expected = "".join(part if isinstance(part, str) else name for part in written).split(between)
    assert [_filled(member, name) for member in found.members] == expected


@given(parts, pieces, st.sampled_from(["public", "", "-"]), st.sampled_from(NAMES))
def test_replaces_around_names(written: list[str | Value], old: str, new: str, name: str) -> None:
    """Where something beside a zone's name is replaced, every name gives the same text."""
    found = call("replace", (text(written), Known(old), Known(new)), Nowhere())
    holes = found.parts if isinstance(found, Text) else (found,)
    if any(isinstance(hole, Value) and not isinstance(hole, Known) and hole != PLACE for hole in holes):
        return
    expected = "".join(part if isinstance(part, str) else name for part in written).replace(old, new)
    assert _filled(found, name) == expected
