"""The configuration that a plan was made from, as code: where its blocks and arguments are written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint.disk import DISK, Disk
from vpce_lint.model import Call
from vpce_lint.readers.plan.evaluation import Evaluation
from vpce_lint.readers.terraform.ast import Literal
from vpce_lint.readers.terraform.blocks import blocks_of
from vpce_lint.readers.terraform.boundary import Boundary
from vpce_lint.readers.terraform.folder import is_local
from vpce_lint.readers.terraform.notes import Comments
from vpce_lint.readers.terraform.root import Library, Root, in_folder
from vpce_lint.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.plan.plan import Module, PlannedResource
    from vpce_lint.readers.terraform.ast import Block
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.source import Span
    from vpce_lint.value import Value


class SourceCode:
    """A root module's folder.

    Modules are found by local paths and, where ``terraform init`` was run, among the downloaded ones. What isn't
    found has no place in the code.
    """

    def __init__(self, folder: Path, disk: Disk = DISK) -> None:
        self.boundary = Boundary.around(folder, Path.cwd(), disk)
        self._root = Root(disk.real(str(folder)), Library(self.boundary))
        self._paths: dict[tuple[str, ...], str | None] = {(): self._root.path}

    def resource(self, resource: PlannedResource) -> Span | None:
        """Where the block of a resource or data source begins."""
        block = self._block(resource)
        return block.header if block else None

    def argument(self, resource: PlannedResource, name: str) -> Span | None:
        """Where an argument's value is written."""
        block = self._block(resource)
        attribute = block.body.attributes.get(name) if block else None
        return attribute.value_span if attribute else None

    def calls(self, resource: PlannedResource) -> tuple[Call, ...]:
        """The module calls that lead to a resource, the innermost first; in the plan those that the code hasn't."""
        found: list[Call] = []
        module: Module | None = resource.module
        while module is not None and module.calls:
            call = self._call(module)
            found.append(Call(module.address, call.header) if call else module.calls[0])
            module = module.parent
        return tuple(found)

    def has_blocks(self, resource: PlannedResource, name: str) -> bool | None:
        """Whether a resource has nested blocks of a type, plain or dynamic; ``None`` where its block isn't found."""
        block = self._block(resource)
        return None if block is None else bool(blocks_of(block.body, name) or name in block.body.attributes)

    def evaluation(self, variables: dict[str, Value]) -> Evaluation:
        """The code with values for its variables."""
        library = self._root.library
        return Evaluation(Root(self._root.path, library, variables), library.folder(self._root.path))

    @property
    def files(self) -> set[str]:
        """The files that were read."""
        return {file for folder in self._root.library.folders for file in folder.files}

    def comments(self) -> Iterator[Comments]:
        """The comments in those files."""
        for source in map(self.boundary.read, sorted(self.files)):
            if isinstance(source, Source):
                yield Comments(source)

    def _block(self, resource: PlannedResource) -> Block | None:
        folder = self._folder(resource.module.names)
        if folder is None:
            return None
        declared = folder.declared.resources if resource.mode == "managed" else folder.declared.data
        blocks = declared.get((resource.type, resource.name))
        return blocks[0] if blocks else None

    def _call(self, module: Module) -> Block | None:
        caller = self._folder(module.names[:-1])
        return caller.calls.get(module.names[-1]) if caller else None

    def _folder(self, names: tuple[str, ...]) -> Folder | None:
        if names not in self._paths:
            self._paths[names] = self._find(names)
        path = self._paths[names]
        return None if path is None else self._root.library.folder(path)

    def _find(self, names: tuple[str, ...]) -> str | None:
        caller = self._folder(names[:-1])
        call = caller.calls.get(names[-1]) if caller else None
        attribute = call.body.attributes.get("source") if call else None
        source = attribute.expression if attribute else None
        if caller is None or not isinstance(source, Literal) or not isinstance(source.value, str):
            return None
        if is_local(source.value):
            path = in_folder(caller.path, source.value.replace("\\", "/"))
        else:
            path = self._root.downloaded(".".join(names)) or ""
        return path if path and self.boundary.contains(path) and self.boundary.is_folder(path) else None
