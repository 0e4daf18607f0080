"""``Fn::ImportValue`` joined with the ``Export`` of another template that was scanned.

A name with holes, such as ``${NetworkStack}-SubnetA``, fits the export that has the same text around its own holes.
One stack of the other template is meant; imports that would need a second one stay open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.cloudformation.evaluator import evaluate
from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.cloudformation.node import Fields
from vpce_lint.readers.cloudformation.stack import Root, Stack
from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import STRING
from vpce_lint.value import Known, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.readers.cloudformation.library import Library
    from vpce_lint.source import Span

LEAST_TEXT = 3
"""A name with holes needs so many known characters to be told from others."""


class Exports:
    """The exports of the roots of a reading, as one of them sees the others."""

    def __init__(self, library: Library, files: Iterable[str]) -> None:
        self._library = library
        self._files = files
        self._stacks: list[Stack] | None = None
        self._chosen: dict[str, tuple[str, ...]] = {}
        self.root: Root | None = None

    def value(self, name: Value, span: Span, importer: str) -> Value:
        """What an export's name stands for in the template with this path."""
        written = name.symbol.replace("$", "") if isinstance(name, Text) else name.symbol
        symbol = f"ImportValue[{written}]"
        found = list(self._fitting(name, importer))
        if len(found) == 1:
            stack, output, fillers = found[0]
            if self._is_same_stack(stack, fillers):
                value = stack.output(output)
                if value is not None:
                    return value.at(span)
        words = "is exported by several templates" if len(found) > 1 else "is exported by another stack"
        reasons = gather((Reason(f"{name} {words}", span), *name.reasons))
        return Unknown(symbol, reasons, type=STRING, nullable=False, span=span)

    def _is_same_stack(self, stack: Stack, fillers: tuple[str, ...]) -> bool:
        """Whether it is the stack of this template that was imported from before; a plain name exists once only."""
        chosen = self._chosen.setdefault(stack.path, fillers)
        if fillers and not chosen:
            chosen = self._chosen[stack.path] = fillers
        return not fillers or fillers == chosen

    @property
    def used(self) -> list[Stack]:
        """The stacks that something was imported from."""
        return [stack for stack in self._stacks or () if stack.path in self._chosen]

    def _fitting(self, name: Value, importer: str) -> Iterator[tuple[Stack, str, tuple[str, ...]]]:
        for stack in self._others():
            if stack.path == importer:
                continue
            for output, (entry, scope) in stack.outputs().items():
                export = entry.node.fields("Export") if isinstance(entry.node, Fields) else None
                written = export.get("Name") if export else None
                if written is not None:
                    fillers = _fillers(name, evaluate(written, scope))
                    if fillers is not None:
                        yield stack, output, fillers

    def _others(self) -> list[Stack]:
        if self._stacks is None and self.root is not None:
            self._stacks = []
            for file in self._files:
                template = self._library.template(file)
                if template is not None and not isinstance(template, Broken) and b"Export" in template.source.data:
                    shown = self._library.boundary.shown(file)
                    self._stacks.append(Stack(self.root, file, template, prefix=f"{shown}:"))
        return self._stacks or []


def _fillers(wanted: Value, exported: Value) -> tuple[str, ...] | None:
    """What fills the holes of an export's name so that it is the one wanted; ``None`` where it can't be."""
    if isinstance(wanted, Known) and isinstance(exported, Known):
        return () if wanted == exported else None
    if not (isinstance(wanted, Text) and isinstance(exported, Text)):
        return None
    pieces = [[part for part in name.parts if isinstance(part, str)] for name in (wanted, exported)]
    shapes = [[isinstance(part, str) for part in name.parts] for name in (wanted, exported)]
    if pieces[0] != pieces[1] or shapes[0] != shapes[1] or sum(map(len, pieces[0])) < LEAST_TEXT:
        return None
    return tuple(part.symbol for part in wanted.parts if isinstance(part, Value))
