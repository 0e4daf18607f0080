"""Which written block became which planned one, held against all ways in which that can be."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.readers.plan.document import Part
from vpce_lint.readers.plan.matching import matched
from vpce_lint.source import Source, Span

SPAN = Span(Source("plan.json", b"{}"), 0, 2)


@st.composite
def agreements(draw: st.DrawFn) -> list[list[bool]]:
    """Who agrees with whom: a row for each planned block, a column for each written one."""
    size = draw(st.integers(1, 5))
    return [
        [draw(st.booleans()) or (row == column and draw(st.booleans())) for column in range(size)]
        for row in range(size)
    ]


def match(table: list[list[bool]]) -> list[int | None]:
    """What is made of a table."""
    planned = [Part({"row": row}, SPAN, None) for row in range(len(table))]

    def agrees(column: int, values: dict[str, Any]) -> bool:
        return table[values["row"]][column]

    return matched(planned, range(len(table[0])), agrees)


@given(agreements())
def test_a_match_is_the_same_in_every_way_to_pair_all_blocks(table: list[list[bool]]) -> None:
    """Whatever order the blocks were planned in, a written block that is told for a planned one is that one's."""
    found = match(table)
    for order in permutations(range(len(table))):
        if all(table[row][column] for row, column in enumerate(order)):
            assert all(column in {None, order[row]} for row, column in enumerate(found))


def test_blocks_that_agree_with_one_each_are_all_told() -> None:
    """Nothing is left open where constants tell the blocks apart."""
    assert match([[False, True, False], [True, False, False], [False, False, True]]) == [1, 0, 2]


def test_two_planned_blocks_never_share_a_written_one() -> None:
    """A value that the provider spells otherwise makes its own block disagree; then nothing is told."""
    assert match([[False, True], [False, True]]) == [None, None]


def test_nothing_is_told_where_the_numbers_differ() -> None:
    """Dynamic blocks are planned, but not written in a plan's configuration."""
    assert match([[True, False]]) == [None]
