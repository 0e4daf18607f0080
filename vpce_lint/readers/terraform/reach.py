"""The modules that a root can call, told from its code alone: what reaches nothing that concerns us isn't evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.ast import Literal
from vpce_lint.readers.terraform.module_source import is_local
from vpce_lint.readers.terraform.root import in_folder

if TYPE_CHECKING:
    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.terraform.root import Library


def called_folders(folder: str, library: Library) -> list[str]:
    """The folders that a folder's module calls name by a local path."""
    sources = (_source(block) for block in library.folder(folder).calls.values())
    return [in_folder(folder, source.replace("\\", "/")) for source in sources if source is not None]


def reached_folders(path: str, library: Library) -> list[Folder] | None:
    """A root and all modules that it may call; ``None`` where a call doesn't lead to a local folder that is there.

    Whether a call has instances isn't asked.
    """
    folders = {path: library.folder(path)}
    waiting = [path]
    while waiting:
        caller = waiting.pop()
        called = called_folders(caller, library)
        if len(called) < len(folders[caller].calls):
            return None
        for each in called:
            if each not in folders:
                if not library.boundary.contains(each) or not library.boundary.is_folder(each):
                    return None
                folders[each] = library.folder(each)
                waiting.append(each)
    return list(folders.values())


def _source(block: ast.Block) -> str | None:
    """A call's source, where that is written as a local path."""
    attribute = block.body.attributes.get("source")
    expression = attribute.expression if attribute else None
    if isinstance(expression, Literal) and isinstance(expression.value, str) and is_local(expression.value):
        return expression.value
    return None
