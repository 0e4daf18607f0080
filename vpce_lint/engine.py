"""Rules put to the resources of every network, and their requirements made into answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from msgspec.structs import replace

from vpce_lint.fault import FAULTS, INTERNAL, LIMIT, UNREADABLE, Fault
from vpce_lint.limits import WORK
from vpce_lint.loader import is_built_in
from vpce_lint.location import Location, locate
from vpce_lint.model import Problem
from vpce_lint.origin import described
from vpce_lint.regex import regex
from vpce_lint.report import Answer, Omission, Report, RulePage, Scope
from vpce_lint.requirement_check import checked
from vpce_lint.rule import Exemption, Requirement
from vpce_lint.secret import masked
from vpce_lint.source import Span
from vpce_lint.topology import Topology
from vpce_lint.verdict import Confidence, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vpce_lint.model import Network, Reading, Resource
    from vpce_lint.rule import At, Rule
    from vpce_lint.truth import Reason

FAULT_OF_PROBLEM = {"unreadable": UNREADABLE, "limit": LIMIT, "internal": INTERNAL}
STEPS_OF_SUBJECT = 10
"""A resource that a rule is asked about, and a place that an answer shows, count as so many steps of work."""

INSTANCE_KEY = regex(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
MOST_REQUIREMENTS = 10_000
"""A rule that yields more for one resource has gone astray."""
LONGEST_TEXT = 20_000
"""Characters of a message, a fix or a reason: nobody reads more, and every format holds it."""
NO_SETTINGS: Mapping[str, Mapping[str, object]] = {}


def judge(
    reading: Reading,
    rules: Sequence[Rule],
    *,
    settings: Mapping[str, Mapping[str, object]] = NO_SETTINGS,
    paths: Iterable[str] = (),
) -> Report:
    """Every rule's answers about everything that was read.

    ``settings`` are values of rules' settings, by the rule's id; ``RuleError`` where a rule has no such
    setting. ``paths`` are the paths that were named, for the report.
    """
    rules = [rule.configured(settings.get(rule.id, {})) for rule in rules]
    answers, limits = answers_about(reading, rules)
    problems = dict.fromkeys((*reading.problems, *limits))
    faults = [_answer_to_problem(problem, reading.networks) for problem in problems]
    return Report(
        answers=tuple(sorted((*answers, *faults), key=lambda answer: answer.order)),
        scope=Scope(
            paths=tuple(paths),
            files=len(reading.files),
            roots=len(reading.networks),
            endpoints=sum(network.endpoints for network in reading.networks),
        ),
        unread=tuple(dict.fromkeys(Omission(item.path, masked(item.reason), item.kind) for item in reading.unread)),
        rules=pages_of(rules),
    )


def answers_about(reading: Reading, rules: Sequence[Rule]) -> tuple[Iterable[Answer], Iterable[Problem]]:
    """The rules' answers about the networks of a reading, in no particular order, and the limits reached on the way.

    Each network has all the steps of work before it.
    """
    answers: list[Answer] = []
    problems: list[Problem] = []
    for network in reading.networks:
        with WORK.budget() as limits:
            answers += _judge_with_assumptions(network, rules)
            if WORK.is_over:
                WORK.reached(f"judging {network.root} takes {WORK.words}", None)
        problems += (Problem("limit", words, span.path if span else network.root, span) for words, span in limits)
    return _worst(answers), problems


def pages_of(rules: Iterable[Rule]) -> tuple[RulePage, ...]:
    """What rules that were asked say about themselves, and behind them the faults, which always are."""
    asked: tuple[Rule | Fault, ...] = (*rules, *FAULTS)
    return tuple(_page(rule) for rule in asked)


def judge_network(network: Network, rules: Iterable[Rule]) -> Iterator[Answer]:
    """The answers about one network, in no particular order, the same place possibly more than once."""
    topology = Topology(network)
    for rule in rules:
        for resource in network.resources:
            if isinstance(resource, rule.subjects):
                WORK.left -= STEPS_OF_SUBJECT
                if WORK.is_over:
                    return
                yield from _judge_resource(rule, resource, network, topology)


def _judge_with_assumptions(network: Network, rules: Sequence[Rule]) -> Iterable[Answer]:
    """The answers about one network; where they rest on an assumption, they are likely."""
    answers = judge_network(network, rules)
    if network.without_assumptions is None:
        return answers
    opened: dict[tuple[str, str, str | None], list[Answer]] = {}
    for answer in judge_network(network.without_assumptions, rules):
        opened.setdefault((answer.rule, answer.address, answer.about), []).append(answer)
    return (_weakened(answer, opened, network.assumption) for answer in answers)


def _weakened(
    answer: Answer, opened: Mapping[tuple[str, str, str | None], Sequence[Answer]], assumption: str
) -> Answer:
    """The answer, likely unless it is the same, and as certain, without the assumption."""
    if answer.verdict not in {Verdict.VIOLATED, Verdict.SATISFIED} or answer.rule == INTERNAL.id:
        return answer
    family = INSTANCE_KEY.sub("[*]", answer.address)
    others = next(
        (
            found
            for address in (answer.address, family)
            for about in (answer.about, None)
            if (found := opened.get((answer.rule, address, about)))
        ),
        (),
    )
    same = [other for other in others if other.verdict is answer.verdict]
    if any(other.confidence is Confidence.CERTAIN for other in same):
        return answer
    weaker = same or [other for other in others if other.verdict is Verdict.UNDETERMINED]
    why = weaker[0].why if weaker else (assumption,)
    return replace(answer, confidence=Confidence.LIKELY, why=tuple(dict.fromkeys((*answer.why, *why))))


def _judge_resource(rule: Rule, resource: Resource, network: Network, topology: Topology) -> list[Answer]:
    if resource.premise.is_false:
        return [_exempt(rule, resource, network, Exemption("it is no resource of this kind"))]
    answers: list[Answer] = []
    try:
        if resource.when:
            topology = topology.assuming(resource.when)
        for item in rule.judge(resource, topology):
            if len(answers) == MOST_REQUIREMENTS:
                _refuse_more()
            answers.append(_answer(rule, resource, network, checked(item)))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 (whatever a rule does wrong, even to exit, the others go on)
        answers.append(_failed(rule, resource, network, error))
    return answers or [_exempt(rule, resource, network, Exemption("the rule asks nothing of it"))]


def _refuse_more() -> NoReturn:
    msg = f"it yields more than {MOST_REQUIREMENTS:,} requirements for one resource"
    raise RuntimeError(msg)


def _answer(rule: Rule, resource: Resource, network: Network, item: Requirement | Exemption) -> Answer:
    if isinstance(item, Exemption):
        return _exempt(rule, resource, network, item)
    return _decide(rule, resource, network, item)


def _decide(rule: Rule, resource: Resource, network: Network, requirement: Requirement) -> Answer:
    premise, holds = resource.premise, requirement.holds
    likely = premise.likely or holds.likely
    reasons: tuple[Reason, ...] = holds.reasons if likely else ()
    if holds.is_true:
        verdict = Verdict.SATISFIED
        message = requirement.otherwise or f"it is not the case that {requirement.message}"
    elif holds.is_false and premise.is_true:
        verdict = Verdict.VIOLATED
        message = requirement.message
    else:
        verdict = Verdict.UNDETERMINED
        message = f"can't tell whether {requirement.message}"
        reasons = (*premise.reasons, *(holds.reasons if holds.is_unknown else ()))
        likely = False
    return Answer(
        rule=rule.id,
        name=rule.name,
        verdict=verdict,
        severity=requirement.severity or rule.severity,
        confidence=Confidence.LIKELY if likely else Confidence.CERTAIN,
        about=None if requirement.about is None else masked(requirement.about),
        address=masked(resource.address),
        affects=tuple(
            dict.fromkeys(
                masked(each) for each in (resource.address, *(other.address for other in requirement.affects))
            )
        ),
        root=network.root,
        location=locate(_span(requirement.at) or resource.span),
        message=_said(message),
        why=_words(reasons),
        fix=_said(requirement.fix),
        related=_related(requirement),
        calls=_calls(resource),
        construct=masked(resource.construct),
        help=_help(rule),
    )


def _exempt(rule: Rule, resource: Resource, network: Network, exemption: Exemption) -> Answer:
    return Answer(
        rule=rule.id,
        name=rule.name,
        verdict=Verdict.NOT_APPLICABLE,
        severity=rule.severity,
        about=None if exemption.about is None else masked(exemption.about),
        address=masked(resource.address),
        affects=(masked(resource.address),),
        root=network.root,
        location=locate(resource.span),
        message=_said(exemption.reason),
        calls=_calls(resource),
        construct=masked(resource.construct),
        help=_help(rule),
    )


def _failed(rule: Rule, resource: Resource, network: Network, error: BaseException) -> Answer:
    message = f"{rule.id} {rule.name} failed on {resource.address}: {described(error)}"
    about = f"{rule.id} {resource.address}"
    return _fault(INTERNAL, message, locate(resource.span), network.root, about=about)


def _answer_to_problem(problem: Problem, networks: Iterable[Network]) -> Answer:
    location = locate(problem.span) if problem.span else Location(problem.path)
    roots = {network.root for network in networks}
    return answer_of_fault(fault_of(problem.kind), problem.message, location, roots, fix=problem.fix)


def fault_of(kind: str) -> Fault:
    """What stands in a report for a problem of this kind."""
    return FAULT_OF_PROBLEM.get(kind, UNREADABLE)


def answer_of_fault(
    fault: Fault, message: str, location: Location, roots: set[str], *, fix: str = "", about: str | None = None
) -> Answer:
    """A failure at a place as an answer; its root is the nearest of ``roots`` at or above the place."""
    return _fault(fault, message, location, _root_of(location.path, roots), fix=fix, about=about)


def _root_of(path: str, roots: set[str]) -> str:
    """The nearest root at or above a path; without one, the path's folder."""
    folder = path
    while folder not in roots:
        parent = folder.rpartition("/")[0]
        if not parent:
            return "." if "." in roots or "/" not in path else path.rpartition("/")[0]
        folder = parent
    return folder


def _fault(
    fault: Fault, message: str, location: Location, root: str, *, fix: str = "", about: str | None = None
) -> Answer:
    return Answer(
        rule=fault.id,
        name=fault.name,
        verdict=Verdict.VIOLATED,
        severity=fault.severity,
        about=None if about is None else masked(about),
        address=location.path,
        affects=(location.path,),
        root=root,
        location=location,
        message=_said(message),
        fix=fix,
        help=_help(fault),
    )


def _worst(answers: Iterable[Answer]) -> Iterable[Answer]:
    """The worst answer per rule, root, resource, place and ``about``."""
    kept: dict[object, Answer] = {}
    for answer in answers:
        key = (answer.rule, answer.root, answer.address, answer.about, answer.location.range)
        other = kept.get(key)
        if other is None or _badness(answer) < _badness(other):
            kept[key] = answer
    return kept.values()


def _badness(answer: Answer) -> tuple[int, int, int]:
    return answer.verdict.rank, answer.severity.rank, answer.confidence.rank


def _span(at: At | None) -> Span | None:
    return at if isinstance(at, Span) else at.span if at is not None else None


def _related(requirement: Requirement) -> tuple[Location, ...]:
    places = [(_span(place.at), place) for place in requirement.related]
    WORK.left -= STEPS_OF_SUBJECT * len(places)
    return tuple(locate(span, place.label, step=place.step) for span, place in places if span)


def _calls(resource: Resource) -> tuple[Location, ...]:
    return tuple(locate(call.span, call.label) for call in resource.calls)


def _words(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_said(str(reason)) for reason in reasons))


def _said(text: str) -> str:
    """The text as a report may hold it; the scanned code's names are in it, and may be of any length."""
    text = masked(text)  # first: half a key has another shape
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _page(rule: Rule | Fault) -> RulePage:
    built_in = isinstance(rule, Fault) or is_built_in(rule)
    return RulePage(rule.id, rule.name, rule.severity, rule.category, rule.page, rule.controls, built_in)


def _help(rule: Rule | Fault) -> str:
    return f"vpce-lint explain {rule.id}"
