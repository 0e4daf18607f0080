"""Configuration files: where they are looked for, and how they are read."""

from __future__ import annotations

import os
import tomllib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct

from vpce_lint.source import Source
from vpce_lint.toml_lines import key_lines

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


class ConfigError(Exception):
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


def find_config(folder: str, top: str, start: str) -> ConfigFile | None:
    """The nearest configuration at or above a folder, up to a top folder; all are real paths.

    ``start`` is the folder from which reports count paths. ``ConfigError`` where the nearest can't be read.
    """
    while True:
        own, shared = os.path.join(folder, NAME), os.path.join(folder, SHARED_NAME)  # noqa: PTH118
        if os.path.lexists(own):
            return read_config(own, start, within=top)
        if os.path.isfile(shared) and (found := _section(shared, start, top)):  # noqa: PTH113
            return found
        parent = os.path.dirname(folder)  # noqa: PTH120
        if folder in {top, parent}:
            return None
        folder = parent


def read_config(path: str, start: str, *, within: str | None = None, outside: bool = False) -> ConfigFile:
    """A configuration file; ``within`` is the folder that links must not lead out of."""
    shown = os.path.relpath(path, start).replace(os.sep, "/")
    text = _read(path, shown, within)
    values = _parsed(text, shown)
    folder = os.path.dirname(os.path.realpath(path))  # noqa: PTH120
    if os.path.basename(path) != SHARED_NAME:  # noqa: PTH119
        return ConfigFile(shown, folder, text, values, outside=outside)
    tools = values.get("tool")
    section = tools.get("vpce-lint") if isinstance(tools, dict) else None
    if not isinstance(section, dict):
        msg = f"{shown}: there is no table [tool.vpce-lint]"
        raise ConfigError(msg)
    return ConfigFile(shown, folder, text, section, SECTION, outside=outside)


def _section(path: str, start: str, top: str) -> ConfigFile | None:
    """The configuration in a file that is there for other tools, too; it is none of ours to judge without a section."""
    shown = os.path.relpath(path, start).replace(os.sep, "/")
    try:
        text = _read(path, shown, top)
    except ConfigError:
        return None
    if "vpce-lint" not in text:
        return None
    tools = _parsed(text, shown).get("tool")
    return read_config(path, start, within=top) if isinstance(tools, dict) and "vpce-lint" in tools else None


def _read(path: str, shown: str, within: str | None) -> str:
    real = os.path.realpath(path)
    if within is not None and not is_inside(real, within):
        msg = f"{shown}: this link leads out of the repository"
        raise ConfigError(msg)
    try:
        if not os.path.isfile(real):  # noqa: PTH113 (a pipe would hang)
            msg = f"{shown}: {'is not a file' if os.path.exists(real) else 'there is no such file'}"  # noqa: PTH110
            raise ConfigError(msg)
        if os.path.getsize(real) > LARGEST_FILE:  # noqa: PTH202
            msg = f"{shown}: is larger than {LARGEST_FILE:,} bytes"
            raise ConfigError(msg)
        return Path(real).read_bytes().decode("utf-8")
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


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it; both are real paths."""
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)
