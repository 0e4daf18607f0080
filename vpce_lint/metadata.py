"""Suppressions in ``Metadata``, which is data and no text.

::

    Metadata:
      vpce-lint:
        ignore:
          - VPCE005 agreed with security, see NET-12
          - VPCE003 until=2027-01-31 moves with the new VPC
          - {rule: VPCE001, until: 2027-01-31, reason: moves with the new VPC}
      checkov:
        skip:
          - {id: VPCE005, comment: agreed with security}

All of it has to be written out: what is worked out at deployment isn't known here, so that it suppresses nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vpce_lint.directive import UNTIL, Mistake, ids_for_us, make_directive, shortened
from vpce_lint.location import locate
from vpce_lint.regex import regex
from vpce_lint.value import Known, Mapping, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Several

    from vpce_lint.directive import Directive
    from vpce_lint.rule import Rule
    from vpce_lint.source import Span

KIND = "metadata"
OWN = "vpce-lint"
CHECKOV = "checkov"
FORM = "write vpce-lint: {ignore: [...]} with a list of rules, and nothing besides"
ENTRY_FORM = "write 'VPCE005 reason', or a map of rule, reason and until"

_ENTRY = regex(rf"([^\s:]*)[\s:]*{UNTIL}(.*)", re.DOTALL)
_OURS = regex(r"vpce-?lint|VPCE\d", re.IGNORECASE)


def directives_in_data(content: Value, span: Span, rules: Several[Rule]) -> Iterator[Directive | Mistake]:
    """What the ``Metadata`` of a resource says about suppressions; its other keys are none of our business.

    ``span`` is its place. Each part is pointed at where it has a place of its own.
    """
    if isinstance(content, Unknown) and _OURS.search((content.span or span).text):
        yield _open(content, span)
    for key, value in content.entries.items() if isinstance(content, Mapping) else ():
        place = value.span or span
        if key == OWN:
            yield from _read_own(value, place, rules)
        elif key == CHECKOV:
            yield from _read_checkov(value, place, rules)
        elif re.sub("[-_ ]", "", key).lower() == "vpcelint":
            yield Mistake(f"{shortened(key)} is not read, {FORM}", locate(place))


def _read_own(own: Value, span: Span, rules: Several[Rule]) -> Iterator[Directive | Mistake]:
    """``{ignore: [...]}``."""
    entries = own.entries.get("ignore") if isinstance(own, Mapping) and len(own.entries) == 1 else None
    if isinstance(own, Unknown):
        yield _open(own, span)
    elif isinstance(entries, Unknown):
        yield _open(entries, span)
    elif isinstance(entries, Sequence):
        for entry in entries.members:
            yield from _read_entry(entry, entry.span or span, rules)
    else:
        yield Mistake(FORM, locate(span))


def _read_entry(entry: Value, span: Span, rules: Several[Rule]) -> Iterator[Directive | Mistake]:
    """``"VPCE005 until=2027-01-31 reason"``, or ``{rule, reason, until}``."""
    if isinstance(entry, Unknown):
        yield _open(entry, span)
    elif isinstance(entry, Known) and isinstance(entry.value, str) and (match := _ENTRY.fullmatch(entry.value.strip())):
        word, until, reason = match.groups()
        yield from make_directive(KIND, [word], reason, until, span, rules)
    elif isinstance(entry, Mapping) and "rule" in entry.entries and entry.entries.keys() <= {"rule", "reason", "until"}:
        rule, reason, until = (entry.entries.get(key, _NOTHING) for key in ("rule", "reason", "until"))
        yield from _read_parts(rule, reason, until, span, rules)
    else:
        yield Mistake(ENTRY_FORM, locate(span))


def _read_checkov(said: Value, span: Span, rules: Several[Rule]) -> Iterator[Directive | Mistake]:
    """``{skip: [{id, comment}]}``, of which only the ids of our rules matter; its form is checkov's business."""
    skips = said.entries.get("skip", _NOTHING) if isinstance(said, Mapping) else said
    for skip in skips.members if isinstance(skips, Sequence) else (skips,):
        where = skip.span or span
        name = skip.entries.get("id", _NOTHING) if isinstance(skip, Mapping) else skip
        if isinstance(name, Unknown) and _OURS.search((name.span or where).text):
            yield _open(name, where)
        elif isinstance(skip, Mapping) and isinstance(name, Known) and isinstance(name.value, str):
            for word in ids_for_us(name.value, rules):
                yield from _read_parts(Known(word), skip.entries.get("comment", _NOTHING), _NOTHING, where, rules)


def _read_parts(
    rule: Value, reason: Value, until: Value, span: Span, rules: Several[Rule]
) -> Iterator[Directive | Mistake]:
    """A directive from its parts, each a string, or nothing where it may be left out."""
    texts: list[str | None] = []
    for part in (rule, reason, until):
        if isinstance(part, Unknown):
            yield _open(part, span)
            return
        if not isinstance(part, Known) or not isinstance(part.value, str | None):
            yield Mistake(ENTRY_FORM, locate(part.span or span))
            return
        texts.append(part.value)
    name, why, day = texts
    yield from make_directive(KIND, [name or ""], why or "", day, span, rules)


def _open(value: Value, span: Span) -> Mistake:
    """Why what isn't written out suppresses nothing."""
    words = f"{value} is worked out at deployment and so suppresses nothing: write the rules out"
    return Mistake(words, locate(value.span or span))


_NOTHING = Known(None)
