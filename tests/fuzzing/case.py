"""One input of the command line: a tree of files and the arguments."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from pathlib import Path

ARGUMENTS = "arguments.json"
TREE = "tree"


class Case(Struct, frozen=True):
    """Files by their path below the tree, with the command line that is run in it."""

    files: dict[str, bytes]
    arguments: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(map(len, self.files.values()))

    def with_file(self, name: str, data: bytes) -> Case:
        """The case with another content of one file."""
        return Case({**self.files, name: data}, self.arguments)

    def without_file(self, name: str) -> Case:
        """The case without one file."""
        return Case({key: data for key, data in self.files.items() if key != name}, self.arguments)

    def grow(self, folder: Path) -> None:
        """Write the files below a folder."""
        for name, data in self.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    def keep(self, folder: Path, why: str) -> None:
        """Write the case where it can be looked at, and replayed from."""
        self.grow(folder / TREE)
        said = {"arguments": self.arguments, "why": why}
        (folder / ARGUMENTS).write_text(json.dumps(said, indent=2) + "\n", "utf-8")


def kept_case(folder: Path) -> Case:
    """What ``keep`` has written."""
    said = json.loads((folder / ARGUMENTS).read_text("utf-8"))
    tree = folder / TREE
    files = {
        os.fspath(file.relative_to(tree)): file.read_bytes()
        for file in sorted(tree.rglob("*"))
        if file.is_file() and not file.is_symlink()
    }
    return Case(files, tuple(said["arguments"]))
