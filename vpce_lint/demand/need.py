"""A need of a workload for a service, before needs for the same service become one demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.demand.demand import Demand, Evidence
from vpce_lint.truth import FALSE, TRUE, Reason, Truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.source import Span
    from vpce_lint.workload import Workload

MOST_EVIDENCE = 10
"""More places than a person reads are dropped."""


class Need(Struct, frozen=True):
    """That something makes a workload call a service; ``apart_from`` as in ``Demand``."""

    service: str
    truth: Truth
    evidence: Evidence
    apart_from: frozenset[str] = frozenset()


def needs(services: str, label: str, span: Span | None, truth: Truth = TRUE) -> list[Need]:
    """A need for each of some services, divided by spaces, from the same evidence."""
    return [Need(service, truth, Evidence(span, label)) for service in services.split()]


def likely(words: str) -> Truth:
    """True, but for something usual: these words."""
    return Truth(value=True, reasons=(Reason(words),), likely=True)


def demands_of(workload: Workload, found: Iterable[Need]) -> tuple[Demand, ...]:
    """One demand per service, in the services' order; the evidence that weighs most comes first."""
    by_service: dict[str, list[Need]] = {}
    for need in found:
        if not need.truth.is_false:
            by_service.setdefault(need.service, []).append(need)
    return tuple(_demand(workload, service, by_service[service]) for service in sorted(by_service))


def _demand(workload: Workload, service: str, found: list[Need]) -> Demand:
    truth = FALSE
    apart_from: frozenset[str] | None = None
    for need in found:
        truth |= need.truth
        apart_from = need.apart_from if apart_from is None else apart_from & need.apart_from
    if truth.is_true:
        found = [need for need in found if need.truth.is_true]
    weighed = sorted(found, key=lambda need: need.truth.likely)
    evidence = tuple(dict.fromkeys(need.evidence for need in weighed))[:MOST_EVIDENCE]
    return Demand(service, workload, evidence, truth, apart_from or frozenset())
