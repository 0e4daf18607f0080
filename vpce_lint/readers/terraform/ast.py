"""Terraform's syntax as a typed tree: what the native and the JSON syntax both become.

Positions are spans of the file. Expressions hold no evaluated values. Everything that HCL leaves
to the parser is done here already: escapes are resolved, heredocs are dedented, ``~`` has stripped,
legacy splats are separated from the indexes behind them, chained conditionals are right-associative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from vpce_lint.layout import Layout
    from vpce_lint.readers.terraform.template import Pieces
    from vpce_lint.source import Source, Span


class Expression(Struct, frozen=True, kw_only=True):
    """Any expression, and where it stands."""

    span: Span


class Literal(Expression, frozen=True):
    """A number, bool, ``null`` or plain string; ``pieces`` is what a string of a template or heredoc was made of."""

    value: str | bool | int | Fraction | None
    pieces: Pieces | None = None

    def layout(self) -> Layout | None:
        """Where each character of a string is written."""
        from vpce_lint.readers.terraform.written import layout_of_literal  # noqa: PLC0415 (rarely asked for)

        return layout_of_literal(self)


class Template(Expression, frozen=True):
    """A quoted template or heredoc. One interpolation alone (``"${x}"``) is that expression's value as it is."""

    parts: tuple[Expression, ...]
    """Plain text is a ``Literal`` whose value is a string."""


class TemplateIf(Expression, frozen=True):
    """``%{ if condition }…%{ else }…%{ endif }`` inside a template."""

    condition: Expression
    then: Template
    otherwise: Template


class TemplateFor(Expression, frozen=True):
    """``%{ for key, value in collection }…%{ endfor }`` inside a template."""

    key: str | None
    value: str
    collection: Expression
    body: Template


class Name(Expression, frozen=True):
    """The first word of a traversal: ``var``, ``local``, ``aws_vpc``, ``each``, a ``for`` variable."""

    name: str


class GetAttr(Expression, frozen=True):
    """``object.name``; a legacy index ``object.0`` is an ``Index``."""

    object: Expression
    name: str


class Index(Expression, frozen=True):
    """``object[key]``."""

    object: Expression
    key: Expression


class Splat(Expression, frozen=True):
    """``object[*].a.b[0]`` or ``object.*.a``: ``each`` is applied to every member, which it names ``SplatMember``."""

    object: Expression
    each: Expression


class SplatMember(Expression, frozen=True):
    """The member that the innermost enclosing splat looks at."""


class Call(Expression, frozen=True):
    """``name(arguments...)``; provider functions keep their ``provider::aws::name`` form, ``core::f`` is ``f``."""

    name: str
    arguments: tuple[Expression, ...]
    expand_last: bool = False


class Conditional(Expression, frozen=True):
    """``condition ? then : otherwise``."""

    condition: Expression
    then: Expression
    otherwise: Expression


class Binary(Expression, frozen=True):
    """``left operator right`` with one of ``+ - * / % == != < <= > >= && ||``."""

    operator: str
    left: Expression
    right: Expression


class Unary(Expression, frozen=True):
    """``-operand`` or ``!operand``."""

    operator: str
    operand: Expression


class TupleExpression(Expression, frozen=True):
    """``[a, b]``."""

    items: tuple[Expression, ...]


class ObjectExpression(Expression, frozen=True):
    """``{ key = value }``; a bare word as key is a ``Literal``, ``(word)`` is the expression."""

    items: tuple[tuple[Expression, Expression], ...]


class For(Expression, frozen=True):
    """``[for k, v in collection : value if condition]`` or, with ``key_result``, ``{for … : key => value...}``."""

    key: str | None
    value: str
    collection: Expression
    key_result: Expression | None
    result: Expression
    condition: Expression | None
    grouping: bool = False


class TooDeep(Expression, frozen=True):
    """An expression nested deeper than the limit; it has not been read."""


class Attribute(Struct, eq=False):
    """``name = expression``; the expression is built from the parse tree when first asked for."""

    name: str
    name_span: Span
    span: Span
    """The whole item."""
    value_span: Span
    build: Callable[[], Expression]
    _expression: Expression | None = None

    @property
    def expression(self) -> Expression:
        """The right-hand side."""
        if self._expression is None:
            self._expression = self.build()
            del self.build  # lets go of the parse tree
        return self._expression


class Body(Struct, eq=False):
    """What stands between braces, or in a file: attributes by name and blocks in order."""

    attributes: dict[str, Attribute]
    blocks: tuple[Block, ...]
    span: Span
    nested: Callable[[str], tuple[Block, ...]] | None = None
    """In JSON, an attribute seen as blocks: JSON alone does not tell which of the two a property is."""


class Block(Struct, eq=False):
    """``type "label" { … }``; the body is built when first asked for."""

    type: str
    labels: tuple[str, ...]
    header: Span
    """From the type to the last label, or to the type's end: where a finding about the whole block points."""
    span: Span
    build: Callable[[], Body]
    _body: Body | None = None

    @property
    def body(self) -> Body:
        """The block's content."""
        if self._body is None:
            self._body = self.build()
            del self.build  # as above
        return self._body


class SyntaxProblem(Struct, frozen=True):
    """Why a file, or a place in it, is not valid configuration."""

    message: str
    span: Span


class File(Struct):
    """A parsed file. Where ``problems`` is not empty, nothing in ``body`` may be relied upon."""

    source: Source
    body: Body
    problems: tuple[SyntaxProblem, ...] = ()
