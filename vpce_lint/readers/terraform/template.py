"""Quoted templates, heredocs and template files: text, interpolations and directives, put together as HCL does."""

from __future__ import annotations

import re
import unicodedata
from array import array
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform import grammar as g
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    Convert = Callable[[Node, g.Text, int], ast.Expression]

SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What Go takes for space: ``~`` and ``<<-`` remove these characters and no others."""

_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_QUOTED_ESCAPE = regex(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|([$%])\4(?=\{)", re.DOTALL)
_TEMPLATE_ESCAPE = regex(r"([$%])\1(?=\{)")
_QUOTED_PIECE = regex(rb"\$\$\{~?|%%\{~?|[$%]|[^$%]+")
_HEREDOC_PIECE = regex(rb"\$\$\{~?|%%\{~?|[$%]|[^$%\n]*\n|[^$%\n]+")
ESCAPES = {True: _QUOTED_ESCAPE, False: _TEMPLATE_ESCAPE}
"""Escape sequences between quotes, and elsewhere."""

_SEQUENCES = frozenset((
    g.TEMPLATE_INTERPOLATION,
    g.TEMPLATE_IF_INTRO,
    g.TEMPLATE_ELSE_INTRO,
    g.TEMPLATE_IF_END,
    g.TEMPLATE_FOR_START,
    g.TEMPLATE_FOR_END,
))  # fmt: skip


class Piece(Struct):
    """A run of text as HCL's scanner cuts it: stripping and dedenting look at one piece at a time."""

    value: str
    start: int
    end: int


class Pieces(Struct, frozen=True):
    """The pieces that one literal is made of; ``quotes``: backslashes escape in them.

    ``numbers`` are three for each: where it begins, where it ends, and how many characters it is in the value.
    Numbers in an array cost a file of many heredocs next to nothing, as its pieces would not.
    """

    text: g.Text
    quotes: bool
    numbers: array[int]


class _Open(Struct):
    """A directive whose end has not come yet, or the template itself."""

    intro: Node | None
    start: int
    parts: list[ast.Expression] = field(default_factory=list)
    then: ast.Template | None = None


def string(raw: bytes) -> str:
    """The value of what stands between quotes, if no sequence stands there."""
    text = raw.decode()
    if "\\" in text or "{" in text:
        text = _QUOTED_ESCAPE.sub(unescaped, text)
    return normal(text)


def normal(text: str) -> str:
    """A string as Terraform keeps it, in Unicode's normal form C."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def quoted(node: Node, text: g.Text, convert: Convert, depth: int) -> ast.Expression:
    """The expression that a ``quoted_template`` is."""
    pieces = _pieces(node, text, node.start_byte + 1, node.end_byte - 1, quotes=True)
    return _assembled(pieces, node.start_byte, node.end_byte, text, convert, depth, quotes=True)


def heredoc(node: Node, text: g.Text, convert: Convert, depth: int) -> ast.Expression:
    """The expression that a ``heredoc_template`` is."""
    pieces = _pieces(node, text, *heredoc_content(node, text.data), quotes=False)
    if text.data.startswith(b"<<-", node.start_byte):
        _dedent(pieces)
    return _assembled(pieces, node.start_byte, node.end_byte, text, convert, depth)


def bare(node: Node, text: g.Text, convert: Convert) -> ast.Expression:
    """The template that a ``heredoc_template`` holds whose last line end does not belong to it."""
    start, end = heredoc_content(node, text.data)
    return _assembled(_pieces(node, text, start, end - 1, quotes=False), start, end - 1, text, convert, 0)


def heredoc_content(node: Node, data: bytes) -> tuple[int, int]:
    """Where a heredoc's text begins and ends: from the line after the first marker to the line of the last."""
    children = node.children
    start = data.index(b"\n", children[1].end_byte) + 1
    return start, max(start, data.rfind(b"\n", start, children[-1].start_byte) + 1)


def sequences(node: Node) -> Iterator[Node]:
    """Interpolations and the openings and ends of directives, in order, however deep the directives nest."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.kind_id in _SEQUENCES:
            yield each
        elif each is node or each.kind_id in g.DIRECTIVES:
            waiting.extend(reversed(each.children))


def unescaped(match: re.Match[str]) -> str:
    """What an escape sequence between quotes says."""
    short, long, simple, doubled = match.groups()
    if doubled:
        return str(doubled)
    if simple:
        return _SIMPLE_ESCAPES.get(simple, simple)
    code = int(short or long, 16)
    return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else "\ufffd"


def _pieces(node: Node, text: g.Text, start: int, end: int, *, quotes: bool) -> list[Piece | Node]:
    found: list[Piece | Node] = []
    data = text.data
    at = start
    strip = False
    for sequence in sequences(node):
        run = _run(data, at, sequence.start_byte, quotes=quotes)
        if run and strip:
            run[0].value = run[0].value.lstrip(SPACE)
        if run and data[sequence.start_byte + 2] == ord("~"):
            run[-1].value = run[-1].value.rstrip(SPACE)
        found += run
        found.append(sequence)
        at = sequence.end_byte
        strip = data[at - 2] == ord("~")
    run = _run(data, at, end, quotes=quotes)
    if run and strip:
        run[0].value = run[0].value.lstrip(SPACE)
    return found + run


def _run(data: bytes, start: int, end: int, *, quotes: bool) -> list[Piece]:
    if start >= end:
        return []
    pattern, escape = (_QUOTED_PIECE, _QUOTED_ESCAPE) if quotes else (_HEREDOC_PIECE, _TEMPLATE_ESCAPE)
    resolve = unescaped if quotes else r"\1"
    return [
        Piece(escape.sub(resolve, match[0].decode()), match.start(), match.end())
        for match in pattern.finditer(data, start, end)
    ]


def _dedent(pieces: list[Piece | Node]) -> None:
    """``<<-``: remove the least indentation; a line that starts with a sequence has none, a blank one does not count."""
    least: int | None = None
    indented: list[Piece] = []
    line_start = True
    for piece in pieces:
        if not isinstance(piece, Piece):
            least = 0 if line_start else least
            line_start = False
            continue
        content = piece.value.lstrip(SPACE)
        ends_line = piece.value.endswith("\n")
        if line_start and (content or not ends_line):
            spaces = len(piece.value) - len(content)
            least = spaces if least is None else min(least, spaces)
            indented.append(piece)
        line_start = ends_line
    for piece in indented:
        piece.value = piece.value[least:]


def _assembled(
    pieces: list[Piece | Node],
    start: int,
    end: int,
    text: g.Text,
    convert: Convert,
    depth: int,
    *,
    quotes: bool = False,
) -> ast.Expression:
    stack = [_Open(None, start)]
    run: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Piece):
            run.append(piece)
            continue
        _close_run(run, stack[-1], text, quotes=quotes)
        _place(piece, stack, text, convert, depth)
        if depth + len(stack) > g.DEEPEST:
            return ast.TooDeep(span=text.span(start, end))
    _close_run(run, stack[-1], text, quotes=quotes)
    place = text.span(start, end)
    parts = stack[0].parts
    if not parts:
        return ast.Literal(span=place, value="")
    only = parts[0]
    if len(parts) == 1 and isinstance(pieces[0], Piece) and isinstance(only, ast.Literal):
        return replace(only, span=place)
    return ast.Template(span=place, parts=tuple(parts))


def _close_run(run: list[Piece], into: _Open, text: g.Text, *, quotes: bool) -> None:
    if run:
        written = "".join(each.value for each in run)
        value = normal(written)
        pieces: Pieces | None = None
        if value == written:
            numbers = array("Q", [number for each in run for number in (each.start, each.end, len(each.value))])
            pieces = Pieces(text, quotes, numbers)
        into.parts.append(ast.Literal(span=text.span(run[0].start, run[-1].end), value=value, pieces=pieces))
        run.clear()


def _place(node: Node, stack: list[_Open], text: g.Text, convert: Convert, depth: int) -> None:
    kind = node.kind_id
    if kind == g.TEMPLATE_INTERPOLATION:
        stack[-1].parts.append(_inner(node, text, convert, depth))
    elif kind in {g.TEMPLATE_IF_INTRO, g.TEMPLATE_FOR_START}:
        stack.append(_Open(node, node.end_byte))
    elif kind == g.TEMPLATE_ELSE_INTRO:
        stack[-1].then = _body(stack[-1], node, text)
        stack[-1].start = node.end_byte
        stack[-1].parts = []
    else:
        directive = stack.pop()
        stack[-1].parts.append(_directive(directive, node, text, convert, depth))


def _directive(directive: _Open, end: Node, text: g.Text, convert: Convert, depth: int) -> ast.Expression:
    intro = directive.intro
    assert intro is not None  # noqa: S101  # only the template itself has none, and it has no end
    place = text.span(intro.start_byte, end.end_byte)
    body = _body(directive, end, text)
    subject = _inner(intro, text, convert, depth)
    if end.kind_id == g.TEMPLATE_IF_END:
        nothing = ast.Template(span=text.span(end.start_byte, end.start_byte), parts=())
        then, otherwise = (directive.then, body) if directive.then else (body, nothing)
        return ast.TemplateIf(span=place, condition=subject, then=then, otherwise=otherwise)
    names = [text.of(each) for each in intro.children if each.kind_id == g.IDENTIFIER]
    key = names[0] if len(names) > 1 else None
    return ast.TemplateFor(span=place, key=key, value=names[-1], collection=subject, body=body)


def _body(directive: _Open, end: Node, text: g.Text) -> ast.Template:
    return ast.Template(span=text.span(directive.start, end.start_byte), parts=tuple(directive.parts))


def _inner(node: Node, text: g.Text, convert: Convert, depth: int) -> ast.Expression:
    for each in node.children:
        if each.kind_id == g.EXPRESSION:
            return convert(each, text, depth + 1)
    return ast.Literal(span=text.place(node), value=None)
