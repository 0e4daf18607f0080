"""Write a repository: ``python -m benchmarks.repositories FOLDER --roots 100 --relevant 10 --form terraform``."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from benchmarks.repositories.repository import FORMS, Repository


def main() -> None:
    """Write it, and print what it has."""
    parser = ArgumentParser(prog="python -m benchmarks.repositories", description=__doc__)
    parser.add_argument("folder", type=Path, help="where it is made; must not exist")
    parser.add_argument("--form", choices=FORMS, default=FORMS[0])
    parser.add_argument("--roots", type=int, default=10)
    parser.add_argument("--relevant", type=int, default=10, metavar="PERCENT", help="roots that have a network")
    options = parser.parse_args()
    options.folder.mkdir(parents=True)
    repository = Repository(options.form, options.roots, options.relevant)
    repository.write(options.folder)
    sizes = [file.stat().st_size for file in options.folder.rglob("*") if file.is_file()]
    print(f"{repository.roots} roots, {repository.networks} with a network, {len(sizes)} files, {sum(sizes):,} bytes")


if __name__ == "__main__":
    main()
