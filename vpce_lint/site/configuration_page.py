"""The reference of configurations, from their shape and the rules' settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.config import ONLY_FROM_OUTSIDE, Config
from vpce_lint.config_shape import CONFIGURATION, FLAG, Kind, Shape
from vpce_lint.report import Thresholds
from vpce_lint.site.toml_text import defaults, toml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.rule import Rule

INTRODUCTION = """\
# Configuration reference

Every key that `.vpce-lint.toml` may hold, or the table `[tool.vpce-lint]` of `pyproject.toml`.
[Configuration](configuration.md) says where the file lies and what comes first, with examples. A key that isn't listed
here is an error. `vpce_lint/config.schema.json` in the repository says the same as a JSON Schema, for editors.
"""
HEAD = "| key | value | default | meaning |\n|---|---|---|---|"
RULES = """\
Each rule may have a table, `[rules.VPCE003]` or `[rules.interface-endpoint-in-one-zone]`. Every rule takes `severity`, one of
high, medium, low, info: it replaces the severities of all the rule's answers. What the other settings mean stands on the
rule's page. These are their defaults:
"""


def render(rules: Iterable[Rule]) -> str:
    """The page."""
    tables = {name: kind for name, kind in CONFIGURATION.keys.items() if isinstance(kind, Shape)}
    parts = [INTRODUCTION, "## Top level", _table(CONFIGURATION)]
    for name, shape in tables.items():
        if shape.array:
            parts += [f"## `[[{name}]]`", CONFIGURATION.pages[name], _table(shape)]
    parts += ["## `[rules.ID]`", RULES]
    for rule in rules:
        if rule.settings:
            parts += [f"[{rule.id}](rules/{rule.id}.md) {rule.name}:", defaults(rule)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(shape: Shape) -> str:
    top = shape is CONFIGURATION
    rows = []
    for name, kind in shape.keys.items():
        words = kind.words if isinstance(kind, Kind) else _words(name, kind)
        default = _default(name, kind) if top else "required" if name in shape.required else ""
        meaning = shape.pages[name] + (" See [the trust in it](configuration.md#trust)." if _is_guarded(name) else "")
        rows.append(f"| `{name}` | {words} | {default} | {meaning} |")
    return "\n".join([HEAD, *rows])


def _words(name: str, shape: Shape) -> str:
    return f"tables `[[{name}]]`" if shape.array else f"a table for each rule, `[{name}.VPCE003]`"


def _is_guarded(name: str) -> bool:
    return name in ONLY_FROM_OUTSIDE


def _default(name: str, kind: Kind | Shape) -> str:
    """What holds where the key is missing; nothing where that is nothing."""
    thresholds = Thresholds()
    values = {
        "min_severity": thresholds.severity,
        "min_confidence": thresholds.confidence,
        "strict": thresholds.strict,
        "require_reason": Config().require_reason,
    }
    if kind is FLAG or name in values:
        return f"`{toml(values[name])}`"
    return ""
