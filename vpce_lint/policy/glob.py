"""Patterns of IAM policies as small automata: ``*`` and ``?``, and the classes of characters of ids and ARNs.

A glob is a row of tokens, each a class of characters that stands once or any number of times. It is
matched by following all its positions at once, so no pattern takes more than the length of the text
times a few machine words, whatever it looks like.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from vpce_lint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_KEPT = 64
"""So many texts that were followed through a pattern are kept with where it led: the same few come again and again."""

ARN_SEGMENTS = 6
"""``arn:partition:service:region:account:resource``; only the last may have colons."""


class Characters(Struct, frozen=True):
    """A class of characters: ``members``, or where that is ``None`` all but ``excluded``."""

    members: frozenset[str] | None
    excluded: frozenset[str] = frozenset()

    def __contains__(self, character: str) -> bool:
        """Whether a character is of the class."""
        return character not in self.excluded if self.members is None else character in self.members


ANY = Characters(None)
IN_SEGMENT = Characters(None, frozenset(":"))
_DIGITS = "0123456789"
_LOWER = "abcdefghijklmnopqrstuvwxyz"
DIGIT = Characters(frozenset(_DIGITS))
LOWER = Characters(frozenset(_LOWER + _DIGITS))
UPPER = Characters(frozenset(_LOWER.upper() + _DIGITS))
LABEL = Characters(frozenset(_LOWER + _DIGITS + "-"))
BUCKET = Characters(frozenset(_LOWER + _DIGITS + "-."))
PATH = Characters(frozenset(_LOWER + _DIGITS + "-/"))
NAME = Characters(frozenset(_LOWER + _LOWER.upper() + _DIGITS + "_+=,.@-/"))
CONCRETE = Characters(None, frozenset("*?"))
"""What stands in the ARN of something that exists: no wildcards."""


class Token(Struct, frozen=True):
    """A class of characters, once or (``star``) any number of times."""

    characters: Characters
    star: bool = False


class Glob(Record, frozen=True, dict=True):
    """A pattern; ``source`` is how it was written, ``literal`` its text where it matches only that."""

    apart: ClassVar[tuple[str, ...]] = ("source", "prefix")

    tokens: tuple[Token, ...]
    source: str = ""
    literal: str | None = None
    prefix: str = ""

    def __post_init__(self) -> None:
        """Keep the hash: a glob is a key of many tables."""
        stars = sum(1 << at for at, token in enumerate(self.tokens) if token.star)
        vars(self).update(_hash=hash(self.tokens), _masks={}, _known={}, _stars=stars)

    def __hash__(self) -> int:
        """A hash that goes with equality."""
        return self._hash  # type: ignore[attr-defined, no-any-return]

    def matches(self, text: str) -> bool:
        """Whether the whole text is of this pattern."""
        if self.literal is not None:
            return text == self.literal
        if not text.startswith(self.prefix):
            return False
        if len(self.tokens) == len(self.prefix) + 1 and self.tokens[-1] == STAR:
            return True
        return bool(self._after(text) >> len(self.tokens) & 1)

    def begins(self, text: str) -> bool:
        """Whether some text of this pattern begins so."""
        if self.literal is not None:
            return self.literal.startswith(text)
        return self._after(text) != 0

    def covers(self, other: Glob) -> bool:
        """Whether all texts of another pattern certainly are of this one, because of how they begin."""
        return bool(self.tokens) and self.tokens[-1] == STAR and self.matches(other.prefix)

    def _after(self, text: str) -> int:
        """The positions, one bit each, at which the pattern may be after a text; none where it can't begin so."""
        if not text.startswith(self.prefix):
            if not self.prefix.startswith(text):
                return 0
            return 1 << len(text)
        known: dict[str, int] = self._known  # type: ignore[attr-defined]
        found = known.get(text)
        if found is None:
            if len(known) >= MOST_KEPT:
                known.clear()
            found = known[text] = self._followed(text)
        return found

    def _followed(self, text: str) -> int:
        stars: int = self._stars  # type: ignore[attr-defined]
        masks: dict[str, int] = self._masks  # type: ignore[attr-defined]
        states = _closure(1 << len(self.prefix), stars)
        for character in text[len(self.prefix) :]:
            mask = masks.get(character)
            if mask is None:
                mask = sum(1 << at for at, token in enumerate(self.tokens) if character in token.characters)
                masks[character] = mask
            moved = states & mask
            states = ((moved & ~stars) << 1) | (moved & stars)
            if not states:
                break
            if states & stars:
                states = _closure(states, stars)
        return states

    def __add__(self, other: Glob) -> Glob:
        """One pattern after the other."""
        return of_tokens((*self.tokens, *other.tokens), self.source + other.source)


STAR = Token(ANY, star=True)


def _closure(states: int, stars: int) -> int:
    """The positions with those that are reached by leaving stars empty."""
    while True:
        more = states | ((states & stars) << 1)
        if more == states:
            return states
        states = more


def of_tokens(tokens: Iterable[Token], source: str = "") -> Glob:
    """A pattern of tokens; equal stars in a row are one."""
    row: list[Token] = []
    for token in tokens:
        if token.star and row and row[-1].star and row[-1].characters in {token.characters, ANY}:
            continue
        row.append(token)
    plain = [next(iter(token.characters.members)) if _is_plain(token) else None for token in row]  # type: ignore[arg-type]
    literal = None if None in plain else "".join(character or "" for character in plain)
    prefix = "".join(plain[: plain.index(None)] if None in plain else plain)  # type: ignore[arg-type]
    return Glob(tuple(row), source, literal, prefix)


NEVER = Glob((Token(Characters(frozenset())),))
"""No text is of this pattern."""


def _is_plain(token: Token) -> bool:
    members = token.characters.members
    return not token.star and members is not None and len(members) == 1


@lru_cache(maxsize=4096)
def _plain(character: str) -> Token:
    return Token(Characters(frozenset(character)))


@lru_cache(maxsize=4096)
def literal(text: str) -> Glob:
    """Exactly this text."""
    return of_tokens(map(_plain, text), text)


@lru_cache(maxsize=1024)
def ignoring_case(text: str) -> Glob:
    """This text in any mixture of upper and lower case."""
    return of_tokens((Token(Characters(frozenset({each.lower(), each.upper(), each}))) for each in text), text)


@lru_cache(maxsize=64)
def several(characters: Characters, least: int = 1) -> Glob:
    """A stretch of characters of a class, of no fixed length."""
    return of_tokens((*[Token(characters)] * least, Token(characters, star=True)))


@lru_cache(maxsize=64)
def exactly(characters: Characters, number: int) -> Glob:
    """So many characters of a class."""
    return of_tokens([Token(characters)] * number)


def _tokens(text: str, wild: Characters) -> list[Token]:
    return [Token(wild, star=True) if each == "*" else Token(wild) if each == "?" else _plain(each) for each in text]


@lru_cache(maxsize=4096)
def wildcard(text: str) -> Glob:
    """A text in which ``*`` stands for anything and ``?`` for one character."""
    return of_tokens(_tokens(text, ANY), text)


@lru_cache(maxsize=4096)
def arn(text: str) -> Glob:
    """An ARN whose wildcards stay in their segments; what isn't an ARN of six segments is matched as a whole."""
    parts = text.split(":", ARN_SEGMENTS - 1)
    if len(parts) < ARN_SEGMENTS:
        return wildcard(text)
    row: list[Token] = []
    for part in parts[:-1]:
        row += [*_tokens(part, IN_SEGMENT), _plain(":")]
    return of_tokens([*row, *_tokens(parts[-1], ANY)], text)


def joined(globs: Iterable[Glob], source: str = "") -> Glob:
    """One pattern after the other."""
    return of_tokens((token for glob in globs for token in glob.tokens), source)


@lru_cache(maxsize=4096)
def with_account(account: Glob) -> Glob:
    """The ARNs with such an account."""
    segment = several(IN_SEGMENT, 0)
    colon = literal(":")
    before = [literal("arn:"), segment, colon, segment, colon, segment, colon]
    return joined([*before, narrowed(account), colon, wildcard("*")], account.source)


@lru_cache(maxsize=4096)
def with_first(glob: Glob, separator: str) -> Glob:
    """The texts whose first part, up to the separator, is of this pattern."""
    inner = Characters(None, frozenset(separator))
    return joined([narrowed(glob, inner), literal(separator), wildcard("*")], glob.source)


def narrowed(glob: Glob, characters: Characters = IN_SEGMENT) -> Glob:
    """The same where a wildcard stands for these characters only: no text has others."""
    if any(not token.star and token.characters.members in _separators(characters) for token in glob.tokens):
        return NEVER
    if glob.literal is not None:
        return glob
    return of_tokens(
        (Token(characters, token.star) if token.characters == ANY else token for token in glob.tokens), glob.source
    )


@lru_cache(maxsize=16)
def _separators(characters: Characters) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(each) for each in characters.excluded)


def has_wildcard(text: str) -> bool:
    """Whether a text has ``*`` or ``?``."""
    return "*" in text or "?" in text


def any_matches(globs: Sequence[Glob], text: str) -> bool:
    """Whether one of the patterns matches the text."""
    return any(glob.matches(text) for glob in globs)
