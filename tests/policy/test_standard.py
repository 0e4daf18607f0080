"""What is asked of a policy, and how settings say it."""

from __future__ import annotations

from typing import Any

import pytest

from vpce_lint.policy.decision import Level
from vpce_lint.policy.judgement import Judgement
from vpce_lint.policy.standard import Standard, StandardError, standard_of
from vpce_lint.truth import Reason

WHY = (Reason("var.org has no default"),)


def judgement(least: Level, most: Level, **flags: Any) -> Judgement:
    """A judgement of this interval; what isn't given is bounded."""
    bounded = {"principal_bounded": True, "resource_bounded": True, "action_bounded": True, **flags}
    return Judgement(least, most, reasons=WHY, **bounded)


@pytest.mark.parametrize(
    ("min_level", "least", "most", "met"),
    [
        ("broad", Level.BROAD, Level.BROAD, True),
        ("broad", Level.OPEN, Level.RESTRICTIVE, None),
        ("restrictive", Level.BROAD, Level.BROAD, False),
        ("restrictive", Level.OPEN, Level.BROAD, False),
        ("restrictive", Level.BROAD, Level.RESTRICTIVE, None),
        ("restrictive", Level.RESTRICTIVE, Level.RESTRICTIVE, True),
    ],
)
def test_interval_of_levels_decides_where_all_of_it_lies_on_one_side(
    min_level: str, least: Level, most: Level, *, met: bool | None
) -> None:
    """A level that isn't known is only undetermined where it could turn out either way."""
    answer = Standard(min_level).is_met_by(judgement(least, most))
    assert answer.value is met
    assert answer.reasons == (WHY if met is None else ())


def test_full_asks_for_callers_and_resources() -> None:
    """A policy that no outsider can use for an outsider's resource may still let one's own callers reach those."""
    judged = judgement(Level.RESTRICTIVE, Level.RESTRICTIVE, resource_bounded=False)
    assert Standard("restrictive").is_met_by(judged).is_true
    assert Standard("full").is_met_by(judged).is_false
    assert Standard("full").unmet_by(judged) == ("resource",)
    assert Standard("broad", require=("resource", "action")).unmet_by(judged) == ("resource",)


def test_settings_of_a_service_come_before_the_general_ones() -> None:
    """What one service can't do (an anonymous API) must not weaken what is asked of the others."""
    settings = {
        "min_level": "full",
        "trusted_orgs": ["o-a1b2c3d4e5"],
        "services": {"execute-api": {"min_level": "broad", "require": ["resource"]}},
    }
    assert standard_of(settings, "s3").min_level == "full"
    own = standard_of(settings, "execute-api")
    assert (own.min_level, own.require, own.trust.orgs) == ("broad", ("resource",), frozenset({"o-a1b2c3d4e5"}))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"min_level": "strict"}, "min_level can't be 'strict', only broad, full, restrictive"),
        ({"require": ["principals"]}, "require can't be 'principals', only action, principal, resource"),
        ({"services": {"s3": {"minimum": "broad"}}}, "the settings for s3 can't be 'minimum'"),
    ],
)
def test_words_that_mean_nothing_are_refused(settings: dict[str, Any], words: str) -> None:
    """A misspelt setting that is passed over would ask for less than its author thinks."""
    with pytest.raises(StandardError, match=words.replace("(", r"\(")):
        standard_of(settings, "s3")
