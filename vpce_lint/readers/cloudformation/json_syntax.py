"""JSON templates: ``json`` decides which are valid, a scan over the valid text tells where everything stands.

CloudFormation takes strings with raw tabs and line breaks, too.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct, field

from vpce_lint.readers.cloudformation.node import DEEPEST, MOST_NODES, Entry, Fields, Items, Node, Scalar, SyntaxFault
from vpce_lint.regex import regex
from vpce_lint.source import Span

if TYPE_CHECKING:
    from vpce_lint.source import Source

_STRING = rb'"(?:[^"\\]++|\\.)*+"?'  # never gives back what it took: work stays linear where a quote is missing
_TOKEN = regex(_STRING + rb'|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_BRACKET = regex(_STRING + rb"|[\[{]|[\]}]", re.DOTALL)
_BYTE_ORDER_MARK = "\ufeff"
_WORDS = {b"true": True, b"false": False, b"null": None}


def parse_json(source: Source) -> Node:
    """The document of a file; raises ``SyntaxFault``."""
    _check_depth(source)
    text = source.data.decode()
    bare = text.removeprefix(_BYTE_ORDER_MARK)
    try:
        json.loads(bare, strict=False, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        at = len(bare[: error.pos].encode()) + len(text.encode()) - len(bare.encode())
        place = Span(source, at, min(at + 1, len(source.data)))
        message = f"near line {place.line}: this is not valid JSON: {error.msg}"
        raise SyntaxFault(message, place) from None
    except ValueError as error:
        raise SyntaxFault(str(error), Span(source, 0, 0)) from None
    return _Scan(source).document(len(text.encode()) - len(bare.encode()))


def _check_depth(source: Source) -> None:
    """Refuse what is too deep before any parser that recurses sees it."""
    depth = 0
    for match in _BRACKET.finditer(source.data):
        if match[0] in {b"[", b"{"}:
            depth += 1
            if depth > DEEPEST:
                message = f"this is nested more than {DEEPEST} deep"
                raise SyntaxFault(message, Span(source, match.start(), match.end()), limit=True)
        elif match[0] in {b"]", b"}"}:
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise ValueError(message)


class _Open(Struct):
    start: int
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: tuple[str, Span] | None = None


class _Scan(Struct):
    source: Source
    open: list[_Open] = field(default_factory=list)
    nodes: int = 0

    def document(self, start: int) -> Node:
        for match in _TOKEN.finditer(self.source.data, start):
            token = match[0]
            if token in {b"{", b"["}:
                self.open.append(_Open(match.start(), token == b"{"))
                continue
            if token in {b",", b":"}:
                continue
            if token in {b"}", b"]"}:
                done = self.open.pop()
                span = Span(self.source, done.start, match.end())
                node: Node = Fields(done.entries, span) if done.is_map else Items(tuple(done.items), span)
            else:
                span = Span(self.source, match.start(), match.end())
                if self.open and self.open[-1].is_map and self.open[-1].key is None:
                    self._key(token, span)
                    continue
                node = Scalar(_value(token), span)
            if not self.open:
                return node
            self._add(node)
        message = "this is not valid JSON"  # json.loads has seen to that
        raise SyntaxFault(message, Span(self.source, 0, 0))

    def _key(self, token: bytes, span: Span) -> None:
        top = self.open[-1]
        name = _decoded(token)
        if name in top.entries:
            message = f'"{name}" is given twice'
            raise SyntaxFault(message, span)
        top.key = name, span

    def _add(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            message = f"this has more than {MOST_NODES:,} nodes"
            raise SyntaxFault(message, node.span, limit=True)
        top = self.open[-1]
        if top.key is not None:
            top.entries[top.key[0]] = Entry(top.key[1], node)
            top.key = None
        else:
            top.items.append(node)


def _value(token: bytes) -> str | bool | None:
    if token.startswith(b'"'):
        return _decoded(token)
    return _WORDS[token] if token in _WORDS else token.decode()


def _decoded(token: bytes) -> str:
    """A string's value; half of a surrogate pair alone is no character."""
    if b"\\" not in token:
        return token[1:-1].decode()
    decoded: Any = json.loads(token, strict=False)
    return str(decoded).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
