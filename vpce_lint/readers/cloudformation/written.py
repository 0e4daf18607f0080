"""Data as it is written in a template, without evaluation: what is worked out at deployment stays unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.cloudformation.node import Fields, Items
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Mapping, Sequence, Unknown

if TYPE_CHECKING:
    from vpce_lint.readers.cloudformation.node import Node
    from vpce_lint.value import Value


def written(node: Node) -> Value:
    """A node as a value whose parts have their places; an intrinsic function is unknown, whatever it is about."""
    if isinstance(node, Fields):
        function = _function(node)
        if function:
            why = (Reason(f"{function} is worked out at deployment", node.span),)
            return Unknown(function, why, nullable=False, span=node.span)
        return Mapping({name: written(entry.node) for name, entry in node.entries.items()}, span=node.span)
    if isinstance(node, Items):
        return Sequence(tuple(written(item) for item in node.items), "list", span=node.span)
    return Known(node.value, span=node.span)


def _function(node: Fields) -> str | None:
    """The name of the intrinsic function that a map stands for."""
    names = [name for name in node.entries if name == "Ref" or name.startswith("Fn::")]
    return names[0] if names else None
