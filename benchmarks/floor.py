"""What can't be avoided: reads all files below a folder, and parses those that a list names.

``python floor.py FOLDER [LIST]``; LIST is a file with a path below FOLDER on each line. Without one nothing is
parsed. The parser is the one that vpce-lint uses, and nothing is done with the trees.
"""

from __future__ import annotations

import os
import sys


def main(folder: str, listed: str | None) -> None:
    """Read everything, parse what is listed."""
    parsed = set()
    if listed is not None:
        import tree_sitter  # noqa: PLC0415 (reading alone doesn't need it)
        import tree_sitter_hcl  # noqa: PLC0415

        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
        with open(listed, encoding="utf-8") as file:  # noqa: PTH123 (pathlib takes longer to import than this runs)
            parsed = {f"{folder}/{line}" for line in file.read().splitlines() if line.endswith(".tf")}
    for place, _, names in os.walk(folder):
        for name in names:
            path = f"{place}/{name}"
            with open(path, "rb") as source:  # noqa: PTH123 (as above)
                text = source.read()
            if path in parsed:
                parser.parse(text)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
