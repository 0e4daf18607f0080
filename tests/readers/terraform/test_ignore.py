"""``.gitignore`` files against git itself."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from vpce_lint.readers.ignore import LONGEST, Ignored

if TYPE_CHECKING:
    from pathlib import Path

FOLDERS = ("a", "b", "ab", "a/b", "a/b/c", "x\u2028y", "[z", "a\\", "#a", "!a", "é", "a b", "a ")


@pytest.mark.parametrize(
    "patterns",
    [
        "a\\\n",
        "\\#\\\nb/\n",
        "a/[b-c]\\/\nab\n",
        "[z-a]\nb\n",
        "[z\nb\n",
        "[]\nb\n",
        "b\r\nab\r\n",
        "\ufeffb\n",
        "x\u2028y\n",
        "x\nb\x0bab\nab\n",
        "!a\\\na\n",
        "\\!a\n\\#a\n",
        "a \nb\\ \n",
        "a\\ \n",
        "**\n!a\n",
        "/\n//\n!\n!/\nb\n",
        "\\\nb\n",
        "a/**/c\n",
        "é\n",
        "[\\\nb\n",
        "a" * 5_000 + "*" * 5_000 + "\nb\n",
    ],
    ids=ascii,
)
def test_git_says_the_same(tmp_path: Path, patterns: str) -> None:
    """Whatever a pattern looks like, a folder is left out if and only if git ignores it; none brings a run down."""
    (tmp_path / ".gitignore").write_bytes(patterns.encode())
    for folder in FOLDERS:
        (tmp_path / folder).mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    asked = b"".join(f"{folder}/".encode() + b"\0" for folder in FOLDERS)
    words = ["git", "-c", "core.excludesFile=", "check-ignore", "--stdin", "-z", "--no-index"]
    answer = subprocess.run(words, cwd=tmp_path, input=asked, capture_output=True, check=False)
    expected = {name.decode().removesuffix("/") for name in answer.stdout.split(b"\0") if name}
    ignored = Ignored(str(tmp_path), str(tmp_path))
    below = {folder for folder in FOLDERS if any(folder.startswith(f"{each}/") for each in expected)}
    assert {folder for folder in FOLDERS if ignored.folder(str(tmp_path / folder))} | below == expected | below


def test_classes_of_characters(tmp_path: Path) -> None:
    """A class, which isn't known here, leaves nothing out, brings nothing down and says nothing; the others count."""
    (tmp_path / ".gitignore").write_text("[[:alpha:]]\n[[x]\nb\n")
    ignored = Ignored(str(tmp_path), str(tmp_path))
    for name, left_out in (("a", False), ("b", True), ("c", False)):
        (tmp_path / name).mkdir()
        assert ignored.folder(str(tmp_path / name)) is left_out


def test_no_pattern_takes_long(tmp_path: Path) -> None:
    """Wildcards without number, against a name that almost fits, take no more time than others."""
    (tmp_path / ".gitignore").write_text("*a" * 30 + "b\n")
    name = "a" * 200
    (tmp_path / name).mkdir()
    started = time.process_time()
    assert not Ignored(str(tmp_path), str(tmp_path)).folder(str(tmp_path / name))
    assert time.process_time() - started < 5


def test_too_many_patterns(tmp_path: Path) -> None:
    """A file with more patterns than the engine takes, or of which the engine takes none, leaves nothing out."""
    (tmp_path / "a").mkdir()
    for text in ("a\n" * 3_000, "a\n" + "b" * 300_000, "a\n" + "*[xyz]?" * 20_000 + "\n"):
        (tmp_path / ".gitignore").write_text(text)
        started = time.process_time()
        left_out = Ignored(str(tmp_path), str(tmp_path)).folder(str(tmp_path / "a"))
        assert not left_out or len(text) < LONGEST
        assert time.process_time() - started < 5
