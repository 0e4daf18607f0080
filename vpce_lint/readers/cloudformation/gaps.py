"""What unread code could add to a root's network: nested stacks elsewhere, macros, custom resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.model import Gap
from vpce_lint.readers.cloudformation.evaluator import evaluate
from vpce_lint.readers.cloudformation.intrinsics import sub_parts
from vpce_lint.readers.cloudformation.nested import TYPES, Missing
from vpce_lint.readers.cloudformation.node import Fields, Items, text_of, walk
from vpce_lint.regex import regex
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Json, Mapping, Reference, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.readers.cloudformation.node import Node
    from vpce_lint.readers.cloudformation.stack import Declared, Stack

_MENTIONED = regex(r"((?:\w+\.)*\w+)\.(?:id|arn)\b")
"""An id inside an expression: the address that it is the id of."""


def gaps_of(stacks: Iterable[Stack]) -> Iterator[Gap]:
    """The gaps of all stacks of a root."""
    for stack in stacks:
        declared = stack.existing()
        yield from stack.unrolled
        yield from stack.macros()
        for each in declared:
            words = _unread(stack, each)
            if words is not None:
                touched = _touched(each)
                if touched is None or touched:
                    yield Gap(Reason(words, each.span), touched)


def _unread(stack: Stack, declared: Declared) -> str | None:
    """Why a resource may add to what it is given references to; ``None`` where it doesn't."""
    if declared.type in TYPES:
        child = stack.child(declared)
        return f"the stack {declared.address} is not read: {child.words}" if isinstance(child, Missing) else None
    if declared.type.endswith("::MODULE"):
        return f"the module {declared.address} is not read"
    if declared.type == "AWS::CloudFormation::CustomResource" or not declared.type.startswith(("AWS::", "Alexa::")):
        return f"what the custom resource {declared.address} does is not known"
    return None


def _touched(declared: Declared) -> frozenset[str] | None:
    """The addresses that a resource's properties refer to; ``None`` where that can't be told."""
    properties = declared.node.fields("Properties")
    if properties is None:
        return frozenset()
    names = set(_names(properties))
    found = {declared.stack.prefix + name for name in names if name in declared.stack.resources}
    waiting: list[Value] = [evaluate(entry.node, declared.scope) for entry in properties.entries.values()]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Reference):
            found.add(part.address)
        elif isinstance(part, Unknown):
            if "…" in part.name:
                return None
            found.update(_MENTIONED.findall(part.name))
        else:
            waiting.extend(_parts(part))
    return frozenset(found)


def _names(node: Node) -> Iterator[str]:
    """The names in ``Ref``, ``Fn::GetAtt`` and ``Fn::Sub``."""
    for each in walk(node):
        if not isinstance(each, Fields):
            continue
        for function in ("Ref", "Fn::GetAtt", "Fn::Sub"):
            argument = each.get(function)
            first = argument.items[0] if isinstance(argument, Items) and argument.items else argument
            written = text_of(first)
            if written is None:
                continue
            if function == "Fn::Sub":
                yield from (piece.partition(".")[0] for kind, piece in sub_parts(written) if kind == "name")
            else:
                yield written.partition(".")[0]


def _parts(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Sequence):
        return value.members
    if isinstance(value, Mapping):
        return (*value.entries.values(), *value.runs)
    if isinstance(value, Run):
        return (value.each,)
    if isinstance(value, Choice):
        return (value.then, value.otherwise)
    if isinstance(value, Json):
        return (value.document,)
    if isinstance(value, Text):
        return tuple(hole for hole in value.parts if isinstance(hole, Value))
    return ()
