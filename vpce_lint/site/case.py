"""Fixtures as examples for readers: without their marks, and with what the tool says about them.

Which cases are examples stands in the fixtures: one of their files ends with the comment ``EXAMPLE``.
"""

from __future__ import annotations

from contextlib import chdir, redirect_stdout
from functools import cached_property
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.cli import main
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vpce_lint.fault import Fault
    from vpce_lint.rule import Rule

EXAMPLE = "# The page of the rule shows this case."
KINDS = {"fail": "violated", "pass": "satisfied", "unknown": "undetermined"}
"""The folders of a rule's fixtures, and the answer that each shows."""
_MARK = regex(r"\s*# expect(?: \d+)?(?: below)?(?: in \S+)?: .*")


class Case(Struct, frozen=True, dict=True):
    """A fixture: a folder of ``<rule-name>/<kind>/``."""

    folder: Path

    @property
    def verdict(self) -> str:
        """The answer that the fixture is there for."""
        return KINDS[self.folder.parent.name]

    @cached_property
    def files(self) -> dict[str, str]:
        """The text of each file for a reader, by its path in the fixture; none of what holds marks alone."""
        found = sorted(file for file in self.folder.rglob("*") if file.is_file())
        texts = {file.relative_to(self.folder).as_posix(): _unmarked(file.read_text("utf-8")) for file in found}
        return {name: text for name, text in texts.items() if text.strip()}

    @property
    def is_example(self) -> bool:
        """Whether the page of the rule shows it."""
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return any(file.read_text("utf-8").endswith(f"{EXAMPLE}\n") for file in files)

    @property
    def is_template(self) -> bool:
        """Whether it is a template of CloudFormation."""
        return "template.yaml" in self.files


def cases_of(rule: Rule | Fault, fixtures: Path) -> list[Case]:
    """All fixtures of a rule: those that fail, those that pass, those that stay open."""
    kinds = [fixtures / rule.name / kind for kind in KINDS]
    return [Case(case) for kind in kinds if kind.is_dir() for case in sorted(kind.iterdir()) if case.is_dir()]


def spoken(arguments: Sequence[str], files: dict[str, str]) -> str:
    """What the tool prints with these arguments in a folder that holds just these files."""
    with TemporaryDirectory() as folder, chdir(folder):
        for name, text in files.items():
            file = Path(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        with redirect_stdout(TextIOWrapper(BytesIO(), encoding="utf-8")) as stream:
            main(arguments)
        stream.seek(0)
        return stream.read()


def _unmarked(text: str) -> str:
    """A file's text without the comments that only the tests read."""
    lines = []
    for line in text.removesuffix(f"{EXAMPLE}\n").rstrip().splitlines():
        rest = _MARK.sub("", line)
        if rest.strip() or rest == line:
            lines.append(rest)
    return "\n".join(lines) + "\n"
