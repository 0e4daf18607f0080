"""The gaps of a network, no more of them than every resource can be held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.model import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_GAPS = 300
"""What is beyond becomes one gap, which may touch whatever one of them may."""


def gap_list(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps, the surplus as one."""
    found = tuple(gaps)
    if len(found) <= MOST_GAPS:
        return found
    surplus = found[MOST_GAPS - 1 :]
    touches: set[str] = set()
    for gap in surplus:
        if gap.touches is None:
            return (*found[: MOST_GAPS - 1], gap)
        touches |= gap.touches
    return (*found[: MOST_GAPS - 1], Gap(surplus[0].reason, frozenset(touches)))
