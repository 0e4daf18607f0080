"""Whether a text is of some patterns and not of others, against z3 and against definitions that are too slow to use."""

from __future__ import annotations

import os
from random import Random

import pytest
import z3
from policy_oracle import glob as fits

from vpce_lint.policy.glob import (
    ANY,
    DIGIT,
    IN_SEGMENT,
    Characters,
    Glob,
    arn,
    exactly,
    ignoring_case,
    joined,
    literal,
    several,
    wildcard,
    with_account,
    with_first,
)
from vpce_lint.policy.language import Base, Budget, BudgetError, anything, find

RUNS = int(os.environ.get("VPCE_LINT_RUNS", "1"))
"""How many times as long the random tests run."""

Expression = z3.ReRef
_SORT = z3.ReSort(z3.StringSort())


def _class(characters: Characters) -> Expression:
    """A class of characters as z3 has it."""
    if characters.members is not None:
        alike = [z3.Re(each) for each in sorted(characters.members)]
        return z3.Union(*alike) if len(alike) > 1 else alike[0]
    if not characters.excluded:
        return z3.AllChar(_SORT)
    barred = [z3.Re(each) for each in sorted(characters.excluded)]
    return z3.Intersect(z3.AllChar(_SORT), z3.Complement(z3.Union(*barred) if len(barred) > 1 else barred[0]))


def _expression(glob: Glob) -> Expression:
    """A pattern as z3 has it, from its tokens."""
    rows = [z3.Star(_class(each.characters)) if each.star else _class(each.characters) for each in glob.tokens]
    return z3.Concat(*rows) if len(rows) > 1 else rows[0] if rows else z3.Re("")


def _is_there(base: Base, inside: list[tuple[Glob, ...]], outside: list[tuple[Glob, ...]]) -> bool:
    text, solver = z3.String("text"), z3.Solver()
    for globs in (base.globs, *inside):
        solver.add(z3.Or([z3.InRe(text, _expression(each)) for each in globs]))
    for globs in outside:
        solver.add(z3.Not(z3.Or([z3.InRe(text, _expression(each)) for each in globs])))
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)


def _check(base: Base, inside: list[tuple[Glob, ...]], outside: list[tuple[Glob, ...]]) -> bool:
    found = find(base, inside, outside, Budget(10**6))
    assert (found is not None) == _is_there(base, inside, outside), (base, inside, outside, found)
    if found is not None:
        assert all(any(each.matches(found) for each in globs) for globs in (base.globs, *inside))
        assert not any(each.matches(found) for globs in outside for each in globs)
    return found is not None


def _sets(rng: Random, make: list[Glob], most: int) -> list[tuple[Glob, ...]]:
    return [tuple(rng.sample(make, rng.randint(1, 3))) for _ in range(rng.randint(0, most))]


def test_globs_are_told_apart_as_z3_tells_them() -> None:
    """Sets of patterns of few characters, which overlap a lot, are empty exactly where z3 says so."""
    rng, there = Random(1), 0  # noqa: S311 (repeatable)
    for _ in range(60 * RUNS):
        make = [wildcard("".join(rng.choices("aab*?:", k=rng.randint(1, 6)))) for _ in range(9)]
        make += [ignoring_case("".join(rng.choices("aAbB", k=rng.randint(1, 3)))), arn("*:?:a:*:b*:a*b")]
        there += _check(anything(), [*_sets(rng, make, 2), (rng.choice(make),)], _sets(rng, make, 2))
    assert 10 * RUNS < there < 59 * RUNS


def test_classes_are_told_apart_as_going_through_all_texts_does() -> None:
    """Patterns that between them spell all digits leave those digits to be had, in every combination."""
    rng, there = Random(2), 0  # noqa: S311 (repeatable)
    ids = ["012", "345", "678", "901", "555", "999"]
    shapes = ["{}", "a:{}", "{}:x"]
    for _ in range(150 * RUNS):
        shape = rng.choice(shapes)
        before, after = shape.split("{}")
        base = Base((joined([literal(before), exactly(DIGIT, 3), literal(after)]),))
        make = [literal(shape.format(each)) for each in ids]
        make += [wildcard(text) for text in ("5*", "*5", "???", "*:???", "???:*", "*:5*", "*1*", "?2*", "*7?:*", "*")]
        make += [several(Characters(frozenset("01234567:ax"))), several(Characters(None, frozenset("5")))]
        inside, outside = _sets(rng, make, 1), _sets(rng, make, 3)
        found = find(base, inside, outside, Budget(10**6))
        texts = (shape.format(f"{number:03}") for number in range(1000))
        wanted = any(
            all(any(each.matches(text) for each in globs) for globs in inside)
            and not any(each.matches(text) for globs in outside for each in globs)
            for text in texts
        )
        assert (found is not None) == wanted, (shape, inside, outside, found)
        there += wanted
    assert 30 * RUNS < there < 140 * RUNS


def test_all_digits_being_spelt_leaves_digits_to_be_had() -> None:
    """Ten digits in the ids that are excluded don't hide the ids that aren't."""
    assert find(Base((exactly(DIGIT, 12),)), [(wildcard("5*"),)], [(literal("012345678901"),)], Budget(10**5))
    found = find(anything(), [(wildcard("*"),)], [(several(IN_SEGMENT, 0),), (literal(":"),)], Budget(10**5))
    assert found is not None
    assert ":" in found


@pytest.mark.parametrize("make", [wildcard, arn])
def test_patterns_match_as_they_are_defined(make: object) -> None:
    """A pattern matches what the definition says, also by what ``begins`` and ``covers`` promise."""
    rng = Random(3)  # noqa: S311 (repeatable)
    for _ in range(3000 * RUNS):
        pattern = "".join(rng.choices("ab*?:", k=rng.randint(0, 7)))
        text = "".join(rng.choices("ab:", k=rng.randint(0, 7)))
        whole = wildcard(pattern)
        assert whole.matches(text) == fits(pattern, text)
        if whole.matches(text):
            assert all(whole.begins(text[:at]) for at in range(len(text) + 1))
        other = wildcard("".join(rng.choices("ab*", k=3)))
        if whole.covers(other):
            assert find(anything(), [(other,)], [(whole,)], Budget(10**5)) is None


def test_wildcards_of_an_arn_stay_in_their_segments() -> None:
    """An ARN matches segment by segment, and what has fewer segments as a whole."""
    rng = Random(4)  # noqa: S311 (repeatable)
    for _ in range(3000 * RUNS):
        pattern = ":".join("".join(rng.choices("a*?", k=rng.randint(0, 2))) for _ in range(rng.randint(4, 7)))
        text = ":".join("".join(rng.choices("ab", k=rng.randint(0, 2))) for _ in range(rng.randint(4, 8)))
        segments, parts = pattern.split(":", 5), text.split(":", 5)
        wanted = fits(pattern, text)
        if len(segments) == 6:
            wanted = len(parts) == 6 and all(map(fits, segments, parts))
        assert arn(pattern).matches(text) == wanted, (pattern, text)


def test_the_account_of_an_arn_is_its_fifth_segment() -> None:
    """A pattern for the account, lifted to ARNs, matches the ARNs whose fifth segment it matches."""
    rng = Random(5)  # noqa: S311 (repeatable)
    for _ in range(4000 * RUNS):
        pattern = "".join(rng.choices("12*?:", k=rng.randint(0, 4)))
        text = "arn:" + ":".join("".join(rng.choices("12", k=rng.randint(0, 3))) for _ in range(rng.randint(4, 6)))
        parts = text.split(":", 5)
        wanted = len(parts) == 6 and fits(pattern, parts[4])
        assert with_account(wildcard(pattern)).matches(text) == wanted, (pattern, text)
        if "*" not in pattern and "?" not in pattern:
            assert with_account(literal(pattern)).matches(text) == wanted, (pattern, text)


def test_the_organisation_of_a_path_is_what_comes_before_the_slash() -> None:
    """A pattern for the organisation, lifted to paths, matches the paths whose first part it matches."""
    rng = Random(6)  # noqa: S311 (repeatable)
    for _ in range(4000 * RUNS):
        pattern = "".join(rng.choices("oa*?/", k=rng.randint(0, 4)))
        text = "".join(rng.choices("oa/", k=rng.randint(0, 6)))
        first, slash, _ = text.partition("/")
        assert with_first(wildcard(pattern), "/").matches(text) == (bool(slash) and fits(pattern, first))


def test_case_is_ignored_where_that_is_asked() -> None:
    """A text ignoring case is every mixture of its letters' cases, and nothing else."""
    rng = Random(7)  # noqa: S311 (repeatable)
    for _ in range(2000 * RUNS):
        text = "".join(rng.choices("aA1*", k=rng.randint(0, 3)))
        other = "".join(rng.choices("aA1*", k=rng.randint(0, 3)))
        assert ignoring_case(text).matches(other) == (text.lower() == other.lower())


def test_a_search_ends_when_the_budget_does() -> None:
    """Patterns whose combinations explode end in ``BudgetError``, not in an answer."""
    inside = [(wildcard(f"*{first}*a*{second}*"),) for first in "bcdefgh" for second in "ijklmno"]
    with pytest.raises(BudgetError):
        find(anything(), inside, [(joined([several(Characters(None, frozenset("b")), 0)]),)], Budget(2000))
    assert ANY.members is None
