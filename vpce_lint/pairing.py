"""Which instances of one resource refer to which of another, where their number may be open.

Blocks with ``for_each`` over the same collection, or ``count`` of the same number, belong together
key by key: ``subnet_id = aws_subnet.private[each.key].id``. An index into a family of instances is an
expression whose text says which family and which key; that text is read here and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct, field

from vpce_lint.condition import assume, decide
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, every, unknown
from vpce_lint.value import Choice, Known, Reference, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from vpce_lint.condition import Facts
    from vpce_lint.model import Network, Resource

MOST_LEAVES = 16
"""An id that is chosen among more than this is looked at as one that may be any."""

MOST_OPEN = 40
"""So many references that may mean anything are looked at one by one; more leave it open together."""

MOST_GIVEN = 8
"""So many references to what is given from outside are looked at for something that is made here: none means it."""

LONGEST_NAME = 2_000
"""Longer expressions are not looked into."""

_ADDRESS = r'[\w.\-]+(?:\[(?:\*|\d+|"(?:[^"\\]|\\.)*")\][\w.\-]*)*'
_INDEXED = regex(rf"[\[{{](?P<family>{_ADDRESS})\.\.\.[\]}}]\[(?P<key>.+)\]\.(?P<attribute>id|arn)")
_ELEMENT = regex(rf"element\(\[(?P<family>{_ADDRESS})\.(?P<attribute>id|arn)\.\.\.\], (?P<key>.+)\)")
_INDEXED_SPLAT = regex(rf"\[(?P<family>{_ADDRESS})\.(?P<attribute>id|arn)\.\.\.\]\[(?P<key>.+)\]")
_ELEMENT_OF = regex(rf"element\(\[(?P<family>{_ADDRESS})\.\.\.\], (?P<key>.+)\)\.(?P<attribute>id|arn)")
_LAST_KEY = regex(r'\[(?:\*|\d+|"(?:[^"\\]|\\.)*")\]$')
_OUTSIDE = regex(r"(?:[\w.\-]+\.)?(?:var|data|module)\.[\w.\-]+(\[[^\[\]]*\][\w.\-]*)*")
"""A variable, a data source or an output, or a part of one, and not an expression that computes with it."""

_PARAMETER = regex(
    r"(?:[\w./\-]+:)?[A-Za-z\d]+(?:\[[^\[\]]*\])*|ImportValue\[.*\](?:\[[^\[\]]*\])*|\{\{resolve:[^{}]*\}\}"
)
"""The same of a template: a parameter, a member of a list of them, an export of another stack, a dynamic reference."""


class Pick(Struct, frozen=True):
    """One instance of a block, as a reference picks it: ``address`` is an instance's, or ends in ``[*]``.

    ``key`` is the key's text where the address leaves it open.
    """

    address: str
    key: str | None = None

    @property
    def block(self) -> str:
        """The block's address."""
        return block_of(self.address)


class Link(Struct, frozen=True):
    """How one resource refers to another.

    ``some``: an instance of it certainly refers to one of the other's. ``every``: each of the other's is
    referred to. ``anchor`` says to which; ``None`` where that makes no difference.
    """

    some: Truth
    every: Truth
    anchor: str | None = None


NO_LINK = Link(FALSE, FALSE)


def block_of(address: str) -> str:
    """An instance's address without the instance key at its end."""
    return _LAST_KEY.sub("", address)


def module_of(address: str) -> str:
    """The path of the module instance that an address begins with."""
    return ".".join(block_of(address).split(".")[:-2])


def pick_of(value: Value) -> Pick | None:
    """Which instance an id belongs to; ``None`` where it isn't an id of this configuration's, or can't be told."""
    if isinstance(value, Reference):
        key = value.key.symbol if value.family and value.key is not None else None
        return Pick(value.address, key) if value.names_instance else None
    if isinstance(value, Unknown) and len(value.name) <= LONGEST_NAME:
        for pattern in (_INDEXED, _INDEXED_SPLAT, _ELEMENT, _ELEMENT_OF):
            found = pattern.fullmatch(value.name)
            if found and found["family"].endswith("[*]"):
                return Pick(found["family"], found["key"])
    return None


def is_from_outside(value: Unknown) -> bool:
    """Whether it is a variable, a data source's attribute or an output, and not computed from them.

    What a data source finds that asks about resources of this configuration is not from outside.
    """
    if is_parameter(value):
        return True
    return not value.found and len(value.name) <= LONGEST_NAME and _OUTSIDE.fullmatch(value.name) is not None


def is_parameter(value: Unknown) -> bool:
    """Whether it is a template's parameter, an import or a dynamic reference, and not computed from them."""
    if isinstance(value, Reference) or len(value.name) > LONGEST_NAME:
        return False
    return _PARAMETER.fullmatch(value.name) is not None


def was_there_before(target: Resource) -> bool:
    """Whether something is looked up or taken over, so that an id from outside may be its own."""
    return bool(getattr(target, "found", False) or getattr(target, "imported", False))


def leaves(value: Value) -> list[tuple[Value, Truth]]:
    """What a value may be, each with whether it is that; more than a few are one that may be any."""
    found: list[tuple[Value, Truth]] = []
    waiting: list[tuple[Value, Truth]] = [(value, TRUE)]
    while waiting:
        if len(found) + len(waiting) > MOST_LEAVES:
            return [(Unknown(value.symbol, value.reasons, span=value.span), unknown(*value.reasons))]
        each, holds = waiting.pop()
        if isinstance(each, Choice):
            open_ = holds & unknown(*each.condition.reasons)
            waiting += [(each.otherwise.at(value.span), open_), (each.then.at(value.span), open_)]
        else:
            found.append((each, holds))
    return found


class Pairing(Struct):
    """References between the resources of a network; ``aliases`` are further references, by symbol."""

    network: Network
    aliases: Mapping[str, Resource] = field(default_factory=dict)
    _existence: dict[str, tuple[Value, ...]] | None = None

    def canonical(self, value: Value) -> Value:
        """A reference under another name as the id that it means."""
        known = self.aliases.get(value.symbol) if self.aliases else None
        return known.id.at(value.span) if known is not None else value

    def conditions(self, resource: Resource) -> tuple[Value, ...]:
        """The conditions under which a resource exists; that there are instances of another is that one's conditions."""
        found: dict[str, Value] = {}
        waiting = list(resource.when)
        while waiting and len(found) < MOST_LEAVES:
            condition = waiting.pop(0)
            known = self._families.get(condition.symbol)
            if known is None:
                found[condition.symbol] = condition
            else:
                waiting += [each for each in known if each.symbol not in found and each.symbol != condition.symbol]
        found.update((each.symbol, each) for each in waiting)
        return tuple(found.values())

    @property
    def _families(self) -> dict[str, tuple[Value, ...]]:
        if self._existence is None:
            self._existence = {}
            for resource in self.network.resources:
                if resource.family and resource.address.endswith("[*]"):
                    for name in (
                        f"{{{resource.address}...}}",
                        f"[{resource.address}...]",
                        f"[{resource.address}.id...]",
                    ):
                        self._existence[f"(length({name}) > 0)"] = resource.when
        return self._existence

    def exists(self, resource: Resource, facts: Facts) -> Truth:
        """Whether a resource exists; that there are instances of another is decided by that one's conditions."""
        if not resource.when:
            return resource.premise
        return every(self.holds(condition, facts) for condition in resource.when) & resource.premise

    def holds(self, condition: Value, facts: Facts) -> Truth:
        """Whether a condition holds; that there are instances of a resource is decided by its own conditions."""
        known = self._families.get(condition.symbol)
        if known is not None and condition.symbol not in facts:
            return every(decide(each, facts) for each in known)
        return decide(condition, facts)

    def link(self, value: Value, referrer: Resource, target: Resource, facts: Facts) -> Link:
        """How a resource that holds this id refers to another."""
        links = []
        for leaf, holds in leaves(assume(value, facts)):
            link = self._link(self.canonical(leaf), referrer, target)
            links.append((link, holds))
        if len(links) == 1:
            return links[0][0] if links[0][1].is_true else Link(unknown(*value.reasons), unknown(*value.reasons))
        some = _agreed([link.some for link, _ in links], value)
        every_ = _agreed([link.every for link, _ in links], value)
        anchors = {link.anchor for link, _ in links}
        return Link(some, every_, anchors.pop() if len(anchors) == 1 else f"?{referrer.address}")

    def _link(self, value: Value, referrer: Resource, target: Resource) -> Link:
        if value.symbol == target.id.symbol and not target.family:
            return Link(TRUE, TRUE)
        if any(alias.symbol == value.symbol for alias in getattr(target, "aliases", ())):
            return Link(TRUE, TRUE)
        if value.is_null.is_true:
            return NO_LINK
        pick = pick_of(value)
        if pick is None:
            return self._link_from_outside(value, target)
        if pick.block != block_of(target.address):
            return NO_LINK
        if not target.family:
            same = value.equals(target.id) if isinstance(value, Reference) else unknown(*value.reasons)
            return Link(same, same)
        return self._link_to_family(pick, value, referrer, target)

    def _link_from_outside(self, value: Value, target: Resource) -> Link:
        """What was known before anything that is made here is none of it."""
        found = was_there_before(target)
        if isinstance(value, Known) and not found:
            return NO_LINK
        if isinstance(value, Unknown) and not found and is_from_outside(value):
            words = Reason(f"{value} is taken not to name {target.address}, which is made here", value.span)
            likely = Truth(value=False, reasons=(words,), likely=True)
            return Link(likely, likely)
        if isinstance(value, Reference) and not value.names_instance:
            return NO_LINK if block_of(value.address) != block_of(target.address) else _open(value)
        same = value.equals(target.id)
        return Link(same, same)

    def _link_to_family(self, pick: Pick, value: Value, referrer: Resource, target: Resource) -> Link:
        if not target.address.endswith("[*]"):  # a family because its module is one
            inside = "[*]" in module_of(target.address) and module_of(referrer.address) == module_of(target.address)
            return Link(TRUE, TRUE) if inside and pick.address == target.address else _open(value)
        if pick.address != target.address:
            literal = pick.address.removeprefix(pick.block)
            return Link(TRUE, unknown(*target.key.reasons if target.key is not None else ()), literal)
        own = referrer.key.symbol if referrer.family and referrer.key is not None else None
        if own is None or pick.key != own:
            return _open(value)
        identity = self._identity(referrer)
        complete = identity is not None and identity == self._identity(target)
        anchor = "[0]" if own.endswith("].index") else f"{own} of {identity or referrer.address}"
        return Link(TRUE, TRUE if complete else unknown(*value.reasons), None if complete else anchor)

    def _identity(self, resource: Resource) -> str | None:
        """What decides how many instances there are, and which keys they have; ``None`` where that isn't told."""
        conditions = self.conditions(resource)
        symbols = sorted(condition.symbol for condition in conditions)
        if not symbols or any("?" in symbol or "…" in symbol for symbol in symbols):
            return None
        return " and ".join(symbols)


def _open(value: Value) -> Link:
    reasons = value.reasons or (Reason(f"it is not known which instance {value} is", value.span),)
    return Link(unknown(*reasons), unknown(*reasons))


def _agreed(truths: list[Truth], value: Value) -> Truth:
    first = truths[0]
    if first.value is not None and all(each.value is first.value for each in truths):
        return Truth(first.value, first.reasons, any(each.likely for each in truths))
    return unknown(*value.reasons, *(reason for each in truths for reason in each.reasons))


T = TypeVar("T")


class Register(Generic[T]):
    """Things by the resource that their id may mean, so that few have to be looked at."""

    def __init__(self, pairing: Pairing, items: Iterable[tuple[Value, T]]) -> None:
        self._exact: defaultdict[str, dict[int, T]] = defaultdict(dict)
        self._open: defaultdict[str, dict[int, T]] = defaultdict(dict)
        self._blocks: defaultdict[str, dict[int, T]] = defaultdict(dict)
        self._literal: dict[int, T] = {}
        self._given: dict[int, T] = {}
        self._any: dict[int, T] = {}
        for number, (value, item) in enumerate(items):
            for leaf, _ in leaves(value):
                self._add(pairing.canonical(leaf), number, item)

    def _add(self, value: Value, number: int, item: T) -> None:
        if value.is_null.is_true:
            return
        pick = pick_of(value)
        if pick is not None and pick.address.endswith("[*]"):
            self._open[pick.block][number] = item
        elif pick is not None:
            self._exact[pick.address][number] = item
            self._blocks[pick.block][number] = item
        elif isinstance(value, Reference):
            self._exact[value.address][number] = item
        else:
            self._exact[value.symbol][number] = item
            if isinstance(value, Known):
                self._literal[number] = item
            elif isinstance(value, Unknown) and is_from_outside(value):
                self._given[number] = item
            else:
                self._any[number] = item

    def near(self, target: Resource) -> Iterator[T]:
        """What may mean a resource, or one of a family, apart from what may mean anything."""
        found = self._near(target)
        yield from (found[number] for number in sorted(found))

    def candidates(self, target: Resource) -> Iterator[T]:
        """The same, and what may mean anything, unless that ``has_more`` than are looked at one by one."""
        found = self._near(target)
        found.update(self._loose_before if was_there_before(target) else self._loose)
        yield from (found[number] for number in sorted(found))

    def _near(self, target: Resource) -> dict[int, T]:
        block = block_of(target.address)
        found = dict(self._exact.get(target.address, ()))
        found.update(self._open.get(block, ()))
        if target.family:
            found.update(self._blocks.get(block, ()))
        for alias in getattr(target, "aliases", ()):
            found.update(self._exact.get(alias.symbol, ()))
        return found

    def named(self, symbol: str) -> Iterator[T]:
        """What has this very id from outside."""
        yield from self._exact.get(symbol, {}).values()

    def has_more(self, target: Resource) -> bool:
        """Whether there is too much that may mean a resource for looking at it one by one."""
        if was_there_before(target):
            return len(self._any) + len(self._given) + len(self._literal) > MOST_OPEN
        return len(self._any) > MOST_OPEN

    @cached_property
    def _loose(self) -> dict[int, T]:
        """What may mean something that is made here; what is given from outside is none of it, but only likely so."""
        few = dict(islice(self._given.items(), MOST_GIVEN))
        return few | self._any if len(self._any) <= MOST_OPEN else few

    @cached_property
    def _loose_before(self) -> dict[int, T]:
        """What may mean something that was there before."""
        together = self._any | self._given | self._literal
        return together if len(together) <= MOST_OPEN else {}
