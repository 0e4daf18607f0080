"""What unread code could add to a root's network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.model import Gap
from vpce_lint.regex import regex
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Json, Mapping, Reference, ResourceObject, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.readers.terraform.module import ModuleInstance
    from vpce_lint.readers.terraform.module_source import Missing

IDENTITIES = {"id", "arn", "default_route_table_id", "main_route_table_id", "service_name"}
"""Attributes with which other code can add something to a resource."""

_ADDRESS = regex(
    r'(?<!data\.)((?:module\.[\w-]+(?:\["[^"]*"\]|\[[\d*]+\])?\.)*aws_\w+\.[\w-]+(?:\["[^"]*"\]|\[[\d*]+\])?)\.(\w+)'
)
"""An attribute of a resource inside an expression: the address and the attribute's name."""

_ROLE = regex(r'(?<![\w.-])(aws_iam_role\.[\w-]+)(\[(?:\d+|"[^"]*")\])?')
"""A role in the code of an expression, with its instance key where that is literal."""


def gaps_of(modules: list[ModuleInstance], missing: list[Missing]) -> Iterator[Gap]:
    """Files of the root that couldn't be read may hold anything; unread modules add to what they are given."""
    seen: set[str] = set()
    for module in modules:
        for fault in module.folder.faults:
            if fault.whole and fault.path not in seen:
                seen.add(fault.path)
                yield Gap(Reason(f"{fault.path} can't be read: {fault.message}"))
    by_address = {module.prefix.removesuffix("."): module for module in modules}
    for unread in missing:
        touched = touched_by(unread.arguments(), by_address)
        if touched is not None:
            touched |= frozenset(_roles_named(unread))
        if touched is None or touched:
            yield Gap(unread.reason, touched)


def _roles_named(unread: Missing) -> Iterator[str]:
    """The roles that a call mentions: policies are attached by a role's name, of which a known one says no more."""
    for written in unread.texts():
        for name, key in _ROLE.findall(written):
            yield f"{unread.parent.prefix}{name}{key}"
            if not key:
                yield f"{unread.parent.prefix}{name}[*]"


def touched_by(values: Iterable[Value], modules: dict[str, ModuleInstance]) -> frozenset[str] | None:
    """The addresses of the resources that values refer to; ``None`` where that can't be told.

    A module as a whole hands on what its outputs refer to.
    """
    found: set[str] = set()
    opened: set[str] = set()
    waiting = list(values)
    while waiting:
        part = waiting.pop()
        if isinstance(part, Reference):
            if part.attribute in IDENTITIES:
                found.add(part.address)
        elif isinstance(part, Unknown):
            if "…" in part.name:
                return None
            found.update(address for address, attribute in _ADDRESS.findall(part.name) if attribute in IDENTITIES)
        elif isinstance(part, ResourceObject):
            module = modules.get(part.address)
            if module is None:
                found.add(part.address)
            elif part.address not in opened:
                opened.add(part.address)
                waiting.extend(module.output(name) for name in module.folder.declared.outputs)
        else:
            waiting.extend(_parts(part))
    return frozenset(found)


def _parts(value: Value) -> tuple[Value, ...]:
    if isinstance(value, Sequence):
        return value.members
    if isinstance(value, Mapping):
        return (*value.entries.values(), *value.runs)
    if isinstance(value, Run):
        return (value.each,)
    if isinstance(value, Choice):
        return (value.then, value.otherwise)
    if isinstance(value, Json):
        return (value.document,)
    if isinstance(value, Text):
        return tuple(hole for hole in value.parts if isinstance(hole, Value))
    return ()
