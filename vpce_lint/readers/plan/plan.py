"""A plan's resources: what they will be after it is applied, and what is not known yet.

Source: Terraform's documentation, "JSON Output Format"; OpenTofu's is the same.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from vpce_lint.model import Call
from vpce_lint.readers.plan.configuration import Configuration
from vpce_lint.readers.plan.document import LimitError, MalformedError
from vpce_lint.record import Record
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.plan.document import Part
    from vpce_lint.source import Span

MOST_CALLS = 40
"""Modules that call modules deeper than this aren't read."""

_VERSION = regex(r"(\d{1,6})\.\d{1,6}")
_NEWEST = 1
"""The newest major version of the format; a newer one may mean something else by the same words."""

_MODULE = regex(r'(?:^|\.)module\.([\w-]+)(?:\[(?:(\d{1,9})|"((?:[^"\\]|\\.)*)")\])?')

Key = int | str | None


class Module(Record, frozen=True):
    """A module instance: its address (empty for the root), the calls' names without keys, and its own key.

    ``calls`` are the places of the calls in the plan, the innermost first, where it has resources of its own.
    """

    apart: ClassVar[tuple[str, ...]] = ("calls",)

    address: str
    names: tuple[str, ...] = ()
    key: Key = None
    parent: Module | None = None
    calls: tuple[Call, ...] = ()

    @property
    def prefix(self) -> str:
        """What stands before the addresses of its resources."""
        return f"{self.address}." if self.address else ""


class PlannedResource(Struct, frozen=True, eq=False):
    """One resource instance, or data source, as it will be.

    ``values`` are its attributes as far as they are known, ``unknown`` and ``sensitive`` have the same
    shape with ``True`` for what isn't known yet or not to be shown. ``is_new``: it is created or replaced,
    so nothing is left from before.
    """

    address: str
    module: Module
    mode: str
    type: str
    name: str
    key: Key
    span: Span
    values: Part | None
    unknown: dict[str, Any]
    sensitive: Any
    is_new: bool
    is_imported: bool

    @property
    def block(self) -> tuple[str, str, str, str]:
        """Its block in its module instance: the module's address, mode, type and name."""
        return self.module.address, self.mode, self.type, self.name

    @property
    def identifier(self) -> str | None:
        """Its id, where that is known already."""
        identifier = self.values.data.get("id") if self.values is not None and self.knows("id") else None
        return identifier if isinstance(identifier, str) and identifier else None

    def knows(self, name: str) -> bool:
        """Whether an attribute is known, if only as ``null``."""
        return self.values is not None and name in self.values.data and not self.unknown.get(name)


class Plan:
    """What ``show -json`` says about a plan; ``MalformedError`` where that is not what the format describes."""

    def __init__(self, document: Part) -> None:
        if not isinstance(document.data, dict):
            document.refuse("an object")
        self._document = document
        self._check_version()
        self._changes = self._changes_by_address()
        self.configuration = Configuration(document.object("configuration"))

    def _check_version(self) -> None:
        version = self._document.text("format_version")
        found = _VERSION.fullmatch(version)
        if not found or int(found[1]) > _NEWEST:
            message = f"format version {version[:20]!r} is not known: 0 and {_NEWEST} are"
            raise MalformedError(message, self._document.pair("format_version"))

    @cached_property
    def resources(self) -> tuple[PlannedResource, ...]:
        """The resources and data sources that there will be; what is deleted isn't among them."""
        values = self._document.object("planned_values")
        if values is None or values.object("root_module") is None:
            message = "there is no planned_values.root_module"
            raise MalformedError(message, self.span)
        return self._unique(
            resource for resource in self._resources_in(values, self._changes) if not self._goes(resource.address)
        )

    @cached_property
    def unplanned(self) -> str | None:
        """The first managed resource that is said to stay or come, but isn't among those that there will be."""
        planned = {resource.address for resource in self.resources}
        for address, change in self._changes.items():
            if address not in planned and change.data.get("mode") == "managed" and not self._goes(address):
                return address
        return None

    def _goes(self, address: str) -> bool:
        change = self._changes.get(address)
        return change is not None and _actions(change) in ({"delete"}, {"forget"})

    @cached_property
    def found(self) -> tuple[PlannedResource, ...]:
        """The data sources that were read for the plan."""
        state = self._document.object("prior_state")
        below = self._resources_in(state.object("values") if state else None, {})
        return self._unique(resource for resource in below if resource.mode == "data")

    @cached_property
    def of_block(self) -> dict[tuple[str, str, str, str], list[PlannedResource]]:
        """The instances by their block; data sources also where they were read already."""
        blocks: defaultdict[tuple[str, str, str, str], list[PlannedResource]] = defaultdict(list)
        planned = {resource.address for resource in self.resources}
        read = (resource for resource in self.found if resource.address not in planned)
        for resource in (*self.resources, *read):
            blocks[resource.block].append(resource)
        return dict(blocks)

    @cached_property
    def of_key(self) -> dict[tuple[str, str, str, str, Key], PlannedResource]:
        """The instances by their block and key."""
        return {(*block, instance.key): instance for block, found in self.of_block.items() for instance in found}

    @cached_property
    def undone(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """The types and former attributes of the resources that are deleted, also to be replaced."""
        found = []
        for entry in self._changes.values():
            change = entry.object("change") if "delete" in _actions(entry) else None
            before = change.object("before") if change else None
            if before is not None:
                found.append((entry.text("type"), before.data))
        return tuple(found)

    @cached_property
    def variables(self) -> dict[str, Part | None]:
        """What the root module's variables were given, ``None`` for ``null``; not those that are sensitive."""
        variables = self._document.object("variables")
        given = {}
        for name in variables.data if variables else ():
            variable = variables.object(name) if variables else None
            if name not in self.sensitive_variables:
                given[name] = variable.get("value") if variable else None
        return given

    @cached_property
    def sensitive_variables(self) -> frozenset[str]:
        """The root module's variables whose values are not to be shown."""
        return frozenset(self.configuration.sensitive_variables)

    @property
    def is_complete(self) -> bool:
        """Whether it says of itself that nothing is left out; older versions say nothing about it."""
        data = self._document.data
        deferred = self._document.list("deferred_changes")
        return data.get("complete") is not False and data.get("errored") is not True and not deferred

    @property
    def span(self) -> Span:
        """The plan's first property."""
        return self._document.pair("format_version")

    def _changes_by_address(self) -> dict[str, Part]:
        """The entries of ``resource_changes``, without those of leftovers that are deleted in any case."""
        changes: dict[str, Part] = {}
        for change in self._document.list("resource_changes"):
            if change.get("deposed") is None:
                address = change.text("address")
                if address in changes:
                    message = f"{address} is changed twice"
                    raise MalformedError(message, change.span)
                changes[address] = change
        return changes

    def _resources_in(self, values: Part | None, changes: dict[str, Part]) -> Iterator[PlannedResource]:
        root = values.object("root_module") if values else None
        waiting: list[tuple[Part | None, Module]] = [(root, Module(""))]
        while waiting:
            part, module = waiting.pop()
            if part is None:
                continue
            for resource in part.list("resources"):
                yield _resource(resource, module, changes)
            waiting += [(child, _module(child, module)) for child in reversed(part.list("child_modules"))]

    @staticmethod
    def _unique(resources: Iterator[PlannedResource]) -> tuple[PlannedResource, ...]:
        found: dict[str, PlannedResource] = {}
        for resource in resources:
            if resource.address in found:
                message = f"{resource.address} is there twice"
                raise MalformedError(message, resource.span)
            found[resource.address] = resource
        return tuple(found.values())


def _module(part: Part, parent: Module) -> Module:
    """The module instance of a ``child_modules`` entry; modules without resources may be left out above it."""
    address = part.text("address")
    place = part.pair("address")
    module, at = parent, len(parent.address)
    while at < len(address):
        step = _MODULE.match(address, at) if address.startswith(parent.prefix) else None
        if step is None:
            break
        if len(module.names) >= MOST_CALLS:
            message = f"modules call modules more than {MOST_CALLS} levels deep"
            raise LimitError(message, place)
        at = step.end()
        called = address[:at]
        key = int(step[2]) if step[2] else step[3]
        module = Module(called, (*module.names, step[1]), key, module, (Call(called, place), *module.calls))
    if module is parent or at < len(address):
        message = f"{address[:100]!r} is no module below {parent.address or 'the root'}"
        raise MalformedError(message, place)
    return module


def _resource(part: Part, module: Module, changes: dict[str, Part]) -> PlannedResource:
    address = part.text("address")
    if not address.strip():
        message = "the address of a resource is empty"
        raise MalformedError(message, part.pair("address"))
    key = part.get("index")
    if key is not None and (isinstance(key.data, bool) or not isinstance(key.data, int | str)):
        key.refuse("a number or a string")
    entry = changes.get(address)
    change = entry.object("change") if entry else None
    unknown = change.object("after_unknown") if change else None
    return PlannedResource(
        address=address,
        module=module,
        mode=part.text("mode"),
        type=part.text("type"),
        name=part.text("name"),
        key=key.data if key else None,
        span=part.pair("address"),
        values=part.object("values"),
        unknown=unknown.data if unknown else {},
        sensitive=part.data.get("sensitive_values"),
        is_new=entry is not None and "create" in _actions(entry),
        is_imported=change is not None and change.get("importing") is not None,
    )


def _actions(entry: Part) -> set[str]:
    plain = entry.data.get("change")
    written = plain.get("actions") if isinstance(plain, dict) else None
    if isinstance(written, list) and all(isinstance(action, str) for action in written):
        return set(written)
    change = entry.object("change")
    actions = change.list("actions") if change else ()
    return {action.data if isinstance(action.data, str) else action.refuse("a string") for action in actions}
