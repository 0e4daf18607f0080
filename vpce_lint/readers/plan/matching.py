"""Which of several nested blocks that are written became which of those that are planned: a plan keeps no order."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from vpce_lint.value import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vpce_lint.readers.described import DescribedBlock
    from vpce_lint.readers.plan.block import PlanBlock
    from vpce_lint.readers.plan.document import Part
    from vpce_lint.readers.plan.instance import PlanInstance

MOST_MATCHED = 50
"""So many blocks of a type are told apart."""

W = TypeVar("W")


def matched(
    planned: Sequence[Part], written: Sequence[W], agrees: Callable[[W, dict[str, Any]], bool]
) -> list[W | None]:
    """For each planned block the only written one that agrees with it, if that agrees with no other."""
    if len(planned) != len(written) or len(planned) > MOST_MATCHED:
        return [None] * len(planned)
    fitting = [
        [index for index, block in enumerate(written) if isinstance(part.data, dict) and agrees(block, part.data)]
        for part in planned
    ]
    claimed = [index for found in fitting for index in found]
    return [written[found[0]] if len(found) == 1 and claimed.count(found[0]) == 1 else None for found in fitting]


class Siblings:
    """The planned blocks of a type in one block or resource, and their blocks in the source code."""

    def __init__(self, holder: PlanInstance | PlanBlock, name: str, parts: Sequence[Part]) -> None:
        self._holder = holder
        self._name = name
        self._parts = parts

    @cached_property
    def code(self) -> list[DescribedBlock | None]:
        """The blocks of the code, in the order of the plan; ``None`` where it can't be told which one it is."""
        around = self._holder.code
        written = around.nested(self._name) if around is not None else ()
        if any(block.family or block.when for block in written):
            written = ()
        return matched(self._parts, written, _agrees)


def _agrees(block: DescribedBlock, planned: dict[str, Any]) -> bool:
    """Whether a block of the code may be the one with these planned values."""
    for name, value in planned.items():
        if isinstance(value, str) and value:
            given = block.given(name)
            if given.is_null.is_true or (isinstance(given, Known) and given.value != value):
                return False
    return True
