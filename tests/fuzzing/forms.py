"""What a report must be in each format, whatever the input was."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from jsonschema import Draft202012Validator
from sarif_schema import validate

import vpce_lint

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND = re.compile(r"::(error|warning|notice) [^\n]*")
OBEYED = re.compile(r"^\s*::|##\w*\[|##vso\[", re.MULTILINE)
"""What a CI runner takes for a command, at the beginning of a line or anywhere in it."""
ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@cache
def _report_schema() -> Any:
    return Draft202012Validator(json.loads((Path(vpce_lint.__file__).parent / "report.schema.json").read_text("utf-8")))


def _json(text: str) -> str:
    document = json.loads(text)
    error = next(iter(_report_schema().iter_errors(document)), None)
    return f"not as its schema says: {error.message}"[:300] if error else ""


def _sarif(text: str) -> str:
    validate(json.loads(text))
    return ""


def _junit(text: str) -> str:
    if ILLEGAL_IN_XML.search(text):
        return "a character that XML has not"
    ET.fromstring(text)  # noqa: S314 (our own output)
    return ""


def _gitlab(text: str) -> str:
    issues = json.loads(text)
    wanted = {"description", "check_name", "fingerprint", "severity", "location"}
    return "" if all(wanted <= set(issue) for issue in issues) else "an issue without what GitLab needs"


def _github(text: str) -> str:
    lines = text.removesuffix("\n").split("\n")
    return "" if all(COMMAND.fullmatch(line) for line in lines) else "a line that is no command of its own"


def _plain(text: str) -> str:
    return "a CI runner would obey it" if OBEYED.search(text) else ""


FORMS: dict[str, Callable[[str], str]] = {
    "json": _json,
    "sarif": _sarif,
    "junit": _junit,
    "gitlab": _gitlab,
    "github": _github,
    "markdown": _plain,
    "text": _plain,
}


def steering(text: str) -> str:
    """The first character that could steer a terminal, or hide; empty where there is none."""
    if text.replace("\n", "").isprintable():
        return ""
    return next(each for each in text if not each.isprintable() and each != "\n")


def fault_of(format_: str, data: bytes) -> str:
    """What is wrong with a report; empty where nothing is."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8: {error.reason}"
    if odd := steering(text):
        return f"the control character {odd!r}"
    try:
        return FORMS[format_](text)
    except Exception as error:  # noqa: BLE001 (any complaint of a parser is a fault of the report)
        return f"{type(error).__name__}: {error}"[:300]
