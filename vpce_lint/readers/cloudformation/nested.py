"""Nested stacks: the local template that a stack resource names, as far as the code says which file that is.

``aws cloudformation package`` and SAM take a path beside the template; CDK keeps it in the metadata of the resource.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.cloudformation.node import Fields, text_of
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from vpce_lint.readers.cloudformation.library import Library
    from vpce_lint.readers.cloudformation.template import Template

TYPES = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
"""The resource types that are stacks, and the property that names the template."""

_REMOTE = regex(r"[a-z0-9]+://", re.IGNORECASE)


class Missing(Struct, frozen=True):
    """Why a nested stack's template isn't read."""

    words: str


def nested_template(resource: Fields, folder: str, library: Library) -> tuple[str, Template] | Missing:
    """The path and the template of a nested stack that a template in a folder declares."""
    properties = resource.fields("Properties")
    metadata = resource.fields("Metadata")
    asset = metadata.text("aws:asset:path") if metadata else None
    written = text_of(properties.get(TYPES[resource.text("Type") or ""])) if properties else None
    place = asset or written
    if place is None or "{{" in place:
        return Missing("its template is named by an expression")
    if _REMOTE.match(place):
        return Missing(f"its template {place} is not local")
    path = os.path.normpath(os.path.join(folder, place))  # noqa: PTH118 (it may be absolute)
    found = library.template(path)
    if isinstance(found, Broken):
        return Missing(f"its template {found.path} can't be read: {found.message}")
    if found is None:
        return Missing(f"{library.boundary.shown(path)} is no template")
    return path, found
