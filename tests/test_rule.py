"""What makes a function a rule."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

import pytest
from sample import asking, endpoint, span

from vpce_lint.model import EndpointService, GatewayEndpoint, InterfaceEndpoint, Network
from vpce_lint.rule import Exemption, Place, Requirement, Requirements, RuleError, not_applicable, require, rule
from vpce_lint.topology import Topology
from vpce_lint.truth import FALSE, TRUE
from vpce_lint.value import Known
from vpce_lint.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

TOPOLOGY = Topology(Network("envs/prod", ()))


def test_subject_is_the_annotation() -> None:
    """The annotation of the first parameter says which resources a rule judges."""
    assert asking().subjects == (InterfaceEndpoint,)


def test_several_subjects() -> None:
    """A union of classes makes a rule about all of them."""

    @rule("VPCE100", severity=Severity.LOW)
    def several(_: InterfaceEndpoint | GatewayEndpoint | EndpointService) -> Requirements:
        yield from ()

    assert several.subjects == (InterfaceEndpoint, GatewayEndpoint, EndpointService)


def test_topology_is_handed_over() -> None:
    """A second parameter annotated Topology receives it."""

    @rule("VPCE100", severity=Severity.LOW)
    def with_topology(_: InterfaceEndpoint, topology: Topology) -> Requirements:
        yield require(TRUE, f"{topology.network.root} is wrong")

    assert list(with_topology.judge(endpoint(), TOPOLOGY)) == [Requirement(holds=TRUE, message="envs/prod is wrong")]


def test_function_around_another_says_what_that_says() -> None:
    """A decorator of a user's own between ``rule`` and the function hides neither the subject nor the settings."""

    def twice(check: Callable[..., Requirements]) -> Callable[..., Requirements]:
        @wraps(check)
        def both(*given: object, **settings: object) -> Requirements:
            yield from check(*given, **settings)
            yield from check(*given, **settings)

        return both

    @rule("VPCE100", severity=Severity.LOW)
    @twice
    def doubled(_: InterfaceEndpoint, topology: Topology, *, word: str = "wrong") -> Requirements:
        yield require(TRUE, f"{topology.network.root} is {word}")

    assert (doubled.subjects, doubled.settings) == ((InterfaceEndpoint,), {"word": "wrong"})
    assert list(doubled.judge(endpoint(), TOPOLOGY)) == 2 * [Requirement(holds=TRUE, message="envs/prod is wrong")]


def test_name_is_the_function_in_kebab_case() -> None:
    """A rule's name is its function's, with dashes."""
    assert asking().name == "wide-open"


def test_page_is_the_docstring_of_the_module() -> None:
    """The module's docstring is the page, its first line the summary."""
    assert asking().summary == "Small networks and answers made by hand, for tests that need no reader."


def test_keyword_only_parameters_are_settings() -> None:
    """A setting reaches the function, and the rule itself stays as it was."""

    @rule("VPCE100", severity=Severity.LOW)
    def zones(_: InterfaceEndpoint, *, minimum_zones: int = 2) -> Requirements:
        yield not_applicable(f"{minimum_zones}")

    changed = zones.configured({"minimum_zones": 3})
    assert list(changed.judge(endpoint(), TOPOLOGY)) == [Exemption("3")]
    assert list(zones.judge(endpoint(), TOPOLOGY)) == [Exemption("2")]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"minimum_zone": 3}, "VPCE100 zones has no setting 'minimum_zone', did you mean 'minimum_zones'?"),
        ({"minimum_zones": "3"}, "VPCE100 zones: 'minimum_zones' must be of type int, not str"),
        ({"minimum_zones": True}, "VPCE100 zones: 'minimum_zones' must be of type int, not bool"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, object], words: str) -> None:
    """A setting that a rule does not have, or of another type, is an error that says so."""

    @rule("VPCE100", severity=Severity.LOW)
    def zones(_: InterfaceEndpoint, *, minimum_zones: int = 2) -> Requirements:
        yield not_applicable(f"{minimum_zones}")

    with pytest.raises(RuleError) as caught:
        zones.configured(settings)
    assert str(caught.value) == words


def _no_parameter() -> Requirements:
    yield not_applicable("")


def _no_annotation(subject) -> Requirements:  # noqa: ANN001 (the point)
    yield not_applicable(f"{subject}")


def _no_resource(subject: str) -> Requirements:
    yield not_applicable(subject)


def _half_a_resource(subject: InterfaceEndpoint | None) -> Requirements:
    yield not_applicable(f"{subject}")


def _second_is_no_topology(_: InterfaceEndpoint, zones: int) -> Requirements:
    yield not_applicable(f"{zones}")


def _three_parameters(_: InterfaceEndpoint, topology: Topology, zones: int) -> Requirements:
    yield not_applicable(f"{topology}{zones}")


def _setting_without_default(_: InterfaceEndpoint, *, zones: int) -> Requirements:
    yield not_applicable(f"{zones}")


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (_no_parameter, "first parameter must be annotated"),
        (_no_annotation, "first parameter must be annotated"),
        (_no_resource, "first parameter must be annotated"),
        (_half_a_resource, "first parameter must be annotated"),
        (_second_is_no_topology, "second parameter must be annotated Topology"),
        (_three_parameters, "second parameter must be annotated Topology"),
        (_setting_without_default, "the setting 'zones' needs a default"),
    ],
)
def test_functions_that_are_no_rules_are_refused(check: Callable[..., Requirements], words: str) -> None:
    """A function whose parameters say nothing usable is refused, naming its file and line."""
    with pytest.raises(RuleError, match=words) as caught:
        rule("VPCE100", severity=Severity.LOW)(check)
    assert f"{__file__}:{check.__code__.co_firstlineno}: " in str(caught.value)


def test_unresolvable_annotation_is_refused() -> None:
    """An annotation whose name is not imported is an error of the rule, not a crash."""

    def check(_: NoSuchClass) -> Requirements:  # noqa: F821 (the point)
        yield not_applicable("")

    with pytest.raises(RuleError, match="NoSuchClass"):
        rule("VPCE100", severity=Severity.LOW)(check)


def test_requirement_keeps_its_clauses() -> None:
    """What a rule says arrives whole, iterables as tuples."""
    at = Known("x", span=span("kms"))
    made = require(FALSE, "it is open", at=at, related=[Place(at, "here")], affects=[endpoint()], about="s3")
    assert made == Requirement(
        holds=FALSE,
        message="it is open",
        at=at,
        related=(Place(at, "here"),),
        affects=(endpoint(),),
        about="s3",
    )
