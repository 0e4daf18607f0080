"""From the paths that a user names to what they describe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.limits import WORK
from vpce_lint.model import Reading

if TYPE_CHECKING:
    from vpce_lint.readers.request import Request


def read(request: Request) -> Reading:
    """Read all that the request names. Faults of the files are part of the reading, never raised."""
    from vpce_lint.readers.cloudformation.reader import read_cloudformation  # noqa: PLC0415 (readers load when needed)
    from vpce_lint.readers.plan.reader import read_plans  # noqa: PLC0415
    from vpce_lint.readers.terraform.reader import read_terraform  # noqa: PLC0415

    with WORK.within(request.limits):
        return _together(read_terraform(request), read_plans(request), read_cloudformation(request))


def _together(*readings: Reading) -> Reading:
    return Reading(
        tuple(network for reading in readings for network in reading.networks),
        tuple(problem for reading in readings for problem in reading.problems),
        tuple(unread for reading in readings for unread in reading.unread),
        sum(reading.files for reading in readings),
        tuple(each for reading in readings for each in reading.annotated),
        {root: asked for reading in readings for root, asked in reading.inputs.items()},
        tuple(root for reading in readings for root in reading.roots),
    )
