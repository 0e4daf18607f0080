"""Choices that look arbitrary and are the same on every machine and in every version of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")


def pick(items: Sequence[Item], *about: object) -> Item:
    """One of the items; which one depends on nothing but what the choice is about."""
    return items[number(*about) % len(items)]


def number(*about: object) -> int:
    """A number of 32 bits, as arbitrary as a checksum."""
    return crc32(" ".join(map(str, about)).encode())
