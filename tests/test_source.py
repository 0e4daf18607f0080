"""Places in files: what line and column a byte stands on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.location import locate
from vpce_lint.source import Source, Span

PIECES = st.sampled_from(["a", "ä", "€", "\U0001f600", "\n", "\r\n", "x" * 5_000, "ä" * 3_000])


@given(st.lists(PIECES, min_size=1, max_size=12).map("".join), st.data())
def test_columns_count_characters_also_in_long_lines(text: str, data: st.DataObject) -> None:
    """Line and column are those of the character, however long the line is and whatever is in it."""
    source = Source("main.tf", text.encode())
    for _ in range(3):
        at = data.draw(st.integers(0, len(text)))
        before = text[:at]
        expected = (before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)
        assert source.position(len(before.encode())) == expected


def test_excerpt_of_a_confidential_file_is_what_is_meant() -> None:
    """Of a file that may hold secrets nothing is quoted but the first line of the place itself."""
    text = '{"password": "correct-horse", "address": "x",\n "y": 1}'
    start = text.index('"address"')
    place = Span(Source("plan.json", text.encode(), is_confidential=True), start, len(text))
    excerpt = locate(place).excerpt
    assert excerpt is not None
    assert excerpt.text[excerpt.start : excerpt.end] == excerpt.text == '"address": "x",'
