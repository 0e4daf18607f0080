"""How property-based tests run: no deadline, since machines are slow at times; in CI, the same cases each time.

No test uses what a run before it has kept, unless it names a cache of its own.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("steady")

os.environ["VPCE_LINT_CACHE"] = "off"
