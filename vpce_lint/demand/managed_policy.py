"""AWS's own managed policies, by the services that they exist for.

``data/managed_policies.json`` has a line per policy that matters: ``services`` that who has it calls, ``perhaps``
those that some who have it call, ``everything`` for one that allows calls to any service. What AWS does itself by a
role, such as to poll a queue for Lambda, is no call of whoever has the role: such policies have no services.
Source: AWS Managed Policy Reference Guide, one page a policy.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, json

from vpce_lint.value import Known, Text

if TYPE_CHECKING:
    from vpce_lint.value import Value

_DATA = Path(__file__).parent.parent / "data"
_OWNER = ":iam::aws:policy/"


class Grants(Struct, frozen=True):
    """The services, by id in the catalogue, that a managed policy exists for, and those that are only perhaps called."""

    services: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    everything: bool = False


def aws_policy_name(arn: Value) -> str | None:
    """The name of AWS's managed policy that an ARN stands for; the partition may be unknown."""
    if isinstance(arn, Text):
        return arn.suffix.rpartition("/")[2] or None if _OWNER in arn.suffix else None
    if isinstance(arn, Known) and isinstance(arn.value, str) and _OWNER in arn.value:
        return arn.value.rpartition("/")[2] or None
    return None


def grants_of(name: str) -> Grants | None:
    """What AWS's managed policy of this name allows; ``None`` where that isn't known here."""
    return _policies().get(name)


@cache
def _policies() -> dict[str, Grants]:
    records = json.decode((_DATA / "managed_policies.json").read_bytes())
    return {
        name: Grants(
            tuple(record.get("services", ())), tuple(record.get("perhaps", ())), record.get("everything", False)
        )
        for name, record in records.items()
    }
