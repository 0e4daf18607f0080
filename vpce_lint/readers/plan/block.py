"""A nested block of a planned resource."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vpce_lint.model import ABSENT
from vpce_lint.truth import Reason
from vpce_lint.value import Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.readers.plan.document import Part
    from vpce_lint.readers.plan.instance import PlanInstance
    from vpce_lint.source import Span


@dataclass(eq=False, slots=True)
class PlanBlock:
    """A nested block of a planned resource; ``mask`` says which of its arguments aren't known."""

    instance: PlanInstance
    path: str
    part: Part | None
    mask: Any
    family: bool = False
    most: int | None = 1
    when: tuple[Value, ...] = field(default=(), init=False)

    @property
    def span(self) -> Span:
        """The place of its resource."""
        return self.instance.span

    def written(self, name: str) -> Value | None:
        """An argument that is set; ``None`` where it is ``null``."""
        mask = self.mask.get(name) if isinstance(self.mask, dict) else self.mask
        if self.part is None or mask is True:
            return self._unknown(name)
        if not isinstance(self.part.data, dict):
            self.part.refuse("an object")
        part = self.part.get(name)
        return None if part is None else self.instance.value(part, name, mask)

    def given(self, name: str) -> Value:
        """The same, ``null`` where it isn't given."""
        value = self.written(name)
        return ABSENT if value is None else value

    def _unknown(self, name: str) -> Value:
        found = self.instance.member_of_block(self.path, name)
        if found is not None and not self.family:
            return found
        block = f"{self.instance.address}.{self.path}"
        words = f"{block} is known after apply, if it is given" if self.family else f"{block} is known after apply"
        return Unknown(f"{block}.{name}", (Reason(words, self.instance.span),), nullable=False)
