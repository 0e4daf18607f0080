"""Which lines of a text are new."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.changed_lines import ChangedLines, changed_lines

LINES = st.lists(st.sampled_from([b"", b"}", b"a", b"b", b"c", b"d", b"e"]), max_size=14)


def is_subsequence(inner: list[bytes], outer: list[bytes]) -> bool:
    """Whether a list is what is left of another one without some members."""
    rest = iter(outer)
    return all(line in rest for line in inner)


@given(LINES, LINES)
def test_no_new_line_is_called_old(old: list[bytes], new: list[bytes]) -> None:
    """Without the lines that are called changed, the new text is what is left of the old one."""
    changed = changed_lines(b"\n".join(old), b"\n".join(new))
    kept = [line for number, line in enumerate(new or [b""], start=1) if number not in changed.lines]
    assert is_subsequence(kept, old or [b""])
    if len(kept) < len(old or [b""]):
        assert changed.cuts


@given(LINES, st.integers(0, 14), LINES)
def test_inserted_lines_are_all_that_is_new(old: list[bytes], at: int, added: list[bytes]) -> None:
    """Where lines were only put in, no more lines are called changed than were put in, and none is missed."""
    new = [*old[:at], *added, *old[at:]]
    changed = changed_lines(b"\n".join([b"top", *old]), b"\n".join([b"top", *new]))
    assert len(changed.lines) == len(added)
    assert changed.cuts == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a\nb\n", "a\nb\n", ChangedLines()),
        ("a\nb\n", "a\r\nb\r\n", ChangedLines()),
        ("a\nb\nc\n", "a\nx\nc\n", ChangedLines((2,), (1,))),
        ("a\nb\nc\n", "a\nc\n", ChangedLines((), (1,))),
        ("", "a\n", ChangedLines((1,), ())),
        ("x {\n  1\n}\ny {\n  2\n}\n", "x {\n  1\n}\nz {\n  1\n}\ny {\n  2\n}\n", ChangedLines((4, 5, 6), ())),
    ],
)
def test_edits(old: str, new: str, expected: ChangedLines) -> None:
    """What people do to a file; how lines end makes no difference."""
    assert expected == changed_lines(old.encode(), new.encode())


def test_lines_taken_out_touch_what_stands_around_them() -> None:
    """A range that has lost a line has changed; a line beside the gap has not."""
    changed = changed_lines(b"a\nb\nc\nd\n", b"a\nb\nd\n")
    assert changed.touch(2, 3)
    assert not changed.touch(1, 2)
    assert not changed.touch(3, 3)


def test_hostile_texts_take_no_time() -> None:
    """Many equal lines, and many lines in reverse order, are compared in time that grows with their number."""
    numbers = [str(number).encode() for number in range(60_000)]
    start = time.monotonic()
    for old, new in ((numbers, numbers[::-1]), ([b"a"] * 60_000, [b"a", b"b"] * 30_000), (numbers[::2], numbers)):
        changed_lines(b"\n".join(old), b"\n".join(new))
    assert time.monotonic() - start < 10
