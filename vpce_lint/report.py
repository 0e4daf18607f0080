"""What is reported: answers with all that a reader of them needs, and the counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.location import Location  # noqa: TC001 (decoding looks up the fields' types)
from vpce_lint.verdict import Confidence, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable


ALL_VERDICTS = frozenset(Verdict)


class Suppression(Struct, frozen=True):
    """Why an answer is not held against the code; ``until`` is the last day of that, as ``2027-01-31``."""

    kind: str
    reason: str
    until: str | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """What one rule decided about one resource.

    ``rule`` is the rule's id, ``about`` its sub-subject where it has several for one resource.
    ``address`` is the instance's address as Terraform prints it, ``affects`` the addresses of all
    resources that the answer is about, that one first. ``root`` is the folder that was judged, and
    ``calls`` are the module calls from the resource up to it. ``construct`` is the resource's path in a
    program of the CDK. ``why`` says what is missing for an
    undetermined answer, and what a likely one rests on. ``help`` says where the rule is explained. ``is_new`` says
    whether a baseline doesn't know it; ``None`` where none was asked.
    """

    rule: str
    name: str
    verdict: Verdict
    severity: Severity
    confidence: Confidence = Confidence.CERTAIN
    about: str | None = None
    address: str
    affects: tuple[str, ...] = ()
    root: str
    location: Location
    message: str
    why: tuple[str, ...] = ()
    fix: str = ""
    related: tuple[Location, ...] = ()
    calls: tuple[Location, ...] = ()
    construct: str = ""
    help: str = ""
    environment: str | None = None
    suppressed: Suppression | None = None
    is_new: bool | None = None

    @property
    def fingerprint(self) -> str:
        """An identity that survives edits of other lines: of rule, root, path, address and ``about``."""
        return _fingerprint(self, self.location.path)

    @property
    def bare(self) -> Answer:
        """The same, as far as it counts, without the words for those who look at it; an answer that is shown needs them."""
        place = replace(self.location, label="", excerpt=None)
        return replace(
            self, location=place, message="", why=(), fix="", affects=(), related=(), calls=(), construct="", help=""
        )

    @property
    def order(self) -> tuple[object, ...]:
        """What answers are sorted by: path, line, rule, address, ``about``, and then whatever tells them apart."""
        place = self.location
        rest = (self.root, place.range, self.verdict.rank, self.message)
        return place.path, place.line, self.rule, self.address, self.about or "", rest


class Fixed(Struct, frozen=True):
    """What a baseline knows and the code no longer has: the parts of the answer that it stood for."""

    rule: str
    address: str
    about: str | None
    path: str
    root: str
    environment: str | None = None

    @property
    def fingerprint(self) -> str:
        """That of the answer."""
        return _fingerprint(self, self.path)


def _fingerprint(item: Answer | Fixed, path: str) -> str:
    parts = [item.rule, item.root, path, item.address, item.about or ""]
    parts += [item.environment] if item.environment else []
    from hashlib import blake2b  # noqa: PLC0415 (loaded when it is needed)

    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class RulePage(Struct, frozen=True):
    """What a rule that was asked says about itself; ``page`` is Markdown, its first line the summary.

    ``built_in``: it comes with the tool, so that the tool's documentation has a page about it.
    """

    id: str
    name: str
    severity: Severity
    category: str = ""
    page: str = ""
    controls: tuple[str, ...] = ()
    built_in: bool = False


class Omission(Struct, frozen=True):
    """Something that was not read, and why."""

    path: str
    reason: str
    kind: str = "file"


class Scope(Struct, frozen=True):
    """What was looked at: the paths that were named, and how many files, roots and endpoints were found there."""

    paths: tuple[str, ...] = ()
    files: int = 0
    roots: int = 0
    endpoints: int = 0


class ChangeScope(Struct, frozen=True):
    """The change that a report is limited to, and what it leaves out.

    ``revision`` is as the user named it, ``commit`` what the working tree was compared with. ``violated`` and
    ``undetermined`` count answers that don't belong to the change, ``roots`` those that it doesn't touch.
    """

    revision: str
    commit: str
    violated: int = 0
    undetermined: int = 0
    roots: int = 0


class Summary(Struct, frozen=True):
    """How many answers there are per verdict; a suppressed answer counts as suppressed only."""

    violated: int
    undetermined: int
    satisfied: int
    not_applicable: int
    suppressed: int


class Report(Struct, frozen=True):
    """All answers, in order; ``shown`` are the verdicts that a person asked to see.

    ``fixed`` are the entries of a baseline that can go. Suppressed answers are shown unless ``shows_suppressed``
    is off. ``rules`` are all that were asked, whether they have an answer or not; ``thresholds`` say which
    answers make the run fail. With a ``change``, only the open answers that belong to it are there.
    """

    answers: tuple[Answer, ...] = ()
    scope: Scope = field(default_factory=Scope)
    unread: tuple[Omission, ...] = ()
    shown: frozenset[Verdict] = ALL_VERDICTS
    fixed: tuple[Fixed, ...] = ()
    shows_suppressed: bool = True
    rules: tuple[RulePage, ...] = ()
    thresholds: Thresholds = field(default_factory=lambda: Thresholds())  # noqa: PLW0108 (defined below)
    change: ChangeScope | None = None

    @property
    def summary(self) -> Summary:
        """The counts, of what is not shown too."""
        open_ = Counter(answer.verdict for answer in self.answers if not answer.suppressed)
        return Summary(
            violated=open_[Verdict.VIOLATED],
            undetermined=open_[Verdict.UNDETERMINED],
            satisfied=open_[Verdict.SATISFIED],
            not_applicable=open_[Verdict.NOT_APPLICABLE],
            suppressed=len(self.answers) - open_.total(),
        )

    @property
    def visible(self) -> tuple[Answer, ...]:
        """The answers to show."""
        return tuple(
            answer
            for answer in self.answers
            if answer.verdict in self.shown and (self.shows_suppressed or not answer.suppressed)
        )

    @property
    def found_nothing(self) -> bool:
        """Whether there was nothing to judge below the paths; that a change touches no root is another matter."""
        return not (self.scope.roots or (self.change and self.change.roots))

    def showing(self, verdicts: Iterable[Verdict], *, suppressed: bool = True) -> Report:
        """The same report, with these verdicts to show, and what is suppressed or not."""
        return replace(self, shown=frozenset(verdicts), shows_suppressed=suppressed)


class Thresholds(Struct, frozen=True):
    """From where on an answer makes the run fail; they decide the exit code and nothing else."""

    severity: Severity = Severity.LOW
    confidence: Confidence = Confidence.LIKELY
    strict: bool = False
    """Whether undetermined answers count as violations do."""

    def fail(self, answer: Answer) -> bool:
        """Whether the answer makes the run fail."""
        counts = answer.verdict is Verdict.VIOLATED or (self.strict and answer.verdict is Verdict.UNDETERMINED)
        grave = answer.severity.rank <= self.severity.rank
        sure = answer.confidence.rank <= self.confidence.rank
        return counts and grave and sure and not answer.suppressed

    def exit_code(self, report: Report) -> int:
        """0 where nothing fails, else 1."""
        return int(any(self.fail(answer) for answer in report.answers))
