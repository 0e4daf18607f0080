"""The network that one root module describes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from vpce_lint.model import Gap, Network, Resource
from vpce_lint.readers.aws_terraform import COMPANIONS, FOUND, PRIMARY
from vpce_lint.readers.aws_terraform_permissions import FOUND_PERMISSIONS, PERMISSIONS
from vpce_lint.readers.aws_terraform_workloads import FOUND_WORKLOADS, WORKLOADS
from vpce_lint.readers.joining import Completions, Piece, Pieces
from vpce_lint.readers.terraform.gaps import gaps_of
from vpce_lint.readers.terraform.module import ModuleInstance
from vpce_lint.readers.terraform.module_source import Missing
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.terraform.instance import Instance
    from vpce_lint.readers.terraform.root import Root

    Translation = Callable[[Instance, dict[str, Any], Completions], Iterable[Resource]]

PLACES = {
    "aws_subnet",
    "aws_default_subnet",
    "aws_route_table",
    "aws_default_route_table",
    "aws_route",
    "aws_route_table_association",
    "aws_main_route_table_association",
    "aws_nat_gateway",
}
"""Where none of these is made, no rule asks what runs where, and workloads are not read."""

RELEVANT = re.compile(b"aws_vpc_endpoint")
"""What a file must mention to declare something that a rule is about."""

_BLOCK = re.compile(r"(?:module\.[\w-]+\.)*aws_vpc_endpoint(?:_service)?\.[\w-]+")
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
    placed = any(type_ in PLACES for module in modules for type_, _ in module.folder.resources)
    table = {**PRIMARY, **PERMISSIONS, **WORKLOADS} if placed else PRIMARY
    finders = {**FOUND, **FOUND_PERMISSIONS, **FOUND_WORKLOADS} if placed else FOUND
    made = [
        resource
        for module in modules
        for instance in _instances(module, table)
        for resource in _model(instance, table[instance.type], pieces, gaps)
    ]
    found = {
        resource.address: resource
        for module in modules
        for instance in _instances(module, finders, "data")
        for resource in finders[instance.type](instance, _common(instance), Completions(instance.address))
    }
    return Network(root.shown, (*made, *found.values()), gaps), missing


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


def _pieces(module: ModuleInstance) -> Iterator[Piece]:
    for instance in _instances(module, COMPANIONS):
        companion = COMPANIONS[instance.type]
        target = instance.given(companion.target)
        value = instance.argument(companion.argument)
        if not value.span:
            value = value.at(instance.block.header)
        about = frozenset(_BLOCK.findall(target.name)) if isinstance(target, Unknown) else frozenset()
        yield Piece(companion.slot, target, value, instance.address, instance.when, instance.family, about)


def _model(instance: Instance, translate: Translation, pieces: Pieces, gaps: tuple[Gap, ...]) -> Iterator[Resource]:
    address = instance.address
    touching = tuple(gap for gap in gaps if gap.may_touch(address))
    more = Completions(address, instance.when, pieces, touching)
    yield from translate(instance, _common(instance), more)


def _common(instance: Instance) -> dict[str, Any]:
    """What every resource of the model has."""
    return {
        "address": instance.address,
        "span": instance.block.header,
        "calls": instance.module.calls,
        "when": instance.when,
        "family": instance.family,
    }
