"""One particular member of a run, from what stands for any of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.readers.terraform.set_order import is_any_of_many
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
    text,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_ANY = "[*]"


def member_of_run(run: Run, key: Known, *, wraps: bool = False) -> Value:
    """The member of a run with this index or key.

    What names itself as any member (``[*]``) becomes the value of this member; everything else is
    the same in all members.
    """
    if run.most == 1 and not is_any_of_many(run.each):
        return run.each
    family = run.name.removesuffix(_ANY) if run.name.count(_ANY) == 1 else run.name
    here = f"{family}[{key.symbol}]"
    if isinstance(run.each, Unknown) and not isinstance(run.each, Reference):
        return _member(run, run.each, key, here, wraps=wraps)
    return _specialise(run.each, run, key, here)


def _member(run: Run, each: Unknown, key: Known, here: str, *, wraps: bool) -> Value:
    if each.name == _index_name(here, key):
        return key
    if not run.distinct or not isinstance(key.value, int):
        return each if not _is_per_instance(each) and not run.distinct else _renamed(each, key, here)
    member = Member(run.name, key.value, run.least, run.most, wraps=wraps and key.value >= run.least)
    name = here if not member.wraps else f"element({run.name}, {key.symbol})"
    return replace(each, name=name, member=member, formula=None)


def _is_per_instance(value: Value) -> bool:
    return _ANY in value.symbol


def _renamed(each: Unknown, key: Known, here: str) -> Value:
    if each.name == _index_name(here, key):
        return key
    any_member = here.removesuffix(f"[{key.symbol}]") + _ANY
    name = here + each.name.removeprefix(any_member) if each.name.startswith(any_member) else f"{each.name} of {here}"
    return replace(each, name=name, member=None, formula=None)


def _index_name(here: str, key: Known) -> str:
    """What the key of any member is called, where ``here`` is the member of this key."""
    kind = "index" if isinstance(key.value, int) else "key"
    return f"{here.removesuffix(f'[{key.symbol}]')}{_ANY}.{kind}"


def _specialise(value: Value, run: Run, key: Known, here: str) -> Value:
    def again(part: Value) -> Value:
        return _specialise(part, run, key, here)

    if isinstance(value, Known):
        return value
    if isinstance(value, Reference):
        return _reference(value, run, key, here)
    if isinstance(value, Unknown):
        return _renamed(value, key, here) if _is_per_instance(value) else value
    if isinstance(value, ResourceObject):
        return _resource(value, run, key, again)
    return _specialise_parts(value, again)


def _reference(value: Reference, run: Run, key: Known, here: str) -> Value:
    if not value.family:
        return value
    address = _address(value.address, run, key)
    if address is None:
        return Unknown(
            f"{here}.{value.attribute}", value.why, type=value.type, nullable=value.nullable, span=value.span
        )
    name = f"{address}.{value.attribute}"
    return replace(value, name=name, address=address, family=False, member=None)


def _address(family: str, run: Run, key: Known) -> str | None:
    """The address of the instance that the key names, where the run's members are the instances themselves."""
    whole = run.name == family or run.name.startswith(f"{family}.")
    if not family.endswith(_ANY) or not whole or " if " in run.name:
        return None
    return f"{family.removesuffix(_ANY)}[{key.symbol}]"


def _resource(value: ResourceObject, run: Run, key: Known, again: Callable[[Value], Value]) -> Value:
    if not value.family:
        return value
    address = _address(value.address, run, key)
    if address is None:
        return replace(value, attribute=lambda name: again(value.attribute(name)))
    return replace(value, address=address, attribute=lambda name: again(value.attribute(name)), family=False)


def _specialise_parts(value: Value, again: Callable[[Value], Value]) -> Value:
    if isinstance(value, Text):
        return text((again(part) if isinstance(part, Value) else part for part in value.parts), value.span)
    if isinstance(value, Sequence):
        return replace(value, members=tuple(again(member) for member in value.members))
    if isinstance(value, Mapping):
        entries = {key: again(entry) for key, entry in value.entries.items()}
        return replace(value, entries=entries, runs=tuple(_run(run, again) for run in value.runs))
    if isinstance(value, Run):
        return _run(value, again)
    if isinstance(value, Choice):
        return Choice(again(value.condition), again(value.then), again(value.otherwise), span=value.span)
    if isinstance(value, Json):
        return replace(value, document=again(value.document), text=again(value.text))
    return value


def _run(run: Run, again: Callable[[Value], Value]) -> Run:
    key = again(run.key) if run.key is not None else None
    return replace(run, each=again(run.each), key=key, when=tuple(again(condition) for condition in run.when))
