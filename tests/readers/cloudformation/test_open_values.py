"""Random expressions with open parameters stand for what they are once the parameters are set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.readers.terraform.abstraction import Cover
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.value import Known, Value

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

VALUES = {"Open": ("", "a", "a-b"), "Kind": ("a", "b"), "Many": ("a", "b", "c", "d", "e"), "List": ("", "a", "a,b")}
PARAMETERS = {
    "Open": {"Type": "String"},
    "Kind": {"Type": "String", "AllowedValues": list(VALUES["Kind"])},
    "Many": {"Type": "String", "AllowedValues": list(VALUES["Many"])},
    "List": {"Type": "CommaDelimitedList"},
}
ROW = {"x": "a", "y": "b"}
MAPPINGS = {
    "M": {"a": ROW, "b": {"x": "b", "y": "b"}},
    "Wide": {name: {"x": name, "y": "a"} for name in VALUES["Many"]},
}
CONDITIONS = {
    "C0": {"Fn::Equals": [{"Ref": "Open"}, "a"]},
    "C1": {"Fn::Equals": ["a-b", {"Ref": "Open"}]},
    "C2": {"Fn::Equals": [{"Ref": "Kind"}, {"Ref": "Open"}]},
    "C3": {"Fn::Not": [{"Fn::Or": [{"Condition": "C0"}, {"Fn::Equals": [{"Ref": "Many"}, "e"]}]}]},
    "C4": {"Fn::And": [{"Condition": "C3"}, {"Fn::Not": [{"Condition": "C1"}]}]},
    "C5": {"Fn::Equals": [{"Fn::FindInMap": ["Wide", {"Ref": "Many"}, "y"]}, "a"]},
}
NAME = st.sampled_from(sorted(CONDITIONS))
SCALAR = st.sampled_from(
    [{"Ref": "Open"}, {"Ref": "Kind"}, {"Ref": "Many"}, "a", "b", "-", {"Fn::Sub": "${Open}-${Kind}"}]
)
LIST = st.sampled_from([{"Ref": "List"}, ["a", "b"], [], {"Ref": "AWS::NoValue"}])


def either(condition: str, then: object, otherwise: object) -> dict[str, Any]:
    """``Fn::If``."""
    return {"Fn::If": [condition, then, otherwise]}


def _larger_text(text: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.lists(
        text | st.just({"Ref": "AWS::NoValue"}) | st.builds(either, NAME, text, st.just({"Ref": "AWS::NoValue"})),
        max_size=3,
    )
    listed = LIST | members | st.builds(either, NAME, members, LIST) | text.map(lambda each: {"Fn::Split": ["-", each]})
    key = st.sampled_from([{"Ref": "Kind"}, {"Ref": "Many"}, {"Ref": "Open"}, "a"])
    return (
        st.builds(either, NAME, text, text)
        | listed.map(lambda each: {"Fn::Join": ["-", each]})
        | st.builds(lambda index, each: {"Fn::Select": [index, each]}, st.integers(0, 2), listed)
        | st.builds(
            lambda name, row, column: {"Fn::FindInMap": [name, row, column]},
            st.sampled_from(["M", "Wide"]),
            key,
            st.sampled_from(["x", "y"]),
        )
        | st.builds(lambda one, other: {"Fn::Sub": ["${A}${B}-${Open}", {"A": one, "B": other}]}, text, text)
    )


TEXTS = st.recursive(SCALAR, _larger_text, max_leaves=8)
MEMBERS = st.lists(TEXTS | st.builds(either, NAME, TEXTS, st.just({"Ref": "AWS::NoValue"})), max_size=4)
EXPRESSIONS = (
    TEXTS
    | MEMBERS
    | st.builds(either, NAME, MEMBERS, LIST)
    | st.builds(lambda key, each: {"k": key, "l": each}, TEXTS, MEMBERS)
)


def evaluated(folder: Path, expression: object, assignment: dict[str, str] | None) -> Value:
    """The value of the expression, with parameters open or set."""
    template = {
        "Parameters": PARAMETERS,
        "Mappings": MAPPINGS,
        "Conditions": CONDITIONS,
        "Resources": {
            "E": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"ServiceName": expression, "VpcId": "v"}},
        },
    }
    (folder / "template.json").write_text(json.dumps(template))
    (folder / "parameters").write_text(json.dumps(assignment or {}))
    reading = read(Request(paths=(folder / "template.json",), parameters=(folder / "parameters",)))
    assert reading.problems == ()
    [endpoint] = reading.networks[0].resources
    return endpoint.service  # type: ignore[attr-defined,no-any-return]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(EXPRESSIONS, st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}))
def test_open_values_stand_for_set_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expression: object, assignment: dict[str, str]
) -> None:
    """Whatever the parameters are set to, the value found with open ones may turn out so."""
    monkeypatch.chdir(tmp_path)
    hidden: dict[str, Value] = {name: Known(value) for name, value in assignment.items() if name != "List"}
    concrete = evaluated(tmp_path, expression, assignment)
    if "invalid(" in concrete.symbol:
        return  # CloudFormation refuses the template
    abstract = evaluated(tmp_path, expression, None)
    assert Cover(hidden).covers(abstract, concrete), (abstract, concrete)
