"""CSV as Go's ``encoding/csv`` reads it."""

from __future__ import annotations

from vpce_lint.readers.terraform.functions.function import InvalidError


def rows(string: str) -> list[dict[str, str]]:
    """The records behind the header, by its names; ``InvalidError`` for malformed text."""
    records = _records(string)
    if not records:
        msg = "the header line is missing"
        raise InvalidError(msg)
    header = records[0]
    if len(set(header)) < len(header):
        msg = "a column's name is there twice"
        raise InvalidError(msg)
    if any(len(record) != len(header) for record in records):
        msg = "a line has another number of fields than the header"
        raise InvalidError(msg)
    return [dict(zip(header, record, strict=True)) for record in records[1:]]


def _records(string: str) -> list[list[str]]:
    text = string.replace("\r\n", "\n")
    records: list[list[str]] = []
    at = 0
    while at < len(text):
        if text[at] == "\n":
            at += 1
            continue
        record, at = _record(text, at)
        records.append(record)
    return records


def _record(text: str, at: int) -> tuple[list[str], int]:
    """One record from an offset on, and the offset behind it."""
    fields: list[str] = []
    while True:
        field, at = _quoted(text, at + 1) if text.startswith('"', at) else _plain(text, at)
        fields.append(field)
        if at >= len(text):
            return fields, at
        if text[at] == "\n":
            return fields, at + 1
        at += 1


def _plain(text: str, at: int) -> tuple[str, int]:
    ends = [end for end in (text.find(",", at), text.find("\n", at)) if end >= 0]
    end = min(ends, default=len(text))
    if '"' in text[at:end]:
        msg = "a quote stands in a field without quotes"
        raise InvalidError(msg)
    return text[at:end], end


def _quoted(text: str, at: int) -> tuple[str, int]:
    """A field behind its first quote, and the offset behind its last one."""
    pieces: list[str] = []
    while True:
        end = text.find('"', at)
        if end < 0:
            msg = "a quote isn't closed"
            raise InvalidError(msg)
        pieces.append(text[at:end])
        if text.startswith('""', end):
            pieces.append('"')
            at = end + 2
            continue
        if text[end + 1 : end + 2] not in {"", ",", "\n"}:
            msg = "text follows a quoted field"
            raise InvalidError(msg)
        return "".join(pieces), end + 1
