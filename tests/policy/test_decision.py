"""What a policy lets through, against going through a small world of requests one by one."""

from __future__ import annotations

import copy
import os
from random import Random
from typing import Any

import policy_world
import pytest
from policy_oracle import Answers, allows, answers, named_in, statements

from vpce_lint.policy.decision import Decision, Level, decide
from vpce_lint.policy.request import evaluate
from vpce_lint.policy.trust import Trust

RUNS = int(os.environ.get("VPCE_LINT_RUNS", "1"))
"""How many times as many random policies."""

FIRST = int(os.environ.get("VPCE_LINT_SEED", "0"))
"""Where the random policies begin."""

FIELDS = ("principal_bounded", "resource_bounded", "action_bounded", "allows_nothing")


def _agrees(decision: Decision, wanted: Answers) -> bool:
    """Whether nothing that is decided is otherwise."""
    level = decision.level is None or decision.level.name == wanted.level
    flags = [(getattr(decision, each), getattr(wanted, each)) for each in FIELDS]
    return level and all(given is None or given == right for given, right in flags)


def _is_whole(decision: Decision) -> bool:
    return decision.level is not None and all(getattr(decision, each) is not None for each in FIELDS)


def _policies(count: int, variables: float = 0.0) -> list[tuple[Random, Any]]:
    made = []
    for seed in range(FIRST, FIRST + count * RUNS):
        rng = Random(seed)  # noqa: S311 (repeatable)
        made.append((rng, policy_world.document(rng, variables=variables)))
    return made


def test_decisions_are_those_of_a_search_through_a_world() -> None:
    """Level and flags are what going through all kinds of requests finds, and hardly ever left open."""
    open_, levels = 0, set()
    for rng, document in _policies(45):
        gateway = rng.random() < 0.2
        wanted = answers(document, policy_world.world_of(document), named_in(document), gateway=gateway)
        if wanted is None:
            continue
        decision = decide(statements(document), gateway=gateway)
        assert _agrees(decision, wanted), (document, gateway, decision, wanted)
        open_ += not _is_whole(decision)
        levels.add(wanted.level)
    assert open_ <= 2 * RUNS
    assert levels == {"OPEN", "BROAD", "RESTRICTIVE"}


def test_decisions_with_policy_variables_are_those_of_a_search_through_a_world() -> None:
    """Where parts of a request depend on each other, what is decided is right, and most is decided."""
    open_ = checked = 0
    for _, document in _policies(30, variables=0.4):
        if "Federated" in str(document):
            continue
        wanted = answers(document, policy_world.world_of(document), named_in(document), most=6_000)
        if wanted is None:
            continue
        checked += 1
        decision = decide(statements(document))
        assert _agrees(decision, wanted), (document, decision, wanted)
        open_ += not _is_whole(decision)
    assert checked > 8 * RUNS
    assert open_ < checked / 3


def test_witnesses_are_allowed_and_untrusted() -> None:
    """A request that is shown for a proof is allowed, by both readings, from a stranger to a stranger's resource."""
    seen = 0
    for _, document in _policies(80):
        found = decide(statements(document)).witness
        if found is None:
            continue
        seen += 1
        trusted = named_in(document)
        assert evaluate(statements(document), found.request).allowed
        assert allows(document, found.request), (document, found.request)
        assert not trusted.caller(found.request)
        assert not trusted.resource(found.request)
    assert seen > 20 * RUNS


def _order(decision: Decision) -> int:
    return -1 if decision.level is None else int(decision.level)


def test_denies_close_and_allows_open() -> None:
    """One more Deny never makes a policy more open, one more Allow never more restrictive."""
    for rng, document in _policies(60):
        for effect in ("Allow", "Deny"):
            more = copy.deepcopy(document)
            rows = more["Statement"] if isinstance(more["Statement"], list) else [more["Statement"]]
            more["Statement"] = [*rows, policy_world.statement(rng, effect)]
            if effect == "Deny":  # what it names would be trusted, too
                more["Statement"][-1] |= {"Principal": "*", "Resource": "*"}
                more["Statement"][-1].pop("NotPrincipal", None)
                more["Statement"][-1].pop("NotResource", None)
            trust = Trust(accounts=frozenset({policy_world.OURS}), orgs=frozenset({policy_world.ORG}))
            first, second = decide(statements(document), trust), decide(statements(more), trust)
            if first.level is None or second.level is None or named_in(document).buckets != named_in(more).buckets:
                continue
            ordered = (first, second) if effect == "Deny" else (second, first)
            assert _order(ordered[0]) <= _order(ordered[1]), (document, more, effect)
            for each in FIELDS:
                pair = [getattr(one, each) for one in ordered]
                assert None in pair or pair[0] <= pair[1], (document, more, effect, each)


def _shuffled(rng: Random, value: Any) -> Any:
    """The same with everything in another order, some members twice, and keys and actions in another case."""
    if isinstance(value, dict):
        rows = list(value.items())
        rng.shuffle(rows)
        return {key: _shuffled(rng, each) for key, each in rows}
    if isinstance(value, list):
        rows = [*value, rng.choice(value)] if value else []
        rng.shuffle(rows)
        return [_shuffled(rng, each) for each in rows]
    return value


def test_order_duplicates_and_case_do_not_matter() -> None:
    """Statements, keys and values in any order, twice, with keys and actions in any case, are the same policy."""
    for rng, document in _policies(60):
        other = _shuffled(rng, document)
        rows = other["Statement"] if isinstance(other["Statement"], list) else [other["Statement"]]
        for row in rows:
            for name in ("Action", "NotAction"):
                if name in row:
                    given = row[name] if isinstance(row[name], list) else [row[name]]
                    row[name] = [rng.choice([each.upper(), each.lower()]) for each in given]
            block = row.get("Condition", {})
            row["Condition"] = {
                name: {rng.choice([key.upper(), key.lower()]): given for key, given in keys.items()}
                for name, keys in block.items()
            }
        first, second = decide(statements(document)), decide(statements(other))
        assert (first.level, *(getattr(first, each) for each in FIELDS)) == (
            second.level,
            *(getattr(second, each) for each in FIELDS),
        ), (document, other)


def _allow(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **more}


def _deny(**more: Any) -> dict[str, Any]:
    return {**_allow(**more), "Effect": "Deny"}


def _hard(kind: str) -> list[dict[str, Any]]:
    """Statements that make work."""
    if kind == "denies":
        keys = [{f"k:{at}": "a", f"l:{at % 7}": "b", f"m:{at % 11}": "c"} for at in range(100)]
        closing = _deny(Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-inside01"}})
        holes = {f"k:{at}": "a" for at in range(100)}
        rows = [_deny(Condition={"StringNotEquals": each}) for each in keys]
        return [_allow(), *rows, _deny(Condition={"StringEquals": holes}), closing]
    if kind == "chain":
        return [_allow(), *(_deny(Condition={"StringNotEquals": {f"k:{at}": "a"}}) for at in range(3000))]
    globs = [f"*{first}*{second}*a*a*" for first in "bcdefghij" for second in "klmnopqrs"]
    rows = [_deny(Condition={"StringNotLike": {"k:x": each}}) for each in globs]
    return [_allow(Condition={"StringNotLike": {"k:x": ["*t*u*", "a*"]}}), *rows]


@pytest.mark.parametrize("kind", ["denies", "chain", "globs"])
def test_too_much_work_is_no_answer(kind: str) -> None:
    """Where the work ends before the search does, nothing is said: certainly not that nothing gets through."""
    decision = decide(statements({"Version": "2012-10-17", "Statement": _hard(kind)}), work=3000)
    assert decision.level is None
    assert decision.principal_bounded is None
    assert decision.allows_nothing in {None, False}


@pytest.mark.parametrize("work", [1, 10, 50, 200, 1000, 5000])
def test_less_work_never_changes_an_answer(work: int) -> None:
    """A cap takes answers away; those that are left are the same."""
    for _, document in _policies(20):
        whole, cut = decide(statements(document)), decide(statements(document), work=work)
        for each in ("level", *FIELDS):
            given = getattr(cut, each)
            assert given is None or given == getattr(whole, each), (document, each)


def test_a_long_row_of_denies_is_followed_to_its_end() -> None:
    """Each of two hundred Denies has to be escaped, and the request that does has all their keys."""
    rows = [_deny(Condition={"StringNotEquals": {f"k:{at}": "a"}}) for at in range(200)]
    decision = decide(statements({"Statement": [_allow(), *rows]}))
    assert decision.level is Level.OPEN
    assert decision.witness is not None
    assert all(decision.witness.request.keys[f"k:{at}"] == ("a",) for at in range(200))
