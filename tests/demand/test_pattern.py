"""Patterns of actions against each other."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.demand.pattern import covers, overlap

LETTERS = "ab"
WORDS = ["".join(word) for length in range(6) for word in product(LETTERS, repeat=length)]
PATTERNS = st.text("ab*?", max_size=5)


def means(pattern: str, word: str) -> bool:
    """The definition of wildcards, letter by letter."""
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(means(pattern[1:], word[start:]) for start in range(len(word) + 1))
    return bool(word) and pattern[0] in {"?", word[0]} and means(pattern[1:], word[1:])


@given(PATTERNS, PATTERNS)
def test_what_is_covered_has_no_other_meaning(wide: str, narrow: str) -> None:
    """A pattern covers another only if it means each of its words."""
    if covers(wide, narrow):
        assert all(means(wide, word) for word in WORDS if means(narrow, word))


@given(PATTERNS, st.text(LETTERS, max_size=5))
def test_a_word_is_covered_if_it_is_meant(wide: str, word: str) -> None:
    """For a word without wildcards, to be covered is to be meant."""
    assert covers(wide, word) is means(wide, word)


@given(PATTERNS)
def test_a_pattern_covers_itself(pattern: str) -> None:
    """The same actions are taken away by the same pattern, and by the bare star."""
    assert covers(pattern, pattern)
    assert covers("*", pattern)


@given(st.text("ab*?", max_size=3), st.text("ab*?", max_size=3))
def test_overlap_is_a_common_word(one: str, other: str) -> None:
    """Patterns of three characters that have a common word have one of six letters or less."""
    assert overlap(one, other) is any(means(one, word) and means(other, word) for word in WORDS)
