"""What a value that is known after apply will be made of: references followed through modules to resources.

A plan keeps what an expression refers to, not the expression. Where all but one of the things that it refers
to are known, the unknown can only come from that one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.limits import WORK
from vpce_lint.readers.plan.plan import Key, Module
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from vpce_lint.readers.plan.configuration import Block, Expression
    from vpce_lint.readers.plan.plan import Plan, PlannedResource

MOST_STEPS = 500
"""More references, and more instances of a block, aren't followed."""

LONGEST_REFERENCE = 10_000
"""Characters; no name in Terraform is so long."""

STEPS_OF_REFERENCE = 10
"""Following a reference takes as long as so many steps."""

_STEP = regex(r'(?:^|\.)([\w*-]+)|\[(?:(\d{1,9})|"((?:[^"\\]|\\.)*)")\]')


class Scope(Struct, frozen=True):
    """Where references are read: a module instance and, inside a repeated block, the block and the own key."""

    module: Module
    block: Block | None = None
    key: Key = None


class Origin(Struct, frozen=True):
    """An attribute, not known yet, of one planned resource; ``None`` where the plan doesn't say which attribute."""

    resource: PlannedResource
    attribute: str | None


class Trace(Struct):
    """All that an unknown value may be made of: unknown attributes of resources, and ``known`` ones.

    ``hidden`` are things that a plan doesn't tell. ``is_keyed``: the own key chooses among the origins;
    ``is_selected``: something else that is known may choose among them.
    """

    origins: dict[Origin, None] = field(default_factory=dict)
    known: dict[Origin, None] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    is_keyed: bool = False
    is_selected: bool = False

    def note(self, origin: Origin) -> None:
        """Count an attribute in."""
        attribute = (origin.attribute or "id").partition(".")[0].partition("[")[0]
        (self.known if origin.resource.knows(attribute) else self.origins)[origin] = None


class _Reference(Struct, frozen=True):
    """A reference's path in parts: names, and keys of instances."""

    steps: tuple[Key, ...]
    are_keys: tuple[bool, ...]
    text: str

    def split(self, names: int) -> tuple[tuple[Key, ...], Key, tuple[Key, ...]]:
        """So many names, the key behind them if there is one, and the rest."""
        head, rest = self.steps[:names], self.steps[names:]
        if rest and self.are_keys[names]:
            return head, rest[0], rest[1:]
        return head, None, rest


def trace(expression: Expression, scope: Scope, plan: Plan) -> Trace:
    """Follow what an expression refers to until resources are reached."""
    found = Trace()
    waiting = [(reference, scope) for reference in reversed(expression.references[: MOST_STEPS + 1])]
    seen: set[tuple[str, str, Key]] = set()
    steps = 0
    while waiting:
        text, place = waiting.pop()
        identity = (text, place.module.address, place.key)
        if identity in seen:
            continue
        seen.add(identity)
        WORK.left -= STEPS_OF_REFERENCE
        if WORK.is_over:
            found.hidden.append(WORK.words)
            break
        steps += 1
        if steps > MOST_STEPS:
            found.hidden.append(f"more than {MOST_STEPS} references")
            break
        follow = _follow(text, place, plan, found)
        waiting += reversed(follow)
    return found


def _follow(text: str, scope: Scope, plan: Plan, found: Trace) -> list[tuple[str, Scope]]:
    """Note what one reference leads to; the further references that have to be followed."""
    reference = _parsed(text)
    if reference is None:
        found.hidden.append(text[:100])
        return []
    head = reference.steps[0]
    if head == "var" and len(reference.steps) > 1:
        return _variable(str(reference.steps[1]), scope, plan, found)
    if head == "module" and len(reference.steps) > 1:
        return _output(reference, scope, plan, found)
    if head in {"each", "count"}:
        return _repetition(reference, scope, plan, found)
    if head in {"path", "terraform"}:
        found.is_selected = True
        return []
    if head in {"local", "self", "var", "module", "ephemeral"} or len(reference.steps) < 2:
        found.hidden.append(text[:100])
        return []
    return _resource(reference, scope, plan, found)


@lru_cache(maxsize=1_024)
def _parsed(text: str) -> _Reference | None:
    if len(text) > LONGEST_REFERENCE:
        return None
    steps: list[Key] = []
    are_keys: list[bool] = []
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            return None
        steps.append(step[1] if step[1] is not None else int(step[2]) if step[2] else step[3])
        are_keys.append(step[1] is None)
        at = step.end()
    return _Reference(tuple(steps), tuple(are_keys), text) if steps else None


def _refers(expression: Expression | None, scope: Scope, found: Trace) -> list[tuple[str, Scope]]:
    """What an expression refers to; one that refers to nothing is known."""
    references = expression.references if expression else ()
    if not references:
        found.is_selected = True
    return [(each, scope) for each in references[: MOST_STEPS + 1]]


def _variable(name: str, scope: Scope, plan: Plan, found: Trace) -> list[tuple[str, Scope]]:
    """A variable: the root's are known, others are what the call gives."""
    module = plan.configuration.module(scope.module.names)
    call = module.call if module else None
    if call is None or scope.module.parent is None:
        found.is_selected = True
        return []
    return _refers(call.argument(name), Scope(scope.module.parent, call, scope.module.key), found)


def _output(reference: _Reference, scope: Scope, plan: Plan, found: Trace) -> list[tuple[str, Scope]]:
    """An output of a module instance; all instances, or outputs, at once are too much to tell them apart."""
    (_, name), key, rest = reference.split(2)
    module = plan.configuration.module((*scope.module.names, str(name)))
    if module is None or not rest or (key is None and module.call is not None and module.call.is_repeated):
        found.hidden.append(reference.text[:100])
        return []
    suffix = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
    address = f"{scope.module.prefix}module.{name}{suffix}"
    expression = module.output(str(rest[0]))
    if expression is None:
        found.hidden.append(reference.text[:100])
        return []
    return _refers(expression, Scope(Module(address, (*scope.module.names, str(name)), key, scope.module)), found)


def _repetition(reference: _Reference, scope: Scope, plan: Plan, found: Trace) -> list[tuple[str, Scope]]:
    """``each`` and ``count``: the key is known; the value is a member of what is iterated over."""
    if reference.steps[:2] != ("each", "value"):
        found.is_keyed = True
        return []
    iterated = scope.block.iterated if scope.block else None
    references = iterated.references if iterated else ()
    collection = _parsed(references[0]) if len(references) == 1 else None
    is_block = collection is not None and len(collection.steps) == 2 and collection.steps[0] not in _NOT_RESOURCES
    if collection is None or not is_block or len(reference.steps) != 3:
        return _refers(iterated, Scope(scope.module), found)
    found.is_keyed = True
    type_, name = (str(step) for step in collection.steps)
    instances = plan.of_block.get((scope.module.address, "managed", type_, name), [])
    if len(instances) > MOST_STEPS:
        found.hidden.append(f"more than {MOST_STEPS} instances of {type_}.{name}")
        return []
    for instance in instances:
        found.note(Origin(instance, str(reference.steps[2])))
    return []


_NOT_RESOURCES = {"var", "local", "module", "data", "each", "count", "path", "terraform", "self", "ephemeral"}


def _resource(reference: _Reference, scope: Scope, plan: Plan, found: Trace) -> list[tuple[str, Scope]]:
    """A resource's or data source's attribute; one that its own arguments decide is followed further."""
    is_data = reference.steps[0] == "data"
    head, key, rest = reference.split(3 if is_data else 2)
    type_, name = (str(step) for step in head[-2:])
    mode = "data" if is_data else "managed"
    block_of = (scope.module.address, mode, type_, name)
    instances = plan.of_block.get(block_of, [])
    if key is not None:
        instance = plan.of_key.get((*block_of, key))
        instances = [instance] if instance else []
    if not instances:
        found.is_selected = True  # it is known, or there is none
        return []
    if len(instances) > MOST_STEPS:
        found.hidden.append(f"more than {MOST_STEPS} instances of {type_}.{name}")
        return []
    attribute = str(rest[0]) if rest else None
    follow: list[tuple[str, Scope]] = []
    block = plan.configuration.resource(scope.module.names, mode, type_, name)
    written = block.argument(attribute) if block and attribute else None
    for instance in instances:
        known = attribute is not None and instance.knows(attribute)
        if written is not None and len(rest) == 1 and not known:
            follow += _refers(written, Scope(scope.module, block, instance.key), found)
        else:
            found.note(Origin(instance, attribute if len(rest) < 2 else f"{attribute}.{rest[1]}"))
    return follow
