"""Which endpoint services the calls go to that an IAM action allows.

The catalogue knows each service's IAM prefixes. Where a prefix is served by several endpoints, ``data/actions.json``
says by action which one it is: ``planes`` per prefix, ``together`` for actions after which other services are called
too, ``no_calls`` for permissions that no request is made for, ``perhaps`` for those which don't show who calls.
Sources: the services' own guides (Amazon ECR, DynamoDB Streams, SageMaker AI: interface VPC endpoints; AWS Systems
Manager: ec2messages), the actions in AWS's Service Authorization Reference, and the names of the services' API
endpoints; the latter are inferred.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TypedDict

from vpce_lint.demand.pattern import LONGEST, covers, is_open, overlap
from vpce_lint.services import catalogue
from vpce_lint.truth import TRUE, Reason, Truth, unknown

_DATA = Path(__file__).parent.parent / "data"


class _Planes(TypedDict, total=False):
    default: list[str]
    open: bool
    planes: dict[str, list[str]]


class _Table(TypedDict):
    planes: dict[str, _Planes]
    together: dict[str, list[str]]
    no_calls: list[str]
    perhaps: dict[str, str]


@dataclass(frozen=True, slots=True)
class Called:
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
    if any(covers(uncalled, pattern) for uncalled in _table()["no_calls"]):
        return ()
    found = dict(_by_plane(prefix, action))
    for used, others in _table()["together"].items():
        if overlap(used, pattern):
            for service in others:
                found[service] = found.get(service, _only_perhaps(pattern)) | _sure(covers(used, pattern), pattern)
    words = next((words for means, words in _table()["perhaps"].items() if covers(means, pattern)), None)
    return tuple(
        Called(service, _one_region(service, truth) if words is None else unknown(Reason(words)))
        for service, truth in found.items()
    )


def has_endpoints(prefix: str) -> bool:
    """Whether a service prefix of IAM belongs to a service with endpoints."""
    return prefix in _rows()


def _by_plane(prefix: str, action: str) -> list[tuple[str, Truth]]:
    rows = _rows().get(prefix, ())
    planes = _table()["planes"].get(prefix)
    if planes is None:
        if len(rows) == 1 or prefix in rows:
            return [(prefix if prefix in rows else rows[0], TRUE)]
        return [(row, _only_perhaps(f"{prefix}:{action}")) for row in rows]
    matching = {
        service: [pattern for pattern in patterns if overlap(pattern, action)]
        for service, patterns in planes.get("planes", {}).items()
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


def _sure(certain: bool, pattern: str) -> Truth:  # noqa: FBT001 (a truth is made of it)
    return TRUE if certain else _only_perhaps(pattern)


def _only_perhaps(pattern: str) -> Truth:
    return unknown(Reason(f"{pattern} doesn't show which of the service's endpoints is called"))


def _one_region(service: str, truth: Truth) -> Truth:
    """The truth, likely only for a service whose endpoints stand in one Region for all others."""
    entry = catalogue()[service]
    if truth.is_true and "{region}" not in entry.pattern:
        words = f"{service} has its endpoints in one Region, which others reach across Regions only"
        return Truth(value=True, reasons=(Reason(words),), likely=True)
    return truth


@cache
def _table() -> _Table:
    table: _Table = json.loads((_DATA / "actions.json").read_bytes())
    return table


@cache
def _rows() -> dict[str, tuple[str, ...]]:
    """The services by IAM prefix; FIPS endpoints are only other ways to the same service."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for entry in catalogue().values():
        for prefix in entry.iam_prefixes:
            if not entry.fips:
                rows[prefix].append(entry.name)
    return {prefix: tuple(names) for prefix, names in rows.items()}
