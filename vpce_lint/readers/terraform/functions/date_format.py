"""The templates of ``formatdate`` (its page in Terraform's documentation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.functions.function import InvalidError
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from datetime import datetime

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_TOKEN = regex(r"'(?:[^']|'')*'|'|([a-zA-Z])\1*|[^a-zA-Z']+")


def write_date(template: str, moment: datetime) -> str:
    """The moment as the template says; text in it stands between single quotes."""
    return "".join(_written(match[0], moment) for match in _TOKEN.finditer(template))


def _written(piece: str, moment: datetime) -> str:
    if piece.startswith("'"):
        if piece == "'":
            msg = "the format has a quote that isn't closed"
            raise InvalidError(msg)
        return "'" if piece == "''" else piece[1:-1].replace("''", "'")
    if not (piece[0].isascii() and piece[0].isalpha()):
        return piece
    written = _forms(piece[0], moment).get(len(piece))
    if written is None:
        msg = f'"{piece}" means nothing in a date format'
        raise InvalidError(msg)
    return written


def _forms(letter: str, moment: datetime) -> dict[int, str]:
    """What a letter writes, by how often it stands there."""
    if letter == "Y":
        return {2: f"{moment.year % 100:02d}", 4: f"{moment.year:04d}"}
    if letter == "M":
        name = _MONTHS[moment.month - 1]
        return {1: str(moment.month), 2: f"{moment.month:02d}", 3: name[:3], 4: name}
    if letter == "E":
        name = _DAYS[moment.weekday()]
        return {3: name[:3], 4: name}
    if letter in "Aa":
        half = "PM" if moment.hour >= 12 else "AM"
        return {2: half if letter == "A" else half.lower()}
    if letter == "Z":
        return _zone_forms(moment)
    number = {
        "D": moment.day,
        "h": moment.hour,
        "H": moment.hour % 12 or 12,
        "m": moment.minute,
        "s": moment.second,
    }.get(letter)
    return {} if number is None else {1: str(number), 2: f"{number:02d}"}


def _zone_forms(moment: datetime) -> dict[int, str]:
    offset = moment.strftime("%z")[:5]
    colon = f"{offset[:3]}:{offset[3:]}"
    is_utc = offset == "+0000"
    return {1: "Z" if is_utc else colon, 3: "UTC" if is_utc else offset, 4: offset, 5: colon}
