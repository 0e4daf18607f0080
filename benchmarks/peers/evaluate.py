"""Evaluates every root module of a generated repository with trivy's evaluator: ``python evaluate.py REPOSITORY``.

Runs where ``tfparse`` is installed. One process for all roots, as a scanner would have it.
"""

import os
import sys
from pathlib import Path

import tfparse


def main(repository: str) -> None:
    """Load root by root; what they hold is thrown away."""
    loaded = 0
    for folder, _, names in os.walk(Path(repository, "live")):
        if any(name.endswith(".tf") for name in names):
            loaded += bool(tfparse.load_from_path(folder))
    print(f"{loaded} roots loaded")


if __name__ == "__main__":
    main(sys.argv[1])
