"""The statements of a policy document, as far as they say which actions are allowed and denied.

A document is tolerated in all forms that IAM takes: one statement or a list, one action or a list
(IAM User Guide, "Grammar of the IAM JSON policy language").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.condition import assume, decide_all
from vpce_lint.demand.alternatives import alternatives
from vpce_lint.demand.pattern import is_too_open
from vpce_lint.truth import TRUE, Reason, Truth, unknown
from vpce_lint.value import Choice, Known, Mapping, Run, Sequence, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.condition import Facts
    from vpce_lint.source import Span

MOST_STATEMENTS = 2_000
"""Statements and actions of one document; IAM takes far fewer characters than they would need."""


class Statement(Struct, frozen=True):
    """A statement that allows or denies; ``truth`` says whether it is there and does so.

    ``actions`` are the patterns as written, each with the truth of its being listed; ``excepted`` are those
    of ``NotAction``, if ``inverted``: then the statement is about all other actions. ``open_actions`` says why
    further actions aren't known. ``unconditional``: no condition, and any resource.
    """

    allows: bool
    truth: Truth
    actions: tuple[tuple[str, Truth], ...]
    inverted: bool
    unconditional: bool
    open_actions: tuple[Reason, ...]
    span: Span | None
    only_via_services: bool = False


class Reading(Struct, frozen=True):
    """The statements of a document, and why there may be others."""

    statements: tuple[Statement, ...]
    unread: tuple[Reason, ...] = ()


def read_document(document: Value, facts: Facts) -> Reading:
    """The statements of a decoded document; the reasons where it, or a part of it, isn't known."""
    statements: list[Statement] = []
    unread: list[Reason] = []
    for case, truth in alternatives(assume(document, facts), facts):
        if isinstance(case, Mapping):
            given = case.entries.get("Statement")
            if given is None:
                unread += [reason for run in case.runs for reason in run.reasons]
                continue
            for member, there in _members(given, facts):
                if len(statements) >= MOST_STATEMENTS:
                    unread.append(Reason(f"limit reached: more than {MOST_STATEMENTS:,} statements", document.span))
                    break
                _read_member(member, truth & there, facts, statements, unread)
        elif not case.is_null.is_true:
            unread += _reasons(case, "the policy document isn't one")
    return Reading(tuple(statements), tuple(dict.fromkeys(unread)))


def _read_member(member: Value, truth: Truth, facts: Facts, statements: list[Statement], unread: list[Reason]) -> None:
    if truth.is_false:
        return
    if not isinstance(member, Mapping):
        unread += _reasons(member, "a statement isn't an object")
        return
    effect = member.entries.get("Effect", Known(None))
    for allows in (True, False):
        is_so = effect.is_("Allow" if allows else "Deny")
        if not is_so.is_false:
            statements.append(_statement(member, truth & is_so, facts, allows=allows))


def _statement(mapping: Mapping, truth: Truth, facts: Facts, *, allows: bool) -> Statement:
    inverted = "Action" not in mapping.entries and "NotAction" in mapping.entries
    given = mapping.entries.get("NotAction" if inverted else "Action")
    actions: list[tuple[str, Truth]] = []
    open_: list[Reason] = [reason for run in mapping.runs for reason in run.reasons]
    for member, there in _members(given, facts) if given is not None else ():
        pattern = _pattern(member)
        if len(actions) >= MOST_STATEMENTS:
            open_.append(Reason(f"limit reached: more than {MOST_STATEMENTS:,} actions", mapping.span))
            break
        if pattern is not None and is_too_open(pattern):
            open_.append(Reason("limit reached: a pattern of actions with too many wildcards", member.span))
        elif pattern is not None:
            actions.append((pattern, there & _whole(member)))
        elif not there.is_false:
            open_ += _reasons(member, "an action isn't text")
    condition = mapping.entries.get("Condition")
    conditional = condition is not None and not (isinstance(condition, Mapping) and not condition.least)
    return Statement(
        allows=allows,
        truth=truth,
        actions=tuple(actions),
        inverted=inverted,
        unconditional=not conditional and not mapping.runs and _is_any(mapping.entries.get("Resource"), facts),
        open_actions=tuple(dict.fromkeys(open_)),
        span=(given.span if given is not None else None) or mapping.span,
        only_via_services=conditional and _only_via_services(condition),
    )


def _members(given: Value, facts: Facts) -> Iterator[tuple[Value, Truth]]:
    """What a value that is one thing or a list of them holds, each with the truth of its being there."""
    for case, truth in alternatives(given, facts):
        if not isinstance(case, Sequence):
            yield case, truth
            continue
        for member in case.members:
            if not isinstance(member, Run):
                for inner, chosen in alternatives(member, facts):
                    yield inner, truth & chosen
                continue
            there = decide_all(member.when, facts) if member.least == 0 else TRUE
            if member.least == 0 and not member.when:
                there = unknown(*member.reasons)
            yield member.each, truth & there


def _pattern(action: Value) -> str | None:
    """The action as written; one of which only the service is known stands for any action of it, perhaps."""
    if isinstance(action, Known) and isinstance(action.value, str):
        return action.value
    if isinstance(action, Text) and ":" in action.prefix:
        return f"{action.prefix}*"
    return None


def _whole(action: Value) -> Truth:
    return TRUE if isinstance(action, Known) else unknown(*action.reasons)


def _is_any(resource: Value | None, facts: Facts) -> bool:
    """Whether a statement is certainly about all resources."""
    return resource is not None and any(
        member.is_("*").is_true and truth.is_true and not truth.likely for member, truth in _members(resource, facts)
    )


def _only_via_services(condition: Value | None) -> bool:
    """Whether a condition lets only calls through that AWS services make on behalf of the role.

    ``kms:ViaService`` and ``aws:ViaAWSService`` are such keys (AWS KMS Developer Guide, IAM User Guide).
    """
    if not isinstance(condition, Mapping):
        return False
    for operator, keys in condition.entries.items():
        plain = operator.lower().rpartition(":")[2]
        if operator.lower().endswith("ifexists") or not isinstance(keys, Mapping):
            continue
        for key, value in keys.entries.items():
            name = key.lower()
            if name in {"kms:viaservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"} and plain in {
                "stringequals",
                "stringlike",
                "stringequalsignorecase",
            }:
                return True
            if name == "aws:viaawsservice" and plain == "bool":
                members = value.members if isinstance(value, Sequence) else (value,)
                return all(member.is_("true").is_true or member.is_(True).is_true for member in members)
    return False


def _reasons(value: Value, words: str) -> tuple[Reason, ...]:
    if isinstance(value, Choice):
        return value.condition.reasons
    return value.reasons or (Reason(words, value.span),)
