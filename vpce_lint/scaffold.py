"""A new rule of one's own, with a fixture of each kind: something that works, to be changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vpce_lint.fixture import FOLDER
from vpce_lint.loader import built_in_folder, load_rules
from vpce_lint.refusal import RefusalError
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from pathlib import Path

NAME = regex(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
PREFIX = "OWN"

RULE = '''\
"""Interface endpoint does not answer on the public name of its service.

Say here why that is bad, in a few sentences: this text is what `vpce-lint explain` prints.

Fix: say how.
"""

from vpce_lint.api import InterfaceEndpoint, Requirements, Severity, require, rule


@rule("{id}", severity=Severity.MEDIUM)
def {function}(endpoint: InterfaceEndpoint) -> Requirements:
    yield require(
        endpoint.private_dns.is_(True),
        f"{{endpoint.address}} leaves the name of {{endpoint.service}} public",
        at=endpoint.private_dns,
        fix="turn private DNS on",
    )
'''

RULE_IN_YAML = """\
id: {id}
severity: medium
page: |
  Interface endpoint does not answer on the public name of its service.

  Say here why that is bad, in a few sentences: this text is what `vpce-lint explain` prints.

  Fix: say how.
about: interface-endpoint
require:
  - that: {{private_dns: {{is: true}}}}
    message: "{{address}} leaves the name of {{service}} public"
    fix: turn private DNS on
"""

CODE = """\
variable "private" {{
  type = bool
}}

resource "aws_vpc" "main" {{
  cidr_block = "10.0.0.0/16"
}}

resource "aws_vpc_endpoint" "sqs" {{
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.eu-west-1.sqs"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = {value}{mark}
}}
"""

CASES = {"fail": ("false", " # expect: {id}"), "pass": ("true", ""), "unknown": ("var.private", " # expect: {id}?")}


class ScaffoldError(RefusalError):
    """A rule can't be made as asked."""


def new_rule(folder: Path, where: str, *, in_yaml: bool = False) -> list[Path]:
    """Write the rule ``CATEGORY/NAME`` and its fixtures below a folder of rules; the files, the rule's first.

    It is a rule in Python, or ``in_yaml``.

    Raises ``ScaffoldError`` where the name won't do or something is there already, and ``RuleError`` where
    a rule that is there can't be loaded.
    """
    category, slash, name = where.replace("_", "-").partition("/")
    if not (slash and NAME.fullmatch(category) and NAME.fullmatch(name)) or category == FOLDER:
        msg = f"{where!r} is not CATEGORY/NAME in small letters, such as endpoints/private-dns-disabled"
        raise ScaffoldError(msg)
    present = load_rules(folder) if folder.is_dir() else ()
    if name in {rule.name for rule in (*present, *load_rules(built_in_folder()))}:
        msg = f"there is a rule {name} already"
        raise ScaffoldError(msg)
    taken = [int(rule.id[len(PREFIX) :]) for rule in present if re.fullmatch(rf"{PREFIX}[0-9]{{3,6}}", rule.id)]
    identity = f"{PREFIX}{max(taken, default=0) + 1:03}"
    function = name.replace("-", "_")
    place = folder / category.replace("-", "_")
    if in_yaml:
        texts = {place / f"{name}.yaml": RULE_IN_YAML.format(id=identity)}
    else:
        texts = {place / f"{function}.py": RULE.format(id=identity, function=function)}
    for kind, (value, mark) in CASES.items():
        case = folder / FOLDER / name / kind / "first" / "main.tf"
        texts[case] = CODE.format(value=value, mark=mark.format(id=identity))
    there = next((file for file in texts if file.exists()), None)
    if there:
        msg = f"{there} is there already"
        raise ScaffoldError(msg)
    made: list[Path] = []
    try:
        for file, text in texts.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            made.append(file)
            file.write_text(text, "utf-8")
    except BaseException:
        for file in made:
            file.unlink(missing_ok=True)
        raise
    return made
