"""``Fn::ForEach``: one entry for each member of a collection (User Guide, "Fn::ForEach")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.cloudformation.node import Fields, Items, text_of
from vpce_lint.value import Known, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.cloudformation.evaluator import Scope
    from vpce_lint.readers.cloudformation.node import Entry

LOOP = "Fn::ForEach::"


def expanded(node: Fields, scope: Scope) -> Iterator[tuple[str, Entry, Scope]]:
    """A map's entries with its loops unrolled, each in the scope that it is evaluated in.

    A loop that can't be unrolled is an entry itself.
    """
    waiting = [(name, entry, scope) for name, entry in reversed(node.entries.items())]
    while waiting:
        name, entry, inner = waiting.pop()
        if not name.startswith(LOOP):
            yield (inner.written(name) if inner.bound else name), entry, inner
            continue
        members = _members(entry, inner) if scope.stack.unroll(0, entry.key) else None
        body = entry.node.items[2] if members is not None and isinstance(entry.node, Items) else None
        if members is None or not isinstance(body, Fields):
            yield name, entry, inner
            continue
        if not scope.stack.unroll(len(members) * len(body.entries), entry.key):
            yield name, entry, inner
            continue
        identifier = text_of(entry.node.items[0]) if isinstance(entry.node, Items) else None
        for member in reversed(members):
            bound = inner.binding(identifier or "", member)
            waiting += [(key, each, bound) for key, each in reversed(body.entries.items())]


def _members(entry: Entry, scope: Scope) -> list[Value] | None:
    """The members of a loop's collection; ``None`` where they aren't known, or it is no loop."""
    from vpce_lint.readers.cloudformation.evaluator import evaluate  # noqa: PLC0415 (it imports this module)

    loop = entry.node
    if not isinstance(loop, Items) or len(loop.items) != 3 or text_of(loop.items[0]) is None:
        return None
    collection = evaluate(loop.items[1], scope)
    if not isinstance(collection, Sequence):
        return None
    members: list[Value] = []
    for member in collection.members:
        if isinstance(member, Sequence) and member.is_exact:
            members.extend(member.members)
        else:
            members.append(member)
    return members if all(isinstance(member, Known) for member in members) else None
