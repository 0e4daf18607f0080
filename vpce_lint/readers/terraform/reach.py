"""The modules that a root can call, told from its code alone: what reaches nothing that concerns us isn't evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.root import in_folder

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.terraform.root import Library


def called_folders(folder: str, library: Library) -> list[str]:
    """The folders that a folder's module calls name by a local path."""
    sources = library.folder(folder).sources
    return [in_folder(folder, source.replace("\\", "/")) for source in sources if source is not None]


def reached_folders(path: str, library: Library) -> list[Folder] | None:
    """A root and all modules that it may call; ``None`` where a call doesn't lead to a local folder that is there.

    Whether a call has instances isn't asked.
    """
    folders = {path: library.folder(path)}
    waiting = [path]
    while waiting:
        caller = waiting.pop()
        if None in folders[caller].sources:
            return None
        for each in called_folders(caller, library):
            if each not in folders:
                if not library.boundary.contains(each) or not library.boundary.is_folder(each):
                    return None
                folders[each] = library.folder(each)
                waiting.append(each)
    return list(folders.values())
