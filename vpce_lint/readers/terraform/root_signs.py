"""What shows that a folder is applied by itself, whoever calls it as a module besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.variable_input import found_files
from vpce_lint.regex import regex_of_words

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.folder import Folder
    from vpce_lint.readers.terraform.root import Library

STATE = regex_of_words((b"backend", b"cloud"), rb"\b(?:backend|cloud)\b")
"""What a file must hold to say where the state is kept."""


def is_applied_itself(folder: str, library: Library) -> bool:
    """Whether a folder says where its state is kept, or has values for its variables.

    Terraform heeds neither in a module that is called ("Backend block configuration overview", "Input Variables"), so
    whoever wrote it applies the folder. A provider block is no such sign: old modules have one.
    """
    return keeps_state(library.folder(folder)) or bool(found_files(folder, library.boundary))


def keeps_state(folder: Folder) -> bool:
    """Whether a folder has a ``backend`` or ``cloud`` block."""
    if not folder.mentions(STATE):
        return False
    return any(
        nested.type in {"backend", "cloud"} for block in folder.declared.terraform for nested in block.body.blocks
    )
