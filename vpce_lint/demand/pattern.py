"""Patterns of IAM actions, ``sqs:Send*``: whether one takes in another, and whether both can mean the same action.

``*`` stands for any characters, ``?`` for one; letters count without case (IAM User Guide, "IAM JSON policy
elements: Action"). Service prefixes have no wildcards, but for the bare ``*``.
"""

from __future__ import annotations

from functools import lru_cache

LONGEST = 128
"""No action of AWS is longer; a longer pattern means none."""


MOST_WILDCARDS = 16
"""A pattern with more is not worked out."""


def is_too_open(pattern: str) -> bool:
    """Whether a pattern is more work than any that people write: it is too long, or has too many wildcards."""
    return len(pattern) > LONGEST or pattern.count("*") + pattern.count("?") > MOST_WILDCARDS


def is_open(pattern: str) -> bool:
    """Whether a pattern can mean more than one action."""
    return "*" in pattern or "?" in pattern


@lru_cache(maxsize=10_000)
def covers(wide: str, narrow: str) -> bool:
    """Whether every action that ``narrow`` means is one that ``wide`` means; never wrongly true.

    The wildcards of ``narrow`` are taken as characters that only wildcards match: a ``*`` needs a ``*``.
    """
    place, at, star, resume = 0, 0, -1, 0
    while at < len(narrow):
        if place < len(wide) and wide[place] == "*":
            star, resume = place, at
            place += 1
        elif place < len(wide) and (wide[place] == narrow[at] or (wide[place] == "?" and narrow[at] != "*")):
            place += 1
            at += 1
        elif star >= 0:
            resume += 1
            place, at = star + 1, resume
        else:
            return False
    return all(character == "*" for character in wide[place:])


@lru_cache(maxsize=10_000)
def overlap(one: str, other: str) -> bool:
    """Whether some action is meant by both."""
    reached = {0}
    for index, character in enumerate((*one, "")):
        reached = _spread(reached, other)
        if index == len(one):
            return len(other) in reached
        if character == "*":
            reached = set(range(min(reached), len(other) + 1)) if reached else set()
            continue
        step: set[int] = set()
        for place in reached:
            if place < len(other):
                if other[place] == "*":
                    step.add(place)
                elif "?" in {character, other[place]} or other[place] == character:
                    step.add(place + 1)
        reached = step
        if not reached:
            return False
    return False


def _spread(reached: set[int], pattern: str) -> set[int]:
    """The places that stars without characters lead on to."""
    spread = set(reached)
    for place in sorted(reached):
        ahead = place
        while ahead < len(pattern) and pattern[ahead] == "*":
            ahead += 1
            spread.add(ahead)
    return spread
