"""Nested blocks of a resource, with ``dynamic`` blocks expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.condition import assume, facts_of_all
from vpce_lint.model import ABSENT
from vpce_lint.readers.terraform.blocks import blocks_of
from vpce_lint.readers.terraform.evaluator import settle
from vpce_lint.readers.terraform.repetition import repetition
from vpce_lint.value import Mapping, Value

if TYPE_CHECKING:
    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.frame import Frame
    from vpce_lint.source import Span


class Nested(Struct, frozen=True):
    """A nested block in the frame that it is evaluated in; ``when`` and ``family`` as for instances."""

    body: ast.Body
    frame: Frame
    span: Span
    when: tuple[Value, ...] = ()
    family: bool = False
    least: int = 1
    most: int | None = 1

    def written(self, name: str) -> Value | None:
        """An argument as the code gives it; ``None`` where it isn't given."""
        attribute = self.body.attributes.get(name)
        if attribute is None:
            return None
        return assume(settle(attribute.expression, self.frame), facts_of_all(self.when))

    def given(self, name: str) -> Value:
        """An argument as the code gives it, ``null`` where it isn't given."""
        value = self.written(name)
        return ABSENT if value is None else value

    def argument(self, name: str) -> Value:
        """An argument, ``null`` where it isn't given, pointing at where the block gives it."""
        value = self.written(name)
        return ABSENT if value is None else value.at(self.body.attributes[name].value_span)

    def nested(self, name: str) -> tuple[Nested, ...]:
        """The blocks of a type inside this one."""
        return nested_blocks(self.body, name, self.frame, self.when)


def nested_blocks(body: ast.Body, name: str, frame: Frame, when: tuple[Value, ...] = ()) -> tuple[Nested, ...]:
    """The blocks of a type in a body; a ``dynamic`` block gives one per member of its collection."""
    found: list[Nested] = []
    for block in blocks_of(body, name):
        if block.type != "dynamic":
            found.append(Nested(block.body, frame, block.header, when))
            continue
        iterator = _iterator_name(block, name)
        for repeat in repetition(block, frame).repeats:
            each = Mapping(repeat.each or {})
            for content in block.body.blocks:
                if content.type == "content":
                    conditions = (*when, *repeat.when)
                    bound = frame.bind(**{iterator: each})
                    found.append(
                        Nested(content.body, bound, block.header, conditions, repeat.family, repeat.least, repeat.most)
                    )
    return tuple(found)


def _iterator_name(block: ast.Block, name: str) -> str:
    attribute = block.body.attributes.get("iterator")
    return attribute.value_span.text.strip('"') if attribute else name
