"""When two values are certainly the same, and when they certainly aren't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.condition import assume, facts_of
from vpce_lint.limits import WORK
from vpce_lint.regex import regex
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, every, some, truth, unknown
from vpce_lint.value import (
    Choice,
    Json,
    Known,
    Mapping,
    Member,
    Reference,
    ResourceObject,
    Run,
    Sequence,
    Text,
    Unknown,
    Value,
    either,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def equal(one: Value, other: Value) -> Truth:
    """Whether both certainly are, or certainly aren't, the same value."""
    WORK.left -= 1
    if WORK.left < 0:
        return unknown(WORK.reason)
    if isinstance(one, Choice):
        return _equal_choice(one, other)
    if isinstance(other, Choice):
        return _equal_choice(other, one)
    if isinstance(one, Json) or isinstance(other, Json):
        return equal(one.text if isinstance(one, Json) else one, other.text if isinstance(other, Json) else other)
    if isinstance(one, Known) and isinstance(other, Known):
        return truth(value=one == other)
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return _equal_unknowns(one, other)
    if isinstance(one, Text) or isinstance(other, Text):
        from vpce_lint.text_matching import equal_texts  # noqa: PLC0415 (most texts are known)

        return equal_texts(one, other)
    if isinstance(one, ResourceObject) and isinstance(other, ResourceObject):
        return truth(value=one.address == other.address)
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return _equal_sequences(one, other)
    if isinstance(one, Mapping) and isinstance(other, Mapping) and not one.runs and not other.runs:
        if one.entries.keys() != other.entries.keys():
            return FALSE
        same = _all_equal((value, other.entries[key]) for key, value in one.entries.items())
        return same & _same_kind(one.kind, other.kind)
    if type(one) is type(other) or ResourceObject in {type(one), type(other)}:
        return unknown(*one.reasons, *other.reasons)
    return FALSE


def _equal_choice(choice: Choice, other: Value) -> Truth:
    """Both sides against the other value, which may depend on the same condition."""
    sides = []
    for holds, side in ((True, choice.then), (False, choice.otherwise)):
        sides.append(equal(side, assume(other, facts_of(choice.condition, holds=holds))))
    if sides[0].value is not None and sides[0].value is sides[1].value:
        return Truth(sides[0].value, (), sides[0].likely or sides[1].likely)
    return unknown(*choice.condition.reasons, *sides[0].reasons, *sides[1].reasons)


def _all_equal(pairs: Iterable[tuple[Value, Value]]) -> Truth:
    result = TRUE
    for one, other in pairs:
        result &= equal(one, other)
        if result.is_false:
            break
    return result


def _equal_sequences(one: Sequence, other: Sequence) -> Truth:
    if (one.kind == "set") is not (other.kind == "set"):
        return FALSE
    if one.is_exact and other.is_exact and one.kind != "set":
        if len(one.members) != len(other.members):
            return FALSE
        return _all_equal(zip(one.members, other.members, strict=True)) & _same_kind(one.kind, other.kind)
    if (one.most is not None and one.most < other.least) or (other.most is not None and other.most < one.least):
        return FALSE
    if one.members == other.members and all(_is_one_thing(member) for member in one.members):
        return _same_kind(one.kind, other.kind)
    if one.is_exact and other.is_exact and not one.reasons and not other.reasons:
        return _have_equal_members(one.members, other.members) & _have_equal_members(other.members, one.members)
    return unknown(*one.reasons, *other.reasons)


def _is_one_thing(member: Value) -> bool:
    """Whether two uses of the member are the same value, as those of any one of many instances are not."""
    if isinstance(member, Run):
        return False
    return not (isinstance(member, Reference | ResourceObject) and member.family)


def _have_equal_members(one: tuple[Value, ...], other: tuple[Value, ...]) -> Truth:
    """Whether every member of one is a member of the other."""
    return every(some(member.equals(candidate) for candidate in other) for member in one)


def _same_kind(one: str, other: str) -> Truth:
    """Terraform finds no list equal to a tuple; which of them a value is can't always be told from here."""
    return TRUE if one == other else unknown(Reason(f"types are compared: {one} and {other}"))


def _equal_unknowns(one: Value, other: Value) -> Truth:
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        if isinstance(one, Reference) and isinstance(other, Reference):
            if one.name == other.name and not one.family:
                return TRUE
            same_kind = one.attribute == other.attribute and one.names_instance
            if same_kind and _distinct_instances(one, other):
                return FALSE
        elif one.name == other.name:
            # Any member of a collection (`[*]`) need not be the same member twice, what fails alike not be one value.
            return unknown(*one.why) if "[*]" in one.name or one.invalid else TRUE
        if one.member and other.member and _differ(one.member, other.member):
            return FALSE
    for value, against in ((one, other), (other, one)):
        if isinstance(value, Known) and value.value is None and against.is_null.is_false:
            return FALSE
    return unknown(*one.reasons, *other.reasons)


_OPEN_KEY = regex(r'\[(?!\d+\]|"(?:[^"\\$]|\\.)*"\])')
"""The beginning of an instance key that isn't known."""


def _distinct_instances(one: Reference, other: Reference) -> bool:
    same_block = one.address.partition("[")[0] == other.address.partition("[")[0]
    if same_block and (_OPEN_KEY.search(one.address) or _OPEN_KEY.search(other.address)):
        if one.key is None or other.key is None or _before_key(one) != _before_key(other):
            return False
        return equal(one.key, other.key).is_false
    for family, instance in ((one, other), (other, one)):
        if family.family:
            resource = family.address.removesuffix("[*]")
            if instance.address == resource or instance.address.startswith(f"{resource}["):
                return False
    return one.address != other.address


def _before_key(reference: Reference) -> str:
    key = reference.key.symbol if reference.key is not None else ""
    return reference.address.removesuffix(f"[{key}]")


def _differ(one: Member, other: Member) -> bool:
    if one.family != other.family or one.index == other.index:
        return False
    length = max(one.least, other.least)
    within = one.index < length and other.index < length
    return within or not (one.wraps or other.wraps)


def has_affix(value: Value, affix: str, *, at_end: bool) -> Truth:
    """Whether a value is a string that begins, or ends, so."""
    if isinstance(value, Choice):
        return either(value, lambda side: has_affix(side, affix, at_end=at_end))
    if isinstance(value, Json):
        value = value.text
    if isinstance(value, Known):
        if not isinstance(value.value, str):
            return FALSE
        return truth(value=value.value.endswith(affix) if at_end else value.value.startswith(affix))
    if isinstance(value, Text):
        piece = value.suffix if at_end else value.prefix
        if len(piece) >= len(affix):
            return truth(value=piece.endswith(affix) if at_end else piece.startswith(affix))
        overlap = affix[len(affix) - len(piece) :] if at_end else affix[: len(piece)]
        return unknown(*value.reasons) if piece == overlap else FALSE
    if isinstance(value, Unknown):
        return unknown(*value.reasons)
    return FALSE
