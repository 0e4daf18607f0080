"""Answers on the vertices of checkov's graphs.

A vertex is a block as checkov sees it, and what checkov reports is about vertices only. Every answer comes down on the
block that it is about; on the call of the module that holds this block, where checkov doesn't see inside; and else on a
place that is made for it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, field

from vpce_lint.fault import FAULTS
from vpce_lint.integrations.checkov_address import Address, address_of
from vpce_lint.record import Record
from vpce_lint.verdict import Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from vpce_lint.report import Answer

FAULT_IDS = frozenset(fault.id for fault in FAULTS)
UNSEEN = frozenset({"VPCE900", "VPCE901", "VPCE999"})
"""Faults that leave open what else there is: they count wherever they are."""


class Vertex(Struct, frozen=True, eq=False):
    """A block of checkov's graph.

    ``entity`` is what checkov calls it, ``graph`` the number of its graph, ``root`` the real path of the root module's
    folder, the plan, or the template; ``file`` the block's own, ``lines`` the first and the last one there. ``skips``
    are the ids that comments for checkov name.
    """

    entity: object
    graph: int
    kind: str
    address: Address
    root: str
    file: str
    lines: tuple[int, int]
    skips: frozenset[str] = frozenset()


class Spot(Record, frozen=True):
    """A place that checkov has no vertex for."""

    apart: ClassVar[tuple[str, ...]] = ("answer",)

    file: str
    address: str
    answer: Answer


class Landing(Struct, frozen=True):
    """What one rule says about one vertex, or spot: the worst of its answers there."""

    rule: str
    severity: Severity
    verdict: Verdict
    where: Vertex | Spot


class Landings(Struct, frozen=True):
    """Where answers came down; ``kept_back`` are violated ones that the code or a configuration suppresses.

    ``elsewhere`` are violated ones in files that checkov was not asked to look at.
    """

    all: tuple[Landing, ...] = ()
    undetermined: tuple[Answer, ...] = ()
    kept_back: tuple[Answer, ...] = ()
    elsewhere: tuple[Answer, ...] = ()


class _Pile(Struct):
    """The answers of one rule on one vertex or spot."""

    where: Vertex | Spot
    answers: list[Answer] = field(default_factory=list)


def land(
    answers: Iterable[Answer], vertices: Sequence[Vertex], start: str, wanted: Callable[[str, str], bool]
) -> Landings:
    """Bring answers down on vertices.

    ``start`` is the folder that reports count paths from, ``wanted`` says of a real path whether checkov was asked to
    look at it, for a rule. What isn't applicable has no place.
    """
    map_ = _Map(vertices, start)
    piles: dict[tuple[str, object], _Pile] = {}
    undetermined: list[Answer] = []
    elsewhere: list[Answer] = []
    kept_back: list[Answer] = []
    for answer in answers:
        if answer.verdict is Verdict.NOT_APPLICABLE:
            continue
        places: Sequence[Vertex | Spot] = map_.find(answer)
        if not places:
            spot = Spot(map_.real(answer.location.path), answer.address, answer)
            if not wanted(spot.file, answer.rule):
                elsewhere += [answer] if answer.verdict is Verdict.VIOLATED and not answer.suppressed else []
                continue
            places = [spot]
        skipped = any(isinstance(place, Vertex) and answer.rule in place.skips for place in places)
        if answer.suppressed and not skipped:
            kept_back += [answer] if answer.verdict is Verdict.VIOLATED else []
        elif answer.verdict is Verdict.UNDETERMINED:
            undetermined.append(answer)
        for place in places:
            key = place if isinstance(place, Spot) else id(place)
            piles.setdefault((answer.rule, key), _Pile(place)).answers.append(answer)
    landings = (_landing(rule, pile) for (rule, _), pile in piles.items())
    return Landings(
        tuple(landing for landing in landings if landing), tuple(undetermined), tuple(kept_back), tuple(elsewhere)
    )


def _landing(rule: str, pile: _Pile) -> Landing | None:
    """The worst of the answers; nothing where something worse than the rest is suppressed, for then it didn't pass."""
    skipped = isinstance(pile.where, Vertex) and rule in pile.where.skips
    counting = [answer for answer in pile.answers if skipped or not answer.suppressed]
    hidden = [answer for answer in pile.answers if answer.suppressed and not skipped]
    if not counting:
        return None
    worst = min(counting, key=lambda answer: (answer.verdict.rank, answer.severity.rank))
    if worst.verdict is Verdict.SATISFIED and hidden:
        return None
    return Landing(rule, worst.severity, worst.verdict, pile.where)


class _Map:
    """Vertices by what answers say about where they belong."""

    def __init__(self, vertices: Iterable[Vertex], start: str) -> None:
        self._start = start
        self._real: dict[str, str] = {}
        self._by_root: dict[tuple[str, tuple[str, ...]], list[Vertex]] = defaultdict(list)
        self._by_file: dict[tuple[str, tuple[str, ...]], list[Vertex]] = defaultdict(list)
        self._calls: dict[str, list[Vertex]] = defaultdict(list)
        for vertex in vertices:
            if vertex.kind == "call":
                self._calls[vertex.file].append(vertex)
            else:
                self._by_root[vertex.root, vertex.address.names].append(vertex)
                self._by_file[vertex.file, vertex.address.names].append(vertex)

    def real(self, shown: str) -> str:
        """The real path of what a report shows."""
        if shown not in self._real:
            self._real[shown] = os.path.realpath(os.path.join(self._start, shown))  # noqa: PTH118
        return self._real[shown]

    def find(self, answer: Answer) -> Sequence[Vertex]:
        """The vertices that an answer is about.

        What is said about the reading has none: a comment at some block must not suppress it.
        """
        if answer.rule in FAULT_IDS:
            return ()
        address = address_of(answer.address)
        found = _fitting(self._by_root.get((self.real(answer.root), address.names), ()), address)
        return found or self._near(answer, address) or self._calling(answer)

    def _near(self, answer: Answer, address: Address) -> Sequence[Vertex]:
        """In the file that the answer points at: a block of a module that checkov judges by itself, or a nested template.

        Where that is a caller's file, which gave the value at fault, the block is elsewhere.
        """
        file, local = self.real(answer.location.path), address.local
        callers = {self.real(call.path) for call in answer.calls}
        if os.path.dirname(file) not in map(os.path.dirname, callers):  # noqa: PTH120
            found = _fitting(self._by_file.get((file, local.names), ()), local)
            if found:
                return found
        logical_id = Address(local.names[-1:], local.keys[-1:])
        found = () if file in callers else _fitting(self._by_file.get((file, logical_id.names), ()), logical_id)
        return found or self._related(answer, logical_id)

    def _related(self, answer: Answer, logical_id: Address) -> Sequence[Vertex]:
        """The block in another template, where the answer points at what is at fault and names the block beside it."""
        for place in answer.related:
            for vertex in self._by_file.get((self.real(place.path), logical_id.names), ()):
                if vertex.lines[0] <= place.line <= vertex.lines[1] and logical_id.fits(vertex.address):
                    return [vertex]
        return ()

    def _calling(self, answer: Answer) -> Sequence[Vertex]:
        """The innermost call on the way to the resource that checkov sees."""
        for call in answer.calls:
            for vertex in self._calls.get(self.real(call.path), ()):
                if vertex.lines[0] <= call.line <= vertex.lines[1]:
                    return [vertex]
        return ()


def _fitting(vertices: Iterable[Vertex], address: Address) -> Sequence[Vertex]:
    """The vertices that may be the instance; only those that certainly are, where there are any."""
    fitting = [vertex for vertex in vertices if address.fits(vertex.address)]
    return [vertex for vertex in fitting if vertex.address == address] or fitting


def by_check(landings: Iterable[Landing]) -> Mapping[tuple[str, Severity], tuple[Landing, ...]]:
    """Landings by rule and severity, as checkov asks for them."""
    found: dict[tuple[str, Severity], list[Landing]] = defaultdict(list)
    for landing in landings:
        found[landing.rule, landing.severity].append(landing)
    return {key: tuple(value) for key, value in found.items()}
