"""Where the characters of a plan's string are written, behind JSON's escapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.layout import Written, verbatim
from vpce_lint.readers.terraform.json_string import decoded

if TYPE_CHECKING:
    from vpce_lint.layout import Layout
    from vpce_lint.source import Span


class TextOrigin(Struct, frozen=True):
    """The origin of a string of the document; nothing is worked out until somebody asks."""

    literal: Span
    text: str

    def layout(self) -> Layout | None:
        """Every character where it stands; ``None`` where the file holds no such string there."""
        data = self.literal.source.data[self.literal.start : self.literal.end]
        if not (data[:1] == data[-1:] == b'"' and len(data) > 1):
            return None
        string = decoded(self.literal)
        if string.data.decode("utf-8", "replace") != self.text:
            return None
        return Written(self.text, tuple(verbatim(self.text, 0, 0)), string.span)
