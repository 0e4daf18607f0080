"""The network that one root module describes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from vpce_lint.model import Gap, Network, Resource
from vpce_lint.readers.aws_terraform import COMPANIONS, FOUND, PRIMARY
from vpce_lint.readers.aws_terraform_permissions import FOUND_PERMISSIONS, PERMISSIONS
from vpce_lint.readers.aws_terraform_routing import ROUTING, found_tables
from vpce_lint.readers.aws_terraform_workloads import FOUND_WORKLOADS, WORKLOADS
from vpce_lint.readers.joining import Completions, Piece, Pieces
from vpce_lint.readers.terraform.gaps import gaps_of
from vpce_lint.readers.terraform.module import ModuleInstance
from vpce_lint.readers.terraform.module_source import Missing
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.terraform.instance import Instance
    from vpce_lint.readers.terraform.root import Root

MADE = {**PRIMARY, **PERMISSIONS, **WORKLOADS}
"""What makes a resource of the model from an instance, by resource type."""

TYPES = MADE | ROUTING
"""The types of resources that are read; one may be both a workload and a way that traffic takes."""

LOOKED_UP = {**FOUND, **FOUND_PERMISSIONS, **FOUND_WORKLOADS}
"""The same for data sources."""

RELEVANT = re.compile(rb"aws_vpc_endpoint|aws_route(?:_table)?\b|aws_default_route_table|aws_nat_gateway|aws_subnet\b")
"""What a file must mention to declare something that a rule is about."""

_BLOCK = re.compile(r"(?:module\.[\w-]+\.)*aws_(?:vpc_endpoint(?:_service)?|route53_zone)\.[\w-]+")
"""The address of an endpoint's, or an endpoint service's, block inside an expression."""

MOST_MODULES = 4_000
"""A root with more module instances than this isn't read to the end."""


def network_of(root: Root, folder: Folder) -> tuple[Network, list[Missing]]:
    """Evaluate a root module as far as its network needs, with the modules that could not be read."""
    modules, missing, left_out = _module_tree(ModuleInstance(root, folder))
    if not any(module.folder.mentions(RELEVANT) for module in modules):
        return Network(root.shown, ()), missing
    gaps = (*gaps_of(modules, missing), *([left_out] if left_out else []))
    pieces = Pieces(piece for module in modules for piece in _pieces(module))
    made = [
        resource for module in modules for instance in _primary(module) for resource in _model(instance, pieces, gaps)
    ]
    found = {
        resource.address: resource
        for module in modules
        for instance in _instances(module, LOOKED_UP, "data")
        for resource in LOOKED_UP[instance.type](instance, _common(instance), Completions(instance.address))
    }
    return Network(root.shown, (*made, *found_tables(made), *found.values()), gaps), missing


def _module_tree(top: ModuleInstance) -> tuple[list[ModuleInstance], list[Missing], Gap | None]:
    """All module instances, the modules that can't be read, and what was left out where there are too many."""
    modules, missing = [top], list[Missing]()
    for module in modules:
        for child in module.modules():
            if isinstance(child, Missing):
                missing.append(child)
            elif len(modules) < MOST_MODULES:
                modules.append(child)
            else:
                words = f"there are more than {MOST_MODULES:,} module instances"
                return modules, missing, Gap(top.limit(words, child.calls[0].span).why[0])
    return modules, missing, None


def _instances(module: ModuleInstance, types: dict[str, Any], mode: str = "managed") -> Iterator[Instance]:
    declared = module.folder.resources if mode == "managed" else module.folder.data
    for (type_, _), blocks in declared.items():
        if type_ in types:
            for block in blocks:
                yield from module.instances(mode, block)


def _primary(module: ModuleInstance) -> Iterator[Instance]:
    return _instances(module, TYPES)


def _pieces(module: ModuleInstance) -> Iterator[Piece]:
    for instance in _instances(module, COMPANIONS):
        companion = COMPANIONS[instance.type]
        target = instance.given(companion.target)
        value = instance.argument(companion.argument)
        if not value.span:
            value = value.at(instance.block.header)
        about = frozenset(_BLOCK.findall(target.name)) if isinstance(target, Unknown) else frozenset()
        yield Piece(companion.slot, target, value, instance.address, instance.when, instance.family, about)


def _model(instance: Instance, pieces: Pieces, gaps: tuple[Gap, ...]) -> Iterator[Resource]:
    address = instance.address
    touching = tuple(gap for gap in gaps if gap.may_touch(address))
    more = Completions(address, instance.when, pieces, touching)
    for table in (MADE, ROUTING):
        if instance.type in table:
            yield from table[instance.type](instance, _common(instance), more)


def _common(instance: Instance) -> dict[str, Any]:
    """What every resource of the model has."""
    return {
        "address": instance.address,
        "span": instance.block.header,
        "calls": instance.module.calls,
        "when": instance.when,
        "family": instance.family,
        "key": instance.repeat.key,
    }
