"""The cases of a value that depends on conditions, each with the truth of its being the one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.condition import decide
from vpce_lint.truth import TRUE, Truth, unknown
from vpce_lint.value import Choice, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.condition import Facts

MOST_CASES = 64
"""Cases behind these are one case that isn't known."""


def alternatives(value: Value, facts: Facts) -> Iterator[tuple[Value, Truth]]:
    """The values that a value may be; one that is no choice is its only case.

    A case behind a choice too many comes as the choice itself, which nobody takes for a plain value.
    """
    waiting: list[tuple[Value, Truth]] = [(value, TRUE)]
    taken = 0
    while waiting:
        case, truth = waiting.pop()
        if not isinstance(case, Choice) or taken >= MOST_CASES:
            yield case, truth if not isinstance(case, Choice) else unknown(*case.reasons)
            continue
        taken += 1
        guard = decide(case.condition, facts)
        for side, chosen in ((case.otherwise, ~guard), (case.then, guard)):
            if not chosen.is_false:
                waiting.append((side, truth & chosen))
