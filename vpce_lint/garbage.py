"""Python's search for garbage, held back while we work: nearly all that is made is kept, and searched again as it grows.

Inside a large program such as checkov one search takes as long as all that we do.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RARELY = (100_000, 50, 1_000)
"""The thresholds meanwhile, as ``gc.set_threshold`` takes them."""


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Search less often within this block."""
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
