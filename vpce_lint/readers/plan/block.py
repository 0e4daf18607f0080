"""A nested block of a planned resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from vpce_lint.model import ABSENT
from vpce_lint.readers.plan.configuration import Block
from vpce_lint.readers.plan.matching import Siblings, matched
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import BOOL
from vpce_lint.value import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vpce_lint.readers.described import DescribedBlock
    from vpce_lint.readers.plan.document import Part
    from vpce_lint.readers.plan.instance import PlanInstance
    from vpce_lint.source import Span


class PlanBlock(Struct, eq=False):
    """A nested block of a planned resource; ``mask`` says which of its arguments aren't known.

    ``configured`` is its block of the configuration, where it can be told which one that is; ``siblings`` are all
    blocks of its type beside it.
    """

    instance: PlanInstance
    path: str
    part: Part | None
    mask: Any
    configured: Block | None = None
    family: bool = False
    most: int | None = 1
    siblings: Siblings | None = None
    index: int = 0

    @property
    def span(self) -> Span:
        """Its place in the source code, where that is given; else that of its resource."""
        code = self.code
        return code.span if code is not None else self.instance.span

    @property
    def code(self) -> DescribedBlock | None:
        """Its block of the source code, where that is given and it can be told which one that is."""
        return self.siblings.code[self.index] if self.siblings is not None else None

    @property
    def when(self) -> tuple[Value, ...]:
        """Of a block that stands for an unknown number of them, that there are any."""
        if not self.family:
            return ()
        return (Unknown(f"{self._name} is given", (self._reason,), type=BOOL, nullable=False),)

    def written(self, name: str) -> Value | None:
        """An argument that is set; ``None`` where it is ``null``."""
        if self.part is None or self.mask is True:
            return self._unknown(name)
        if not isinstance(self.part.data, dict):
            self.part.refuse("an object")
        mask = self.mask.get(name) if isinstance(self.mask, dict) else None
        part = self.part.get(name)
        expression = self.configured.argument(name) if self.configured else None
        if mask is True or (part is None and name not in self.part.data and expression is not None):
            return self._unknown(name)
        if part is None:
            return None
        if self.instance.is_secret(self.path.partition("[")[0]):
            words = f"{self._name}.{name} is sensitive, so it isn't looked at"
            return Unknown(f"{self._name}.{name}", (Reason(words, self.span),))
        return self.instance.known(name, part, mask, expression).at(self.instance.place_of(part))

    def given(self, name: str) -> Value:
        """The same, ``null`` where it isn't given."""
        value = self.written(name)
        return ABSENT if value is None else value

    def argument(self, name: str) -> Value:
        """The same; its span is where a report points for it."""
        value = self.given(name)
        return value if value.span else value.at(self.span)

    def nested(self, name: str) -> tuple[PlanBlock, ...]:
        """The blocks of a type inside this one."""
        mask = self.mask.get(name) if isinstance(self.mask, dict) else self.mask
        if self.part is None or mask is True:
            return (PlanBlock(self.instance, f"{self.path}.{name}", None, mask=True, family=True, most=None),)
        return blocks_in(self, self.part, mask, name, self.configured)

    @property
    def _name(self) -> str:
        return f"{self.instance.address}.{self.path}"

    @property
    def _reason(self) -> Reason:
        more = ", if it is given" if self.family else ""
        return Reason(f"{self._name} is known after apply{more}", self.span)

    def _unknown(self, name: str) -> Value:
        code = self.code
        evaluated = code.written(name) if code else None
        if evaluated is not None and is_telling(evaluated):
            return evaluated
        found = None if self.family else self.instance.argument_of_block(self.path, name, self.configured)
        if found is not None:
            return found
        return Unknown(f"{self._name}.{name}", (self._reason,), nullable=False)


def blocks_in(
    holder: PlanInstance | PlanBlock, part: Part, mask: Any, name: str, around: Block | None
) -> tuple[PlanBlock, ...]:
    """The blocks of a type that a part of a plan holds: a list of them, or the only one that there may be."""
    held = part.get(name)
    if held is None:
        return ()
    blocks: Sequence[Part] = held.members if isinstance(held.data, list) else [held]
    masks = mask if isinstance(mask, list) and len(mask) == len(blocks) else [mask] * len(blocks)
    siblings = Siblings(holder, name, blocks)
    configured = matched(blocks, around.blocks(name) if around else (), Block.agrees)
    instance, path = (holder.instance, f"{holder.path}.{name}") if isinstance(holder, PlanBlock) else (holder, name)
    return tuple(
        PlanBlock(
            instance,
            f"{path}[{index}]",
            each,
            open_,
            configured[index],
            siblings=siblings,
            index=index,
        )
        for index, (each, open_) in enumerate(zip(blocks, masks, strict=True))
    )


def is_telling(value: Value) -> bool:
    """Whether what the code says about an open value says more than that it is open."""
    return not value.is_null.is_true and type(value) is not Unknown and not getattr(value, "invalid", False)
