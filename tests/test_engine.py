"""From a reading and rules to a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from sample import CODE, HEADER, asking, endpoint, reading, span

from vpce_lint.engine import judge
from vpce_lint.location import Excerpt
from vpce_lint.model import (
    Call,
    EndpointService,
    GatewayEndpoint,
    InterfaceEndpoint,
    Network,
    Problem,
    Reading,
    Unread,
    Vpc,
)
from vpce_lint.report import Answer, Omission
from vpce_lint.rule import Place, Requirements, RuleError, not_applicable, require, rule
from vpce_lint.topology import Topology  # noqa: TC001 (the annotations of rules are resolved)
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.value import Known, Unknown
from vpce_lint.verdict import Confidence, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vpce_lint.model import Resource
    from vpce_lint.rule import Rule

NO_DEFAULT = Reason("var.zone has no default", span("subnet_ids"))
LIKELY = Truth(value=False, reasons=(Reason("other code may add endpoints to it"),), likely=True)


def only_answer(*resources: Resource, rules: Sequence[Rule] = (), **fields: Any) -> Answer:
    """The one answer that there is."""
    [answer] = judge(reading(*(resources or (endpoint(),)), **fields), rules).answers
    return answer


@pytest.mark.parametrize(
    ("holds", "verdict", "message", "why"),
    [
        (TRUE, Verdict.SATISFIED, "it is not the case that it is open", ()),
        (FALSE, Verdict.VIOLATED, "it is open", ()),
        (
            unknown(NO_DEFAULT),
            Verdict.UNDETERMINED,
            "can't tell whether it is open",
            ("var.zone has no default (main.tf:3)",),
        ),
    ],
)
def test_three_verdicts(holds: Truth, verdict: Verdict, message: str, why: tuple[str, ...]) -> None:
    """What holds is satisfied, what does not is violated, and what is open says why."""
    answer = only_answer(rules=[asking(holds)])
    assert (answer.verdict, answer.message, answer.why) == (verdict, message, why)


def test_satisfied_says_what_the_rule_says() -> None:
    """``otherwise`` is the message where the requirement holds."""
    assert only_answer(rules=[asking(TRUE, otherwise="it is closed")]).message == "it is closed"


def test_likely_is_kept_with_what_it_rests_on() -> None:
    """An answer that rests on something usual is likely, and says on what."""
    answer = only_answer(rules=[asking(LIKELY)])
    assert (answer.verdict, answer.confidence) == (Verdict.VIOLATED, Confidence.LIKELY)
    assert answer.why == ("other code may add endpoints to it",)


@pytest.mark.parametrize(
    ("without", "confidence", "why"),
    [
        (FALSE, Confidence.CERTAIN, ()),
        (LIKELY, Confidence.LIKELY, ("other code may add endpoints to it",)),
        (unknown(NO_DEFAULT), Confidence.LIKELY, ("var.zone has no default (main.tf:3)",)),
        (TRUE, Confidence.LIKELY, ("it is taken so",)),
    ],
)
def test_answer_is_no_more_certain_than_without_the_assumption(
    without: Truth, confidence: Confidence, why: tuple[str, ...]
) -> None:
    """What is certain with an assumption stays so only if it is certain without it; else it says on what it rests."""

    @rule("VPCE100", severity=Severity.HIGH)
    def wide_open(subject: InterfaceEndpoint) -> Requirements:
        yield require(without if subject.service.is_("open").is_true else FALSE, "it is open")

    opened = Network("envs/prod", (endpoint(service=Known("open")),))
    answer = only_answer(rules=[wide_open], without_assumptions=opened, assumption="it is taken so")
    assert (answer.verdict, answer.confidence, answer.why) == (Verdict.VIOLATED, confidence, why)


@pytest.mark.parametrize(
    ("premise", "holds", "verdict"),
    [
        (unknown(NO_DEFAULT), FALSE, Verdict.UNDETERMINED),
        (unknown(NO_DEFAULT), TRUE, Verdict.SATISFIED),
        (unknown(NO_DEFAULT), unknown(), Verdict.UNDETERMINED),
        (FALSE, FALSE, Verdict.NOT_APPLICABLE),
        (TRUE, FALSE, Verdict.VIOLATED),
    ],
)
def test_premise(premise: Truth, holds: Truth, verdict: Verdict) -> None:
    """A resource that may not be what its class says is never violated, and its premise says why."""
    answer = only_answer(endpoint(premise=premise), rules=[asking(holds)])
    assert answer.verdict is verdict
    assert answer.why == (("var.zone has no default (main.tf:3)",) if verdict is Verdict.UNDETERMINED else ())


def test_silence_is_not_applicable() -> None:
    """A rule that yields nothing for a resource does not concern it."""

    @rule("VPCE100", severity=Severity.HIGH)
    def silent(_: InterfaceEndpoint) -> Requirements:
        return ()

    assert only_answer(rules=[silent]).verdict is Verdict.NOT_APPLICABLE


def test_not_applicable_says_why() -> None:
    """The reason that a rule gives is the message."""

    @rule("VPCE100", severity=Severity.HIGH)
    def exempt(_: InterfaceEndpoint) -> Requirements:
        yield not_applicable("it is someone else's service", about="policy")

    answer = only_answer(rules=[exempt])
    assert (answer.verdict, answer.message, answer.about) == (
        Verdict.NOT_APPLICABLE,
        "it is someone else's service",
        "policy",
    )


def test_only_subjects_are_judged() -> None:
    """A rule sees the resources of its class and none else."""
    vpc = Vpc(address="aws_vpc.main", span=HEADER)
    assert only_answer(vpc, endpoint(), rules=[asking()]).address == "aws_vpc_endpoint.kms"


def test_conditional_resource_is_judged_under_its_conditions() -> None:
    """The topology that a rule gets assumes that the judged resource exists."""
    condition = Unknown("var.enabled", (NO_DEFAULT,))
    gateway = GatewayEndpoint(
        address="aws_vpc_endpoint.s3", span=HEADER, vpc=Known("vpc-1"), service=Known("s3"), when=(condition,)
    )

    @rule("VPCE100", severity=Severity.HIGH)
    def companions(_: InterfaceEndpoint, topology: Topology) -> Requirements:
        yield require(topology.exists(gateway), "there is no gateway")

    answers = judge(reading(endpoint("a", when=(condition,)), endpoint("b"), gateway), [companions]).answers
    assert [answer.verdict for answer in answers] == [Verdict.SATISFIED, Verdict.UNDETERMINED]


def test_worst_answer_is_kept() -> None:
    """Of several answers about the same thing at the same place the worst stays."""

    @rule("VPCE100", severity=Severity.LOW)
    def several(_: InterfaceEndpoint) -> Requirements:
        yield require(TRUE, "a")
        yield require(FALSE, "b")
        yield require(unknown(), "c")
        yield require(FALSE, "d", severity=Severity.HIGH)
        yield not_applicable("e")

    answer = only_answer(rules=[several])
    assert (answer.message, answer.severity) == ("d", Severity.HIGH)


def test_about_and_place_keep_answers_apart() -> None:
    """Answers about different sub-subjects, or at different places, all stay."""

    @rule("VPCE100", severity=Severity.LOW)
    def several(_: InterfaceEndpoint) -> Requirements:
        yield require(FALSE, "a", about="s3")
        yield require(TRUE, "b", about="dynamodb")
        yield require(FALSE, "c", at=span("subnet_ids"))

    answers = judge(reading(endpoint()), [several]).answers
    assert [(answer.message, answer.about) for answer in answers] == [
        ("it is not the case that b", "dynamodb"),
        ("a", "s3"),
        ("c", None),
    ]


def test_same_address_at_two_places() -> None:
    """Two resources with one address are both judged."""
    twin = replace(endpoint(), span=span("service_name"))
    assert [answer.location.line for answer in judge(reading(endpoint(), twin), [asking()]).answers] == [1, 2]


def test_place_is_where_the_value_is_written() -> None:
    """``at`` leads to the attribute; a value without a place leads to the resource."""
    written = only_answer(rules=[asking(at=Known("x", span=span("[aws_subnet.a.id]")))]).location
    assert (written.path, written.line, written.column, written.end_line, written.end_column) == (
        "main.tf",
        3,
        18,
        3,
        35,
    )
    assert written.excerpt == Excerpt("  subnet_ids   = [aws_subnet.a.id]", 17, 34)
    assert only_answer(rules=[asking(at=Known("x"))]).location.line == 1


def test_span_over_several_lines() -> None:
    """The excerpt of a longer place is its first line, meant to its end."""
    location = only_answer(rules=[asking(at=span(CODE.strip()))]).location
    assert (location.line, location.end_line, location.end_column) == (1, 4, 2)
    assert location.excerpt == Excerpt(CODE.splitlines()[0], 0, len(CODE.splitlines()[0]))


def test_long_line_is_cut_around_the_place() -> None:
    """Of an endless line, the excerpt keeps what stands around the place."""
    excerpt = only_answer(rules=[asking(at=span("needle", "x" * 10_000 + "needle" + "y" * 10_000))]).location.excerpt
    assert excerpt is not None
    assert excerpt.text[excerpt.start : excerpt.end] == "needle"
    assert (len(excerpt.text), excerpt.text[0], excerpt.text[-1]) == (402, "…", "…")


def test_related_places_calls_and_affected_resources() -> None:
    """Related places come with labels, calls with the module's name, and affected addresses after one's own."""
    net = endpoint(calls=(Call("module.net", span("subnet_ids")),))
    answer = only_answer(
        net,
        rules=[
            asking(
                related=[Place(HEADER, "its subnet"), Place(Known("x"), "nowhere")],
                affects=[endpoint("aws_subnet.a"), net],
            )
        ],
    )
    assert [(place.line, place.label) for place in answer.related] == [(1, "its subnet")]
    assert [(call.line, call.label) for call in answer.calls] == [(3, "module.net")]
    assert answer.affects == ("aws_vpc_endpoint.kms", "aws_subnet.a")


def _raises(_: InterfaceEndpoint) -> Requirements:
    yield require(FALSE, "before it failed", about="before")
    msg = "no such zone"
    raise KeyError(msg)


def _yields_nonsense(_: InterfaceEndpoint) -> Requirements:
    yield "open"


def _asks_a_bool(_: InterfaceEndpoint) -> Requirements:
    yield require(True, "open")  # noqa: FBT003 (the point)


def _returns_nothing(_: InterfaceEndpoint) -> Requirements:
    return None


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (_raises, "KeyError: 'no such zone' (in test_engine.py:"),
        (_yields_nonsense, "TypeError: a rule yields require(...) or not_applicable(...), not str"),
        (_asks_a_bool, "TypeError: require needs a Truth, not bool"),
        (_returns_nothing, "TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_failing_rule_is_reported_and_the_rest_goes_on(check: Callable[..., Requirements], words: str) -> None:
    """An error of a rule becomes VPCE999 at the resource, and the other rules answer all the same."""
    broken = rule("VPCE101", severity=Severity.LOW)(check)
    answers = judge(reading(endpoint()), [broken, asking()]).answers
    [failed] = [answer for answer in answers if answer.rule == "VPCE999"]
    assert failed.message.startswith(f"VPCE101 {broken.name} failed on aws_vpc_endpoint.kms: {words}")
    assert (failed.verdict, failed.severity, failed.address) == (Verdict.VIOLATED, Severity.HIGH, "main.tf")
    assert "VPCE100" in {answer.rule for answer in answers}


def test_answers_before_a_failure_stay() -> None:
    """A violation that a rule found before it failed is not lost."""
    broken = rule("VPCE101", severity=Severity.LOW)(_raises)
    answers = judge(reading(endpoint()), [broken]).answers
    assert [(answer.rule, answer.about) for answer in answers] == [
        ("VPCE101", "before"),
        ("VPCE999", "VPCE101 aws_vpc_endpoint.kms"),
    ]


def test_problems_of_the_reading_are_violations() -> None:
    """What could not be read is VPCE900, a limit VPCE901, each with its place, its path as address, and its root."""
    base = reading(endpoint(), root="envs/prod")
    problems = (
        Problem(
            "unreadable",
            "invalid syntax",
            "envs/prod/modules/x.tf",
            span("{", path="envs/prod/modules/x.tf"),
            fix="mend",
        ),
        Problem("limit", "too many instances", "envs/prod"),
        Problem("limit", "too deep", "envs/prod"),
        Problem("unreadable", "not UTF-8", "other/y.tf"),
    )
    answers = judge(replace(base, problems=problems), []).answers
    assert [(a.rule, a.location.path, a.location.line, a.root, a.message, a.fix) for a in answers] == [
        ("VPCE901", "envs/prod", 1, "envs/prod", "too deep", ""),
        ("VPCE901", "envs/prod", 1, "envs/prod", "too many instances", ""),
        ("VPCE900", "envs/prod/modules/x.tf", 1, "envs/prod", "invalid syntax", "mend"),
        ("VPCE900", "other/y.tf", 1, "other", "not UTF-8", ""),
    ]
    assert {(a.verdict, a.address == a.location.path) for a in answers} == {(Verdict.VIOLATED, True)}


def test_settings_reach_the_rule() -> None:
    """Settings are given by the rule's id, and a wrong one is an error."""

    @rule("VPCE100", severity=Severity.LOW)
    def zones(_: InterfaceEndpoint, *, minimum_zones: int = 2) -> Requirements:
        yield require(FALSE, f"fewer than {minimum_zones}")

    [answer] = judge(reading(endpoint()), [zones], settings={"VPCE100": {"minimum_zones": 3}}).answers
    assert answer.message == "fewer than 3"
    with pytest.raises(RuleError):
        judge(reading(endpoint()), [zones], settings={"VPCE100": {"zones": 3}})


def test_order_and_repeatability() -> None:
    """Answers come by path, line, rule, address and about, whatever the order of rules and resources."""
    resources = [
        endpoint("b", span=span("subnet_ids", path="b.tf")),
        endpoint("z", span=span("resource", path="a.tf")),
        endpoint("a", span=span("resource", path="a.tf")),
        endpoint("c", span=span("subnet_ids", path="a.tf")),
    ]
    first = rule("VPCE101", severity=Severity.LOW)(_asks_twice)
    rules = [asking(), first]
    answers = judge(reading(*resources), rules).answers
    assert [(a.location.path, a.location.line, a.rule, a.address, a.about) for a in answers] == [
        ("a.tf", 1, "VPCE100", "a", None),
        ("a.tf", 1, "VPCE100", "z", None),
        ("a.tf", 1, "VPCE101", "a", "1"),
        ("a.tf", 1, "VPCE101", "a", "2"),
        ("a.tf", 1, "VPCE101", "z", "1"),
        ("a.tf", 1, "VPCE101", "z", "2"),
        ("a.tf", 3, "VPCE100", "c", None),
        ("a.tf", 3, "VPCE101", "c", "1"),
        ("a.tf", 3, "VPCE101", "c", "2"),
        ("b.tf", 3, "VPCE100", "b", None),
        ("b.tf", 3, "VPCE101", "b", "1"),
        ("b.tf", 3, "VPCE101", "b", "2"),
    ]
    assert answers == judge(reading(*reversed(resources)), list(reversed(rules))).answers


def _asks_twice(_: InterfaceEndpoint) -> Requirements:
    yield require(FALSE, "second", about="2")
    yield require(FALSE, "first", about="1")


def test_scope_counts_what_was_looked_at() -> None:
    """Roots, files and endpoints of all kinds are counted, what was left out is passed on."""
    service = EndpointService(address="aws_vpc_endpoint_service.x", span=HEADER, acceptance_required=Known(value=True))
    gateway = GatewayEndpoint(address="g", span=HEADER, vpc=Known("v"), service=Known("s3"))
    one = reading(endpoint(), service, gateway)
    unread = Unread("main.tf:1", "module.net is not downloaded", "module")
    report = judge(
        Reading((*one.networks, *one.networks), unread=(unread, unread), files=tuple("abcdefg")), [], paths=["a", "b"]
    )
    scope = report.scope
    assert (scope.paths, scope.files, scope.roots, scope.endpoints) == (("a", "b"), 7, 2, 4)
    assert report.unread == (Omission("main.tf:1", "module.net is not downloaded", "module"),)


def test_report_has_the_pages_of_all_rules() -> None:
    """Every rule that was asked is in the report with its page, and so is every fault, answers or not."""
    report = judge(reading(), (asking(),))
    assert [page.id for page in report.rules] == ["VPCE100", "VPCE900", "VPCE901", "VPCE902", "VPCE999"]
    assert report.rules[0].name == "wide-open"
    assert report.rules[1].page.startswith("A file can't be read")


def test_steps_of_a_path_stay_steps() -> None:
    """A related place that is a step of a path is one in the answer, in its order."""
    places = (Place(span("service_name"), "first", step=True), Place(HEADER, "aside"))
    [answer] = judge(reading(endpoint()), (asking(related=places),)).answers
    assert [(place.label, place.step) for place in answer.related] == [("first", True), ("aside", False)]
