"""Settings as they are written in a configuration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vpce_lint.rule import Rule


def toml(value: object) -> str:
    """A setting's value in TOML: a truth value, a number, a text, or a list or map of them."""
    match value:
        case bool() | int() | float() | str():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return f"{{ {', '.join(f'{key} = {toml(each)}' for key, each in value.items())} }}" if value else "{}"
        case tuple() | list() | frozenset():
            return f"[{', '.join(map(toml, value))}]"
    msg = f"{type(value).__name__} is no type of a setting"
    raise TypeError(msg)


def defaults(rule: Rule) -> str:
    """The table of a rule's settings with what holds where nothing is configured, as a fenced block.

    The severity isn't among them: written down, it would replace those that single answers have.
    """
    lines = [f"{name} = {toml(value)}" for name, value in rule.settings.items()]
    return "\n".join(["```toml", f"[rules.{rule.id}]", *lines, "```"])
