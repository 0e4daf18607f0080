"""Which folders of a tree are root modules."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.readers.terraform.ast import Literal
from vpce_lint.readers.terraform.folder import configuration_files
from vpce_lint.readers.terraform.ignore import Ignored
from vpce_lint.readers.terraform.module_source import is_local
from vpce_lint.readers.terraform.root import in_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.path_pattern import PathPatterns
    from vpce_lint.readers.terraform.root import Library

SKIPPED = {"node_modules", "venv", "site-packages", "__pycache__"}
NAMED_JSON = (".tf.json", ".tofu.json", ".tfvars.json")
TERRAGRUNT = {"terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"}


class Tree(Struct):
    """What a walk found: folders with configuration, other JSON files, Terragrunt files, which aren't read, what is excluded."""

    folders: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    terragrunt: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)


def walk(top: str, library: Library, excluded: Iterable[PathPatterns] = ()) -> Tree:
    """All folders with configuration below a folder, in order; hidden and ignored ones are left out.

    Links to folders aren't followed, so a loop of links can't hold the walk.
    """
    tree = Tree()
    ignored = Ignored(str(library.boundary.top), os.path.realpath(top), excluded)
    for place, folders, names in os.walk(top):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in SKIPPED
            and not os.path.exists(os.path.join(place, name, "pyvenv.cfg"))  # noqa: PTH110, PTH118
            and not ignored.folder(os.path.join(place, name))  # noqa: PTH118
        )
        kept = ignored.kept(place, names)
        primary, overrides = configuration_files(kept)
        if primary or overrides:
            tree.folders.append(os.path.normpath(place))
        tree.documents += [os.path.join(place, name) for name in sorted(kept) if _is_document(name)]  # noqa: PTH118
        tree.terragrunt += [os.path.join(place, name) for name in sorted(TERRAGRUNT.intersection(kept))]  # noqa: PTH118
    tree.excluded = ignored.left_out
    return tree


def _is_document(name: str) -> bool:
    return name.endswith(".json") and not name.startswith(".") and not name.endswith(NAMED_JSON)


def roots_of(folders: Iterable[str], library: Library) -> list[str]:
    """The folders that no other of them calls; of a cycle that nobody calls, the first by path."""
    ordered = sorted(set(folders))
    calls = {folder: [callee for callee in called_folders(folder, library) if callee != folder] for folder in ordered}
    called = {callee for callees in calls.values() for callee in callees}
    roots = [folder for folder in ordered if folder not in called]
    reached = _reach(roots, calls)
    for folder in ordered:
        if folder not in reached:
            roots.append(folder)
            reached |= _reach([folder], calls)
    return sorted(roots)


def _reach(starts: list[str], calls: dict[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        folder = waiting.pop()
        if folder not in reached:
            reached.add(folder)
            waiting.extend(calls.get(folder, ()))
    return reached


def callers_of(folder: str, folders: Iterable[str], library: Library) -> list[str]:
    """The roots among the folders that reach a folder; the folder itself where nobody calls it."""
    among = sorted({*folders, folder})
    calls = {each: called_folders(each, library) for each in among}
    return [root for root in roots_of(among, library) if folder in _reach([root], calls)]


def called_folders(folder: str, library: Library) -> list[str]:
    """The folders that a folder's module calls name by a local path."""
    found = []
    for block in library.folder(folder).calls.values():
        attribute = block.body.attributes.get("source")
        expression = attribute.expression if attribute else None
        if isinstance(expression, Literal) and isinstance(expression.value, str) and is_local(expression.value):
            found.append(in_folder(folder, expression.value.replace("\\", "/")))
    return found
