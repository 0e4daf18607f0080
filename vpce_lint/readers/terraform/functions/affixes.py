"""Functions about how strings begin and end, and what they contain (Terraform's "String Functions" pages)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.readers.terraform.functions.function import BOOL, STRING, Call, exact, parts_of, string_of
from vpce_lint.value import Known, Text, Unknown, Value, text

if TYPE_CHECKING:
    from vpce_lint.truth import Truth

_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Go's ``unicode.IsSpace`` takes for space."""


def _answer(call: Call, truth: Truth) -> Value | None:
    return None if truth.value is None else Known(truth.value, span=call.context.span)


def _starts_partly(call: Call, string: Value, prefix: Value) -> Value | None:
    wanted = string_of(prefix)
    return None if wanted is None else _answer(call, string.starts_with(wanted))


@exact(STRING, STRING, returns=BOOL, partly=_starts_partly)
def startswith(string: str, prefix: str) -> bool:
    """Whether the string begins so."""
    return string.startswith(prefix)


def _ends_partly(call: Call, string: Value, suffix: Value) -> Value | None:
    wanted = string_of(suffix)
    return None if wanted is None else _answer(call, string.ends_with(wanted))


@exact(STRING, STRING, returns=BOOL, partly=_ends_partly)
def endswith(string: str, suffix: str) -> bool:
    """Whether the string ends so."""
    return string.endswith(suffix)


def _contains_partly(call: Call, string: Value, wanted: Value) -> Value | None:
    known = string_of(wanted)
    if known is None:
        return None
    found = not known or any(known in part for part in parts_of(string) if isinstance(part, str))
    return Known(value=True, span=call.context.span) if found else None


@exact(STRING, STRING, returns=BOOL, partly=_contains_partly)
def strcontains(string: str, wanted: str) -> bool:
    """Whether the string contains another."""
    return wanted in string


def _trimprefix_partly(call: Call, string: Value, prefix: Value) -> Value | None:
    wanted = string_of(prefix)
    if wanted is None:
        return None
    begins = string.starts_with(wanted)
    if wanted and begins.is_true and isinstance(string, Text):
        return text((string.prefix[len(wanted) :], *string.parts[1:]), call.context.span)
    return string if not wanted or begins.is_false else None


@exact(STRING, STRING, returns=STRING, partly=_trimprefix_partly)
def trimprefix(string: str, prefix: str) -> str:
    """The string without a prefix, if it has it."""
    return string.removeprefix(prefix)


def _trimsuffix_partly(call: Call, string: Value, suffix: Value) -> Value | None:
    wanted = string_of(suffix)
    if wanted is None:
        return None
    ends = string.ends_with(wanted)
    if wanted and ends.is_true and isinstance(string, Text):
        kept = string.suffix[: len(string.suffix) - len(wanted)]
        return text((*string.parts[:-1], kept), call.context.span)
    return string if not wanted or ends.is_false else None


@exact(STRING, STRING, returns=STRING, partly=_trimsuffix_partly)
def trimsuffix(string: str, suffix: str) -> str:
    """The string without a suffix, if it has it."""
    return string.removesuffix(suffix)


def _trim_text(call: Call, string: Value, characters: str) -> Value | None:
    """A text trimmed at both ends; ``None`` where a hole's content could matter to a piece beside it."""
    if not isinstance(string, Text):
        return None
    parts = list(string.parts)
    for at, strip in ((0, str.lstrip), (-1, str.rstrip)):
        trimmed = _trim_end(call, parts, at, strip(_neighbour(parts, at), characters) if characters else None)
        if trimmed is None:
            return None
        parts[at] = trimmed
    return text(parts, call.context.span)


def _neighbour(parts: list[str | Value], at: int) -> str:
    """The outermost known piece at one end."""
    if isinstance(parts[at], str):
        return str(parts[at])
    inner = parts[1:2] if at == 0 else parts[-2:-1]
    return inner[0] if inner and isinstance(inner[0], str) else ""


def _trim_end(call: Call, parts: list[str | Value], at: int, stripped: str | None) -> str | Value | None:
    end = parts[at]
    if isinstance(end, str):
        return end if stripped is None else stripped or None
    if stripped is None:
        return end
    if len(parts) < 2 or not stripped or stripped != _neighbour(parts, at):
        return None
    side = "left" if at == 0 else "right"
    return Unknown(f"{call.name}_{side}({end.symbol})", end.reasons, type=STRING, nullable=False, span=end.span)


def _trimspace_partly(call: Call, string: Value) -> Value | None:
    return _trim_text(call, string, _SPACE)


@exact(STRING, returns=STRING, partly=_trimspace_partly)
def trimspace(string: str) -> str:
    """The string without space at its ends."""
    return string.strip(_SPACE)


def _trim_partly(call: Call, string: Value, characters: Value) -> Value | None:
    known = string_of(characters)
    if not known:
        return None if known is None else string
    return _trim_text(replace(call, name=f"trim[{known!r}]"), string, known)


@exact(STRING, STRING, returns=STRING, partly=_trim_partly)
def trim(string: str, characters: str) -> str:
    """The string without any of some characters at its ends."""
    return string.strip(characters) if characters else string


def _chomp_partly(call: Call, string: Value) -> Value | None:
    if not isinstance(string, Text) or not string.suffix.rstrip("\r\n"):
        return None
    return text((*string.parts[:-1], string.suffix.rstrip("\r\n")), call.context.span)


@exact(STRING, returns=STRING, partly=_chomp_partly)
def chomp(string: str) -> str:
    """The string without line ends at its end."""
    return string.rstrip("\r\n")
