"""What is asked of endpoint policies: how restrictive they must be, and who is trusted.

The same settings are those of the rule and the options of ``vpce-lint policy``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from vpce_lint.policy.decision import Level
from vpce_lint.policy.judgement import Judgement, judge_policy
from vpce_lint.policy.trust import Trust
from vpce_lint.truth import Truth, every

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.value import Value

DIMENSIONS = ("principal", "resource", "action")
LEVELS = ("broad", "restrictive", "full")

_LISTS = ("require", "trusted_accounts", "trusted_orgs", "trusted_org_paths", "trusted_resources")


class StandardError(ValueError):
    """A setting has a value that it can't have."""


class Standard(Struct, frozen=True, dict=True):
    """What a policy must be.

    ``min_level`` is ``broad``, ``restrictive`` or ``full`` (restrictive, and callers and resources are
    both bounded for every request); ``require`` are dimensions that must be bounded besides.
    """

    min_level: str = "restrictive"
    require: tuple[str, ...] = ()
    trust: Trust = field(default_factory=Trust)

    def __post_init__(self) -> None:
        """Refuse words that mean nothing."""
        _check("min_level", [self.min_level], LEVELS)
        _check("require", self.require, DIMENSIONS)

    @property
    def level(self) -> Level:
        """The least level that will do."""
        return Level.BROAD if self.min_level == "broad" else Level.RESTRICTIVE

    def is_met_by(self, judgement: Judgement) -> Truth:
        """Whether a policy is as restrictive as it must be."""
        asked = {*self.require, *(("principal", "resource") if self.min_level == "full" else ())}
        return judgement.is_at_least(self.level) & every(judgement.bounds(each) for each in sorted(asked))

    def unmet_by(self, judgement: Judgement) -> tuple[str, ...]:
        """The dimensions that are asked for and certainly aren't bounded."""
        asked = DIMENSIONS[:2] if self.min_level == "full" else ()
        return tuple(
            each for each in DIMENSIONS if (each in self.require or each in asked) and judgement.bounds(each).is_false
        )

    def judge(self, policy: Value, *, gateway: bool = False, service: str | None = None) -> Judgement:
        """What a policy lets through, for those whom this standard trusts."""
        return judge_policy(policy, self.trust, gateway=gateway, service=service)


def standard_of(settings: Mapping[str, Any], service: str | None = None) -> Standard:
    """The standard that some settings make, with the overrides for a service (``services``); ``StandardError``."""
    overrides = settings.get("services", {})
    _check("services", [type(overrides).__name__], ("dict", "mappingproxy"))
    own = overrides.get(service or "", {})
    if not isinstance(own, Mapping):
        msg = f"the settings for {service} must be a table, not {own!r}"
        raise StandardError(msg)
    known = {"min_level", "trust_aws_services", *_LISTS}
    _check(f"the settings for {service}", own, tuple(known))
    chosen = {**settings, **own}
    lists = {name: tuple(map(str, chosen.get(name, ()))) for name in _LISTS}
    trust = Trust(
        frozenset(lists["trusted_accounts"]),
        frozenset(lists["trusted_orgs"]),
        frozenset(lists["trusted_org_paths"]),
        frozenset(lists["trusted_resources"]),
        aws_services=bool(chosen.get("trust_aws_services", True)),
    )
    return Standard(str(chosen.get("min_level", "restrictive")), lists["require"], trust)


def check_settings(settings: Mapping[str, Any]) -> None:
    """``StandardError`` where a setting, or one for a service, means nothing."""
    standard_of(settings)
    for service in settings.get("services", {}):
        standard_of(settings, service)


def _check(name: str, given: Iterable[str], possible: tuple[str, ...]) -> None:
    for each in given:
        if each not in possible:
            msg = f"{name} can't be {each!r}, only {', '.join(sorted(possible))}"
            raise StandardError(msg)
