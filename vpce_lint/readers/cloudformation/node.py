"""A template as it is written: scalars, lists and maps with their places, the same for YAML and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.source import Span

DEEPEST = 100
"""Templates nested deeper than this aren't read; CloudFormation's own limit is lower."""

MOST_NODES = 400_000
"""A template of more nodes isn't read, an alias counted as all that it stands for; 1 MB holds fewer."""


class Scalar(Struct, frozen=True, eq=False):
    """A string, a bool or ``None``; a number is the string that is written, as CloudFormation's numbers are."""

    value: str | bool | None
    span: Span


class Items(Struct, frozen=True, eq=False):
    """A list."""

    items: tuple[Node, ...]
    span: Span


class Entry(Struct, frozen=True, eq=False):
    """A map's value with the place of its key."""

    key: Span
    node: Node


class Fields(Struct, frozen=True, eq=False):
    """A map; a short form such as ``!Ref X`` is the map ``{Ref: X}``."""

    entries: dict[str, Entry]
    span: Span

    def get(self, name: str) -> Node | None:
        """The value of a key; ``None`` where it isn't there."""
        entry = self.entries.get(name)
        return entry.node if entry else None

    def fields(self, name: str) -> Fields | None:
        """The value of a key where that is a map."""
        node = self.get(name)
        return node if isinstance(node, Fields) else None

    def text(self, name: str) -> str | None:
        """The value of a key where that is a string."""
        return text_of(self.get(name))


Node = Scalar | Items | Fields


class SyntaxFault(Exception):  # noqa: N818 (a fault of the template, not of ours)
    """Why a file is no valid YAML or JSON; ``limit``: it is too deep or too large."""

    def __init__(self, message: str, span: Span, limit: bool = False) -> None:  # noqa: FBT001, FBT002 (a field)
        super().__init__(message)
        self.message = message
        self.span = span
        self.limit = limit


def text_of(node: Node | None) -> str | None:
    """The string that a node is; ``None`` for anything else."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def walk(node: Node) -> Iterator[Node]:
    """A node and all that is in it."""
    waiting: list[Node] = [node]
    while waiting:
        each = waiting.pop()
        yield each
        if isinstance(each, Items):
            waiting.extend(reversed(each.items))
        elif isinstance(each, Fields):
            waiting.extend(entry.node for entry in reversed(each.entries.values()))
