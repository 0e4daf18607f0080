"""Terraform's functions: ``call()`` finds one by name and applies it to values.

Each function stands in a module named after what it is about; a module is imported when one of its
functions is first called. ``catalogue`` says which module that is.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from vpce_lint.number import NumberLimitError
from vpce_lint.readers.terraform.conversion import convert, under
from vpce_lint.readers.terraform.data import first_invalid
from vpce_lint.readers.terraform.functions.catalogue import MODULES
from vpce_lint.readers.terraform.functions.function import (
    ANY,
    Call,
    Function,
    InvalidError,
    LimitError,
    OpenError,
)
from vpce_lint.value import Json, Run, Unknown

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.functions.context import Context
    from vpce_lint.value import Value

__all__ = ["call"]

_FUNCTIONS: dict[str, Function] = {}

_FORGIVING = frozenset({"can", "try"})
"""Functions that look at arguments at which Terraform would stop."""

_MOST_CONDITIONAL = 4
"""Conditional arguments, from ``f(list...)``, that are followed one by one."""


def call(name: str, arguments: tuple[Value, ...], context: Context) -> Value:
    """The result of ``name(arguments...)``; an invalid ``Unknown`` where Terraform would stop with an error.

    No argument is a ``Choice``; a ``Run`` stands for arguments of a number that is not known (``f(list...)``).
    """
    this = Call(name, arguments, context)
    function = _find(name)
    if function is None:
        if "::" in name:
            return this.unknown_because(f"{name}() is a provider's function, which runs at plan time")
        return this.invalid(f"there is no function named {name}")
    if any(isinstance(argument, Run) for argument in arguments):
        return _call_with_runs(function, this)
    return _apply(function, this)


def _find(name: str) -> Function | None:
    function = _FUNCTIONS.get(name)
    if function is None and name in MODULES:
        module = import_module(f"{__name__}.{MODULES[name]}")
        function = getattr(module, f"{name}_", None) or getattr(module, name)
        _FUNCTIONS[name] = function
    return function


def _call_with_runs(function: Function, this: Call) -> Value:
    runs = [argument for argument in this.arguments if isinstance(argument, Run)]
    first = runs[0]
    if len(runs) > _MOST_CONDITIONAL or (first.least, first.most) != (0, 1) or not first.when:
        return this.unknown(function.returns)
    at = this.arguments.index(first)
    before, after = this.arguments[:at], this.arguments[at + 1 :]
    with_it = call(this.name, (*before, first.each, *after), this.context)
    return under(first.when, with_it, call(this.name, (*before, *after), this.context))


def _apply(function: Function, this: Call) -> Value:
    if this.name not in _FORGIVING:
        refused = first_invalid(this.arguments)
        if refused is not None:
            return refused
    try:
        arguments = tuple(_argument(function, this, index) for index in range(len(this.arguments)))
        _check_number(function, arguments)
        return function.apply(Call(this.name, arguments, this.context))
    except InvalidError as error:
        return this.invalid(str(error))
    except OpenError as error:
        return this.unknown_because(f"{this.name}() {error}", function.returns)
    except (LimitError, NumberLimitError) as error:
        return this.context.limit(f"{this.name}() {error}")
    except RecursionError:
        return this.context.limit(f"{this.name}() gets a value that is nested too deeply")


def _check_number(function: Function, arguments: tuple[Value, ...]) -> None:
    if len(arguments) < function.least:
        noun = "argument" if function.least == 1 else "arguments"
        msg = f"needs {'at least ' if function.variadic else ''}{function.least} {noun}"
        raise InvalidError(msg)


def _argument(function: Function, this: Call, index: int) -> Value:
    """An argument as the parameter's type; ``null`` is refused where the parameter isn't nullable."""
    argument = this.arguments[index]
    parameter = function.parameter(index)
    if parameter is None:
        msg = f"takes {len(function.parameters)} arguments, not {len(this.arguments)}"
        raise InvalidError(msg)
    if not parameter.nullable and argument.is_null.is_true:
        msg = f"argument {index + 1} is null"
        raise InvalidError(msg)
    if parameter.type == ANY:
        return argument
    converted = convert(argument, parameter.type)
    if isinstance(converted, Unknown) and converted.invalid:
        msg = f"argument {index + 1}: {converted.why[0].words if converted.why else converted.symbol}"
        raise InvalidError(msg)
    if isinstance(converted, Json) and this.name not in {"jsondecode", "yamldecode"}:
        return converted.text
    return converted
