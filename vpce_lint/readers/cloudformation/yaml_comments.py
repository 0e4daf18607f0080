"""Comments in YAML templates. A parser drops them, so they are looked for between the scalars that it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpce_lint.readers.cloudformation.yaml_syntax import Places
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.source import Source, Span

_BREAKS = "\r\n\x85\u2028\u2029"
"""The characters that end a line of YAML 1.1, and with it a comment."""

_BYTE_ORDER_MARK = "\ufeff"
_COMMENT = regex(rf"(?<!\S)#+[ \t]*([^{_BREAKS}]*)")
_LINE = regex(rf"[^{_BREAKS}]*")


def comments_in(source: Source) -> Iterator[tuple[str, Span]]:
    """The text of each comment without its marks, and its place; the file is YAML that was parsed before."""
    import yaml  # noqa: PLC0415 (loads where somebody asks for comments)

    text = source.data.decode().removeprefix(_BYTE_ORDER_MARK)
    places = Places(source, text, len(source.data) - len(text.encode()))
    at = 0
    events: Iterator[Any] = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for event in events:
        if type(event).__name__ == "ScalarEvent":
            end = event.start_mark.index
            if event.style in {"|", ">"} and (header := _LINE.match(text, end)):
                end = header.end()  # behind the sign of a block there may be a comment, its lines are text
            yield from _between(text, at, end, places)
            at = event.end_mark.index
    yield from _between(text, at, len(text), places)


def _between(text: str, start: int, end: int, places: Places) -> Iterator[tuple[str, Span]]:
    for match in _COMMENT.finditer(text, start, end):
        yield match[1].rstrip(), places.span(match.start(), match.end())
