"""The page of a rule: what it says about itself, its settings, and examples with the tool's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.site.case import KINDS, spoken
from vpce_lint.site.toml_text import defaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vpce_lint.fault import Fault
    from vpce_lint.rule import Rule
    from vpce_lint.site.case import Case

LANGUAGES = {"tf": "hcl", "tfvars": "hcl", "yaml": "yaml", "json": "json"}
OVERVIEW = """\
# Rules

`vpce-lint rules` prints this list, `vpce-lint explain VPCE003` a rule's page. A rule's name reads after "allow ...".
Rules can be named by id or by name wherever a rule is named.
"""
SETTINGS = "The defaults, as they would stand in the [configuration](../configuration.md):"
UNTRIED = "<!-- untried: it is wrong, the command below says how -->\n"
FAULT = """\
This is not about the network but about the scan itself, so it can't be deselected, suppressed, put into a baseline or
given another severity.
"""


def overview(rules: Iterable[Rule | Fault]) -> str:
    """The table of all rules."""
    rows = [f"| [{rule.id}]({rule.id}.md) | `{rule.name}` | {rule.severity} | {rule.summary} |" for rule in rules]
    return "\n".join([OVERVIEW, "| id | name | severity | finds |", "|---|---|---|---|", *rows]) + "\n"


def render(rule: Rule, cases: Sequence[Case]) -> str:
    """The page of a rule with these fixtures."""
    parts = [_head(rule), rule.page]
    if rule.settings:
        parts += ["## Settings", SETTINGS, defaults(rule)]
    parts += ["## Examples"]
    examples = sorted((case for case in cases if case.is_example), key=lambda case: case.is_template)
    parts += [_example(case, ["--select", rule.id, "--show", case.verdict]) for case in examples]
    parts += ["## Tested cases", "The folder of each is below `fixtures/` in the repository.", _list(rule, cases)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def render_fault(fault: Fault, cases: Sequence[Case]) -> str:
    """The page of a rule about the scan itself; not each of them can be shown."""
    parts = [_head(fault), fault.page, FAULT]
    parts += [_example(case, [], UNTRIED) for case in cases if case.is_example]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _head(rule: Rule | Fault) -> str:
    facts = [f"severity: {rule.severity}", f"category: {rule.category}"]
    facts += [f"controls: {', '.join(rule.controls)}"] if rule.controls else []
    return f"# {rule.id} {rule.name}\n\n{' · '.join(facts)}"


def _example(case: Case, options: Sequence[str], said: str = "") -> str:
    """A case's files, and what the tool prints about them; ``said`` is a further comment above each file."""
    folder = f"{case.verdict}-template" if case.is_template else case.verdict
    files = {f"{folder}/{name}": text for name, text in case.files.items()}
    arguments = [folder, *options]
    parts = [f"### {case.verdict.capitalize()}{' (CloudFormation)' if case.is_template else ''}"]
    for name, text in files.items():
        parts.append(f"`{name}`:")
        parts.append(f"{said}<!-- file: {name} -->\n```{LANGUAGES[name.rpartition('.')[2]]}\n{text}```")
    code = "<!-- exit: 1 -->\n" if case.verdict == "violated" else ""
    parts.append(f"{code}```console\n$ vpce-lint {' '.join(arguments)}\n{spoken(arguments, files)}```")
    return "\n\n".join(parts)


def _list(rule: Rule, cases: Sequence[Case]) -> str:
    lines = []
    for kind, verdict in KINDS.items():
        names = [case.folder.name.replace("_", " ") for case in cases if case.folder.parent.name == kind]
        lines.append(f"- {verdict} (`{rule.name}/{kind}`): {', '.join(names)}")
    return "\n".join(lines)
