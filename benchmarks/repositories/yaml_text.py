"""Templates as YAML as people write it: block style, short forms of intrinsic functions, multi-line texts as they are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = re.compile(r"[A-Za-z/][\w./:-]*(?: [\w./:()-]+)*[\w./)]|[A-Za-z]")
"""Texts that need no quotes, unless they are words of ``RESERVED``."""

RESERVED = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}

STEP = "  "


def as_yaml(template: dict[str, Any]) -> str:
    """A template of maps, lists, texts, numbers and booleans as YAML."""
    return "\n".join(_lines(template, "")) + "\n"


def _lines(value: dict[str, Any] | list[Any], indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _entry(f"{indent}{_scalar(key)}:", item, indent + STEP)
        return
    for item in value:
        if isinstance(item, dict | list) and item and not _short(item):
            first, *rest = _lines(item, indent + STEP)
            yield f"{indent}- {first[len(indent) + len(STEP) :]}"
            yield from rest
        else:
            yield from _entry(f"{indent}-", item, indent + STEP)


def _entry(head: str, item: Any, indent: str) -> Iterator[str]:
    """A key or a dash with what belongs to it."""
    short = _short(item)
    if short:
        yield f"{head} {short}"
    elif isinstance(item, dict | list):
        tag = _tag(item)
        inner = next(iter(item.values())) if tag and isinstance(item, dict) else item
        if not inner:
            yield f"{head} {'{}' if isinstance(inner, dict) else '[]'}"
            return
        yield f"{head} {tag}" if tag else head
        yield from _lines(inner, indent)
    elif isinstance(item, str) and "\n" in item:
        yield f"{head} |"
        yield from (indent + line if line else "" for line in item.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {_scalar(item)}"


def _function(item: Any) -> str:
    """The name of the intrinsic function that a map is, or nothing."""
    name = next(iter(item)) if isinstance(item, dict) and len(item) == 1 else ""
    return name if name == "Ref" or name.startswith("Fn::") else ""


def _short(item: Any) -> str:
    """An intrinsic function that fits behind its tag."""
    name = _function(item)
    if name == "Ref":
        return f"!Ref {item[name]}"
    if name == "Fn::GetAtt":
        return "!GetAtt " + ".".join(item[name])
    if name and isinstance(item[name], str):
        return f"!{name.removeprefix('Fn::')} {_scalar(item[name])}"
    return ""


def _tag(item: Any) -> str:
    name = _function(item)
    return f"!{name.removeprefix('Fn::')}" if name else ""


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and value.lower() not in RESERVED and ": " not in value
        return value if plain else json.dumps(value)
    return json.dumps(value)
