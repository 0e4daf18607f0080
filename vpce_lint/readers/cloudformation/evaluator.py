"""What a node of a template stands for: intrinsic functions applied, references resolved by the stack around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from vpce_lint.condition import choose, distribute
from vpce_lint.limits import WORK
from vpce_lint.readers.cloudformation import intrinsics
from vpce_lint.readers.cloudformation.comparison import negate
from vpce_lint.readers.cloudformation.conditional import cases, flattened
from vpce_lint.readers.cloudformation.dynamic_reference import literal
from vpce_lint.readers.cloudformation.foreach import LOOP, expanded
from vpce_lint.readers.cloudformation.intrinsics import invalid
from vpce_lint.readers.cloudformation.node import Entry, Fields, Items, Node, Scalar, text_of
from vpce_lint.regex import regex
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Mapping, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.readers.cloudformation.comparison import Comparisons
    from vpce_lint.source import Span

_BOUND = regex(r"[$&]\{([^}!]+)\}")

MOST_NESTED = 600
"""Values that are made of each other further down than this, in one expression or by name, are not followed."""

_depth = [0]


class Surroundings(Protocol):
    """What an expression may ask of the stack that it belongs to."""

    @property
    def comparisons(self) -> Comparisons:
        """The comparisons of the root."""

    def ref(self, name: str, span: Span) -> Value:
        """What ``Ref`` gives."""

    def attribute(self, name: str, attribute: str, span: Span) -> Value:
        """What ``Fn::GetAtt`` gives."""

    def condition(self, name: str, span: Span) -> Value:
        """A condition by its name."""

    def mapped(self, name: str, keys: tuple[Value, Value], default: Value | None, span: Span) -> Value:
        """What ``Fn::FindInMap`` gives."""

    def imported(self, name: Value, span: Span) -> Value:
        """What ``Fn::ImportValue`` gives."""

    def unroll(self, entries: int, span: Span) -> bool:
        """Whether a loop may make so many entries."""

    def limit(self, words: str, span: Span) -> Unknown:
        """Note that a limit was reached, and stand in for the value."""


class Scope(Struct, frozen=True):
    """Where a node is evaluated; ``bound`` are the identifiers of loops around it."""

    stack: Surroundings
    bound: dict[str, Value] = field(default_factory=dict)

    def binding(self, name: str, value: Value) -> Scope:
        """The scope inside a loop."""
        return Scope(self.stack, {**self.bound, name: value})

    def written(self, text: str) -> str:
        """A text with the loops' identifiers filled in; ``&{X}`` leaves out what no logical id may hold."""
        if not self.bound:
            return text

        def fill(match: re.Match[str]) -> str:
            value = self.bound.get(match[1])
            if value is None:
                return match[0]
            return re.sub(r"[^A-Za-z0-9]", "", str(value)) if match[0].startswith("&") else str(value)

        return _BOUND.sub(fill, text)


def evaluate(node: Node, scope: Scope) -> Value:
    """The value of a node; ``null`` where it is ``AWS::NoValue``. Raises nothing."""
    WORK.left -= 4
    if WORK.left < 0:
        return Unknown("out of steps", (WORK.reason,), span=node.span)
    if _depth[0] >= MOST_NESTED:
        return scope.stack.limit(f"values are made of each other more than {MOST_NESTED} levels deep", node.span)
    _depth[0] += 1
    try:
        return _evaluated(node, scope)
    finally:
        _depth[0] -= 1


def _evaluated(node: Node, scope: Scope) -> Value:
    if isinstance(node, Scalar):
        if isinstance(node.value, str):
            return literal(scope.written(node.value), node.span)
        return Known(node.value, span=node.span)
    if isinstance(node, Items):
        members = (evaluate(item, scope) for item in node.items)
        return Sequence(tuple(_flat(members)), "list", span=node.span)
    if len(node.entries) == 1:
        [(name, entry)] = node.entries.items()
        function = FUNCTIONS.get(name)
        if function:
            return function(entry.node, scope, node.span).at(node.span)
        if name.startswith("Fn::") and not name.startswith(LOOP):
            return Unknown(
                f"{name}@{node.span}:{node.span.column}", (Reason(f"{name} is not read", node.span),), span=node.span
            )
    return _mapping(node, scope)


def _flat(members: Iterable[Value]) -> Iterable[Value]:
    """Members that may be left out; lists stay lists, as a statement's actions do."""
    for member in members:
        if isinstance(member, Choice) or member.is_null.is_true:
            yield from flattened((member,))
        else:
            yield member


def _mapping(node: Fields, scope: Scope) -> Value:
    entries: dict[str, Value] = {}
    runs: list[Run] = []
    for name, entry, inner in expanded(node, scope):
        if name.startswith("Fn::"):
            why = (Reason(f"{name} is not read", entry.key),)
            unread = Unknown(f"{name}@{entry.key}:{entry.key.column}", why, span=entry.key)
            runs.append(Run(unread.name, unread, key=unread, why=why))
            continue
        value = evaluate(entry.node, inner)
        if isinstance(value, Choice) and any(side.is_null.is_true for side, _ in cases(value)):
            for side, when in cases(value):
                if not side.is_null.is_true:
                    runs.append(Run(name, side, 0, 1, key=Known(name), when=when, span=value.span))
        elif not value.is_null.is_true:
            entries[name] = value
    return Mapping(entries, tuple(runs), span=node.span)


def _arguments(node: Node, number: int) -> tuple[Node, ...] | None:
    """A function's arguments, if there are so many."""
    return node.items if isinstance(node, Items) and len(node.items) >= number else None


def _ref(node: Node, scope: Scope, span: Span) -> Value:
    name = text_of(node)
    if name is None:
        name = _known_text(node, scope)
        if name is None:
            return invalid("Ref needs a name", span)
    name = scope.written(name)
    return scope.bound[name] if name in scope.bound else scope.stack.ref(name, span)


def _known_text(node: Node, scope: Scope) -> str | None:
    """A name that a function gives, as the language extensions allow."""
    value = evaluate(node, scope)
    return value.value if isinstance(value, Known) and isinstance(value.value, str) else None


def _get_att(node: Node, scope: Scope, span: Span) -> Value:
    if isinstance(node, Items) and len(node.items) >= 2:
        parts = [_known_text(item, scope) for item in node.items]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return Unknown(f"Fn::GetAtt@{span}:{span.column}", (Reason("Fn::GetAtt of an open name", span),), span=span)
        name, attribute = known[0], ".".join(known[1:])
    else:
        name, _, attribute = scope.written(text_of(node) or "").partition(".")
    if not attribute:
        return invalid("Fn::GetAtt needs a resource and an attribute", span)
    return scope.stack.attribute(name, attribute, span)


def _sub(node: Node, scope: Scope, span: Span) -> Value:
    template, variables = node, None
    if isinstance(node, Items) and len(node.items) == 2:
        template, variables = node.items
    written = text_of(template)
    if written is None:
        return invalid("Fn::Sub needs a text", span)
    given = variables.entries if isinstance(variables, Fields) else {}
    parts: list[str | Value] = []
    for kind, piece in intrinsics.sub_parts(written):
        if kind == "text":
            parts.append(literal(piece, span))
        elif piece in given:
            parts.append(evaluate(given[piece].node, scope))
        elif piece in scope.bound:
            parts.append(scope.bound[piece])
        elif "." in piece:
            name, _, attribute = piece.partition(".")
            parts.append(scope.stack.attribute(name, attribute, span))
        else:
            parts.append(scope.stack.ref(piece, span))
    return intrinsics.concatenated(parts, span)


def _join(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 2)
    if arguments is None:
        return invalid("Fn::Join needs a delimiter and a list", span)
    return intrinsics.join(evaluate(arguments[0], scope), evaluate(arguments[1], scope), span)


def _split(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 2)
    if arguments is None:
        return invalid("Fn::Split needs a delimiter and a text", span)
    return intrinsics.split(evaluate(arguments[0], scope), evaluate(arguments[1], scope), span)


def _select(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 2)
    if arguments is None:
        return invalid("Fn::Select needs an index and a list", span)
    return intrinsics.select(evaluate(arguments[0], scope), evaluate(arguments[1], scope), span)


def _zones(node: Node, scope: Scope, span: Span) -> Value:
    return intrinsics.zones(evaluate(node, scope), scope.stack.ref("AWS::Region", span), span)


def _find_in_map(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 3)
    if arguments is None:
        return invalid("Fn::FindInMap needs a map and two keys", span)
    name = evaluate(arguments[0], scope)
    keys = evaluate(arguments[1], scope), evaluate(arguments[2], scope)
    options = arguments[3] if len(arguments) > 3 else None
    default_node = options.get("DefaultValue") if isinstance(options, Fields) else None
    default = evaluate(default_node, scope) if default_node is not None else None

    def found(values: tuple[Value, ...]) -> Value:
        if not isinstance(values[0], Known):
            return intrinsics.unknown_call("FindInMap", values, span)
        return scope.stack.mapped(str(values[0]), (values[1], values[2]), default, span)

    return distribute(found, (name, *keys))


def _if(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 3)
    name = text_of(arguments[0]) if arguments else None
    if arguments is None or name is None:
        return invalid("Fn::If needs a condition and two values", span)
    condition = scope.stack.condition(scope.written(name), span)
    if isinstance(condition, Unknown) and condition.invalid:
        return condition
    if isinstance(condition, Known):
        return evaluate(arguments[1 if condition.value is True else 2], scope)
    return choose(condition, evaluate(arguments[1], scope), evaluate(arguments[2], scope))


def _equals(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 2)
    if arguments is None:
        return invalid("Fn::Equals needs two values", span)
    return scope.stack.comparisons.equal(evaluate(arguments[0], scope), evaluate(arguments[1], scope), span)


def _and(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 1)
    if arguments is None:
        return invalid("Fn::And needs conditions", span)
    return scope.stack.comparisons.connect("and", [evaluate(each, scope) for each in arguments], span)


def _or(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 1)
    if arguments is None:
        return invalid("Fn::Or needs conditions", span)
    return scope.stack.comparisons.connect("or", [evaluate(each, scope) for each in arguments], span)


def _not(node: Node, scope: Scope, span: Span) -> Value:
    arguments = _arguments(node, 1)
    return negate(evaluate(arguments[0], scope)) if arguments else invalid("Fn::Not needs a condition", span)


def _condition(node: Node, scope: Scope, span: Span) -> Value:
    name = text_of(node)
    if name is None:  # a policy statement may have a Condition and nothing else
        return _mapping(Fields({"Condition": Entry(span, node)}, span), scope)
    return scope.stack.condition(scope.written(name), span)


def _import(node: Node, scope: Scope, span: Span) -> Value:
    return distribute(lambda values: scope.stack.imported(values[0], span), (evaluate(node, scope),))


def _base64(node: Node, scope: Scope, span: Span) -> Value:
    return intrinsics.unknown_call("Base64", (evaluate(node, scope),), span)


def _cidr(node: Node, scope: Scope, span: Span) -> Value:
    return intrinsics.unknown_call("Cidr", (evaluate(node, scope),), span)


def _length(node: Node, scope: Scope, span: Span) -> Value:
    def counted(values: tuple[Value, ...]) -> Value:
        listed = values[0]
        if isinstance(listed, Sequence) and listed.is_exact:
            return Known(str(len(listed.members)), span=span)
        return intrinsics.unknown_call("Length", values, span)

    return distribute(counted, (evaluate(node, scope),))


def _to_json(node: Node, scope: Scope, span: Span) -> Value:
    from vpce_lint.readers.cloudformation.json_document import encoded  # noqa: PLC0415 (rare)

    return encoded(evaluate(node, scope), span)


FUNCTIONS: dict[str, Callable[[Node, Scope, Span], Value]] = {
    "Condition": _condition,
    "Fn::And": _and,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::Equals": _equals,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _zones,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Not": _not,
    "Fn::Or": _or,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json,
    "Ref": _ref,
}
