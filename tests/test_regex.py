"""Patterns are compiled late, so that one which is wrong would only be noticed by the user who first needs it."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.regex import _Worded, regex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PACKAGE = Path(__file__).parents[1] / "vpce_lint"
MADE_BY = {"regex", "regex_of_words"}


def made(file: Path) -> set[str]:
    """The names at the top of a module that are made with patterns."""
    return {
        target.id
        for statement in ast.parse(file.read_text("utf-8")).body
        if isinstance(statement, ast.Assign) and any(map(makes_pattern, ast.walk(statement.value)))
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def makes_pattern(node: ast.AST) -> bool:
    """Whether a node is a call of ``regex`` or ``regex_of_words``."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MADE_BY


MAKERS = [file for file in sorted(PACKAGE.rglob("*.py")) if "integrations" not in file.parts and made(file)]


def patterns(found: Any) -> Iterator[Any]:
    """The patterns in what a name stands for: one, or several in tuples."""
    if isinstance(found, tuple):
        for part in found:
            yield from patterns(part)
    elif hasattr(found, "pattern"):
        yield found


def module_of(file: Path) -> ModuleType:
    """A file of the package, imported."""
    return importlib.import_module(".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts))


WORDED = [
    pattern
    for file in MAKERS
    if "regex_of_words" in file.read_text("utf-8")
    for name in sorted(made(file))
    for pattern in patterns(getattr(module_of(file), name))
    if isinstance(pattern, _Worded)
]


@pytest.mark.parametrize("file", MAKERS, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_pattern_of_a_module_compiles(file: Path) -> None:
    """Each name that a module gives a pattern at its top can be used."""
    for name in made(file):
        found = list(patterns(getattr(module_of(file), name)))
        assert found
        for pattern in found:
            assert re.compile(pattern.pattern, pattern.flags)


def test_no_module_compiles_a_pattern_when_it_is_loaded() -> None:
    """Start-up would pay for it, whether or not the run uses the pattern."""
    early = [
        str(file.relative_to(PACKAGE))
        for file in sorted(PACKAGE.rglob("*.py"))
        for statement in ast.parse(file.read_text("utf-8")).body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef) and "re.compile(" in ast.unparse(statement)
    ]
    assert early == []


def test_a_late_pattern_is_used_like_any_other() -> None:
    """Methods and attributes are those of the compiled pattern, flags included."""
    late = regex(r"(?P<word>[a-z]+)-(\d+)", re.IGNORECASE)
    found = late.fullmatch("ABC-12")
    assert found is not None
    assert found["word"] == "ABC"
    assert late.groups == 2
    assert late.sub(r"\2", "x-1 y-2") == "1 2"
    with pytest.raises(re.error):
        regex("(").match("")


@pytest.mark.parametrize("pattern", WORDED, ids=lambda pattern: pattern.pattern.decode())
@given(data=st.data())
def test_words_are_in_whatever_the_pattern_finds(pattern: re.Pattern[bytes], data: st.DataObject) -> None:
    """A word too many in front of a pattern would hide matches: what matches is found, and what doesn't isn't."""
    plain = re.compile(pattern.pattern, pattern.flags)
    match = data.draw(st.from_regex(plain))
    assert pattern.search(match)
    other = data.draw(st.binary() | st.just(match[1:]) | st.just(match.upper()))
    assert (pattern.search(other) is None) is (plain.search(other) is None)
