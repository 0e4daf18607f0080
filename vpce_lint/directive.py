"""Suppressions as they are written: in comments, in ``Metadata``, in a configuration.

::

    # vpce-lint: ignore[VPCE005] agreed with security, see NET-12
    # vpce-lint: ignore[VPCE003, VPCE005] until=2027-01-31 moves with the new VPC
    # checkov:skip=VPCE005:agreed with security

A directive begins its comment, or a line of it: a sentence about directives is none. It always names rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.fault import Fault
from vpce_lint.location import locate
from vpce_lint.selection import SelectionError, find_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vpce_lint.location import Location
    from vpce_lint.model import Note
    from vpce_lint.path_pattern import PathPatterns
    from vpce_lint.rule import Rule

WORDS = re.compile(rb"vpce-lint|checkov", re.IGNORECASE)
"""What a file must hold for a directive to be in it."""

EXAMPLE = "vpce-lint: ignore[VPCE005] reason"
MOST_DIRECTIVES = 10_000
"""More in one file aren't read; then nothing of the file suppresses anything."""

_OWN = re.compile(r"[ \t*]*vpce-lint:[ \t]*(.*)", re.IGNORECASE)
_IGNORE = re.compile(r"ignore[ \t]*\[([^\]]*)\][ \t]*(?:until=(\S*))?(.*)")
_CHECKOV = re.compile(r"[ \t*]*checkov:[ \t]*skip[ \t]*=[ \t]*([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)[ \t]*(?::(.*))?")
_OURS = re.compile(r"VPCE\d", re.IGNORECASE)


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


def directives_in(note: Note, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    """What a note says about suppressions; nothing where it speaks of something else."""
    if isinstance(note.content, str):
        for line in note.content.splitlines():
            if own := _OWN.match(line):
                yield from _read_own(own[1].strip(), note, rules)
            elif skip := _CHECKOV.match(line):
                yield from _read_skip(skip[1], skip[2] or "", note, rules)
    else:
        yield from _read_metadata(note.content, note, rules)


def _read_own(text: str, note: Note, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    match = _IGNORE.fullmatch(text)
    if match is None:
        yield Mistake(f"{_short(text)} is no directive, write {EXAMPLE}", locate(note.span))
        return
    words, until, reason = match.groups()
    yield from _made("comment", words.split(","), reason, until, note, rules)


def _read_skip(words: str, reason: str, note: Note, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    """A comment for checkov, of which the ids of its own checks are none of ours."""
    known = {rule.id for rule in rules}
    ours = [word for each in words.split(",") if (word := each.strip()) in known or _OURS.match(word)]
    if ours:
        yield from _made("comment", ours, reason, None, note, rules)


def _read_metadata(content: Mapping[str, object], note: Note, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    """``Metadata`` of a resource: ``vpce-lint: {ignore: [...]}``, or ``checkov: {skip: [{id, comment}]}``."""
    own, checkov = content.get("vpce-lint"), content.get("checkov")
    if own is not None:
        entries = own.get("ignore") if isinstance(own, Mapping) else None
        if not isinstance(entries, list | tuple):
            yield Mistake("write vpce-lint: {ignore: [...]} with a list of rules", locate(note.span))
            return
        for entry in entries:
            yield from _read_entry(entry, note, rules)
    skips = checkov.get("skip") if isinstance(checkov, Mapping) else None
    for skip in skips if isinstance(skips, list | tuple) else ():
        if isinstance(skip, Mapping) and isinstance(skip.get("id"), str):
            for found in _read_skip(str(skip["id"]), str(skip.get("comment") or ""), note, rules):
                yield _as_metadata(found)


def _read_entry(entry: object, note: Note, rules: Sequence[Rule]) -> Iterator[Directive | Mistake]:
    """``"VPCE005 reason"``, or ``{rule, reason, until}``."""
    if isinstance(entry, str):
        word, _, reason = entry.strip().partition(" ")
        yield from _made("metadata", [word.rstrip(":")], reason, None, note, rules)
    elif isinstance(entry, Mapping) and entry.keys() <= {"rule", "reason", "until"} and entry.get("rule"):
        until = entry.get("until")
        text = None if until is None else str(until)
        yield from _made("metadata", [str(entry["rule"])], str(entry.get("reason") or ""), text, note, rules)
    else:
        yield Mistake("each is 'VPCE005 reason' or a map of rule, reason and until", locate(note.span))


def _as_metadata(found: Directive | Mistake) -> Directive | Mistake:
    if isinstance(found, Mistake):
        return found
    return Directive(kind="metadata", rules=found.rules, reason=found.reason, location=found.location)


def _made(
    kind: str, words: Sequence[str], reason: str, until: str | None, note: Note, rules: Sequence[Rule]
) -> Iterator[Directive | Mistake]:
    """A directive about the rules that are there; a mistake for every word that names none."""
    location = locate(note.span)
    day = None
    if until is not None:
        day = _day(until)
        if day is None:
            yield Mistake(f"{_short(until)} is no date such as 2027-01-31", location)
            return
    ids: list[str] = []
    for word in (each.strip() for each in words):
        try:
            found = find_rule(rules, word)
        except SelectionError as error:
            yield Mistake(str(error) if word else f"no rule is named, write {EXAMPLE}", location)
            continue
        if isinstance(found, Fault):
            yield Mistake(f"{found.id} {found.name} always counts, it can't be suppressed", location)
        else:
            ids.append(found.id)
    if ids:
        why = reason.strip().lstrip(":-–— \t")  # noqa: RUF001 (dashes of all lengths)
        yield Directive(kind=kind, rules=tuple(dict.fromkeys(ids)), reason=why, until=day, location=location)


def _day(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
