"""The line that says how far a long scan is."""

from __future__ import annotations

from io import StringIO

from test_terminal import Terminal

from vpce_lint.progress import Progress


def test_silent_where_piped() -> None:
    """Nothing is ever written to what is no terminal."""
    stream = StringIO()
    with Progress(stream, patience=0) as progress:
        progress(1, 2)
    assert stream.getvalue() == ""


def test_silent_while_it_is_quick() -> None:
    """A scan that ends within the patience shows nothing."""
    stream = Terminal()
    with Progress(stream, patience=60) as progress:
        progress(1, 2)
    assert stream.getvalue() == ""


def test_shown_and_taken_away() -> None:
    """A long scan shows the latest count, and the line is blank in the end."""
    stream = Terminal()
    with Progress(stream, patience=0.01) as progress:
        progress._timer.join()
        progress(1, 2)
    assert stream.getvalue().startswith("\rreading ...\rreading: 1 of 2 roots ...\r")
    assert stream.getvalue().rpartition(" ")[2] == "\r"
