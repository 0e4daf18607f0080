"""The three axes of an answer: what was decided, how grave it would be, and how sure that is."""

from __future__ import annotations

from enum import StrEnum


class _Ranked(StrEnum):
    """Words in an order: ``rank`` is 0 for the first."""

    rank: int

    def __init__(self, _: str) -> None:
        self.rank = len(type(self).__members__)  # of those before it


class Verdict(_Ranked):
    """What a rule decided about a resource, the worst first."""

    VIOLATED = "violated"
    UNDETERMINED = "undetermined"
    SATISFIED = "satisfied"
    NOT_APPLICABLE = "not-applicable"


class Severity(_Ranked):
    """How grave a violation is, the gravest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Confidence(_Ranked):
    """How sure an answer is, the surest first.

    ``certain`` follows from the code and from what AWS documents; ``likely`` rests on something usual,
    such as the default of a variable that a caller may set otherwise.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
