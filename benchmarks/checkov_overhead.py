"""How much longer checkov takes with the plugin: the same checkov, with and without it, in turn.

``python -m benchmarks.compare CACHE --only checkov-overhead``. By the frameworks that are run and the size of the tree, for
most of what the plugin costs is the same whatever the size: each framework is a process that loads it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.bench import Target
from benchmarks.environments import HERE, PLUGIN, Scanned
from benchmarks.process import FEW, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench
    from benchmarks.process import Measured

MOST = 0.05
"""Of checkov's own time."""

FRAMEWORKS = {"terraform": ("--framework", "terraform"), "all frameworks": ()}


def checkov_overhead(bench: Bench) -> Iterator[Target]:
    """A small fixture and generated repositories, the largest with a tenth of the roots that others are measured with."""
    if "checkov" not in bench.peers or not bench.environments.has(PLUGIN):
        return
    trees = list(_trees(bench))
    for plugged in (False, True):
        run(
            bench.environments.checkov_plugin(trees[0][1], plugged=plugged), bench.limit
        )  # what it compiles isn't measured
    for what, tree in trees:
        for name, options in FRAMEWORKS.items():
            plain, plugged = (
                replace(bench.environments.checkov_plugin(tree, *options, plugged=each), most=FEW)
                for each in (False, True)
            )
            without, within = bench.measure(f"{what}, {name}", tree, plain, plugged)
            yield _overhead(f"checkov with the plugin, {what}, {name}", without, within)


def _trees(bench: Bench) -> Iterator[tuple[str, Scanned]]:
    fixture = HERE.parent / "fixtures/three-tier-network"
    yield "three-tier-network", Scanned(fixture, sum(each.stat().st_size for each in fixture.rglob("*.tf")))
    for roots in (bench.thousand // 100 or 1, bench.thousand // 10 or 1):
        for relevant in (10, 100):
            yield f"{roots:,} roots, {relevant} % relevant", bench.repository("terraform", roots, relevant)


def _overhead(what: str, without: Measured, within: Measured) -> Target:
    """By processor time, which other work on the machine changes less than the time that passes."""
    if not (without.ended and within.ended):
        return Target(what, f"< {MOST:.0%}", "one of them was ended", None)
    share = within.cpu / without.cpu - 1
    passes = within.wall / without.wall - 1
    measured = f"{share:.1%} of the processor time, {within.cpu - without.cpu:.2f} s; {passes:.1%} of the time"
    return Target(what, f"< {MOST:.0%}", measured, share < MOST)
