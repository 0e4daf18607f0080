"""Which templates are roots."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.cloudformation.nested import TYPES, Missing, nested_template
from vpce_lint.readers.cloudformation.node import Fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.readers.cloudformation.library import Library


def roots_of(files: Iterable[str], library: Library) -> list[str]:
    """The templates among the files that no other nests; of a circle that nobody nests, the first by path."""
    templates = [file for file in sorted(set(files)) if library.is_candidate(file) and library.template(file)]
    nests = {file: nested_files(file, library) for file in templates}
    nested = {inner for file, inners in nests.items() for inner in inners if inner != file}
    roots = [file for file in templates if file not in nested]
    reached = _reach(roots, nests)
    for file in templates:
        if file not in reached:
            roots.append(file)
            reached |= _reach([file], nests)
    return sorted(roots)


def reachable(starts: Iterable[str], files: Iterable[str], library: Library) -> set[str]:
    """The templates that are nested from some of them on, those included."""
    waiting = list(starts)
    return _reach(waiting, {each: nested_files(each, library) for each in {*waiting, *files}}) if waiting else set()


def roots_around(file: str, files: Iterable[str], library: Library) -> list[str]:
    """The roots among the files that reach a template; the template itself where nobody nests it."""
    among = {file, *(each for each in files if library.may_nest(each))}
    roots = roots_of(among, library)
    nests = {each: nested_files(each, library) for each in among}
    return [root for root in roots if file in _reach([root], nests)]


def nested_files(file: str, library: Library) -> list[str]:
    """The local templates that a template nests."""
    template = library.template(file)
    if template is None or isinstance(template, Broken):
        return []
    found: list[str] = []
    for entry in template.section("Resources").entries.values():
        if isinstance(entry.node, Fields) and entry.node.text("Type") in TYPES:
            nested = nested_template(entry.node, os.path.dirname(file), library)  # noqa: PTH120
            if not isinstance(nested, Missing):
                found.append(nested[0])
    return found


def _reach(starts: list[str], nests: dict[str, list[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(starts)
    while waiting:
        file = waiting.pop()
        if file not in reached:
            reached.add(file)
            waiting.extend(nests.get(file, ()))
    return reached
