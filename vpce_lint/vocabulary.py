"""The words of the command line, for shells to complete: read off the argument parsers and the rules.

What an option takes is told by its choices, or by its metavar: ``FILE`` is a file wherever it stands, ``RULE[,RULE]``
are rules with commas between them.
"""

from __future__ import annotations

from argparse import ONE_OR_MORE, ZERO_OR_MORE
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.arguments import COMMANDS, parser_of
from vpce_lint.fault import FAULTS
from vpce_lint.help_text import SUMMARIES
from vpce_lint.loader import load_rules
from vpce_lint.option_value import DIMENSIONS, SHOWABLE
from vpce_lint.reporters import format_names

if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterable, Mapping

    from vpce_lint.usage import Parser

FREE = frozenset({"N", "NAME=VALUE", "NAME=N", "REV", "SERVICE", "ACCOUNT", "ORG", "ORGPATH", "ARN", "CATEGORY/NAME"})
"""What stands for words that nobody can foresee."""


class Kind(Enum):
    """What is completed."""

    FREE = "free"
    WORD = "word"
    LIST = "list"
    FILE = "file"
    FOLDER = "folder"
    WORD_AND_FILE = "word=file"


class Value(Struct, frozen=True):
    """What may be written in one place; ``words`` has a meaning for each word, or an empty text."""

    name: str
    kind: Kind
    words: tuple[tuple[str, str], ...] = ()

    @property
    def spelt(self) -> tuple[str, ...]:
        """The words alone."""
        return tuple(word for word, _ in self.words)


class Option(Struct, frozen=True):
    """An option: its names, what it means, and what it takes, if anything."""

    names: tuple[str, ...]
    meaning: str
    value: Value | None
    repeatable: bool


class Command(Struct, frozen=True):
    """A command: its options, and what it takes besides, once or several times."""

    name: str
    meaning: str
    options: tuple[Option, ...]
    operand: Value | None
    many: bool


class Vocabulary(Struct, frozen=True):
    """The commands; ``check`` is the first, and is meant where none is written."""

    commands: tuple[Command, ...]

    @property
    def check(self) -> Command:
        """The command that is meant where none is written."""
        return self.commands[0]


def vocabulary() -> Vocabulary:
    """All that can be written behind ``vpce-lint``, with the built-in rules."""
    rules = load_rules()
    named = (*((rule.id, rule.name) for rule in rules), *((rule.name, rule.id) for rule in rules))
    faults = (*((fault.id, fault.name) for fault in FAULTS), *((fault.name, fault.id) for fault in FAULTS))
    known = {
        "PATH": Value("PATH", Kind.FILE),
        "FILE": Value("FILE", Kind.FILE),
        "DIR": Value("DIR", Kind.FOLDER),
        "FORMAT=FILE": Value("FORMAT=FILE", Kind.WORD_AND_FILE, _plain(format_names())),
        "RULE": Value("RULE", Kind.WORD, (*named, *faults)),
        "RULE[,RULE]": Value("RULE", Kind.LIST, named),
        "VERDICT[,VERDICT]": Value("VERDICT", Kind.LIST, _plain(SHOWABLE)),
        "DIMENSION[,DIMENSION]": Value("DIMENSION", Kind.LIST, _plain(DIMENSIONS)),
    }
    return Vocabulary(tuple(_command(name, parser_of(name), known) for name in COMMANDS))


def _command(name: str, parser: Parser, known: Mapping[str, Value]) -> Command:
    actions = parser._actions  # noqa: SLF001 (argparse tells it nowhere else)
    options = tuple(_option(action, known) for action in actions if action.option_strings)
    operand = next((action for action in actions if not action.option_strings), None)
    return Command(
        name,
        SUMMARIES[name][1].partition(" (")[0],
        options,
        _value(operand, known) if operand else None,
        many=operand is not None and operand.nargs in {ZERO_OR_MORE, ONE_OR_MORE},
    )


def _option(action: Action, known: Mapping[str, Value]) -> Option:
    meaning = (action.help or "").partition(" (")[0].partition(": ")[0]
    repeatable = "(repeatable)" in (action.help or "")
    value = None if action.nargs == 0 else _value(action, known)
    return Option(tuple(action.option_strings), meaning, value, repeatable)


def _value(action: Action, known: Mapping[str, Value]) -> Value:
    name = str(action.metavar)
    if action.choices is not None:
        return Value(name, Kind.WORD, _plain(action.choices))
    first = name.partition("[,")[0]
    return known.get(name) or Value(first, Kind.FREE if first in FREE else Kind.FILE)


def _plain(words: Iterable[object]) -> tuple[tuple[str, str], ...]:
    return tuple((str(word), "") for word in words)
