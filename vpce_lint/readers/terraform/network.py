"""The network that one root module describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from vpce_lint.limits import WORK
from vpce_lint.model import Gap, Network
from vpce_lint.readers.assembly import LOOKED_UP, TYPES, found_by, made_by, piece_of
from vpce_lint.readers.aws_terraform import COMPANIONS
from vpce_lint.readers.aws_terraform_routing import found_tables
from vpce_lint.readers.gap_list import gap_list
from vpce_lint.readers.joining import Pieces
from vpce_lint.readers.terraform.gaps import gaps_of
from vpce_lint.readers.terraform.module import ModuleInstance
from vpce_lint.readers.terraform.module_source import Missing
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.model import Resource
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.terraform.instance import Instance
    from vpce_lint.readers.terraform.root import Root

RELEVANT = regex(rb"aws_vpc_endpoint|aws_route(?:_table)?\b|aws_default_route_table|aws_nat_gateway|aws_subnet\b")
"""What a file must mention to declare something that a rule is about."""


class ModuleTree(Struct, frozen=True):
    """All module instances of a root, that one first; the modules that can't be read; what there are too many of."""

    modules: list[ModuleInstance]
    missing: list[Missing]
    left_out: Gap | None = None


def module_tree(root: Root, folder: Folder) -> ModuleTree:
    """Evaluate a root module as far as it takes to know which modules it calls."""
    top = ModuleInstance(root, folder)
    modules, missing = [top], list[Missing]()
    for module in modules:
        for child in module.modules():
            if isinstance(child, Missing):
                missing.append(child)
            elif len(modules) < WORK.limits.modules:
                modules.append(child)
            else:
                words = f"there are more than {WORK.limits.modules:,} module instances"
                return ModuleTree(modules, missing, Gap(top.limit(words, child.calls[0].span).why[0], is_limit=True))
    return ModuleTree(modules, missing)


def network_of(root: Root, tree: ModuleTree) -> Network:
    """Evaluate a root module as far as its network needs."""
    modules = tree.modules
    gaps = (*gap_list(gaps_of(modules, tree.missing)), *([tree.left_out] if tree.left_out else ()))
    pieces = Pieces(piece_of(instance) for module in modules for instance in _instances(module, COMPANIONS))
    made: list[Resource] = []
    for instance in (instance for module in modules for instance in _instances(module, TYPES)):
        if len(made) >= WORK.limits.resources:
            words = f"{root.shown} has more than {WORK.limits.resources:,} resources that concern rules"
            gaps = (*gaps, Gap(root.limit(words, instance.block.header).why[0], is_limit=True))
            break
        if WORK.is_over:  # each of the others would be known for nothing but its name
            gaps = (*gaps, Gap(WORK.reason, is_limit=True))
            break
        made += made_by(instance, pieces, gaps)
    found = {
        resource.address: resource
        for module in modules
        for instance in _instances(module, LOOKED_UP, "data")
        for resource in found_by(instance)
    }
    return Network(root.shown, (*made, *found_tables(made), *found.values()), gaps)


def _instances(module: ModuleInstance, types: dict[str, Any], mode: str = "managed") -> Iterator[Instance]:
    declared = module.folder.declared.resources if mode == "managed" else module.folder.declared.data
    for (type_, _), blocks in declared.items():
        if type_ in types:
            for block in blocks:
                yield from module.instances(mode, block)
