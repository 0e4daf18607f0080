"""Output formats, one module each, with a function ``render``: Report -> str."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.report import Report


def format_names() -> tuple[str, ...]:
    """The names of the formats, which are the names of the modules in this folder."""
    return tuple(sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py")))


def load_reporter(name: str) -> Callable[[Report], str]:
    """The function of a format by its name."""
    return cast("Callable[[Report], str]", import_module(f"{__name__}.{name}").render)
