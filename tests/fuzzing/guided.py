"""Fuzzing led by coverage, where ``atheris`` is installed: ``python -m fuzzing.guided --reader plan --minutes 10``.

It mutates one file by the same damages as the other fuzzer and keeps what reaches new code. Not reproducible by seed;
what fails is written down, and ``python -m fuzzing --replay`` tries it again.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import atheris

with atheris.instrument_imports(include=["vpce_lint"]):
    import vpce_lint

    for module in walk_packages(vpce_lint.__path__, "vpce_lint."):
        if not module.name.startswith(("vpce_lint.integrations", "vpce_lint.site", "vpce_lint.__main__")):
            import_module(module.name)

from fuzzing import evil, readers, seeds
from fuzzing.case import Case
from fuzzing.minimise import minimise
from fuzzing.mutation import damage
from fuzzing.trial import Bench, FailureError, check

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 12_000
"""Bytes of an input."""
SECONDS_TO_MINIMISE = 20.0
TARGETS: dict[str, tuple[Case, str, Sequence[str]]] = {
    "terraform": (Case({}), "main.tf", readers.IN_HCL),
    "terraform-json": (Case({}), "main.tf.json", (*readers.IN_JSON, *evil.HCL)),
    "variables": (Case({"main.tf": seeds.ENDPOINTS + seeds.TYPED}), "terraform.tfvars", readers.IN_HCL),
    "plan": (Case({}), "plan.json", readers.IN_JSON),
    "cloudformation-yaml": (Case({}), "template.yaml", readers.IN_YAML),
    "cloudformation-json": (Case({}), "template.json", readers.IN_JSON),
    "policy": (Case({}, ("policy", "policy.json", "--format=json")), "policy.json", readers.IN_JSON),
    "configuration": (Case({"main.tf": seeds.ENDPOINTS}, ("--config=own.toml",)), "own.toml", readers.IN_TOML),
    "baseline": (Case({"main.tf": seeds.ENDPOINTS}, ("--baseline=known.json",)), "known.json", readers.IN_JSON),
}
"""For each reader what stands around the file, the file, and evil words."""


def main() -> None:
    """Fuzz one reader until the time is up."""
    parser = ArgumentParser(prog="python -m fuzzing.guided")
    parser.add_argument("--reader", choices=TARGETS, required=True)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--into", type=Path, default=Path("fuzz-failures"))
    options = parser.parse_args()
    case, name, words = TARGETS[options.reader]
    known: set[str] = set()
    with TemporaryDirectory(prefix="vpce-lint-fuzz-") as folder:
        bench = Bench(Path(folder) / "bench")
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        given = _seeds(options.reader, name)
        for number, data in enumerate(given):
            (corpus / f"{number}").write_bytes(data)

        def failure_of(tried: Case) -> FailureError | None:
            try:
                check(tried, bench.run(tried), bench.place())
            except FailureError as failure:
                return failure
            return None

        def test(data: bytes) -> None:
            tried = case.with_file(name, data)
            failure = failure_of(tried)
            if failure is None or failure.mark in known:
                return
            known.add(failure.mark)
            sys.stdout.write(f"{failure.mark}\n{failure}\n")

            def fails(smaller: Case) -> bool:
                again = failure_of(smaller)
                return again is not None and again.mark == failure.mark

            small = minimise(tried, fails, SECONDS_TO_MINIMISE)
            small.keep(options.into / f"{options.reader}-guided-{len(known)}", str(failure))

        def mutate(data: bytes, longest: int, seed: int) -> bytes:
            chance = Random(seed)  # noqa: S311 (no secret)
            if chance.random() < 0.2:
                return atheris.Mutate(data, longest)
            return damage(chance, data, chance.choice(given), words)[: min(longest, LONGEST)]

        arguments = [sys.argv[0], str(corpus), f"-max_total_time={int(60 * options.minutes)}", f"-max_len={LONGEST}"]
        arguments += ["-timeout=120", "-rss_limit_mb=6000", "-print_final_stats=1", "-verbosity=0"]
        atheris.Setup(arguments, test, custom_mutator=mutate)
        atheris.Fuzz()


def _seeds(reader: str, name: str) -> list[bytes]:
    """Files of the kind from the inputs of the other fuzzer: the first ones are as good as any."""
    found = {
        next((data for each, data in made.files.items() if each.endswith(Path(name).suffix)), b"")
        for made in (readers.READERS[reader](Random(number)) for number in range(60))  # noqa: S311 (no secret)
    }
    return sorted(data for data in found if data and len(data) <= LONGEST)


if __name__ == "__main__":
    main()
