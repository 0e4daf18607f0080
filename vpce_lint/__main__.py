"""``python -m vpce_lint``."""

import sys

from vpce_lint.cli import main

if __name__ == "__main__":
    sys.exit(main())
