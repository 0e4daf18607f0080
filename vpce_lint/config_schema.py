"""The JSON Schema of configurations, for editors: ``python -m vpce_lint.config_schema`` writes it."""

from __future__ import annotations

import json
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from vpce_lint.config_shape import CONFIGURATION, MOST_MEMBERS, Kind, Shape
from vpce_lint.loader import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.rule import Rule

FILE = Path(__file__).parent / "config.schema.json"

TYPES: dict[type, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    tuple: {"type": "array", "items": {"type": "string"}},
    MappingProxyType: {"type": "object"},
}


def render(rules: Iterable[Rule]) -> str:
    """The schema for these rules; of rules that it doesn't know it says nothing, for people have their own."""
    rules = tuple(rules)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:vpce-lint:config:1",
        "title": "vpce-lint configuration",
        "description": "The file .vpce-lint.toml, or the table [tool.vpce-lint] of pyproject.toml.",
        **_table(CONFIGURATION, rules),
    }
    return json.dumps(schema, indent=2) + "\n"


def _table(shape: Shape, rules: tuple[Rule, ...]) -> dict[str, Any]:
    properties = {
        name: {
            "description": shape.pages[name],
            **(dict(kind.schema) if isinstance(kind, Kind) else _held(kind, rules)),
        }
        for name, kind in shape.keys.items()
    }
    required = {"required": list(shape.required)} if shape.required else {}
    return {"type": "object", "additionalProperties": False, **required, "properties": properties}


def _held(shape: Shape, rules: tuple[Rule, ...]) -> dict[str, Any]:
    if shape.array:
        return {"type": "array", "maxItems": MOST_MEMBERS, "items": _table(shape, rules)}
    if not shape.rules:
        return _table(shape, rules)
    tables: dict[str, Any] = {}
    for rule in rules:
        table = _table(shape, rules)
        table["description"] = rule.summary
        table["properties"] |= {name: _setting(default) for name, default in rule.settings.items()}
        tables |= {rule.id: table, rule.name: table}
    return {"type": "object", "additionalProperties": {"type": "object"}, "properties": tables}


def _setting(default: object) -> dict[str, Any]:
    written = list(default) if isinstance(default, tuple) else default
    return {
        **TYPES.get(type(default), {}),
        "default": dict(written) if isinstance(written, MappingProxyType) else written,
    }


if __name__ == "__main__":
    FILE.write_text(render(load_rules()), "utf-8")
