"""The paths of subnets as text for people and as JSON for programs."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING

from vpce_lint import __version__
from vpce_lint.paths import NOTHING, UNDETERMINED
from vpce_lint.terminal import paint, printable, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vpce_lint.model import Problem
    from vpce_lint.paths import Reach, SubnetPath

HEAD = ("SUBNET", "ZONE", "ROUTE TABLE", "DEFAULT ROUTE", "SERVICE", "REACHED THROUGH")
STYLES = {"NAT": "1;31", NOTHING: "1;31", UNDETERMINED: "1;33"}
SCHEMA_VERSION = 1


def as_text(paths: Sequence[SubnetPath], problems: Sequence[Problem] = ()) -> str:
    """A table per root; what is undetermined says why below it."""
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
    return "\n\n".join(blocks) + "\n"


def _table(root: str, paths: Iterable[SubnetPath]) -> Iterator[str]:
    rows: list[tuple[str, ...]] = [HEAD]
    whys: dict[str, None] = {}
    for path in paths:
        first = (path.address, path.zone, path.table, path.default)
        whys.update(dict.fromkeys(f"{path.address}: {reason}" for reason in path.why))
        for reach in path.reaches:
            rows.append((*first, _service(reach), _reached(reach)))
            whys.update(dict.fromkeys(f"{path.address}, {reach.service}: {reason}" for reason in reach.why))
            first = ("", "", "", "")
        if not path.reaches:
            rows.append((*first, "", ""))
    rows = [tuple(printable(cell) for cell in row) for row in rows]
    widths = [max(width(row[column]) for row in rows) for column in range(len(HEAD))]
    yield paint(root, "1")
    for row in rows:
        cells = [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
        style = next((style for word, style in STYLES.items() if row[-1].startswith(word)), "")
        yield ("  " + "  ".join([*cells[:-1], paint(row[-1], style) if style else row[-1]])).rstrip()
    for why in whys:
        yield f"  {paint('because:', '1')} {printable(why)}"


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
    return dumps(document, indent=2) + "\n"


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
