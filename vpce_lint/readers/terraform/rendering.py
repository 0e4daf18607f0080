"""Template files, as ``templatefile`` renders them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.condition import distribute
from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.conversion import to_string
from vpce_lint.readers.terraform.detached import Detached
from vpce_lint.readers.terraform.evaluator import evaluate
from vpce_lint.readers.terraform.frame import Frame, Module
from vpce_lint.readers.terraform.syntax import parse_template
from vpce_lint.truth import Reason
from vpce_lint.value import Mapping, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.source import Source, Span


def render(module: Module, source: Source, variables: Mapping, span: Span) -> Value:
    """The text of a template file of a module; it sees the variables that it is given and functions."""
    return render_in(Detached("a template file", module.context), source, variables, span)


def render_in(scope: Detached, source: Source, variables: Mapping, span: Span) -> Value:
    """The text of a template; a mistake in it is an unknown with the reason."""
    template = parse_template(source)
    if isinstance(template, ast.SyntaxProblem):
        why = (Reason(template.message, template.span),)
        return Unknown(f"template {source.path}", why, invalid=True, span=span)
    if variables.runs:
        return Unknown(f"template {source.path}", variables.reasons, nullable=False, span=span)
    value = evaluate(template, Frame(scope, names=variables.entries))
    return distribute(lambda values: to_string(values[0]), (value,))
