"""Expressions: from the grammar's nodes to the typed tree, in HCL's own shape."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from vpce_lint.readers.terraform import ast, template
from vpce_lint.readers.terraform import grammar as g
from vpce_lint.readers.terraform.number import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node


def convert(node: Node, text: g.Text, depth: int = 0) -> ast.Expression:
    """What an ``expression`` node means."""
    parts = g.parts(node)
    while len(parts) == 3 and parts[0].kind_id == g.OPENING_PARENTHESIS:
        node = parts[1]
        parts = g.parts(node)
    if depth > g.DEEPEST:
        return ast.TooDeep(span=text.place(node))
    if parts[0].kind_id == g.CONDITIONAL:
        return _conditional(parts[0], text, depth)
    if len(parts) == 1:
        return _PRIMARIES[parts[0].kind_id](parts[0], text, depth)
    return _term(parts, text, depth)


def _term(parts: list[Node], text: g.Text, depth: int) -> ast.Expression:
    """A primary expression, or one in parentheses, with the steps behind it."""
    first = parts[0]
    kind = first.kind_id
    if kind == g.OPENING_PARENTHESIS:
        value = convert(parts[1], text, depth + 1)
        steps = parts[3:]
    else:
        value = _PRIMARIES[kind](first, text, depth)
        steps = parts[1:]
    return _traversed(value, first.start_byte, steps, text, depth) if steps else value


def _conditional(node: Node, text: g.Text, depth: int) -> ast.Expression:
    """The grammar reads ``p ? 1 : q ? 2 : 3`` as ``(p ? 1 : q) ? 2 : 3``, which HCL can't mean without parentheses."""
    end = node.end_byte
    tails: list[tuple[Node, Node]] = []
    while True:
        condition, _, then, _, otherwise = g.parts(node)
        tails.append((then, otherwise))
        inner = condition.children[0]
        if inner.kind_id != g.CONDITIONAL:
            break
        node = inner
    if len(tails) + depth > g.DEEPEST:
        return ast.TooDeep(span=text.span(condition.start_byte, end))
    value = convert(tails[0][1], text, depth + 1)
    for (then, _), (_, test) in pairwise(tails):
        value = _choice(test, then, value, end, text, depth)
    return _choice(condition, tails[-1][0], value, end, text, depth)


def _choice(test: Node, then: Node, otherwise: ast.Expression, end: int, text: g.Text, depth: int) -> ast.Conditional:
    return ast.Conditional(
        span=text.span(test.start_byte, end),
        condition=convert(test, text, depth + 1),
        then=convert(then, text, depth + 1),
        otherwise=otherwise,
    )


def _operation(node: Node, text: g.Text, depth: int) -> ast.Expression:
    """A chain such as ``a + b + c`` is deep on the left without end, so recursion would not do."""
    if depth > g.DEEPEST:
        return ast.TooDeep(span=text.place(node))
    start = node.start_byte
    tails: list[tuple[str, list[Node]]] = []
    inner = node.children[0]
    while inner.kind_id == g.BINARY_OPERATION:
        parts = g.parts(inner)
        at = next(i for i, each in enumerate(parts) if each.kind_id in g.OPERATORS)
        tails.append((g.OPERATORS[parts[at].kind_id], parts[at + 1 :]))
        if at > 1 or parts[0].kind_id != g.OPERATION:
            value = _term(parts[:at], text, depth)
            break
        inner = parts[0].children[0]
    else:
        value = _unary(inner, text, depth)
    for operator, right in reversed(tails):
        place = text.span(start, right[-1].end_byte)
        value = ast.Binary(span=place, operator=operator, left=value, right=_term(right, text, depth))
    return value


def _unary(node: Node, text: g.Text, depth: int) -> ast.Expression:
    operator, *operand = g.parts(node)
    return ast.Unary(span=text.place(node), operator=text.of(operator), operand=_term(operand, text, depth + 1))


def _traversed(value: ast.Expression, start: int, steps: list[Node], text: g.Text, depth: int) -> ast.Expression:
    """What ``.name``, ``[key]``, ``.*`` and ``[*]`` make of a value.

    Behind ``[*]`` every further step is a step of the splat's members, another splat too; the grammar ends the splat
    there. Behind ``.*`` that is so up to the first bracket; the grammar takes the bracket in.
    """
    runs: list[list[Node]] = [[]]
    for step in steps:
        for each in g.parts(step.children[0]) if step.kind_id == g.SPLAT else (step,):
            if each.kind_id == g.FULL_SPLAT_MARK:
                runs.append([])
            runs[-1].append(each)
    if len(runs) + depth > g.DEEPEST:
        return ast.TooDeep(span=text.span(start, steps[-1].end_byte))
    end = steps[-1].end_byte
    each_member: ast.Expression | None = None
    for mark, *further in reversed(runs[1:]):
        member = _stepped(ast.SplatMember(span=text.place(mark)), mark.start_byte, further, text, depth)
        if each_member is not None:
            member = ast.Splat(span=text.span(mark.start_byte, end), object=member, each=each_member)
        each_member = member
    value = _stepped(value, start, runs[0], text, depth)
    if each_member is None:
        return value
    return ast.Splat(span=text.span(start, end), object=value, each=each_member)


def _stepped(value: ast.Expression, start: int, steps: list[Node], text: g.Text, depth: int) -> ast.Expression:
    at = 0
    while at < len(steps):
        step = steps[at]
        at += 1
        if step.kind_id != g.ATTR_SPLAT_MARK:
            value = _step(value, start, step, text, depth)
            continue
        member: ast.Expression = ast.SplatMember(span=text.place(step))
        last = step
        while at < len(steps) and _is_legacy(steps[at]):
            last = steps[at]
            member = _step(member, step.start_byte, last, text, depth)
            at += 1
        value = ast.Splat(span=text.span(start, last.end_byte), object=value, each=member)
    return value


def _is_legacy(step: Node) -> bool:
    return step.kind_id == g.GET_ATTR or (step.kind_id == g.INDEX and step.children[0].kind_id == g.LEGACY_INDEX)


def _step(value: ast.Expression, start: int, step: Node, text: g.Text, depth: int) -> ast.Expression:
    place = text.span(start, step.end_byte)
    if step.kind_id == g.GET_ATTR:
        return ast.GetAttr(span=place, object=value, name=text.of(step.children[-1]))
    bracket = step.children[0]
    if bracket.kind_id == g.LEGACY_INDEX:
        digits = text.span(bracket.start_byte + 1, bracket.end_byte)
        return ast.Index(span=place, object=value, key=number(text.of(bracket).lstrip(". \t\r\n"), digits))
    return ast.Index(span=place, object=value, key=convert(g.parts(bracket)[1], text, depth + 1))


def _literal(node: Node, text: g.Text, _depth: int) -> ast.Expression:
    node = node.children[0]
    place = text.place(node)
    kind = node.kind_id
    if kind == g.STRING_LIT:
        return ast.Literal(span=place, value=string(node, text))
    if kind == g.NUMERIC_LIT:
        return number(text.of(node), place)
    if kind == g.BOOL_LIT:
        return ast.Literal(span=place, value=text.of(node) == "true")
    return ast.Literal(span=place, value=None)


def string(node: Node, text: g.Text) -> str:
    """The value of a ``string_lit``."""
    return template.string(text.data[node.start_byte + 1 : node.end_byte - 1])


def _template(node: Node, text: g.Text, depth: int) -> ast.Expression:
    node = node.children[0]
    build = template.heredoc if node.kind_id == g.HEREDOC_TEMPLATE else template.quoted
    return build(node, text, convert, depth)


def _collection(node: Node, text: g.Text, depth: int) -> ast.Expression:
    node = node.children[0]
    if node.kind_id == g.TUPLE:
        return ast.TupleExpression(span=text.place(node), items=_expressions(node, text, depth))
    items = []
    for element in node.children:
        if element.kind_id == g.OBJECT_ELEM:
            key, _, value = g.parts(element)
            items.append((_key(key, text, depth), convert(value, text, depth + 1)))
    return ast.ObjectExpression(span=text.place(node), items=tuple(items))


def _key(node: Node, text: g.Text, depth: int) -> ast.Expression:
    """A bare word is a string, whether or not it means something elsewhere."""
    parts = g.parts(node)
    if len(parts) == 1:
        kind = parts[0].kind_id
        if kind == g.VARIABLE_EXPR or (kind == g.LITERAL_VALUE and parts[0].children[0].kind_id in g.KEYWORDS):
            return ast.Literal(span=text.place(node), value=template.normal(text.of(parts[0])))
    return convert(node, text, depth + 1)


def _expressions(node: Node, text: g.Text, depth: int) -> tuple[ast.Expression, ...]:
    items = []
    for each in node.children:
        if each.kind_id == g.EXPRESSION:
            items.append(convert(each, text, depth + 1))  # noqa: PERF401  # a comprehension is one more frame per level
    return tuple(items)


def _name(node: Node, text: g.Text, _depth: int) -> ast.Expression:
    return ast.Name(span=text.place(node), name=text.of(node))


def _call(node: Node, text: g.Text, depth: int) -> ast.Expression:
    name, _, *arguments = g.parts(node)
    given: tuple[ast.Expression, ...] = ()
    expand_last = False
    if arguments[0].kind_id == g.FUNCTION_ARGUMENTS:
        given = _expressions(arguments[0], text, depth)
        expand_last = arguments[0].children[-1].kind_id == g.ELLIPSIS
    return ast.Call(
        span=text.place(node),
        name=text.of(name).removeprefix("core::"),
        arguments=given,
        expand_last=expand_last,
    )


def _for(node: Node, text: g.Text, depth: int) -> ast.Expression:
    node = node.children[0]
    _, intro, *rest = g.parts(node)
    words = g.parts(intro)
    names = [text.of(each) for each in words if each.kind_id == g.IDENTIFIER]
    results = [convert(each, text, depth + 1) for each in rest if each.kind_id == g.EXPRESSION]
    condition = next((each for each in rest if each.kind_id == g.FOR_COND), None)
    return ast.For(
        span=text.place(node),
        key=names[0] if len(names) > 1 else None,
        value=names[-1],
        collection=convert(words[-2], text, depth + 1),
        key_result=results[0] if len(results) > 1 else None,
        result=results[-1],
        condition=convert(g.parts(condition)[1], text, depth + 1) if condition else None,
        grouping=any(each.kind_id == g.ELLIPSIS for each in rest),
    )


_PRIMARIES: dict[int, Callable[[Node, g.Text, int], ast.Expression]] = {
    g.COLLECTION_VALUE: _collection,
    g.FOR_EXPR: _for,
    g.FUNCTION_CALL: _call,
    g.LITERAL_VALUE: _literal,
    g.OPERATION: _operation,
    g.TEMPLATE_EXPR: _template,
    g.VARIABLE_EXPR: _name,
}
