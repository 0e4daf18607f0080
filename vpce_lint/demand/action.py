"""Which endpoint services the calls go to that an IAM action allows.

The catalogue knows each service's IAM prefixes. Where a prefix is served by several endpoints,
``data/endpoints_by_action.json`` says which one serves which actions (``planes``) and which all others (``default``);
``open``: a wildcard doesn't show which of them is meant. ``data/actions.json`` has what is peculiar to single actions:
``calls`` is false for permissions that no request is made for, ``together`` names services that are called with it,
``perhaps`` says why the permission doesn't show that the service is called.
Sources: the services' own guides (Amazon ECR, DynamoDB Streams, SageMaker AI: interface VPC endpoints; AWS Systems
Manager: ec2messages), the actions in AWS's Service Authorization Reference, and the names of the services' API
endpoints; the latter are inferred.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from msgspec import Struct, json

from vpce_lint.demand.pattern import LONGEST, covers, is_open, overlap
from vpce_lint.services import catalogue
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

_DATA = Path(__file__).parent.parent / "data"


class _Planes(TypedDict, total=False):
    default: list[str]
    open: bool
    planes: dict[str, list[str]]


class _Peculiar(TypedDict, total=False):
    calls: bool
    together: list[str]
    perhaps: str


class Called(Struct, frozen=True):
    """A service that is called where an action is used."""

    service: str
    truth: Truth


@lru_cache(maxsize=10_000)
def services_called(pattern: str) -> tuple[Called, ...]:
    """The services behind an action or a pattern in lower case, ``sqs:send*``; none for one without endpoints.

    True where the pattern shows that the service may be called, unknown where it is only one of several
    that it may mean. The bare ``*`` is not for this function.
    """
    prefix, colon, action = pattern.partition(":")
    if not colon or not action or len(pattern) > LONGEST or is_open(prefix):
        return ()
    peculiar = _peculiar().get(prefix, ())
    if any(covers(means, pattern) for means, record in peculiar if not record.get("calls", True)):
        return ()
    found = dict(_by_plane(prefix, action))
    for means, record in peculiar:
        if overlap(means, pattern):
            for service in record.get("together", ()):
                found[service] = found.get(service, FALSE) | _sure(pattern, certain=covers(means, pattern))
    return tuple(
        Called(service, _in_one_region(service, truth & _shown(pattern, peculiar))) for service, truth in found.items()
    )


def _shown(pattern: str, peculiar: Iterable[tuple[str, _Peculiar]]) -> Truth:
    """Whether the permission shows a call: all actions of a service do so likely, some of which may not."""
    words = [record["perhaps"] for means, record in peculiar if "perhaps" in record and overlap(means, pattern)]
    if not words:
        return TRUE
    if pattern.endswith(":*") and not any(covers(means, pattern) for means, record in peculiar if "perhaps" in record):
        return Truth(value=True, reasons=(Reason(words[0]),), likely=True)
    return unknown(Reason(words[0]))


def _by_plane(prefix: str, action: str) -> list[tuple[str, Truth]]:
    rows = _rows().get(prefix, ())
    planes = _planes().get(prefix)
    if planes is None:
        if len(rows) == 1 or prefix in rows:
            return [(prefix if prefix in rows else rows[0], TRUE)]
        return [(row, _only_perhaps(f"{prefix}:{action}")) for row in rows]
    exact = next((service for service, patterns in planes["planes"].items() if action in patterns), None)
    if exact is not None:
        return [(exact, TRUE)]
    matching = {
        service: [pattern for pattern in patterns if overlap(pattern, action)]
        for service, patterns in planes["planes"].items()
    }
    matching = {service: patterns for service, patterns in matching.items() if patterns}
    within = [service for service, patterns in matching.items() if any(covers(pattern, action) for pattern in patterns)]
    if within:
        return [(service, TRUE if len(within) == 1 else _only_perhaps(f"{prefix}:{action}")) for service in within]
    if not matching:
        return [(service, TRUE) for service in planes["default"]]
    main = _only_perhaps(f"{prefix}:{action}") if planes.get("open") else TRUE
    others = [(service, _only_perhaps(f"{prefix}:{action}")) for service in matching]
    return [*((service, main) for service in planes["default"]), *others]


def _sure(pattern: str, *, certain: bool) -> Truth:
    return TRUE if certain else _only_perhaps(pattern)


def _only_perhaps(pattern: str) -> Truth:
    return unknown(Reason(f"{pattern} doesn't show which of the service's endpoints is called"))


def _in_one_region(service: str, truth: Truth) -> Truth:
    """The truth, likely only for a service whose endpoints stand in one Region for all others."""
    entry = catalogue()[service]
    if truth.is_true and "{region}" not in entry.pattern:
        words = f"{service} has its endpoints in one Region, which others reach across Regions only"
        return Truth(value=True, reasons=(Reason(words),), likely=True)
    return truth


@cache
def _planes() -> dict[str, _Planes]:
    planes: dict[str, _Planes] = json.decode((_DATA / "endpoints_by_action.json").read_bytes())
    return planes


@cache
def _peculiar() -> dict[str, list[tuple[str, _Peculiar]]]:
    """The peculiar actions by service prefix."""
    records: dict[str, _Peculiar] = json.decode((_DATA / "actions.json").read_bytes())
    found: defaultdict[str, list[tuple[str, _Peculiar]]] = defaultdict(list)
    for action, record in records.items():
        found[action.partition(":")[0]].append((action, record))
    return found


@cache
def _rows() -> dict[str, tuple[str, ...]]:
    """The services by IAM prefix; FIPS endpoints are only other ways to the same service."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for entry in catalogue().values():
        for prefix in entry.iam_prefixes:
            if not entry.fips:
                rows[prefix].append(entry.name)
    return {prefix: tuple(names) for prefix, names in rows.items()}
