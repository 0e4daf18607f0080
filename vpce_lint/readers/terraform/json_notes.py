"""Comments in Terraform's JSON syntax: the property ``//`` of a block, with a string or an array of strings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vpce_lint.model import Note
from vpce_lint.readers.terraform.json_grammar import ARRAY, OBJECT, PAIR, PARSER, STRING, check
from vpce_lint.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_COMMENT = '"//"'
_LABELS = {"resource": 2, "data": 2, "module": 1, "variable": 1, "output": 1, "locals": 1, "provider": 1}
"""How many levels of names lie between the kind of a block and its content; each member of ``locals`` counts."""


def notes_of_json(source: Source) -> list[Note]:
    """The comments of a file, in its order; one beside the names of blocks belongs to none of them."""
    if check(source):
        return []
    root = PARSER.parse(source.data).root_node
    if root.has_error:
        return []
    notes = [
        Note(text, Span(source, string.start_byte, string.end_byte), unit)
        for unit, string in _strings(source, root)
        if isinstance(text := json.loads(source.data[string.start_byte : string.end_byte]), str)
    ]
    return sorted(notes, key=lambda note: note.span.start)


def _strings(source: Source, root: Node) -> Iterator[tuple[Span | None, Node]]:
    """The strings that are comments, each with the block around it."""
    waiting: list[tuple[Node, int, Span | None]] = [(root, -1, None)]  # a node, how many names are to come, its block
    while waiting:
        node, names, unit = waiting.pop()
        if node.kind_id != PAIR:
            waiting += [(each, names, unit) for each in node.named_children if each.kind_id in {ARRAY, OBJECT, PAIR}]
            continue
        key, _, value = node.children
        if source.data[key.start_byte : key.end_byte] == _COMMENT.encode():
            members = value.named_children if value.kind_id == ARRAY else [value]
            yield from ((unit, each) for each in members if each.kind_id == STRING)
            continue
        if names < 0 and unit is None:
            left = _LABELS.get(source.data[key.start_byte + 1 : key.end_byte - 1].decode(), 0)
        else:
            left = names - 1
        if unit is None and left == 0:
            unit = Span(source, node.start_byte, node.end_byte)
        waiting.append((value, left, unit))
