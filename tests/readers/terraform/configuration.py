"""Small configurations written to disk and read back, for tests."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, TypeVar

from vpce_lint.model import Reading, Resource
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request

if TYPE_CHECKING:
    from pathlib import Path

R = TypeVar("R", bound=Resource)


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files by relative path; common indentation is taken away."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(content).lstrip("\n"))


def read_files(folder: Path, files: dict[str, str], **named: object) -> Reading:
    """What the files below a folder describe; ``named`` are further fields of the request."""
    write(folder, files)
    return read(Request(paths=(folder,), **named))  # type: ignore[arg-type]


def resources(reading: Reading, kind: type[R]) -> dict[str, R]:
    """The resources of a class in all networks, by address."""
    return {resource.address: resource for network in reading.networks for resource in network.of(kind)}


def resource(folder: Path, kind: type[R], text: str, **files: str) -> R:
    """The only resource of a class in a ``main.tf``; ``files`` are further files, ``__`` in their names a slash."""
    more = {name.replace("__", "/") + ".tf": content for name, content in files.items()}
    found = resources(read_files(folder, {"main.tf": text, **more}), kind)
    assert len(found) == 1, list(found)
    return next(iter(found.values()))
