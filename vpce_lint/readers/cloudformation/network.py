"""The network that one template describes, with its nested stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from vpce_lint.limits import WORK
from vpce_lint.model import Gap, Network, Resource, Vpc
from vpce_lint.readers.aws_cloudformation import COMPANIONS, PRIMARY
from vpce_lint.readers.aws_cloudformation_addresses import ADDRESSES
from vpce_lint.readers.aws_cloudformation_permissions import PERMISSIONS
from vpce_lint.readers.aws_cloudformation_routing import ROUTING, found_tables
from vpce_lint.readers.aws_cloudformation_serverless import SERVERLESS
from vpce_lint.readers.aws_cloudformation_workloads import WORKLOADS
from vpce_lint.readers.cloudformation.conditional import cases
from vpce_lint.readers.cloudformation.gaps import gaps_of
from vpce_lint.readers.cloudformation.intrinsics import items_of
from vpce_lint.readers.cloudformation.nested import TYPES as STACKS
from vpce_lint.readers.cloudformation.nested import Missing
from vpce_lint.readers.gap_list import gap_list
from vpce_lint.readers.joining import Completions, Piece, Pieces
from vpce_lint.readers.spelling import mentions
from vpce_lint.regex import regex
from vpce_lint.value import Run, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.cloudformation.stack import Declared, Stack
    from vpce_lint.value import Value

RELEVANT = regex(rb"AWS::EC2::(?:VPCEndpoint|Route(?:Table)?\b|NatGateway|Subnet\b)")
"""What a template must mention to declare something that a rule is about."""

TABLES: tuple[dict[str, Any], ...] = (PRIMARY, PERMISSIONS, WORKLOADS, SERVERLESS, ROUTING, ADDRESSES)
"""What makes resources of the model, by resource type; one type may be both a workload and a way that traffic takes."""

TYPES = frozenset(type_ for table in TABLES for type_ in table)


def network_of(top: Stack, shown: str) -> tuple[Network, list[Stack], list[tuple[Declared, Missing]]]:
    """Evaluate a template as far as its network needs; its stacks, and the nested ones that could not be read."""
    stacks, missing = _stack_tree(top)
    if not any(mentions(stack.template.source.data, RELEVANT) for stack in stacks):
        return Network(shown, ()), stacks, missing
    gaps = gap_list(gaps_of(stacks))
    declared = [each for stack in stacks for each in stack.existing()]
    pieces = Pieces(piece for each in declared if each.type in COMPANIONS for piece in _pieces(each))
    made: list[Resource] = []
    for each in declared:
        if len(made) >= WORK.limits.resources:
            words = f"{shown} has more than {WORK.limits.resources:,} resources that concern rules"
            gaps = (*gaps, Gap(WORK.reached(words, each.span), is_limit=True))
            break
        if WORK.is_over:  # each of the others would be known for nothing but its name
            gaps = (*gaps, Gap(WORK.reason, is_limit=True))
            break
        made += _model(each, pieces, gaps)
    context = tuple(resource for stack in top.root.imports.used for resource in _context(stack))
    return Network(shown, (*made, *found_tables(made)), gaps, context=context), stacks, missing


def _context(top: Stack) -> Iterator[Resource]:
    """The resources of a stack that something is imported from; others may have added to its VPCs, too."""
    stacks, _ = _stack_tree(top)
    gaps = gap_list(gaps_of(stacks))
    declared = [each for stack in stacks for each in stack.existing()]
    pieces = Pieces(piece for each in declared if each.type in COMPANIONS for piece in _pieces(each))
    for each in declared:
        for resource in _model(each, pieces, gaps):
            yield replace(resource, imported=True) if isinstance(resource, Vpc) else resource


def _stack_tree(top: Stack) -> tuple[list[Stack], list[tuple[Declared, Missing]]]:
    stacks = [top]
    missing: list[tuple[Declared, Missing]] = []
    for stack in stacks:
        for declared in stack.existing():
            if declared.type in STACKS:
                child = stack.child(declared)
                if isinstance(child, Missing):
                    missing.append((declared, child))
                else:
                    stacks.append(child)
    return stacks, missing


def _pieces(declared: Declared) -> Iterator[Piece]:
    """What a companion adds, a piece for each member of its list."""
    companion = COMPANIONS[declared.type]
    target = declared.given(companion.target)
    listed = items_of(declared.given(companion.property))
    for value, when in cases(listed):
        for member in value.members if isinstance(value, Sequence) else ():
            conditions = (*declared.when, *when)
            yield _piece(companion.slot, target, member, declared, conditions)


def _piece(slot: str, target: Value, member: Value, declared: Declared, when: tuple[Value, ...]) -> Piece:
    if not isinstance(member, Run):
        return Piece(slot, target, member, declared.address, when)
    is_many = member.most is None or member.most > 1
    each = member.each if member.each.span else member.each.at(member.span or declared.span)
    return Piece(slot, target, each, declared.address, (*when, *member.when), family=is_many)


def _model(declared: Declared, pieces: Pieces, gaps: tuple[Gap, ...]) -> Iterator[Resource]:
    if declared.type not in TYPES:
        return
    address = declared.address
    touching = tuple(gap for gap in gaps if gap.may_touch(address))
    more = Completions(address, declared.when, pieces, touching)
    for table in TABLES:
        if declared.type in table:
            yield from table[declared.type](declared, _common(declared), more)


def _common(declared: Declared) -> dict[str, Any]:
    """What every resource of the model has."""
    return {
        "address": declared.address,
        "span": declared.span,
        "calls": declared.stack.calls,
        "when": declared.when,
        "construct": declared.construct,
    }
