"""What the instances of one plan share: whose ids are known, and which companions are on their way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vpce_lint.readers.aws_terraform import COMPANIONS, PRIMARY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.plan.evaluation import Evaluation
    from vpce_lint.readers.plan.plan import Plan
    from vpce_lint.readers.plan.source_code import SourceCode


@dataclass(slots=True)
class Reading:
    """What the instances of one plan share.

    ``by_id`` are the addresses of resources by their ids, ``undone`` the ids of resources whose slots the plan
    takes companions from: there, what isn't given shows what was, not what will be. With ``assuming``, a list that refers to resources
    is taken for a list of just these; ``assumed`` tells whether that was needed. ``evaluation`` is what the code
    says about what the plan leaves open.
    """

    plan: Plan
    by_id: dict[str, str]
    undone: frozenset[tuple[str, str]]
    code: SourceCode | None = None
    assuming: bool = True
    assumed: bool = False
    evaluation: Evaluation | None = None


def addresses_by_id(plan: Plan) -> dict[str, str]:
    """The addresses of the resources whose ids are known; an id that two resources have tells none of them."""
    twice = shared_ids(plan)
    found = {identifier: address for identifier, address in _known_ids(plan) if identifier not in twice}
    for resource in (*plan.resources, *plan.found):
        identifier = resource.identifier
        if resource.type == "aws_subnet" and resource.mode == "data" and identifier and identifier not in twice:
            found.setdefault(identifier, resource.address)
    return found


def shared_ids(plan: Plan) -> set[str]:
    """The ids that two resources of the network have: two blocks manage the same thing."""
    seen: set[str] = set()
    twice: set[str] = set()
    for identifier, _ in _known_ids(plan):
        (twice if identifier in seen else seen).add(identifier)
    return twice


def _known_ids(plan: Plan) -> Iterator[tuple[str, str]]:
    for resource in plan.resources:
        if resource.type in PRIMARY and resource.mode == "managed" and resource.identifier:
            yield resource.identifier, resource.address


def slots_undone(plan: Plan) -> frozenset[tuple[str, str]]:
    """The ids of resources that lose companions, each with the slot that these completed."""
    found = set()
    for type_, before in plan.undone:
        companion = COMPANIONS.get(type_)
        target = before.get(companion.target) if companion else None
        if companion and isinstance(target, str):
            found.add((target, companion.slot))
    return frozenset(found)
