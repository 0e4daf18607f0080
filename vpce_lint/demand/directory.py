"""Resources found by what the code calls them: by reference, by ARN, by name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

from vpce_lint.condition import decide_all
from vpce_lint.demand.alternatives import alternatives
from vpce_lint.model import Resource
from vpce_lint.regex import regex
from vpce_lint.truth import TRUE, Reason, Truth, unknown
from vpce_lint.value import Known, Reference, Run, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vpce_lint.condition import Facts

R = TypeVar("R", bound=Resource)

_KEY = regex(r'\[(?:\*|\d+|"(?:[^"\\]|\\.)*")\]$')
"""The instance key at the end of an address."""

MOST_OF_BLOCK = 100
"""A reference to any instance of a block with more of them names none that is known."""


class Match(Struct, Generic[R], frozen=True):
    """What one case of a value names: a resource, or ``None`` where none of this code is meant.

    ``value`` is that case, ``truth`` says whether it is the one.
    """

    value: Value
    resource: R | None
    truth: Truth

    @property
    def reason(self) -> Reason:
        """Why nothing is known of what the value names."""
        if self.value.reasons and not isinstance(self.value, Text):
            return self.value.reasons[0]
        return Reason(f"{self.value} is not made here", self.value.span)


class Directory(Generic[R]):
    """The resources of a class; ``name_of`` gives the name that AWS knows one by."""

    def __init__(self, resources: Iterable[R], name_of: Callable[[R], Value] | None = None) -> None:
        self._by_address: defaultdict[str, list[R]] = defaultdict(list)
        self._by_block: defaultdict[str, list[R]] = defaultdict(list)
        self._by_name: defaultdict[str, list[R]] = defaultdict(list)
        for resource in resources:
            self._by_address[resource.address].append(resource)
            self._by_block[block_of(resource.address)].append(resource)
            name = name_of(resource) if name_of else None
            if name is not None and not name.is_null.is_true:
                self._by_name[name.symbol].append(resource)

    def find(self, value: Value, facts: Facts) -> Iterator[Match[R]]:
        """What a value names, case by case; ``null`` names nothing."""
        for case, truth in alternatives(value, facts):
            if case.is_null.is_true or case.is_("").is_true:
                continue
            found = self._named(case)
            if not found:
                yield Match(case, None, truth)
            for resource, is_it in found:
                yield Match(case, resource, truth & is_it)

    def find_all(self, values: Value, facts: Facts) -> Iterator[Match[R]]:
        """What the members of a list name; a value that is no list is its own only member."""
        for member, truth in members_of(values, facts):
            for match in self.find(member, facts):
                yield Match(match.value, match.resource, truth & match.truth)

    def _named(self, value: Value) -> list[tuple[R, Truth]]:
        address = _address_of(value)
        if address is not None and address in self._by_address:
            return [(resource, TRUE) for resource in self._by_address[address]]
        found = self._of_block(value) if isinstance(value, Reference) else []
        if found:
            return found
        last = _last_of_path(value)
        if isinstance(last, Reference) and last.address in self._by_address:
            return [(resource, TRUE) for resource in self._by_address[last.address]]
        for name in (value, last):
            if name is not None and name.symbol in self._by_name:
                return [(resource, TRUE) for resource in self._by_name[name.symbol]]
        return []

    def _of_block(self, reference: Reference) -> list[tuple[R, Truth]]:
        """What a reference to no single instance may mean: the family that stands for it, or any instance."""
        block = self._by_block.get(block_of(reference.address), [])
        families = [(resource, TRUE) for resource in block if resource.family]
        if families or not reference.family or len(block) > MOST_OF_BLOCK:
            return families
        return [(resource, unknown(*reference.reasons)) for resource in block]


def members_of(values: Value, facts: Facts) -> Iterator[tuple[Value, Truth]]:
    """The members of a list, each with the truth of its being there; a run of any number is there perhaps."""
    for case, truth in alternatives(values, facts):
        if not isinstance(case, Sequence):
            if not case.is_null.is_true:
                yield case, truth
            continue
        for member in case.members:
            if not isinstance(member, Run):
                yield member, truth
            elif member.least > 0:
                yield member.each, truth
            else:
                there = decide_all(member.when, facts) if member.when else unknown(*member.reasons)
                yield member.each, truth & there


def block_of(address: str) -> str:
    """An address without the instance key at its end."""
    return _KEY.sub("", address)


def _address_of(value: Value) -> str | None:
    """The address of the resource of which a value is an attribute."""
    if isinstance(value, Reference):
        return value.address
    if isinstance(value, Unknown):
        return value.name.rpartition(".")[0] or None
    return None


def _last_of_path(value: Value) -> Value | None:
    """The name at the end of an ARN: ``worker`` of ``arn:aws:iam::111122223333:role/worker``."""
    if isinstance(value, Known) and isinstance(value.value, str) and "/" in value.value:
        return Known(value.value.rpartition("/")[2])
    if isinstance(value, Text):
        for place in range(len(value.parts) - 1, -1, -1):
            part = value.parts[place]
            if isinstance(part, str) and "/" in part:
                return text((part.rpartition("/")[2], *value.parts[place + 1 :]))
    return None
