"""What a plan keeps of the configuration: constants, and what each expression refers to, but not how."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vpce_lint.readers.plan.document import Part


class Expression(Struct, frozen=True, dict=True):
    """An expression of the configuration: a constant, or the names that it refers to."""

    part: Part

    @property
    def is_null(self) -> bool:
        """Whether it is the constant ``null``, which is as good as not given."""
        data = self.part.data
        return isinstance(data, dict) and "constant_value" in data and data["constant_value"] is None

    @cached_property
    def references(self) -> tuple[str, ...]:
        """What it refers to, each as far as it goes: of ``aws_vpc.main.id`` and ``aws_vpc.main``, the first."""
        if not isinstance(self.part.data, dict):
            return ()
        kept: list[str] = []
        last = ""
        for member in self.part.list("references"):
            name = member.data if isinstance(member.data, str) else member.refuse("a string")
            # After each reference stand its beginnings, from the longest to the shortest.
            if not (last.startswith(name) and last[len(name) : len(name) + 1] in {".", "["}):
                kept.append(name)
            last = name
        return tuple(kept)


class Block:
    """A block of the configuration: a resource, a module call or a nested block, which holds its expressions itself."""

    def __init__(self, part: Part, *, nested: bool = False) -> None:
        self._part = part
        self._nested = nested
        self._blocks: dict[str, tuple[Block, ...]] = {}
        self._arguments: dict[str, Expression | None] = {}

    def argument(self, name: str) -> Expression | None:
        """The expression of an argument; ``None`` where it isn't given."""
        if name not in self._arguments:
            part = self._expressions.get(name) if self._expressions else None
            self._arguments[name] = None if part is None else Expression(part)
        return self._arguments[name]

    @cached_property
    def _expressions(self) -> Part | None:
        return self._part if self._nested else self._part.object("expressions")

    def nested(self, name: str, argument: str) -> tuple[Expression, ...]:
        """The expressions of an argument in all nested blocks of a type; ``dynamic`` blocks are not in a plan."""
        found = [block.argument(argument) for block in self.blocks(name)]
        return tuple(expression for expression in found if expression is not None)

    def blocks(self, name: str) -> tuple[Block, ...]:
        """All nested blocks of a type, without ``dynamic`` ones."""
        if name not in self._blocks:
            part = self._expressions.get(name) if self._expressions else None
            members: Sequence[Part] = () if part is None else part.members if isinstance(part.data, list) else [part]
            self._blocks[name] = tuple(Block(each, nested=True) for each in members if isinstance(each.data, dict))
        return self._blocks[name]

    def agrees(self, values: dict[str, Any]) -> bool:
        """Whether planned values have the constants that this block gives."""
        given = self._expressions.data if self._expressions else {}
        return all(
            values.get(name) == each["constant_value"]
            for name, each in given.items()
            if isinstance(each, dict) and "constant_value" in each
        )

    @cached_property
    def iterated(self) -> Expression | None:
        """The expression of ``for_each``."""
        part = self._part.get("for_each_expression")
        return None if part is None else Expression(part)

    @property
    def is_repeated(self) -> bool:
        """Whether it has ``count`` or ``for_each``."""
        return self._part.get("count_expression") is not None or self.iterated is not None


class ModuleConfiguration:
    """The configuration of one module."""

    def __init__(self, part: Part, call: Block | None = None) -> None:
        self._part = part
        self._outputs: dict[str, Expression | None] = {}
        self.call = call

    @cached_property
    def resources(self) -> dict[tuple[str, str, str], Block]:
        """The blocks by mode, type and name."""
        return {
            (part.text("mode"), part.text("type"), part.text("name")): Block(part)
            for part in self._part.list("resources")
        }

    def output(self, name: str) -> Expression | None:
        """The expression of an output; ``None`` where there is none."""
        if name not in self._outputs:
            outputs = self._part.object("outputs")
            output = outputs.object(name) if outputs else None
            part = output.get("expression") if output else None
            self._outputs[name] = None if part is None else Expression(part)
        return self._outputs[name]

    @property
    def sensitive_variables(self) -> Iterable[str]:
        """The variables that are declared to be sensitive."""
        variables = self._part.object("variables")
        for name in variables.data if variables else ():
            declared = variables.object(name) if variables else None
            if declared is not None and declared.data.get("sensitive") is True:
                yield name

    @cached_property
    def called(self) -> dict[str, ModuleConfiguration]:
        """The modules that it calls, by the calls' names."""
        calls = self._part.object("module_calls")
        found = {}
        for name in calls.data if calls else ():
            call = calls.object(name) if calls else None
            module = call.object("module") if call else None
            if call is not None and module is not None:
                found[name] = ModuleConfiguration(module, Block(call))
        return found


class Configuration:
    """The configuration that a plan was made from; some tools leave it out."""

    def __init__(self, part: Part | None) -> None:
        root = part.object("root_module") if part else None
        self._root = ModuleConfiguration(root) if root else None

    @property
    def sensitive_variables(self) -> Iterable[str]:
        """The variables of the root module that are declared to be sensitive."""
        return self._root.sensitive_variables if self._root else ()

    def module(self, names: tuple[str, ...]) -> ModuleConfiguration | None:
        """The module that calls of these names lead to."""
        module = self._root
        for name in names:
            if module is None:
                return None
            module = module.called.get(name)
        return module

    def resource(self, names: tuple[str, ...], mode: str, type_: str, name: str) -> Block | None:
        """A resource's or data source's block."""
        module = self.module(names)
        return None if module is None else module.resources.get((mode, type_, name))

    def single_blocks(self, most_calls: int) -> Iterator[tuple[str, str, str, str]]:
        """Module address, mode, type and name of every block that certainly makes one instance."""
        waiting = [("", self._root, 0)]
        while waiting:
            address, module, depth = waiting.pop()
            if module is None or depth > most_calls:
                continue
            for key, block in module.resources.items():
                if not block.is_repeated:
                    yield (address, *key)
            for name, called in module.called.items():
                if called.call is None or not called.call.is_repeated:
                    child = f"{address}.module.{name}" if address else f"module.{name}"
                    waiting.append((child, called, depth + 1))
