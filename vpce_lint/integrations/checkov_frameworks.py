"""How checkov's runners keep what they scan: where their vertices are, and what it takes for one to be reported.

A runner reports a vertex only if its *context* knows the block: lines, code and comments. What is said here about
attributes of runners and vertices holds from checkov 3.0.0 on and is in none of its documents.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Protocol

from vpce_lint.integrations.checkov_address import Address, address_of
from vpce_lint.integrations.checkov_answers import Vertex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vpce_lint.integrations.checkov_answers import Spot
    from vpce_lint.readers.request import Dialect

    Entity = dict[str, Any]
    Context = dict[str, Any]

FILE, NAME, KIND, ADDRESS = "file_path_", "block_name_", "block_type_", "__address__"
KINDS = {"resource", "data", "module"}


class Framework(Protocol):
    """One kind of runner."""

    dialect: Dialect

    def vertex(self, runner: Any, entity: Entity, graph: int) -> Vertex | None:
        """A block as answers know it; nothing for one that checkov doesn't report."""

    def entity(self, runner: Any, spot: Spot, number: int) -> Entity:
        """Something that checkov reports at a place without a vertex; ``number`` tells it from others."""


def nodes_of(graph: Any) -> Iterator[Entity]:
    """The blocks of a graph of any of the three libraries that checkov works with."""
    if hasattr(graph, "vs"):  # igraph
        yield from graph.vs["attr"] if len(graph.vs) else ()
    elif hasattr(graph, "node_indices"):  # rustworkx
        yield from (node[1] for node in graph.nodes())
    else:  # networkx
        yield from (node for _, node in graph.nodes(data=True))


def vertices_of(framework: Framework, runner: Any, graphs: Sequence[Any]) -> tuple[Vertex, ...]:
    """All blocks in all graphs of a runner that it can report."""
    return tuple(
        vertex
        for number, graph in enumerate(graphs)
        for entity in nodes_of(graph)
        if entity.get(KIND) in KINDS and (vertex := framework.vertex(runner, entity, number))
    )


class Terraform:
    """Terraform's code: a context per file and chain of module calls."""

    dialect: Dialect = "terraform"

    def vertex(self, runner: Any, entity: Entity, graph: int) -> Vertex | None:
        """A resource, a data source or a module call.

        checkov takes names apart at every dot, so that it can't report an instance such as ``this["ecr.api"]``: what
        stands for it in our results is a copy under a name without.
        """
        chain = _chain(entity)
        kind, name = entity[KIND], str(entity[NAME])
        blocks = (runner.context or {}).get(_key(entity[FILE], chain), {}).get(kind, {})
        path = name.split(".", 0 if kind == "module" else 1)
        context = _inner(blocks, path)
        if context is None:
            return None
        if len(name.split(".")) != len(path):
            if kind == "module":
                return None
            alias = name.replace(".", "/").replace("/", ".", 1)
            head, tail = alias.split(".", 1)
            blocks[head][tail] = dict(context)
            entity = {**entity, NAME: alias, ADDRESS: entity.get(ADDRESS) or name}
        shown = str(entity.get(ADDRESS) or name)
        if kind == "module":  # checkov leaves out the word for the last one
            before, dot, last = shown.rpartition(".")
            shown = f"{before}{dot}module.{last}"
            entity = {**entity, ADDRESS: shown}
        address = address_of(shown)
        outermost = chain
        while outermost is not None and outermost.nested_tf_module:
            outermost = outermost.nested_tf_module
        root = os.path.dirname(outermost.path if outermost else entity[FILE])  # noqa: PTH120
        return _vertex(entity, graph, _marked(address, kind), root, context, "call" if kind == "module" else kind)

    def entity(self, runner: Any, spot: Spot, number: int) -> Entity:
        """A resource that isn't there, in the file's context."""
        runner.context = {} if runner.context is None else runner.context
        runner.breadcrumbs = runner.breadcrumbs or {}
        name = f"place_{number}"
        blocks = runner.context.setdefault(_key(spot.file, None), {}).setdefault("resource", {})
        blocks.setdefault("vpce_lint", {})[name] = _written(spot)
        config: Entity = {"vpce_lint": {name: {}}}
        return {FILE: spot.file, NAME: f"vpce_lint.{name}", KIND: "resource", ADDRESS: spot.address, "config_": config}


class Plan:
    """Plans: a context per file and address."""

    dialect: Dialect = "plan"

    def vertex(self, runner: Any, entity: Entity, graph: int) -> Vertex | None:
        """A resource or data source that is planned."""
        address = entity.get(ADDRESS)
        context = (runner.context or {}).get(entity[FILE], {}).get(address)
        if not address or not context or entity[KIND] == "module":
            return None
        return _vertex(entity, graph, _marked(address_of(address), entity[KIND]), entity[FILE], context)

    def entity(self, runner: Any, spot: Spot, number: int) -> Entity:
        """A resource that isn't planned, in the plan's context."""
        runner.context = runner.context or {}
        file = next((file for file in runner.context if os.path.realpath(file) == spot.file), spot.file)
        name = f"place_{number}"
        context = {**_written(spot), "address": self._reported(runner) or spot.address}
        runner.context.setdefault(file, {}).setdefault(spot.address, context)
        config: Entity = {"vpce_lint": {name: {}}}
        return {FILE: file, NAME: f"vpce_lint.{name}", KIND: "resource", ADDRESS: spot.address, "config_": config}

    @staticmethod
    def _reported(runner: Any) -> str | None:
        """An address that is planned: with ``--deep-analysis``, checkov drops results about any other."""
        planned = getattr(runner, "tf_plan_local_graph", None) if getattr(runner, "deep_analysis", False) else None
        return (
            next((block.attributes[ADDRESS] for block in planned.vertices if ADDRESS in block.attributes), None)
            if planned
            else None
        )


class Templates:
    """Templates of CloudFormation, SAM and CDK: a context per file and logical id."""

    dialect: Dialect = "cloudformation"

    def vertex(self, runner: Any, entity: Entity, graph: int) -> Vertex | None:
        """A resource of a template."""
        name = str(entity[NAME]).rpartition(".")[2]
        context = runner.context.get(entity[FILE], {}).get("Resources", {}).get(name)
        if not context or entity[KIND] != "resource":
            return None
        stack = "::Stack." in str(entity[NAME])
        vertex = _vertex(entity, graph, Address((name,), (None,)), entity[FILE], context)
        return vertex if not stack else _vertex(entity, graph, vertex.address, entity[FILE], context, "call")

    def entity(self, runner: Any, spot: Spot, number: int) -> Entity:
        """A resource that isn't there, in the template's context."""
        file = next((file for file in runner.context if os.path.realpath(file) == spot.file), spot.file)
        name = f"place_{number}"
        runner.context.setdefault(file, {}).setdefault("Resources", {})[name] = _written(spot)
        return {FILE: file, NAME: f"vpce_lint.{name}", KIND: "resource", "id_": spot.address, "id": spot.address}


class JsonSyntax:
    """Terraform's code in JSON, which checkov keeps apart: its vertices have no addresses, so every place is made."""

    dialect: Dialect = "terraform"

    def vertex(self, runner: Any, entity: Entity, graph: int) -> Vertex | None:
        """No vertex is a landing place."""

    def entity(self, runner: Any, spot: Spot, number: int) -> Entity:  # noqa: ARG002 (one signature for all)
        """A resource at the place."""
        file = next((file for file in runner.definitions_raw if os.path.realpath(file) == spot.file), spot.file)
        runner.definitions_raw.setdefault(file, [])
        place = spot.answer.location
        lines = {"__startline__": place.line, "__endline__": max(place.line, place.end_line)}
        return {FILE: file, KIND: "resource", "id_": spot.address, "id": spot.address, **lines}


FRAMEWORKS: Mapping[str, Framework] = {
    "terraform": Terraform(),
    "terraform_plan": Plan(),
    "cloudformation": Templates(),
    "terraform_json": JsonSyntax(),
}
"""By checkov's name for the kind of runner."""


def _vertex(
    entity: Entity, graph: int, address: Address, root: str, context: Context, kind: str = "resource"
) -> Vertex:
    return Vertex(
        entity=entity,
        graph=graph,
        kind=kind,
        address=address,
        root=os.path.realpath(root),
        file=os.path.realpath(entity[FILE]),
        lines=(int(context.get("start_line") or 1), int(context.get("end_line") or 1)),
        skips=frozenset(str(skip.get("id")) for skip in context.get("skipped_checks") or ()),
    )


def _marked(address: Address, kind: str) -> Address:
    """The address with the word that checkov leaves out of a data source's."""
    local = address.local
    if kind != "data" or local.names[:1] == ("data",):
        return address
    at = len(address.names) - len(local.names)
    return Address((*address.names[:at], "data", *local.names), (*address.keys[:at], None, *local.keys))


def _key(file: str, chain: Any) -> Any:
    from checkov.terraform.modules.module_objects import TFDefinitionKey  # noqa: PLC0415 (only checkov has checkov)

    return TFDefinitionKey(file_path=file, tf_source_modules=chain)


def _chain(entity: Entity) -> Any:
    """The chain of module calls to a block's file, from the inside; ``None`` in a root module."""
    from checkov.terraform.modules.module_objects import TFModule  # noqa: PLC0415 (only checkov has checkov)

    chain = entity.get("source_module_object_")
    return TFModule.from_json(chain) if isinstance(chain, dict) else chain


def _inner(blocks: Context, path: Sequence[str]) -> Context | None:
    found: Any = blocks
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) and found else None


def _written(spot: Spot) -> Context:
    """A context for a place: the line that the answer shows, and no comment that could skip anything."""
    place = spot.answer.location
    code = [(place.line, f"{place.excerpt.text}\n")] if place.excerpt else []
    return {"start_line": place.line, "end_line": place.line, "code_lines": code, "skipped_checks": []}
