"""The network that a plan describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from vpce_lint.limits import WORK
from vpce_lint.model import Gap, Network
from vpce_lint.readers.assembly import LOOKED_UP, TYPES, found_by, made_by, piece_of
from vpce_lint.readers.aws_terraform import COMPANIONS
from vpce_lint.readers.aws_terraform_routing import found_tables
from vpce_lint.readers.joining import Pieces
from vpce_lint.readers.plan.document import LimitError
from vpce_lint.readers.plan.instance import DEEPEST, PlanInstance
from vpce_lint.readers.plan.plan import MOST_CALLS
from vpce_lint.readers.plan.reading import Reading, references_by_id, separate_routes, shared_ids, slots_undone
from vpce_lint.readers.terraform.data import from_data
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.model import Resource
    from vpce_lint.readers.plan.plan import Plan
    from vpce_lint.readers.plan.source_code import SourceCode

ASSUMPTION = "what is known after apply is taken for all that the configuration refers to there"


def network_of(plan: Plan, shown: str, code: SourceCode | None) -> Network:
    """What a plan describes, ``shown`` being its path.

    Where that rests on a list's being made of all that it refers to, the network without this assumption goes with it.
    """
    reading = Reading(plan, references_by_id(plan), slots_undone(plan), code, separate_routes=separate_routes(plan))
    if code is not None and not shared_ids(plan):  # the code doesn't know that two of its resources are one
        reading.evaluation = code.evaluation(_variables(plan))
    network = _network(reading, shown)
    if not reading.assumed:
        return network
    weaker = _network(replace(reading, assuming=False), shown)
    return replace(network, without_assumptions=weaker, assumption=ASSUMPTION)


def _network(reading: Reading, shown: str) -> Network:
    plan = reading.plan
    gaps = tuple(_gaps(plan))
    instances = [PlanInstance(resource, reading) for resource in plan.resources]
    managed = [instance for instance in instances if instance.resource.mode == "managed"]
    pieces = Pieces(piece_of(instance) for instance in managed if instance.type in COMPANIONS)
    made: list[Resource] = []
    for instance in managed:
        if instance.type not in TYPES:
            continue
        if len(made) >= WORK.limits.resources:
            words = f"{shown} has more than {WORK.limits.resources:,} resources that concern rules"
            gaps = (*gaps, Gap(WORK.reached(words, instance.resource.span), is_limit=True))
            break
        if WORK.is_over:  # each of the others would be known for nothing but its name
            gaps = (*gaps, Gap(WORK.reason, is_limit=True))
            break
        made += made_by(instance, pieces, gaps)
    looked_up = {
        instance.address: instance
        for instance in (*(PlanInstance(resource, reading) for resource in plan.found), *instances)
        if instance.resource.mode == "data" and instance.type in LOOKED_UP
    }
    found = [resource for instance in looked_up.values() for resource in found_by(instance)]
    return Network(shown, (*made, *found_tables(made), *found), gaps)


def _variables(plan: Plan) -> dict[str, Value]:
    """The values of the root module's variables."""
    found: dict[str, Value] = {}
    for name, part in plan.variables.items():
        if part is None:
            found[name] = Known(None)
        elif _is_deep(part.data):
            message = f"the value of var.{name} is nested too deep"
            raise LimitError(message, part.span)
        else:
            found[name] = from_data(part.data)
    for name in plan.sensitive_variables:
        found[name] = Unknown(f"var.{name}", (Reason(f"var.{name} is sensitive, so it isn't looked at", plan.span),))
    return found


def _is_deep(data: Any) -> bool:
    level = [data]
    for _ in range(DEEPEST):
        level = [
            member
            for each in level
            if isinstance(each, list | dict)
            for member in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def _gaps(plan: Plan) -> Iterator[Gap]:
    """What a plan leaves out: a partial one everything, another one what it doesn't plan though it is configured."""
    if not plan.is_complete:
        yield Gap(Reason("the plan is not complete: it was cut short, or made for some resources only", plan.span))
        return
    if plan.unplanned:
        words = f"{plan.unplanned} is in resource_changes but not in planned_values: the plan was cut"
        yield Gap(Reason(words, plan.span))
        return
    for module, mode, type_, name in plan.configuration.single_blocks(MOST_CALLS):
        relevant = mode == "managed" and (type_ in TYPES or type_ in COMPANIONS)
        if relevant and (module, mode, type_, name) not in plan.of_block:
            address = f"{module}.{type_}.{name}" if module else f"{type_}.{name}"
            yield Gap(
                Reason(f"{address} is configured but not planned: the plan is for some resources only", plan.span)
            )
            return
