"""The search for a request that a policy allows: exact, and with the request for an answer.

An Allow statement is taken as constraints on the request's variables. Some text is chosen for each
variable; if a Deny statement matches the request that this makes, one of its constraints must fail, so
each is tried in turn with its opposite added. A Deny that doesn't match needs no attention.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.policy.compilation import compile_statement
from vpce_lint.policy.condition_key import (
    ADDRESSES,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_ORG,
    RESOURCE_ACCOUNT,
    RESOURCE_ORG,
    TIMES,
    USER_ID,
    WITHOUT_RESOURCE_ACCOUNT,
    normal,
)
from vpce_lint.policy.example import FRESH_ORG, OUTSIDER, example_actions, example_resource
from vpce_lint.policy.glob import any_matches, arn, has_wildcard, literal, wildcard, with_account, with_first
from vpce_lint.policy.language import find
from vpce_lint.policy.operator import Ordered, Patterns, between
from vpce_lint.policy.request import Request, evaluate
from vpce_lint.policy.space import (
    ACCESS_POINT,
    ACTION,
    ANONYMOUS,
    AWS_SERVICE,
    FEDERATED,
    IAM,
    KEY,
    MEMBERSHIP,
    OWNER,
    OWNER_MEMBERSHIP,
    OWNERS,
    PRINCIPAL,
    RESOURCE,
    SERVICE,
    UNIQUE_ID,
    Constraint,
    Slot,
    Space,
    fresh_action,
    named_caller,
    slot_of,
)
from vpce_lint.policy.substitution import ACCOUNT_IDS, Substitution

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vpce_lint.policy.compilation import Compiled
    from vpce_lint.policy.language import Base, Budget
    from vpce_lint.policy.space import Caller, Given, Owner, Variable
    from vpce_lint.policy.statement import Statement
    from vpce_lint.policy.trust import Trusted

MOST_PREFERRED = 4
"""So many trusted accounts and organisations are tried before the search goes through all."""

_DENIES_PER_STATE = 4
"""To look whether so many Deny statements match costs about as much as a state of a search for a text."""


class Question(Struct, frozen=True, dict=True):
    """Which requests are looked for: of untrusted callers, to untrusted resources, with an action nobody named."""

    untrusted_caller: bool = False
    untrusted_resource: bool = False
    fresh_action: bool = False
    services: bool = False


class Found(Struct, frozen=True, dict=True):
    """A request that is allowed, and the statement of the policy that allows it."""

    request: Request
    by: Statement
    policy: tuple[Statement, ...]


ALWAYS_CHOSEN = {PRINCIPAL, ACTION, RESOURCE, OWNER, UNIQUE_ID}
"""Variables that are never absent where they are variables at all."""


class Uncertain(Exception):  # noqa: N818 (not an error: an answer)
    """Whether there is such a request can't be told."""


class Search:
    """The requests that some statements allow."""

    def __init__(
        self,
        statements: Sequence[Statement],
        trusted: Trusted,
        budget: Budget,
        *,
        gateway: bool = False,
        service: str | None = None,
    ) -> None:
        self._statements = statements
        self._trusted = trusted
        self._budget = budget
        self._gateway = gateway
        self._service = service
        self._substitution = Substitution(statements, _fresh_values(trusted, statements))
        self._quantified = {
            normal(each.key)
            for statement in statements
            for each in statement.conditions
            if each.operator is not None and each.operator.every is not None
        }
        self._fresh = fresh_action(tuple(_prefixes(statements)))
        self._space = Space(_partitions(statements), self._preferred)
        self._compiled: dict[tuple[object, ...], list[tuple[Statement, Compiled]]] = {}
        self._limits_made: dict[tuple[object, ...], tuple[Constraint, ...]] = {}
        self._choices_made: dict[tuple[object, ...], tuple[bool, Given]] = {}
        self._ids = {
            each.id
            for statement in statements
            for each in statement.principals.named
            if each.type in {"Federated", "CanonicalUser"}
            or (each.type == "AWS" and each.account is None and ":" not in each.id and each.id != "*")
        }

    def find(self, question: Question) -> Found | None:
        """A request as it is asked for; ``None`` if there certainly is none. ``Uncertain``, ``BudgetError``."""
        uncertain = False
        for caller in self._callers(question):
            for owner in OWNERS:
                for chosen, complete in self._substitution.choices(caller, owner):
                    try:
                        found = self._in(caller, owner, chosen, question)
                    except Uncertain:
                        uncertain = True
                        continue
                    if found is None:
                        continue
                    if complete:
                        return found
                    uncertain = True
        if uncertain:
            raise Uncertain
        return None

    def _callers(self, question: Question) -> Iterator[Caller]:
        yield IAM
        yield ANONYMOUS
        if self._service in {None, "sts"}:
            yield FEDERATED
        if not question.untrusted_caller:
            for identity in sorted(self._ids):
                yield named_caller(identity)
        if question.services or (question.untrusted_caller and not self._trusted.aws_services):
            yield AWS_SERVICE

    def _statements_for(
        self, caller: Caller, owner: Owner, chosen: Mapping[str, Given]
    ) -> list[tuple[Statement, Compiled]]:
        key = (caller.kind + caller.identity, OWNERS.index(owner), tuple(chosen.items()))
        found = self._compiled.get(key)
        if found is None:
            self._budget.spend(len(self._statements))
            found = self._compiled[key] = [
                (each, compile_statement(each, caller, owner, chosen, gateway=self._gateway))
                for each in self._statements
            ]
        return found

    def _in(self, caller: Caller, owner: Owner, chosen: Mapping[str, Given], question: Question) -> Found | None:
        compiled = self._statements_for(caller, owner, chosen)
        denies = [each for statement, each in compiled if statement.effect == "Deny" and each is not None]
        if () in denies:
            return None
        limits = [*self._limited(caller, owner, question), *self._fixed(caller, owner, chosen)]
        uncertain = False
        for statement, constraints in compiled:
            if statement.effect != "Allow" or constraints is None:
                continue
            attempt = _Attempt(self, caller, owner, question, denies)
            try:
                request = attempt.solve([*limits, *constraints])
            except Uncertain:
                uncertain = True
                continue
            if request is None:
                continue
            outcome = evaluate(self._statements, request, gateway=self._gateway)
            if outcome.allowed and outcome.by is not None:
                return Found(request, outcome.by, tuple(self._statements))
            uncertain = True
        if uncertain:
            raise Uncertain
        return None

    def _fixed(self, caller: Caller, owner: Owner, chosen: Mapping[str, Given]) -> Iterator[Constraint]:
        for key, value in chosen.items():
            slot = slot_of(key, caller, owner)
            if not isinstance(slot, Slot):
                continue
            if value is None:
                yield Constraint(slot.variable, Patterns(()), absent=True)
            else:
                yield Constraint(slot.variable, Patterns((slot.lifted(literal(value[0])),)))

    def _limited(self, caller: Caller, owner: Owner, question: Question) -> tuple[Constraint, ...]:
        key = (question.untrusted_caller and caller.kind == "iam", question.untrusted_resource, owner.kind, owner.known)
        limits = self._limits_made.get(key)
        if limits is None:
            every = self._limits(caller, owner, question)
            limits = self._limits_made[key] = tuple(each for each in every if not _is_void(each))
        return limits

    def _limits(self, caller: Caller, owner: Owner, question: Question) -> Iterator[Constraint]:
        """What it means that the caller, or the resource, isn't trusted."""
        named = self._trusted
        accounts = tuple(with_account(literal(each)) for each in sorted(named.accounts))
        members = (
            *(with_first(literal(each), "/") for each in sorted(named.orgs)),
            *(wildcard(each) for each in sorted(named.org_paths)),
        )
        if question.untrusted_caller and caller.kind == "iam":
            yield Constraint(PRINCIPAL, Patterns(accounts), inside=False)
            yield Constraint(MEMBERSHIP, Patterns(members), inside=False, absent=True)
            ids = tuple(glob for each in sorted(named.ids) for glob in (literal(each), wildcard(f"{each}:*")))
            yield Constraint(UNIQUE_ID, Patterns(ids), inside=False)
        if question.untrusted_resource:
            owned = tuple(arn(each) for each in sorted(named.resources))
            if owner.kind == "with account":
                owned += accounts
            else:
                yield Constraint(OWNER, Patterns(tuple(map(literal, sorted(named.accounts)))), inside=False)
            yield Constraint(RESOURCE, Patterns(owned), inside=False)
            yield Constraint(OWNER_MEMBERSHIP, Patterns(members), inside=False, absent=True)
            yield Constraint(ACCESS_POINT, Patterns(accounts), inside=False, absent=True)
        if not owner.known:
            prefixes = tuple(wildcard(f"{each}:*") for each in WITHOUT_RESOURCE_ACCOUNT)
            yield Constraint(ACTION, Patterns(prefixes))

    def variable(self, name: str, owner: Owner, question: Question) -> Variable:
        """What a variable can be, for this question."""
        return self._space.variable(
            name, owner, trusted=not question.untrusted_caller, quantified=name.removeprefix(KEY) in self._quantified
        )

    def spend(self, states: int) -> None:
        """Count steps."""
        self._budget.spend(states)

    def choose(
        self, name: str, variable: Variable, question: Question, constraints: Sequence[Constraint]
    ) -> tuple[bool, Given]:
        """Whether a variable can be so, and how."""
        key = (name, id(variable), question.fresh_action, *constraints)
        made = self._choices_made.get(key)
        if made is None:
            made = self._choices_made[key] = self._choose(name, variable, question, constraints)
        return made

    def _choose(
        self, name: str, variable: Variable, question: Question, constraints: Sequence[Constraint]
    ) -> tuple[bool, Given]:
        if variable.absent and all(each.absent for each in constraints):
            return True, None
        base = self._fresh if question.fresh_action and name == ACTION else variable.base
        single = [each for each in constraints if not variable.several or each.every]
        some = [each for each in constraints if variable.several and not each.every]
        chosen: dict[str, None] = {}
        for wanted in [[*single, extra] for extra in some] or [single]:
            text = self._text(base, wanted)
            if text is None:
                return False, None
            chosen[text] = None
        return True, tuple(chosen)

    def _text(self, base: Base, constraints: Sequence[Constraint]) -> str | None:
        inside = [each.values.globs for each in constraints if isinstance(each.values, Patterns) and each.inside]
        outside = [each.values.globs for each in constraints if isinstance(each.values, Patterns) and not each.inside]
        if len(inside) + len(outside) == len(constraints):
            return find(base, inside, outside, self._budget)
        texts = [*base.preferred, *(text for each in constraints for text in each.values.boundaries())]
        texts += between([each.values for each in constraints if isinstance(each.values, Ordered)])
        self._budget.spend(len(texts) * len(constraints))
        found = next(
            (
                text
                for text in texts
                if any_matches(base.globs, text) and all(each.holds((text,)) for each in constraints)
            ),
            None,
        )
        if found is None and (inside or outside or not all(each.variable.startswith(KEY) for each in constraints)):
            raise Uncertain
        return found

    def _preferred(self, name: str) -> tuple[str, ...]:
        """Texts that are tried first, because they read well in an example."""
        if name.startswith(KEY):
            key = name.removeprefix(KEY)
            if key in TIMES:
                return ("2026-01-01T00:00:00Z",)
            return ("10.0.0.1", "203.0.113.1", "2001:db8::1") if key in ADDRESSES else ("outsider", "true", "false")
        account = _fresh_account(self._trusted.accounts)
        accounts = (account, *sorted(self._trusted.accounts)[:MOST_PREFERRED])
        orgs = (FRESH_ORG, *sorted(self._trusted.orgs)[:MOST_PREFERRED])
        if name == ACTION:
            return example_actions(self._service)
        if name == f"{RESOURCE} with account":
            services = [self._service or "", *_prefixes(self._statements)][:MOST_PREFERRED]
            return tuple(dict.fromkeys(example_resource(each, of) for of in accounts[:2] for each in services))
        return {
            PRINCIPAL: tuple(f"arn:aws:iam::{each}:role/outsider" for each in accounts),
            MEMBERSHIP: tuple(f"{each}/r-outs/" for each in orgs),
            OWNER_MEMBERSHIP: tuple(f"{each}/r-outs/" for each in orgs),
            UNIQUE_ID: ("AROAOUTSIDER0OUTSIDER:outsider",),
            f"{RESOURCE} without account": ("arn:aws:s3:::outsider/object", "arn:aws:s3:::outsider"),
            OWNER: accounts,
            SERVICE: ("logs.amazonaws.com",),
            ACCESS_POINT: (f"arn:aws:s3:us-east-1:{account}:accesspoint/outsider",),
        }[name]


class _Attempt:
    """The search for one Allow statement, one kind of caller and one kind of resource."""

    def __init__(
        self, search: Search, caller: Caller, owner: Owner, question: Question, denies: Sequence[tuple[Constraint, ...]]
    ) -> None:
        self._search = search
        self._caller = caller
        self._owner = owner
        self._question = question
        self._denies = denies

    def solve(self, constraints: Iterable[Constraint]) -> Request | None:
        """A request that keeps the constraints and that no Deny matches."""
        by_variable: defaultdict[str, list[Constraint]] = defaultdict(list)
        for each in constraints:
            by_variable[each.variable].append(each)
        for name in (PRINCIPAL, ACTION, RESOURCE):
            by_variable[name]  # chosen in any case
        values: dict[str, Given] = {}
        for name, wanted in by_variable.items():
            possible, values[name] = self._choose(name, wanted)
            if not possible:
                return None
        return self._escape(dict(by_variable), values)

    def _choose(self, name: str, constraints: Sequence[Constraint]) -> tuple[bool, Given]:
        variable = self._search.variable(name, self._owner, self._question)
        return self._search.choose(name, variable, self._question, constraints)

    def _escape(self, constraints: dict[str, list[Constraint]], values: dict[str, Given]) -> Request | None:
        """The request of these values; where a Deny matches it, one that is changed so that the Deny doesn't."""
        ways = [iter([(constraints, values)])]
        while ways:
            way = next(ways[-1], None)
            if way is None:
                ways.pop()
                continue
            constraints, values = way
            self._search.spend(1 + (len(self._denies) + len(values)) // _DENIES_PER_STATE)
            deny = next((each for each in self._denies if all(self._holds(one, values) for one in each)), None)
            if deny is None:
                return self._request(values)
            ways.append(self._ways_out(deny, constraints, values))
        return None

    def _ways_out(
        self, deny: tuple[Constraint, ...], constraints: dict[str, list[Constraint]], values: dict[str, Given]
    ) -> Iterator[tuple[dict[str, list[Constraint]], dict[str, Given]]]:
        """For each constraint of a Deny, the values changed so that it doesn't hold."""
        for each in deny:
            wanted = [*constraints.get(each.variable, []), each.negated()]
            possible, value = self._choose(each.variable, wanted)
            if possible:
                yield {**constraints, each.variable: wanted}, {**values, each.variable: value}

    def _holds(self, constraint: Constraint, values: dict[str, Given]) -> bool:
        name = constraint.variable
        if name not in values:
            _, values[name] = self._choose(name, [])
        return constraint.holds(values[name])

    def _request(self, values: Mapping[str, Given]) -> Request:
        keys: dict[str, Given] = {**self._caller.fixed, **self._owner.fixed}
        for key, slot in (*self._caller.slots.items(), *self._owner.slots.items()):
            given = values.get(slot.variable, self._choose(slot.variable, [])[1])
            keys[key] = given and tuple(slot.part(text) for text in given)
        for name, given in values.items():
            if name.startswith(KEY):
                keys[name.removeprefix(KEY)] = given
        point = values.get(ACCESS_POINT)
        if point:
            keys["s3:dataaccesspointarn"] = point
            keys["s3:dataaccesspointaccount"] = (point[0].split(":")[4],)
        return Request(
            self._caller.kind,
            (values[ACTION] or ("",))[0],
            (values[RESOURCE] or ("",))[0],
            {key: given for key, given in keys.items() if given},
            self._caller.identity,
        )


def _fresh_values(named: Trusted, statements: Sequence[Statement]) -> dict[str, str]:
    """Values of keys that nobody named."""
    texts = [text for each in statements for one in each.conditions for text in one.values]
    texts += [each for statement in statements for each in statement.resources.values]
    texts += [each.id for statement in statements for each in statement.principals.named]
    account = _fresh_account({*named.accounts, *ACCOUNT_IDS.findall(" ".join(texts))})
    return {
        PRINCIPAL_ACCOUNT: account,
        RESOURCE_ACCOUNT: account,
        PRINCIPAL_ORG: FRESH_ORG,
        RESOURCE_ORG: FRESH_ORG,
        PRINCIPAL_ARN: f"arn:aws:iam::{account}:role/outsider",
        USER_ID: "AROAOUTSIDER0OUTSIDER:outsider",
    }


def _is_void(constraint: Constraint) -> bool:
    """Whether it forbids nothing, not even absence."""
    empty = isinstance(constraint.values, Patterns) and not constraint.values.globs
    return empty and not constraint.inside and (constraint.absent or constraint.variable in ALWAYS_CHOSEN)


def _fresh_account(accounts: Iterable[str]) -> str:
    taken = set(accounts)
    number = int(OUTSIDER)
    while str(number) in taken:
        number -= 1
    return str(number)


def _prefixes(statements: Iterable[Statement]) -> Iterable[str]:
    """The IAM prefixes that the policy names."""
    named = (value.lower().partition(":")[0] for each in statements for value in each.actions.values)
    return dict.fromkeys(["s3", *(each for each in named if each and not has_wildcard(each))])


def _partitions(statements: Iterable[Statement]) -> set[str]:
    texts: list[str] = []
    for statement in statements:
        texts += [*statement.resources.values, *(each.id for each in statement.principals.named)]
        texts += [value for each in statement.conditions for value in each.values]
    parts = (text.split(":", 2) for text in texts if text.startswith("arn:"))
    return {each[1] for each in parts if len(each) > 2 and each[1] and not has_wildcard(each[1])}
