"""What a policy of known statements lets through: five questions, and the level that their answers make.

``J`` is the question of the whole: may an untrusted caller reach an untrusted resource? It is one
question and not two, because AWS's own reference policies bound neither callers nor resources for
every request, and no request pairs an outsider with an outsider's resource all the same.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.policy.language import Budget, BudgetError
from vpce_lint.policy.search import Found, Question, Search, Uncertain
from vpce_lint.policy.trust import Trust, trusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vpce_lint.policy.statement import Statement

WORK = 200_000
"""So many states a decision may look at before it gives up, about half a second."""


class Level(IntEnum):
    """How restrictive a policy is; greater is more restrictive.

    OPEN: an untrusted caller may use an untrusted resource with actions that nobody listed. BROAD:
    only with listed actions. RESTRICTIVE: not at all.
    """

    OPEN = 0
    BROAD = 1
    RESTRICTIVE = 2


class Decision(Struct, frozen=True, dict=True):
    """The answers about one policy; ``None`` where the work that they take has no end in sight.

    ``principal_bounded``: no untrusted caller may do anything; ``resource_bounded``: nobody may reach an
    untrusted resource; ``action_bounded``: nobody may use an action that isn't listed; these three are
    about callers other than AWS services. ``allows_nothing``: nobody may do anything. ``witness`` is a
    request that makes the level less than RESTRICTIVE.
    """

    level: Level | None
    principal_bounded: bool | None
    resource_bounded: bool | None
    action_bounded: bool | None
    allows_nothing: bool | None
    witness: Found | None

    @property
    def joint_bounded(self) -> bool | None:
        """Whether no untrusted caller may reach an untrusted resource."""
        return None if self.level is None else self.level is Level.RESTRICTIVE


def decide(
    statements: Sequence[Statement],
    trust: Trust | None = None,
    *,
    own: frozenset[str] = frozenset(),
    gateway: bool = False,
    service: str | None = None,
    work: int = WORK,
) -> Decision:
    """The answers for some statements; ``own`` are accounts that are trusted whatever the configuration says."""
    named = trusted(statements, trust or Trust(), own)
    budget = Budget(work)
    search = Search(statements, named, budget, gateway=gateway, service=service)

    def ask(question: Question) -> tuple[bool | None, Found | None]:
        try:
            found = search.find(question)
        except (BudgetError, Uncertain):
            return None, None
        return found is not None, found

    anything, _ = ask(Question(services=True))
    if anything is False:
        return Decision(Level.RESTRICTIVE, True, True, True, True, None)  # noqa: FBT003 (five answers in a row)
    joint, witness = ask(Question(untrusted_caller=True, untrusted_resource=True))
    if joint:
        fresh, _ = ask(Question(untrusted_caller=True, untrusted_resource=True, fresh_action=True))
        level = None if fresh is None else Level.OPEN if fresh else Level.BROAD
        action = True if fresh else ask(Question(fresh_action=True))[0]
        return Decision(level, False, False, _not(action), _not(anything), witness)  # noqa: FBT003 (as above)
    caller, _ = ask(Question(untrusted_caller=True))
    resource, _ = ask(Question(untrusted_resource=True))
    action, _ = ask(Question(fresh_action=True))
    level = Level.RESTRICTIVE if joint is False else None
    return Decision(level, _not(caller), _not(resource), _not(action), _not(anything), None)


def _not(answer: bool | None) -> bool | None:  # noqa: FBT001 (three-valued)
    return None if answer is None else not answer
