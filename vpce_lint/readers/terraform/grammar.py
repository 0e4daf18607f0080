"""The tree-sitter grammar of HCL: which nodes there are, and what has to be done so that it reads as HCL does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tree_sitter_hcl
from msgspec import Struct
from tree_sitter import Language, Parser, Query, QueryCursor

from vpce_lint.regex import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from tree_sitter import Node

    from vpce_lint.source import Span

DEEPEST = 200
"""Levels of nesting beyond which nothing is read."""

_LANGUAGE = Language(tree_sitter_hcl.language())
_PARSER = Parser(_LANGUAGE)


def _kind(name: str, *, named: bool = True) -> int:
    return _LANGUAGE.id_for_node_kind(name, named) or 0


ATTR_SPLAT_MARK = _kind(".*", named=False)
ATTRIBUTE = _kind("attribute")
BINARY_OPERATION = _kind("binary_operation")
BLOCK = _kind("block")
BLOCK_END = _kind("block_end")
BLOCK_START = _kind("block_start")
BODY = _kind("body")
BOOL_LIT = _kind("bool_lit")
COLLECTION_VALUE = _kind("collection_value")
COMMENT = _kind("comment")
CONDITIONAL = _kind("conditional")
ELLIPSIS = _kind("ellipsis")
EXPRESSION = _kind("expression")
FOR_COND = _kind("for_cond")
FOR_EXPR = _kind("for_expr")
FULL_SPLAT_MARK = _kind("[*]", named=False)
FUNCTION_ARGUMENTS = _kind("function_arguments")
FUNCTION_CALL = _kind("function_call")
GET_ATTR = _kind("get_attr")
HEREDOC_TEMPLATE = _kind("heredoc_template")
IDENTIFIER = _kind("identifier")
INDEX = _kind("index")
LEGACY_INDEX = _kind("legacy_index")
LITERAL_VALUE = _kind("literal_value")
NULL_LIT = _kind("null_lit")
NUMERIC_LIT = _kind("numeric_lit")
OBJECT = _kind("object")
OBJECT_ELEM = _kind("object_elem")
OPERATION = _kind("operation")
SPLAT = _kind("splat")
STRING_LIT = _kind("string_lit")
TEMPLATE_DIRECTIVE = _kind("template_directive")
TEMPLATE_ELSE_INTRO = _kind("template_else_intro")
TEMPLATE_EXPR = _kind("template_expr")
TEMPLATE_FOR = _kind("template_for")
TEMPLATE_FOR_END = _kind("template_for_end")
TEMPLATE_FOR_START = _kind("template_for_start")
TEMPLATE_IF = _kind("template_if")
TEMPLATE_IF_END = _kind("template_if_end")
TEMPLATE_IF_INTRO = _kind("template_if_intro")
TEMPLATE_INTERPOLATION = _kind("template_interpolation")
TUPLE = _kind("tuple")
UNARY_OPERATION = _kind("unary_operation")
VARIABLE_EXPR = _kind("variable_expr")
DIRECTIVES = frozenset((TEMPLATE_DIRECTIVE, TEMPLATE_IF, TEMPLATE_FOR))
KEYWORDS = frozenset((BOOL_LIT, NULL_LIT))
OPENING_PARENTHESIS = _kind("(", named=False)
OPERATORS = {
    _kind(each, named=False): each
    for each in ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
}  # fmt: skip


class Text(Struct, frozen=True):
    """What is being parsed, and where in a file a range of its bytes stands."""

    data: bytes
    span: Callable[[int, int], Span]

    def of(self, node: Node) -> str:
        """What a node covers."""
        return self.data[node.start_byte : node.end_byte].decode()

    def place(self, node: Node) -> Span:
        """Where a node stands."""
        return self.span(node.start_byte, node.end_byte)


def tree(data: bytes) -> Node:
    """The root of the parse tree; offsets and lengths are those of ``data``, which alone is to be asked for text."""
    root = _PARSER.parse(_legible(data)).root_node
    if root.has_error:
        retried = _legible_on_error(data)
        if retried is not None:
            root = _PARSER.parse(retried).root_node
    return root


def every(root: Node, *kinds: str) -> list[Node]:
    """All nodes of some kinds, wherever they are."""
    query = Query(_LANGUAGE, f"[{' '.join(f'({each})' for each in kinds)}] @it")
    return QueryCursor(query).captures(root).get("it", [])


def parts(node: Node) -> list[Node]:
    """A node's children without the comments, which may stand anywhere."""
    return [each for each in node.children if each.kind_id != COMMENT]


def child(node: Node, kind: int) -> Node | None:
    """The first child of a kind."""
    return next((each for each in node.children if each.kind_id == kind), None)


# The grammar is wrong or too narrow in a few places. Each repair puts other bytes of the same number before the parser,
# so that the tree has the right shape; values are then read from the bytes of the file.

_LONG = 500
_LONG_BLANK = regex(rb"(?<!\s)\s{%d,}" % _LONG)
_SIGNS_BEFORE_ESCAPE = regex(rb"(?<!\$)\${3,}\{|(?<!%)%{3,}\{")
_HEREDOC = regex(rb"<<-?([^\W\d][\w-]*)[ \t]*\r?\n")
_SEQUENCE_AFTER_WORD = regex(rb"(?m)^([^\S\n]*)([^\W\d][\w-]*)(?=[^\S\n]*(?:\$+|%+)\{)")
_WHOLE_NUMBER_WITH_EXPONENT = regex(rb"(?<!\w)[0-9]+[eE][-+]?[0-9]+(?!\w)")
_LINE_END_BEFORE_KEY = regex(
    rb"(?m)^([ \t]*[\w()\".-]+[ \t]*[=:][ \t]*[\w-]+[ \t]*)\n(?=[ \t]*\([^()\n]*\)[ \t]*[=:][^=])"
)


def _legible(data: bytes) -> bytes:
    # The grammar takes this character for the end of the file; HCL has no use for either but in strings and comments.
    data = data.replace(b"\0", b"\1")
    if _LONG_BLANK.search(data):
        data = _LONG_BLANK.sub(lambda match: _as_comment(match[0]), data)
    if b"$$${" in data or b"%%%{" in data:
        # HCL takes the last two for the escape and those before for text; the grammar pairs them from the left.
        data = _SIGNS_BEFORE_ESCAPE.sub(lambda match: match[0][-3:].rjust(len(match[0]), b"."), data)
    if b"<<" in data:
        data = _without_markers_before_sequences(data)
    return data


def _as_comment(blank: bytes) -> bytes:
    """The grammar looks through all space that is left from each character of it, but passes a comment at once."""
    first, last = blank.find(b"\n"), blank.rfind(b"\n")
    if first < 0:
        return b"/*%s*/" % (b"." * (len(blank) - 4)) if len(blank) >= _LONG else blank
    lines = blank[first + 1 : last]
    between = b"#".ljust(len(lines), b".") if lines else b""
    end = b"\n" if last > first else b""
    return _as_comment(blank[:first]) + b"\n" + between + end + _as_comment(blank[last + 1 :])


def _without_markers_before_sequences(data: bytes) -> bytes:
    """In a heredoc ``EOT`` the grammar takes ``${`` for text in a line that starts with ``EOT${``."""
    markers = {match[1] for match in _HEREDOC.finditer(data)}

    def without(match: re.Match[bytes]) -> bytes:
        return match[1].ljust(len(match[0]), b".") if match[2] in markers else match[0]

    return _SEQUENCE_AFTER_WORD.sub(without, data) if markers else data


def _legible_on_error(data: bytes) -> bytes | None:
    """The grammar knows no ``1e5``, and takes ``(`` on the line after ``a = b`` for a call of ``b``."""
    repaired = _WHOLE_NUMBER_WITH_EXPONENT.sub(lambda match: b"0" * len(match[0]), data)
    repaired = _LINE_END_BEFORE_KEY.sub(rb"\1,", repaired)
    return _legible(repaired) if repaired != data else None
