"""What is kept between runs is found whole or not at all, and never fails a run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.cache import Cache, cache_folder, digest


def test_what_was_stored_is_found(tmp_path: Path) -> None:
    """An entry comes back as it was, until another takes its place."""
    cache = Cache(tmp_path / "below" / "cache")
    assert cache.load("a") is None
    assert cache.store("a", b"one")
    assert cache.store("b", b"")
    assert cache.store("a", b"two")
    assert (cache.load("a"), cache.load("b")) == (b"two", b"")


@given(st.binary(max_size=50), st.integers(0, 200), st.binary(max_size=3))
def test_damaged_entry_is_none(tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int, other: bytes) -> None:
    """Bytes that are missing, changed or added anywhere make an entry one that isn't there."""
    cache = Cache(tmp_path_factory.mktemp("cache"))
    cache.folder.chmod(0o700)
    cache.store("a", data)
    path = cache.folder / "a"
    whole = path.read_bytes()
    damaged = whole[:at] + other + whole[at + 1 :]
    path.write_bytes(damaged)
    assert cache.load("a") == (data if damaged == whole else None)


def test_runs_at_the_same_time_leave_a_whole_entry(tmp_path: Path) -> None:
    """Many processes write the same entry; who reads meanwhile finds one of them whole."""
    cache = Cache(tmp_path / "cache")
    cache.store("a", b"x" * 200_000)
    code = (
        "import sys, pathlib\nfrom vpce_lint.cache import Cache\n"
        "for n in range(60): Cache(pathlib.Path(sys.argv[1])).store('a', sys.argv[2].encode() * 200_000)"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, cache.folder, letter], cwd=Path(__file__).parents[1])
        for letter in "yz"
    ]
    while any(writer.poll() is None for writer in writers):
        found = cache.load("a")
        assert found is not None
        assert set(found) in ({ord("x")}, {ord("y")}, {ord("z")})
    assert all(writer.returncode == 0 for writer in writers)
    assert [path.name for path in cache.folder.iterdir()] == ["a"]


def test_folder_that_cannot_be_written_is_an_empty_cache(tmp_path: Path) -> None:
    """A file in the place of the folder: nothing is stored, nothing is raised."""
    (tmp_path / "file").write_bytes(b"")
    cache = Cache(tmp_path / "file" / "cache")
    assert not cache.store("a", b"one")
    assert cache.load("a") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no such permissions on this system")
def test_folder_that_others_may_write_is_not_trusted(tmp_path: Path) -> None:
    """Another user could have put an answer there."""
    cache = Cache(tmp_path / "cache")
    cache.store("a", b"one")
    cache.folder.chmod(0o777)
    assert cache.load("a") is None
    assert not cache.store("b", b"two")


def test_link_in_the_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """A link may lead anywhere, into the scanned code too."""
    target = Cache(tmp_path / "target")
    target.store("a", b"one")
    (tmp_path / "link").symlink_to(target.folder)
    assert Cache(tmp_path / "link").load("a") is None


def test_old_entries_go(tmp_path: Path) -> None:
    """What nobody has written for long is taken away with the next entry, unfinished ones too."""
    cache = Cache(tmp_path / "cache")
    cache.store("old", b"one")
    cache.store("new", b"two")
    (cache.folder / ".left").write_bytes(b"half")
    for name in ("old", ".left"):
        os.utime(cache.folder / name, (time.time() - 10**7,) * 2)
    cache.store("another", b"three")
    assert sorted(path.name for path in cache.folder.iterdir()) == ["another", "new"]


@pytest.mark.parametrize(
    ("environment", "system", "folder"),
    [
        ({"HOME": "/home/me"}, "linux", "/home/me/.cache/vpce-lint"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "/fast"}, "linux", "/fast/vpce-lint"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "relative"}, "linux", None),
        ({"HOME": "/Users/me"}, "darwin", "/Users/me/Library/Caches/vpce-lint"),
        ({}, "linux", None),
        ({"HOME": ""}, "linux", None),
        ({"HOME": "/home/me", "VPCE_LINT_CACHE": "/elsewhere"}, "linux", "/elsewhere"),
        ({"HOME": "/home/me", "VPCE_LINT_CACHE": "cache"}, "linux", None),
    ],
)
def test_folder_is_the_users(environment: dict[str, str], system: str, folder: str | None) -> None:
    """The folder is where the system keeps caches, or none: never one that depends on where the tool runs."""
    found = cache_folder(environment, system)
    assert found == (Path(folder) if folder else None)


def test_digest_tells_parts_apart() -> None:
    """Where one part ends and the next begins is part of the name."""
    assert len({digest(b"ab", b"c"), digest(b"a", b"bc"), digest(b"abc"), digest(b"abc", b"")}) == 4
