"""Where an expression is evaluated: the names that it can see."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vpce_lint.readers.terraform.functions.context import Context
    from vpce_lint.source import Span
    from vpce_lint.value import Unknown

    Names = Mapping[str, Value]


LONGEST_IDENTITY = 2_000
"""Characters of an expression that stand for it whole."""


class Module(Protocol):
    """What an evaluator needs of the module instance around an expression."""

    @property
    def prefix(self) -> str:
        """What stands before the addresses of its resources, which tells it from others."""

    def resolve(self, root: str, name: str, span: Span) -> Value:
        """The value of ``var.name``, ``local.name``, ``module.name``, ``path.name``, ``terraform.name``."""

    def resource(self, mode: str, type_: str, name: str, span: Span) -> Value:
        """The value of a resource (``mode`` is ``managed``) or data source (``data``): all its instances."""

    def context(self, span: Span) -> Context:
        """What functions called there may ask for."""

    def exhausted(self, span: Span) -> Unknown:
        """The unknown value that stands for what wasn't worked out as the steps of work are used up."""

    def limit(self, words: str, span: Span) -> Unknown:
        """Note that a limit was reached, and the unknown value that stands for what wasn't worked out."""


class Frame(Struct, frozen=True):
    """A module instance and, inside it, the names that an expression's surroundings bind.

    ``names`` are the variables of ``for`` and ``dynamic``; ``each`` and ``count`` the attributes of those
    objects; ``member`` is what the innermost splat looks at. ``guarded``: a mistake is caught here, by
    ``try`` or ``can``, so that what may be missing matters; elsewhere Terraform would have stopped.
    """

    module: Module
    names: Names = field(default_factory=dict)
    each: Names | None = None
    count: Names | None = None
    this: Value | None = None
    member: Value | None = None
    guarded: bool = False

    def bind(self, **names: Value) -> Frame:
        """The frame with further names, which hide equal ones further out."""
        return replace(self, names={**self.names, **names})

    def identity(self, expression: str) -> str:
        """What an expression is here: where the words are the same, and mean the same, so is the value."""
        bound = {name: value for name, value in self.names.items() if name in expression}
        for root, names in (("each", self.each), ("count", self.count)):
            if names and root in expression:
                bound |= {f"{root}.{name}": value for name, value in names.items() if name in expression}
        meanings = ", ".join(f"{name} = {value.symbol}" for name, value in sorted(bound.items()))
        words = f"{self.module.prefix}{expression}{' with ' if meanings else ''}{meanings}"
        line = " ".join(words.split())
        if line == words and len(words) <= LONGEST_IDENTITY:
            return words
        from vpce_lint.cache import digest  # noqa: PLC0415 (little fails, and less of that fills lines)

        # What a name leaves out is marked, for it may refer to whatever is here.
        shown = line if len(line) <= LONGEST_IDENTITY else f"{line[:LONGEST_IDENTITY]}…"
        return f"{shown}#{digest(words.encode('utf-8', 'surrogatepass'))[:16]}"


class Namespace(Value, frozen=True):
    """The beginning of a traversal that is no value yet: ``var``, ``data``, ``data.aws_vpc``, ``aws_vpc``."""

    apart: ClassVar[tuple[str, ...]] = ("attribute",)

    path: str
    attribute: Callable[[str], Value]

    @property
    def symbol(self) -> str:
        """The words so far."""
        return self.path
