"""Functions that convert a value to a type, or mark it (the "Type Conversion Functions" pages)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.concealment import concealed, hide
from vpce_lint.readers.terraform.functions.function import (
    BOOL,
    LIST,
    NULLABLE,
    NUMBER,
    SET,
    STRING,
    Call,
    Parameter,
    symbolic,
)
from vpce_lint.type_constraint import ANY, Type

if TYPE_CHECKING:
    from vpce_lint.value import Value

_MAP = Type("map", ANY)


def _converted(_call: Call, value: Value) -> Value:
    return value


tostring = symbolic(Parameter(STRING, nullable=True), returns=STRING)(_converted)
tonumber = symbolic(Parameter(NUMBER, nullable=True), returns=NUMBER)(_converted)
tobool = symbolic(Parameter(BOOL, nullable=True), returns=BOOL)(_converted)
tolist = symbolic(Parameter(LIST, nullable=True), returns=LIST)(_converted)
toset = symbolic(Parameter(SET, nullable=True), returns=SET)(_converted)
tomap = symbolic(Parameter(_MAP, nullable=True), returns=_MAP)(_converted)


@symbolic(NULLABLE)
def sensitive(call: Call, value: Value) -> Value:
    """The value, of which nothing is looked at any more."""
    hide(value)
    return concealed(
        value,
        call.context.fresh("sensitive()"),
        "the value is marked as sensitive, so it isn't looked at",
        call.context.span,
    )


nonsensitive = symbolic(NULLABLE)(_converted)
ephemeralasnull = symbolic(NULLABLE)(_converted)


@symbolic(NULLABLE, returns=BOOL)
def issensitive(call: Call, _value: Value) -> Value | None:
    """Whether the value is marked as sensitive, which is not followed."""
    return call.unknown_because("whether a value is sensitive is not followed", BOOL)
