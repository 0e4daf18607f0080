"""Plans with anything in them that should not be there: an answer or a clear fault, never an internal error."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.readers.plan.documents import PLANS, reading_of, report_on
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

ODD: list[Any] = [None, True, 0, -1, 10**30, "", "x", "\ud800", "a\u0000b", [], [[]], {}, {"": None}, [True], "${", "*"]


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every property and member, as container and key."""
    waiting = [document]
    while waiting:
        container = waiting.pop()
        for key in list(container) if isinstance(container, dict) else range(len(container)):
            yield container, key
            if isinstance(container[key], dict | list):
                waiting.append(container[key])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_is_an_internal_error(data: st.DataObject) -> None:
    """Whatever stands in a plan's place, the reader answers or says what is wrong with the plan."""
    document = copy.deepcopy(json.loads(data.draw(st.sampled_from(PLANS)).read_bytes()))
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(list(places(document))))
        change = data.draw(st.sampled_from(["replace", "drop", "double"]))
        if change == "replace":
            container[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
        elif change == "drop":
            del container[key]
        elif isinstance(container, list):
            container.append(copy.deepcopy(container[key]))
        else:
            container[f"{key}x"] = copy.deepcopy(container[key])
        if not document:
            break
    with TemporaryDirectory() as folder:
        report = report_on(Path(folder), document)
    assert [answer.message for answer in report.answers if answer.rule == "VPCE999"] == []


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLANS), st.data())
def test_no_bytes_are_an_internal_error(plan: Path, data: st.DataObject) -> None:
    """A plan that is cut off, or has other bytes in it, is a clear fault or is read."""
    raw = bytearray(plan.read_bytes())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at : at + data.draw(st.integers(0, 40))] = data.draw(
        st.binary(max_size=4) | st.sampled_from([b"{", b'"', b"\\u"])
    )
    if data.draw(st.booleans()):
        del raw[data.draw(st.integers(1, len(raw))) :]
    with TemporaryDirectory() as folder:
        report = report_on(Path(folder), bytes(raw))
    assert [answer.message for answer in report.answers if answer.rule == "VPCE999"] == []


@pytest.mark.parametrize("depth", [200, 10_000, 100_000])
@pytest.mark.parametrize("where", ["values", "unknown", "document", "child_modules", "expressions"])
def test_deep_nesting_is_no_crash(tmp_path: Path, depth: int, where: str) -> None:
    """Nesting beyond all measure is refused or passed over, and doesn't bring the process down."""
    deep = "[" * depth + "]" * depth
    fill = dict.fromkeys(("values", "unknown", "document", "expressions"), "[]") | {"child_modules": "[]"}
    fill[where] = deep
    if where == "child_modules":
        fill[where] = '[{"address": "module.m", "child_modules": ' * depth + "[]" + "}]" * depth
    text = """{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
      {"address": "aws_vpc_endpoint.e", "mode": "managed", "type": "aws_vpc_endpoint", "name": "e",
       "values": {"vpc_endpoint_type": "Interface", "subnet_ids": <values>, "subnet_configuration": []}}],
      "child_modules": <child_modules>}},
     "resource_changes": [{"address": "aws_vpc_endpoint.e", "change": {"actions": ["create"],
       "after_unknown": {"subnet_ids": <unknown>}}}],
     "configuration": {"root_module": {"resources": [{"address": "aws_vpc_endpoint.e", "mode": "managed",
       "type": "aws_vpc_endpoint", "name": "e", "expressions": {"subnet_ids": <expressions>}}]}},
     "x": <document>}"""
    for name, part in fill.items():
        text = text.replace(f"<{name}>", part)
    report = report_on(tmp_path, text.encode())
    assert "VPCE999" not in {answer.rule for answer in report.answers}
    assert report.answers


def test_malformed_plan_is_a_fault(tmp_path: Path) -> None:
    """Each of these is VPCE900 with a place, and no rule has judged anything."""
    good = json.loads(PLANS[0].read_bytes())
    cases: list[Any] = [json.dumps(good).encode()[:-5]]
    for path, odd in (
        (("format_version",), "2.0"),
        (("format_version",), 1),
        (("planned_values",), []),
        (("planned_values",), None),
        (("planned_values",), {}),
        (("planned_values", "root_module"), 3),
        (("planned_values", "root_module", "resources"), {}),
        (("planned_values", "root_module", "resources", 0), "x"),
        (("planned_values", "root_module", "resources", 0, "address"), None),
        (("planned_values", "root_module", "resources", 0, "address"), ""),
        (("resource_changes",), "x"),
        (("resource_changes", 0, "change", "actions"), "create"),
        (("resource_changes", 0, "change", "after_unknown"), []),
        (("configuration", "root_module"), []),
    ):
        document = copy.deepcopy(good)
        inner = document
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = odd
        cases.append(document)
    text = json.dumps(good)
    cases.append(text.replace('"resource_changes"', '"format_version": "1.2", "resource_changes"').encode())
    for case in cases:
        report = report_on(tmp_path, case)
        assert [(answer.rule, answer.verdict) for answer in report.answers] == [("VPCE900", Verdict.VIOLATED)], case


def test_same_address_twice_is_a_fault(tmp_path: Path) -> None:
    """Of two resources with one address neither is judged in the other's place."""
    document = json.loads(PLANS[0].read_bytes())
    resources = document["planned_values"]["root_module"]["resources"]
    resources.append(resources[0])
    assert [problem.kind for problem in reading_of(tmp_path, document).problems] == ["unreadable"]
