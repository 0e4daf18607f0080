"""Terraform's syntax as a typed tree: what the native and the JSON syntax both become.

Positions are spans of the file. Expressions hold no evaluated values. Everything that HCL leaves
to the parser is done here already: escapes are resolved, heredocs are dedented, ``~`` has stripped,
legacy splats are separated from the indexes behind them, chained conditionals are right-associative.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from vpce_lint.layout import Layout
    from vpce_lint.readers.terraform.template import Pieces
    from vpce_lint.source import Source, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """Any expression, and where it stands."""

    span: Span


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """A number, bool, ``null`` or plain string; ``pieces`` is what a string of a template or heredoc was made of."""

    value: str | bool | int | Fraction | None
    pieces: Pieces | None = field(default=None, compare=False, repr=False)

    def layout(self) -> Layout | None:
        """Where each character of a string is written."""
        from vpce_lint.readers.terraform.written import layout_of_literal  # noqa: PLC0415 (rarely asked for)

        return layout_of_literal(self)


@dataclass(frozen=True, slots=True)
class Template(Expression):
    """A quoted template or heredoc. One interpolation alone (``"${x}"``) is that expression's value as it is."""

    parts: tuple[Expression, ...]
    """Plain text is a ``Literal`` whose value is a string."""


@dataclass(frozen=True, slots=True)
class TemplateIf(Expression):
    """``%{ if condition }…%{ else }…%{ endif }`` inside a template."""

    condition: Expression
    then: Template
    otherwise: Template


@dataclass(frozen=True, slots=True)
class TemplateFor(Expression):
    """``%{ for key, value in collection }…%{ endfor }`` inside a template."""

    key: str | None
    value: str
    collection: Expression
    body: Template


@dataclass(frozen=True, slots=True)
class Name(Expression):
    """The first word of a traversal: ``var``, ``local``, ``aws_vpc``, ``each``, a ``for`` variable."""

    name: str


@dataclass(frozen=True, slots=True)
class GetAttr(Expression):
    """``object.name``; a legacy index ``object.0`` is an ``Index``."""

    object: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index(Expression):
    """``object[key]``."""

    object: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Splat(Expression):
    """``object[*].a.b[0]`` or ``object.*.a``: ``each`` is applied to every member, which it names ``SplatMember``."""

    object: Expression
    each: Expression


@dataclass(frozen=True, slots=True)
class SplatMember(Expression):
    """The member that the innermost enclosing splat looks at."""


@dataclass(frozen=True, slots=True)
class Call(Expression):
    """``name(arguments...)``; provider functions keep their ``provider::aws::name`` form, ``core::f`` is ``f``."""

    name: str
    arguments: tuple[Expression, ...]
    expand_last: bool = False


@dataclass(frozen=True, slots=True)
class Conditional(Expression):
    """``condition ? then : otherwise``."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """``left operator right`` with one of ``+ - * / % == != < <= > >= && ||``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """``-operand`` or ``!operand``."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class TupleExpression(Expression):
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ObjectExpression(Expression):
    """``{ key = value }``; a bare word as key is a ``Literal``, ``(word)`` is the expression."""

    items: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class For(Expression):
    """``[for k, v in collection : value if condition]`` or, with ``key_result``, ``{for … : key => value...}``."""

    key: str | None
    value: str
    collection: Expression
    key_result: Expression | None
    result: Expression
    condition: Expression | None
    grouping: bool = False


@dataclass(frozen=True, slots=True)
class TooDeep(Expression):
    """An expression nested deeper than the limit; it has not been read."""


@dataclass(slots=True)
class Attribute:
    """``name = expression``; the expression is built from the parse tree when first asked for."""

    name: str
    name_span: Span
    span: Span
    """The whole item."""
    value_span: Span
    build: Callable[[], Expression] = field(repr=False, compare=False)
    _expression: Expression | None = field(default=None, repr=False)

    @property
    def expression(self) -> Expression:
        """The right-hand side."""
        if self._expression is None:
            self._expression = self.build()
            del self.build  # lets go of the parse tree
        return self._expression


@dataclass(slots=True)
class Body:
    """What stands between braces, or in a file: attributes by name and blocks in order."""

    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
    span: Span
    nested: Callable[[str], tuple[Block, ...]] | None = field(default=None, repr=False, compare=False)
    """In JSON, an attribute seen as blocks: JSON alone does not tell which of the two a property is."""


@dataclass(slots=True)
class Block:
    """``type "label" { … }``; the body is built when first asked for."""

    type: str
    labels: tuple[str, ...]
    header: Span
    """From the type to the last label, or to the type's end: where a finding about the whole block points."""
    span: Span
    build: Callable[[], Body] = field(repr=False, compare=False)
    _body: Body | None = field(default=None, repr=False)

    @property
    def body(self) -> Body:
        """The block's content."""
        if self._body is None:
            self._body = self.build()
            del self.build  # as above
        return self._body


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a file, or a place in it, is not valid configuration."""

    message: str
    span: Span


@dataclass(slots=True)
class File:
    """A parsed file. Where ``problems`` is not empty, nothing in ``body`` may be relied upon."""

    source: Source
    body: Body
    problems: tuple[SyntaxProblem, ...] = ()
