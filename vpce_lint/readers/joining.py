"""Separate resources joined to what they complete, and what unread code may add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.condition import assume, choose, decide, decide_all, distribute, facts_of_all
from vpce_lint.limits import WORK
from vpce_lint.truth import Reason, Truth, gather, unknown
from vpce_lint.type_constraint import BOOL
from vpce_lint.value import Choice, Known, Reference, Run, Sequence, Unknown, Value, either

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.model import Gap


STEPS_OF_GAP = 10
"""What unread code may add to one attribute of one resource takes as long as so many steps."""


class Piece(Struct, frozen=True):
    """What one companion resource brings: ``value`` for the ``slot`` of the resource that ``target`` refers to.

    ``about`` are the blocks, by address without instance key, from which a target that isn't known is
    worked out; empty where that can't be told.
    """

    slot: str
    target: Value
    value: Value
    address: str
    when: tuple[Value, ...] = ()
    family: bool = False
    about: frozenset[str] = frozenset()


def _aims_at(target: Value, address: str) -> Truth:
    if isinstance(target, Choice):
        return either(target, lambda side: _aims_at(side, address))
    if isinstance(target, Reference):
        if target.address == address:
            return Truth(value=True)
        resource = target.address.removesuffix("[*]")
        if target.family and address.startswith(f"{resource}["):
            return unknown(*target.reasons)
        if address.endswith("[*]") and target.address.startswith(f"{address.removesuffix('[*]')}["):
            return unknown(*target.reasons)
        if target.names_instance:
            return Truth(value=False)
        return unknown(*target.reasons)
    if isinstance(target, Known) or (isinstance(target, Unknown) and target.invalid):
        return Truth(value=False)
    return unknown(*target.reasons)


class Pieces:
    """The pieces of a network, found by what they may complete."""

    def __init__(self, pieces: Iterable[Piece] = ()) -> None:
        self._certain: dict[tuple[str, str], list[Piece]] = {}
        self._open: dict[str, list[Piece]] = {}
        for piece in pieces:
            target = piece.target
            if isinstance(target, Reference) and target.names_instance and not target.family:
                self._certain.setdefault((piece.slot, target.address), []).append(piece)
            else:
                self._open.setdefault(piece.slot, []).append(piece)

    def near(self, slot: str, address: str) -> Iterable[Piece]:
        """The pieces for a slot that may complete the resource with this address, or any of a family."""
        if address.endswith("[*]"):
            block = address.removesuffix("*]")
            for (other, target), pieces in self._certain.items():
                if other == slot and target.startswith(block):
                    yield from pieces
        else:
            yield from self._certain.get((slot, address), ())
        yield from self._open.get(slot, ())


class Completions(Struct, frozen=True):
    """All that may complete one resource instance: the pieces for it and the gaps that touch it."""

    address: str
    when: tuple[Value, ...] = ()
    pieces: Pieces = field(default_factory=Pieces)
    gaps: tuple[Gap, ...] = ()

    def add(self, slot: str, inline: Value) -> Value:
        """The inline members and those of companions; unread code may add any number."""
        more: list[Value] = []
        for piece, when in self._for(slot):
            value = assume(piece.value, facts_of_all((*self.when, *piece.when)))
            if piece.family:
                more.append(Run(f"{piece.address}→{value.symbol}", value, when=when, distinct=True))
            elif when:
                more.append(Run(value.symbol, value, 0, 1, when=when, distinct=True))
            else:
                more.append(value)
        WORK.left -= STEPS_OF_GAP * len(self.gaps)
        for gap in self.gaps[:1] if WORK.is_over else self.gaps:  # one is enough for what isn't known
            hidden = Unknown(f"{slot} added in {gap.reason}", (gap.reason,), nullable=False)
            more.append(Run(hidden.name, hidden, distinct=True))
        if not more:
            return inline
        return distribute(lambda values: _appended(values[0], more), (inline,)).at(inline.span)

    def replace(self, slot: str, inline: Value) -> Value:
        """What companions set the attribute to, else the inline value; unread code may set it where none does."""
        value = inline
        certain = False
        for piece, when in self._for(slot):
            if piece.value.is_null.is_true:
                continue
            conditions = (*when, self._completed_by(piece, piece.target.reasons)) if piece.family else when
            certain = certain or not conditions
            chosen = piece.value
            for condition in conditions:
                chosen = choose(condition, chosen, value)
            value = chosen
        if value.is_null.is_true and not certain and self.gaps:
            reasons = gather(gap.reason for gap in self.gaps)
            return Unknown(f"{slot} of {self.address}", reasons, span=inline.span)
        return value

    def _completed_by(self, piece: Piece, reasons: tuple[Reason, ...]) -> Unknown:
        """The condition that a piece which may aim elsewhere aims here."""
        return Unknown(f"{piece.address} completes {self.address}", reasons, type=BOOL, nullable=False)

    def _for(self, slot: str) -> Iterable[tuple[Piece, tuple[Value, ...]]]:
        """The pieces that may aim here, each with the open conditions under which it exists and does."""
        facts = facts_of_all(self.when)
        for piece in self.pieces.near(slot, self.address):
            target = assume(piece.target, facts)
            aims = _aims_at(target, self.address)
            if aims.is_unknown and piece.about and self.address.partition("[")[0] not in piece.about:
                continue
            if aims.is_false or decide_all(piece.when, facts).is_false:
                continue
            open_ = tuple(condition for condition in piece.when if decide(condition, facts).is_unknown)
            yield piece, (*open_, self._completed_by(piece, aims.reasons)) if aims.is_unknown else open_


def _appended(inline: Value, more: list[Value]) -> Value:
    members = inline.members if isinstance(inline, Sequence) else ()
    present = {member.symbol for member in members}
    fresh = [member for member in more if member.symbol not in present and not member.is_null.is_true]
    return Sequence((*members, *fresh), span=inline.span)
