"""Where a module call's code lies (language documentation, "Module Sources")."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.readers.terraform.evaluator import evaluate
from vpce_lint.readers.terraform.folder import is_local
from vpce_lint.readers.terraform.root import in_folder
from vpce_lint.truth import Reason
from vpce_lint.value import Known, ResourceObject, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.frame import Frame
    from vpce_lint.readers.terraform.module import ModuleInstance


class Location(Struct, frozen=True):
    """A module's folder on disk, and its key in Terraform's manifest of modules."""

    path: str
    key: str


class Missing(Struct, frozen=True):
    """A module whose code can't be read; its outputs are unknown, and it is a gap."""

    parent: ModuleInstance
    address: str
    block: ast.Block
    frame: Frame
    words: str
    when: tuple[Value, ...] = ()
    family: bool = False

    @property
    def reason(self) -> Reason:
        """Why it can't be read."""
        return Reason(f"{self.address} {self.words}", self.block.header)

    @property
    def object(self) -> ResourceObject:
        """The module as its caller sees it: every output is unknown."""
        return ResourceObject(self.address, self._output, self.family)

    def _output(self, name: str) -> Value:
        return Unknown(f"{self.address}.{name}", (self.reason,))

    def arguments(self) -> Iterator[Value]:
        """The values that the call hands to it."""
        for attribute in self._attributes():
            yield evaluate(attribute.expression, self.frame)

    def texts(self) -> Iterator[str]:
        """The code of the expressions that the call hands to it."""
        for attribute in self._attributes():
            span = attribute.value_span
            yield span.source.data[span.start : span.end].decode("utf-8", "replace")

    def _attributes(self) -> Iterator[ast.Attribute]:
        for name, attribute in self.block.body.attributes.items():
            if name not in {"source", "version", "count", "for_each", "providers", "depends_on"}:
                yield attribute


def locate(module: ModuleInstance, name: str, block: ast.Block) -> Location | str:
    """The folder of a called module, or in words why there is none."""
    key = f"{module.key}.{name}" if module.key else name
    boundary = module.root.library.boundary
    attribute = block.body.attributes.get("source")
    source = evaluate(attribute.expression, module.frame) if attribute else None
    written = source.value if isinstance(source, Known) and isinstance(source.value, str) else None
    if written is not None and is_local(written):
        path = in_folder(module.folder.path, written.replace("\\", "/"))
        if not boundary.contains(path):
            return "is not read: its source lies outside the repository"
        if not boundary.is_folder(path):
            return f"is missing: there is no folder {boundary.shown(path)}"
        return Location(path, key)
    downloaded = module.root.downloaded(key)
    if downloaded is None:
        return "is not downloaded: run terraform init" if written else "has a source that is not known"
    if not boundary.contains(downloaded) or not boundary.is_folder(downloaded):
        return "is not downloaded: run terraform init again"
    return Location(os.path.normpath(downloaded), key)
