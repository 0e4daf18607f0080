"""Whether any text is in some sets of patterns and outside others, with such a text for an answer.

The patterns are followed together, all positions of all of them in one integer, by breadth-first
search over an alphabet that is as small as the patterns permit: their own characters and one for each
way in which the others can't be told apart. The search is exact; its work is counted against a budget.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.policy.example import filled
from vpce_lint.policy.glob import ANY, Characters, Glob, any_matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_UNIVERSE = f"{_LETTERS}{_LETTERS.upper()}0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{{|}}~ ¤"
"""From here come the characters that stand for all that no pattern names."""

_NARROW = 3
"""A class of at most so many characters is a character that a pattern spells, in either case."""

_CHECKS = 16
"""To match so many patterns costs about as much as a state of the search."""

_TRIED = 4
"""So many patterns of a set are filled in to find a text, before it is searched."""


class BudgetError(Exception):
    """The work that a decision may take is used up."""


class Budget:
    """The work that is left, in states of the search."""

    __slots__ = ("left",)

    def __init__(self, states: int) -> None:
        self.left = states

    def spend(self, states: int = 1) -> None:
        """Take from it; ``BudgetError`` where nothing is left."""
        self.left -= states
        if self.left < 0:
            raise BudgetError


class Base(Struct, frozen=True, dict=True):
    """The texts that a variable of a request can have at all: those of ``globs``.

    ``preferred`` are tried first, because they read well in a sentence.
    """

    globs: tuple[Glob, ...]
    preferred: tuple[str, ...] = ()


def find(
    base: Base, inside: Sequence[tuple[Glob, ...]], outside: Sequence[tuple[Glob, ...]], budget: Budget
) -> str | None:
    """A text of the base that every set of ``inside`` and no set of ``outside`` has; ``None`` if there is none."""
    barred = {glob for globs in outside for glob in globs}
    count = sum(map(len, inside))
    budget.spend(1 + (count * (1 + len(barred)) + (len(base.preferred) + _TRIED) * (count + len(barred))) // _CHECKS)
    wanted: list[tuple[Glob, ...]] = []
    for globs in inside:
        left = tuple(glob for glob in globs if glob not in barred and _may_fit(glob, base, barred))
        if not left:
            return None
        wanted.append(left)

    def fits(text: str) -> bool:
        return (
            all(any_matches(globs, text) for globs in wanted)
            and not any_matches(tuple(barred), text)
            and any_matches(base.globs, text)
        )

    for text in base.preferred:
        if fits(text):
            return text
    for glob in (glob for globs in wanted for glob in globs[:_TRIED]):
        for text in filled(glob):
            if fits(text):
                return text
    finite = [globs for globs in wanted if all(glob.literal is not None for glob in globs)]
    for globs in finite[:1]:
        budget.spend(len(globs))
        return next((glob.literal for glob in globs if glob.literal is not None and fits(glob.literal)), None)
    return _search([base.globs, *wanted], tuple(barred), budget)


def _may_fit(glob: Glob, base: Base, barred: Iterable[Glob]) -> bool:
    """Whether a pattern isn't ruled out by its beginning, which decides most cases without a search."""
    if not glob.prefix:
        return True
    return any(each.begins(glob.prefix) for each in base.globs) and not any(each.covers(glob) for each in barred)


def _search(inside: Sequence[tuple[Glob, ...]], outside: tuple[Glob, ...], budget: Budget) -> str | None:
    product = _Product(inside, outside)
    budget.spend(product.size // 8 + 1)
    start = product.start
    if product.accepts(start):
        return ""
    came: dict[int, tuple[int, str]] = {start: (start, "")}
    layer = [start]
    while layer:
        following: list[int] = []
        for state in layer:
            for character in product.characters(state):
                budget.spend()
                reached = product.step(state, character)
                if reached in came or not product.is_alive(reached):
                    continue
                came[reached] = (state, character)
                if product.accepts(reached):
                    return _trace(came, reached, start)
                following.append(reached)
        layer = following
    return None


def _trace(came: dict[int, tuple[int, str]], state: int, start: int) -> str:
    characters: list[str] = []
    while state != start:
        state, character = came[state]
        characters.append(character)
    return "".join(reversed(characters))


class _Product:
    """Several sets of patterns followed together: each pattern has a stretch of bits, one per position."""

    def __init__(self, inside: Sequence[tuple[Glob, ...]], outside: tuple[Glob, ...]) -> None:
        self.start = self._stars = 0
        self._groups: list[tuple[int, int]] = []
        self._barred = self._lost = 0
        self._by_character: dict[str, int] = {}
        self._classes: list[tuple[Characters, int]] = []
        self._own: dict[int, str] = {}
        places: dict[Characters, int] = {}
        offset = 0
        for globs in inside:
            first, final = offset, 0
            for glob in globs:
                offset, end = self._place(glob, offset, places)
                final |= end
            self._groups.append(((1 << offset) - (1 << first), final))
        for glob in outside:
            last = offset + len(glob.tokens) - 1
            if glob.tokens and glob.tokens[-1].star and glob.tokens[-1].characters == ANY:
                self._lost |= 1 << last
            offset, end = self._place(glob, offset, places)
            self._barred |= end
        self.size = offset
        self._places = places
        for characters, bits in places.items():
            if characters.members is not None and len(characters.members) <= _NARROW:
                self._own[bits] = "".join(sorted(characters.members))
        self._others = self._representatives(places)
        self.start = self._closed(self.start)

    def _place(self, glob: Glob, offset: int, places: dict[Characters, int]) -> tuple[int, int]:
        self.start |= 1 << offset
        for token in glob.tokens:
            places[token.characters] = places.get(token.characters, 0) | 1 << offset
            if token.star:
                self._stars |= 1 << offset
            offset += 1
        return offset + 1, 1 << offset

    def _representatives(self, places: dict[Characters, int]) -> tuple[str, ...]:
        """For each way in which wide classes can't tell characters apart, such a character that no pattern spells.

        Where the patterns spell all of them (ten account ids have all digits), it is all of them.
        """
        own = {character for characters in self._own.values() for character in characters}
        wide = [each for each in places if each.members is None or len(each.members) > _NARROW]
        excluded = {character for each in wide for character in each.excluded}
        alike: dict[tuple[bool, ...], str] = {}
        for character in dict.fromkeys([*_UNIVERSE, *sorted(excluded | own)]):
            kind = tuple(character in each for each in wide)
            found = alike.get(kind, "")
            if not found or (found[0] in own):
                alike[kind] = found + character if character in own else character
        return tuple(alike.values())

    def characters(self, state: int) -> Iterable[str]:
        """The characters that can make a difference here."""
        spelt: dict[str, None] = {}
        for bits, characters in self._own.items():
            if bits & state:
                spelt.update(dict.fromkeys(characters))
        others = (next((each for each in alike if each not in spelt), None) for alike in self._others)
        return [*(each for each in others if each is not None), *spelt]

    def step(self, state: int, character: str) -> int:
        mask = self._by_character.get(character)
        if mask is None:
            mask = 0
            for characters, bits in self._places.items():
                if character in characters:
                    mask |= bits
            self._by_character[character] = mask
        moved = state & mask
        return self._closed(((moved & ~self._stars) << 1) | (moved & self._stars))

    def _closed(self, state: int) -> int:
        while True:
            more = state | ((state & self._stars) << 1)
            if more == state:
                return state
            state = more

    def is_alive(self, state: int) -> bool:
        return not state & self._lost and all(state & bits for bits, _ in self._groups)

    def accepts(self, state: int) -> bool:
        return not state & self._barred and all(state & final for _, final in self._groups)


@lru_cache(maxsize=1)
def anything() -> Base:
    """Any text at all."""
    from vpce_lint.policy.glob import wildcard  # noqa: PLC0415 (at import, nothing is built)

    return Base((wildcard("*"),))
