"""Every format on the same report. ``PYTHONPATH=.:tests python tests/reporters/test_snapshots.py`` writes the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from showcase import SHOWCASE

from vpce_lint import __version__
from vpce_lint.reporters import format_names, load_reporter, verdicts_of
from vpce_lint.terminal import unpaint

FOLDER = Path(__file__).parent / "snapshots"


def rendered(format_: str) -> str:
    """The showcase as the format shows it by itself, without styles and whatever the version is."""
    text = unpaint(load_reporter(format_)(SHOWCASE.showing(verdicts_of(format_))))
    return text.replace(f'"{__version__}"', '"VERSION"')


@pytest.mark.parametrize("format_", format_names())
def test_snapshot(format_: str) -> None:
    """The whole of it."""
    assert (FOLDER / f"{format_}.txt").read_text(encoding="utf-8") == rendered(format_)


def test_no_snapshot_is_left_over() -> None:
    """Each snapshot is of a format that there is."""
    assert {file.stem for file in FOLDER.iterdir()} == set(format_names())


if __name__ == "__main__":
    for each in format_names():
        (FOLDER / f"{each}.txt").write_text(rendered(each), encoding="utf-8")
