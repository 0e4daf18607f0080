"""A module instance: a folder's declarations with values for its variables, evaluated on demand."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.condition import assume, facts_of_all
from vpce_lint.limits import WORK
from vpce_lint.model import Call
from vpce_lint.readers.concealment import concealed, hide
from vpce_lint.readers.terraform.conversion import convert
from vpce_lint.readers.terraform.evaluator import settle
from vpce_lint.readers.terraform.file_access import FileAccess
from vpce_lint.readers.terraform.frame import Frame
from vpce_lint.readers.terraform.instance import Instance
from vpce_lint.readers.terraform.invalid import invalid
from vpce_lint.readers.terraform.module_source import Location, Missing, locate
from vpce_lint.readers.terraform.presence import succeeding
from vpce_lint.readers.terraform.repetition import Repeat, Repetition, repetition
from vpce_lint.readers.terraform.root import relative
from vpce_lint.readers.terraform.type_expression import type_of
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import ANY, STRING, Type
from vpce_lint.value import Known, ResourceObject, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.terraform.root import Root
    from vpce_lint.source import Span

MOST_CALLS = 40
"""Modules that call modules deeper than this aren't followed."""

STEPS_OF_INSTANCE = 20
"""An instance counts as so many steps of work, whatever is asked of it."""


class ModuleInstance(Struct, eq=False):
    """The root module, or what one module call makes; ``call`` is the block that calls it."""

    root: Root
    folder: Folder
    parent: ModuleInstance | None = None
    call: ast.Block | None = None
    key: str = ""
    suffix: str = ""
    frame_of_call: Frame | None = None
    when: tuple[Value, ...] = ()
    family: bool = False
    _busy: set[object] = field(default_factory=set)
    _values: dict[object, Value] = field(default_factory=dict)
    _instances: dict[int, tuple[Instance, ...]] = field(default_factory=dict)
    _repetitions: dict[int, Repetition] = field(default_factory=dict)
    _children: dict[str, tuple[Repetition, tuple[ModuleInstance | Missing, ...]]] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What stands before the addresses of its resources: ``module.net["a"].``."""
        if self.parent is None or self.call is None:
            return ""
        return f"{self.parent.prefix}module.{self.call.labels[0]}{self.suffix}."

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that lead here, the innermost first."""
        if self.parent is None or self.call is None:
            return ()
        return (
            Call(f"{self.parent.prefix}module.{self.call.labels[0]}{self.suffix}", self.call.header),
            *self.parent.calls,
        )

    @property
    def depth(self) -> int:
        """How many calls lead here."""
        return 0 if self.parent is None else self.parent.depth + 1

    @property
    def frame(self) -> Frame:
        """The frame of expressions at the top level of the module."""
        return Frame(self)

    # What the evaluator asks

    def resolve(self, root: str, name: str, span: Span) -> Value:
        """The value of ``var.name``, ``local.name``, ``module.name``, ``path.name``, ``terraform.name``."""
        if root == "var":
            return self.memo(("var", name), lambda: self._variable(name, span), f"var.{name}", span)
        if root == "local":
            return self.memo(("local", name), lambda: self._local(name, span), f"local.{name}", span)
        if root == "module":
            return self.memo(("module", name), lambda: self._call(name, span), f"module.{name}", span)
        if root == "path":
            return self._path(name, span)
        words = "the workspace is chosen when Terraform runs"
        return Unknown(f"terraform.{name}", (Reason(words, span),), type=STRING, nullable=False)

    def resource(self, mode: str, type_: str, name: str, span: Span) -> Value:
        """The value of a resource or data source: all its instances."""
        declared = self.folder.declared.resources if mode == "managed" else self.folder.declared.data
        blocks = declared.get((type_, name))
        if not blocks:
            prefix = "data." if mode == "data" else ""
            return self._undeclared(f"{prefix}{type_}.{name}", span)
        address = f"{self.prefix}{'data.' if mode == 'data' else ''}{type_}.{name}"

        def work_out() -> Value:
            repeats = self._repetition(mode, blocks[0])
            objects = tuple(instance.object for instance in self.instances(mode, blocks[0]))
            return repeats.value(address, objects)

        return self.memo(("resource", mode, type_, name), work_out, address, span)

    def context(self, span: Span) -> FileAccess:
        """What functions called at a place may ask for."""
        return FileAccess(self, span)

    def limit(self, words: str, span: Span) -> Unknown:
        """Note that a limit was reached."""
        return self.root.limit(words, span)

    def exhausted(self, span: Span) -> Unknown:
        """What stands in for what wasn't worked out as the steps of work are used up; the reader notes that, once."""
        return Unknown("out of steps", (WORK.reason,), span=span)

    # Declarations

    def instances(self, mode: str, block: ast.Block) -> tuple[Instance, ...]:
        """The instances of one resource or data block."""
        known = self._instances.get(id(block))
        if known is None:
            repeats = self._repetition(mode, block).repeats
            WORK.left -= STEPS_OF_INSTANCE * len(repeats)
            known = self._instances[id(block)] = tuple(Instance(self, mode, block, repeat) for repeat in repeats)
        return known

    def _repetition(self, mode: str, block: ast.Block) -> Repetition:
        known = self._repetitions.get(id(block))
        if known is not None:
            return known
        if id(block) in self._busy:
            address = f"{self.prefix}{'data.' if mode == 'data' else ''}{'.'.join(block.labels)}"
            self.root.refuse(f"the number of instances of {address} depends on itself", block.header)
            return Repetition("single", (Repeat(),))
        with self._working_on(id(block)):
            known = self._repetitions[id(block)] = repetition(block, self.frame)
        return known

    @contextmanager
    def _working_on(self, key: object) -> Iterator[None]:
        self._busy.add(key)
        try:
            yield
        finally:
            self._busy.discard(key)

    def modules(self) -> Iterator[ModuleInstance | Missing]:
        """The module instances that this one's calls make, and the modules that can't be read."""
        for name in self.folder.calls:
            _, children = self._called(name)
            yield from children

    def memo(self, key: object, work_out: Callable[[], Value], name: str, span: Span) -> Value:
        """A value that is worked out once; one that depends on itself is refused."""
        known = self._values.get(key)
        if known is None:
            if key in self._busy:
                return self.root.refuse(f"{name} depends on itself", span)
            with self._working_on(key):
                known = self._values[key] = work_out()
        return known

    def _undeclared(self, name: str, span: Span) -> Unknown:
        """Something that isn't declared here: another tool may write the file that declares it."""
        return Unknown(f"{self.prefix}{name}", (Reason(f"{name} is not declared", span),), span=span)

    def _path(self, name: str, span: Span) -> Value:
        if name == "module":
            return Known(relative(self.folder.path, self.root.path), span=span)
        if name == "root":
            return Known(".", span=span)
        return Unknown(f"path.{name}", (Reason(f"path.{name} depends on the machine", span),), nullable=False)

    def _local(self, name: str, span: Span) -> Value:
        attribute = self.folder.declared.locals.get(name)
        if attribute is None:
            return self._undeclared(f"local.{name}", span)
        return settle(attribute.expression, self.frame)

    def variable_type(self, block: ast.Block) -> Type:
        """The type constraint of a variable block."""
        attribute = block.body.attributes.get("type")
        if attribute is None:
            return ANY
        return type_of(attribute.expression, lambda default: settle(default, self.frame))

    def _variable(self, name: str, span: Span) -> Value:
        block = self.folder.declared.variables.get(name)
        if block is None:
            return self._undeclared(f"var.{name}", span)
        value = self._value_of_variable(name, block)
        return self._concealed(value, block, f"var.{name}") if self._is_set(block, "sensitive", to=True) else value

    def _concealed(self, value: Value, block: ast.Block, name: str) -> Value:
        hide(value)
        return concealed(value, self.prefix + name, f"{name} is sensitive, so it isn't looked at", block.header)

    def _value_of_variable(self, name: str, block: ast.Block) -> Value:
        type_ = self.variable_type(block)
        nullable = not self._is_set(block, "nullable", to=False)
        given = self._given(name)
        if given is not None and not (given.is_null.is_true and not nullable):
            return assume(succeeding(convert(given, type_)), facts_of_all(self.when))
        default = block.body.attributes.get("default")
        if default is not None and self.parent is None and self.root.open_defaults:
            why = Reason(f"var.{name} has its default", block.header)
            return Unknown(f"var.{name}", (why,), type=type_, nullable=nullable)
        if default is not None:
            return succeeding(convert(settle(default.expression, self.frame), type_))
        if self.parent is not None and self.call is not None:
            where = f"module.{self.call.labels[0]}"
            why = Reason(f"{where} is not given {name}", self.call.header)
            return Unknown(f"{self.prefix}var.{name}", (why,), type=type_, nullable=nullable)
        why = Reason(f"var.{name} has no default", block.header)
        return Unknown(f"var.{name}", (why,), type=type_, nullable=nullable)

    def _is_set(self, block: ast.Block, name: str, *, to: bool) -> bool:
        attribute = block.body.attributes.get(name)
        if attribute is None:
            return False
        value = settle(attribute.expression, self.frame)
        return isinstance(value, Known) and (value.value is to or value.value == str(to).lower())

    def _given(self, name: str) -> Value | None:
        if self.call is None or self.frame_of_call is None:
            return self.root.inputs.get(name)
        attribute = self.call.body.attributes.get(name)
        return None if attribute is None else settle(attribute.expression, self.frame_of_call)

    # Calls

    def _call(self, name: str, span: Span) -> Value:
        block = self.folder.calls.get(name)
        if block is None:
            return self._undeclared(f"module.{name}", span)
        repeats, children = self._called(name)
        return repeats.value(f"{self.prefix}module.{name}", tuple(child.object for child in children))

    def _called(self, name: str) -> tuple[Repetition, tuple[ModuleInstance | Missing, ...]]:
        known = self._children.get(name)
        if known is not None:
            return known
        key = ("module", name, "instances")
        block = self.folder.calls[name]
        if key in self._busy:
            self.root.refuse(f"the number of instances of {self.prefix}module.{name} depends on itself", block.header)
            return Repetition("each"), ()
        with self._working_on(key):
            repeats = repetition(block, self.frame)
            location = self._locate(name, block)
        children = tuple(self._child(name, block, location, repeat) for repeat in repeats.repeats)
        self._children[name] = (repeats, children)
        return repeats, children

    def _locate(self, name: str, block: ast.Block) -> Location | str:
        if self.depth >= MOST_CALLS:
            self.root.limit(f"modules call modules more than {MOST_CALLS} levels deep", block.header)
            return f"is not read: modules call modules more than {MOST_CALLS} levels deep"
        location = locate(self, name, block)
        if isinstance(location, Location) and location.path in self._callers():
            self.root.refuse(f"module.{name} calls itself: its source is a folder that it is called from", block.header)
            return "calls itself"
        return location

    def _callers(self) -> list[str]:
        folders = [self.folder.path]
        if self.parent is not None:
            folders += self.parent._callers()  # noqa: SLF001 (the same class)
        return folders

    def _child(self, name: str, block: ast.Block, location: Location | str, repeat: Repeat) -> ModuleInstance | Missing:
        address = f"{self.prefix}module.{name}{repeat.suffix}"
        frame = Frame(self, each=repeat.each, count=repeat.count)
        when, family = (*self.when, *repeat.when), self.family or repeat.family
        if isinstance(location, str):
            return Missing(self, address, block, frame, location, when, family)
        self.root.called[location.path] = None
        folder = self.root.library.folder(location.path)
        return ModuleInstance(self.root, folder, self, block, location.key, repeat.suffix, frame, when, family)

    @property
    def object(self) -> ResourceObject:
        """The instance as other expressions of the caller see it: its outputs."""
        return ResourceObject(self.prefix.removesuffix("."), self.output, self.family)

    def output(self, name: str) -> Value:
        """The value of an output."""
        block = self.folder.declared.outputs.get(name)
        span = block.header if block else self.call.header if self.call else None
        attribute = block.body.attributes.get("value") if block else None
        if attribute is None:
            address = f"{self.prefix}{name}"
            if self.folder.faults:
                path = self.folder.faults[0].path
                return Unknown(address, (Reason(f"{address} may be declared in {path}, which can't be read", span),))
            return invalid(f"{address} is not declared", block.header if block else None, address)
        expression = attribute.expression
        declared = block if block and self._is_set(block, "sensitive", to=True) else None

        def work_out() -> Value:
            value = settle(expression, self.frame)
            return self._concealed(value, declared, f"output {name}") if declared else value

        return self.memo(("output", name), work_out, f"{self.prefix}{name}", expression.span)

    def provider_region(self, alias: str = "aws") -> Value:
        """The Region of a provider configuration, ``aws`` or ``aws.west``, as the module sees it."""
        for block in self.folder.declared.providers:
            name = block.labels[0] if block.labels else ""
            given = block.body.attributes.get("alias")
            own = f"{name}.{given.value_span.text.strip(chr(34))}" if given else name
            if own == alias and "region" in block.body.attributes:
                expression = block.body.attributes["region"].expression
                return self.memo(("region", alias), partial(settle, expression, self.frame), alias, block.header)
        if self.parent is not None:
            return self.parent.provider_region(self._passed_provider(alias))
        words = f"the Region of provider {alias} is not set in the code"
        return Unknown(f"provider.{alias}.region", (Reason(words),), type=STRING, nullable=False)

    def _passed_provider(self, alias: str) -> str:
        from vpce_lint.readers.terraform.ast import Literal, ObjectExpression  # noqa: PLC0415 (only needed here)

        attribute = self.call.body.attributes.get("providers") if self.call else None
        if attribute is not None and isinstance(attribute.expression, ObjectExpression):
            for key, value in attribute.expression.items:
                written = str(key.value) if isinstance(key, Literal) else key.span.text
                if written == alias:
                    return value.span.text.strip('"')
        return alias if "." not in alias else "aws"
