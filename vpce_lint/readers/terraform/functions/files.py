"""Files of the configuration and paths (the "Filesystem Functions" pages of Terraform's documentation)."""

from __future__ import annotations

from base64 import b64encode

from msgspec.structs import replace

from vpce_lint.condition import distribute
from vpce_lint.layout import Verbatim
from vpce_lint.readers.terraform.functions.function import (
    ANY,
    BOOL,
    STRING,
    Call,
    InvalidError,
    exact,
    parts_of,
    string_of,
    symbolic,
)
from vpce_lint.readers.terraform.functions.members import bounded, mapping_of
from vpce_lint.readers.terraform.set_order import as_set
from vpce_lint.type_constraint import Type
from vpce_lint.value import Known, Sequence, Text, Unknown, Value


@symbolic(STRING, returns=STRING)
def file(call: Call, path: Value) -> Value | None:
    """The text of a file."""
    known = string_of(path)
    if known is None:
        return None
    data = call.context.read(known)
    if isinstance(data, Unknown):
        return data
    written = _text(data, known)
    value = call.value(written)
    source = call.context.source(known)
    if source is None or not isinstance(value, Known) or value.value != written:
        return value
    return replace(value, origin=Verbatim(source))


def _text(data: bytes, path: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        msg = f"{path} is not UTF-8"
        raise InvalidError(msg) from None


@symbolic(STRING, returns=STRING)
def filebase64(call: Call, path: Value) -> Value | None:
    """The bytes of a file in Base64."""
    known = string_of(path)
    if known is None:
        return None
    data = call.context.read(known)
    return data if isinstance(data, Unknown) else call.value(b64encode(data).decode("ascii"))


@symbolic(STRING, returns=BOOL)
def fileexists(call: Call, path: Value) -> Value | None:
    """Whether there is such a file."""
    known = string_of(path)
    if known is None:
        return None
    data = call.context.read(known)
    if isinstance(data, Unknown) and not data.invalid:
        return replace(data, type=BOOL)
    return Known(not isinstance(data, Unknown), span=call.context.span)


@symbolic(STRING, STRING, returns=Type("set", STRING))
def fileset(call: Call, folder: Value, pattern: Value) -> Value | None:
    """The paths of the files in a folder that match a pattern."""
    known, wanted = string_of(folder), string_of(pattern)
    if known is None or wanted is None:
        return None
    names = call.context.names_below(known, wanted)
    if isinstance(names, Unknown):
        return names
    bounded(len(names))
    return Sequence(as_set(call.value(name) for name in names), "set", span=call.context.span)


@symbolic(STRING, ANY)
def templatefile(call: Call, path: Value, variables: Value) -> Value | None:
    """A file rendered as a template."""
    known = string_of(path)
    if known is None:
        return None
    data = call.context.read(known)
    if isinstance(data, Unknown):
        return data
    return call.context.render(data, known, mapping_of(variables))


@symbolic(STRING, ANY, returns=STRING)
def templatestring(call: Call, template: Value, variables: Value) -> Value | None:
    """A string rendered as a template."""
    known = string_of(template)
    if known is None:
        return None
    rendered = call.context.render(known.encode(), "templatestring()", mapping_of(variables))
    return distribute(lambda values: _nowhere(call, values[0]), (rendered,))


def _nowhere(call: Call, value: Value) -> Value:
    """The value without the places in a template that stands in no file."""
    return replace(value, origin=None, span=call.context.span) if isinstance(value, Known | Text) else value


def _basename_partly(call: Call, path: Value) -> Value | None:
    """The part behind the last slash, where a known piece has it, with what follows."""
    last = parts_of(path)[-1]
    if not isinstance(path, Text) or not isinstance(last, str) or "/" not in last.rstrip("/"):
        return None
    return Known(_base(last), span=call.context.span)


@exact(STRING, returns=STRING, partly=_basename_partly)
def basename(path: str) -> str:
    """The last part of a path."""
    return _base(path)


def _base(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


@exact(STRING, returns=STRING)
def dirname(path: str) -> str:
    """A path without its last part, tidied up (Go's ``filepath.Dir``)."""
    head = path[: path.rfind("/") + 1]
    return _clean(head)


def _clean(path: str) -> str:
    """The shortest path that means the same (Go's ``filepath.Clean``)."""
    rooted = path.startswith("/")
    kept: list[str] = []
    for part in path.split("/"):
        if part in {"", "."}:
            continue
        if part != "..":
            kept.append(part)
        elif kept and kept[-1] != "..":
            kept.pop()
        elif not rooted:
            kept.append(part)
    return ("/" if rooted else "") + "/".join(kept) or "."


@symbolic(STRING, returns=STRING)
def abspath(call: Call, _path: Value) -> Value | None:
    """An absolute path, which depends on the machine."""
    return call.unknown_because("abspath() depends on the machine", STRING)


@symbolic(STRING, returns=STRING)
def pathexpand(call: Call, path: Value) -> Value | None:
    """A path with ``~`` as the home folder, which depends on the machine."""
    if path.starts_with("~").is_false:
        return path
    return call.unknown_because("pathexpand() depends on the machine", STRING)
