"""One stack: a template in its context, whose parts are evaluated when they are asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct, field

from vpce_lint.condition import assume, distribute, facts_of_all
from vpce_lint.model import ABSENT, Call, Gap, Problem
from vpce_lint.readers.aws_cloudformation import ECHOES, IDENTITIES, REFERENCES
from vpce_lint.readers.cloudformation.comparison import MOST_SPREAD, Comparisons
from vpce_lint.readers.cloudformation.evaluator import Scope, evaluate
from vpce_lint.readers.cloudformation.foreach import LOOP, expanded
from vpce_lint.readers.cloudformation.intrinsics import invalid, unknown_call
from vpce_lint.readers.cloudformation.nested import TYPES, Missing, nested_template
from vpce_lint.readers.cloudformation.node import Entry, Fields, Node
from vpce_lint.readers.cloudformation.parameters import declared_parameters, default_of, given_value, open_value
from vpce_lint.readers.cloudformation.template import HARMLESS
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import BOOL, STRING
from vpce_lint.value import Known, Reference, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vpce_lint.readers.cloudformation.library import Library
    from vpce_lint.readers.cloudformation.parameters import Parameter
    from vpce_lint.readers.cloudformation.template import Template
    from vpce_lint.source import Span

MOST_STACKS = 500
"""A root with more nested stacks than this isn't read to the end."""

MOST_ENTRIES = 10_000
"""Loops make no more entries than this in all stacks of a root; CloudFormation takes 500 resources for each."""

MOST_CELLS = 1_000
"""A mapping with more values than this, of which any may be meant, isn't searched."""

DEEPEST_STACK = 20
"""Stacks nested deeper than this aren't read."""

PSEUDO = {
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
}


class Imports(Protocol):
    """What other stacks export."""

    def value(self, name: Value, span: Span, importer: Stack, /) -> Value:
        """What an export's name stands for in a stack."""

    @property
    def used(self) -> Sequence[Stack]:
        """The stacks that something was imported from."""


class Root(Struct):
    """What all stacks of one root share."""

    library: Library
    imports: Imports
    environment: Mapping[str, str] = field(default_factory=dict)
    comparisons: Comparisons = field(default_factory=Comparisons)
    problems: dict[tuple[str, Span], Problem] = field(default_factory=dict)
    stacks: int = 1
    entries: int = 0

    def limit(self, words: str, span: Span) -> Unknown:
        """Note that a limit was reached, and stand in for the result."""
        problem = Problem("limit", f"limit reached: {words}", span.path, span)
        self.problems.setdefault((words, span), problem)
        return Unknown(f"limit@{span}", (Reason(problem.message, span),), span=span)


class Declared(Struct, frozen=True, eq=False):
    """A resource of a stack as it is declared; ``span`` is its logical id."""

    stack: Stack
    name: str
    type: str
    node: Fields
    scope: Scope
    span: Span
    when: tuple[Value, ...]

    @property
    def address(self) -> str:
        """Its logical id, behind those of the stacks around it."""
        return self.stack.prefix + self.name

    @property
    def construct(self) -> str:
        """Its path among CDK's constructs; empty where CDK didn't make it."""
        metadata = self.node.fields("Metadata")
        return (metadata.text("aws:cdk:path") if metadata else None) or ""

    def property_node(self, name: str) -> Node | None:
        """A property as it is written."""
        properties = self.node.fields("Properties")
        return properties.get(name) if properties else None

    def given(self, name: str) -> Value:
        """A property's value where the resource exists; ``null`` where it isn't given."""
        node = self.property_node(name)
        if node is None:
            return self._hidden(name)
        return assume(evaluate(node, self.scope), facts_of_all(self.when)).at(node.span)

    def _hidden(self, name: str) -> Value:
        """A property that isn't written: absent, unless a transform may bring it."""
        for gap in self.stack.macros():
            return Unknown(f"{self.address}.{name}", (gap.reason,), span=self.span)
        properties = self.node.fields("Properties")
        for key, entry in properties.entries.items() if properties else ():
            if key.startswith("Fn::"):
                why = (Reason(f"{key} is not read", entry.key),)
                return Unknown(f"{self.address}.{name}", why, span=entry.key)
        return ABSENT


class Stack:
    """A template with values for its parameters; ``prefix`` is what addresses of its resources begin with."""

    def __init__(
        self,
        root: Root,
        path: str,
        template: Template,
        *,
        prefix: str = "",
        calls: tuple[Call, ...] = (),
        when: tuple[Value, ...] = (),
        given: Callable[[str], Value | None] = lambda _: None,
        chain: tuple[str, ...] = (),
    ) -> None:
        self.root = root
        self.path = path
        self.template = template
        self.prefix = prefix
        self.calls = calls
        self.when = when
        self.chain = (*chain, path)
        self.comparisons = root.comparisons
        self._given = given
        self._parameters = declared_parameters(template.section("Parameters"))
        self._known: dict[tuple[str, ...], Value] = {}
        self._busy: set[tuple[str, ...]] = set()
        self._resources: dict[str, Declared] | None = None
        self._outputs: dict[str, tuple[Entry, Scope]] | None = None
        self._children: dict[str, Stack | Missing] = {}
        self.unrolled: list[Gap] = []

    @property
    def scope(self) -> Scope:
        """The scope of what stands in no loop."""
        return Scope(self)

    def limit(self, words: str, span: Span) -> Unknown:
        """Note that a limit was reached."""
        return self.root.limit(words, span)

    def unroll(self, entries: int, span: Span) -> bool:
        """Whether a loop may make so many entries; if not, that is noted."""
        self.root.entries += entries
        if self.root.entries > MOST_ENTRIES:
            self.limit(f"loops make more than {MOST_ENTRIES:,} entries", span)
        return self.root.entries <= MOST_ENTRIES

    # References

    def ref(self, name: str, span: Span) -> Value:
        """What ``Ref`` gives: a pseudo parameter, a parameter, or what a resource is referred to by."""
        if name == "AWS::NoValue":
            return ABSENT.at(span)
        if name in PSEUDO:
            return self._pseudo(name).at(span)
        if name in self._parameters:
            return self.parameter(name).at(span)
        declared = self.resources.get(name)
        if declared is None:
            return self._undeclared(name, name, span)
        return self._attribute_of(declared, REFERENCES.get(declared.type, "id"), span)

    def attribute(self, name: str, attribute: str, span: Span) -> Value:
        """What ``Fn::GetAtt`` gives: an output of a nested stack, a property, or what AWS fills in."""
        declared = self.resources.get(name)
        if declared is None:
            return self._undeclared(name, f"{name}.{attribute}", span)
        if declared.type in TYPES and attribute.startswith("Outputs."):
            return self._output_of(declared, attribute.removeprefix("Outputs."), span)
        echo = ECHOES.get(declared.type, {}).get(attribute)
        if echo and declared.property_node(echo) is not None:
            address = f"{declared.address}.{attribute}"
            value = self._once(("attribute", declared.name, attribute), lambda: declared.given(echo), address, span)
            if not value.is_null.is_true:
                return value.at(span)
        known = "id" if attribute in IDENTITIES.get(declared.type, ()) else "arn" if attribute == "Arn" else attribute
        return self._attribute_of(declared, known, span)

    def _attribute_of(self, declared: Declared, attribute: str, span: Span) -> Value:
        symbol = f"{declared.address}.{attribute}"
        why = (Reason(f"{symbol} is known after deployment", declared.span),)
        if not declared.type.startswith("AWS::"):
            words = f"{symbol} is what the custom resource {declared.address} returns"
            return Unknown(symbol, (Reason(words, declared.span),), nullable=False, span=span)
        return Reference(
            symbol, why, address=declared.address, attribute=attribute, resource_type=declared.type, span=span
        )

    def _undeclared(self, name: str, expression: str, span: Span) -> Value:
        """A transform may make resources that aren't declared, such as SAM's roles."""
        unseen = self.template.unseen
        if unseen and name.isalnum():
            why = (Reason(f"{self.prefix}{expression} is made by {unseen}", span),)
            return Unknown(self.prefix + expression, why, nullable=False, span=span)
        return invalid(f"there is no parameter or resource {self.prefix}{name}", span)

    def _pseudo(self, name: str) -> Value:
        known = self.root.environment.get(name)
        if known:
            return Known(known)
        # A nested stack has the Region, account and partition of its root, and a name of its own.
        symbol = self.prefix + name if name in {"AWS::StackName", "AWS::StackId"} else name
        return Unknown(symbol, (Reason(f"{symbol} is known at deployment"),), type=STRING, nullable=False)

    # Parameters, conditions, mappings

    def parameter(self, name: str) -> Value:
        """The value of a parameter: given from outside, else its default, else open."""
        declared = self._parameters[name]
        return self._once(("parameter", name), lambda: self._parameter(declared), f"{self.prefix}{name}", declared.span)

    def _parameter(self, declared: Parameter) -> Value:
        def set_to(values: tuple[Value, ...]) -> Value:
            given = default_of(declared) if values[0].is_null.is_true else values[0]
            if given is None:
                return open_value(declared, self.prefix, self.comparisons)
            return given_value(declared, given, self.prefix)

        given = self._given(declared.name)
        return distribute(set_to, (ABSENT if given is None else given,))

    def condition(self, name: str, span: Span) -> Value:
        """A condition of the template."""
        entry = self._conditions().get(name)
        if entry is None:
            words = f"there is no condition {self.prefix}{name}"
            if self.template.unseen:
                return Unknown(f"{self.prefix}{name}", (Reason(words, span),), type=BOOL, nullable=False, span=span)
            return invalid(words, span)
        each, scope = entry
        return self._once(("condition", name), lambda: evaluate(each.node, scope), f"{self.prefix}{name}", each.key)

    def _conditions(self) -> dict[str, tuple[Entry, Scope]]:
        if not hasattr(self, "_expanded_conditions"):
            section = self.template.section("Conditions")
            self._expanded_conditions = {name: (entry, scope) for name, entry, scope in expanded(section, self.scope)}
        return self._expanded_conditions

    def mapped(self, name: str, keys: tuple[Value, Value], default: Value | None, span: Span) -> Value:
        """A value of the template's ``Mappings``; keys that are open make a choice where few fit."""
        if default is not None:
            return self._mapped(name, keys, default, span)
        memo = ("mapping", name, keys[0].symbol, keys[1].symbol)
        return self._once(memo, lambda: self._mapped(name, keys, None, span), f"{self.prefix}{name}", span).at(span)

    def _mapped(self, name: str, keys: tuple[Value, Value], default: Value | None, span: Span) -> Value:
        mapping = self.template.section("Mappings").fields(name)
        if mapping is None:
            return default if default is not None else self._unmapped(f"there is no mapping {name}", keys, span)
        first, second = keys
        rows = {row: mapping.fields(row) or Fields({}, mapping.span) for row in self._fitting(first, mapping)}
        is_open = not (isinstance(first, Known) and isinstance(second, Known))
        if is_open and sum(len(fields.entries) for fields in rows.values()) > MOST_CELLS:
            return unknown_call(f"FindInMap({name})", keys, span)
        cells = [
            (row, evaluate(fields.entries[column].node, self.scope))
            for row, fields in rows.items()
            for column in self._fitting(second, fields)
        ]
        if not cells:
            return default if default is not None else self._unmapped(f"mapping {name} has no such key", keys, span)
        if default is None and all(value.equals(cells[0][1]).is_true for _, value in cells):
            return cells[0][1]
        if not is_open:
            return cells[0][1]
        if default is None and isinstance(second, Known) and isinstance(first, Unknown) and len(cells) <= MOST_SPREAD:
            return self.comparisons.spread(first, [row for row, _ in cells], [value for _, value in cells])
        return unknown_call(f"FindInMap({name})", keys, span)

    def _fitting(self, key: Value, fields: Fields) -> list[str]:
        """The keys of a map that a key may be."""
        if isinstance(key, Known):
            return [name for name in (str(key),) if name in fields.entries]
        return list(fields.entries)

    def _unmapped(self, words: str, keys: tuple[Value, ...], span: Span) -> Value:
        if self.template.unseen:  # it may bring the key
            return unknown_call("FindInMap", keys, span)
        return invalid(words, span)

    def imported(self, name: Value, span: Span) -> Value:
        """What another stack exports by this name."""
        return self.root.imports.value(name, span, self)

    def _once(self, key: tuple[str, ...], compute: Callable[[], Value], words: str, span: Span) -> Value:
        """A value that is worked out once; one that needs itself is invalid."""
        known = self._known.get(key)
        if known is not None:
            return known
        if key in self._busy:
            return invalid(f"{words} refers to itself", span)
        self._busy.add(key)
        try:
            known = self._known[key] = compute()
        finally:
            self._busy.discard(key)
        return known

    # Resources and nested stacks

    @property
    def resources(self) -> Mapping[str, Declared]:
        """The resources by logical id, loops unrolled; those that certainly don't exist are among them."""
        if self._resources is None:
            self._resources = {}
            unread: dict[Gap, None] = {}  # a loop in a loop is met again and again
            for name, entry, scope in expanded(self.template.section("Resources"), self.scope):
                if name.startswith("Fn::"):
                    what = f"the loop {name.removeprefix(LOOP)}" if name.startswith(LOOP) else name
                    unread.setdefault(Gap(Reason(f"{what} is not read", entry.key)))
                elif not name.strip():
                    problem = Problem("unreadable", "a logical id is empty", entry.key.path, entry.key)
                    self.root.problems.setdefault((problem.message, entry.key), problem)
                elif isinstance(entry.node, Fields):
                    type_ = entry.node.text("Type") or ""
                    self._resources[name] = Declared(self, name, type_, entry.node, scope, entry.key, ())
            self.unrolled += unread
        return self._resources

    def existing(self) -> list[Declared]:
        """The resources that exist, or do on a condition."""
        found: list[Declared] = []
        for declared in self.resources.values():
            when = self._conditions_of(declared)
            if when is not None:
                found.append(
                    Declared(self, declared.name, declared.type, declared.node, declared.scope, declared.span, when)
                )
        return found

    def _conditions_of(self, declared: Declared) -> tuple[Value, ...] | None:
        """The conditions under which a resource exists; ``None`` where it certainly doesn't."""
        name = declared.node.text("Condition")
        if name is None:
            return self.when
        facts = facts_of_all(self.when)
        condition = assume(self.condition(declared.scope.written(name), declared.span), facts)
        if isinstance(condition, Known):
            return self.when if condition.value is True else None
        return (*self.when, condition)

    def child(self, declared: Declared) -> Stack | Missing:
        """The stack that a resource of this one is."""
        known = self._children.get(declared.name)
        if known is None:
            known = self._children[declared.name] = self._open_child(declared)
        return known

    def _open_child(self, declared: Declared) -> Stack | Missing:
        found = nested_template(declared.node, os.path.dirname(self.path), self.root.library)  # noqa: PTH120
        if isinstance(found, Missing):
            return found
        path, template = found
        if path in self.chain:
            words = f"the stack {declared.address} nests itself"
            problem = Problem("unreadable", words, declared.span.path, declared.span, "break the circle")
            self.root.problems.setdefault((words, declared.span), problem)
            return Missing("its template nests itself")
        self.root.stacks += 1
        if self.root.stacks > MOST_STACKS or len(self.chain) > DEEPEST_STACK:
            self.limit(f"stacks nest more than {MOST_STACKS} stacks, or {DEEPEST_STACK} deep", declared.span)
            return Missing("there are too many stacks")
        given = declared.property_node("Parameters")
        passed = given.entries if isinstance(given, Fields) else {}
        when = self._conditions_of(declared)
        return Stack(
            self.root,
            path,
            template,
            prefix=f"{declared.address}.",
            calls=(Call(declared.address, declared.span), *self.calls),
            when=self.when if when is None else when,
            given=lambda name: evaluate(passed[name].node, declared.scope) if name in passed else None,
            chain=self.chain,
        )

    def output(self, name: str) -> Value | None:
        """An output's value; ``None`` where the template has none of that name."""
        outputs = self.outputs()
        if name not in outputs:
            return None
        entry, scope = outputs[name]
        node = entry.node.get("Value") if isinstance(entry.node, Fields) else None
        if node is None:
            return None
        address = f"{self.prefix}Outputs.{name}"
        return self._once(("output", name), lambda: evaluate(node, scope), address, entry.key)

    def outputs(self) -> dict[str, tuple[Entry, Scope]]:
        """The declarations of the outputs, loops unrolled."""
        if self._outputs is None:
            section = self.template.section("Outputs")
            self._outputs = {name: (entry, scope) for name, entry, scope in expanded(section, self.scope)}
        return self._outputs

    def _output_of(self, declared: Declared, name: str, span: Span) -> Value:
        child = self.child(declared)
        address = f"{declared.address}.Outputs.{name}"
        if isinstance(child, Missing):
            why = (Reason(f"the stack {declared.address} is not read: {child.words}", declared.span),)
            return Unknown(address, why, type=STRING, nullable=False, span=span)
        value = child.output(name)
        if value is not None:
            return value.at(span)
        if child.template.unseen:
            why = (Reason(f"{address} is made by {child.template.unseen}", span),)
            return Unknown(address, why, nullable=False, span=span)
        return invalid(f"the stack {declared.address} has no output {name}", span)

    def macros(self) -> tuple[Gap, ...]:
        """What macros and includes may add to the stack."""
        return tuple(
            Gap(Reason(f"the transform {name} is not read", span))
            for name, span in self.template.transforms
            if not HARMLESS.fullmatch(name)
        )
