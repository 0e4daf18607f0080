"""That a workload calls an AWS service from its subnets, with the evidence for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.truth import TRUE, Reason, Truth

if TYPE_CHECKING:
    from vpce_lint.source import Span
    from vpce_lint.workload import Workload

EVERYTHING = "*"
"""Stands for a service where a role is allowed to call every one."""


class Evidence(Struct, frozen=True):
    """A place in the code that makes a workload call a service, and what stands there: ``role worker may call sqs:SendMessage``."""

    span: Span | None
    label: str


class Demand(Struct, frozen=True):
    """That a workload calls a service, by its id in the catalogue of endpoint services (``ecr.api``).

    ``truth`` is true, perhaps only likely, or unknown with the reasons; never false. A demand with
    ``everything`` is that of a role with a bare ``*``: it is ``likely``, names no service, and does not
    concern the services ``apart_from``, which the role certainly may not call.
    """

    service: str
    workload: Workload
    evidence: tuple[Evidence, ...] = ()
    truth: Truth = TRUE
    apart_from: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether this stands for any service."""
        return self.service == EVERYTHING


class Demands(Struct, frozen=True):
    """What a workload needs, one demand per service, and why further needs of it can't be read.

    ``hosted``: what it runs for others, the pods of a cluster or the jobs of an environment, is never in such code.
    """

    demands: tuple[Demand, ...]
    unread: tuple[Reason, ...] = ()
    hosted: tuple[Reason, ...] = ()
