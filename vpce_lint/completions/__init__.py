"""Completion scripts, one module per shell, with a function ``render``: commands and their words -> script."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.vocabulary import Vocabulary


def shell_names() -> tuple[str, ...]:
    """The names of the shells, which are the names of the modules in this folder."""
    return tuple(sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py")))


def load_shell(name: str) -> Callable[[Vocabulary], str]:
    """The function that writes the script of a shell."""
    return cast("Callable[[Vocabulary], str]", import_module(f"{__name__}.{name}").render)
