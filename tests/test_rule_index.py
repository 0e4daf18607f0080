"""The page of all rules."""

from vpce_lint.loader import load_rules
from vpce_lint.rule_index import PAGE, render


def test_page_is_fresh() -> None:
    """The committed page is what the rules' docstrings make; ``python -m vpce_lint.rule_index`` renews it."""
    assert PAGE.read_text("utf-8") == render(load_rules())
