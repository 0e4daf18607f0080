"""Suppressions, wherever they are written, and how they are written in comments.

::

    # vpce-lint: ignore[VPCE005] agreed with security, see NET-12
    # vpce-lint: ignore[VPCE003, VPCE005] until=2027-01-31 moves with the new VPC
    # checkov:skip=VPCE005:agreed with security

A directive begins its comment, or a line of it: a sentence about directives is none. It always names rules.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.fault import Fault
from vpce_lint.location import Location, locate
from vpce_lint.path_pattern import PathPatterns  # noqa: TC001 (decoding looks up the fields' types)
from vpce_lint.regex import regex
from vpce_lint.secret import masked
from vpce_lint.selection import SelectionError, find_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vpce_lint.rule import Rule
    from vpce_lint.source import Span

EXAMPLE = "vpce-lint: ignore[VPCE005] reason"
MOST_DIRECTIVES = 10_000
"""More in one file aren't read; then nothing of the file suppresses anything."""

LONGEST_WORD = 60
"""Characters of what was written that a mistake quotes."""

UNTIL = r"(?:until(?:[ \t]*=[ \t]*|[ \t:]+(?=\d))([^\s:,]*))?"
"""An expiry; ``until`` without a sign is one only before a digit, for it may be a word of the reason."""

_OWN = regex(r"[ \t*]*vpce-lint:[ \t]*(.*)", re.IGNORECASE)
_IGNORE = regex(rf"ignore[ \t]*\[([^\]]*)\][ \t:]*{UNTIL}(.*)")
_CHECKOV = regex(r"[ \t*]*checkov:[ \t]*skip[ \t]*=[ \t]*([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)[ \t]*(?::(.*))?")
_OURS = regex(r"VPCE\d", re.IGNORECASE)


class Directive(Struct, frozen=True, kw_only=True):
    """A suppression: of which rules' answers (ids), why, and until which day, that one included.

    ``kind`` is where it is written: ``comment``, ``metadata`` or ``configuration``. In a configuration it is
    about all resources whose addresses fit ``addresses`` in files that ``paths`` cover; ``None`` for any.
    """

    kind: str
    rules: tuple[str, ...]
    reason: str
    location: Location
    until: date | None = None
    addresses: tuple[str, ...] | None = None
    paths: PathPatterns | None = None


class Mistake(Struct, frozen=True):
    """Why something that looks like a suppression, or a part of it, is none."""

    words: str
    location: Location


def directives_in(comment: str, span: Span, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    """What a comment says about suppressions; nothing where it speaks of something else."""
    for line in comment.splitlines():
        if own := _OWN.match(line):
            yield from _read_own(own[1].strip(), span, rules)
        elif skip := _CHECKOV.match(line):
            yield from make_directive("comment", ids_for_us(skip[1], rules), skip[2] or "", None, span, rules)


def _read_own(text: str, span: Span, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    match = _IGNORE.fullmatch(text)
    if match is None:
        yield Mistake(f"{shortened(text)} is no directive, write {EXAMPLE}", locate(span))
        return
    words, until, reason = match.groups()
    yield from make_directive("comment", words.split(","), reason, until, span, rules)


def ids_for_us(words: str, rules: Sequence[Rule]) -> list[str]:
    """Of the ids in a directive for checkov those that aren't of its own checks."""
    known = {rule.id for rule in rules}
    return [word for each in words.split(",") if (word := each.strip()) in known or _OURS.match(word)]


def make_directive(
    kind: str, words: Sequence[str], reason: str, until: str | None, span: Span, rules: Sequence[Rule]
) -> Iterator[Directive | Mistake]:
    """A directive about the rules that are there; a mistake for every word that names none; nothing without words."""
    if not words:
        return
    location = locate(span)
    day = None
    if until is not None:
        day = _day(until)
        if day is None:
            yield Mistake(f"{shortened(until)} is no date such as 2027-01-31", location)
            return
    ids: list[str] = []
    for word in (each.strip() for each in words):
        try:
            found = find_rule(rules, word[: LONGEST_WORD + 1])
        except SelectionError as error:
            yield Mistake(str(error) if word else f"no rule is named, write {EXAMPLE}", location)
            continue
        if isinstance(found, Fault):
            yield Mistake(f"{found.id} {found.name} always counts, it can't be suppressed", location)
        else:
            ids.append(found.id)
    if ids:
        why = " ".join(reason.split()).lstrip(":-–— ")  # noqa: RUF001 (dashes of all lengths)
        yield Directive(kind=kind, rules=tuple(dict.fromkeys(ids)), reason=why, until=day, location=location)


def _day(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def shortened(text: str) -> str:
    """What was written, in quotes, and not all of it where it is long."""
    text = masked(text)
    return repr(text if len(text) <= LONGEST_WORD else f"{text[: LONGEST_WORD - 1]}…")
