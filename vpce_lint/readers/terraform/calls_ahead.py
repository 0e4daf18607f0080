"""What the folders of a large tree call, found out by several processes: to parse for it is most of a survey's work."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import DecodeError, msgpack

from vpce_lint.readers.terraform.root import Library
from vpce_lint.workers import LostError, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vpce_lint.readers.request import Request

FOLDERS = 64
"""Folders that a process looks at before it tells what it found."""

Sources = dict[str, tuple[str | None, ...]]
"""What ``Folder.sources`` says of folders, by the digest of their content."""


def known_in_turn(folders: Sequence[str], library: Library, request: Request) -> Iterator[str]:
    """The folders in their order, each when it is known what it calls, or when it is to be found out by whoever asks.

    Nobody looks ahead where an earlier run left what it knew: most is as it was.
    """
    if library.known_calls or (jobs := request.processes(is_worth_it=True)) < 2:
        yield from folders
        return
    known = library.known_calls = {} if library.known_calls is None else library.known_calls
    portions = [folders[at : at + FOLDERS] for at in range(0, len(folders), FOLDERS)]
    given = 0
    try:
        for found in spread(partial(_calls_in, portions, library), len(portions), jobs):
            known.update(_decoded(found))
            yield from portions[given]
            given += 1
    except LostError:
        for portion in portions[given:]:
            yield from portion


def _calls_in(portions: Sequence[Sequence[str]], library: Library, index: int) -> bytes:
    """What the folders of one portion call, encoded; nothing where something goes wrong, for others will see that, too."""
    found: Sources = {}
    try:
        mine = Library(library.boundary, found)
        for path in portions[index]:
            folder = mine.folder(path)
            _ = folder.sources
            folder.release()
        return msgpack.encode(found)
    except Exception:  # noqa: BLE001 (what it is, is said where the folder is read)
        return b""


def _decoded(found: bytes) -> Sources:
    try:
        return msgpack.decode(found, type=Sources)
    except DecodeError:
        return {}
