"""One instance of a resource or data source: its attributes, evaluated when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.condition import assume, distribute, facts_of_all
from vpce_lint.model import ABSENT
from vpce_lint.readers.terraform.evaluator import settle
from vpce_lint.readers.terraform.frame import Frame
from vpce_lint.readers.terraform.gaps import touched_by
from vpce_lint.readers.terraform.nested import Nested, nested_blocks
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Reference, ResourceObject, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.model import Call
    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.module import ModuleInstance
    from vpce_lint.readers.terraform.repetition import Repeat
    from vpce_lint.source import Span


class Instance(Struct, eq=False):
    """A resource instance in its module instance; ``mode`` is ``managed`` or ``data``."""

    module: ModuleInstance
    mode: str
    block: ast.Block
    repeat: Repeat
    _frame: Frame | None = None
    _found_address: str | None = None
    _asks_about_made: bool | None = None

    @property
    def type(self) -> str:
        """The resource type, such as ``aws_vpc_endpoint``."""
        return self.block.labels[0]

    @property
    def address(self) -> str:
        """The instance address as Terraform prints it."""
        prefix = "data." if self.mode == "data" else ""
        return f"{self.module.prefix}{prefix}{'.'.join(self.block.labels)}{self.repeat.suffix}"

    @property
    def span(self) -> Span:
        """Its block's first line."""
        return self.block.header

    @property
    def calls(self) -> tuple[Call, ...]:
        """The module calls that lead to it, the innermost first."""
        return self.module.calls

    @property
    def key(self) -> Value | None:
        """The instance key; of a family, what stands for any of its keys."""
        return self.repeat.key

    @property
    def iterated(self) -> tuple[Value, ...]:
        """Of a family, the values of ``each``, the key first: what tells its members apart."""
        return tuple((self.repeat.each or {}).values()) if self.repeat.family else ()

    @property
    def when(self) -> tuple[Value, ...]:
        """The conditions, its own and its module's, under which it exists."""
        return (*self.module.when, *self.repeat.when)

    @property
    def family(self) -> bool:
        """Whether it stands for an unknown number of instances."""
        return self.repeat.family or self.module.family

    @property
    def is_imported(self) -> bool:
        """Whether an ``import`` block of the root module takes over a resource of this block."""
        address = self.module.prefix + ".".join(self.block.labels)
        return any(target == address or target.startswith(f"{address}[") for target in self.module.root.imports)

    @property
    def frame(self) -> Frame:
        """Where its attributes are evaluated."""
        if self._frame is None:
            self._frame = Frame(self.module, each=self.repeat.each, count=self.repeat.count, this=self.object)
        return self._frame

    @property
    def object(self) -> ResourceObject:
        """The whole instance as a value."""
        return ResourceObject(self.address, self.attribute, self.family, span=self.block.header)

    def written(self, name: str) -> Value | None:
        """An argument as the code gives it, at its place in the block; ``None`` where it isn't given."""
        attribute = self.block.body.attributes.get(name)
        if attribute is None:
            return None

        def work_out() -> Value:
            value = settle(attribute.expression, self.frame)
            return assume(value, facts_of_all(self.when))

        return self.module.memo(("attribute", id(self), name), work_out, f"{self.address}.{name}", attribute.value_span)

    def given(self, name: str) -> Value:
        """An argument as the code gives it, ``null`` where it isn't given."""
        value = self.written(name)
        return ABSENT if value is None else value

    def argument(self, name: str) -> Value:
        """An argument, ``null`` where it isn't given, pointing at where the block gives it."""
        value = self.written(name)
        return ABSENT if value is None else value.at(self.block.body.attributes[name].value_span)

    def nested(self, name: str) -> tuple[Nested, ...]:
        """The nested blocks of a type, ``dynamic`` ones expanded."""
        return nested_blocks(self.block.body, name, self.frame, self.when)

    def listed(self, name: str) -> Value | None:
        """Blocks written as the value of an argument; an object or a list of objects, in JSON, are blocks themselves."""
        body = self.block.body
        if name not in body.attributes or (body.nested is not None and body.nested(name)):
            return None
        return self.argument(name)

    def attribute(self, name: str) -> Value:
        """An attribute as other expressions see it: what the code gives, else what AWS will fill in."""
        if self.mode == "data":
            from vpce_lint.readers.terraform.data_source import attribute  # noqa: PLC0415 (it imports this module)

            return attribute(self, name)
        value = self.written(name)
        if value is not None and not value.is_null.is_true:
            return distribute(lambda values: self._or_computed(name, values[0]), (value,))
        return self.computed(name)

    def _or_computed(self, name: str, value: Value) -> Value:
        return self.computed(name) if isinstance(value, Known) and value.value is None else value

    def computed(self, name: str) -> Value:
        """An attribute that AWS will fill in."""
        from vpce_lint.readers.aws_terraform import COMPUTED  # noqa: PLC0415 (the table needs this module's types)

        if (self.type, name) == ("terraform_data", "output"):
            return self.given("input")
        rule = COMPUTED.get((self.type, name))
        known = rule(self) if rule else None
        if known is not None:
            return known
        address = self.address
        if self.block.body.attributes.get(name) is None and any(
            name in {block.type, *block.labels[:1]} for block in self.block.body.blocks
        ):
            return Unknown(f"{address}.{name}", (Reason(f"{address}.{name} is a nested block", self.block.header),))
        why = (Reason(f"{address}.{name} is known after apply", self.block.header),)
        key = self.repeat.key
        return Reference(f"{address}.{name}", why, address=address, attribute=name, family=self.family, key=key)

    @property
    def found_address(self) -> str:
        """The address of the first data source that asks the same question: the answer is the same."""
        if self._found_address is None:
            self._found_address = self.module.root.questions.setdefault(self._question(), self.address)
        return self._found_address

    def _question(self) -> str:
        """What a data source asks: its type, Region, arguments and blocks."""
        asked = [self.type, self.region.symbol]
        asked += [f"{name}={value.symbol}" for name, value in self._arguments()]
        for name, nested in self._nested():
            inner = [f"{key}={nested.given(key).symbol}" for key in sorted(nested.body.attributes)]
            asked.append(f"{name}({','.join(inner)})")
        return "|".join(asked)

    def _arguments(self) -> Iterator[tuple[str, Value]]:
        for name, attribute in sorted(self.block.body.attributes.items()):
            if name not in {"provider", "depends_on", "count", "for_each"}:
                yield name, settle(attribute.expression, self.frame)

    def _nested(self) -> Iterator[tuple[str, Nested]]:
        for block in self.block.body.blocks:
            name = block.labels[0] if block.type == "dynamic" and block.labels else block.type
            yield from ((name, nested) for nested in self.nested(name) if name != "lifecycle")

    @property
    def asks_about_made(self) -> bool:
        """Whether a data source is read after resources of this configuration are made, by which it is asked."""
        if self._asks_about_made is None:
            inner = [nested.given(key) for _, nested in self._nested() for key in nested.body.attributes]
            asked = [*(value for _, value in self._arguments()), *inner]
            self._asks_about_made = "depends_on" in self.block.body.attributes or touched_by(asked, {}) != frozenset()
        return self._asks_about_made

    @property
    def region(self) -> Value:
        """The Region that it lies in, or is looked up in: its own argument, else its provider's."""
        given = self.given("region")
        if not given.is_null.is_true:
            return given
        provider = self.block.body.attributes.get("provider")
        return self.module.provider_region(provider.value_span.text.strip('"') if provider else "aws")

    def unknown(self, name: str) -> Unknown:
        """An attribute of a data source that is read at apply time."""
        address = self.found_address
        why = (Reason(f"{self.address} is read at apply time", self.block.header),)
        return Unknown(f"{address}.{name}", why, nullable=False, found=self.asks_about_made)
