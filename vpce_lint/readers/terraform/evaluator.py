"""Expressions to values: Terraform's evaluation, where every unknown keeps its identity and reason.

``evaluate`` never raises on what is scanned. A mistake in the code becomes an ``Unknown`` that is
``invalid``; too much work becomes an ``Unknown`` whose limit the module has noted. All kinds of expressions are
in one module because each evaluates the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.condition import assume, choose, distribute, facts_of
from vpce_lint.layout import Joined
from vpce_lint.limits import CHARACTERS_OF_STEP, WORK
from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.conversion import convert, to_string
from vpce_lint.readers.terraform.frame import Frame, Namespace
from vpce_lint.readers.terraform.indexing import attribute_of, member_of
from vpce_lint.readers.terraform.invalid import invalid
from vpce_lint.readers.terraform.operators import binary, connect, unary
from vpce_lint.readers.terraform.presence import if_there, succeeding
from vpce_lint.readers.terraform.spread import Item, is_scalar, items_of, key_text
from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import BOOL
from vpce_lint.value import Choice, Json, Known, Mapping, Reference, Run, Sequence, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.readers.terraform.frame import Names
    from vpce_lint.source import Span

MOST_NESTED = 600
"""Deeper chains of expressions that refer to each other are not followed."""

MOST_MEMBERS = 20_000
"""A ``for`` expression or template with more members than this isn't unrolled."""

LARGEST = 300_000
"""A value made of more values than this isn't worked out; locals that repeat each other grow without end."""

LONGEST_STRING = 5_000_000

STEPS_OF_EXPRESSION = 2
"""Working an expression out, without those in it, takes twice as long as looking at one condition."""

STEPS_OF_MEMBER = 2
"""Converting a member that a function takes, or making one that it gives, takes as long as an expression."""

MOST_COMPARED = 100
"""An open key is held against so many other keys."""

_depth = [0]


def evaluate(expression: ast.Expression, frame: Frame) -> Value:
    """The value of an expression in a frame; values that are written there carry their span."""
    value = _begin(expression, frame)
    if isinstance(value, Namespace):
        return invalid(f"{value.symbol} is no value by itself", expression.span)
    return value


def _begin(expression: ast.Expression, frame: Frame) -> Value:
    """The same, for what a traversal begins with, which may be no value yet, as ``var`` is none."""
    WORK.left -= STEPS_OF_EXPRESSION
    if WORK.left < 0:
        return frame.module.exhausted(expression.span)
    if _depth[0] >= MOST_NESTED:
        return frame.module.limit(f"expressions are nested deeper than {MOST_NESTED} levels", expression.span)
    _depth[0] += 1
    try:
        return _bounded(EVALUATE[type(expression)](expression, frame), expression, frame)
    except RecursionError:
        return frame.module.limit("expressions are nested too deeply", expression.span)
    finally:
        _depth[0] -= 1


def settle(expression: ast.Expression, frame: Frame) -> Value:
    """The value of a whole argument, local or output: had any part of it failed, Terraform would have stopped."""
    return succeeding(evaluate(expression, frame), lambda: frame.identity(expression.span.text))


def _bounded(value: Value, expression: ast.Expression, frame: Frame) -> Value:
    if isinstance(value, Known):
        if isinstance(value.value, str):
            WORK.left -= len(value.value) // CHARACTERS_OF_STEP
            if len(value.value) > LONGEST_STRING:
                return frame.module.limit(f"a string is longer than {LONGEST_STRING:,} characters", expression.span)
    elif value.size > LARGEST:
        return frame.module.limit(f"a value is made of more than {LARGEST:,} values", expression.span)
    return value


def _literal(expression: ast.Literal, _frame: Frame) -> Value:
    return Known(expression.value, span=expression.span, origin=expression)


def _too_deep(expression: ast.TooDeep, frame: Frame) -> Value:
    return frame.module.limit("an expression is nested too deeply to be read", expression.span)


def _name(expression: ast.Name, frame: Frame) -> Value:
    name = expression.name
    if name in frame.names:
        return frame.names[name]
    module, span = frame.module, expression.span
    if name in {"var", "local", "module", "path", "terraform"}:
        return Namespace(name, lambda key: module.resolve(name, key, span))
    if name in {"each", "count"}:
        names = frame.each if name == "each" else frame.count
        return Namespace(name, lambda key: _of_repetition(name, names, key, span))
    if name == "self":
        return invalid("self has no meaning here", span) if frame.this is None else frame.this
    if name in {"data", "ephemeral", "resource"}:
        mode = "managed" if name == "resource" else name
        return Namespace(name, lambda type_: _resource_type(mode, type_, frame, span, f"{name}.{type_}"))
    return _resource_type("managed", name, frame, span, name)


def _resource_type(mode: str, type_: str, frame: Frame, span: Span, path: str) -> Namespace:
    return Namespace(path, lambda name: frame.module.resource(mode, type_, name, span))


def _of_repetition(name: str, names: Names | None, key: str, span: Span) -> Value:
    if names is None or key not in names:
        needs = "for_each" if name == "each" else "count"
        return invalid(f"{name}.{key} has no meaning without {needs}", span)
    return names[key]


def _get_attr(expression: ast.GetAttr, frame: Frame) -> Value:
    value = _begin(expression.object, frame)
    if isinstance(value, Namespace):
        return value.attribute(expression.name)
    key = Known(expression.name)

    def take(values: tuple[Value, ...]) -> Value:
        found = _placed(attribute_of(values[0], expression.name), expression.span)
        return if_there(values[0], key, found) if frame.guarded else found

    return distribute(take, (value,))


def _placed(value: Value, span: Span) -> Value:
    """A mistake that doesn't say yet where it is made is made here."""
    if isinstance(value, Unknown) and value.invalid and any(reason.span is None for reason in value.why):
        return replace(value, why=tuple(Reason(reason.words, reason.span or span) for reason in value.why))
    return value


def _index(expression: ast.Index, frame: Frame) -> Value:
    value = _begin(expression.object, frame)
    key = evaluate(expression.key, frame)
    if isinstance(value, Namespace):
        if isinstance(key, Known) and isinstance(key.value, str):
            return value.attribute(key.value)
        return Unknown(f"{value.symbol}[{key.symbol}]", key.reasons, span=expression.span)

    def take(values: tuple[Value, ...]) -> Value:
        found = _placed(member_of(values[0], values[1]), expression.span)
        return if_there(values[0], values[1], found) if frame.guarded else found

    return distribute(take, (value, key))


def _splat_member(expression: ast.SplatMember, frame: Frame) -> Value:
    return invalid("a splat has no meaning here", expression.span) if frame.member is None else frame.member


def _splat(expression: ast.Splat, frame: Frame) -> Value:
    value = evaluate(expression.object, frame)

    def go_through(values: tuple[Value, ...]) -> Value:
        value = values[0]
        if value.is_null.is_true:
            return Sequence((), span=expression.span)
        if is_scalar(value):
            value = Sequence((value,))
        return _each(value, lambda item: evaluate(expression.each, replace(frame, member=item.value)), expression.span)

    return distribute(go_through, (value,))


def _each(value: Value, apply: Callable[[Item], Value], span: Span) -> Value:
    """A sequence of what ``apply`` makes of every member."""
    items = items_of(value)
    if items is None:
        return value if isinstance(value, Unknown) else invalid("this has no members", span)
    members: list[Value] = []
    for item in items:
        result = apply(item)
        members.append(_mapped_run(item.run, result) if item.run is not None else result)
    return Sequence(tuple(members), span=span)


def _mapped_run(run: Run, result: Value) -> Run:
    """The run of what became of every member; different members keep differing where that is certain."""
    if result.symbol == run.each.symbol:
        return replace(run, each=result, key=None)
    distinct = run.distinct and isinstance(result, Reference) and result.family and result.names_instance
    name = result.symbol if "[*]" in result.symbol else f"{run.name}→{result.symbol}"
    return replace(run, name=name, each=result, key=None, distinct=distinct)


def _call(expression: ast.Call, frame: Frame) -> Value:
    from vpce_lint.readers.terraform.functions import call  # noqa: PLC0415 (loaded when a function is called)

    arguments: list[Value] = []
    if expression.name in {"try", "can"}:
        frame = replace(frame, guarded=True)
    for argument in expression.arguments:
        value = evaluate(argument, frame)
        if expression.name == "try" and not arguments and _is_certain(value):
            return value
        arguments.append(value)
        WORK.left -= 2 + _weight(value)
    context = frame.module.context(expression.span)
    if expression.expand_last and arguments:
        return distribute(lambda values: _call_expanded(expression, values, frame), tuple(arguments))

    def apply(values: tuple[Value, ...]) -> Value:
        if WORK.left < 0:
            return frame.module.exhausted(expression.span)
        result = call(expression.name, values, context)
        WORK.left -= _weight(result)
        if frame.guarded and expression.name == "element" and len(values) == 2:
            return if_there(values[0], Known(0), result)
        return result

    return distribute(apply, tuple(arguments))


def _weight(value: Value) -> int:
    """The steps that a function takes to go through an argument, or to make what it gives."""
    if isinstance(value, Known) and isinstance(value.value, str):
        return len(value.value) // CHARACTERS_OF_STEP
    return STEPS_OF_MEMBER * value.size


def _is_certain(value: Value) -> bool:
    return isinstance(value, Known | Sequence | Mapping | Json) and not value.reasons


def _call_expanded(expression: ast.Call, arguments: tuple[Value, ...], frame: Frame) -> Value:
    from vpce_lint.readers.terraform.functions import call  # noqa: PLC0415 (as in _call)

    last = arguments[-1]
    if isinstance(last, Sequence):
        if WORK.left < 0:
            return frame.module.exhausted(expression.span)
        result = call(expression.name, (*arguments[:-1], *last.members), frame.module.context(expression.span))
        WORK.left -= _weight(result)
        return result
    symbols = ", ".join(argument.symbol for argument in arguments)
    reasons = gather(reason for argument in arguments for reason in argument.reasons)
    return Unknown(f"{expression.name}({symbols}...)", reasons, span=expression.span)


def _conditional(expression: ast.Conditional, frame: Frame) -> Value:
    condition = convert(evaluate(expression.condition, frame), BOOL)
    if isinstance(condition, Known):
        if not isinstance(condition.value, bool):
            return invalid("the condition is null", expression.condition.span)
        return evaluate(expression.then if condition.value else expression.otherwise, frame)
    if isinstance(condition, Unknown) and condition.invalid:
        return condition
    then, otherwise = evaluate(expression.then, frame), evaluate(expression.otherwise, frame)
    return _select(condition, then, otherwise)


def _select(condition: Value, then: Value, otherwise: Value) -> Value:
    """The side that each case of the condition chooses; a case that is a mistake is one as a whole."""
    if isinstance(condition, Choice):
        sides = [_select(case, then, otherwise) for case in (condition.then, condition.otherwise)]
        return choose(condition.condition, sides[0], sides[1])
    if isinstance(condition, Unknown) and condition.invalid:
        return condition
    return choose(condition, then, otherwise)


def _binary(expression: ast.Binary, frame: Frame) -> Value:
    """Left-deep chains of thousands of operands are walked, not recursed into."""
    spine: list[ast.Binary] = []
    left: ast.Expression = expression
    while isinstance(left, ast.Binary):
        spine.append(left)
        left = left.left
    value = evaluate(left, frame)
    chain: _Chain | None = None
    for node in reversed(spine):
        if isinstance(value, Known) and node.operator in {"&&", "||"} and value.value is (node.operator == "||"):
            continue
        right = evaluate(node.right, frame)
        if node.operator in {"&&", "||"}:
            if chain is None or chain.operator != node.operator or chain.value is not value:
                chain = _Chain(node.operator, value)
            value = chain.connect(right, node.span)
        else:
            value = binary(node.operator, value, right, node.span)
    return value


class _Chain:
    """``a && b && …`` or ``a || b || …``: what is asked of ``b`` is asked where ``a`` holds, or doesn't.

    What follows from the operands so far is gathered on the way, once for each.
    """

    def __init__(self, operator: str, value: Value) -> None:
        self.operator = operator
        self.value = value
        self._holds = operator == "&&"
        self._facts = facts_of(value, holds=self._holds)

    def connect(self, right: Value, span: Span) -> Value:
        """The chain so far and one operand more."""
        left, right = self.value, assume(right, self._facts)
        if isinstance(left, Choice) or isinstance(right, Choice):
            self.value = distribute(lambda sides: connect(self.operator, sides[0], sides[1], span), (left, right))
        else:
            self.value = connect(self.operator, left, right, span)
        formula = self.value.formula if isinstance(self.value, Unknown) else None
        if formula is not None and formula[1][0] is left:
            self._facts |= {self.value.symbol: self._holds, **facts_of(formula[1][1], holds=self._holds)}
        else:
            self._facts = facts_of(self.value, holds=self._holds)
        return self.value


def _unary(expression: ast.Unary, frame: Frame) -> Value:
    return unary(expression.operator, evaluate(expression.operand, frame), expression.span)


def _tuple(expression: ast.TupleExpression, frame: Frame) -> Value:
    members = tuple(_member(item, frame) for item in expression.items)
    return Sequence(members, span=expression.span)


def _member(expression: ast.Expression, frame: Frame) -> Value:
    """A member of a collection, which stands here unless it says where else."""
    value = evaluate(expression, frame)
    return value if value.span else value.at(expression.span)


def _object(expression: ast.ObjectExpression, frame: Frame) -> Value:
    entries: dict[str, Value] = {}
    runs: list[Run] = []
    for key_expression, value_expression in expression.items:
        key = key_text(evaluate(key_expression, frame))
        value = _member(value_expression, frame)
        _add_entry(entries, runs, key, value)
    return Mapping(entries, _apart(entries, runs), span=expression.span)


def _apart(entries: dict[str, Value], runs: list[Run]) -> tuple[Run, ...]:
    """The entries of open keys; one whose key may be that of another entry may be no entry of its own."""
    kept: list[Run] = []
    for run in runs:
        key = run.key
        others: list[Value] = [Known(name) for name in entries]
        others += [other.key for other in kept if other.key is not None]
        alone = key is None or run.most != 1 or all(key.equals(other).is_false for other in others[:MOST_COMPARED])
        if alone or key is None:
            kept.append(run)
        else:
            condition = Unknown(f"({key.symbol} is no other key)", key.reasons, type=BOOL, nullable=False)
            kept.append(replace(run, least=0, when=(*run.when, condition)))
    return tuple(kept)


def _add_entry(entries: dict[str, Value], runs: list[Run], key: Value, value: Value) -> None:
    if isinstance(key, Known) and isinstance(key.value, str):
        entries[key.value] = value
    else:
        runs.append(Run(key.symbol, value, least=1, most=1, key=key, distinct=True))


def _for(expression: ast.For, frame: Frame) -> Value:
    collection = evaluate(expression.collection, frame)
    return distribute(lambda values: _for_over(expression, values[0], frame), (collection,))


def _for_over(expression: ast.For, collection: Value, frame: Frame) -> Value:
    items = items_of(collection)
    if items is None:
        if isinstance(collection, Unknown):
            return collection
        return invalid(f"{collection.symbol} has no members", expression.collection.span)
    if len(items) > MOST_MEMBERS:
        return frame.module.limit(f"a for expression has more than {MOST_MEMBERS} members", expression.span)
    chosen = [(item, bound, when) for item in items for bound, when in _bound(expression, item, frame)]
    if expression.key_result is None:
        members = [_conditional_member(item, evaluate(expression.result, bound), when) for item, bound, when in chosen]
        return Sequence(tuple(members), span=expression.span)
    entries: dict[str, Value] = {}
    runs: list[Run] = []
    for item, bound, when in chosen:
        key = key_text(evaluate(expression.key_result, bound))
        if not expression.grouping and isinstance(key, Known) and key.value in entries and when is None:
            return invalid(f"the key {key.symbol} comes twice", expression.span)
        value = evaluate(expression.result, bound)
        _add_for_entry(entries, runs, item, key, value, when, grouping=expression.grouping)
    return Mapping(entries, _apart(entries, runs), span=expression.span)


def _bound(expression: ast.For, item: Item, frame: Frame) -> list[tuple[Frame, Value | None]]:
    """The frame of one round and the condition that it depends on, where it isn't left out."""
    names = {expression.value: item.value}
    if expression.key is not None:
        names = {expression.key: item.key, expression.value: item.value}
    bound = frame.bind(**names)
    if expression.condition is None:
        return [(bound, None)]
    condition = convert(evaluate(expression.condition, bound), BOOL)
    if isinstance(condition, Known):
        return [(bound, None)] if condition.value is True else []
    return [(bound, condition)]


def _conditional_member(item: Item, result: Value, when: Value | None) -> Value:
    if item.run is not None:
        run = _mapped_run(item.run, result)
        return run if when is None else replace(run, least=0, name=f"{run.name} if {when.symbol}")
    if when is None:
        return result
    return Run(result.symbol, assume(result, facts_of(when, holds=True)), most=1, when=(when,), distinct=True)


def _add_for_entry(
    entries: dict[str, Value],
    runs: list[Run],
    item: Item,
    key: Value,
    value: Value,
    when: Value | None,
    *,
    grouping: bool,
) -> None:
    if grouping:
        value = Sequence((_conditional_member(item, value, when),))
        if isinstance(key, Known) and key.value in entries:
            group = entries[str(key.value)]
            if isinstance(group, Sequence):
                entries[str(key.value)] = replace(group, members=(*group.members, *value.members))
            return
    if item.run is not None:
        # A run whose key is one known text can only have one member, or Terraform would stop.
        run = replace(item.run, each=value, key=key, name=f"{item.run.name}→{value.symbol}")
        runs.append(run if when is None else replace(run, least=0))
    elif when is None:
        _add_entry(entries, runs, key, value)
    else:
        present = assume(value, facts_of(when, holds=True))
        runs.append(Run(key.symbol, present, most=1, key=key, when=(when,), distinct=True))


def _template(expression: ast.Template, frame: Frame) -> Value:
    if len(expression.parts) > MOST_MEMBERS:
        return frame.module.limit(f"a template has more than {MOST_MEMBERS} parts", expression.span)
    parts = [_template_part(part, frame) for part in expression.parts]
    if len(parts) == 1 and not isinstance(expression.parts[0], ast.TemplateIf | ast.TemplateFor):
        return parts[0].at(expression.span) if isinstance(expression.parts[0], ast.Literal) else parts[0]
    return distribute(lambda values: _joined(values, expression.parts, expression.span), tuple(parts))


def _joined(values: tuple[Value, ...], sources: tuple[ast.Expression, ...], span: Span) -> Value:
    """The values, each of which comes from a part of a template, as one string."""
    strings = tuple(to_string(value) for value in values)
    for string in strings:
        if isinstance(string, Unknown) and string.invalid:
            return string
    joined = text(strings, span, Joined(strings, sources))
    if isinstance(joined, Known) and isinstance(joined.value, str) and not joined.value.isascii():
        # Terraform keeps all strings in normal form C; joining can take them out of it.
        from unicodedata import normalize  # noqa: PLC0415 (loaded when it is needed)

        normal = normalize("NFC", joined.value)
        return joined if normal == joined.value else Known(normal, span=span)
    return joined


def _template_part(part: ast.Expression, frame: Frame) -> Value:
    if isinstance(part, ast.TemplateIf):
        condition = convert(evaluate(part.condition, frame), BOOL)
        if isinstance(condition, Known):
            return _whole_template(part.then if condition.value is True else part.otherwise, frame)
        return choose(condition, _whole_template(part.then, frame), _whole_template(part.otherwise, frame))
    if isinstance(part, ast.TemplateFor):
        return _template_for(part, frame)
    return evaluate(part, frame)


def _whole_template(template: ast.Template, frame: Frame) -> Value:
    value = _template(template, frame)
    return distribute(lambda values: to_string(values[0]), (value,))


def _template_for(part: ast.TemplateFor, frame: Frame) -> Value:
    collection = evaluate(part.collection, frame)

    def repeat(values: tuple[Value, ...]) -> Value:
        items = items_of(values[0])
        if items is None or any(item.run is not None for item in items):
            return Unknown(f"%{{for {values[0].symbol}}}", values[0].reasons, nullable=False, span=part.span)
        if len(items) > MOST_MEMBERS:
            return frame.module.limit(f"a template repeats more than {MOST_MEMBERS} times", part.span)
        rounds: list[Value] = []
        for item in items:
            names = {part.value: item.value} if part.key is None else {part.key: item.key, part.value: item.value}
            rounds.append(_whole_template(part.body, frame.bind(**names)))
        return distribute(lambda strings: _joined(strings, (part,) * len(strings), part.span), tuple(rounds))

    return distribute(repeat, (collection,))


EVALUATE: dict[type[ast.Expression], Callable[..., Value]] = {
    ast.Literal: _literal,
    ast.Template: _template,
    ast.TemplateIf: _template_part,
    ast.TemplateFor: _template_part,
    ast.Name: _name,
    ast.GetAttr: _get_attr,
    ast.Index: _index,
    ast.Splat: _splat,
    ast.SplatMember: _splat_member,
    ast.Call: _call,
    ast.Conditional: _conditional,
    ast.Binary: _binary,
    ast.Unary: _unary,
    ast.TupleExpression: _tuple,
    ast.ObjectExpression: _object,
    ast.For: _for,
    ast.TooDeep: _too_deep,
}
