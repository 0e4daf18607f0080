"""What an endpoint's policy lets through, judged from a value that need not be known: levels as intervals.

Every unknown is taken at the end that opens the policy, and at the end that closes it. Where both give
the same level, the answer is definite in spite of the unknowns; else the judgement names those that
decide. Conditions that aren't known are taken both ways.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint.condition import assume, facts_of, open_part
from vpce_lint.condition import decide as decide_condition
from vpce_lint.limits import WORK
from vpce_lint.policy.compilation import variables_of
from vpce_lint.policy.decision import Decision, Level, decide
from vpce_lint.policy.document import Document, Part, is_missing, read_document
from vpce_lint.policy.extremes import Extreme
from vpce_lint.policy.trust import Trust
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, gather, unknown
from vpce_lint.value import Choice, Json, Mapping, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vpce_lint.policy.search import Found
    from vpce_lint.source import Span

MOST_CASES = 32
"""A policy that differs in more cases than this is not decided."""

MOST_NAMED = 8
"""So many unknowns are tried one by one to name those that decide."""


class Judgement(Struct, frozen=True, dict=True):
    """What a policy lets through.

    The level lies between ``least`` and ``most``. Each of the flags is ``None`` where it can't be told.
    ``allows_nothing``: nobody may do anything; that it is false
    supposes that no unknown is by chance just what another part of the policy takes back. ``missing``: there is no policy, so
    AWS's default applies. ``witness`` is a request that is let through whatever the unknowns are,
    ``stand_ins`` names the unknowns by the texts that stand for them in it, ``parts`` are the
    statements by number. ``reasons`` say why the level isn't known; ``fault`` why AWS would take no
    such document, with its place ``at``.
    """

    least: Level
    most: Level
    principal_bounded: bool | None = None
    resource_bounded: bool | None = None
    action_bounded: bool | None = None
    allows_nothing: bool | None = False
    missing: Truth = FALSE
    witness: Found | None = None
    stand_ins: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    reasons: tuple[Reason, ...] = ()
    fault: str = ""
    at: Span | None = None

    @property
    def level(self) -> Level | None:
        """The level; ``None`` where it isn't known."""
        return self.least if self.least is self.most else None

    @property
    def joint_bounded(self) -> bool | None:
        """Whether no untrusted caller may reach an untrusted resource."""
        if self.most < Level.RESTRICTIVE:
            return False
        return True if self.least is Level.RESTRICTIVE else None

    @property
    def is_dead(self) -> Truth:
        """Whether nobody may do anything."""
        if self.allows_nothing is None:
            return unknown(*self.reasons)
        return TRUE if self.allows_nothing else FALSE

    @property
    def statement(self) -> Part | None:
        """The statement that lets the witness through."""
        if self.witness is None:
            return None
        return next((part for part in self.parts if part.number == self.witness.by.number), None)

    def is_at_least(self, level: Level) -> Truth:
        """Whether the policy is so restrictive, or more."""
        if self.least >= level:
            return TRUE
        return FALSE if self.most < level else unknown(*self.reasons)

    def bounds(self, dimension: str) -> Truth:
        """Whether ``principal``, ``resource`` or ``action`` is bounded."""
        answer: bool | None = getattr(self, f"{dimension}_bounded")
        return unknown(*self.reasons) if answer is None else TRUE if answer else FALSE


def judge_policy(
    policy: Value, trust: Trust | None = None, *, gateway: bool = False, service: str | None = None
) -> Judgement:
    """What a policy lets through on an endpoint of this kind; ``service`` is its IAM prefix, where it is known."""
    return _judge(policy, trust or Trust(), gateway=gateway, service=service)


@lru_cache(maxsize=256)
def _statements_decided(
    statements: tuple[object, ...], trust: Trust, own: frozenset[str], *, gateway: bool, service: str | None
) -> Decision:
    """A decision; many endpoints share one policy."""
    return decide(statements, trust, own=own, gateway=gateway, service=service)  # type: ignore[arg-type]


def _judge(policy: Value, trust: Trust, *, gateway: bool, service: str | None) -> Judgement:
    judged: list[Judgement] = []
    conditions: list[Value] = []
    for case in _cases(policy, conditions):
        if case is None:
            why = gather(reason for condition in conditions for reason in condition.reasons)
            reason = Reason("the policy depends on too many conditions to be decided")
            return Judgement(Level.OPEN, Level.RESTRICTIVE, allows_nothing=None, reasons=(reason, *why))
        judged.append(_judge_case(case, trust, gateway=gateway, service=service))
    if len(judged) == 1:
        return judged[0]
    return _joined(judged, conditions)


def _cases(policy: Value, conditions: list[Value]) -> Iterator[Value | None]:
    """The policy in each case of the conditions that decide about parts of it; ``None`` where there are too many."""
    waiting, left = [policy], MOST_CASES
    while waiting:
        value = waiting.pop()
        condition = _condition_in(value)
        if condition is None:
            yield value
            continue
        left -= 1
        if left < 0:
            yield None
            return
        conditions.append(condition)
        waiting += [assume(value, facts_of(condition, holds=holds)) for holds in (False, True)]


def _condition_in(value: Value) -> Value | None:
    """A condition that isn't known and that decides about a part of the value."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if not part.is_conditional:
            continue
        if isinstance(part, Choice):
            return _first_open(part.condition)
        if isinstance(part, Run):
            if part.when:
                open_ = next((each for each in part.when if decide_condition(each, {}).is_unknown), None)
                if open_ is not None:
                    return _first_open(open_)
            waiting.append(part.each)
        elif isinstance(part, Json):
            waiting.append(part.document)
        elif isinstance(part, Sequence):
            waiting += part.members
        elif isinstance(part, Mapping):
            waiting += [*part.entries.values(), *part.runs]
        elif isinstance(part, Text):
            waiting += [piece for piece in part.parts if isinstance(piece, Value)]
    return None


def _first_open(condition: Value) -> Value:
    part = open_part(condition, {})
    return condition if part is None else part


def _joined(judged: list[Judgement], conditions: Iterable[Value]) -> Judgement:
    """One judgement for several cases, of which one will be."""
    least = min(each.least for each in judged)
    most = max(each.most for each in judged)
    worst = min(judged, key=lambda each: (each.most, each.least))
    why = gather(reason for condition in conditions for reason in condition.reasons)
    missing = {each.missing.value for each in judged}
    return replace(
        worst,
        least=least,
        most=most,
        principal_bounded=_shared(each.principal_bounded for each in judged),
        resource_bounded=_shared(each.resource_bounded for each in judged),
        action_bounded=_shared(each.action_bounded for each in judged),
        allows_nothing=_shared(each.allows_nothing for each in judged),
        missing=worst.missing if len(missing) == 1 else unknown(*why),
        witness=worst.witness if most < Level.RESTRICTIVE else None,
        reasons=gather((*why, *(reason for each in judged for reason in each.reasons))),
    )


def _shared(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return found.pop() if len(found) == 1 else None


def _judge_case(policy: Value, trust: Trust, *, gateway: bool, service: str | None) -> Judgement:
    missing = is_missing(policy)
    if missing.is_true:
        return Judgement(
            Level.OPEN,
            Level.OPEN,
            principal_bounded=False,
            resource_bounded=False,
            action_bounded=False,
            missing=TRUE,
            at=policy.span,
        )
    document = read_document(policy)
    if isinstance(document, Unknown):
        return Judgement(
            Level.OPEN,
            Level.RESTRICTIVE,
            allows_nothing=None,
            missing=missing,
            reasons=document.reasons,
            at=policy.span,
        )
    if document.fault:
        reason = Reason(f"AWS takes no such policy: {document.fault}", document.span or policy.span)
        return Judgement(
            Level.OPEN,
            Level.RESTRICTIVE,
            allows_nothing=None,
            reasons=(reason,),
            fault=document.fault,
            at=document.span or policy.span,
        )
    return _judge_document(document, trust, gateway=gateway, service=service)


def _judge_document(document: Document, trust: Trust, *, gateway: bool, service: str | None) -> Judgement:
    def at(is_open: Callable[[str], bool], *, closing: bool, meeting: bool = False) -> tuple[Decision, Extreme]:
        extreme = Extreme(document, is_open, meeting=meeting)
        believed = _believed(trust, extreme) if closing else trust
        own = frozenset(extreme.own)
        return _statements_decided(extreme.statements, believed, own, gateway=gateway, service=service), extreme

    opened, extreme = at(lambda _: True, closing=not trust.names_owners)
    if extreme.unknown or (extreme.stand_ins and trust.names_owners):
        closed, closed_extreme = at(lambda _: False, closing=True)
    else:
        closed, closed_extreme = opened, extreme
    least = Level.OPEN if opened.level is None else opened.level
    most = Level.RESTRICTIVE if closed.level is None else closed.level
    ends = [opened, closed]
    if closed_extreme.may_meet and False in (closed.principal_bounded, closed.resource_bounded, closed.action_bounded):
        met, met_extreme = at(lambda _: False, closing=True, meeting=True)
        ends.append(met)
        most = max(most, Level.RESTRICTIVE if met.level is None else met.level)
        extreme.unknown.update({} if least is most else met_extreme.unknown)
    witness = closed.witness if most < Level.RESTRICTIVE else None
    allows_nothing = _shared([opened.allows_nothing, closed.allows_nothing])
    return Judgement(
        least,
        most,
        principal_bounded=_shared(each.principal_bounded for each in ends),
        resource_bounded=_shared(each.resource_bounded for each in ends),
        action_bounded=_shared(each.action_bounded for each in ends),
        allows_nothing=allows_nothing,
        witness=witness,
        stand_ins=tuple(closed_extreme.stand_ins.items()),
        parts=document.parts,
        reasons=() if least is most and allows_nothing is not None else _why(extreme, opened, closed, at),
        at=document.span,
    )


def _believed(trust: Trust, extreme: Extreme) -> Trust:
    """A configuration's trust, and whatever stands for an unknown: at best, that is trusted too."""
    if not trust.names_owners:
        return trust
    texts = frozenset(extreme.stand_ins)
    accounts = frozenset(text for text in texts if text.isdigit())
    orgs = frozenset(text.partition("/")[0] for text in texts if text.startswith("o-"))
    return replace(trust, accounts=trust.accounts | accounts, orgs=trust.orgs | orgs)


def _why(
    extreme: Extreme,
    opened: Decision,
    closed: Decision,
    at: Callable[..., tuple[Decision, Extreme]],
) -> tuple[Reason, ...]:
    """Why the level isn't known: the unknowns that alone make a difference, else all that may."""
    if opened.level is None or closed.level is None:
        return (_undecided(extreme),)
    candidates = list(extreme.unknown)
    deciding = [
        symbol
        for symbol in (candidates if len(candidates) <= MOST_NAMED else ())
        if at(lambda each, alone=symbol: each == alone, closing=True)[0].level is not closed.level
    ]
    reasons = gather(reason for symbol in deciding or candidates for reason in extreme.unknown[symbol])
    if reasons:
        return reasons
    met = gather(reason for each in extreme.met.values() for reason in each)
    if met:
        return met
    symbols = ", ".join(sorted(set(extreme.stand_ins.values())))
    return (Reason(f"whether {symbols} is trusted is not known"),)


def _undecided(extreme: Extreme) -> Reason:
    """Why a decision was not reached: variables that can't be followed, or the limit of its work."""
    limit = "deciding the policy takes more work than the limit allows"
    names = sorted(set[str]().union(*(variables_of(each) for each in extreme.statements)))
    foreign = [name for name in names if ":" not in name]
    if foreign:
        shown = ", ".join(f"${{{name}}}" for name in foreign[:MOST_NAMED])
        return Reason(f"{shown}: IAM has no such policy variable; a template is to be filled in before it is judged")
    if names:
        shown = ", ".join(f"${{{name}}}" for name in names[:MOST_NAMED])
        return Reason(f"what a request has for {shown} is left open, or {limit}")
    return WORK.reached(limit, None)
