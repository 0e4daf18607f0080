"""One network in every form that is read: the same answers to all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request

NETWORK = Path(__file__).parents[1] / "fixtures" / "one-network"
NAMES: dict[str, dict[str, str]] = json.loads((NETWORK / "names.json").read_text("utf-8"))
FORMS = sorted(folder.name for folder in NETWORK.iterdir() if folder.is_dir())

Answers = set[tuple[str, str, str | None, str, frozenset[str]]]


def answers_to(form: str) -> Answers:
    """The answers of all rules: rule, resource by its name in the table, what it is about, verdict, whom it affects."""
    names = {forms[form]: name for name, forms in NAMES.items() if form in forms}
    report = judge(read(Request(paths=(NETWORK / form,))), load_rules())
    return {
        (
            answer.rule,
            names[answer.address],
            answer.about,
            str(answer.verdict),
            frozenset(names[address] for address in answer.affects),
        )
        for answer in report.answers
    }


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gets_the_same_answers(form: str) -> None:
    """Whatever the network is written in, each rule says the same about each of its parts."""
    assert answers_to(form) == answers_to("terraform")


def test_network_gets_answers_of_every_kind() -> None:
    """The network is worth comparing: the rules of the core have something to find in it, and something to accept or leave open."""
    answers = answers_to("terraform")
    rules = {"VPCE001", "VPCE002", "VPCE003", "VPCE004", "VPCE005"}
    assert {rule for rule, _, _, verdict, _ in answers if verdict == "violated"} >= {*rules, "VPCE008"}
    assert {rule for rule, _, _, verdict, _ in answers if verdict in {"satisfied", "undetermined"}} >= rules


@pytest.mark.parametrize("form", FORMS)
def test_every_part_has_a_name_in_every_form(form: str) -> None:
    """The table of names leaves nothing out."""
    assert [name for name, forms in NAMES.items() if form not in forms] == []
