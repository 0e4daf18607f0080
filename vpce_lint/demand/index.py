"""Which workloads stand in a subnet, and which services each of them calls from there."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.condition import decide_all, facts_of_all
from vpce_lint.demand.directory import block_of
from vpce_lint.pairing import is_parameter
from vpce_lint.permission import ManagedPolicy, PolicyAttachment, RolePolicy
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.value import Known, Reference, Unknown, Value
from vpce_lint.workload import Workload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.condition import Facts
    from vpce_lint.demand.demand import Demands
    from vpce_lint.demand.reading import Reading
    from vpce_lint.model import Network, Subnet

_GIVEN = regex(r"var\.")
"""The beginning of a value that is given from outside: it names no subnet that is made here."""


class DemandIndex:
    """The workloads of a network by subnet, and their demands; worked out when asked for, each once.

    ``facts`` are assumptions about conditions, as ``condition.facts_of_all`` makes them.
    """

    def __init__(self, network: Network, facts: Facts | None = None) -> None:
        self._network = network
        self._facts: Facts = facts or {}
        self._read: Reading | None = None
        self._assumed: dict[str, DemandIndex] = {}
        self._demands: dict[int, Demands] = {}

    def assuming(self, facts: Facts) -> DemandIndex:
        """The same network under further assumptions."""
        key = repr(sorted(facts.items()))
        if not facts:
            return self
        assumed = self._assumed.get(key)
        if assumed is None:
            assumed = self._assumed[key] = DemandIndex(self._network, {**self._facts, **facts})
            assumed._read = self._reading
        return assumed

    def workloads_in(self, subnet_id: Value) -> Iterable[tuple[Workload, Truth]]:
        """The workloads that stand in a subnet, or may, in the order of the code; never one that certainly doesn't.

        Those in ``unplaced`` are among them.
        """
        found: dict[int, tuple[Workload, Truth]] = {}
        for workload, truth in (*self.placed_in(subnet_id), *self.unplaced):
            before = found.get(id(workload))
            found[id(workload)] = (workload, truth if before is None else before[1] | truth)
        return found.values()

    def placed_in(self, subnet_id: Value) -> Iterable[tuple[Workload, Truth]]:
        """The workloads whose code names this subnet, or any of its family."""
        standing = self._standing
        yield from standing.by_symbol.get(subnet_id.symbol, ())
        if not isinstance(subnet_id, Reference):
            return
        near = (standing.by_block if subnet_id.family else standing.families).get(block_of(subnet_id.address), ())
        for other in near:
            for workload, truth in standing.by_symbol[other] if other != subnet_id.symbol else ():
                which = TRUE if subnet_id.family else unknown(Reason(f"{other} may be {subnet_id}", subnet_id.span))
                yield workload, truth & which

    @property
    def unplaced(self) -> tuple[tuple[Workload, Truth], ...]:
        """The workloads whose subnets can't be told, so that they may stand in any; the truth says why."""
        return self._standing.anywhere

    @property
    def elsewhere(self) -> Truth:
        """False; only likely so where a workload's subnets, or a policy's role, are given and taken not to be made here."""
        standing = self._standing.elsewhere
        pieces = (RolePolicy, ManagedPolicy, PolicyAttachment)
        there_are = any(isinstance(resource, pieces) for resource in self._network.resources)
        return standing | self._reading.roles.elsewhere if there_are else standing

    def has_public_address(self, workload: Workload, subnet: Subnet | None) -> Truth:
        """Whether a workload that stands in a subnet can use an internet gateway there, for IPv4."""
        facts = {**self._facts, **facts_of_all(workload.when)}
        return self._reading.addresses.has(workload, subnet, facts)

    def demands(self, workload: Workload) -> Demands:
        """What a workload calls if it exists."""
        known = self._demands.get(id(workload))
        if known is None:
            facts = {**self._facts, **facts_of_all(workload.when)}
            known = self._demands[id(workload)] = self._reading.demands(workload, facts)
        return known

    @property
    def _reading(self) -> Reading:
        if self._read is None:
            from vpce_lint.demand.reading import Reading  # noqa: PLC0415 (where nothing runs, nothing of it is needed)

            self._read = Reading(self._network)
        return self._read

    @cached_property
    def _standing(self) -> _Standing:
        standing = _Standing()
        for workload in self._network.of(Workload):
            exists = decide_all(workload.when, self._facts) & workload.premise
            if exists.is_false:
                continue
            facts = {**self._facts, **facts_of_all(workload.when)}
            for place in self._reading.places(workload, facts):
                standing.add(workload, place.subnet, exists & place.truth)
        return standing


class _Standing(Struct):
    """Workloads by the symbol of a subnet's id.

    ``by_block`` holds the symbols of the subnets of one block, ``families`` those that stand for any of it.
    """

    by_symbol: defaultdict[str, list[tuple[Workload, Truth]]] = field(default_factory=lambda: defaultdict(list))
    by_block: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    families: defaultdict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    elsewhere: Truth = FALSE
    _anywhere: dict[int, tuple[Workload, Truth]] = field(default_factory=dict)

    @property
    def anywhere(self) -> tuple[tuple[Workload, Truth], ...]:
        return tuple(self._anywhere.values())

    def add(self, workload: Workload, subnet: Value | None, truth: Truth) -> None:
        if truth.is_false:
            return
        if subnet is not None:
            self.by_symbol[subnet.symbol].append((workload, truth))
        if isinstance(subnet, Known):
            return
        if isinstance(subnet, Reference) and subnet.attribute == "id":
            block = block_of(subnet.address)
            self.by_block[block][subnet.symbol] = None
            if subnet.family:
                self.families[block][subnet.symbol] = None
            return
        if isinstance(subnet, Unknown) and (_GIVEN.match(subnet.name) or is_parameter(subnet)):
            words = f"{subnet}, where {workload.address} stands, is taken not to be a subnet that is made here"
            self.elsewhere |= Truth(value=False, reasons=(Reason(words, subnet.span),), likely=True)
            return
        reasons = truth.reasons if subnet is None else subnet.reasons
        before = self._anywhere.get(id(workload), (workload, FALSE))[1]
        self._anywhere[id(workload)] = (workload, before | (truth & unknown(*reasons)))
