"""What earlier runs made of the same roots, for those whose code, down to the last file that has a say, is unchanged.

A result is kept with all questions about the file system that it depends on, and a digest of the answers. It is used
again where the answers are the same, byte for byte. Answers of a user's own rules, which are code that may look at
anything, are never kept.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field, msgpack

from vpce_lint import __version__
from vpce_lint.cache import digest
from vpce_lint.disk import DISK
from vpce_lint.root_result import RootResult  # noqa: TC001 (decoding looks up the fields' types)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from vpce_lint.cache import Cache
    from vpce_lint.config import Choice
    from vpce_lint.disk import Question
    from vpce_lint.readers.request import Request
    from vpce_lint.rule import Rule
    from vpce_lint.sweep import Task
    from vpce_lint.verdict import Verdict

_FRAME = 16
"""Bytes, at the most, by which a key and its result are longer in an entry than they are."""


class Kept(Struct, frozen=True):
    """A result and the digest of the answers to the questions in it."""

    state: str
    result: RootResult


class Content(Struct):
    """What one entry of the cache holds: results by the root's key, encoded, and the calls of folders by their content.

    ``tool`` is the version that made them.
    """

    tool: str = ""
    results: dict[str, bytes] = field(default_factory=dict)
    calls: dict[str, tuple[str | None, ...]] = field(default_factory=dict)


class State:
    """The answers to questions about the file system, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[Question, bytes] = {}

    def of(self, questions: Iterable[Question], peek: Callable[[str], bytes | None]) -> str:
        """A digest of the answers; ``peek`` gives the bytes of files that have been read already."""
        parts: list[bytes] = []
        for question in questions:
            known = self._known.get(question)
            if known is None:
                known = self._known[question] = _answer(question, peek)
            parts.append(known)
        return digest(*parts)


class Calls(dict[str, tuple[str | None, ...]]):
    """The calls of folders by their content; ``used`` are those that were asked for."""

    def __init__(self, known: Mapping[str, tuple[str | None, ...]] | None = None) -> None:
        super().__init__(known or {})
        self.used: set[str] = set()

    def __getitem__(self, key: str) -> tuple[str | None, ...]:
        """The calls of a folder, which count as used from then on."""
        self.used.add(key)
        return super().__getitem__(key)


class KeptResults:
    """The results of the runs with the same order, in one entry of the cache."""

    def __init__(self, cache: Cache, name: str, rules: Sequence[Rule]) -> None:
        self._keys = _Keys(rules)
        self._cache = cache
        self._name = name
        data = cache.load(name)
        self._content = _decoded(data) if data else Content()
        self._state = State()
        self._used = Content()
        self.calls = Calls(self._content.calls)
        """The calls of folders by their content, to be looked up and added to."""

    def take(self, calls: Mapping[str, tuple[str | None, ...]]) -> None:
        """Take over what was found out about calls without this."""
        self.calls.update(calls)
        self.calls.used.update(calls)

    def find(self, task: Task) -> RootResult | None:
        """The result of a task, if all that it depends on is as it was."""
        key = self._keys.of(task)
        data = self._content.results.get(key)
        if data is None:
            return None
        kept = decode(data)
        if kept is None or kept.state != self._state.of(kept.result.inputs, task.root.peek):
            return None
        self._used.results[key] = data
        return kept.result

    def add(self, task: Task, result: RootResult) -> None:
        """Keep a result that was worked out here."""
        state = self._state.of(result.inputs, task.root.peek)
        data = _encoded(Kept(state, result))
        if data:
            self._used.results[self._keys.of(task)] = data

    def keep(self, task: Task, data: bytes) -> None:
        """Keep a result, as ``encode`` made it."""
        self._used.results[self._keys.of(task)] = data

    def save(self, *, is_whole: bool) -> None:
        """Write down what is there now, if it isn't what was there before.

        What was there before and wasn't used goes if this run was about the whole of it. Where that is more than an entry can
        hold, what was found there stays, and of the rest comes what has room.
        """
        if not is_whole:
            self._used.results = {**self._content.results, **self._used.results}
        self._used.calls = {key: self.calls[key] for key in self.calls.used}
        self._used.tool = self._content.tool or _tool()
        self._used.results = self._what_has_room()
        if (self._used.results, self._used.calls) != (self._content.results, self._content.calls):
            data = _encoded(self._used)
            if data:
                self._cache.store(self._name, data)

    def _what_has_room(self) -> dict[str, bytes]:
        """The results that were used, as many as an entry can hold with all calls."""
        room = self._cache.largest - len(_encoded(Content(self._used.tool, {}, self._used.calls)))
        held: dict[str, bytes] = {}
        for key, data in self._used.results.items():
            size = len(key) + len(data) + _FRAME
            if size <= room:
                room -= size
                held[key] = data
        return held


def encode(result: RootResult, peek: Callable[[str], bytes | None]) -> bytes:
    """A result with the state that it was made from; nothing where it can't be encoded."""
    return _encoded(Kept(State().of(result.inputs, peek), result))


def _encoded(what: Kept | Content) -> bytes:
    """MessagePack; nothing where that is impossible, for a name in it is no text: files may be called by any bytes."""
    try:
        return msgpack.encode(what)
    except UnicodeEncodeError:
        return b""


def decode(data: bytes) -> Kept | None:
    """What ``encode`` made; ``None`` where it is something else."""
    try:
        return _decoder().decode(data)
    except (ValueError, RecursionError):
        return None


@cache
def _decoder() -> msgpack.Decoder[Kept]:
    return msgpack.Decoder(Kept)


def _decoded(data: bytes) -> Content:
    try:
        content = msgpack.decode(data, type=Content)
    except (ValueError, RecursionError):
        return Content()
    return content if content.tool == _tool() else Content()


class _Keys:
    """The keys of roots among the results of one order."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._requests: dict[int, tuple[Request, bytes]] = {}
        self._choices: dict[int, tuple[Choice, bytes]] = {}

    def of(self, task: Task) -> str:
        """The key of a task, for what has a say in its result besides its code."""
        request, choice = task.request, task.choice
        if id(request) not in self._requests:
            self._requests[id(request)] = request, _key_of_request(request)
        if id(choice) not in self._choices:
            self._choices[id(choice)] = choice, _key_of_choice(choice, self._rules)
        asked, chosen = self._requests[id(request)][1], self._choices[id(choice)][1]
        shown = repr(sorted(task.shown)).encode()
        return digest(os.fsencode(task.root.path), repr(task.environment).encode(), shown, asked, chosen)


def name_of_order(request: Request, shown: Iterable[Verdict], start: str) -> str:
    """The name of the entry for runs that are asked the same in the same place, to show the same verdicts."""
    named = [os.path.abspath(path) for path in (*request.paths, *request.roots)]  # noqa: PTH100 (links count, too)
    return digest(
        start.encode("utf-8", "surrogateescape"),
        *map(os.fsencode, named),
        *map(str.encode, sorted(shown)),
        _key_of_request(request),
    )


def _key_of_request(request: Request) -> bytes:
    """What of a request has a say in results, besides the paths."""
    files = [(str(file), _digest_of(str(file))) for file in (*request.variable_files, *request.parameters)]
    told = (
        request.variables,
        files,
        request.parameter_values,
        str(request.source),
        [(patterns.folder, patterns.patterns) for patterns in request.excluded],
        request.everything,
        request.dialects,
        request.limits,
    )
    return repr(told).encode("utf-8", "surrogateescape")


def _key_of_choice(choice: Choice, rules: Sequence[Rule]) -> bytes:
    """What of a choice of rules has a say in results; ``rules`` are all that can be named."""
    chosen = [(rule.id, rule.severity.value, sorted(map(repr, rule.settings.items()))) for rule in choice.rules]
    severities = sorted((rule, severity.value) for rule, severity in choice.severities.items())
    return repr((chosen, severities, sorted((rule.id, rule.name) for rule in rules))).encode()


def _tool() -> str:
    """The version of the tool, and of its files: in a checkout they change without a new version."""
    package = Path(__file__).parent
    folders = (package, package.parent / "rules")
    files = sorted(
        (entry.path, entry.stat().st_size, entry.stat().st_mtime_ns)
        for folder in folders
        for place, _, _ in os.walk(folder)
        for entry in os.scandir(place)
        if entry.name.endswith((".py", ".json")) and entry.is_file()
    )
    return digest(repr((__version__, sys.version, files)).encode("utf-8", "surrogateescape"))


def _answer(question: Question, peek: Callable[[str], bytes | None]) -> bytes:
    """The answer to a question, or a digest of it."""
    path = question.path
    if question.kind == "data":
        data = peek(path)
        return digest(data).encode() if data is not None else _digest_of(path)
    if question.kind == "kind":
        return b"file" if DISK.is_file(path) else b"folder" if DISK.is_folder(path) else b"nothing"
    if question.kind == "names":
        return _names(path)
    # All that lies below a folder: where templates could be, also what the files say.
    parts: list[bytes] = []
    for place, folders, names in DISK.walk(path):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(names):
            file = os.path.join(place, name)  # noqa: PTH118
            parts.append(os.fsencode(file))
            if question.kind == "templates" and name.endswith((".yaml", ".yml", ".json", ".template")):
                parts.append(_digest_of(file))
    return digest(*parts).encode()


def _names(folder: str) -> bytes:
    try:
        return digest(*map(os.fsencode, sorted(DISK.names(folder)))).encode()
    except OSError as error:
        return repr(error.errno).encode()


def _digest_of(path: str) -> bytes:
    try:
        return digest(DISK.data(path)).encode() if DISK.is_file(path) else b"none"
    except OSError as error:
        return repr(error.errno).encode()
