"""Timestamps and durations (the "Date and Time Functions" pages; RFC 3339; Go's ``time`` package)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.functions.date_format import write_date
from vpce_lint.readers.terraform.functions.function import NUMBER, STRING, Call, InvalidError, exact, symbolic
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from vpce_lint.value import Value

_TIMESTAMP = regex(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)

_DURATION = regex(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)

_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}


def parse_timestamp(string: str) -> tuple[datetime, int]:
    """A moment with its offset, to the second, and the nanoseconds beyond."""
    match = _TIMESTAMP.fullmatch(string)
    if match is None:
        msg = f'"{string[:40]}" is no timestamp like 2006-01-02T15:04:05Z'
        raise InvalidError(msg)
    year, month, day, hour, minute, second = (int(match[number]) for number in range(1, 7))
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(match[8]))
    except ValueError as error:
        msg = f'"{string}" is no timestamp: {error}'
        raise InvalidError(msg) from None
    return moment, int((match[7] or ".0")[1:10].ljust(9, "0"))


def _zone(written: str) -> timezone:
    if written == "Z":
        return UTC
    hours, minutes = int(written[1:3]), int(written[4:6])
    if hours > 23 or minutes > 59:
        msg = f"{written} is no offset"
        raise ValueError(msg)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)


def parse_duration(string: str) -> int:
    """Nanoseconds of a duration like ``-1h30m`` (Go's ``time.ParseDuration``)."""
    unsigned = string[1:] if string[:1] in {"+", "-"} else string
    if unsigned == "0":
        return 0
    total, at = Fraction(0), 0
    while at < len(unsigned) and len(unsigned) < 200:
        match = _DURATION.match(unsigned, at)
        if match is None or not (match[1] or match[2]):
            break
        number = Fraction(int(match[1] or "0")) + Fraction(int(match[2] or "0"), 10 ** len(match[2] or ""))
        total += int(number * _NANOSECONDS[match[3]])
        at = match.end()
    if at < len(unsigned) or not unsigned or total >= 1 << 63:
        msg = f'"{string[:40]}" is no duration like 1h30m'
        raise InvalidError(msg)
    return -int(total) if string.startswith("-") else int(total)


def rfc3339(moment: datetime) -> str:
    """The moment to the second, with ``Z`` for UTC."""
    offset = moment.strftime("%z")
    zone = "Z" if offset == "+0000" else f"{offset[:3]}:{offset[3:5]}"
    return f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}T{moment:%H:%M:%S}{zone}"


@exact(STRING, STRING, returns=STRING)
def timeadd(timestamp: str, duration: str) -> str:
    """The moment so much later."""
    moment, nanoseconds = parse_timestamp(timestamp)
    later = nanoseconds + parse_duration(duration)
    try:
        return rfc3339(moment + timedelta(seconds=later // 10**9))
    except OverflowError:
        msg = "the result is beyond the year 9999"
        raise InvalidError(msg) from None


@exact(STRING, STRING, returns=NUMBER)
def timecmp(one: str, other: str) -> int:
    """-1, 0 or 1 as one moment is before, at or after the other."""
    left, right = parse_timestamp(one), parse_timestamp(other)
    return (left > right) - (left < right)


@exact(STRING, STRING, returns=STRING)
def formatdate(template: str, timestamp: str) -> str:
    """The moment written as the template says."""
    return write_date(template, parse_timestamp(timestamp)[0])


@symbolic(returns=STRING)
def timestamp(call: Call) -> Value | None:
    """The moment of the run."""
    return call.unknown_because("timestamp() is the moment of the run", STRING)


@symbolic(returns=STRING)
def plantimestamp(call: Call) -> Value | None:
    """The moment of the plan."""
    return call.unknown_because("plantimestamp() is the moment of the plan", STRING)
