"""What a reader tells about one resource of the code: where the readers and the tables of attributes meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vpce_lint.model import Call, Resource
    from vpce_lint.readers.joining import Completions
    from vpce_lint.source import Span
    from vpce_lint.value import Value

    Shared = dict[str, Any]
    Translation = Callable[["DescribedResource", Shared, Completions], Iterable[Resource]]


class DescribedBlock(Protocol):
    """A nested block: one, or with ``family`` between none and ``most`` of them (``None``: no bound).

    It is there if all of ``when`` hold.
    """

    @property
    def span(self) -> Span:
        """The place that stands for the whole block."""

    @property
    def when(self) -> tuple[Value, ...]:
        """The conditions under which it exists."""

    @property
    def family(self) -> bool:
        """Whether it stands for an unknown number of blocks."""

    @property
    def most(self) -> int | None:
        """The greatest number of blocks that it may stand for."""

    def written(self, name: str) -> Value | None:
        """An argument as the code gives it; ``None`` where it isn't given."""

    def given(self, name: str) -> Value:
        """An argument as the code gives it, ``null`` where it isn't given."""

    def argument(self, name: str) -> Value:
        """An argument, ``null`` where it isn't given, whose span is where a report points for it."""

    def nested(self, name: str) -> Sequence[DescribedBlock]:
        """The blocks of a type inside this one."""


class DescribedResource(Protocol):
    """One instance of a resource or data source, its arguments in the provider's words.

    An argument is *given* where the code sets it, even to ``null`` or to something unknown. One that isn't
    given is left to AWS, and then its value is ``null`` here.
    """

    @property
    def type(self) -> str:
        """The resource type, such as ``aws_vpc_endpoint``."""

    @property
    def address(self) -> str:
        """The instance address as Terraform prints it."""

    @property
    def found_address(self) -> str:
        """Of a data source: the address of the first that asks the same question."""

    @property
    def span(self) -> Span:
        """The place that stands for the whole resource."""

    @property
    def calls(self) -> tuple[Call, ...]:
        """The module calls that lead to it, the innermost first."""

    @property
    def when(self) -> tuple[Value, ...]:
        """The conditions under which it exists."""

    @property
    def family(self) -> bool:
        """Whether it stands for an unknown number of instances."""

    @property
    def key(self) -> Value | None:
        """The instance key; of a family, what stands for any of its keys."""

    @property
    def is_imported(self) -> bool:
        """Whether the resource was there before and is taken over."""

    @property
    def iterated(self) -> tuple[Value, ...]:
        """Of a family, the values of ``each.key`` and ``each.value``, which tell its members apart; else nothing."""

    def written(self, name: str) -> Value | None:
        """An argument as the code gives it; ``None`` where it isn't given."""

    def given(self, name: str) -> Value:
        """An argument as the code gives it, ``null`` where it isn't given."""

    def argument(self, name: str) -> Value:
        """An argument, ``null`` where it isn't given, whose span is where a report points for it."""

    def nested(self, name: str) -> Sequence[DescribedBlock]:
        """The nested blocks of a type."""

    def listed(self, name: str) -> Value | None:
        """Blocks that are written as the members of a list instead; ``None`` where they aren't."""

    def computed(self, name: str) -> Value:
        """An attribute that AWS will fill in, as other resources refer to it."""
