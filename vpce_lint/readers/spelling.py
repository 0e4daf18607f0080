"""Words in the bytes of a file that wasn't parsed: as they are written, or spelt with escapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.regex import regex

if TYPE_CHECKING:
    import re

_ESCAPE = regex(rb"\\(?:u00|U000000|x)([2-7][0-9A-Fa-f])|\\\r?\n[ \t]*")
"""An ASCII character in JSON, HCL or YAML, and YAML's line break that is none."""


def mentions(data: bytes, pattern: re.Pattern[bytes]) -> bool:
    """Whether a file has text that the pattern finds, be it hidden behind escapes or an encoding of wide characters.

    Text that only looks like an escape may be found, too.
    """
    if pattern.search(data):
        return True
    if b"\0" in data:
        data = data.replace(b"\0", b"")
        if pattern.search(data):
            return True
    return b"\\" in data and pattern.search(_ESCAPE.sub(_meant, data)) is not None


def _meant(escape: re.Match[bytes]) -> bytes:
    return bytes((int(escape[1], 16),)) if escape[1] else b""
