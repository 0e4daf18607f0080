"""``yamlencode`` and ``yamldecode`` (their pages in Terraform's documentation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.number import render
from vpce_lint.readers.terraform.functions.function import (
    NULLABLE,
    STRING,
    Call,
    LimitError,
    exact,
    string_of,
    symbolic,
)
from vpce_lint.readers.terraform.functions.json_documents import decoded
from vpce_lint.readers.terraform.functions.limits import MOST_DEPTH
from vpce_lint.readers.terraform.functions.yaml_reading import read_yaml
from vpce_lint.value import Json, Known, Mapping, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.events import Event


@symbolic(STRING)
def yamldecode(call: Call, string: Value) -> Value | None:
    """The value of a YAML document; of ``jsonencode``'s result, its document, as JSON is YAML."""
    if isinstance(string, Json):
        return decoded(string.document)
    known = string_of(string)
    return call.unknown(nullable=True) if known is None else call.value(read_yaml(known))


@exact(NULLABLE, returns=STRING)
def yamlencode(value: Value) -> str:
    """A value as a YAML document: strings in double quotes, or as blocks where they have several lines."""
    import yaml  # noqa: PLC0415 (rare)

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    written = yaml.emit(_stream(value), Dumper=dumper, allow_unicode=True)
    return _with_go_ending(value, str(written))


def _with_go_ending(value: Value, written: str) -> str:
    """The document as Go's emitter ends it: ``...`` follows a plain scalar, and never a block."""
    is_plain = not isinstance(value, Sequence | Mapping) and string_of(value) is None
    return written.removesuffix("...\n") + ("...\n" if is_plain else "")


def _stream(value: Value) -> Iterator[Event]:
    from yaml import events  # noqa: PLC0415 (rare)

    yield events.StreamStartEvent()
    yield events.DocumentStartEvent(explicit=False)
    yield from _events(value, MOST_DEPTH)
    yield events.DocumentEndEvent(explicit=False)
    yield events.StreamEndEvent()


def _events(value: Value, depth: int) -> Iterator[Event]:
    from yaml import events  # noqa: PLC0415 (rare)

    if depth == 0:
        msg = f"gets a value that is nested more than {MOST_DEPTH} deep"
        raise LimitError(msg)
    if isinstance(value, Sequence):
        yield events.SequenceStartEvent(None, None, implicit=True, flow_style=False)
        for member in value.members:
            yield from _events(member, depth - 1)
        yield events.SequenceEndEvent()
    elif isinstance(value, Mapping):
        yield events.MappingStartEvent(None, None, implicit=True, flow_style=False)
        for key in sorted(value.entries):
            yield _scalar(Known(key))
            yield from _events(value.entries[key], depth - 1)
        yield events.MappingEndEvent()
    else:
        yield _scalar(value.text if isinstance(value, Json) else value)


def _scalar(value: Value) -> Event:
    from yaml.events import ScalarEvent  # noqa: PLC0415 (rare)

    scalar = value.value if isinstance(value, Known) else None
    if isinstance(scalar, str):
        return ScalarEvent(None, None, (True, True), scalar, style="|" if "\n" in scalar else '"')
    if scalar is None or isinstance(scalar, bool):
        plain = {None: "null", True: "true", False: "false"}[scalar]
    else:
        plain = render(scalar)
    return ScalarEvent(None, None, (True, True), plain, style="")
