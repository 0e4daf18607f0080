"""A file that a report goes to: written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from secrets import token_hex

from msgspec import Struct

CODE = (".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json", ".hcl", ".toml", ".py")
"""Endings of what people write by hand: a report never takes the place of such a file."""


class OutputFile(Struct, frozen=True):
    """A format's name and the file for it."""

    format: str
    path: Path

    def problem(self) -> str:
        """Why nothing can be written there, as far as that can be told before; empty where nothing speaks against it."""
        try:
            if self.path.is_dir():
                return f"{self.path} is a folder"
            if self.path.exists() and (self.path.name.endswith(CODE) or os.path.realpath(self.path).endswith(CODE)):
                return f"{self.path} is code, which no report may replace"
            if self.leads_out():
                return f"{self.path} leads out of the repository, by a link in it"
            return "" if self.path.parent.is_dir() else f"there is no folder {self.path.parent}"
        except OSError as error:
            return f"{self.path} can't be written: {error.strerror}"

    def leads_out(self) -> bool:
        """Whether the path lies in a repository and a link in it leads elsewhere, or into git's own folder.

        Who may commit a link could else have a report written over any file.
        """
        written = os.path.normpath(os.path.join(os.path.realpath(os.curdir), self.path))  # noqa: PTH118
        real = os.path.realpath(written)
        for top in Path(written).parents:
            if os.path.lexists(top / ".git") and os.path.realpath(top) == str(top):
                inside = Path(real).is_relative_to(top) and not Path(real).is_relative_to(top / ".git")
                return real != written and not inside
        return False

    def is_same(self, path: str) -> bool:
        """Whether another path leads to a file that this one leads to."""
        return os.path.realpath(path) == os.path.realpath(self.path)

    def write(self, text: str) -> None:
        """Put the text there in UTF-8; ``OSError`` where that fails, and what was there before stays.

        The text goes to a new file beside it, which then takes its place. A device or a pipe is written to as
        it is: replacing it would be worse than an unfinished report.
        """
        data = text.encode("utf-8", "backslashreplace")
        target = self.path.resolve()
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            target.write_bytes(data)
            return
        beside = target.with_name(f".vpce-lint-{token_hex(8)}")
        try:
            with beside.open("xb") as file:
                file.write(data)
            if mode is not None:
                beside.chmod(stat.S_IMODE(mode))
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None
