"""Expressions outside of any module: variable files, template files, single expressions."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.limits import WORK
from vpce_lint.readers.terraform.evaluator import evaluate
from vpce_lint.readers.terraform.frame import Frame
from vpce_lint.readers.terraform.invalid import invalid
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason
from vpce_lint.value import Mapping, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.readers.terraform.functions.context import Context


class Detached(Struct, frozen=True):
    """A scope with functions but no references; ``place`` says in words what kind of place it is."""

    place: str
    contexts: Callable[[Span], Context]

    @property
    def prefix(self) -> str:
        """Nothing: no address begins here."""
        return ""

    def resolve(self, root: str, name: str, span: Span) -> Value:
        """Refuse: nothing of a module can be seen here."""
        return invalid(f"{root}.{name} can't be used in {self.place}", span)

    def resource(self, mode: str, type_: str, name: str, span: Span) -> Value:
        """Refuse likewise."""
        prefix = "data." if mode == "data" else ""
        return invalid(f"{prefix}{type_}.{name} can't be used in {self.place}", span)

    def context(self, span: Span) -> Context:
        """What functions called here may ask for."""
        return self.contexts(span)

    def exhausted(self, span: Span) -> Unknown:
        """What stands in for what wasn't worked out as the steps of work are used up."""
        return self.limit(WORK.words, span)

    def limit(self, words: str, span: Span) -> Unknown:
        """Note that a limit was reached."""
        return self.contexts(span).limit(words)


_SERIALS = count(1)


class Alone(Struct, frozen=True):
    """A function context with nothing around it: no files."""

    span: Span

    def limit(self, words: str) -> Unknown:
        """Stand in for a result that was too much work."""
        return Unknown(f"limit@{self.span}", (Reason(f"limit reached: {words}", self.span),), span=self.span)

    def fresh(self, name: str) -> str:
        """An identity with a number that counts within the process: what stands alone has no root."""
        return f"{name}#{next(_SERIALS)}"

    def read(self, path: str) -> bytes | Unknown:
        """Refuse: there is no folder that paths could count from."""
        return self._no_files(path)

    def source(self, _path: str) -> Source | None:
        """There is none."""
        return None

    def names_below(self, folder: str, pattern: str) -> list[str] | Unknown:
        """Refuse likewise."""
        return self._no_files(f"{folder}/{pattern}")

    def render(self, data: bytes, path: str, variables: Mapping) -> Value:
        """Render text that is given as it is, as ``templatestring`` does."""
        from vpce_lint.readers.terraform.rendering import render_in  # noqa: PLC0415 (templates are rare)

        return render_in(Detached("a template", Alone), Source(path, data), variables, self.span)

    def _no_files(self, path: str) -> Unknown:
        return Unknown(f'file("{path}")', (Reason(f"{path} is not read: no files here", self.span),), nullable=False)


def evaluate_expression(text: str) -> Value:
    """The value of an expression that refers to nothing, such as ``cidrsubnet("10.0.0.0/8", 8, 1)``."""
    from vpce_lint.readers.terraform.syntax import parse  # noqa: PLC0415 (the parser loads when needed)

    source = Source("<expression>", f"value = {text}\n".encode())
    file = parse(source)
    if file.problems:
        return invalid(file.problems[0].message, file.problems[0].span)
    return evaluate(file.body.attributes["value"].expression, Frame(Detached("a constant expression", Alone)))
