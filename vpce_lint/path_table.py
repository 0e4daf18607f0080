"""The paths of subnets as text for people and as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint import __version__
from vpce_lint.json_output import json_output
from vpce_lint.paths import NOTHING, UNDETERMINED
from vpce_lint.regex import regex
from vpce_lint.secret import masked, masked_all
from vpce_lint.terminal import disarmed, paint, printable, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vpce_lint.model import Problem
    from vpce_lint.paths import Reach, SubnetPath

STYLES = {"NAT": "1;31", NOTHING: "1;31", UNDETERMINED: "1;33"}
SCHEMA_VERSION = 1
LONGEST_ZONE = 32
_MEMBER = regex(r"\b[\w-]{1,64}\.names\[\d{1,3}\]\Z")
LONGEST_LIST = 48
"""Services that are reached in the same way stand on one line as long as this."""


def as_text(paths: Sequence[SubnetPath], problems: Sequence[Problem] = ()) -> str:
    """Per root the route tables, each with its subnets and what they reach; what is undetermined says why below it."""
    roots: dict[str, list[SubnetPath]] = {}
    for path in paths:
        roots.setdefault(path.root, []).append(path)
    blocks = ["\n".join(_table(root, members)) for root, members in roots.items()]
    if not paths:
        blocks.append("no subnets are made by the code below these paths")
    if problems:
        blocks.append(
            "\n".join(f"not read: {printable(problem.path)}: {printable(problem.message)}" for problem in problems)
        )
    return disarmed("\n\n".join(masked(block) for block in blocks)) + "\n"


def _table(root: str, paths: Iterable[SubnetPath]) -> Iterator[str]:
    """Subnets of one route table that reach the same in the same way stand together."""
    groups: dict[tuple[object, ...], list[SubnetPath]] = {}
    for path in paths:
        key = (
            path.table,
            path.default,
            path.why,
            *((_service(each), _reached(each), each.why) for each in path.reaches),
        )
        groups.setdefault(key, []).append(path)
    yield paint(printable(root), "1")
    for members in groups.values():
        yield from _group(members)


def _group(paths: Sequence[SubnetPath]) -> Iterator[str]:
    first = paths[0]
    table = first.table if first.table != "?" else "route table not known"
    yield ""
    yield f"  {paint(printable(table), '1')}, default route: {printable(first.default)}"
    yield from _columns([(path.address, _zone(path.zone)) for path in paths], 4)
    ways: dict[str, list[str]] = {}
    for reach in first.reaches:
        lines = ways.setdefault(_reached(reach), [""])
        longer = f"{lines[-1]}, {_service(reach)}" if lines[-1] else _service(reach)
        if lines[-1] and len(longer) > LONGEST_LIST:
            lines.append(_service(reach))
        else:
            lines[-1] = longer
    yield from _columns([(line, reached) for reached, lines in ways.items() for line in lines], 6)
    whys: dict[str, list[str]] = {reason: [] for reason in first.why}
    for reach in first.reaches:
        for reason in reach.why:
            whys.setdefault(reason, []).append(reach.service)
    for reason, services in whys.items():
        about = f"{', '.join(services)}: " if services else ""
        yield f"      {paint('because:', '1')} {printable(about + reason)}"


def _columns(rows: Iterable[tuple[str, str]], indent: int) -> Iterator[str]:
    cells = [(printable(left), printable(right)) for left, right in rows]
    wide = max((width(left) for left, _ in cells), default=0)
    for left, right in cells:
        style = next((style for word, style in STYLES.items() if right.startswith(word)), "")
        yield f"{' ' * indent}{left}{' ' * (wide - width(left))}  {paint(right, style) if style else right}".rstrip()


def _zone(zone: str) -> str:
    """A zone's name, or the end of what gives it, as in ``available.names[0]``."""
    member = _MEMBER.search(zone)
    if member is not None:
        return member[0]
    zone = masked(zone)
    return zone if len(zone) <= LONGEST_ZONE else f"…{zone[1 - LONGEST_ZONE :]}"


def _service(reach: Reach) -> str:
    return reach.service if reach.workloads else f"{reach.service} (no workload)"


def _reached(reach: Reach) -> str:
    return f"{reach.how} {reach.through}".rstrip()


def as_json(paths: Iterable[SubnetPath], problems: Iterable[Problem] = ()) -> str:
    """A JSON document in ASCII; ``reached`` is ``undetermined`` or ``nothing``, or names the kind of way."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "vpce-lint", "version": __version__},
        "subnets": [_subnet(path) for path in paths],
        "problems": [{"path": problem.path, "message": problem.message} for problem in problems],
    }
    return json_output(masked_all(document))


def _subnet(path: SubnetPath) -> dict[str, object]:
    return {
        "root": path.root,
        "address": path.address,
        "path": path.location.path,
        "line": path.location.line,
        "zone": path.zone,
        "route_table": path.table,
        "default_route": path.default,
        "why": path.why,
        "services": [
            {
                "service": reach.service,
                "reached": reach.how,
                "through": reach.through or None,
                "workloads": reach.workloads,
                "why": reach.why,
            }
            for reach in path.reaches
        ],
    }
