"""The patterns of a ``.gitignore`` file, as git takes them (gitignore's manual page, and git's ``wildmatch``).

A module of our own: what a library loads for this takes a quarter of the time of a small scan, and nearly every repository
has such a file. Patterns come from strangers, so they are matched by an engine without backtracking; and byte by byte, as
git does.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 200_000
"""Bytes of a file; a longer one leaves out nothing."""
MOST_LINES = 2_000
"""Lines of a file; one with more leaves out nothing. The engine takes no more than a few thousand."""

_FOLDER = b"\0"
"""Stands behind the path of a folder; no name has it."""
_CHARACTER, _NAME, _PATH, _FOLDERS = rb"[^/\x00]", rb"[^/\x00]*", rb"[^\x00]*", rb"(?:[^\x00]*/)?"
_SPECIAL = frozenset(b"*?[\\")
_SLASH = ord("/")

_NAMED_CLASSES = {
    b"alnum": (b"09", b"AZ", b"az"),
    b"alpha": (b"AZ", b"az"),
    b"blank": (b"\t\t", b"  "),
    b"cntrl": (b"\x01\x1f", b"\x7f\x7f"),
    b"digit": (b"09",),
    b"graph": (b"!~",),
    b"lower": (b"az",),
    b"print": (b" ~",),
    b"punct": (b"!/", b":@", b"[`", b"{~"),
    b"space": (b"\t\r", b"  "),
    b"upper": (b"AZ",),
    b"xdigit": (b"09", b"AF", b"af"),
}
"""The first and the last characters of ranges."""


class GitIgnore(Struct, frozen=True):
    """What a file leaves out: expressions for neighbouring patterns that say the same, those of the last lines first."""

    groups: tuple[tuple[Any, bool], ...]

    def decides(self, path: str) -> bool | None:
        """Whether a path from the file's folder is left out, for its own sake; ``None`` where no pattern is about it.

        Of a folder the path ends in ``/``.
        """
        text = path.rstrip("/").encode("utf-8", "surrogateescape") + (_FOLDER if path.endswith("/") else b"")
        return next((leaves_out for engine, leaves_out in self.groups if engine.fullmatch(text)), None)


@cache
def git_ignore(data: bytes) -> GitIgnore | None:
    """The patterns of a file; ``None`` where it has none, or more than the engine takes: then nothing is left out."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(data) > LONGEST or len(lines) > MOST_LINES:
        return None
    patterns = [pattern for line in lines if (pattern := _pattern(line.removesuffix(b"\r"))) is not None]
    found = _compiled(patterns)
    if found is None:  # trying each takes long, so that is done only where it has to be
        found = _compiled([pattern for pattern in patterns if _compiled([pattern]) is not None])
    return found if found is not None and found.groups else None


class _Pattern(Struct, frozen=True):
    """A pattern as an expression for a path, with ``_FOLDER`` behind that of a folder."""

    expression: bytes
    leaves_out: bool


def _compiled(patterns: Sequence[_Pattern]) -> GitIgnore | None:
    """The patterns; ``None`` where they are more than the engine takes."""
    import re2  # noqa: PLC0415 (loaded where there is such a file)

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    groups = []
    for leaves_out, group in groupby(patterns, lambda pattern: pattern.leaves_out):
        try:
            engine = re2.compile(b"|".join(b"(?:%s)" % each.expression for each in group), options=options)
        except re2.error:
            return None
        groups.append((engine, leaves_out))
    return GitIgnore(tuple(reversed(groups)))


def _pattern(line: bytes) -> _Pattern | None:
    """What a line says; ``None`` where it is blank, a comment, or fits nothing."""
    line = _without_trailing_spaces(line.partition(b"\0")[0])
    if line.startswith(b"#"):
        return None
    leaves_out = not line.startswith(b"!")
    line = line if leaves_out else line[1:]
    only_folders = line.endswith(b"/")
    line = line[:-1] if only_folders else line
    is_name = b"/" not in line
    expression = _expression(line.removeprefix(b"/"), is_name=is_name) if line else None
    if expression is None:
        return None
    return _Pattern((_FOLDERS if is_name else b"") + expression + (rb"\x00" if only_folders else rb"\x00?"), leaves_out)


def _without_trailing_spaces(line: bytes) -> bytes:
    """Spaces at the end don't count, but for one behind a backslash."""
    kept = line.rstrip(b" ")
    backslashes = len(kept) - len(kept.rstrip(b"\\"))
    return kept + b" " if backslashes % 2 and len(kept) < len(line) else kept


def _expression(pattern: bytes, *, is_name: bool) -> bytes | None:
    """A regular expression for what a pattern fits, the last name of a path or all of it; ``None`` where that is nothing.

    In a path, git compares what stands before the first special character apart, so that ``**`` there is at a beginning.
    """
    first = next((at for at, code in enumerate(pattern) if code in _SPECIAL), len(pattern))
    row: list[bytes] = []
    at = 0
    while at < len(pattern):
        code = pattern[at]
        if code == ord("*"):
            end = at + len(pattern[at:]) - len(pattern[at:].lstrip(b"*"))
            begins = at == first or pattern[at - 1] == _SLASH
            meaning, at = _stars(pattern, end) if begins and not is_name and end - at > 1 else (_NAME, end)
            row.append(meaning)
        elif code == ord("?"):
            row.append(_CHARACTER)
            at += 1
        elif code == ord("["):
            found = _class(pattern, at + 1)
            if found is None:
                return None
            row.append(found[0])
            at = found[1]
        else:
            at += code == ord("\\")
            if at == len(pattern):
                return None
            row.append(_literal(pattern[at]))
            at += 1
    return b"".join(row)


def _stars(pattern: bytes, end: int) -> tuple[bytes, int]:
    """What two stars or more at the beginning of a name mean, and where the pattern goes on."""
    if end == len(pattern):
        return _PATH, end
    if pattern[end] == _SLASH:
        return _FOLDERS, end + 1
    return (_PATH, end) if pattern.startswith(b"\\/", end) else (_NAME, end)


def _class(pattern: bytes, at: int) -> tuple[bytes, int] | None:
    """The class of characters that begins behind ``[``, and where the pattern goes on; ``None`` where it fits nothing."""
    negated = pattern[at : at + 1] in {b"!", b"^"}
    start = at = at + negated
    ranges: list[tuple[int, int]] = []
    before = 0
    while at == start or pattern[at : at + 1] != b"]":
        named = _named_class(pattern, at)
        if named is not None:
            name, at = named
            if name not in _NAMED_CLASSES:
                return None
            ranges += ((first, last) for first, last in _NAMED_CLASSES[name])
            before = 0
            continue
        is_range = bool(before) and pattern[at : at + 1] == b"-" and pattern[at + 1 : at + 2] not in {b"", b"]"}
        at += is_range
        at += pattern[at : at + 1] == b"\\"
        if at >= len(pattern):
            return None
        ranges.append((before if is_range else pattern[at], pattern[at]))
        before = 0 if is_range else pattern[at]
        at += 1
    members = b"".join(_range(first, last) for first, last in _without_slash(ranges))
    if negated:
        return rb"[^/\x00%s]" % members, at + 1
    return (b"[%s]" % members, at + 1) if members else None


def _named_class(pattern: bytes, at: int) -> tuple[bytes, int] | None:
    """The name in ``[:alpha:]``, and where the pattern goes on."""
    end = pattern.find(b"]", at + 2) if pattern.startswith(b"[:", at) else -1
    return (pattern[at + 2 : end - 1], end + 1) if end > at + 2 and pattern[end - 1] == ord(":") else None


def _without_slash(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same ranges of characters, for no class fits a slash."""
    parts: list[tuple[int, int]] = []
    for first, last in ranges:
        parts += (
            ((first, min(last, _SLASH - 1)), (max(first, _SLASH + 1), last))
            if first <= _SLASH <= last
            else ((first, last),)
        )
    return [(first, last) for first, last in parts if first <= last]


def _range(first: int, last: int) -> bytes:
    return b"%s-%s" % (_literal(first), _literal(last))


def _literal(code: int) -> bytes:
    return rb"\x%02x" % code
