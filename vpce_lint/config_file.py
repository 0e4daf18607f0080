"""Configuration files: where they are looked for, and how they are read."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct

from vpce_lint.disk import DISK, Disk, is_inside
from vpce_lint.refusal import RefusalError
from vpce_lint.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vpce_lint.toml_lines import Key

NAME = ".vpce-lint.toml"
SHARED_NAME = "pyproject.toml"
SECTION: Key = ("tool", "vpce-lint")
LARGEST_FILE = 200_000
"""Bytes; a larger file isn't read."""
LONGEST_LINE = 2_000
"""Characters: Python's parser takes time that grows with the square of a dotted key."""


class ConfigError(RefusalError):
    """A configuration, or what it names, can't be used; the message begins with file and line."""


class ConfigFile(Struct, frozen=True, dict=True):
    """A configuration as written.

    ``shown`` is its path as reports show it, ``folder`` the real path of the folder that its paths count
    from. ``outside``: it lies outside of what is scanned, so that whoever wrote the scanned code has no
    say in it. ``section`` is the way to its table in a file that it shares with others.
    """

    shown: str
    folder: str
    text: str
    values: Mapping[str, Any]
    section: Key = ()
    outside: bool = False

    @cached_property
    def source(self) -> Source:
        """The file, for places in it."""
        return Source(self.shown, self.text.encode())

    @cached_property
    def _lines(self) -> dict[Key, int]:
        from vpce_lint.toml_lines import key_lines  # noqa: PLC0415 (only to say where something is wrong)

        return key_lines(self.text)

    def line(self, *key: str | int) -> int:
        """The line of a key, or of the nearest table around it that has one."""
        whole = (*self.section, *key)
        while whole and whole not in self._lines:
            whole = whole[:-1]
        return self._lines.get(whole, 1)

    def refuse(self, words: str, *key: str | int) -> NoReturn:
        """Raise ``ConfigError`` at a key."""
        msg = f"{self.shown}:{self.line(*key)}: {words}"
        raise ConfigError(msg)


def find_config(folder: str, top: str, start: str, disk: Disk = DISK) -> ConfigFile | None:
    """The nearest configuration at or above a folder, up to a top folder; all are real paths.

    ``start`` is the folder from which reports count paths. ``ConfigError`` where the nearest can't be read.
    """
    while True:
        own, shared = os.path.join(folder, NAME), os.path.join(folder, SHARED_NAME)  # noqa: PTH118
        if disk.exists(own):
            return read_config(own, start, within=top, disk=disk)
        if disk.is_file(shared) and (found := _section(shared, start, top, disk)):
            return found
        parent = os.path.dirname(folder)  # noqa: PTH120
        if folder in {top, parent}:
            return None
        folder = parent


def read_config(
    path: str, start: str, *, within: str | None = None, outside: bool = False, disk: Disk = DISK
) -> ConfigFile:
    """A configuration file; ``within`` is the folder that links must not lead out of."""
    shown = os.path.relpath(path, start).replace(os.sep, "/")
    text = _read(path, shown, within, disk)
    values = _parsed(text, shown)
    folder = os.path.dirname(disk.real(path))  # noqa: PTH120
    if os.path.basename(path) != SHARED_NAME:  # noqa: PTH119
        return ConfigFile(shown, folder, text, values, outside=outside)
    tools = values.get("tool")
    section = tools.get("vpce-lint") if isinstance(tools, dict) else None
    if not isinstance(section, dict):
        msg = f"{shown}: there is no table [tool.vpce-lint]"
        raise ConfigError(msg)
    return ConfigFile(shown, folder, text, section, SECTION, outside=outside)


def _section(path: str, start: str, top: str, disk: Disk) -> ConfigFile | None:
    """The configuration in a file that is there for other tools, too; it is none of ours to judge without a section."""
    shown = os.path.relpath(path, start).replace(os.sep, "/")
    try:
        text = _read(path, shown, top, disk)
    except ConfigError:
        return None
    if "vpce-lint" not in text:
        return None
    tools = _parsed(text, shown).get("tool")
    if not isinstance(tools, dict) or "vpce-lint" not in tools:
        return None
    return read_config(path, start, within=top, disk=disk)


def _read(path: str, shown: str, within: str | None, disk: Disk) -> str:
    real = disk.real(path)
    if within is not None and not is_inside(real, within):
        msg = f"{shown}: this link leads out of the repository"
        raise ConfigError(msg)
    try:
        if not disk.is_file(real):
            msg = f"{shown}: {'is not a file' if disk.exists(real) else 'there is no such file'}"
            raise ConfigError(msg)
        if disk.size(real) > LARGEST_FILE:
            msg = f"{shown}: is larger than {LARGEST_FILE:,} bytes"
            raise ConfigError(msg)
        return disk.data(real).decode("utf-8")
    except OSError as error:
        msg = f"{shown}: can't be read: {error.strerror}"
        raise ConfigError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{shown}: is not valid UTF-8"
        raise ConfigError(msg) from error


def _parsed(text: str, shown: str) -> dict[str, Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            msg = f"{shown}:{number}: a line is longer than {LONGEST_LINE:,} characters"
            raise ConfigError(msg)
    import tomllib  # noqa: PLC0415 (loaded when it is needed)

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words, _, place = str(error).rpartition(" (at ")
        line = place.removeprefix("line ").partition(",")[0]  # "line 3, column 1)" or "end of document)"
        msg = f"{shown}:{line if line.isdigit() else len(text.splitlines())}: {words or error}"
        raise ConfigError(msg) from error
    except RecursionError as error:
        msg = f"{shown}: is nested too deep"
        raise ConfigError(msg) from error
