"""Where the characters of a plain string are written, behind escapes, ``<<-`` indentation and JSON's own escapes.

Worked out from the file when somebody asks, and only where the result is the string that was read.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vpce_lint.layout import Stretch, Written, verbatim
from vpce_lint.readers.terraform.json_string import decoded
from vpce_lint.readers.terraform.template import ESCAPES, unescaped
from vpce_lint.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.layout import Layout
    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.template import Pieces

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def layout_of_literal(literal: ast.Literal) -> Layout | None:
    """The layout of a literal's string; ``None`` where it isn't one, or stands in the file in no known way."""
    if not isinstance(literal.value, str):
        return None
    if literal.pieces is not None:
        return _of_pieces(literal.pieces, literal.value)
    return _of_span(literal.span, literal.value)


def _of_pieces(pieces: Pieces, value: str) -> Layout | None:
    """A heredoc, or what stands between the sequences of a template."""
    stretches: list[Stretch] = []
    at = 0
    for index in range(0, len(pieces.numbers), 3):
        start, end, length = pieces.numbers[index : index + 3]
        raw = pieces.text.data[start:end].decode()
        stretches += _clipped(raw, value[at : at + length], at, start, quotes=pieces.quotes)
        at += length
    return Written(value, tuple(stretches), pieces.text.span)


def _of_span(span: Span, value: str) -> Layout | None:
    """A string in quotes, of native syntax or of JSON, or a whole file."""
    raw = span.text
    if raw[:1] == raw[-1:] == '"' and len(raw) > 1:
        if span.path.endswith(".json"):
            string = decoded(span)
            if string.data.decode() == value:
                return Written(value, tuple(verbatim(value, 0, 0)), string.span)
        whole, stretches = _resolved(raw[1:-1], 0, span.start + 1, quotes=True)
        if whole == value:
            return Written(value, tuple(stretches), partial(Span, span.source))
    start = span.start + len(_BYTE_ORDER_MARK) * (span.start == 0 and span.source.data.startswith(_BYTE_ORDER_MARK))
    if span.source.data[start : span.end].decode() == value:
        return Written(value, tuple(verbatim(value, 0, start)), partial(Span, span.source))
    return None


def _resolved(raw: str, at: int, start: int, *, quotes: bool) -> tuple[str, list[Stretch]]:
    """What a text with escapes says, and where: each escape is one place."""
    parts: list[str] = []
    stretches: list[Stretch] = []
    last = 0

    def keep(end: int) -> int:
        plain = raw[last:end]
        parts.append(plain)
        stretches.extend(verbatim(plain, at, start))
        return len(plain)

    for match in ESCAPES[quotes].finditer(raw):
        kept = keep(match.start())
        at, start = at + kept, start + _bytes(raw[last : match.start()])
        said = unescaped(match) if quotes else match[1]
        stretches.append(Stretch(at, start, start + _bytes(match[0]), verbatim=False))
        parts.append(said)
        at, start, last = at + len(said), start + _bytes(match[0]), match.end()
    keep(len(raw))
    return "".join(parts), stretches


def _clipped(raw: str, value: str, at: int, start: int, *, quotes: bool) -> Iterator[Stretch]:
    """The stretches of a piece of which ``~`` or ``<<-`` took away the ends; its value begins at ``at``."""
    whole, stretches = _resolved(raw, 0, start, quotes=quotes)
    left = len(whole) - len(value) if whole.endswith(value) else max(whole.find(value), 0)
    for index, stretch in enumerate(stretches):
        after = stretches[index + 1].at if index + 1 < len(stretches) else len(whole)
        if after <= left or stretch.at >= left + len(value):
            continue
        cut = max(left - stretch.at, 0)
        skipped = _bytes(whole[stretch.at : stretch.at + cut]) if stretch.verbatim else 0
        yield Stretch(
            stretch.at + cut - left + at, stretch.start + skipped, stretch.end, stretch.verbatim, stretch.wide
        )


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
