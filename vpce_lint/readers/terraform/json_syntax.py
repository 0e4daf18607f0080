"""Terraform's JSON syntax: ``*.tf.json`` and variable files become the same typed tree as native syntax.

JSON does not say which property is an argument, a block or a label; Terraform's schemas do. Known here are the blocks
of the language itself (``resource``, ``lifecycle``, ``dynamic`` …): they are ``Body.blocks``. Every other property of a
body is an attribute, which ``blocks_of`` sees as blocks where its value is an object or an array of objects.

A string is a template, except where Terraform takes it as it is or for a reference (``depends_on``, a variable's
``type``). A property given twice is two blocks; where a value can't be a block, it is an error. The property ``//`` is
a comment.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.grammar import DEEPEST
from vpce_lint.readers.terraform.json_grammar import ARRAY, NULL, NUMBER, OBJECT, PARSER, STRING, check
from vpce_lint.readers.terraform.json_string import decoded
from vpce_lint.readers.terraform.number import number
from vpce_lint.readers.terraform.syntax import parse_expression, parse_template_text
from vpce_lint.readers.terraform.template import normal
from vpce_lint.source import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from vpce_lint.source import Source

_COMMENT = "//"
_WORDS = {"true": True, "false": False, "null": None}
_CONFIGURATION = (".tf.json", ".tofu.json")

_FILE = {
    "check": 1,
    "data": 2,
    "ephemeral": 2,
    "import": 0,
    "locals": 0,
    "module": 1,
    "moved": 0,
    "output": 1,
    "provider": 1,
    "removed": 0,
    "resource": 2,
    "terraform": 0,
    "variable": 1,
}
_CONDITIONS = {"precondition": 0, "postcondition": 0}
_DYNAMIC = {"dynamic": 1}
_INSTANCE = {"connection": 0, "dynamic": 1, "lifecycle": 0, "provisioner": 1}
_NESTED = {
    "check": {"assert": 0, "data": 2},
    "cloud": {"workspaces": 0},
    "data": _INSTANCE,
    "dynamic": {"content": 0},
    "ephemeral": _INSTANCE,
    "lifecycle": _CONDITIONS,
    "locals": {},
    "module": {},
    "output": _CONDITIONS,
    "provisioner": {"connection": 0},
    "removed": {"lifecycle": 0, "provisioner": 1},
    "resource": _INSTANCE,
    "terraform": {"backend": 1, "cloud": 0, "provider_meta": 1, "required_providers": 0},
    "variable": {"validation": 0},
}
"""The language's own blocks inside a block, and their numbers of labels; in others there is only ``dynamic``."""

_REFERENCES = {
    "data": {"depends_on", "provider"},
    "ephemeral": {"depends_on", "provider"},
    "import": {"provider", "to"},
    "lifecycle": {"ignore_changes", "replace_triggered_by"},
    "module": {"depends_on", "providers"},
    "moved": {"from", "to"},
    "output": {"depends_on"},
    "removed": {"from"},
    "resource": {"depends_on", "provider"},
    "variable": {"type"},
}
_VERBATIM = {
    "module": {"source", "version"},
    "variable": {"default", "deprecated", "description"},
}
_VERBATIM_BLOCKS = {"backend", "cloud", "provider_meta", "required_providers", "terraform", "workspaces"}
_VALUES = "values"


def parse_json(source: Source) -> ast.File:
    """A file in JSON syntax; one that isn't named ``*.tf.json`` or ``*.tofu.json`` holds the values of variables."""
    whole = Span(source, 0, len(source.data))
    nothing = ast.Body({}, (), whole)
    problem = check(source)
    if problem:
        return ast.File(source=source, body=nothing, problems=(problem,))
    document = _Document(source)
    body = document.file()
    problems = tuple(document.problems)
    return ast.File(source=source, body=nothing if problems else body, problems=problems)


class _Document(Struct):
    """A valid JSON file on its way to the typed tree."""

    source: Source
    problems: list[ast.SyntaxProblem] = field(default_factory=list)

    def file(self) -> ast.Body:
        root = PARSER.parse(self.source.data).root_node
        if root.has_error or root.named_child_count != 1:
            self.refuse("this JSON is beyond the grammar", root)
            return ast.Body({}, (), self.place(root))
        top = root.named_children[0]
        if self.source.path.endswith(_CONFIGURATION):
            body = self.body(self.objects(top), top, "", _FILE)
        else:
            body = self.body(self.objects(top), top, _VALUES, {})
        self.read_templates(body)
        return body

    def read_templates(self, body: ast.Body) -> None:
        """A mistake in a template makes the file invalid, so templates are not left for later."""
        if b"${" not in self.source.data and b"%{" not in self.source.data:
            return
        waiting = [body]
        while waiting:
            each = waiting.pop()
            for attribute in each.attributes.values():
                _ = attribute.expression
            waiting += [block.body for block in each.blocks]

    def body(self, objects: list[Node], place: Node, kind: str, known: dict[str, int]) -> ast.Body:
        attributes: dict[str, ast.Attribute] = {}
        blocks: list[ast.Block] = []
        for each in objects:
            for name, key, value in self.properties(each):
                if name in known:
                    blocks += self.blocks(name, (), key, value, known[name])
                elif name not in attributes:
                    attributes[name] = self.attribute(kind, name, key, value)
        return ast.Body(attributes, tuple(blocks), self.place(place), partial(self.nested, objects))

    def properties(self, node: Node, *, comments: bool = False) -> Iterator[tuple[str, Node, Node]]:
        """Names, keys and values of an object."""
        for pair in node.named_children:
            key, _, value = pair.children
            name = self.text(key)
            if comments or name != _COMMENT:
                yield name, key, value

    def blocks(self, name: str, labels: tuple[str, ...], key: Node, value: Node, missing: int) -> Iterator[ast.Block]:
        """The blocks that a property is, after as many levels of labels as are still missing."""
        for each in self.objects(value):
            if missing:
                for label, label_key, inner in self.properties(each):
                    yield from self.blocks(name, (*labels, label), label_key, inner, missing - 1)
            else:
                yield self.block(name, labels, key, each, alone=each is value)

    def block(self, name: str, labels: tuple[str, ...], key: Node, value: Node, *, alone: bool) -> ast.Block:
        return ast.Block(
            type=name,
            labels=labels,
            header=self.place(key),
            span=Span(self.source, key.start_byte if alone else value.start_byte, value.end_byte),
            build=partial(self.body, [value], value, name, _NESTED.get(name, _DYNAMIC)),
        )

    def nested(self, objects: list[Node], name: str) -> tuple[ast.Block, ...]:
        """A property seen as blocks, if it can be."""
        found: list[ast.Block] = []
        for each in objects:
            for given, key, value in self.properties(each):
                members = value.named_children if value.kind_id == ARRAY else [value]
                if given == name and all(member.kind_id == OBJECT for member in members):
                    found += [self.block(name, (), key, member, alone=member is value) for member in members]
        return tuple(found)

    def objects(self, node: Node) -> list[Node]:
        """An object, or the objects of an array: blocks and labels may be given either way."""
        members = node.named_children if node.kind_id == ARRAY else [node]
        for each in members:
            if each.kind_id not in {OBJECT, NULL}:
                self.refuse("an object or an array of objects is needed here", each)
        return [each for each in members if each.kind_id == OBJECT]

    def attribute(self, kind: str, name: str, key: Node, value: Node) -> ast.Attribute:
        string = self.template
        if kind in _VERBATIM_BLOCKS or kind == _VALUES or name in _VERBATIM.get(kind, ()):
            string = self.verbatim
        elif name in _REFERENCES.get(kind, ()):
            string = self.reference
        return ast.Attribute(
            name=name,
            name_span=self.place(key),
            span=Span(self.source, key.start_byte, value.end_byte),
            value_span=self.place(value),
            build=partial(self.value, value, string, 0),
        )

    def value(self, node: Node, string: Callable[[Node], ast.Expression], depth: int) -> ast.Expression:
        kind = node.kind_id
        place = self.place(node)
        if depth > DEEPEST:
            return ast.TooDeep(span=place)
        if kind == STRING:
            return string(node)
        if kind == ARRAY:
            members = [self.value(each, string, depth + 1) for each in node.named_children]
            return ast.TupleExpression(span=place, items=tuple(members))
        if kind == OBJECT:
            items = [
                (string(key), self.value(value, string, depth + 1))
                for _, key, value in self.properties(node, comments=True)
            ]
            return ast.ObjectExpression(span=place, items=tuple(items))
        if kind == NUMBER:
            return number(place.text, place)
        return ast.Literal(span=place, value=_WORDS[place.text])

    def template(self, node: Node) -> ast.Expression:
        """A string in which sequences are read."""
        content = decoded(self.place(node))
        parsed = parse_template_text(content.data, content.span)
        if isinstance(parsed, ast.SyntaxProblem):
            self.problems.append(parsed)
            return self.verbatim(node)
        return replace(parsed, span=content.literal)

    def verbatim(self, node: Node) -> ast.Expression:
        """A string as it is."""
        return ast.Literal(span=self.place(node), value=self.text(node))

    def reference(self, node: Node) -> ast.Expression:
        """A string that holds an expression."""
        parsed = parse_expression(self.text(node), self.place(node))
        return self.template(node) if isinstance(parsed, ast.SyntaxProblem) else parsed

    def text(self, node: Node) -> str:
        return normal(decoded(self.place(node)).data.decode())

    def place(self, node: Node) -> Span:
        return Span(self.source, node.start_byte, node.end_byte)

    def refuse(self, message: str, node: Node) -> None:
        self.problems.append(ast.SyntaxProblem(message, self.place(node)))
