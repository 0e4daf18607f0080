r"""JSON that the code gives as text, with a place for each of its parts: RFC 8259, and where code leaves holes in it.

A hole inside a JSON string is a hole of that string. A hole outside, as in ``"Resource": ${var.resources}``,
stands for a value, in an array for any number of members; elsewhere it makes the array or object around it unknown.
Terraform does not escape what it puts into a string. A value that closes the string it is put into and goes on with
JSON of its own is not thought of, or nothing with a hole could be decided; but an expression that
writes a double quote itself, as ``join("\",\"", …)`` does, is taken at its word: what it is put into is unknown.

Of a name that comes twice the last value counts, as for most readers of JSON. Whole numbers are ``int``; others
keep their text, so that none is rounded. Half a surrogate pair is U+FFFD.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.layout import Composite, layout_of
from vpce_lint.regex import regex
from vpce_lint.secret import masked
from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import BOOL
from vpce_lint.value import Json, Known, Mapping, Run, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from vpce_lint.source import Span

DEEPEST = 32
"""Levels of arrays and objects; no policy nests so deep: a condition's values are the sixth level."""

LONGEST = 200_000
"""Characters; longer texts are not read. It is ten times what AWS takes for a policy, and what each character
costs is multiplied by all that asks for the places of a text made of escapes."""

MOST_DUPLICATES = 50
"""More names that come twice are not listed."""

MOST_COMPARED = 100
"""A name with a hole is held against so many other names."""

MOST_DIGITS = 1000
"""A longer whole number keeps its text."""

_HOLE = "\0"
_BLANK = regex(r"[ \t\n\r]*")
_PLAIN = regex(r'[^"\\\x00-\x1f]*')
_ESCAPE = regex(r'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
_TOKEN = regex(r'[^ \t\n\r,:"\[\]{}]+')
_NUMBER = regex(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = regex("[\ud800-\udfff]")

Expected = Literal["value", "first value", "name", "first name", "colon", "comma", "end"]

_MISSING: dict[Expected, str] = {
    "value": "a value is missing",
    "first value": "a value is missing",
    "name": "a name in double quotes is missing",
    "first name": "a name in double quotes is missing",
    "colon": "a colon is missing",
    "comma": "a comma is missing",
    "end": "something follows the end",
}


class JsonFault(Struct, frozen=True):
    """What is wrong with a text as JSON, in words that go behind "the policy is wrong:", and where."""

    kind: Literal["not-json", "duplicate", "deep", "long"]
    message: str
    span: Span | None


class JsonText(Struct, frozen=True):
    """The document that a text holds, each part with its place; an ``Unknown`` where the text can't be read."""

    document: Value
    faults: tuple[JsonFault, ...] = ()


def parse_json_text(value: Known | Text) -> JsonText:
    """Read a text as JSON; never raises, and takes time in proportion to the text.

    Spans of strings include the quotes. Without an origin of the value, every part's span is the value's own.
    """
    reader = _Reader(value)
    try:
        return JsonText(reader.read(), tuple(reader.faults))
    except _FaultError as error:
        if error.kind == "not-json" and reader.outside:
            return JsonText(reader.unknown(reader.outside, 0, len(reader.flat)))
        fault = reader.fault(error)
        why = (Reason(fault.message, fault.span),)
        name = f"jsondecode({value.symbol})"
        document = Unknown(name, why, nullable=False, invalid=error.kind == "not-json", span=value.span)
        return JsonText(document, (*reader.faults, fault))


class _FaultError(Exception):
    """The text can't be read on; the words say why, the positions where."""

    def __init__(
        self, words: str, start: int, end: int, kind: Literal["not-json", "deep", "long"] = "not-json"
    ) -> None:
        super().__init__(words)
        self.kind = kind
        self.start = start
        self.end = end


class _Frame(Struct):
    """An array or object that isn't closed yet, or the text itself; ``open``: holes hide what it holds."""

    start: int
    expects: Expected
    closing: str = ""
    members: list[Value] = field(default_factory=list)
    entries: dict[str, Value] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    name: Value | None = None
    open: list[Value] = field(default_factory=list)


class _Reader:
    """One reading of a text; positions are flat: a hole is one character."""

    def __init__(self, value: Known | Text) -> None:
        parts = value.parts if isinstance(value, Text) else (str(value),)
        self.whole = value
        self.flat = "".join(part if isinstance(part, str) else _HOLE for part in parts)
        self.holes: dict[int, Value] = {}
        """The holes by position, in order."""
        at = 0
        for part in parts:
            if isinstance(part, Value):
                self.holes[at] = part
            at += len(part) if isinstance(part, str) else 1
        self.positions = list(self.holes)
        self.layout = layout_of(value) if len(self.flat) <= LONGEST else None
        self.documents: dict[int, tuple[int, Json]] = {}
        if isinstance(self.layout, Composite):
            self.documents = {start: (end, json) for start, end, json in self.layout.documents() if end > start}
        self.faults: list[JsonFault] = []
        self.outside: list[Value] = []
        self.stack = [_Frame(0, "value")]

    def read(self) -> Value:
        """The document."""
        if len(self.flat) > LONGEST:
            msg = f"the text is longer than {LONGEST:,} characters"
            raise _FaultError(msg, 0, 0, "long")
        at = self._blank(0)
        while at < len(self.flat):
            at = self._blank(self._step(at))
        top = self.stack[-1]
        if top.open:
            return self.unknown(top.open, 0, at)
        if len(self.stack) > 1 or not top.members:
            words = "it ends too early" if self.flat.strip(" \t\n\r") else "it is empty"
            raise self._refusal(words, max(at - 1, 0))
        return top.members[0]

    def span(self, start: int, end: int) -> Span | None:
        """Where a range is written; the whole text's place where that is all there is to tell."""
        found = self.layout.span(start, end) if self.layout and start < end else None
        return found or self.whole.span

    def fault(self, error: _FaultError) -> JsonFault:
        """The fault that stopped the reading."""
        words = f"the text is not JSON: {error}" if error.kind == "not-json" else str(error)
        return JsonFault(error.kind, words, self.span(error.start, error.end))

    def unknown(self, holes: list[Value], start: int, end: int) -> Unknown:
        """The value that a range of the text holds if only its holes were known."""
        reasons = gather(reason for hole in holes for reason in hole.reasons)
        return Unknown(self._name(start, end), reasons, span=self.span(start, end))

    def _name(self, start: int, end: int) -> str:
        parts: list[str | Value] = []
        at = start
        for hole in self.positions[bisect_left(self.positions, start) : bisect_left(self.positions, end)]:
            parts += [self.flat[at:hole], self.holes[hole]]
            at = hole + 1
        return f"jsondecode({text([*parts, self.flat[at:end]]).symbol})"

    def _refusal(self, words: str, start: int, end: int | None = None) -> _FaultError:
        return _FaultError(words, start, min(start + 1, len(self.flat)) if end is None else end)

    def _blank(self, at: int) -> int:
        match = _BLANK.match(self.flat, at)
        return match.end() if match else at

    def _step(self, at: int) -> int:
        """Read what begins here; the position behind it."""
        frame = self.stack[-1]
        character = self.flat[at]
        if at in self.documents and frame.expects in {"value", "first value"}:
            end, json = self.documents[at]
            self._put(frame, json.document if json.document.span else json.document.at(self.span(at, end)))
            return end
        if character in "[{":
            return self._open(frame, at)
        if character in "]}":
            return self._close(frame, at)
        if character in ",:":
            return self._separate(frame, at)
        if character == '"':
            return self._string(frame, at)
        return self._token(frame, at)

    def _open(self, frame: _Frame, at: int) -> int:
        self._check_value(frame, at)
        if len(self.stack) > DEEPEST:
            msg = f"the text nests deeper than {DEEPEST} levels"
            raise _FaultError(msg, at, at + 1, "deep")
        if self.flat[at] == "[":
            self.stack.append(_Frame(at, "first value", "]"))
        else:
            self.stack.append(_Frame(at, "first name", "}"))
        return at + 1

    def _close(self, frame: _Frame, at: int) -> int:
        if self.flat[at] != frame.closing:
            words = "it closes what it didn't open" if not frame.closing else f"“{frame.closing}” is missing"
            raise self._refusal(words, at)
        if not frame.open and frame.expects not in {"comma", "first value", "first name"}:
            trailing = frame.expects == "name" or (frame.expects == "value" and frame.closing == "]")
            raise self._refusal("a comma stands behind the last one" if trailing else _MISSING[frame.expects], at)
        self.stack.pop()
        span = self.span(frame.start, at + 1)
        value: Value
        if frame.open:
            value = self.unknown(frame.open, frame.start, at + 1)
        elif frame.closing == "]":
            value = Sequence(tuple(frame.members), span=span)
        else:
            value = Mapping(frame.entries, _apart(frame.entries, frame.runs), span=span)
        self._put(self.stack[-1], value)
        return at + 1

    def _separate(self, frame: _Frame, at: int) -> int:
        if frame.open:
            return at + 1
        if self.flat[at] == ":" and frame.expects == "colon":
            frame.expects = "value"
        elif self.flat[at] == "," and frame.expects == "comma":
            frame.expects = "value" if frame.closing == "]" else "name"
        else:
            raise self._refusal(_MISSING[frame.expects], at)
        return at + 1

    def _check_value(self, frame: _Frame, at: int) -> None:
        if not frame.open and frame.expects not in {"value", "first value"}:
            raise self._refusal(_MISSING[frame.expects], at)

    def _put(self, frame: _Frame, value: Value) -> None:
        if frame.open:
            return
        if frame.name is None:
            frame.members.append(value)
            frame.expects = "comma" if frame.closing else "end"
            return
        name = frame.name
        if isinstance(name, Known):
            if str(name) in frame.entries:
                self._note_duplicate(name)
            frame.entries[str(name)] = value
        else:
            frame.runs.append(Run(name.symbol, value, 1, 1, key=name, distinct=True, span=name.span))
        frame.name = None
        frame.expects = "comma"

    def _note_duplicate(self, name: Known) -> None:
        if len(self.faults) < MOST_DUPLICATES:
            self.faults.append(JsonFault("duplicate", f"the name {name.symbol} comes twice in one object", name.span))

    def _string(self, frame: _Frame, at: int) -> int:
        is_name = frame.expects in {"name", "first name"}
        if not is_name:
            self._check_value(frame, at)
        parts, end = self._characters(at)
        holes = [part for part in parts if isinstance(part, Value)]
        if any(map(_writes_quotes, holes)):
            self.outside += holes
            self._put_open(frame, holes, at, end)
        elif is_name and not frame.open:
            frame.name = text(parts).at(self.span(at, end))
            frame.expects = "colon"
        else:
            self._put(frame, text(parts).at(self.span(at, end)))
        return end

    def _characters(self, start: int) -> tuple[list[str | Value], int]:
        """What a string is made of, and the position behind its closing quote."""
        parts: list[str | Value] = []
        known: list[str] = []
        at = start + 1
        while True:
            plain = _PLAIN.match(self.flat, at)
            if plain:
                known.append(plain[0])
                at = plain.end()
            character = self.flat[at : at + 1]
            if character == '"':
                return [*parts, _whole("".join(known))], at + 1
            if character == "\\":
                escape = _ESCAPE.match(self.flat, at)
                if escape is None:
                    words = "a backslash stands before what it can't escape"
                    raise self._refusal(words, at, min(at + 2, len(self.flat)))
                simple, code = escape.groups()
                known.append(chr(int(code, 16)) if code else _ESCAPED.get(simple, simple))
                at = escape.end()
            elif at in self.holes:
                parts += [_whole("".join(known)), self.holes[at]]
                known = []
                at += 1
            elif not character:
                words = "a string doesn't end"
                raise self._refusal(words, start)
            else:
                words = "a line ends inside a string" if character in "\r\n" else "a control character is not escaped"
                raise self._refusal(words, at)

    def _token(self, frame: _Frame, at: int) -> int:
        """A number or a word, or what a hole outside of strings belongs to."""
        match = _TOKEN.match(self.flat, at)
        end = match.end() if match else at + 1
        holes = [self.holes[index] for index in range(at, end) if index in self.holes]
        if holes:
            self.outside += holes
            self._put_open(frame, holes, at, end)
            return end
        if frame.open:
            return end
        written = self.flat[at:end]
        if frame.expects not in {"value", "first value"}:
            raise self._refusal(_hint(written) or _MISSING[frame.expects], at, end)
        self._put(frame, self._scalar(written, at, end))
        return end

    def _put_open(self, frame: _Frame, holes: list[Value], at: int, end: int) -> None:
        """What a hole stands for: a value, in an array any number of them; elsewhere it hides what is around it."""
        if frame.open or frame.expects not in {"value", "first value"}:
            frame.open += holes
        elif frame.closing == "]":
            only = self.holes.get(at) if end == at + 1 else None
            if isinstance(only, Json):
                self._put(frame, only.document)
                return
            unknown = self.unknown(holes, at, end)
            each = replace(unknown, name=f"{unknown.name}[*]")
            self._put(frame, Run(unknown.name, each, why=unknown.why, span=unknown.span))
        else:
            only = self.holes.get(at) if end == at + 1 else None
            self._put(frame, only.document if isinstance(only, Json) else self.unknown(holes, at, end))

    def _scalar(self, written: str, at: int, end: int) -> Known:
        span = self.span(at, end)
        if written in _WORDS:
            return Known(_WORDS[written], span=span)
        number = _NUMBER.fullmatch(written)
        if number is None:
            short = f"{masked(written)[:20]}{'…' if len(written) > 20 else ''}"
            raise self._refusal(_hint(written) or f"“{short}” is no value", at, end)
        if number[1] or number[2] or len(written) > MOST_DIGITS:
            return Known(written, span=span)
        return Known(int(written), span=span)


def _whole(string: str) -> str:
    """The string with each surrogate pair as its character; half of one is none."""
    if string.isascii() or not _SURROGATE.search(string):
        return string
    return string.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _writes_quotes(hole: Value) -> bool:
    """Whether an expression itself puts a double quote into the text, and so may end the string that it stands in."""
    if isinstance(hole, Json):
        return True
    name = hole.name if isinstance(hole, Unknown) else hole.symbol
    return not name.startswith("jsonescape(") and ('\\"' in name or name.startswith("jsonencode("))


def _hint(written: str) -> str:
    """What people take for JSON, in words; empty for the rest."""
    if written.startswith(("//", "/*", "#")):
        return "JSON has no comments"
    return "strings need double quotes" if written.startswith("'") else ""


def _apart(entries: dict[str, Value], runs: list[Run]) -> tuple[Run, ...]:
    """The entries under names with holes; one whose name may be that of another entry may be no entry of its own."""
    kept: list[Run] = []
    for run in runs:
        others: list[Value] = [Known(name) for name in list(entries)[:MOST_COMPARED]]
        others += [other.key for other in kept[:MOST_COMPARED] if other.key is not None]
        key = run.key
        if key is None or (
            len(entries) + len(kept) <= MOST_COMPARED and all(key.equals(other).is_false for other in others)
        ):
            kept.append(run)
        else:
            condition = Unknown(f"({key.symbol} is no other key)", key.reasons, type=BOOL, nullable=False)
            kept.append(replace(run, least=0, when=(condition,)))
    return tuple(kept)
