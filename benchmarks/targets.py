"""What is promised of speed, each as a measurement of its own, with the ratio that decides whether it is kept.

A function here measures one row of the table of targets. How many roots stand for "1,000" can be made smaller to
try a measurement; ten times as many stand for "10,000".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.environments import Environments, Scanned, program_of
from benchmarks.process import Measured, in_turn, run
from benchmarks.repositories.repository import Repository, largest_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from benchmarks.process import Command

TERRAFORM_PEERS = ("checkov -c CKV_AWS_123", "checkov", "tfparse", "semgrep")

ONE_JOB = "--jobs=1"
START_UP = 0.090
"""Seconds above Python's own."""


class Target(NamedTuple):
    """A promise, what was measured, and whether that keeps it; ``None`` where it couldn't be measured."""

    what: str
    promised: str
    measured: str
    kept: bool | None


class Line(NamedTuple):
    """What one command took on one repository or template."""

    what: str
    scanned: Scanned | None
    measured: Measured


@dataclass
class Bench:
    """Where to measure, how large, and what was measured so far.

    ``thousand`` is how many roots stand for 1,000, ``limit`` the seconds after which a command is ended.
    """

    environments: Environments
    repositories: Path
    thousand: int
    limit: float
    peers: tuple[str, ...]
    report: Callable[[Line], None]
    lines: list[Line] = field(default_factory=list)

    def repository(self, form: str, roots: int, relevant: int) -> Scanned:
        """A generated repository; its files have been read, so that none is read from disk later."""
        folder = self.repositories / f"{form}-{roots}-{relevant}"
        listed = folder.with_suffix(".relevant")
        if not listed.exists():
            paths = Repository(form, roots, relevant).write(folder)
            listed.write_text("\n".join(paths), "utf-8")
        return Scanned(folder, sum(len(each.read_bytes()) for each in folder.rglob("*") if each.is_file()), listed)

    def template(self, form: str) -> Scanned:
        """The largest template."""
        file = self.repositories / f"largest.{form}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(largest_template(form), "utf-8")
        return Scanned(file, file.stat().st_size)

    def measure(self, what: str, scanned: Scanned | None, *commands: Command) -> list[Measured]:
        """Measure commands in turn, and keep a line for each."""
        found = in_turn(commands, self.limit)
        for each in found:
            self.lines.append(Line(what, scanned, each))
            self.report(self.lines[-1])
        return found

    def has(self, peers: Iterable[str]) -> list[str]:
        """Those of the peers that are wanted and can be had."""
        return [peer for peer in peers if program_of(peer) in self.peers and self.environments.has(peer)]

    def warm_up(self, peers: Iterable[str]) -> None:
        """Have every program compile and cache what it does at its first start."""
        code, template = self.repository("terraform", 1, 100), self.repository("yaml", 1, 100)
        run(self.environments.vpce_lint(code), self.limit)
        run(self.environments.vpce_lint(template), self.limit)
        for peer in self.has(peers):
            run(self.environments.peer(peer, _file(template) if peer == "cfn-lint" else code), self.limit)


def small_root(bench: Bench) -> Iterator[Target]:
    """One small root, cold, against checkov and Python; the same as a template, against cfn-lint."""
    code, twin = bench.repository("terraform", 1, 100), _file(bench.repository("yaml", 1, 100))
    peers = bench.has(("checkov -c CKV_AWS_123", "checkov"))
    commands = (bench.environments.vpce_lint(code), bench.environments.python())
    ours, python, *others = bench.measure(
        "one small root", code, *commands, *(bench.environments.peer(peer, code) for peer in peers)
    )
    yield from (_faster("one small root, cold", ours, other, 25) for other in others)
    above = ours.wall - python.wall
    yield Target(
        "one small root, cold",
        f"<= {START_UP * 1000:.0f} ms above python -c pass",
        f"{above * 1000:.0f} ms",
        above <= START_UP,
    )
    if bench.has(["cfn-lint"]):
        pair = (bench.environments.vpce_lint(twin), bench.environments.peer("cfn-lint", twin))
        ours, other = bench.measure("its template", twin, *pair)
        yield _faster("its template, cold", ours, other, 8)


def thousand_roots(bench: Bench) -> Iterator[Target]:
    """1,000 roots, one of ten relevant, cold: alone, and against every peer up to the size that it ends with."""
    what = f"{bench.thousand:,} roots, 10 % relevant"
    code = bench.repository("terraform", bench.thousand, 10)
    commands = (bench.environments.vpce_lint(code, ONE_JOB), bench.environments.floor(code))
    ours, floor = bench.measure(what, code, *commands, bench.environments.vpce_lint(code, ONE_JOB, "--no-cache"))[:2]
    yield _rate(f"{what}, cold", ours, code, 10)
    yield Target(f"{what}, cold", "close to reading and parsing", f"{ours.wall / floor.wall:.1f} times as long", None)
    promised = {"checkov -c CKV_AWS_123": 200, "checkov": 200, "tfparse": 30}
    for peer in bench.has(TERRAFORM_PEERS):
        yield _up_to(bench, "terraform", 10, peer, promised.get(peer))


def all_relevant(bench: Bench) -> Iterator[Target]:
    """All code relevant."""
    what = f"{bench.thousand:,} roots, all relevant"
    code = bench.repository("terraform", bench.thousand, 100)
    ours, floor = bench.measure(what, code, bench.environments.vpce_lint(code, ONE_JOB), bench.environments.floor(code))
    yield _rate(f"{what}, cold", ours, code, 3)
    yield Target(f"{what}, cold", "close to reading and parsing", f"{ours.wall / floor.wall:.1f} times as long", None)


def again(bench: Bench) -> Iterator[Target]:
    """Nothing changed since the last run: start-up and twice what reading the bytes takes."""
    what = f"again, nothing changed, {bench.thousand:,} roots, all relevant"
    code = bench.repository("terraform", bench.thousand, 100)
    empty = bench.repositories / "empty"
    empty.mkdir(exist_ok=True)
    run(bench.environments.vpce_lint(code), bench.limit)
    second, start_up, reading, python = bench.measure(
        what,
        code,
        bench.environments.vpce_lint(code, again=True),
        bench.environments.vpce_lint(Scanned(empty, 0), again=True),
        bench.environments.reading(code),
        bench.environments.python(),
    )
    allowed = start_up.wall + 2 * (reading.wall - python.wall)
    yield Target(
        what,
        f"<= {allowed * 1000:.0f} ms (start-up + 2 x reading)",
        f"{second.wall * 1000:.0f} ms, {second.wall / allowed:.1f} times that",
        second.wall <= allowed,
    )


def two_cores(bench: Bench) -> Iterator[Target]:
    """All cores against one."""
    what = f"{10 * bench.thousand:,} roots, 10 % relevant, all cores against one"
    if "--jobs" not in bench.environments.options:
        yield Target(what, ">= 1.7", "there is no --jobs", None)
        return
    code = bench.repository("terraform", 10 * bench.thousand, 10)
    ones = (bench.environments.vpce_lint(code, ONE_JOB), bench.environments.vpce_lint(code))
    one, every = bench.measure(what, code, *ones)
    ratio = one.wall / every.wall
    yield Target(what, ">= 1.7", f"{ratio:.2f}", ratio >= 1.7)


def growth(bench: Bench) -> Iterator[Target]:
    """Ten times the roots."""
    sizes = (bench.thousand, 10 * bench.thousand)
    small, large = (bench.repository("terraform", roots, 10) for roots in sizes)
    less, more = (
        bench.measure(f"{roots:,} roots, 10 % relevant", code, bench.environments.vpce_lint(code))[0]
        for roots, code in zip(sizes, (small, large), strict=True)
    )
    what = f"{sizes[0]:,} -> {sizes[1]:,} roots"
    for name, ratio in (("time", more.wall / less.wall), ("memory", more.together / less.together)):
        yield Target(f"{what}: {name}", "<= 10.5 x", f"{ratio:.1f} x", ratio <= 10.5)
    peak = more.first / 1e6
    yield Target(f"{sizes[1]:,} roots: peak memory of the parent", "<= 300 MB", f"{peak:.0f} MB", peak <= 300)


def large_template(bench: Bench) -> Iterator[Target]:
    """One template of 1 MB."""
    if not bench.has(["cfn-lint"]):
        return
    for form in ("yaml", "json"):
        file = bench.template(form)
        pair = (bench.environments.vpce_lint(file), bench.environments.peer("cfn-lint", file))
        ours, other = bench.measure(f"template of 1 MB, {form}", file, *pair)
        yield _faster(f"template of 1 MB, {form}", ours, other, 50)


def stacks(bench: Bench) -> Iterator[Target]:
    """A template for each root, three of ten relevant, against cfn-lint up to the size that it ends with."""
    if bench.has(["cfn-lint"]):
        yield _up_to(bench, "yaml", 30, "cfn-lint", None)
        yield _up_to(bench, "json", 30, "cfn-lint", None)


def shares(bench: Bench) -> Iterator[Target]:
    """How the share of relevant roots tells: nothing is promised, the figures are in the table of runs."""
    for relevant in (1, 10, 30, 100):
        code = bench.repository("terraform", bench.thousand, relevant)
        commands = (bench.environments.vpce_lint(code, ONE_JOB), bench.environments.floor(code))
        bench.measure(f"{bench.thousand:,} roots, {relevant} % relevant", code, *commands)
    yield from ()


MEASUREMENTS: dict[str, Callable[[Bench], Iterator[Target]]] = {
    "small-root": small_root,
    "thousand-roots": thousand_roots,
    "all-relevant": all_relevant,
    "again": again,
    "two-cores": two_cores,
    "growth": growth,
    "large-template": large_template,
    "stacks": stacks,
    "shares": shares,
}


def _up_to(bench: Bench, form: str, relevant: int, peer: str, times: int | None) -> Target:
    """Against a peer with ten roots, a hundred and so on: what came out of the last size that it was tried with."""
    ended: Target | None = None
    for roots in _sizes(bench.thousand):
        what = f"{roots:,} roots in {form}, {relevant} % relevant, cold"
        code = bench.repository(form, roots, relevant)
        pair = (bench.environments.vpce_lint(code), bench.environments.peer(peer, code))
        ours, other = bench.measure(what, code, *pair)
        target = _faster(what, ours, other, times)
        if not other.ended:
            before = f"; {ended.what}: {ended.measured}" if ended else ""
            return target._replace(measured=target.measured + before)
        ended = target
    return target


def _faster(what: str, ours: Measured, other: Measured, times: int | None) -> Target:
    """How many times as long the other takes; where it didn't end, at least so many."""
    ratio = other.wall / ours.wall
    promised = f"<= 1/{times} of {other.name}" if times else f"ahead of {other.name}"
    if other.ended:
        processor = f"1/{other.cpu / ours.cpu:.0f} of the processor time"
        return Target(what, promised, f"1/{ratio:.0f} ({processor})", ratio >= (times or 1))
    kept = True if ratio >= (times or 1) else None
    return Target(what, promised, f"less than 1/{ratio:.0f}, ended after {other.wall:.0f} s", kept)


def _rate(what: str, ours: Measured, scanned: Scanned, promised: float) -> Target:
    rate = scanned.megabytes / ours.wall
    return Target(what, f">= {promised} MB/s per core", f"{rate:.1f} MB/s", rate >= promised)


def _sizes(largest: int) -> Sequence[int]:
    """10, 100 and so on, up to the largest."""
    return [size for size in (10, 100, 1_000, 10_000) if size < largest] + [largest]


def _file(repository: Scanned) -> Scanned:
    """The only template of a repository."""
    file = next(each for each in repository.path.rglob("*") if each.is_file())
    return Scanned(file, file.stat().st_size)
