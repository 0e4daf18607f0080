"""What is promised of speed, each as a measurement of its own, with the ratio that decides whether it is kept.

A function here measures one row of the table of targets. How many roots stand for "1,000" can be made smaller to
try a measurement; ten times as many stand for "10,000".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.bench import Bench, Target, only_file
from benchmarks.checkov_overhead import checkov_overhead
from benchmarks.environments import Scanned, program_of
from benchmarks.process import ONCE, Measured, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ONE_JOB = "--jobs=1"
START_UP = 0.090
"""Seconds above Python's own."""

AHEAD = 10
"""An order of magnitude is promised where nothing more exact is."""

TERRAFORM_PEERS = {"checkov -c CKV_AWS_123": 200, "checkov": 200, "tfparse": 30, "semgrep": AHEAD}
"""How many times as long as ours each is to take."""


def small_root(bench: Bench) -> Iterator[Target]:
    """One small root, cold, against checkov and Python; the same as a template, against cfn-lint."""
    code, twin = bench.repository("terraform", 1, 100), only_file(bench.repository("yaml", 1, 100))
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
    """1,000 roots, one of ten relevant, cold: alone, and against every peer, with a tenth of the roots before."""
    what = f"{bench.thousand:,} roots, 10 % relevant"
    code = bench.repository("terraform", bench.thousand, 10)
    commands = (bench.environments.vpce_lint(code, ONE_JOB), bench.environments.floor(code))
    ours, floor = bench.measure(what, code, *commands, bench.environments.vpce_lint(code, ONE_JOB, "--no-cache"))[:2]
    yield _rate(f"{what}, cold", ours, code, 10)
    yield Target(f"{what}, cold", "close to reading and parsing", f"{ours.wall / floor.wall:.1f} times as long", None)
    sizes = (bench.thousand // 10 or 1, bench.thousand)
    too_slow: dict[int, str] = {}
    for peer in bench.has(TERRAFORM_PEERS):
        yield from _up_to(bench, ("terraform", 10), sizes, peer, TERRAFORM_PEERS[peer], too_slow)


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
    start_up = bench.environments.vpce_lint(bench.empty(), again=True)
    run(bench.environments.vpce_lint(code), bench.limit)
    second, start, reading, python = bench.measure(
        what,
        code,
        bench.environments.vpce_lint(code, again=True),
        replace(start_up, name="vpce-lint on an empty folder", scans=False),
        bench.environments.reading(code),
        bench.environments.python(),
    )
    allowed = start.wall + 2 * (reading.wall - python.wall)
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
    ratios = {
        "time": more.wall / less.wall,
        "memory of the parent": more.first / less.first,
        "memory of all processes": more.together / less.together,
    }
    for name, ratio in ratios.items():
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
    for form in ("yaml", "json") if bench.has(["cfn-lint"]) else ():
        yield from _up_to(bench, (form, 30), _sizes(bench.thousand), "cfn-lint", AHEAD, {})


def shares(bench: Bench) -> Iterator[Target]:
    """How the share of relevant roots tells: nothing is promised, the figures are in the table of runs."""
    for relevant in (1, 10, 30, 100):
        code = bench.repository("terraform", bench.thousand, relevant)
        commands = (bench.environments.vpce_lint(code, ONE_JOB), bench.environments.floor(code))
        bench.measure(f"{bench.thousand:,} roots, {relevant} % relevant", code, *commands)
    yield from ()


PROMISED: dict[str, Callable[[Bench], Iterator[Target]]] = {
    "small-root": small_root,
    "thousand-roots": thousand_roots,
    "all-relevant": all_relevant,
    "again": again,
    "two-cores": two_cores,
    "growth": growth,
    "large-template": large_template,
}
"""The rows of the table of targets."""

MEASUREMENTS = PROMISED | {"stacks": stacks, "shares": shares, "checkov-overhead": checkov_overhead}


def _up_to(
    bench: Bench,
    kind: tuple[str, int],
    sizes: Sequence[int],
    peer: str,
    times: int,
    too_slow: dict[int, str],
) -> Iterator[Target]:
    """Against a peer with more and more roots, until it doesn't end; only the last size is promised anything.

    ``kind`` is the form of the repository and its share of relevant roots. ``too_slow`` has, and gets, by the number of
    roots the command that did not end: the same program isn't tried with more to do.
    """
    form, relevant = kind
    for roots in sizes:
        what = f"{roots:,} roots in {form}, {relevant} % relevant, cold"
        wanted = times if roots == sizes[-1] else None
        if program_of(earlier := too_slow.get(roots, "")) == program_of(peer):
            yield Target(what, _promise(peer, wanted), f"not tried: {earlier} did not end", None)
            return
        code = bench.repository(form, roots, relevant)
        command = bench.environments.peer(peer, code)
        pair = (
            bench.environments.vpce_lint(code),
            command if roots == sizes[-1] else replace(command, most=ONCE),
        )
        ours, other = bench.measure(what, code, *pair)
        yield _faster(what, ours, other, wanted)
        if not other.ended:
            too_slow[roots] = peer
            return


def _faster(what: str, ours: Measured, other: Measured, times: int | None) -> Target:
    """How many times as long the other takes, or at least takes where it didn't end; ``times`` is what is promised."""
    ratio = other.wall / ours.wall
    promised = _promise(other.name, times)
    if other.ended:
        measured = f"1/{_short(ratio)} (1/{_short(other.cpu / ours.cpu)} of the processor time)"
        return Target(what, promised, measured, ratio >= times if times else None)
    kept = True if times and ratio >= times else None
    return Target(what, promised, f"< 1/{_short(ratio)}: it was ended after {other.wall:.0f} s", kept)


def _promise(peer: str, times: int | None) -> str:
    return f"<= 1/{times} of {peer}" if times else f"of {peer}: none"


def _short(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"


def _rate(what: str, ours: Measured, scanned: Scanned, promised: float) -> Target:
    rate = scanned.megabytes / ours.wall
    return Target(what, f">= {promised} MB/s per core", f"{rate:.1f} MB/s", rate >= promised)


def _sizes(largest: int) -> Sequence[int]:
    """10, 100 and so on, up to the largest."""
    return [size for size in (10, 100, 1_000, 10_000) if size < largest] + [largest]
