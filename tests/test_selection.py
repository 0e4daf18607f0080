"""Rules by the words that people name them with."""

from __future__ import annotations

import pytest
from sample import asking

from vpce_lint.fault import UNREADABLE
from vpce_lint.model import InterfaceEndpoint  # noqa: TC001 (the annotations of rules are resolved)
from vpce_lint.rule import Requirements, Rule, not_applicable, rule
from vpce_lint.selection import SelectionError, find_rule, select_rules
from vpce_lint.verdict import Severity


@rule("VPCE200", severity=Severity.LOW)
def far_away(_: InterfaceEndpoint) -> Requirements:
    """Ask nothing."""
    yield not_applicable("never")


OPEN = asking()
RULES = (OPEN, far_away)


@pytest.mark.parametrize("word", ["VPCE200", "vpce200", "far-away", "far_away", "Far-Away"])
def test_both_names_are_known(word: str) -> None:
    """A rule is found by id and by name, in any case."""
    assert find_rule(RULES, word) is far_away


def test_faults_are_found() -> None:
    """The tool's own ids are known as well."""
    assert find_rule(RULES, "unreadable-file") is UNREADABLE


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("far-awya", "there is no rule 'far-awya', did you mean VPCE200 far-away?"),
        ("VPCE20O", "there is no rule 'VPCE20O', did you mean VPCE200 far-away?"),
        ("zzzzzz", "there is no rule 'zzzzzz'; vpce-lint rules lists all"),
    ],
)
def test_unknown_words_are_errors_with_a_suggestion(word: str, words: str) -> None:
    """A misspelt rule is an error that names the nearest one, never an empty selection."""
    with pytest.raises(SelectionError) as caught:
        select_rules(RULES, [word])
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("select", "ignore", "expected"),
    [
        ([], [], RULES),
        (["far-away"], [], (far_away,)),
        ([], ["VPCE200"], (OPEN,)),
        (["VPCE100", "VPCE200"], ["far-away"], (OPEN,)),
        (["VPCE900"], [], ()),
    ],
)
def test_selection(select: list[str], ignore: list[str], expected: tuple[Rule, ...]) -> None:
    """What is selected and not ignored stays; nothing selected means all."""
    assert select_rules(RULES, select, ignore) == expected


def test_faults_cannot_be_ignored() -> None:
    """Nobody can silence what could not be read."""
    with pytest.raises(SelectionError, match="VPCE900 unreadable-file can't be ignored"):
        select_rules(RULES, ignore=["VPCE900"])
