"""Patterns for paths and addresses."""

from __future__ import annotations

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.address import is_named
from vpce_lint.path_pattern import PathPatterns

SEGMENTS = st.sampled_from(["a", "b", "ab", "*", "**", "a*", "?"])
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "ba"]), min_size=1, max_size=4)


def fits(pattern: list[str], path: list[str]) -> bool:
    """What patterns mean, one segment after the other."""
    if not pattern or not path:
        return not path and not pattern
    head, *rest = pattern
    if head == "**":
        if not rest:
            return True
        return any(fits(rest, path[index:]) for index in range(len(path)))
    segment = re.escape(head).replace(r"\*", ".*").replace(r"\?", ".")
    return bool(re.fullmatch(segment, path[0])) and fits(rest, path[1:])


@given(st.lists(SEGMENTS, min_size=1, max_size=4), PATHS)
def test_patterns_mean_what_their_segments_mean(pattern: list[str], path: list[str]) -> None:
    """Wildcards stay within a segment, ** goes over any number of them."""
    patterns = PathPatterns("/r", ("/".join(pattern),))
    assert patterns.fit("/r/" + "/".join(path)) is fits(pattern, path)


@given(st.lists(SEGMENTS, min_size=1, max_size=3), PATHS)
def test_what_a_pattern_fits_it_covers_with_all_below(pattern: list[str], path: list[str]) -> None:
    """A path is covered where it, or a folder above it, fits."""
    patterns = PathPatterns("/r", ("/".join(pattern),))
    above = ["/r/" + "/".join(path[:end]) for end in range(1, len(path) + 1)]
    below = list(pattern)  # "a/**" is about what lies below a, and so about a as a folder
    while below[-1:] == ["**"] and len(below) > 1:
        below.pop()
    folders = PathPatterns("/r", ("/".join(below),))
    assert patterns.cover(above[-1]) is any(map(folders.fit, above))


@pytest.mark.parametrize(
    ("pattern", "path", "fit", "cover"),
    [
        (".", "/r", True, True),
        (".", "/r/a", False, True),
        ("./a/", "/r/a", True, True),
        ("a", "/x/a", False, False),
        ("**", "/x", False, False),
        ("..", "/", False, False),
        ("a.b", "/r/aXb", False, False),
        ("a\nb", "/r/a\nb", True, True),
    ],
)
def test_edges(pattern: str, path: str, fit: bool, cover: bool) -> None:  # noqa: FBT001 (cases of a table)
    """The folder itself, paths outside of it, and characters that mean something elsewhere."""
    patterns = PathPatterns("/r", (pattern,))
    assert (patterns.fit(path), patterns.cover(path)) == (fit, cover)


@given(st.text("ab*", max_size=6), st.text("ab\n", max_size=7))
def test_address_patterns_mean_what_regular_expressions_mean(pattern: str, address: str) -> None:
    """A star is any text, line ends included."""
    expected = re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), address, re.DOTALL)
    assert is_named(address, [pattern]) is bool(expected)


def test_hostile_patterns_take_no_time() -> None:
    """No pattern makes the matching go back and forth."""
    start = perf_counter()
    assert not is_named("a" * 10_000, ["*a" * 500 + "*b"])
    assert not PathPatterns("/r", ("*a" * 100 + "b",)).fit("/r/" + "a" * 10_000)
    assert perf_counter() - start < 2
