"""The three axes of an answer: what was decided, how grave it would be, and how sure that is."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a rule decided about a resource, the worst first."""

    VIOLATED = "violated"
    UNDETERMINED = "undetermined"
    SATISFIED = "satisfied"
    NOT_APPLICABLE = "not-applicable"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Verdict).index(self)


class Severity(StrEnum):
    """How grave a violation is, the gravest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure an answer is, the surest first.

    ``certain`` follows from the code and from what AWS documents; ``likely`` rests on something usual,
    such as the default of a variable that a caller may set otherwise.
    """

    CERTAIN = "certain"
    LIKELY = "likely"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return list(Confidence).index(self)
