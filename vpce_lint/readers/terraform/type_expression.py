"""Type expressions of ``variable`` blocks (language documentation, "Type Constraints")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform import ast
from vpce_lint.type_constraint import ANY, BOOL, NUMBER, STRING, Attribute, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.value import Value

PRIMITIVE = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": ANY}
LEGACY = {"list": Type("list", ANY), "map": Type("map", ANY), "set": Type("set", ANY), **PRIMITIVE}
COLLECTIONS: dict[str, Kind] = {"list": "list", "set": "set", "map": "map"}
MOST_NESTED = 60


def type_of(expression: ast.Expression, default_of: Callable[[ast.Expression], Value], depth: int = 0) -> Type:
    """The type that an expression names; ``any`` for what can't be understood."""
    if depth > MOST_NESTED:
        return ANY
    if isinstance(expression, ast.Literal) and isinstance(expression.value, str):
        return LEGACY.get(expression.value, ANY)
    if isinstance(expression, ast.Name):
        return LEGACY.get(expression.name, ANY)
    if not isinstance(expression, ast.Call) or len(expression.arguments) < 1:
        return ANY
    argument = expression.arguments[0]
    kind = COLLECTIONS.get(expression.name)
    if kind is not None:
        return Type(kind, type_of(argument, default_of, depth + 1))
    if expression.name == "tuple" and isinstance(argument, ast.TupleExpression):
        return Type("tuple", items=tuple(type_of(item, default_of, depth + 1) for item in argument.items))
    if expression.name == "object" and isinstance(argument, ast.ObjectExpression):
        attributes = [
            (key.value, _attribute(value, default_of, depth + 1))
            for key, value in argument.items
            if isinstance(key, ast.Literal) and isinstance(key.value, str)
        ]
        return Type("object", attributes=tuple(attributes))
    return ANY


def _attribute(expression: ast.Expression, default_of: Callable[[ast.Expression], Value], depth: int) -> Attribute:
    if isinstance(expression, ast.Call) and expression.name == "optional" and expression.arguments:
        default = default_of(expression.arguments[1]) if len(expression.arguments) > 1 else None
        return Attribute(type_of(expression.arguments[0], default_of, depth), optional=True, default=default)
    return Attribute(type_of(expression, default_of, depth))
