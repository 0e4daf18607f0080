"""YAML templates, built from parser events without recursion, so that no nesting can hurt.

CloudFormation reads YAML 1.1; ``aws cloudformation package`` resolves aliases and merges before it does.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct, field

from vpce_lint.readers.cloudformation.node import DEEPEST, MOST_NODES, Entry, Fields, Items, Node, Scalar, SyntaxFault
from vpce_lint.regex import regex
from vpce_lint.source import Span

if TYPE_CHECKING:
    from vpce_lint.source import Source

_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_BLOCKS = frozenset({"|", ">"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_STANDARD = "tag:yaml.org,2002:"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WIDE = regex(r"[^\x00-\x7f]+")


def parse_yaml(source: Source) -> Node | None:
    """The only document of a file, ``None`` where it is empty; raises ``SyntaxFault``."""
    import yaml  # noqa: PLC0415 (loads where there is a template)

    data = source.data.removeprefix(_BYTE_ORDER_MARK)
    text = data.decode()
    places = Places(source, text, len(source.data) - len(data))
    builder = _Builder(places)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        span = places.span(mark.index, mark.index + 1) if mark else places.span(0, 0)
        message = f"near line {span.line}: this is not valid YAML: {error.problem or error.context}"
        raise SyntaxFault(message, span) from None
    except yaml.YAMLError as error:
        message = f"this is not valid YAML: {str(error).splitlines()[0]}"
        raise SyntaxFault(message, places.span(0, 0)) from None
    return builder.document


class Places:
    """Spans from the parser's character indexes."""

    def __init__(self, source: Source, text: str, skipped: int) -> None:
        self._source = source
        self._size = len(source.data)
        self._skipped = skipped
        self._ends: list[int] = []
        self._surplus: list[int] = []
        surplus = 0
        if not text.isascii():
            for match in _WIDE.finditer(text):
                for index, character in enumerate(match[0], match.start()):
                    surplus += len(character.encode()) - 1
                    self._ends.append(index + 1)
                    self._surplus.append(surplus)

    def span(self, start: int, end: int) -> Span:
        """The span between two characters."""
        if not self._ends:
            start, end = start + self._skipped, end + self._skipped
            return Span(self._source, min(start, self._size), min(end, self._size))
        return Span(self._source, min(self._offset(start), self._size), min(self._offset(end), self._size))

    def trimmed(self, span: Span) -> Span:
        """A span without blank ends, as block scalars have them."""
        written = self._source.data[span.start : span.end]
        return Span(span.source, span.start, span.start + len(written.rstrip()))

    def _offset(self, index: int) -> int:
        if before := bisect_right(self._ends, index):
            index += self._surplus[before - 1]
        return index + self._skipped


class _Open(Struct):
    """A collection under construction; ``size`` counts nodes, ``height`` levels below it."""

    start: int
    flow: bool
    tag: str | None
    anchor: str | None
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    merged: dict[str, Entry] = field(default_factory=dict)
    key: tuple[str, Span] | None = None
    size: int = 1
    height: int = 0


class _Done(Struct, frozen=True):
    node: Node
    size: int
    height: int


class _Builder(Struct):
    places: Places
    document: Node | None = None
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Done] = field(default_factory=dict)
    documents: int = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._scalar(event)
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            self._begin(event, is_map=kind == "MappingStartEvent")
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            self._end(event)
        elif kind == "AliasEvent":
            self._alias(event)
        elif kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self._refuse("a template is a single document", event)

    def _begin(self, event: Any, *, is_map: bool) -> None:
        if self._wants_key():
            self._refuse("a key has to be a string", event)
        if len(self.open) >= DEEPEST:
            self._refuse(f"this is nested more than {DEEPEST} deep", event, limit=True)
        tag = None if event.tag is None or event.tag.startswith(_STANDARD) else event.tag
        self.open.append(_Open(event.start_mark.index, bool(event.flow_style), tag, event.anchor, is_map))

    def _end(self, event: Any) -> None:
        done = self.open.pop()
        parts: list[Node] = [entry.node for entry in done.entries.values()] if done.is_map else done.items
        if done.flow:
            span = self.places.span(done.start, event.end_mark.index)
        else:  # the end event of a block comes where the next token begins
            start = self.places.span(done.start, done.start)
            span = Span(start.source, start.start, max([start.end, *(part.span.end for part in parts)]))
        node: Node
        if done.is_map:
            inherited = {key: entry for key, entry in done.merged.items() if key not in done.entries}
            node = Fields({**done.entries, **inherited}, span)
        else:
            node = Items(tuple(done.items), span)
        self._finish(_Done(_tagged(done.tag, node), done.size, done.height + 1), done.anchor, event)

    def _scalar(self, event: Any) -> None:
        if self._wants_key():
            self._key(event)
            return
        span = self.places.span(event.start_mark.index, event.end_mark.index)
        if event.style in _BLOCKS:
            span = self.places.trimmed(span)
        if event.tag is not None and not event.tag.startswith(_STANDARD):
            node = _tagged(event.tag, Scalar(event.value, span))
        elif event.implicit[0] or event.tag in {f"{_STANDARD}bool", f"{_STANDARD}null"}:
            node = Scalar(_resolved(event.value), span)
        else:
            node = Scalar(event.value, span)
        self._finish(_Done(node, 1, 0), event.anchor, event)

    def _key(self, event: Any) -> None:
        top = self.open[-1]
        span = self.places.span(event.start_mark.index, event.end_mark.index)
        if event.value in top.entries:
            self._refuse(f'"{event.value}" is given twice', event)
        top.key = event.value, span
        if event.anchor:
            self.anchors[event.anchor] = _Done(Scalar(event.value, span), 1, 0)

    def _alias(self, event: Any) -> None:
        done = self.anchors.get(event.anchor)
        if done is None:
            self._refuse(f'there is no anchor "{event.anchor}" before its alias', event)
        if self._wants_key():
            self._refuse("a key has to be a string", event)
        if len(self.open) + done.height > DEEPEST:
            self._refuse(f"this is nested more than {DEEPEST} deep", event, limit=True)
        self._finish(done, None, event)

    def _wants_key(self) -> bool:
        return bool(self.open) and self.open[-1].is_map and self.open[-1].key is None

    def _finish(self, done: _Done, anchor: str | None, event: Any) -> None:
        if anchor:
            self.anchors[anchor] = done
        if not self.open:
            self.document = done.node
            return
        top = self.open[-1]
        top.size += done.size
        top.height = max(top.height, done.height)
        if top.size > MOST_NODES:
            self._refuse(f"this stands for more than {MOST_NODES:,} nodes", event, limit=True)
        if not top.is_map:
            top.items.append(done.node)
        elif top.key is not None:
            name, span = top.key
            top.key = None
            if name == "<<":
                self._merge(top, done.node, event)
            else:
                top.entries[name] = Entry(span, done.node)

    def _merge(self, top: _Open, node: Node, event: Any) -> None:
        for part in node.items if isinstance(node, Items) else (node,):
            if not isinstance(part, Fields):
                self._refuse("only a map can be merged into another", event)
            for key, entry in part.entries.items():
                top.merged.setdefault(key, entry)

    def _refuse(self, words: str, event: Any, *, limit: bool = False) -> NoReturn:
        raise SyntaxFault(words, self.places.span(event.start_mark.index, event.end_mark.index), limit)


def _resolved(written: str) -> str | bool | None:
    if written in _TRUE or written in _FALSE:
        return written in _TRUE
    return None if written in _NULL else written


def _tagged(tag: str | None, node: Node) -> Node:
    """A short form as the map that it stands for; ``!GetAtt A.B`` may be a string, as in the long form."""
    if not tag or tag == "!":
        return node
    name = tag.removeprefix("!")
    key = name if name in {"Ref", "Condition"} or name.startswith("Fn::") else f"Fn::{name}"
    return Fields({key: Entry(node.span, node)}, node.span)
