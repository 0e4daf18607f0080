"""Addresses of resources, which two tools expand to instances differently.

``module.net["a"].aws_subnet.private[0]`` here is ``module.net.aws_subnet.private`` where the other tool doesn't know
the keys. In templates it is the names of nested stacks and a logical id.
"""

from __future__ import annotations

from msgspec import Struct

from vpce_lint.regex import regex

_STEP = regex(r'(?P<name>[^.\[\]"]+)(?:\[(?P<key>"(?:[^"\\]|\\.)*"|[^\[\]"]*)\])?(?:\.|$)')


class Address(Struct, frozen=True):
    """An address taken apart: the names without the keys, and each name's key as written, or nothing."""

    names: tuple[str, ...]
    keys: tuple[str | None, ...]

    def fits(self, other: Address) -> bool:
        """Whether both may be the same instance: no name has two different keys."""
        if self.names != other.names:
            return False
        return all(one is None or two is None or one == two for one, two in zip(self.keys, other.keys, strict=True))

    @property
    def local(self) -> Address:
        """The part within its module or stack: type and name, or the logical id."""
        start = 0
        while self.names[start : start + 1] == ("module",) and start + 2 < len(self.names):
            start += 2
        return Address(self.names[start:], self.keys[start:])


def address_of(text: str) -> Address:
    """Take an address apart; what is none is one name."""
    names: list[str] = []
    keys: list[str | None] = []
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            return Address((text,), (None,))
        names.append(step["name"])
        keys.append(step["key"] if step["key"] not in {None, "*"} else None)
        at = step.end()
    return Address(tuple(names), tuple(keys))


def folded(text: str) -> str:
    """The address of the block: without keys."""
    return ".".join(address_of(text).names)
