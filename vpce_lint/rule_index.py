"""The page of all rules, ``rules/README.md``: ``python -m vpce_lint.rule_index`` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.loader import built_in_folder, load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.rule import Rule

PAGE = built_in_folder() / "README.md"

INTRODUCTION = """\
# Rules

Made from the rules' docstrings by `python -m vpce_lint.rule_index`. Names read after "allow ...".
"""


def render(rules: Iterable[Rule]) -> str:
    """The page in Markdown: a table of the rules, then what each of them says about itself."""
    rules = tuple(rules)
    rows = [f"| [{rule.id}](#{_anchor(rule)}) | `{rule.name}` | {rule.severity.value} |" for rule in rules]
    table = "\n".join(["| id | name | severity |", "|---|---|---|", *rows])
    return "\n".join([INTRODUCTION, table, *(f"\n{_section(rule)}" for rule in rules)]) + "\n"


def _section(rule: Rule) -> str:
    settings = [f"`{name}` = `{default!r}`" for name, default in rule.settings.items()]
    facts = [f"category: {rule.category}"]
    facts += [f"controls: {', '.join(rule.controls)}"] if rule.controls else []
    facts += [f"settings: {', '.join(settings)}"] if settings else []
    return f"## {_title(rule)}\n\n{rule.page}\n\n{' · '.join(facts)}"


def _title(rule: Rule) -> str:
    return f"{rule.id} {rule.name}"


def _anchor(rule: Rule) -> str:
    return _title(rule).lower().replace(" ", "-")


if __name__ == "__main__":
    PAGE.write_text(render(load_rules()), "utf-8")
