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
