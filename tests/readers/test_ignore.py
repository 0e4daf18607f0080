"""``.gitignore`` files against git itself."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vpce_lint.readers.gitignore import LONGEST
from vpce_lint.readers.ignore import Ignored

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        "[[:alpha:]]\n",
        "[[:alph:]]\n[[x]\nb\n",
        "a" * 5_000 + "*" * 5_000 + "\nb\n",
    ],
    ids=ascii,
)
def test_git_says_the_same(tmp_path: Path, patterns: str) -> None:
    """Whatever a pattern looks like, a folder is left out if and only if git ignores it; none brings a run down."""
    (tmp_path / ".gitignore").write_bytes(patterns.encode())
    for folder in FOLDERS:
        (tmp_path / folder).mkdir()
    ignored = Ignored(str(tmp_path), str(tmp_path))
    assert {each for each in FOLDERS if ignored.folder(str(tmp_path / each))} == ignored_by_git(tmp_path, FOLDERS)


def ignored_by_git(top: Path, names: Iterable[str]) -> set[str]:
    """Those of a folder's files and folders that git ignores."""
    subprocess.run(["git", "init", "--quiet"], cwd=top, check=True)
    asked = b"".join(name.encode() + b"\0" for name in names)
    words = [
        "git",
        "-c",
        "core.excludesFile=",
        "-c",
        "core.ignoreCase=false",
        "check-ignore",
        "--stdin",
        "-z",
        "--no-index",
    ]
    answer = subprocess.run(words, cwd=top, input=asked, capture_output=True, check=False)
    return {name.decode() for name in answer.stdout.split(b"\0") if name}


PIECES = ["a", "b", "ab", "*", "**", "***", "?", "/", "[", "]", "[!a]", "[^b-d]", "[a-c]", "[]-a]", "[[:alpha:]]", "[[:x:]]",
          "[a\\]]", "[.-0]", "\\", " ", "!", "#", "-", "é", ".", "c"]  # fmt: skip
LINES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)
TREE = (
    "a/",
    "a/b/",
    "a/b/c/",
    "a/b/c/a",
    "ab/",
    "ab/b",
    "b",
    "b-",
    "c/",
    "c/a/",
    "c/a/b",
    "é/",
    "é/ab",
    "a b",
    "]",
    "[",
    "#a",
    "!b",
)


FILES = st.lists(LINES, min_size=1, max_size=4)


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({"": FILES}, optional={"a": FILES, "a/b": FILES, "c": FILES}))
@example({"": ["a**/b"]})
@example({"": ["a/**"]})
@example({"": ["a/*", "!a/b"]})
@example({"": ["**\\/b"]})
@example({"": ["[z-a]", "[:x]"]})
@example({"": ["*", "!a/", "!b", "a/b"]})
@example({"": ["*", "!/a**"]})
@example({"": ["/c**/**"]})
@example({"": ["b"], "a": ["!b"]})
@example({"": ["a"], "a": ["!b"]})
@example({"": ["c"], "a": ["!b"]})
def test_git_says_the_same_of_any_patterns(files: dict[str, list[str]]) -> None:
    """The same for random patterns in several folders, for files as for folders, and for what lies in ignored ones."""
    with TemporaryDirectory() as name:
        top = Path(name)
        for path in TREE:
            place = top / path
            place.mkdir(parents=True) if path.endswith("/") else place.touch()
        for folder, lines in files.items():
            (top / folder / ".gitignore").write_bytes("\n".join(lines).encode())
        ignored = Ignored(str(top), str(top))
        ours = set()
        for path in TREE:
            place = top / path
            is_kept = (
                not ignored.folder(str(place)) if place.is_dir() else ignored.kept(str(place.parent), [place.name])
            )
            ours |= set() if is_kept else {path.rstrip("/")}
        assert ours == ignored_by_git(top, [path.rstrip("/") for path in TREE])


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


def test_folder_beside_the_repository_has_no_say(tmp_path: Path) -> None:
    """What lies outside isn't read, also where its name begins with that of the repository."""
    (tmp_path / "repo2/a").mkdir(parents=True)
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo2/.gitignore").write_text("a\n", "utf-8")
    assert not Ignored(str(tmp_path / "repo"), str(tmp_path / "repo")).folder(str(tmp_path / "repo2/a"))
