"""Terraform's native syntax: files, template files and single expressions become the typed tree."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from vpce_lint.readers.terraform import ast, expression, template
from vpce_lint.readers.terraform import grammar as g
from vpce_lint.readers.terraform.validity import problems_of
from vpce_lint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from vpce_lint.source import Source

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse(source: Source) -> ast.File:
    """A file in native syntax; bodies of blocks and values of attributes are converted when first asked for.

    A file with a syntax error has no body: what the grammar recovers may lack whole blocks.
    """
    text = g.Text(source.data, partial(Span, source))
    root = g.tree(source.data)
    problems = tuple(problems_of(root, text))
    whole = text.span(0, len(source.data))
    if problems:
        return ast.File(source=source, body=ast.Body({}, (), whole), problems=problems)
    return ast.File(source=source, body=_body(g.child(root, g.BODY), whole, text))


def parse_template(source: Source) -> ast.Expression | ast.SyntaxProblem:
    """A template file as ``templatefile`` reads it: a ``Literal`` where nothing is to be filled in, else a ``Template``."""
    return parse_template_text(source.data, partial(Span, source))


def parse_template_text(data: bytes, span: Callable[[int, int], Span]) -> ast.Expression | ast.SyntaxProblem:
    """The template that some text is, without escapes by backslash; ``span`` says where a range of its bytes stands."""
    if b"${" not in data and b"%{" not in data:
        value = template.normal(data.removeprefix(_BYTE_ORDER_MARK).decode())
        return ast.Literal(span=span(0, len(data)), value=value)
    marker = next(each for each in (b"T%d" % number for number in count()) if each not in data)
    shift = len(data) - len(data.removeprefix(_BYTE_ORDER_MARK))
    text = _wrapped(b"_=<<%s\n" % marker, data[shift:], b"\n%s\n" % marker, lambda a, b: span(a + shift, b + shift))
    value_node = _only_value(text)
    if isinstance(value_node, ast.SyntaxProblem):
        return value_node
    return template.bare(value_node.children[0].children[0], text, expression.convert)


def parse_expression(text: str, span: Span) -> ast.Expression | ast.SyntaxProblem:
    """The expression in a string that older configurations and JSON write where native syntax has no quotes.

    ``span`` is where the string stands, quotes or not.
    """
    data = text.encode()
    start = span.source.data.find(data, span.start, span.end) if data else -1

    def place(first: int, last: int) -> Span:
        return span if start < 0 else Span(span.source, start + first, start + last)

    wrapped = _wrapped(b"_=", data, b"\n", place)
    node = _only_value(wrapped)
    return node if isinstance(node, ast.SyntaxProblem) else expression.convert(node, wrapped)


def _wrapped(before: bytes, data: bytes, after: bytes, span: Callable[[int, int], Span]) -> g.Text:
    """Text amid what makes it an attribute; the places of what was added are those of the nearest end."""

    def place(start: int, end: int) -> Span:
        first, last = (min(max(each - len(before), 0), len(data)) for each in (start, end))
        return span(first, last)

    return g.Text(before + data + after, place)


def _only_value(text: g.Text) -> Node | ast.SyntaxProblem:
    """The ``expression`` node of the only attribute that a text is."""
    root = g.tree(text.data)
    for problem in problems_of(root, text):
        return problem
    body = g.child(root, g.BODY)
    items = g.parts(body) if body else []
    if len(items) == 1 and items[0].kind_id == g.ATTRIBUTE:
        return items[0].children[-1]
    return ast.SyntaxProblem("this is not one expression", text.span(0, len(text.data)))


def _body(node: Node | None, span: Span, text: g.Text) -> ast.Body:
    attributes: dict[str, ast.Attribute] = {}
    blocks: list[ast.Block] = []
    for item in node.children if node else ():
        kind = item.kind_id
        if kind == g.ATTRIBUTE:
            attribute = _attribute(item, text)
            attributes[attribute.name] = attribute
        elif kind == g.BLOCK:
            blocks.append(_block(item, text))
    return ast.Body(attributes, tuple(blocks), span)


def _attribute(node: Node, text: g.Text) -> ast.Attribute:
    children = node.children
    name, value = children[0], children[-1]
    return ast.Attribute(
        name=text.of(name),
        name_span=text.place(name),
        span=text.place(node),
        value_span=text.place(value),
        build=partial(_value, value, text),
    )


def _value(node: Node, text: g.Text) -> ast.Expression:
    try:
        return expression.convert(node, text)
    except RecursionError:  # asked for from far down
        return ast.TooDeep(span=text.place(node))


def _block(node: Node, text: g.Text) -> ast.Block:
    children = g.parts(node)
    head = [each for each in children if each.kind_id in {g.IDENTIFIER, g.STRING_LIT}]
    start, body, end = children[len(head)], children[-2], children[-1]
    inside = text.span(start.start_byte, end.end_byte)
    return ast.Block(
        type=text.of(head[0]),
        labels=tuple(_label(each, text) for each in head[1:]),
        header=text.span(node.start_byte, head[-1].end_byte),
        span=text.place(node),
        build=partial(_body, body if body.kind_id == g.BODY else None, inside, text),
    )


def _label(node: Node, text: g.Text) -> str:
    return expression.string(node, text) if node.kind_id == g.STRING_LIT else text.of(node)
