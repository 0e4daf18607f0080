"""One planned resource as the tables of attributes see it: what is given, what is known, and what it will be made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from vpce_lint.limits import CHARACTERS_OF_STEP, WORK
from vpce_lint.model import ABSENT
from vpce_lint.readers.aws_terraform_routing import INLINE_DESTINATIONS
from vpce_lint.readers.plan.arguments import SLOTS, attribute_of, is_id, is_listed
from vpce_lint.readers.plan.block import PlanBlock, blocks_in, is_telling
from vpce_lint.readers.plan.default_policy import is_default_policy
from vpce_lint.readers.plan.document import LimitError
from vpce_lint.readers.plan.reading import PREFIX_LIST
from vpce_lint.readers.plan.text_origin import TextOrigin
from vpce_lint.readers.plan.tracing import MOST_STEPS, Origin, Scope, Trace, trace
from vpce_lint.truth import Reason
from vpce_lint.value import Json, Known, Mapping, Reference, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.model import Call
    from vpce_lint.readers.described import DescribedResource
    from vpce_lint.readers.plan.configuration import Block, Expression
    from vpce_lint.readers.plan.document import Part
    from vpce_lint.readers.plan.plan import PlannedResource
    from vpce_lint.readers.plan.reading import Reading
    from vpce_lint.source import Span

DEEPEST = 60
"""Attributes nest no deeper than this."""

STEPS_OF_PART = 2
"""Making a value of one part of a plan takes as long as so many steps."""

MOST_NAMED = 3
"""More things that a value depends on aren't named."""

FILLED_IN = {"service_name", "service_region", "instance_id", "network_interface_id"}
"""Arguments that AWS answers with something else than what it does where they aren't given: those count as written."""


class PlanInstance(Struct, eq=False):
    """A planned resource, its arguments as values."""

    resource: PlannedResource
    reading: Reading
    family: bool = False
    when: tuple[Value, ...] = ()
    iterated: tuple[Value, ...] = ()
    _members: dict[tuple[str, str], dict[str, Value]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The resource type."""
        return self.resource.type

    @property
    def address(self) -> str:
        """The instance address."""
        return self.resource.address

    @property
    def found_address(self) -> str:
        """The instance address: answers of data sources that are known tell by themselves whether they are the same."""
        return self.resource.address

    @property
    def key(self) -> Value | None:
        """The instance key."""
        return None if self.resource.key is None else Known(self.resource.key)

    @property
    def is_imported(self) -> bool:
        """Whether the plan imports it."""
        return self.resource.is_imported

    @property
    def span(self) -> Span:
        """Its block in the source code, where that is given; else its address in the plan."""
        code = self.reading.code
        return (code.resource(self.resource) if code else None) or self.resource.span

    @property
    def calls(self) -> tuple[Call, ...]:
        """The module calls that lead to it, in the source code where that is given."""
        code = self.reading.code
        return code.calls(self.resource) if code else self.resource.module.calls

    def written(self, name: str) -> Value | None:
        """An argument as the configuration gives it or, where it is computed, as it is known to be."""
        found = self._written(name)
        return None if found is None else found.at(self._place(name))

    def given(self, name: str) -> Value:
        """The same, ``null`` where it isn't given."""
        value = self.written(name)
        return ABSENT if value is None else value

    def argument(self, name: str) -> Value:
        """The same; its span is where a report points for it."""
        return self.given(name)

    def computed(self, name: str) -> Value:
        """An attribute that AWS will fill in, as other resources refer to it."""
        return self._at(self.resource, name)

    def nested(self, name: str) -> tuple[PlanBlock, ...]:
        """The nested blocks of a type; where not even their number is known, one that stands for any number."""
        resource = self.resource
        mask = resource.unknown.get(name)
        if mask is True or (mask is None and not resource.knows(name) and self._expression(name) is not None):
            if self._block is not None and self._expression(name) is None and resource.is_new:
                # A dynamic block, which a plan doesn't keep, is the only other thing that this may be.
                if self.reading.code and self.reading.code.has_blocks(resource, name) is False:
                    return ()
                self.reading.assumed = True
                if self.reading.assuming:
                    return ()
            return (PlanBlock(self, name, None, mask=True, family=True, most=None),)
        if resource.values is None or (self._expression(name) is None and self._is_undone(name)):
            return ()
        blocks = blocks_in(self, resource.values, mask, name, self._block)
        return tuple(block for block in blocks if not self._is_separate(name, block))

    def listed(self, name: str) -> Value | None:  # noqa: ARG002 (as the tables call it)
        """Nothing: a plan shows members of a list and blocks in the same way, ``nested`` has both."""
        return None

    @property
    def code(self) -> DescribedResource | None:
        """The instance of the source code, where that is given."""
        return self.reading.evaluation.instance(self.resource) if self.reading.evaluation else None

    @property
    def _block(self) -> Block | None:
        resource = self.resource
        configuration = self.reading.plan.configuration
        return configuration.resource(resource.module.names, resource.mode, resource.type, resource.name)

    def _expression(self, name: str) -> Expression | None:
        expression = self._block.argument(name) if self._block else None
        return None if expression is None or expression.is_null else expression

    def _is_undone(self, name: str) -> bool:
        """Whether an attribute shows what companions made of it that the plan deletes."""
        return (self.resource.identifier, SLOTS.get(name)) in self.reading.undone

    def _is_separate(self, name: str, block: PlanBlock) -> bool:
        """Whether a table shows a route that has a resource of its own, or had one."""
        values = block.part.data if block.part is not None else None
        if name != "route" or not isinstance(values, dict) or self._expression(name) is not None:
            return False
        separate = self.reading.separate_routes.get(self.resource.identifier or "", ())
        return any(values.get(name) in separate for name in (*INLINE_DESTINATIONS, PREFIX_LIST) if values.get(name))

    def _place(self, name: str) -> Span:
        code = self.reading.code
        place = code.argument(self.resource, name) if code else None
        if place is not None or code is not None:
            return place or self.span
        values = self.resource.values
        if values is None or name not in values.data or _any(self._secret(name)):
            return self.span
        part = values.get(name)
        return part.span if part else self.span

    def is_secret(self, name: str) -> bool:
        """Whether anything of an argument is not to be shown."""
        return _any(self._secret(name))

    def place_of(self, part: Part) -> Span:
        """Where a part of the plan is reported: where the code is given, its place there."""
        return self.span if self.reading.code else part.span

    def _secret(self, name: str) -> Any:
        sensitive = self.resource.sensitive
        return sensitive.get(name) if isinstance(sensitive, dict) else sensitive

    def _written(self, name: str) -> Value | None:
        resource = self.resource
        mask = resource.unknown.get(name)
        expression = self._expression(name)
        is_unset = self._block is not None and expression is None
        if is_unset and (name in FILLED_IN or (mask is True and resource.is_new) or self._is_undone(name)):
            return None
        part = resource.values.get(name) if resource.values else None
        if _any(self._secret(name)) and (part is not None or mask):
            return self._unknown(name, f"{self.address}.{name} is sensitive, so it isn't looked at")
        if mask is True or (part is None and expression is not None and not resource.knows(name)):
            return self._resolved(name, expression)
        if part is None or (part.data == "" and expression is None):
            return None  # states have the empty text where nothing is set
        if is_unset and name == "policy" and is_default_policy(part.data):
            return None
        in_code = self._in_code(name, part)
        return self.known(name, part, mask, expression) if in_code is None else in_code

    def _in_code(self, name: str, part: Part) -> Value | None:
        """A text as the code gives it, if it is the planned one: its places are those of its parts."""
        if self.reading.evaluation is None or not isinstance(part.data, str) or not part.data.startswith("{"):
            return None
        value = self.reading.evaluation.argument(self.resource, name)
        return value if value is not None and text_of(value) == Known(part.data) else None

    def _unknown(self, name: str, words: str, among: str = "") -> Unknown:
        return Unknown(f"{self.address}.{name}{among}", (Reason(words, self.span),))

    def _after_apply(self, name: str, found: Trace | None) -> Unknown:
        words = f"{self.address}.{name} is known after apply"
        if found is not None:
            named = [f"{each}, which a plan doesn't tell" for each in found.hidden]
            named += dict.fromkeys(origin.resource.address for origin in (*found.origins, *found.known))
            if named:
                more = ", ..." if len(named) > MOST_NAMED else ""
                words += f": it depends on {', '.join(named[:MOST_NAMED])}{more}"
        return self._unknown(name, words, self._among(name, found) if found else "")

    def _among(self, name: str, found: Trace) -> str:
        """The blocks whose instances' ids an argument can only be, for its name: others it doesn't concern."""
        if found.hidden and name == "route_table_id":
            return "(…)"  # it may be a table of this plan
        modules = {origin.resource.module.address for origin in found.origins}
        if found.hidden or not found.origins or not all(is_id(origin, name) for origin in found.origins):
            return ""
        if any("[" in address for address in modules):
            return ""
        blocks = dict.fromkeys(
            f"{origin.resource.module.prefix}{origin.resource.type}.{origin.resource.name}" for origin in found.origins
        )
        return f"({' or '.join(blocks)})"

    def _resolved(self, name: str, expression: Expression | None) -> Value:
        """An argument of which nothing is known: what its expression refers to decides it, or not."""
        evaluated = self.reading.evaluation.argument(self.resource, name) if self.reading.evaluation else None
        if evaluated is not None and is_telling(evaluated):
            return evaluated
        if expression is None:
            return self._after_apply(name, None)
        return self._from_expression(name, name, expression)

    def _from_expression(self, path: str, name: str, expression: Expression) -> Value:
        """What an expression refers to, where that decides the argument; ``path`` is its place in the resource."""
        found = self._trace(expression)
        if is_listed(name):
            members = self._assumed_members(name, found)
            if members is not None:
                return Sequence(members, "list")
            unknown = self._after_apply(path, found)
            each = Unknown(f"{unknown.name}[*]", unknown.why, nullable=False)
            return Sequence((Run(unknown.name, each, distinct=True, why=unknown.why),), "list")
        only = self.only(name, found)
        return self._after_apply(path, found) if only is None else only

    def _trace(self, expression: Expression) -> Trace:
        resource = self.resource
        return trace(expression, Scope(resource.module, self._block, resource.key), self.reading.plan)

    def only(self, name: str, found: Trace) -> Value | None:
        """The one thing that an unknown argument can be; nothing where there are several, or none."""
        if found.hidden:
            return None
        attributes = {attribute_of(origin, name): origin for origin in found.origins}
        if None in attributes:
            return None
        if len(attributes) == 1:
            origin = next(iter(attributes.values()))
            return self._reference(origin, name)
        blocks = {origin.resource.block for origin in found.origins}
        own = [origin for origin in found.origins if origin.resource.key == self.resource.key]
        if found.is_keyed and len(blocks) == 1 and len(own) == 1:
            self.reading.assumed = True
            return self._reference(own[0], name) if self.reading.assuming else None
        return None

    def _assumed_members(self, name: str, found: Trace) -> tuple[Value, ...] | None:
        """The resources that a list refers to, if it refers to nothing else: it will hardly leave one out."""
        origins = (*found.origins, *found.known)
        if found.hidden or found.is_selected or found.is_keyed or not origins:
            return None
        if not all(is_id(origin, name) for origin in origins):
            return None
        self.reading.assumed = True
        if not self.reading.assuming:
            return None
        one = {origin.resource: origin for origin in reversed(origins)}
        return tuple(self.member(each) for each in dict.fromkeys(one[origin.resource] for origin in origins))

    def member(self, origin: Origin) -> Value:
        """The id of a resource as a member of a list."""
        return self._at(origin.resource, origin.attribute or "id")

    def argument_of_block(self, path: str, name: str, configured: Block | None) -> Value | None:
        """An unknown argument of a nested block, as far as what its block, or all blocks, refer to decides it."""
        expression = configured.argument(name) if configured else None
        if expression is not None:
            return self._from_expression(f"{path}.{name}", name, expression)
        type_ = path.partition("[")[0]
        if (type_, name) not in self._members:
            self._members[type_, name] = self._members_of_blocks(type_, name)
        return self._members[type_, name].get(path)

    def _members_of_blocks(self, type_: str, name: str) -> dict[str, Value]:
        """The resources that blocks refer to, where these are as many as there are open arguments."""
        expressions = self._block.nested(type_, name) if self._block else ()
        whole = self._expression(type_)
        if not expressions and whole is not None and whole.references:
            expressions = (whole,)  # the blocks are written as the members of a list
        mask = self.resource.unknown.get(type_)
        open_ = [
            f"{type_}[{index}]"
            for index, each in enumerate(mask if isinstance(mask, list) else [])
            if each is True or (isinstance(each, dict) and each.get(name))
        ]
        origins: dict[Origin, None] = {}
        for expression in expressions[:MOST_STEPS]:
            found = self._trace(expression)
            if found.hidden:
                return {}
            origins |= found.origins
        own = [origin for origin in origins if is_id(origin, name)]
        if len(open_) != len(own) or (expressions != (whole,) and len(own) != len(origins)):
            return {}
        if len(own) > 1:
            self.reading.assumed = True
            if not self.reading.assuming:
                return {}
        return {path: self.member(origin) for path, origin in zip(open_, own, strict=True)}

    def _reference(self, origin: Origin, name: str) -> Value | None:
        attribute = attribute_of(origin, name)
        return None if attribute is None else self._at(origin.resource, attribute[1])

    def _at(self, resource: PlannedResource, attribute: str) -> Value:
        """An attribute of a resource as other resources refer to it."""
        symbol = f"{resource.address}.{attribute}"
        why = (Reason(f"{symbol} is known after apply", self.span),)
        if resource.mode == "data":  # read after apply because it asks about what is made then
            return Unknown(symbol, why, nullable=False, found=True)
        key = None if resource.key is None else Known(resource.key)
        return Reference(symbol, why, address=resource.address, attribute=attribute, key=key)

    def known(self, name: str, part: Part, mask: Any, expression: Expression | None) -> Value:
        """A value of the plan; unknown members of a list are what its expression refers to, where that is as many."""
        if isinstance(mask, list) and isinstance(part.data, list) and is_listed(name) and True in mask:
            found = self._trace(expression) if expression else Trace()
            origins = list(found.origins)
            fitting = not found.hidden and mask.count(True) == len(origins)
            if fitting and all(is_id(origin, name) for origin in origins):
                if len(origins) > 1:
                    self.reading.assumed = True
                if len(origins) == 1 or self.reading.assuming:
                    known = [self.value(each, name) for each, open_ in _masked(part, mask) if open_ is not True]
                    return Sequence((*known, *(self.member(origin) for origin in origins)), "list")
        return self.value(part, name, mask)

    def value(self, part: Part, name: str, mask: Any = None, depth: int = 0) -> Value:
        """A part of the plan as a value; ``mask`` says which of it isn't known."""
        path = f"{self.address}.{name}"
        if depth > DEEPEST:
            message = f"{path[:200]} is nested too deep"
            raise LimitError(message, part.span)
        if mask is True:
            return Unknown(path, (Reason(f"{path} is known after apply", self.span),))
        data = part.data
        WORK.left -= STEPS_OF_PART + (len(data) // CHARACTERS_OF_STEP if isinstance(data, str) else 0)
        if WORK.is_over:
            return Unknown(path, (WORK.reason,), span=part.span)
        if isinstance(data, list):
            WORK.left -= STEPS_OF_PART * len(data)  # the places of all members are found together
            members = [
                self.value(each, f"{name}[{index}]", open_, depth + 1)
                for index, (each, open_) in enumerate(_masked(part, mask))
            ]
            return Sequence(tuple(members), "list", span=part.span)
        if isinstance(data, dict):
            masks = mask if isinstance(mask, dict) else {}
            entries: dict[str, Value] = {}
            for key in data:
                each = part.get(key)
                if each is None and masks.get(key) is not True:
                    entries[key] = ABSENT
                else:
                    entries[key] = self.value(each or part, f"{name}.{key}", masks.get(key), depth + 1)
            return Mapping(entries, span=part.span)
        known = self.reading.resource_of(data, name, self.type) if isinstance(data, str) else None
        if known is not None:
            return known.at(part.span)
        origin = TextOrigin(part.span, data) if isinstance(data, str) and not self.reading.code else None
        return Known(data, span=part.span, origin=origin)


def text_of(value: Value) -> Value:
    """The text that a value is."""
    return value.text if isinstance(value, Json) else value


def _masked(part: Part, mask: Any) -> list[tuple[Part, Any]]:
    members = part.members
    masks = mask if isinstance(mask, list) and len(mask) == len(members) else [mask is True] * len(members)
    return list(zip(members, masks, strict=True))


def _any(mask: Any) -> bool:
    """Whether anything in a mask is true; what is nested too deep counts as if it were."""
    waiting = [mask]
    while waiting:
        each = waiting.pop()
        if each is True:
            return True
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
    return False
