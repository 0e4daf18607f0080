"""Rules about the reading itself, and what is said about it: nothing can deselect, suppress or lower them."""

from __future__ import annotations

from msgspec import Struct

from vpce_lint.verdict import Severity


class Fault(Struct, frozen=True):
    """A kind of failure of the tool or its input, reported like a rule's violation."""

    id: str
    name: str
    page: str
    severity: Severity = Severity.HIGH
    category: str = "reading"
    controls: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.page.partition("\n")[0]


UNREADABLE = Fault(
    "VPCE900",
    "unreadable-file",
    """A file can't be read or parsed, so what it describes was not checked.

Code that was not read may hold anything: an endpoint that opens the network, or the one that
another rule misses. It is reported for files that could concern the network, at the place where
the first error was found; the place of a syntax error is approximate.

Fix: make the file valid. `terraform fmt` and `terraform validate` say more about syntax errors.""",
)

LIMIT = Fault(
    "VPCE901",
    "limit-reached",
    """A limit of size, depth, expansion or work was reached, so something was not checked.

The limits keep a scan short whatever it is given. Real configurations stay far below them.

Fix: split what is too large, or name smaller folders to check.""",
)

INEFFECTIVE = Fault(
    "VPCE902",
    "ineffective-suppression",
    """A suppression does nothing: it is misspelt, has ended, lacks a reason, or nothing needs it.

What it was meant to suppress counts all the same, so a mistake in it never opens the gate. One that nothing needs
would hide the next violation in its place.

Fix: correct it, or remove it. In a comment: `vpce-lint: ignore[VPCE005] reason`, or with the last day
`vpce-lint: ignore[VPCE005] until=2027-01-31 reason`, right above the block or inside it.""",
    Severity.INFO,
)

INTERNAL = Fault(
    "VPCE999",
    "internal-error",
    """A rule failed with an error of its own instead of an answer.

The other rules and the other resources were judged all the same.

Fix: this is a defect of the rule. Report it, with the code that it failed on.""",
)

FAULTS = (UNREADABLE, LIMIT, INEFFECTIVE, INTERNAL)
