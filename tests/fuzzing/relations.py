"""What two inputs must have in common: the verdicts about code that is written differently and means the same."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from fuzzing import document_forms, terraform_forms
from fuzzing.case import Case
from fuzzing.trial import READING_FAULTS, Run, check, fail

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from fuzzing.trial import Bench

FIELDS = ("rule", "verdict", "severity", "confidence", "address", "about")
PLACED = {"VPCE902"}
"""Rules about comments and their places, which change with the layout."""
LEVELS = ("OPEN", "BROAD", "RESTRICTIVE", "FULL")
BOUNDS = ("principal_bounded", "resource_bounded", "action_bounded")


class Relation(Struct, frozen=True):
    """``rewrite`` makes the other input, or ``None``; ``differ`` says how two runs disagree, empty where they agree."""

    name: str
    rewrite: Callable[[Random, Case], Any]
    differ: Callable[[Run, Run, tuple[str, str]], str]
    share: float = 0.15


def compare(relation: Relation, case: Case, run: Run, bench: Bench, chance: Random) -> None:
    """``FailureError`` where what is said about the same thing in another form differs."""
    if _is_at_fault(run):
        return
    other = relation.rewrite(chance, case)
    if other is None:
        return
    names = ("", "")
    if not isinstance(other, Case):
        other, *pair = other
        names = (pair[0], pair[1])
    if relation.name.startswith("policy"):
        json_too = ("--format=json",)
        run = bench.run(Case(case.files, (*case.arguments, *json_too)))
        other = Case(other.files, (*other.arguments, *json_too))
    second = bench.run(other)
    check(other, second, bench.place())
    if difference := relation.differ(run, second, names):
        fail(f"relation {relation.name}", difference)


def _is_at_fault(run: Run) -> bool:
    return run.code == 2 or any(answer["rule"] in READING_FAULTS for answer in run.answers())


def verdicts(run: Run, names: tuple[str, str] = ("", "")) -> Counter[tuple[Any, ...]]:
    """The answers without words and places; of ``names``, the first is read as the second."""
    new, old = names
    found: Counter[tuple[Any, ...]] = Counter()
    for answer in run.answers():
        if answer["rule"] in PLACED:
            continue
        values = (answer[field] for field in FIELDS)
        found[tuple(each.replace(new, old) if new and isinstance(each, str) else each for each in values)] += 1
    return found


def _verdicts_differ(first: Run, second: Run, names: tuple[str, str]) -> str:
    return _difference(verdicts(first), verdicts(second, names))


def _difference(before: Counter[tuple[Any, ...]], after: Counter[tuple[Any, ...]]) -> str:
    lost, gained = before - after, after - before
    if not lost and not gained:
        return ""
    return f"before {sorted(map(str, lost))[:3]}, after {sorted(map(str, gained))[:3]}"


def _kinds_differ(first: Run, second: Run, names: tuple[str, str]) -> str:
    """The same but for instance keys: of an open one the address shows the expression, which the forms quote differently."""
    before, after = (
        Counter(
            tuple(each.split("[")[0] if isinstance(each, str) else each for each in key) for key in found.elements()
        )
        for found in (verdicts(first), verdicts(second, names))
    )
    return _difference(before, after)


def _judged(run: Run) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run.printed)
    return document


def _policies_differ(first: Run, second: Run, names: tuple[str, str]) -> str:
    """A contradiction; one of the two may know less, since how far a search comes depends on the order."""
    before, after = _judged(first), _judged(second)
    apart = LEVELS.index(before["level_max"]) < LEVELS.index(after["level_min"])
    apart |= LEVELS.index(after["level_max"]) < LEVELS.index(before["level_min"])
    apart |= any({before[field], after[field]} == {True, False} for field in BOUNDS)
    if "UNKNOWN" not in {before["level"], after["level"]}:
        apart |= before["allows_nothing"] != after["allows_nothing"]
    fields = ("level", "level_min", "level_max", *BOUNDS, "allows_nothing")
    return f"{[before[each] for each in fields]} became {[after[each] for each in fields]}" if apart else ""


def _denial_opens(first: Run, second: Run, names: tuple[str, str]) -> str:
    before, after = _judged(first), _judged(second)
    if any("malformed" in note or "error" in note for note in (*before["notes"], *after["notes"])):
        return ""
    opened = LEVELS.index(after["level_max"]) < LEVELS.index(before["level_min"])
    return f"a Deny made {before['level_min']} into {after['level_max']}" if opened else ""


def _relations(*pairs: tuple[str, Callable[[Random, Case], Any]]) -> tuple[Relation, ...]:
    return tuple(Relation(name, rewrite, _verdicts_differ) for name, rewrite in pairs)


_TERRAFORM = (
    *_relations(
        ("spread", terraform_forms.spread),
        ("carriage returns", terraform_forms.carriage_returns),
        ("reordered", terraform_forms.reordered),
        ("renamed", terraform_forms.renamed),
        ("unrelated", terraform_forms.unrelated),
    ),
    Relation("native to JSON", terraform_forms.in_json, _kinds_differ),
)
_CLOUDFORMATION = _relations(
    ("in YAML", document_forms.in_yaml),
    ("in JSON", document_forms.in_json),
    ("reordered", document_forms.reordered),
    ("renamed", document_forms.renamed),
    ("unrelated", document_forms.unrelated),
)
RELATIONS: dict[str, tuple[Relation, ...]] = {
    "terraform": _TERRAFORM,
    "expressions": _TERRAFORM,
    "modules": _TERRAFORM,
    "variables": _TERRAFORM,
    "policy-in-code": _TERRAFORM,
    "cloudformation-yaml": _CLOUDFORMATION,
    "cloudformation-json": _CLOUDFORMATION,
    "sam": _CLOUDFORMATION,
    "plan": _relations(("reordered", document_forms.plan_reordered)),
    "policy": (
        Relation("policy reordered", document_forms.policy_reordered, _policies_differ),
        Relation("policy listed", document_forms.policy_listed, _policies_differ),
        Relation("policy denied", document_forms.policy_denied, _denial_opens, 0.2),
    ),
}
