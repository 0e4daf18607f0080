"""Regular expressions that cost nothing until they are used.

Compiling the hundred patterns of a small run took an eighth of its time, and such a run uses few of them.
"""

import re
from typing import Any, AnyStr, cast

__all__ = ["regex"]


def regex(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what :func:`re.compile` returns for trusted text of ours, but compile it at the first use.

    What is wrong with the pattern is raised then: a test compiles them all.
    """
    return cast("re.Pattern[AnyStr]", _Deferred(source, flags))


class _Deferred:
    """Stands for a pattern: has its attributes, and is not an instance of ``re.Pattern``."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)  # from now on it's found without coming here
        return found
