"""Why a parse tree is not a valid file: its syntax errors, and what the grammar lets through although HCL does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform import ast, template
from vpce_lint.readers.terraform import grammar as g
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

# The nodes are looked at only in files that hold one of these, for most files hold none.
_SUSPICIOUS = regex(rb"\$\{~?\s*~?\}|\b0x")


def problems_of(root: Node, text: g.Text) -> Iterator[ast.SyntaxProblem]:
    """Every reason not to rely on a tree; after a syntax error there is only that one."""
    if root.has_error:
        place = text.place(_first_error(root))
        yield ast.SyntaxProblem(f"near line {place.line}: this is not valid Terraform syntax", place)
        return
    if (document := g.child(root, g.OBJECT)) is not None:
        yield ast.SyntaxProblem("a JSON document in a file of native syntax", text.place(document))
        return
    yield from _body_problems(root, text)
    if _SUSPICIOUS.search(text.data) or any(map(_may_run_on, text.data.split(b"\n"))):
        yield from _lenience(root, text)


def _may_run_on(line: bytes) -> bool:
    """Whether a string could go on behind the end of a line."""
    marks = line.count(b'"')
    if marks & 1 or (marks - line.count(b'\\"')) & 1:
        return True
    return b"${" in line and line.count(b"{") != line.count(b"}")


def _lenience(root: Node, text: g.Text) -> Iterator[ast.SyntaxProblem]:
    """Where the grammar is too lenient, and a value would have to be made up or a string may have swallowed blocks."""
    for node in g.every(root, "numeric_lit"):
        if text.data.startswith(b"0x", node.start_byte):
            yield ast.SyntaxProblem("numbers are written in decimal", text.place(node))
    for node in g.every(root, "template_interpolation"):
        if g.child(node, g.EXPRESSION) is None:
            yield ast.SyntaxProblem("nothing stands between ${ and }", text.place(node))
    for node in g.every(root, "quoted_template", "string_lit"):
        if _runs_on(node, text.data):
            yield ast.SyntaxProblem("a quoted string does not end on its line", text.place(node))


def _runs_on(node: Node, data: bytes) -> bool:
    at, end = node.start_byte, node.end_byte
    if data.find(b"\n", at, end) < 0:
        return False
    for sequence in template.sequences(node):
        if data.find(b"\n", at, sequence.start_byte) >= 0:
            return True
        at = sequence.end_byte
    return data.find(b"\n", at, end) >= 0


def _first_error(root: Node) -> Node:
    """The deepest of the first nodes in error, which is nearest to where the parser stumbled."""
    found = root
    while True:
        inner = next((each for each in found.children if each.has_error or each.is_missing), None)
        if inner is None:
            return found
        found = inner


def _body_problems(root: Node, text: g.Text) -> Iterator[ast.SyntaxProblem]:
    """Arguments given twice, and blocks nested beyond reason."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        first: dict[bytes, Node] = {}
        for item in node.children:
            kind = item.kind_id
            if kind == g.ATTRIBUTE:
                name = item.child(0)
                word = text.data[name.start_byte : name.end_byte]
                if word in first:
                    line = text.place(first[word]).line
                    message = f'argument "{word.decode()}" is already set on line {line}'
                    yield ast.SyntaxProblem(message, text.place(name))
                first.setdefault(word, name)
            elif kind in {g.BLOCK, g.BODY} and depth > 2 * g.DEEPEST:
                yield ast.SyntaxProblem("blocks are nested too deep", text.place(item))
                return
            elif kind in {g.BLOCK, g.BODY}:
                waiting.append((item, depth + 1))
