"""How much a scan takes on: sizes, numbers, and steps of work, counted rather than timed.

Counting stops every machine, and every run, at the same place. What goes beyond a limit is unknown, for a reason that
says so, and the run reports VPCE901.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import fields

from vpce_lint.truth import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.source import Span

HIGHEST = 1_000_000_000
CHARACTERS_OF_STEP = 100
"""Making, or looking through, so many characters counts as one step of work."""
DEEPEST_RECURSION = 20_000
"""Code nests deeper than Python's default allows: an expression, and modules within modules."""


class LimitsError(Exception):
    """A limit that there isn't, or a value that it can't have; the message is for the user."""


class Limits(Struct, frozen=True):
    """The limits that may be changed, by those who run the tool: nothing in the scanned code has a say in them.

    ``file-size`` is in bytes, ``instances`` are those of one block, ``modules`` the module instances of a root,
    ``resources`` its resources, as far as they concern rules, and ``steps`` the work on a root: reading it, and again
    judging it.
    """

    file_size: int = 20_000_000
    instances: int = 2_000
    modules: int = 4_000
    resources: int = 10_000
    steps: int = 3_000_000

    def changed(self, name: str, value: object) -> Limits:
        """The limits with another value for one of them, named as users do: ``file-size``. Raises ``LimitsError``."""
        known = [field.name.replace("_", "-") for field in fields(self)]
        if name not in known:
            msg = f"there is no limit {name!r}: there are {', '.join(known)}"
            raise LimitsError(msg)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= HIGHEST:
            msg = f"the limit {name} must be a whole number from 1 to {HIGHEST:,}"
            raise LimitsError(msg)
        return Limits(
            **{**{each.name: getattr(self, each.name) for each in fields(self)}, name.replace("-", "_"): value}
        )


def limits_from(words: Iterable[str]) -> Limits:
    """Limits with the changes that ``NAME=NUMBER`` texts make. Raises ``LimitsError``."""
    limits = Limits()
    for each in words:
        name, equals, number = each.partition("=")
        digits = number.replace("_", "").replace(",", "")
        value = int(digits) if equals and digits.isascii() and digits.isdigit() and len(digits) < 20 else None
        limits = limits.changed(name, value)
    return limits


class Work:
    """The limits that count now, and the steps that are left: what every part of the evaluation draws from.

    One for the process, since values that are compared know nothing of the root that they belong to.
    """

    def __init__(self) -> None:
        self.limits = Limits()
        self.left = HIGHEST
        self.hits: dict[tuple[str, Span | None], None] = {}

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.left < 0

    @property
    def words(self) -> str:
        """What is said where nothing is left."""
        return f"more than {self.limits.steps:,} steps of work"

    @property
    def reason(self) -> Reason:
        """Why something isn't worked out any more."""
        return Reason(f"limit reached: {self.words}")

    def reached(self, words: str, span: Span | None) -> Reason:
        """Note that a limit was reached; why something isn't known."""
        self.hits.setdefault((words, span))
        return Reason(f"limit reached: {words}", span)

    @contextmanager
    def within(self, limits: Limits) -> Iterator[None]:
        """Let other limits count."""
        before, self.limits = self.limits, limits
        try:
            yield
        finally:
            self.limits = before

    @contextmanager
    def budget(self) -> Iterator[dict[tuple[str, Span | None], None]]:
        """Begin a piece of work that has all its steps before it, which what is around it doesn't pay for.

        What is given fills with the limits that it reaches: words and place.
        """
        before = self.left, self.hits
        self.left, self.hits = self.limits.steps, {}
        try:
            yield self.hits
        finally:
            self.left, self.hits = before


WORK = Work()
