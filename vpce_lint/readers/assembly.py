"""From described resources to resources of the model, with what completes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.aws_terraform import COMPANIONS, FOUND, PRIMARY
from vpce_lint.readers.aws_terraform_permissions import FOUND_PERMISSIONS, PERMISSIONS
from vpce_lint.readers.aws_terraform_routing import ROUTING
from vpce_lint.readers.aws_terraform_workloads import FOUND_WORKLOADS, WORKLOADS
from vpce_lint.readers.joining import Completions, Piece
from vpce_lint.regex import regex
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.model import Gap, Resource
    from vpce_lint.readers.described import DescribedResource, Shared, Translation
    from vpce_lint.readers.joining import Pieces

MADE: dict[str, Translation] = {**PRIMARY, **PERMISSIONS, **WORKLOADS}
"""What makes a resource of the model from an instance, by resource type."""

ROUTES = ROUTING
"""What makes the ways that traffic takes from an instance, by resource type."""

TYPES = MADE | ROUTES
"""The types of resources that are read; one may be both a workload and a way that traffic takes."""

LOOKED_UP: dict[str, Translation] = {**FOUND, **FOUND_PERMISSIONS, **FOUND_WORKLOADS}
"""The same for data sources."""

_BLOCK = regex(r"(?:module\.[\w-]+\.)*aws_(?:vpc_endpoint(?:_service)?|route53_zone)\.[\w-]+")
"""The address of an endpoint's, or an endpoint service's, block inside an expression."""


def piece_of(instance: DescribedResource) -> Piece:
    """What a companion, a resource of one of the types of ``COMPANIONS``, brings."""
    companion = COMPANIONS[instance.type]
    target = instance.given(companion.target)
    value = instance.argument(companion.argument)
    if not value.span:
        value = value.at(instance.span)
    about = frozenset(_BLOCK.findall(target.name)) if isinstance(target, Unknown) else frozenset()
    return Piece(companion.slot, target, value, instance.address, instance.when, instance.family, about)


def made_by(instance: DescribedResource, pieces: Pieces, gaps: tuple[Gap, ...]) -> Iterator[Resource]:
    """What a resource of one of ``TYPES`` is in the model."""
    address = instance.address
    touching = tuple(gap for gap in gaps if gap.may_touch(address))
    more = Completions(address, instance.when, pieces, touching)
    for table in (MADE, ROUTES):
        if instance.type in table:
            yield from table[instance.type](instance, _shared(instance), more)


def found_by(instance: DescribedResource) -> Iterator[Resource]:
    """What a data source of one of the types of ``LOOKED_UP`` finds."""
    yield from LOOKED_UP[instance.type](instance, _shared(instance), Completions(instance.address))


def _shared(instance: DescribedResource) -> Shared:
    """What every resource of the model has."""
    return {
        "address": instance.address,
        "span": instance.span,
        "calls": instance.calls,
        "when": instance.when,
        "family": instance.family,
        "key": instance.key,
    }
