"""``jsonencode`` and ``jsondecode`` (their pages in Terraform's documentation)."""

from __future__ import annotations

from typing import Any

from vpce_lint.number import parse
from vpce_lint.readers.terraform.functions.function import (
    NULLABLE,
    STRING,
    Call,
    InvalidError,
    LimitError,
    string_of,
    symbolic,
)
from vpce_lint.readers.terraform.functions.json_text import encode
from vpce_lint.readers.terraform.functions.limits import MOST_DEPTH
from vpce_lint.value import Json, Mapping, Run, Sequence, Unknown, Value


@symbolic(NULLABLE, returns=STRING)
def jsonencode(call: Call, value: Value) -> Value | None:
    """A value as JSON, which keeps the value as its document."""
    if isinstance(value, Run):
        return None
    written = encode(value)
    if isinstance(written, Unknown):
        written = call.unknown(STRING)
    return Json(value, written, span=call.context.span)


@symbolic(STRING)
def jsondecode(call: Call, string: Value) -> Value | None:
    """The value of a JSON text; of ``jsonencode``'s result, its document."""
    if isinstance(string, Json):
        return decoded(string.document)
    known = string_of(string)
    return call.unknown(nullable=True) if known is None else call.value(parse_json(known))


def decoded(value: Value) -> Value:
    """A document as it comes back from JSON: tuples and objects, no lists, sets and maps."""
    if isinstance(value, Sequence):
        ordered = value.ordered and (value.kind != "set" or len(value.members) < 2 or not value.reasons)
        return Sequence(tuple(decoded(member) for member in value.members), "tuple", ordered, span=value.span)
    if isinstance(value, Mapping):
        entries = {key: decoded(entry) for key, entry in value.entries.items()}
        return Mapping(entries, value.runs, "object", span=value.span)
    return value


def parse_json(string: str) -> Any:
    """The data of a JSON text with tuples for arrays; ``InvalidError`` where it isn't JSON."""
    import json  # noqa: PLC0415 (few policies are decoded, most are encoded)

    _check_depth(string)
    try:
        data = json.loads(string, parse_int=_number, parse_float=_number, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        msg = f"the text is not JSON: {error}"
        raise InvalidError(msg) from None
    return _with_tuples(data)


def _check_depth(string: str) -> None:
    depth, quoted, escaped = 0, False, False
    for character in string:
        if quoted:
            escaped, quoted = character == "\\" and not escaped, escaped or character != '"'
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            if depth > MOST_DEPTH:
                msg = f"gets JSON that is nested more than {MOST_DEPTH} deep"
                raise LimitError(msg)
        elif character in "]}":
            depth -= 1


def _number(digits: str) -> object:
    return parse(digits)


def _refuse(name: str) -> object:
    msg = f"{name} is no number"
    raise ValueError(msg)


def _with_tuples(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(_with_tuples(item) for item in data)
    if isinstance(data, dict):
        return {_text(key): _with_tuples(item) for key, item in data.items()}
    return _text(data) if isinstance(data, str) else data


def _text(string: str) -> str:
    """The string with unpaired surrogates replaced, as Go does."""
    if string.isascii():
        return string
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in string)
