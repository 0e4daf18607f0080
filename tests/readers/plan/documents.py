"""Plans for tests: read from a dictionary as if ``terraform show -json`` had printed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request

if TYPE_CHECKING:
    from vpce_lint.model import Reading
    from vpce_lint.report import Report

FIXTURES = Path(__file__).parents[3] / "fixtures"
PLANS = sorted(FIXTURES.rglob("plan.json"))


def reading_of(folder: Path, plan: Any) -> Reading:
    """What is read of a plan: a document, or the text of one."""
    file = folder / "plan.json"
    file.write_bytes(plan if isinstance(plan, bytes) else json.dumps(plan).encode())
    return read(Request(paths=(file,)))


def report_on(folder: Path, plan: Any) -> Report:
    """What the rules say about a plan."""
    return judge(reading_of(folder, plan), load_rules())


def verdicts(report: Report) -> dict[tuple[str, str, str | None], str]:
    """The verdicts by rule, address and what they are about."""
    return {(answer.rule, answer.address, answer.about): str(answer.verdict) for answer in report.answers}


def resource(type_: str, name: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An entry of ``resources``; its address follows from type, name, mode and index."""
    key = more.get("index")
    suffix = "" if key is None else f"[{json.dumps(key)}]"
    mode = more.get("mode", "managed")
    address = f"{'data.' if mode == 'data' else ''}{type_}.{name}{suffix}"
    return {"address": address, "mode": mode, "type": type_, "name": name, "values": values, **more}


def plan_of(
    resources: list[dict[str, Any]],
    *,
    unknown: dict[str, Any] | None = None,
    expressions: dict[str, dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A plan that makes these resources, ``unknown`` and ``expressions`` by address without key.

    Without ``expressions`` it has no configuration.
    """
    changes = [
        {
            "address": each["address"],
            "change": {
                "actions": ["create"],
                "before": None,
                "after": each["values"],
                "after_unknown": (unknown or {}).get(each["address"], {}),
            },
        }
        for each in resources
    ]
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": resources}},
        "resource_changes": changes,
    }
    if expressions is not None:
        blocks = {each["address"].partition("[")[0]: each for each in resources}
        configured = [
            {
                "address": address,
                "mode": each["mode"],
                "type": each["type"],
                "name": each["name"],
                "expressions": expressions.get(address, {}),
                **({"count_expression": {"constant_value": 2}} if "index" in each else {}),
            }
            for address, each in blocks.items()
        ]
        plan["configuration"] = {"root_module": {"resources": configured}}
    return {**plan, **more}
