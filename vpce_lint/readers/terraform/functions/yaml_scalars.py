"""What YAML's plain scalars stand for (go-cty-yaml, ``resolve.go``)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from vpce_lint.number import parse
from vpce_lint.readers.terraform.functions.dates import rfc3339
from vpce_lint.readers.terraform.functions.encoding import decode_base64
from vpce_lint.readers.terraform.functions.function import InvalidError
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from fractions import Fraction

    Scalar = str | bool | int | Fraction | None

_PREFIX = "tag:yaml.org,2002:"

_TAGS = frozenset({"", "str", "bool", "int", "float", "null", "timestamp", "binary"})

_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})

_FALSE = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})

_NULL = frozenset({"", "~", "null", "Null", "NULL"})

_INFINITE = regex(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

_INTEGER = regex(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")

_FLOAT = regex(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

_TIMESTAMP = regex(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(Z|[+-]\d\d:\d\d))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?))?",
    re.ASCII,
)


def resolve(tag: str | None, source: str, style: str | None) -> Scalar:
    """The scalar that a tag and a text stand for; ``InvalidError`` where they don't go together."""
    short = (tag or "").removeprefix(_PREFIX)
    if short not in _TAGS:
        msg = f"{tag} is not supported"
        raise InvalidError(msg)
    hinted = source == "" or source[0] in "+-0123456789yYnNtTfFoO~."
    if hinted and short not in {"str", "binary"}:
        if style in {"'", '"'}:
            return source
        if source in _TRUE or source in _FALSE or source in _NULL:
            return None if source in _NULL else source in _TRUE
        if _INFINITE.fullmatch(source):
            msg = f"{source} is no number"
            raise InvalidError(msg)
        if source[0] == ".":
            number = _number(source)
            if number is not None:
                return number
        elif source[0] in "+-0123456789":
            return _digits(short, source)
    return _tagged(short, source)


def _digits(tag: str, source: str) -> Scalar:
    """What begins like a number or a date."""
    if tag in {"", "timestamp"}:
        moment = _moment(source)
        if moment is not None:
            return moment
    if _INTEGER.fullmatch(source):
        return _tagged("int", source)
    return _tagged("float" if _FLOAT.fullmatch(source) else tag, source)


def _tagged(tag: str, source: str) -> Scalar:
    if tag in {"", "str"}:
        return source
    if tag == "null":
        return None
    if tag == "bool" and (source in _TRUE or source in _FALSE):
        return source in _TRUE
    if tag in {"int", "float"}:
        number = _number(source.replace("_", ""))
        if number is not None:
            return number
    if tag == "timestamp":
        moment = _moment(source)
        if moment is not None:
            return moment
    if tag == "binary":
        decode_base64(source)
        return source
    msg = f'"{source[:40]}" is no {tag}'
    raise InvalidError(msg)


def _number(source: str) -> int | Fraction | None:
    number = parse(source)
    if number is not None:
        return number
    match = re.fullmatch(r"([-+]?)0([xXoObB])([0-9a-fA-F]{1,64})", source)
    if match is None:
        return None
    try:
        return int(match[3], {"x": 16, "o": 8, "b": 2}[match[2].lower()]) * (-1 if match[1] == "-" else 1)
    except ValueError:
        return None


def _moment(source: str) -> str | None:
    match = _TIMESTAMP.fullmatch(source)
    if match is None:
        return None
    hour, minute, second = (int(match[at] or match[at + 4] or 0) for at in (4, 5, 6))
    try:
        zone = _zone(match[7])
        moment = datetime(int(match[1]), int(match[2]), int(match[3]), hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return rfc3339(moment)


def _zone(written: str | None) -> timezone:
    if written in {None, "Z"} or not written:
        return timezone(timedelta(0))
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[4:6]))
    return timezone(-offset if written[0] == "-" else offset)
