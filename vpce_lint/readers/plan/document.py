"""A JSON document whose every part knows its place: ``json`` decides what is valid, the grammar tells where it stands."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from vpce_lint.number import NumberLimitError, parse
from vpce_lint.readers.terraform.json_grammar import ARRAY, OBJECT, PAIR, PARSER
from vpce_lint.regex import regex
from vpce_lint.source import Span

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence
    from fractions import Fraction

    from tree_sitter import Node

    from vpce_lint.source import Source

LONGEST_NUMBER = 100
"""Characters of a number; nothing that a plan says about a network is longer."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SURROGATES = regex(rb"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u[dD][89a-fA-F]..")
_ONE_ESCAPE = len(r"\ud800")


class MalformedError(Exception):
    """The document is not what it should be; the words say what was expected, the span where."""

    def __init__(self, words: str, span: Span) -> None:
        super().__init__(words)
        self.words = words
        self.span = span


class LimitError(MalformedError):
    """The document is larger or deeper than what is read."""


class Part:
    """A value of the document: plain data, and the place where it is written.

    The places of its members are worked out when asked for. ``path`` says which part it is:
    ``resource_changes[3].change``.
    """

    def __init__(self, data: Any, span: Span, node: Node | None, path: str = "") -> None:
        self.data = data
        self.span = span
        self.path = path
        self._node = node

    def get(self, name: str) -> Part | None:
        """The value of a property; ``None`` where there is none or it is ``null``."""
        if not isinstance(self.data, dict):
            self.refuse("an object")
        value = self.data.get(name)
        if value is None:
            return None
        node = self._nodes.get(name)
        return Part(value, self._place(node), node, f"{self.path}.{name}" if self.path else name)

    def pair(self, name: str) -> Span:
        """Where a property is written, name and value; where that can't be told, the place of the whole."""
        node = self._nodes.get(name)
        return self._place(node.parent) if node is not None else self.span

    def object(self, name: str) -> Part | None:
        """A property that has to be an object, if it is there."""
        part = self.get(name)
        return part if part is None or isinstance(part.data, dict) else part.refuse("an object")

    def list(self, name: str) -> Sequence[Part]:
        """The members of a property that has to be an array; none where it isn't there."""
        part = self.get(name)
        return part.members if part is not None else ()

    def text(self, name: str) -> str:
        """A property that has to be a string, and to be there."""
        plain = self.data.get(name) if isinstance(self.data, dict) else None
        if isinstance(plain, str):
            return plain  # nobody asked where it stands, which costs more than all else about a part
        part = self.get(name)
        if part is None:
            message = f"{self._named()} has no {name!r}"
            raise MalformedError(message, self.span)
        return part.data if isinstance(part.data, str) else part.refuse("a string")

    @property
    def members(self) -> Sequence[Part]:
        """The members of an array."""
        if not isinstance(self.data, list):
            self.refuse("an array")
        nodes = self._node.named_children if self._node is not None and self._node.kind_id == ARRAY else []
        places = nodes if len(nodes) == len(self.data) else [None] * len(self.data)
        return [
            Part(data, self._place(node), node, f"{self.path}[{index}]")
            for index, (data, node) in enumerate(zip(self.data, places, strict=True))
        ]

    def refuse(self, expected: str) -> NoReturn:
        """Say that this is not what has to be here."""
        message = f"{self._named()} has to be {expected}"
        raise MalformedError(message, self.span)

    def _named(self) -> str:
        return self.path or "the document"

    def _place(self, node: Node | None) -> Span:
        return Span(self.span.source, node.start_byte, node.end_byte) if node is not None else self.span

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        """The values' nodes by the properties' names."""
        if self._node is None or self._node.kind_id != OBJECT:
            return {}
        pairs = [pair.children for pair in self._node.named_children if pair.kind_id == PAIR]
        return {_name(children[0]): children[-1] for children in pairs}


def _name(key: Node) -> str:
    literal = key.text or b'""'
    if b"\\" not in literal:
        return literal[1:-1].decode()
    name: str = json.loads(literal)
    return name


def read_document(source: Source) -> Part:
    """The whole of a file; ``MalformedError`` where it is no JSON, or says something twice."""
    data = source.data
    if data.startswith(_BYTE_ORDER_MARK):
        data = b"   " + data[3:]  # some shells put a mark there; spaces keep all places
    data = _SURROGATES.sub(_whole_characters, data)
    text = data.decode()
    whole = Span(source, 0, len(data))
    try:
        document = json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_refuse_repetition,
        )
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode())
        message = f"this is not valid JSON: {error.msg}"
        raise MalformedError(message, Span(source, at, min(at + 1, len(data)))) from error
    except RecursionError as error:
        message = "this JSON is nested too deep"
        raise MalformedError(message, whole) from error
    except ValueError as error:
        raise MalformedError(str(error), whole) from error
    root = PARSER.parse(data).root_node
    exact = not root.has_error and root.named_child_count == 1
    return Part(document, whole, root.named_children[0] if exact else None)


def _whole_characters(escape: re.Match[bytes]) -> bytes:
    """Half of a surrogate pair alone is no character; Go's JSON has U+FFFD for it, too."""
    return b"\\ufffd" if len(escape[0]) == _ONE_ESCAPE else escape[0]


def _number(text: str) -> int | Fraction:
    if len(text) > LONGEST_NUMBER:
        message = f"a number is longer than {LONGEST_NUMBER} characters"
        raise ValueError(message)
    try:
        number = parse(text)
    except NumberLimitError as error:
        raise ValueError(str(error)) from error
    return 0 if number is None else number


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _refuse_repetition(properties: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(properties)
    if len(found) < len(properties):
        seen: set[str] = set()
        for name, _ in properties:
            if name in seen:
                message = f'property "{name}" is given twice in one object'
                raise ValueError(message)
            seen.add(name)
    return found
