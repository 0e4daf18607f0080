"""The same answer said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from sample import answer, span

from vpce_lint.finding import fold
from vpce_lint.location import Location, locate

if TYPE_CHECKING:
    from vpce_lint.report import Answer


def called(address: str, *calls: Location, **fields: object) -> Answer:
    """A violation of an instance of a shared module."""
    return answer(address=address, message=f"{address} stands in one zone", calls=calls, **fields)


PROD = Location("envs/prod/main.tf", 8, label="module.net")
DEV = Location("envs/dev/main.tf", 8, label="module.net")


def test_callers_are_listed_once() -> None:
    """A shared module's fault in several roots is one finding with its callers."""
    [finding] = fold([called("a", PROD, root="envs/prod"), called("a", DEV, root="envs/dev")])
    assert (finding.calls, finding.others, finding.count) == ((PROD, DEV), (), 2)


def test_instances_are_listed_where_no_call_explains_them() -> None:
    """Instances that the same call makes are named."""
    [finding] = fold([called("a[0]", PROD), called("a[1]", PROD), called("a[2]", PROD)])
    assert (finding.answer.address, finding.others, finding.calls) == ("a[0]", ("a[1]", "a[2]"), (PROD,))


def test_instances_take_their_neighbours_along() -> None:
    """What each of several instances does with the neighbour of its own key is said once, and that one apart which doesn't."""
    uses = {"a[0]": "b[0]", "a[1]": "b[1]", "a[2]": "b[0]"}
    found = fold(
        replace(called(one), message=f"{one} uses {other}", fix=f"give {other} to {one}") for one, other in uses.items()
    )
    assert [(finding.answer.address, finding.others) for finding in found] == [("a[0]", ("a[1]",)), ("a[2]", ())]


def test_different_words_are_different_findings() -> None:
    """Answers that differ in more than the address stay apart."""
    other = replace(called("a[1]"), message="a[1] has no subnets")
    assert [finding.count for finding in fold([called("a[0]"), other])] == [1, 1]


def test_different_places_are_different_findings() -> None:
    """Answers at two places stay apart, in their order."""
    elsewhere = called("b", location=locate(span("service_name")))
    assert [finding.answer.address for finding in fold([elsewhere, called("a")])] == ["b", "a"]
