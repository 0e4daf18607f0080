"""Records some of whose fields say nothing about what they are, such as the place where a value was written."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable


class Record(Struct, frozen=True):
    """A struct that is compared without the fields that it, or a class that it is made from, names in ``apart``."""

    apart: ClassVar[tuple[str, ...]] = ()

    def __eq__(self, other: object) -> bool:
        """Equality of class and of all fields that count."""
        if self is other:
            return True
        kind = type(self)
        return kind is type(other) and _identity(kind)(self) == _identity(kind)(other)

    def __hash__(self) -> int:
        """A hash that goes with equality."""
        return hash(_identity(type(self))(self))

    def __repr__(self) -> str:
        """The class and the fields that count."""
        kind = type(self)
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in _counting(kind))
        return f"{kind.__name__}({fields})"


@cache
def _identity(kind: type[Record]) -> Callable[[Record], object]:
    return attrgetter(*_counting(kind))


def _counting(kind: type[Record]) -> list[str]:
    apart = {name for each in kind.__mro__ for name in vars(each).get("apart", ())}
    return [name for name in kind.__struct_fields__ if name not in apart]
