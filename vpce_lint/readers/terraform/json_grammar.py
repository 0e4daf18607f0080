"""JSON documents: ``json`` decides which are valid, the tree-sitter grammar tells where everything stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

import tree_sitter_json
from tree_sitter import Language, Parser

from vpce_lint.readers.terraform import ast
from vpce_lint.source import Span

if TYPE_CHECKING:
    from vpce_lint.source import Source

_LANGUAGE = Language(tree_sitter_json.language())
PARSER = Parser(_LANGUAGE)

ARRAY = _LANGUAGE.id_for_node_kind("array", True) or 0  # noqa: FBT003  # takes no keywords
NULL = _LANGUAGE.id_for_node_kind("null", True) or 0  # noqa: FBT003
NUMBER = _LANGUAGE.id_for_node_kind("number", True) or 0  # noqa: FBT003
OBJECT = _LANGUAGE.id_for_node_kind("object", True) or 0  # noqa: FBT003
PAIR = _LANGUAGE.id_for_node_kind("pair", True) or 0  # noqa: FBT003
STRING = _LANGUAGE.id_for_node_kind("string", True) or 0  # noqa: FBT003


class RefusedError(ValueError):
    """Something that ``json`` alone would let through."""


class RepeatedError(RefusedError):
    """A property that is given twice; its name is the only argument."""


def check(source: Source) -> ast.SyntaxProblem | None:
    """Why a file is no JSON document that Terraform would read."""
    text = source.data.decode()
    whole = Span(source, 0, len(source.data))
    try:
        document = json.loads(
            text, parse_int=str, parse_float=str, parse_constant=_refuse_constant, object_pairs_hook=_refuse_repetition
        )
    except json.JSONDecodeError as error:
        at = len(text[: error.pos].encode())
        place = Span(source, at, min(at + 1, len(source.data)))
        return ast.SyntaxProblem(f"near line {place.line}: this is not valid JSON: {error.msg}", place)
    except RepeatedError as error:
        return ast.SyntaxProblem(f'property "{error}" is given twice', _second(source, str(error)))
    except RefusedError as error:
        return ast.SyntaxProblem(str(error), whole)
    except RecursionError:
        return ast.SyntaxProblem("this JSON is nested too deep", whole)
    if not isinstance(document, dict | list):
        return ast.SyntaxProblem("the document has to be an object", whole)
    return None


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise RefusedError(message)


def _refuse_repetition(properties: list[tuple[str, Any]]) -> dict[str, Any]:
    """A property given twice makes two blocks; where a value can't be blocks, Terraform refuses it."""
    seen: dict[str, Any] = {}
    for name, value in properties:
        if name in seen and name != "//" and not (_can_be_blocks(value) and _can_be_blocks(seen[name])):
            raise RepeatedError(name)
        seen[name] = None if isinstance(value, dict | list) else value
    return seen


def _can_be_blocks(value: Any) -> bool:
    return value is None or isinstance(value, dict | list)


def _second(source: Source, name: str) -> Span:
    """Where a property of an object is given for the second time."""
    waiting = [PARSER.parse(source.data).root_node]
    while waiting:
        node = waiting.pop()
        keys = [pair.children[0] for pair in node.named_children if pair.kind_id == PAIR]
        spans = [Span(source, key.start_byte, key.end_byte) for key in keys]
        same = [span for span in spans if json.loads(span.text) == name]
        if len(same) > 1:
            return same[1]
        waiting.extend(reversed(node.named_children))
    return Span(source, 0, len(source.data))
