"""Pages of the documentation, taken apart: their examples, and what is said about each for the tests.

An example is a fenced block. Readers don't see the comments right above it, which say how it is tried:

``<!-- file: orders/main.tf -->``
    The block is this file, in the folder in which the page's commands run.
``<!-- copy: fixtures/example-network to infra -->``
    The folder or file of the repository lies there from here on.
``<!-- exit: 1 -->``
    The exit codes of the block's commands, one for all or one for each; 0 where nothing is said.
``<!-- finds: VPCE003, VPCE005? -->``
    What all rules find in the block: violated and undetermined (``?``) answers; nothing where nothing is said.
``<!-- trust: outside -->``
    The configuration lies outside of what is scanned.
``<!-- untried: why -->``
    The commands can't be run in a test, or the file is wrong, for the reason given. No command of ours is among them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS = ("file", "copy", "exit", "finds", "trust", "untried")
_COMMENT = re.compile(r"<!-- ([a-z ]+): (.*?) -->\s*")
_MARKDOWN = MarkdownIt("commonmark").enable("table")


class PageError(Exception):
    """A page is not written as the tests can read it; the message names the place."""


@dataclass(frozen=True)
class Example:
    """A fenced block: its page, its line, its language, its text, and what is said about it."""

    page: str
    line: int
    kind: str
    text: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The page and the line, for messages."""
        return f"{self.page}:{self.line}"


def examples_in(page: str, text: str) -> list[Example]:
    """The examples of a page, in order. ``PageError`` where one would be overlooked, or a comment means nothing."""
    found: list[Example] = []
    facts: dict[str, list[str]] = {}
    for token in _MARKDOWN.parse(text):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "html_block":
            _add_facts(facts, token.content, f"{page}:{line}")
        elif token.type == "fence":
            if token.level:
                msg = f"{page}:{line}: a block inside a list or quotation doesn't look the same everywhere"
                raise PageError(msg)
            found.append(
                Example(
                    page, line, token.info, token.content, {name: ", ".join(words) for name, words in facts.items()}
                )
            )
            facts = {}
        elif token.type == "code_block":
            msg = f"{page}:{line}: an indented block has no language, write a fenced one"
            raise PageError(msg)
        elif facts:
            msg = f"{page}:{line}: what is said above it concerns no block"
            raise PageError(msg)
    return found


def _add_facts(facts: dict[str, list[str]], comments: str, place: str) -> None:
    """Add what comments say to what was said, by what they say it about; only what is copied may be several."""
    rest = _COMMENT.sub("", comments).strip()
    for name, words in _COMMENT.findall(comments):
        if name not in FACTS or (name in facts and name != "copy"):
            rest = rest or name
        facts.setdefault(name, []).append(words)
    if rest:
        msg = f"{place}: {rest!r} says nothing that the tests understand"
        raise PageError(msg)
