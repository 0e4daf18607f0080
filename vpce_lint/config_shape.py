"""What may stand in a configuration: its keys, and what their values are. ``config.schema.json`` says the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import fields

from vpce_lint.limits import HIGHEST, Limits
from vpce_lint.verdict import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_MEMBERS = 1_000
"""Members of a list, tables of an array: each of them is held against each answer."""
LONGEST_TEXT = 1_000
"""Characters of a string."""


class Kind(Struct, frozen=True):
    """A kind of value: ``words`` name it in errors, ``schema`` is its JSON Schema, ``fits`` decides."""

    words: str
    schema: Mapping[str, Any]
    fits: Callable[[object], bool]


class Shape(Struct, frozen=True):
    """The keys of a table, each with its kind or the shape of what it holds, and the ones that must be there.

    ``array``: it is an array of such tables. ``rules``: the table's keys are rules, and each has the
    settings of that rule besides these keys.
    """

    keys: Mapping[str, Kind | Shape]
    required: tuple[str, ...] = ()
    array: bool = False
    rules: bool = False
    pages: Mapping[str, str] = field(default_factory=dict)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and len(value) <= MOST_MEMBERS and all(map(_is_text, value))


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _choice(words: list[str]) -> Kind:
    return Kind(f"one of {', '.join(words)}", {"enum": words}, lambda value: value in words)


_TEXT = {"type": "string", "maxLength": LONGEST_TEXT}
TEXT = Kind("a string", _TEXT, _is_text)
TEXTS = Kind("a list of strings", {"type": "array", "maxItems": MOST_MEMBERS, "items": _TEXT}, _are_texts)
RULES = Kind("a list of rules, by id or name", TEXTS.schema, _are_texts)
FLAG = Kind("true or false", {"type": "boolean"}, lambda value: isinstance(value, bool))
DAY = Kind("a date, such as 2027-01-31 without quotes", {"type": "string", "format": "date"}, _is_day)
NUMBER = Kind(
    f"a whole number from 1 to {HIGHEST:,}",
    {"type": "integer", "minimum": 1, "maximum": HIGHEST},
    lambda value: isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= HIGHEST,
)
SEVERITY = _choice([str(each) for each in Severity])
CONFIDENCE = _choice([str(each) for each in Confidence])

SETTINGS = Shape({"severity": SEVERITY}, rules=True, pages={"severity": "Replaces the rule's own severity."})

SUPPRESSION = Shape(
    {"rules": RULES, "addresses": TEXTS, "paths": TEXTS, "reason": TEXT, "until": DAY},
    required=("rules",),
    array=True,
    pages={
        "rules": "The rules whose answers don't count.",
        "addresses": "Resource addresses; * stands for anything. Without it, any.",
        "paths": "Paths of files or folders, from the configuration's folder. Without it, any.",
        "reason": "Why.",
        "until": "The last day of it.",
    },
)

OVERRIDE = Shape(
    {"roots": TEXTS, "select": RULES, "ignore": RULES, "rules": SETTINGS},
    required=("roots",),
    array=True,
    pages={
        "roots": "Folders of root modules (or templates), from the configuration's folder.",
        "select": "Only these rules there.",
        "ignore": "All but these rules there.",
        "rules": "Severities and settings of rules there.",
    },
)

ENVIRONMENT = Shape(
    {"name": TEXT, "roots": TEXTS, "variable_files": TEXTS},
    required=("name", "roots", "variable_files"),
    array=True,
    pages={
        "name": "What reports call it.",
        "roots": "Folders of root modules that are judged once for each of their environments.",
        "variable_files": "Files with values of variables, from the configuration's folder.",
    },
)

LIMITS = Shape(
    {field.name.replace("_", "-"): NUMBER for field in fields(Limits)},
    pages={
        "file-size": "Bytes of a file.",
        "instances": "Instances of one block.",
        "modules": "Module instances of a root module.",
        "resources": "Resources of a root module that concern rules.",
        "steps": "Steps of work on a root module.",
    },
)

CONFIGURATION = Shape(
    {
        "select": RULES,
        "ignore": RULES,
        "rules": SETTINGS,
        "exclude": TEXTS,
        "min_severity": SEVERITY,
        "min_confidence": CONFIDENCE,
        "strict": FLAG,
        "baseline": TEXT,
        "require_reason": FLAG,
        "suppress": SUPPRESSION,
        "overrides": OVERRIDE,
        "environments": ENVIRONMENT,
        "rule_folders": TEXTS,
        "enforced": RULES,
        "limits": LIMITS,
    },
    pages={
        "select": "Only these rules.",
        "ignore": "All but these rules.",
        "rules": "Severities and settings of rules, by id or name.",
        "exclude": "Files and folders that aren't looked at, from the configuration's folder.",
        "min_severity": "The least severity that fails.",
        "min_confidence": "The least confidence that fails.",
        "strict": "Whether undetermined answers fail, too.",
        "baseline": "The file with what is known already, from the configuration's folder.",
        "require_reason": "Whether a suppression needs a reason to count.",
        "suppress": "Answers that don't count.",
        "overrides": "Other rules for some root modules; of several that fit, the later one wins.",
        "environments": "Root modules that are judged more than once, with other values of their variables.",
        "rule_folders": "Folders with rules of your own; only in a --config from outside of what is scanned.",
        "limits": "How much is read, where that isn't enough; only in such a --config. --limit comes first.",
        "enforced": "Rules that nothing in the scanned code silences, .gitignore included; only in such a --config.",
    },
)
