"""What a function of Terraform is: its parameters, its result's type, and what works the result out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from vpce_lint.readers.terraform.data import from_data, is_known, to_data
from vpce_lint.readers.terraform.invalid import invalid
from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import ANY, BOOL, NUMBER, STRING, Type
from vpce_lint.value import Json, Known, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.readers.terraform.functions.context import Context

    Partly = Callable[..., Value | None]

LIST = Type("list", ANY)
STRINGS = Type("list", STRING)
BOOLS = Type("list", BOOL)
SET = Type("set", ANY)


class InvalidError(Exception):
    """Terraform would stop here; the words say why."""


class OpenError(Exception):
    """The result isn't worked out; the words say why."""


class LimitError(Exception):
    """A call would make more work than it may; the words say what."""


class Parameter(Struct, frozen=True):
    """One parameter; ``null`` is an error unless it is ``nullable``."""

    type: Type
    nullable: bool = False


NULLABLE = Parameter(ANY, nullable=True)


class Call(Struct, frozen=True):
    """One call: the name, the arguments converted to the parameters' types, and where it stands."""

    name: str
    arguments: tuple[Value, ...]
    context: Context

    @property
    def symbol(self) -> str:
        """The call as an expression."""
        return f"{self.name}({', '.join(argument.symbol for argument in self.arguments)})"

    def unknown(self, type_: Type | None = None, **facts: Any) -> Unknown:
        """The result as a value of which only the identity is known, besides further fields of ``Unknown``."""
        reasons = gather(reason for argument in self.arguments for reason in argument.reasons)
        facts.setdefault("nullable", False)
        return Unknown(self.symbol, reasons, type=type_, span=self.context.span, **facts)

    def unknown_because(self, words: str, type_: Type | None = None) -> Unknown:
        """The result as unknown for a reason of its own."""
        why = (Reason(words, self.context.span),)
        return Unknown(self.symbol, why, type=type_, nullable=False, span=self.context.span)

    def invalid(self, words: str) -> Unknown:
        """Terraform would stop here."""
        return invalid(f"{self.name}(): {words}", self.context.span, self.symbol)

    def value(self, data: Any) -> Value:
        """Plain data as a value that is written here."""
        return from_data(data, self.context.span)


class Function(Struct, frozen=True):
    """A function: what it takes, the type of what it gives where that is fixed, and how to work it out.

    ``partly`` is asked where arguments are not wholly known, and may answer ``None``: nothing can be said.
    """

    parameters: tuple[Parameter, ...]
    variadic: Parameter | None
    returns: Type | None
    apply: Callable[[Call], Value]
    optional: int = 0

    def parameter(self, index: int) -> Parameter | None:
        """The parameter for an argument; ``None`` where there are too many arguments."""
        return self.parameters[index] if index < len(self.parameters) else self.variadic

    @property
    def least(self) -> int:
        """The smallest number of arguments."""
        return len(self.parameters) - self.optional


def exact(
    *parameters: Type | Parameter,
    variadic: Type | Parameter | None = None,
    returns: Type | None = None,
    partly: Partly | None = None,
) -> Callable[[Callable[..., Any]], Function]:
    """A function of plain data: strings, numbers, lists of them; ``any`` arguments stay values.

    It runs where all arguments are wholly known, raises ``InvalidError`` where Terraform would stop, and
    returns plain data or a value. Elsewhere ``partly`` gets the call and the arguments as values.
    """

    def declare(function: Callable[..., Any]) -> Function:
        types = [_parameter(parameter) for parameter in parameters]
        rest = _parameter(variadic) if variadic is not None else None

        def apply(call: Call) -> Value:
            if all(is_known(argument) for argument in call.arguments):
                arguments = [
                    argument if _type_at(types, rest, index).kind == "any" else to_data(argument)
                    for index, argument in enumerate(call.arguments)
                ]
                return call.value(function(*arguments))
            result = partly(call, *call.arguments) if partly else None
            return call.unknown(returns) if result is None else result

        return Function(tuple(types), rest, returns, apply)

    return declare


def symbolic(
    *parameters: Type | Parameter,
    variadic: Type | Parameter | None = None,
    returns: Type | None = None,
    optional: int = 0,
) -> Callable[[Callable[..., Value | None]], Function]:
    """A function of values: it gets the call and the arguments, and answers ``None`` where nothing can be said."""

    def declare(function: Callable[..., Value | None]) -> Function:
        types = tuple(_parameter(parameter) for parameter in parameters)
        rest = _parameter(variadic) if variadic is not None else None

        def apply(call: Call) -> Value:
            result = function(call, *call.arguments)
            return call.unknown(returns) if result is None else result

        return Function(types, rest, returns, apply, optional)

    return declare


def _parameter(declared: Type | Parameter) -> Parameter:
    return declared if isinstance(declared, Parameter) else Parameter(declared)


def _type_at(types: list[Parameter], rest: Parameter | None, index: int) -> Type:
    parameter = types[index] if index < len(types) else rest
    return parameter.type if parameter else ANY


def whole(number: Any, what: str) -> int:
    """A number that must be whole, and fit into 64 bits."""
    if not isinstance(number, int) or abs(number) >= 1 << 63:
        from vpce_lint.number import render  # noqa: PLC0415 (only for the message)

        msg = f"{what} must be a whole number, not {render(number)}"
        raise InvalidError(msg)
    return number


def string_of(value: Value) -> str | None:
    """The string that a value certainly is."""
    plain = value.text if isinstance(value, Json) else value
    return plain.value if isinstance(plain, Known) and isinstance(plain.value, str) else None


def integer_of(value: Value) -> int | None:
    """The whole number that a value certainly is."""
    if isinstance(value, Known) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return value.value
    return None


def parts_of(value: Value) -> tuple[str | Value, ...]:
    """A string's known pieces and holes in order."""
    plain = value.text if isinstance(value, Json) else value
    if isinstance(plain, Text):
        return plain.parts
    known = string_of(plain)
    return (plain,) if known is None else (known,)


__all__ = [
    "ANY",
    "BOOL",
    "BOOLS",
    "LIST",
    "NULLABLE",
    "NUMBER",
    "SET",
    "STRING",
    "STRINGS",
    "Call",
    "Function",
    "InvalidError",
    "LimitError",
    "OpenError",
    "Parameter",
    "exact",
    "integer_of",
    "parts_of",
    "string_of",
    "symbolic",
    "whole",
]
