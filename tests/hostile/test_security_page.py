"""The page about security names tests; none of them is made up, and none of the hostile ones is left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs/security.md").read_text("utf-8")
NAMED = set(re.findall(r"(tests/[\w/]+\.py)::(\w+)", PAGE))


def _tests_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_test_that_the_page_names_exists() -> None:
    """A claim whose test is renamed or removed is one that nobody holds."""
    missing = {(file, name) for file, name in NAMED if name not in _tests_of(REPOSITORY / file)}
    assert NAMED
    assert missing == set()


def test_every_hostile_test_holds_a_claim_of_the_page() -> None:
    """What is tried, and found out, is told."""
    for name in ("test_environment", "test_hiding", "test_ways_out", "test_work"):
        file = REPOSITORY / f"tests/hostile/{name}.py"
        assert {test for path, test in NAMED if path.endswith(f"{name}.py")} == _tests_of(file)


def test_every_ordeal_has_its_row() -> None:
    """What ``python tests/ordeals`` measures stands in the table, and nothing else does."""
    made = [
        node
        for file in (REPOSITORY / "tests/ordeals").glob("*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.args.args and ast.unparse(node.returns or node) == "Files"
    ]
    table = PAGE.partition("| Input | Answer | CPU s | MB |\n|---|---|---|---|\n")[2].partition("\n\n")[0]
    rows = [line.removeprefix("| ").rsplit(" | ", 3)[0] for line in table.splitlines()]
    assert sorted(rows) == sorted((ast.get_docstring(node) or "").rstrip(".") for node in made)
