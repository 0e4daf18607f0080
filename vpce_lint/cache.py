"""Results of earlier runs in the user's cache folder: found again whole, or not at all.

An entry is what one process wrote; a digest in front of it tells whether all of it is there. Writing never fails a
run: a cache that can't be written is one that is empty.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARK = b"vpce-lint 1\n"
_DIGEST = 32
_KEPT = 30 * 24 * 3_600
"""Seconds after which an entry that nobody has written again is taken away."""
LARGEST_ENTRY = 200_000_000
"""Bytes; it bounds what a run loads before it knows what it needs of that."""


def digest(*parts: bytes) -> str:
    """A name for content: that of other content differs."""
    from hashlib import blake2b  # noqa: PLC0415 (loaded when it is needed)

    made = blake2b(digest_size=_DIGEST)
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.hexdigest()


def _checksum(data: bytes | memoryview) -> bytes:
    from hashlib import blake2b  # noqa: PLC0415 (loaded when it is needed)

    return blake2b(data, digest_size=_DIGEST).digest()


def cache_folder(environment: Mapping[str, str], system: str = sys.platform) -> Path | None:
    """The folder for what this tool keeps, in the user's folder for caches; ``None`` where that isn't known.

    ``VPCE_LINT_CACHE`` names another one, or says ``off``. A path must be absolute: what is scanned may be the working
    directory.
    """
    if given := environment.get("VPCE_LINT_CACHE"):
        return Path(given) if os.path.isabs(given) else None  # noqa: PTH117
    home = environment.get("HOME") or environment.get("USERPROFILE")
    candidates = {
        "win32": (environment.get("LOCALAPPDATA"), None),
        "darwin": (None, "Library/Caches"),
    }.get(system, (environment.get("XDG_CACHE_HOME"), ".cache"))
    base, below_home = candidates
    if base is None and home and below_home:
        base = f"{home}/{below_home}"
    return Path(base, "vpce-lint") if base and os.path.isabs(base) else None  # noqa: PTH117


class Cache(Struct, frozen=True):
    """Entries by name in one folder, which belongs to this user alone.

    An entry of more than ``largest`` bytes is neither written nor read.
    """

    folder: Path
    largest: int = LARGEST_ENTRY

    def load(self, name: str) -> bytes | None:
        """What was stored under a name; ``None`` where that isn't there, or isn't whole."""
        try:
            if not self._is_safe() or (self.folder / name).stat().st_size > self.largest + len(_MARK) + _DIGEST:
                return None
            data = (self.folder / name).read_bytes()
        except OSError:
            return None
        start = len(_MARK) + _DIGEST
        body = memoryview(data)[start:]
        if not data.startswith(_MARK) or data[len(_MARK) : start] != _checksum(body):
            return None
        return bytes(body)

    def store(self, name: str, data: bytes) -> bool:
        """Store something under a name, in the place of what is there; whether that went well."""
        if len(data) > self.largest:
            return False
        beside = self.folder / f".{name}.{os.getpid()}.{time.monotonic_ns()}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_safe():
                return False
            try:
                with beside.open("xb") as file:
                    file.write(_MARK)
                    file.write(_checksum(data))
                    file.write(data)
                beside.replace(self.folder / name)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
            self._tidy()
        except OSError:
            return False
        return True

    def _is_safe(self) -> bool:
        """Whether nobody else could have put something there."""
        if not hasattr(os, "getuid"):
            return True
        found = self.folder.lstat()
        alone = not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and alone

    def _tidy(self) -> None:
        """Take away what is old, among it what a run that was killed left unfinished."""
        limit = time.time() - _KEPT
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < limit:
                    os.unlink(entry.path)  # noqa: PTH108
