"""Values as far as code alone tells them: known, unknown with an identity, or partly known.

Every value is immutable. A method that can't decide answers an unknown ``Truth`` with the
reasons, or a value that is itself unknown; none of them guesses, and none raises on data.
Numbers are ``int`` where whole, else ``fractions.Fraction`` (Terraform computes with 512 bits,
not with floats). The kinds of values are in one module because each is made of the others.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, Self

from msgspec import Struct
from msgspec.structs import replace

from vpce_lint.record import Record
from vpce_lint.regex import regex
from vpce_lint.secret import masked
from vpce_lint.truth import FALSE, Reason, Truth, gather, truth, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from fractions import Fraction

    from vpce_lint.layout import Layout
    from vpce_lint.source import Span
    from vpce_lint.type_constraint import Type

    Scalar = str | bool | int | Fraction | None

MOST_COMPARED = 100
"""A set of unknown members is known to have so many different ones, no more."""

LONGEST_SYMBOL = 400
"""Longer symbols are cut and end in a digest of the whole, so that they stay identities."""


DIRECTIONS = ("central", "northeast", "northwest", "southeast", "southwest")
SHORT_WORD = 4
"""Words in the names of Regions and zones that are no directions have at most so many letters: ``lax``, ``isob``."""

_NO_PLACE = regex(r"[^a-z0-9-]")
_NO_LETTER = regex(r"[^a-z]")


class Origin(Protocol):
    """What a string was read from or put together of."""

    def layout(self) -> Layout | None:
        """Where each of its characters is written, worked out when asked for; ``None`` where that can't be told."""


class Value(Record, frozen=True, kw_only=True):
    """What an expression stands for; ``span`` is where it was written."""

    apart: ClassVar[tuple[str, ...]] = ("span",)

    span: Span | None = None

    def at(self, span: Span | None) -> Self:
        """The same value, written there."""
        return replace(self, span=span)

    @property
    def symbol(self) -> str:
        """The value as an expression: an identity for what is unknown, and what people read."""
        raise NotImplementedError

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the value, or a part of it, is not known; empty where everything is."""
        return ()

    @property
    def is_null(self) -> Truth:
        """Whether the value is ``null``."""
        return FALSE

    @property
    def size(self) -> int:
        """How many values it is made of, one that is in two places counted twice: the work of going through it."""
        return 1

    @property
    def is_conditional(self) -> bool:
        """Whether a part of the value may depend on a condition, so that assuming one could change it."""
        return False

    def equals(self, other: Value) -> Truth:
        """Whether both certainly are, or certainly aren't, the same value."""
        from vpce_lint.equality import equal  # noqa: PLC0415 (it needs every kind of value)

        return equal(self, other)

    def is_(self, scalar: Scalar) -> Truth:
        """Whether the value is this scalar."""
        return self.equals(Known(scalar))

    def starts_with(self, prefix: str) -> Truth:
        """Whether the value is a string that begins so."""
        from vpce_lint.equality import has_affix  # noqa: PLC0415 (as above)

        return has_affix(self, prefix, at_end=False)

    def ends_with(self, suffix: str) -> Truth:
        """Whether the value is a string that ends so."""
        from vpce_lint.equality import has_affix  # noqa: PLC0415 (as above)

        return has_affix(self, suffix, at_end=True)

    def __bool__(self) -> bool:
        """Refuse: an unknown must never be read as false by accident."""
        msg = "a Value is not a bool: ask is_(True), is_null or equals"
        raise TypeError(msg)

    def __str__(self) -> str:
        """The value for a sentence: a known string without quotes, else the symbol."""
        return self.symbol


class Known(Value, frozen=True):
    """A scalar, or ``null``. Of two known values, ``1`` and ``true`` are not equal.

    ``origin`` tells of a string where its characters are written.
    """

    apart: ClassVar[tuple[str, ...]] = ("origin",)

    value: Scalar
    origin: Origin | None = None

    @property
    def symbol(self) -> str:
        """The scalar as Terraform would write it."""
        return _shorten(render_scalar(self.value))

    @property
    def is_null(self) -> Truth:
        """Whether the value is ``null``."""
        return truth(value=self.value is None)

    def equals(self, other: Value) -> Truth:
        """Whether both certainly are, or certainly aren't, the same value."""
        return truth(value=self == other) if isinstance(other, Known) else super().equals(other)

    def __eq__(self, other: object) -> bool:
        """Equality of type and value."""
        return isinstance(other, Known) and (type(self.value), self.value) == (type(other.value), other.value)

    def __hash__(self) -> int:
        """A hash that goes with equality."""
        return hash((type(self.value), self.value))

    def __str__(self) -> str:
        """The scalar for a sentence."""
        return self.value if isinstance(self.value, str) else render_scalar(self.value)


class Text(Value, frozen=True, dict=True):
    """A string with holes: known pieces and unknown values in turn.

    Made by ``text()``, which merges known pieces; at least one part is a hole, and a hole may be empty.
    ``origin`` tells where the characters are written.
    """

    apart: ClassVar[tuple[str, ...]] = ("origin",)

    parts: tuple[str | Value, ...]
    origin: Origin | None = None

    @cached_property
    def symbol(self) -> str:
        """The template in quotes."""
        return _shorten(f'"{self}"')

    @cached_property
    def size(self) -> int:
        """One more than its parts."""
        return 1 + sum(part.size for part in self.parts if isinstance(part, Value))

    @cached_property
    def is_conditional(self) -> bool:
        """Whether a condition may decide about a part."""
        return any(part.is_conditional for part in self.parts if isinstance(part, Value))

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the holes are not known."""
        return gather(reason for part in self.parts if isinstance(part, Value) for reason in part.reasons)

    @property
    def prefix(self) -> str:
        """The known beginning; may be empty."""
        return self.parts[0] if isinstance(self.parts[0], str) else ""

    @property
    def suffix(self) -> str:
        """The known end; may be empty."""
        return self.parts[-1] if isinstance(self.parts[-1], str) else ""

    def __str__(self) -> str:
        """The template without quotes: ``com.amazonaws.${var.region}.s3``."""
        return _shorten("".join(part if isinstance(part, str) else f"${{{part.symbol}}}" for part in self.parts))


class Run(Value, frozen=True, dict=True):
    """A stretch of members whose number is not known, inside a sequence or a mapping.

    ``each`` stands for any member. ``least`` and ``most`` bound their number (``None``: no bound).
    ``when`` are the conditions, all of which must hold for any member to be there; where ``least``
    and ``most`` are 0 and 1, they are all that decides it. In a mapping, ``key`` stands for any key.
    ``distinct`` says that no two members are equal. ``why`` says why their number isn't known. A run with exactly one member is a mapping's
    entry whose key is not known, or a set's member.
    """

    name: str
    each: Value
    least: int = 0
    most: int | None = None
    key: Value | None = None
    when: tuple[Value, ...] = ()
    distinct: bool = False
    why: tuple[Reason, ...] = ()

    @cached_property
    def symbol(self) -> str:
        """The expression that gives the members, spread out."""
        return _shorten(f"{self.name}...")

    @cached_property
    def size(self) -> int:
        """One more than its parts."""
        return 1 + self.each.size + sum(condition.size for condition in self.when)

    @cached_property
    def is_conditional(self) -> bool:
        """Whether a condition may decide about a part."""
        return bool(self.when) or self.each.is_conditional

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the members' number, or where that isn't said, the members are not known."""
        if self.why:
            return gather((*self.why, *(reason for condition in self.when for reason in condition.reasons)))
        parts = (*self.when, self.each) if self.key is None else (*self.when, self.key, self.each)
        return gather(reason for part in parts for reason in part.reasons)


class Sequence(Value, frozen=True, dict=True):
    """A list, tuple or set: members in order, of which some may be runs of unknown length.

    ``ordered`` is false for a list of these members in an order that is not known.
    """

    members: tuple[Value, ...]
    kind: Literal["list", "tuple", "set"] = "tuple"
    ordered: bool = True

    @cached_property
    def symbol(self) -> str:
        """The members in brackets."""
        inner = ", ".join(member.symbol for member in self.members)
        return _shorten(f"toset([{inner}])" if self.kind == "set" else f"[{inner}]")

    @cached_property
    def size(self) -> int:
        """One more than its parts."""
        return 1 + sum(member.size for member in self.members)

    @cached_property
    def is_conditional(self) -> bool:
        """Whether a condition may decide about a part."""
        return any(member.is_conditional for member in self.members)

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Why members are not known."""
        return gather(reason for member in self.members for reason in member.reasons)

    @property
    def least(self) -> int:
        """The smallest number of members that is possible, a set's equal members counted once where known."""
        if self.kind == "set":
            return _least_of_set(self.members)
        return sum(member.least if isinstance(member, Run) else 1 for member in self.members)

    @property
    def most(self) -> int | None:
        """The greatest number of members that is possible; ``None`` where there is no bound."""
        total = 0
        for member in self.members:
            if isinstance(member, Run):
                if member.most is None:
                    return None
                total += member.most
            else:
                total += 1
        return total

    @property
    def is_exact(self) -> bool:
        """Whether the members are all there is, each in its place: no runs."""
        return self.ordered and not any(isinstance(member, Run) for member in self.members)


class Mapping(Value, frozen=True, dict=True):
    """A map or object: entries by known key, and runs of entries that may be there or whose key is open.

    A run whose ``key`` is known is an entry under a condition. No key is in two places.
    """

    entries: dict[str, Value]
    runs: tuple[Run, ...] = ()
    kind: Literal["map", "object"] = "object"

    def __hash__(self) -> int:
        """A hash that goes with equality; a dictionary has none."""
        return hash((frozenset(self.entries.items()), self.runs, self.kind))

    @cached_property
    def symbol(self) -> str:
        """The entries in braces."""
        inner = [f"{key} = {value.symbol}" for key, value in self.entries.items()]
        inner += [run.symbol for run in self.runs]
        return _shorten("{" + ", ".join(inner) + "}")

    @cached_property
    def size(self) -> int:
        """One more than its parts."""
        return 1 + sum(value.size for value in self.entries.values()) + sum(run.size for run in self.runs)

    @cached_property
    def is_conditional(self) -> bool:
        """Whether a condition may decide about a part."""
        return any(part.is_conditional for part in (*self.entries.values(), *self.runs))

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Why entries are not known."""
        parts: Iterable[Value] = (*self.entries.values(), *self.runs)
        return gather(reason for part in parts for reason in part.reasons)

    @property
    def least(self) -> int:
        """The smallest number of entries that is possible."""
        return len(self.entries) + sum(run.least for run in self.runs)

    @property
    def most(self) -> int | None:
        """The greatest number of entries that is possible; ``None`` where there is no bound."""
        if any(run.most is None for run in self.runs):
            return None
        return len(self.entries) + sum(run.most or 0 for run in self.runs)


class Member(Struct, frozen=True):
    """That a value is member ``index`` of a list of distinct values with ``least`` to ``most`` members.

    ``wraps``: the index counts modulo the list's length, as ``element()`` does.
    """

    family: str
    index: int
    least: int
    most: int | None
    wraps: bool = False


class Unknown(Value, frozen=True):
    """A value with an identity: two with the same ``name`` are the same value.

    ``least`` and ``most`` bound a number. ``formula`` keeps how a bool was made of others
    (``("and", (a, b))``, ``or``, ``not``), so that assumptions about it reach its parts.
    ``nullable``: it may be ``null``. ``invalid``: Terraform would stop with an error here.
    ``place``: it is a Region's or an Availability Zone's name, which tells what it can't contain.
    ``found``: a data source that asks about resources of this configuration found it, so that it may be one of them.
    """

    apart: ClassVar[tuple[str, ...]] = ("place", "found")

    name: str
    why: tuple[Reason, ...]
    type: Type | None = None
    least: int | None = None
    most: int | None = None
    member: Member | None = None
    formula: tuple[Literal["and", "or", "not"], tuple[Value, ...]] | None = None
    nullable: bool = True
    invalid: bool = False
    place: bool = False
    found: bool = False

    @property
    def symbol(self) -> str:
        """The identity."""
        return _shorten(self.name)

    def lacks(self, piece: str) -> bool:
        """Whether it is certainly a string, and one that has this piece nowhere.

        Names of Regions and Availability Zones, as ``us-gov-west-1`` and ``us-west-2-lax-1a``, are short words,
        directions and digits between hyphens (AWS Regions and Availability Zones guide).
        """
        if not self.place:
            return False
        words = (word for word in _NO_LETTER.split(piece) if len(word) > SHORT_WORD)
        return _NO_PLACE.search(piece) is not None or any(
            not any(word in direction for direction in DIRECTIONS) for word in words
        )

    @property
    def is_conditional(self) -> bool:
        """Whether it may itself be a condition."""
        return self.formula is not None or (self.type is not None and self.type.kind == "bool")

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it is not known."""
        return self.why

    @property
    def is_null(self) -> Truth:
        """Whether the value is ``null``."""
        return unknown(*self.why) if self.nullable else FALSE


class Reference(Unknown, frozen=True, kw_only=True):
    """An attribute of a resource instance of this configuration that AWS will fill in.

    ``address`` is the instance's address, ``key`` the instance key at its end; ``family`` says that it stands for any one of an unknown
    number of instances. Two instances never share an ``id`` or an ``arn``. ``resource_type`` is the type
    of its resource where the address doesn't tell it: ``AWS::EC2::NatGateway``.
    """

    apart: ClassVar[tuple[str, ...]] = ("key", "resource_type")

    address: str
    attribute: str
    family: bool = False
    nullable: bool = False
    key: Value | None = None
    resource_type: str = ""

    @property
    def names_instance(self) -> bool:
        """Whether the attribute belongs to this one instance alone: no two share an ``id`` or an ``arn``."""
        return self.attribute in {"id", "arn"}


class Choice(Value, frozen=True, dict=True):
    """``condition ? then : otherwise`` with a condition that is not known."""

    condition: Value
    then: Value
    otherwise: Value

    @cached_property
    def symbol(self) -> str:
        """The conditional expression."""
        return _shorten(f"({self.condition.symbol} ? {self.then.symbol} : {self.otherwise.symbol})")

    @cached_property
    def size(self) -> int:
        """One more than its parts."""
        return 1 + self.condition.size + self.then.size + self.otherwise.size

    @cached_property
    def is_conditional(self) -> bool:
        """Whether a condition may decide about a part."""
        return True

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Why the condition, and what it chooses from, is not known."""
        parts = (self.condition, self.then, self.otherwise)
        return gather(reason for part in parts for reason in part.reasons)

    @property
    def is_null(self) -> Truth:
        """Whether the value is ``null``: decided where both sides agree."""
        return either(self, lambda side: side.is_null)


class Json(Value, frozen=True, dict=True):
    """A string that is the JSON of ``document``, kept so that the document's spans survive.

    ``text`` is the string itself: known, a text with holes, or unknown.
    """

    document: Value
    text: Value

    @cached_property
    def symbol(self) -> str:
        """The call that makes the string."""
        return _shorten(f"jsonencode({self.document.symbol})")

    @cached_property
    def size(self) -> int:
        """One more than its parts."""
        return 1 + self.document.size + self.text.size

    @cached_property
    def is_conditional(self) -> bool:
        """Whether a condition may decide about a part."""
        return self.document.is_conditional or self.text.is_conditional

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """Why parts of the document are not known."""
        return self.document.reasons


class ResourceObject(Value, frozen=True):
    """A whole resource instance as a value; attributes are worked out when asked for."""

    apart: ClassVar[tuple[str, ...]] = ("attribute",)

    address: str
    attribute: Callable[[str], Value]
    family: bool = False

    @property
    def symbol(self) -> str:
        """The address."""
        return self.address


def either(choice: Choice, ask: Callable[[Value], Truth]) -> Truth:
    """The answer that both sides of a choice give; unknown, because of the condition, where they differ."""
    then, otherwise = ask(choice.then), ask(choice.otherwise)
    if then.value is not None and then.value is otherwise.value:
        return Truth(then.value, (), then.likely or otherwise.likely)
    return unknown(*choice.condition.reasons, *then.reasons, *otherwise.reasons)


def text(parts: Iterable[str | Value], span: Span | None = None, origin: Origin | None = None) -> Value:
    """A string of known pieces and holes: a known string where there are no holes.

    Known scalars among the parts become part of the text, nested texts are spliced in. A hole must
    not be a collection, and not ``null``: the caller has seen to that.
    """
    merged: list[str | Value] = []
    for is_known, pieces in groupby(_pieces(parts), lambda part: isinstance(part, str)):
        if not is_known:
            merged += pieces
        elif joined := "".join(map(str, pieces)):
            merged.append(joined)
    if not merged:
        return Known("", span=span)
    if len(merged) == 1 and isinstance(merged[0], str):
        return Known(merged[0], span=span, origin=origin)
    if len(merged) == 1 and isinstance(merged[0], Unknown):
        return merged[0] if merged[0].span else merged[0].at(span)
    return Text(tuple(merged), span=span, origin=origin)


def _pieces(parts: Iterable[str | Value]) -> Iterator[str | Value]:
    for part in parts:
        if isinstance(part, Text):
            yield from part.parts
        elif isinstance(part, Known):
            yield str(part)
        elif isinstance(part, Json):
            yield from _pieces((part.text,))
        else:
            yield part


def render_scalar(value: Scalar) -> str:
    """A scalar as Terraform writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, int):
        return str(value)
    from vpce_lint.number import render  # noqa: PLC0415 (fractions are rare, and slow to import)

    return render(value)


def _shorten(symbol: str) -> str:
    return symbol if len(symbol) <= LONGEST_SYMBOL else _shortened(symbol)


@lru_cache(maxsize=4_096)
def _shortened(symbol: str) -> str:
    from hashlib import blake2b  # noqa: PLC0415 (loaded when it is needed)

    digest = blake2b(symbol.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{masked(symbol[: 10 * LONGEST_SYMBOL])[: LONGEST_SYMBOL - 20]}…{digest}"  # half a key has another shape


def _least_of_set(members: tuple[Value, ...]) -> int:
    """Members that certainly differ from each other: a greedy choice, so a sound lower bound."""
    apart: list[Value] = []
    runs = 0
    for member in members:
        if isinstance(member, Run):
            runs = max(runs, member.least if member.distinct else min(member.least, 1))
        elif len(apart) < MOST_COMPARED and all(member.equals(chosen).is_false for chosen in apart):
            apart.append(member)
    known = {member for member in members if isinstance(member, Known)}
    return max(len(apart), len(known), runs)
