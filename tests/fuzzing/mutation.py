"""Damage: of bytes, of tokens, of lines, and of trees."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from fuzzing import evil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

TOKEN = re.compile(rb'[A-Za-z_][\w-]*|\d+(?:\.\d+)?|"(?:[^"\\\n]|\\.)*"|[^\S\n]+|\n|.', re.DOTALL)
LINE = re.compile(rb"\s+[\w-]+\s*[=:]\s*[^\[{(<|,]+$")
"""An argument or property on a line of its own."""
LARGEST = 400_000
"""Bytes; what grows beyond is cut, since limits of size are tried elsewhere."""
DEEPEST_TREE = 300
"""Levels that the standard library's JSON writer takes without trouble."""


def damage(chance: Random, data: bytes, other: bytes, words: Sequence[str]) -> bytes:
    """The data with one to five damages; ``other`` is what is spliced in, ``words`` are evil ones of the language."""
    ways: tuple[Callable[[Random, bytes, bytes, Sequence[str]], bytes], ...]
    ways = (_bytes, _tokens, _tokens, _tokens, _lines, _lines, _splice, _wrap)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        data = chance.choice(ways)(chance, data, other, words)[:LARGEST]
    return data


def exchange(chance: Random, data: bytes, other: bytes) -> bytes:
    """The data with a few words, numbers or strings taken from elsewhere, or a line less: mostly still valid."""
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        tokens = TOKEN.findall(data)
        solid = [index for index, token in enumerate(tokens) if _class(token)]
        if not solid:
            return data
        at = chance.choice(solid)
        source = tokens if chance.random() < 0.5 else TOKEN.findall(other)
        alike = [token for token in source if _class(token) == _class(tokens[at]) and token != tokens[at]]
        if chance.random() < 0.2:
            lines = [line for line in data.splitlines(keepends=True) if LINE.match(line)]
            data = data.replace(chance.choice(lines), b"", 1) if lines else data
        elif alike:
            data = b"".join((*tokens[:at], chance.choice(alike), *tokens[at + 1 :]))
    return data


def _bytes(chance: Random, data: bytes, other: bytes, words: Sequence[str]) -> bytes:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.choice((0, 1, 1, 2, 8, 64)))
    put = chance.choice(
        (b"", bytes([chance.randrange(256)]), chance.randbytes(4), b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\0")
    )
    return data[:at] + put + data[end:]


def _tokens(chance: Random, data: bytes, other: bytes, words: Sequence[str]) -> bytes:
    tokens = TOKEN.findall(data)
    solid = [index for index, token in enumerate(tokens) if token.strip()]
    if not solid:
        return chance.choice(words).encode("utf-8", "surrogatepass")
    at, to = chance.choice(solid), chance.choice(solid)
    match chance.randrange(7):
        case 0:
            tokens[at] = b""
        case 1:
            tokens[at] += b" " + tokens[at]
        case 2:
            tokens[at], tokens[to] = tokens[to], tokens[at]
        case 3:
            tokens[at] = _evil(chance, tokens[at], words)
        case 4:
            tokens[at] = chance.choice(words).encode("utf-8", "surrogatepass")
        case 5:
            tokens[at] = tokens[to]
        case _:
            alike = [token for token in TOKEN.findall(other) if token.strip() and _class(token) == _class(tokens[at])]
            tokens[at] = chance.choice(alike or [tokens[to]])
    return b"".join(tokens)


def _class(token: bytes) -> str:
    return "word" if token[:1].isalpha() else "number" if token[:1].isdigit() else "string" if token[:1] == b'"' else ""


def _evil(chance: Random, token: bytes, words: Sequence[str]) -> bytes:
    """Something evil of the token's own kind: inside of the quotes, where there are any."""
    word = chance.choice(words).encode("utf-8", "surrogatepass")
    if token[:1] != b'"':
        return word
    inside = word if chance.random() < 0.5 else json.dumps(chance.choice(evil.WORDS))[1:-1].encode()
    return chance.choice((b'"%b"' % inside, b'"%b%b' % (inside, token[1:]), b'%b%b"' % (token[:-1], inside)))


def _lines(chance: Random, data: bytes, other: bytes, words: Sequence[str]) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    few = chance.choice((1, 1, 2, 5))
    match chance.randrange(4):
        case 0:
            del lines[at : at + few]
        case 1:
            lines[to:to] = lines[at : at + few]
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case _:
            theirs = other.splitlines(keepends=True)
            start = chance.randrange(len(theirs)) if theirs else 0
            lines[at:at] = theirs[start : start + few]
    return b"".join(lines)


def _splice(chance: Random, data: bytes, other: bytes, words: Sequence[str]) -> bytes:
    ours, theirs = data.splitlines(keepends=True), other.splitlines(keepends=True)
    if chance.random() < 0.5:
        return data + b"\n" + other
    return b"".join(ours[: chance.randrange(len(ours) + 1)] + theirs[chance.randrange(len(theirs) + 1) :])


def _wrap(chance: Random, data: bytes, other: bytes, words: Sequence[str]) -> bytes:
    """Something put into brackets many times, or repeated many times."""
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + chance.choice((0, 1, 10, 200)))
    times = chance.choice((2, 20, 150, 600, 3000))
    opened, closed = chance.choice(
        ((b"[", b"]"), (b"{", b"}"), (b"(", b")"), (b'"${', b'}"'), (b'{"a":', b"}"), (b"", b""), (b"a {\n", b"}\n"))
    )
    inside = data[at:end] if opened else data[at:end] * times
    return data[:at] + opened * times + inside + closed * times + data[end:]


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every property and member of a tree, as container and key."""
    waiting = [document]
    while waiting:
        container = waiting.pop()
        if not isinstance(container, dict | list):
            continue
        for key in list(container) if isinstance(container, dict) else range(len(container)):
            yield container, key
            waiting.append(container[key])


def reshape(chance: Random, document: Any, other: Any) -> Any:
    """A copy of a tree with one to four changes; ``other`` is a tree whose parts are put in."""
    document = copy.deepcopy(document)
    for _ in range(chance.choice((1, 1, 2, 4))):
        found = list(places(document))
        if not found:
            return chance.choice(evil.STRUCTURES)
        container, key = chance.choice(found)
        elsewhere, its_key = chance.choice(list(places(other)) or found)
        match chance.randrange(8):
            case 0 | 1:
                container[key] = copy.deepcopy(chance.choice(evil.STRUCTURES))
            case 2:
                del container[key]
            case 3:
                container[key] = copy.deepcopy(elsewhere[its_key])
            case 4:
                container[key] = chance.choice(([container[key]], {"x": container[key]}, str(container[key])))
            case 5 if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case 5 | 6 if isinstance(container, dict):
                word = chance.choice((chance.choice(evil.WORDS), str(its_key), f"{key}x"))
                container[word] = copy.deepcopy(container[key])
                if chance.random() < 0.5:
                    del container[key]
            case _:
                container[key] = evil.nested(chance.choice((3, 60, DEEPEST_TREE)))
    return document
