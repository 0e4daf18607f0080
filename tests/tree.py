"""Syntax trees on one line, for tests that compare them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform import ast, syntax
from vpce_lint.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable


def parsed(text: str | bytes, path: str = "main.tf") -> ast.File:
    """A file in native syntax."""
    return syntax.parse(Source(path, text.encode() if isinstance(text, str) else text))


def value(text: str) -> ast.Expression:
    """The expression that a text is."""
    file = parsed(f"value = {text}\n")
    assert not file.problems, file.problems
    return file.body.attributes["value"].expression


def shown(expression: ast.Expression | None) -> str:  # one case per kind of node
    """An expression as an S-expression: operators and calls first, ``it`` is a splat's member."""
    match expression:
        case None:
            return "-"
        case ast.Literal():
            return str(expression.value) if not isinstance(expression.value, str) else repr(expression.value)
        case ast.Template():
            return _list("template", expression.parts)
        case ast.TemplateIf(condition=condition, then=then, otherwise=otherwise):
            return _list("%if", (condition, then, otherwise))
        case ast.TemplateFor(key=key, value=name, collection=collection, body=body):
            return _list(f"%for {key or '-'} {name}", (collection, body))
        case ast.Name(name=name):
            return name
        case ast.GetAttr(object=inner, name=name):
            return f"(. {shown(inner)} {name})"
        case ast.Index(object=inner, key=key):
            return _list("[]", (inner, key))
        case ast.Splat(object=inner, each=each):
            return _list("*", (inner, each))
        case ast.SplatMember():
            return "it"
        case ast.Call(name=name, arguments=arguments, expand_last=expand_last):
            return _list(name, arguments, " ..." if expand_last else "")
        case ast.Conditional(condition=condition, then=then, otherwise=otherwise):
            return _list("?", (condition, then, otherwise))
        case ast.Binary(operator=operator, left=left, right=right):
            return _list(operator, (left, right))
        case ast.Unary(operator=operator, operand=operand):
            return _list(operator, (operand,))
        case ast.TupleExpression(items=items):
            return _list("tuple", items)
        case ast.ObjectExpression(items=items):
            return _list("object", (each for item in items for each in item))
        case ast.For(key=key, value=name, collection=collection, key_result=key_result):
            parts = (collection, key_result, expression.result, expression.condition)
            return _list(f"for {key or '-'} {name}", parts, " ..." if expression.grouping else "")
        case ast.TooDeep():
            return "too-deep"
    raise AssertionError(expression)


def outline(body: ast.Body) -> str:
    """A body's attributes, then its blocks, all converted."""
    attributes = [f"{name}={shown(each.expression)}" for name, each in body.attributes.items()]
    blocks = [f"{' '.join((each.type, *each.labels))}{{{outline(each.body)}}}" for each in body.blocks]
    return "; ".join(attributes + blocks)


def _list(head: str, items: Iterable[ast.Expression | None], tail: str = "") -> str:
    return f"({' '.join((head, *(shown(each) for each in items)))}{tail})"
