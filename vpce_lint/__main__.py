"""``python -m vpce_lint``."""

import os
import sys

if __name__ == "__main__":
    # Python looks for modules in the working directory first, which may be a stranger's code: `yaml.py`, `re2.py`.
    try:
        here = {"", os.getcwd()}  # noqa: PTH109 (as Python names it)
    except OSError:  # the folder is gone, which is told later
        here = {""}
    if not sys.flags.safe_path and sys.path and sys.path[0] in here:
        del sys.path[0]

    from vpce_lint.cli import run

    sys.exit(run())
