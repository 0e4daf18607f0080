"""Nested blocks, in whichever syntax they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vpce_lint.readers.terraform import ast


def blocks_of(body: ast.Body, name: str) -> tuple[ast.Block, ...]:
    """The blocks that give a body its ``name`` blocks, in the order of the file: plain ones and ``dynamic`` ones.

    A plain block has ``name`` as its type, a dynamic one is ``dynamic "name"`` and holds a ``content`` block. In JSON
    a property whose value is an object, or an array of objects, is an attribute and may be seen as blocks as well.
    """
    blocks = [each for each in body.blocks if each.type == name or _generates(each, name)]
    if body.nested is None:
        return tuple(blocks)
    return tuple(sorted((*blocks, *body.nested(name)), key=lambda block: block.span.start))


def _generates(block: ast.Block, name: str) -> bool:
    return block.type == "dynamic" and block.labels == (name,)
