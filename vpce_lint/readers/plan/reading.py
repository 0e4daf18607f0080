"""What the instances of one plan share: whose ids are known, and which companions are on their way out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.readers.assembly import TYPES
from vpce_lint.readers.aws_terraform import COMPANIONS, PRIMARY
from vpce_lint.readers.aws_terraform_permissions import PERMISSIONS
from vpce_lint.readers.aws_terraform_routing import DESTINATIONS, ROUTING
from vpce_lint.readers.aws_terraform_workloads import WORKLOADS
from vpce_lint.readers.plan.arguments import takes_ids
from vpce_lint.value import Known, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.plan.evaluation import Evaluation
    from vpce_lint.readers.plan.plan import Plan, PlannedResource
    from vpce_lint.readers.plan.source_code import SourceCode

IDENTIFIED = PRIMARY.keys() | ROUTING.keys() | {"aws_launch_template"}
"""The types of resources whose ids AWS makes, so that no two have the same."""

CALLED_BY_ARN = PERMISSIONS.keys() | WORKLOADS.keys()
"""The types of resources that others refer to by their ARNs."""

DEFAULT_TABLE = "default_route_table_id"

PREFIX_LIST = "destination_prefix_list_id"

ATTACHED = {"aws_iam_role_policy": "documents", "aws_iam_role_policy_attachment": "managed"}
"""What adds to a role, by name, and the slot that shows it."""


class Reading(Struct):
    """What the instances of one plan share.

    ``by_id`` are the addresses of resources, and the attributes, by their ids and ARNs; ``undone`` the ids of
    resources whose slots the plan takes companions from: there, what isn't given shows what was, not what will be.
    ``separate_routes`` are the destinations of routes that have resources of their own, or had, by their tables' ids.
    With ``assuming``, a list that refers to resources is taken for a list of just these; ``assumed`` tells whether
    that was needed. ``evaluation`` is what the code says about what the plan leaves open.
    """

    plan: Plan
    by_id: dict[str, Reference]
    undone: frozenset[tuple[str, str]]
    code: SourceCode | None = None
    assuming: bool = True
    assumed: bool = False
    evaluation: Evaluation | None = None
    separate_routes: dict[str, set[str]] = field(default_factory=dict)

    def resource_of(self, text: str, name: str, type_: str) -> Reference | None:
        """What a known id or ARN, in an argument of a resource of a type, belongs to."""
        argument = name.partition("[")[0]
        found = self.by_id.get(text)
        if found is None:
            return None
        if found.attribute == "arn":
            return found if type_ in _CALLING_BY_ARN else None
        return found if takes_ids(argument) else None


_CALLING_BY_ARN = TYPES.keys() - PRIMARY.keys() - COMPANIONS.keys()
"""The types of resources for which an ARN is as good as a reference; principals of endpoint services are ARNs."""


def references_by_id(plan: Plan) -> dict[str, Reference]:
    """The resources whose ids or ARNs are known; what two resources have tells none of them."""
    twice = shared_ids(plan)
    found = {text: _reference(each, "id") for text, each in _known_ids(plan) if text not in twice}
    for resource in (*plan.resources, *plan.found):
        identifier = resource.identifier
        if resource.type == "aws_subnet" and resource.mode == "data" and identifier and identifier not in twice:
            found.setdefault(identifier, _reference(resource, "id"))
    arns: defaultdict[str, list[PlannedResource]] = defaultdict(list)
    for resource in plan.resources:
        if resource.mode != "managed" or resource.values is None:
            continue
        arn, table = resource.values.data.get("arn"), resource.values.data.get(DEFAULT_TABLE)
        if resource.type in CALLED_BY_ARN and isinstance(arn, str) and arn and resource.knows("arn"):
            arns[arn].append(resource)
        if resource.type in {"aws_vpc", "aws_default_vpc"} and isinstance(table, str) and resource.knows(DEFAULT_TABLE):
            found[table] = _reference(resource, DEFAULT_TABLE)
    return {**{arn: _reference(one[0], "arn") for arn, one in arns.items() if len(one) == 1}, **found}


def _reference(resource: PlannedResource, attribute: str) -> Reference:
    key = None if resource.key is None else Known(resource.key)
    return Reference(f"{resource.address}.{attribute}", (), address=resource.address, attribute=attribute, key=key)


def separate_routes(plan: Plan) -> dict[str, set[str]]:
    """The destinations of routes with resources of their own, also of deleted ones, by the ids of their tables."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    managed = ((each.type, each.values.data) for each in plan.resources if each.mode == "managed" and each.values)
    for type_, values in (*managed, *plan.undone):
        table = values.get("route_table_id")
        if type_ == "aws_route" and isinstance(table, str):
            found[table] |= {
                given for name in (*DESTINATIONS, PREFIX_LIST) if isinstance(given := values.get(name), str) and given
            }
    return dict(found)


def shared_ids(plan: Plan) -> set[str]:
    """The ids that two resources of the network have: two blocks manage the same thing."""
    seen: set[str] = set()
    twice: set[str] = set()
    for identifier, _ in _known_ids(plan):
        (twice if identifier in seen else seen).add(identifier)
    return twice


def _known_ids(plan: Plan) -> Iterator[tuple[str, PlannedResource]]:
    for resource in plan.resources:
        if resource.type in IDENTIFIED and resource.mode == "managed" and resource.identifier:
            yield resource.identifier, resource


def slots_undone(plan: Plan) -> frozenset[tuple[str, str]]:
    """The ids of resources that lose companions, each with the slot that these completed."""
    found = set()
    for type_, before in plan.undone:
        companion = COMPANIONS.get(type_)
        target = before.get(companion.target) if companion else None
        if companion and isinstance(target, str):
            found.add((target, companion.slot))
        role = before.get("role")
        if type_ in ATTACHED and isinstance(role, str):
            found.add((role, ATTACHED[type_]))
        roles = before.get("roles") if type_ == "aws_iam_policy_attachment" else None
        if isinstance(roles, list):
            found |= {(each, "managed") for each in roles if isinstance(each, str)}
    return frozenset(found)
