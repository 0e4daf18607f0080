"""Rules by the words that people name them with: an id or a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.fault import FAULTS, Fault
from vpce_lint.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vpce_lint.rule import Rule


class SelectionError(RefusalError):
    """A rule is named that does not exist, or that can't be left out."""


def find_rule(rules: Sequence[Rule], word: str) -> Rule | Fault:
    """The rule, or kind of fault, with this id or name, whatever the case."""
    everything: list[Rule | Fault] = [*rules, *FAULTS]
    folded = {key.casefold(): item for item in everything for key in (item.id, item.name)}
    found = folded.get(word.casefold().replace("_", "-"))
    if found:
        return found
    from difflib import get_close_matches  # noqa: PLC0415 (loaded when it is needed)

    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    hint = f", did you mean {_describe(folded[close[0]])}?" if close else "; vpce-lint rules lists all"
    msg = f"there is no rule {word!r}{hint}"
    raise SelectionError(msg)


def select_rules(rules: Sequence[Rule], select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules that are selected (all, where none is named) and not ignored.

    ``SelectionError`` where a word names no rule, or a kind of fault is to be ignored: faults are
    always reported.
    """
    selected = {find_rule(rules, word).id for word in select} or {item.id for item in rules}
    ignored: set[str] = set()
    for word in ignore:
        found = find_rule(rules, word)
        if isinstance(found, Fault):
            msg = f"{_describe(found)} can't be ignored: what was not read was not checked"
            raise SelectionError(msg)
        ignored.add(found.id)
    return tuple(item for item in rules if item.id in selected - ignored)


def _describe(item: Rule | Fault) -> str:
    return f"{item.id} {item.name}"
