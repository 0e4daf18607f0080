"""The services that a workload may call by what its role is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.demand.action import services_called
from vpce_lint.demand.demand import EVERYTHING, Evidence
from vpce_lint.demand.need import Need, likely
from vpce_lint.demand.own_work import calls_itself
from vpce_lint.demand.pattern import covers
from vpce_lint.services import catalogue
from vpce_lint.truth import TRUE, Reason, Truth, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.demand.denial import Denials
    from vpce_lint.demand.managed_policy import Grants
    from vpce_lint.demand.role import Permissions
    from vpce_lint.demand.statement import Statement
    from vpce_lint.permission import Role
    from vpce_lint.workload import Workload


def allowed_needs(
    workload: Workload, role: Role, permissions: Permissions, there: Truth, *, polls: bool, delivers: bool
) -> Iterator[Need]:
    """A need for each service that the role may call; ``there`` says whether the workload has the role.

    What is denied altogether is none, and neither is what AWS does itself by the role.
    """
    holds = there & _within_boundary(permissions)
    who = f"role {_name_of(role)}"
    denials = permissions.denials
    for statement in permissions.statements:
        if not statement.allows or statement.only_via_services:
            continue
        if statement.inverted:
            yield from _everything(statement, holds & statement.truth, denials, who)
            continue
        for written, listed in statement.actions:
            pattern = written.lower()
            truth = holds & statement.truth & listed
            if pattern in {"*", "*:*"}:
                yield from _everything(statement, truth, denials, who)
                continue
            truth &= ~denials.against(pattern)
            if truth.is_false:
                continue
            truth &= calls_itself(workload, pattern, polls=polls, delivers=delivers)
            evidence = Evidence(statement.span, f"{who} may call {written}")
            for called in services_called(pattern):
                yield Need(called.service, truth & called.truth, evidence)
    for granted in permissions.granted:
        evidence = Evidence(granted.span, f"{who} has the policy {granted.name}")
        truth = holds & granted.truth
        if granted.grants.everything:
            yield _all_services(truth, denials, evidence, ())
        for service in (*granted.grants.services, *granted.grants.perhaps):
            calls = truth & ~denials.of_service(service)
            if service in granted.grants.perhaps:
                calls &= unknown(Reason(f"not all that have {granted.name} call {service}"))
            for prefix in _prefixes_of(service, granted.grants):
                calls &= calls_itself(workload, f"{prefix}:*", polls=polls, delivers=delivers)
            yield Need(service, calls, evidence)


def _prefixes_of(service: str, grants: Grants) -> tuple[str, ...]:
    """The IAM prefixes under which a policy allows calls of a service; image layers in S3 go with ECR's."""
    prefixes = catalogue()[service].iam_prefixes
    return (*prefixes, "ecr") if service == "s3" and "ecr.dkr" in grants.services else prefixes


def _within_boundary(permissions: Permissions) -> Truth:
    if permissions.limited.is_false:
        return TRUE
    return likely("the role's permissions boundary is taken to allow what its policies allow")


def _name_of(role: Role) -> str:
    return role.address if role.name.reasons or role.name.is_null.is_true else str(role.name)


def _everything(statement: Statement, truth: Truth, denials: Denials, who: str) -> Iterator[Need]:
    """The need of who may call any service: ``*``, or all actions but some."""
    excepted: tuple[str, ...] = ()
    label = f"{who} may call *"
    if statement.inverted:
        excepted = tuple(pattern.lower() for pattern, _ in statement.actions)
        label = f"{who} may call all but {len(excepted)} actions"
        truth &= unknown(*statement.open_actions) if statement.open_actions else TRUE
    yield _all_services(truth, denials, Evidence(statement.span, label), excepted)


def _all_services(truth: Truth, denials: Denials, evidence: Evidence, excepted: tuple[str, ...]) -> Need:
    """A likely need for any service, apart from those that are excepted or denied altogether."""
    apart = denials.services
    if excepted:
        apart |= frozenset(
            entry.name
            for entry in catalogue().values()
            if entry.iam_prefixes
            and all(any(covers(each, f"{prefix}:*") for each in excepted) for prefix in entry.iam_prefixes)
        )
    wide = likely("the role may call every service, which doesn't show which of them it calls")
    return Need(EVERYTHING, truth & wide & ~denials.against("*"), evidence, apart)
