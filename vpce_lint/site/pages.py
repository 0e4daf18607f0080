"""All pages that are made, by their paths below ``docs``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.fault import FAULTS
from vpce_lint.loader import load_rules
from vpce_lint.site import command_page, configuration_page, interface_page, rule_page
from vpce_lint.site.case import cases_of

if TYPE_CHECKING:
    from pathlib import Path


def pages(fixtures: Path) -> dict[str, str]:
    """The pages in Markdown; ``fixtures`` is the folder with the fixtures of the built-in rules."""
    rules = load_rules()
    made = {
        "rules/index.md": rule_page.overview([*rules, *FAULTS]),
        "configuration-reference.md": configuration_page.render(rules),
        "command-line.md": command_page.render(),
        "rule-interface.md": interface_page.render(),
    }
    made |= {f"rules/{rule.id}.md": rule_page.render(rule, cases_of(rule, fixtures)) for rule in rules}
    return made | {f"rules/{fault.id}.md": rule_page.render_fault(fault, cases_of(fault, fixtures)) for fault in FAULTS}
