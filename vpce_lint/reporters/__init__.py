"""Output formats, one module each, with a function ``render``: Report -> str.

``SHOWN`` beside it are the verdicts that the format is about unless somebody asks for others.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.report import Report
    from vpce_lint.verdict import Verdict


def format_names() -> tuple[str, ...]:
    """The names of the formats, which are the names of the modules in this folder."""
    return tuple(sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py")))


def load_reporter(name: str) -> Callable[[Report], str]:
    """The function of a format by its name."""
    return cast("Callable[[Report], str]", import_module(f"{__name__}.{name}").render)


def verdicts_of(name: str) -> frozenset[Verdict]:
    """The verdicts that a format shows unless somebody asks for others."""
    return cast("frozenset[Verdict]", import_module(f"{__name__}.{name}").SHOWN)
