"""The YAML of a rule: maps, lists, texts, whole numbers and truth values, each with its line.

Built from parser events without recursion and within limits. What readers of YAML disagree about is refused: aliases,
tags, keys that are given twice, words such as ``yes``, and numbers and dates that may be meant as texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from msgspec import Struct, field

from vpce_lint.regex import regex
from vpce_lint.rule import RuleError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 200_000
"""Bytes of a file."""
DEEPEST = 30
"""Levels of maps and lists."""
LONGEST_WORDS = 500
"""Characters of what is said about a mistake."""

_TAG = "tag:yaml.org,2002:"
_WHOLE = regex(r"0|[1-9][0-9]{0,8}")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class Node(Struct, frozen=True):
    """Something written: ``data`` is a scalar, a tuple of nodes or a dictionary of them; ``line`` counts from 1.

    The line of what stands in a map is that of its key.
    """

    data: str | int | bool | tuple[Node, ...] | dict[str, Node] | None
    line: int


class _Open(Struct):
    """A map or list that isn't at its end."""

    data: dict[str, Node] | list[Node]
    line: int
    key: str | None = None
    key_line: int = 0


def read_document(file: Path) -> Node:
    """The only document of a file; ``RuleError`` names the file, the line and what is wrong."""
    import yaml  # noqa: PLC0415 (loads where there is such a rule)

    text = _text(file)
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        refuse(file, mark.line + 1 if mark else 1, f"this is not valid YAML: {error.problem or error.context}")
    except yaml.YAMLError as error:
        refuse(file, 1, f"this is not valid YAML: {str(error).splitlines()[0]}")
    if builder.document is None:
        refuse(file, 1, "there is no rule in it")
    return builder.document


def refuse(file: Path, line: int, words: str) -> NoReturn:
    """Raise the ``RuleError`` about a line of a file; words that quote too much of it are cut."""
    msg = f"{file}:{line}: {words if len(words) <= LONGEST_WORDS else f'{words[:LONGEST_WORDS]}…'}"
    raise RuleError(msg)


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        msg = f"{file}: can't be read: {reason}"
        raise RuleError(msg) from None
    if len(data) > LARGEST:
        msg = f"{file}: is larger than {LARGEST:,} bytes"
        raise RuleError(msg)
    return text


class _Builder(Struct):
    file: Path
    document: Node | None = None
    open: list[_Open] = field(default_factory=list)

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "AliasEvent" or getattr(event, "anchor", None):
            refuse(self.file, line, "anchors and aliases are not allowed in a rule")
        if getattr(event, "tag", None):
            refuse(self.file, line, f"the tag {event.tag} is not allowed in a rule")
        if kind == "ScalarEvent":
            self._scalar(event, line)
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            self._begin({} if kind == "MappingStartEvent" else [], line)
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            done = self.open.pop()
            self._finish(Node(tuple(done.data) if isinstance(done.data, list) else done.data, done.line))
        elif kind == "DocumentStartEvent" and self.document is not None:
            refuse(self.file, line, "a file holds exactly one rule, here begins a second document")

    def _begin(self, data: dict[str, Node] | list[Node], line: int) -> None:
        if self._wants_key():
            refuse(self.file, line, "a key must be a word")
        if len(self.open) >= DEEPEST:
            refuse(self.file, line, f"this is nested more than {DEEPEST} deep")
        self.open.append(_Open(data, line))

    def _scalar(self, event: Any, line: int) -> None:
        if not self._wants_key():
            data = event.value if event.style else self._plain(event.value, line)
            self._finish(Node(data, line))
            return
        top = self.open[-1]
        if event.value in top.data:
            refuse(self.file, line, f"{event.value!r} is given twice")
        top.key, top.key_line = event.value, line

    def _wants_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].data, dict) and self.open[-1].key is None

    def _finish(self, node: Node) -> None:
        if not self.open:
            self.document = node
            return
        top = self.open[-1]
        if isinstance(top.data, list):
            top.data.append(node)
        elif top.key is not None:
            top.data[top.key] = Node(node.data, top.key_line)
            top.key = None

    def _plain(self, written: str, line: int) -> str | int | bool | None:
        """What a word without quotes is, where that is beyond doubt."""
        tag = _implied(written)
        if tag == "str" and not written.isdecimal():
            return written
        if tag == "null":
            return None
        if written in _TRUTHS:
            return _TRUTHS[written]
        if tag == "int" and _WHOLE.fullmatch(written):
            return int(written)
        if tag == "bool":
            refuse(self.file, line, f"write true or false instead of {written}, or put it in quotes")
        refuse(self.file, line, f"{written} is no text for YAML, put it in quotes")


def _implied(written: str) -> str:
    """What YAML 1.1 takes a word without quotes for: ``str``, ``int``, ``bool``, ``timestamp`` and so on."""
    import yaml  # noqa: PLC0415 (as above)

    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(written[:1], [])
    tag = next((tag for tag, pattern in resolvers if pattern.match(written)), f"{_TAG}str")
    return str(tag).removeprefix(_TAG)
