"""``Fn::ImportValue`` joined with the ``Export`` of another template that was scanned.

A name with holes, such as ``${NetworkStack}-SubnetA``, fits the export that has the same text around its own holes.
One stack of the other template is meant; imports that would need a second one stay open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.disk import Question
from vpce_lint.readers.cloudformation.evaluator import evaluate
from vpce_lint.readers.cloudformation.library import Broken
from vpce_lint.readers.cloudformation.node import Fields
from vpce_lint.readers.cloudformation.stack import Root, Stack
from vpce_lint.truth import Reason, gather
from vpce_lint.type_constraint import STRING
from vpce_lint.value import Known, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.readers.cloudformation.library import Library
    from vpce_lint.readers.cloudformation.template import Template
    from vpce_lint.source import Span

    Shape = tuple[str | None, ...]

LEAST_TEXT = 3
"""A name with holes needs so many known characters to be told from others."""


class ExportIndex:
    """What the roots of a reading export: files and outputs by the shape of the name, worked out once."""

    def __init__(self, library: Library, files: Iterable[str], given: Callable[[str], Value | None]) -> None:
        self.library = library
        self.given = given
        self._files = files
        self._outputs: dict[Shape, list[tuple[str, str]]] | None = None

    def outputs(self, shape: Shape) -> list[tuple[str, str]]:
        """The file and the output of each export of this shape."""
        self.library.boundary.note((Question("templates", str(self.library.boundary.top)),))
        if self._outputs is None:
            self._outputs = {}
            for file in self._files:
                for output, exported in self._names(file):
                    self._outputs.setdefault(exported, []).append((file, output))
        return self._outputs.get(shape, [])

    def template(self, file: str) -> Template | None:
        """The template in a file."""
        template = self.library.template(file)
        return None if isinstance(template, Broken) else template

    def _names(self, file: str) -> list[tuple[str, Shape]]:
        template = self.template(file)
        if template is None or b"Export" not in template.source.data:
            return []
        stack = Stack(Root(self.library, _Nothing()), file, template, given=self.given)
        found: list[tuple[str, Shape]] = []
        for output, (entry, scope) in stack.outputs().items():
            export = entry.node.fields("Export") if isinstance(entry.node, Fields) else None
            written = export.get("Name") if export else None
            shape = _shape(evaluate(written, scope)) if written is not None else None
            if shape is not None:
                found.append((output, shape))
        return found


class Exports:
    """The exports of all roots, as one of them sees those of the others."""

    def __init__(self, index: ExportIndex) -> None:
        self._index = index
        self._stacks: dict[str, Stack] = {}
        self._fillers: dict[str, tuple[str, ...]] = {}

    @property
    def used(self) -> list[Stack]:
        """The stacks that something was imported from."""
        return list(self._stacks.values())

    def value(self, name: Value, span: Span, importer: Stack) -> Value:
        """What an export's name stands for in a stack."""
        shape = _shape(name)
        found = self._index.outputs(shape) if shape is not None else []
        found = [(file, output) for file, output in found if file != importer.path]
        if len(found) == 1:
            file, output = found[0]
            stack = self._stack(file, importer.root, _fillers(name))
            value = stack.output(output) if stack else None
            if value is not None:
                return value.at(span)
        words = "is exported by several templates" if len(found) > 1 else "is exported by another stack"
        reasons = gather((Reason(f"{name} {words}", span), *name.reasons))
        written = name.symbol.replace("$", "") if isinstance(name, Text) else name.symbol
        return Unknown(f"ImportValue[{written}]", reasons, type=STRING, nullable=False, span=span)

    def _stack(self, file: str, root: Root, fillers: tuple[str, ...]) -> Stack | None:
        """The stack of a template, if it is the one that was imported from before; a plain name exists once only."""
        chosen = self._fillers.get(file)
        if fillers and chosen and fillers != chosen:
            return None
        self._fillers[file] = fillers or chosen or ()
        if file not in self._stacks:
            template = self._index.template(file)
            if template is None:
                return None
            prefix = f"{self._index.library.boundary.shown(file)}:"
            self._stacks[file] = Stack(root, file, template, prefix=prefix, given=self._index.given)
        return self._stacks[file]


class _Nothing:
    """No exports: the name of an export can't be an import."""

    used: tuple[Stack, ...] = ()

    def value(self, name: Value, span: Span, _: Stack) -> Value:
        """Refuse."""
        return Unknown(f"ImportValue[{name.symbol}]", (Reason("an export is named by an import", span),), span=span)


def _shape(name: Value) -> Shape | None:
    """The text of a name with its holes marked; ``None`` where too little of it is known."""
    if isinstance(name, Known):
        return (str(name),)
    if not isinstance(name, Text) or sum(len(part) for part in name.parts if isinstance(part, str)) < LEAST_TEXT:
        return None
    return tuple(part if isinstance(part, str) else None for part in name.parts)


def _fillers(name: Value) -> tuple[str, ...]:
    """What stands in the holes of a name."""
    return tuple(part.symbol for part in name.parts if isinstance(part, Value)) if isinstance(name, Text) else ()
