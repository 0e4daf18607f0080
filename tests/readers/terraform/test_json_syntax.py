"""The tree that JSON syntax becomes."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from oracle import require_terraform, terraform_validate
from tree import outline, shown

from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.blocks import blocks_of
from vpce_lint.readers.terraform.json_syntax import parse_json
from vpce_lint.source import Source


def read(text: str, path: str = "main.tf.json") -> ast.File:
    """A file in JSON syntax."""
    return parse_json(Source(path, text.encode()))


def attribute(value: str, block: str = '"locals": {{"a": {}}}') -> str:
    """What the value of a local becomes."""
    file = read(f"{{{block.format(value)}}}")
    assert file.problems == ()
    return shown(file.body.blocks[0].body.attributes["a"].expression)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (
            '{"resource": {"a": {"b": {"c": 1}, "d": {}}, "e": {"f": {}}}}',
            "resource a b{c=1}; resource a d{}; resource e f{}",
        ),
        ('{"resource": [{"a": [{"b": [{"c": 1}, {"c": 2}]}]}]}', "resource a b{c=1}; resource a b{c=2}"),
        ('{"locals": {"a": 1}, "locals": [{"b": 2}, {"c": 3}]}', "locals{a=1}; locals{b=2}; locals{c=3}"),
        ('[{"locals": {"a": 1}}, {"module": {"m": {"b": 2}}}]', "locals{a=1}; module m{b=2}"),
        ('{"//": 1, "locals": {"//": 2, "a": 3}, "output": {"//": "c"}}', "locals{a=3}"),
        ('{"locals": null, "output": {"a": null}, "module": {"m": [null]}}', ""),
        (
            '{"terraform": {"backend": {"s3": {"key": "${k}"}}, "required_providers": {"aws": {"source": "x"}}}}',
            "terraform{backend s3{key='${k}'}; required_providers{aws=(object 'source' 'x')}}",
        ),
        (
            '{"resource": {"a": {"b": {"lifecycle": {"precondition": [{"condition": "${x}"}]}}}}}',
            "resource a b{lifecycle{precondition{condition=(template x)}}}",
        ),
        (
            '{"resource": {"a": {"b": {"provisioner": {"local-exec": {"connection": {}}}}}}}',
            "resource a b{provisioner local-exec{connection{}}}",
        ),
        ('{"check": {"c": {"assert": {}, "data": {"a": {"b": {}}}}}}', "check c{assert{}; data a b{}}"),
        ('{"moved": [{"from": "a.b", "to": "a.c[0]"}]}', "moved{from=(. a b); to=([] (. a c) 0)}"),
    ],
)
def test_blocks(text: str, tree: str) -> None:
    """The language's own blocks are blocks, however their levels are written."""
    file = read(text)
    assert (file.problems, outline(file.body)) == ((), tree)


@pytest.mark.parametrize(
    ("value", "tree"),
    [
        ("null", "None"),
        ("true", "True"),
        ("-1.5", "-3/2"),
        ("1E2", "100"),
        ("-0", "0"),
        ('""', "''"),
        ('"a\\n\\u00e9\\/"', "'a\\né/'"),
        ('"\\ud83d\\ude00 \\ud83d"', "'😀 \ufffd'"),
        ('"e\\u0301"', "'é'"),
        ('"${var.x}"', "(template (. var x))"),
        ('"a \\"${f(\\"b\\")}\\""', "(template 'a \"' (f 'b') '\"')"),
        ('"$${x} \\\\n"', "'${x} \\\\n'"),
        ('"%{ if x ~} a%{ endif }"', "(template (%if x (template 'a') (template)))"),
        ('["a", {"b": [1]}]', "(tuple 'a' (object 'b' (tuple 1)))"),
        ('{"${k}": 1, "//": 2}', "(object (template k) 1 '//' 2)"),
    ],
)
def test_values(value: str, tree: str) -> None:
    """Values are literals and constructors; strings and keys are templates."""
    assert attribute(value) == tree


@pytest.mark.parametrize(
    ("block", "value", "tree"),
    [
        ('"resource": {{"x": {{"y": {{"a": {}}}}}}}', '"${b}"', "(template b)"),
        ('"resource": {{"x": {{"y": {{"depends_on": [], "a": {}}}}}}}', '"b.c"', "'b.c'"),
        ('"module": {{"m": {{"source": "./m", "a": {}}}}}', '"${b}"', "(template b)"),
        ('"variable": {{"v": {{"a": {}}}}}', '"list"', "'list'"),
    ],
)
def test_arguments_are_templates(block: str, value: str, tree: str) -> None:
    """An argument that Terraform has no other idea of is a template."""
    assert attribute(value, block) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ('{"variable": {"v": {"type": "map(list(string))"}}}', "variable v{type=(map (list string))}"),
        ('{"variable": {"v": {"type": "list", "default": "${x}"}}}', "variable v{type=list; default='${x}'}"),
        ('{"variable": {"v": {"default": {"${x}": ["%{"]}}}}', "variable v{default=(object '${x}' (tuple '%{'))}"),
        ('{"resource": {"a": {"b": {"provider": "aws.c"}}}}', "resource a b{provider=(. aws c)}"),
        (
            '{"resource": {"a": {"b": {"depends_on": ["c.d", "e.f"]}}}}',
            "resource a b{depends_on=(tuple (. c d) (. e f))}",
        ),
        (
            '{"resource": {"a": {"b": {"depends_on": ["${c.d}"]}}}}',
            "resource a b{depends_on=(tuple (template (. c d)))}",
        ),
        (
            '{"resource": {"a": {"b": {"lifecycle": {"ignore_changes": "all"}}}}}',
            "resource a b{lifecycle{ignore_changes=all}}",
        ),
        ('{"module": {"m": {"source": "a/${b}"}}}', "module m{source='a/${b}'}"),
        ('{"module": {"m": {"providers": {"aws": "aws.c"}}}}', "module m{providers=(object aws (. aws c))}"),
    ],
)
def test_references_and_verbatim_strings(text: str, tree: str) -> None:
    """Where native syntax wants a reference or a type, a string holds one; where it wants a constant, it is one."""
    file = read(text)
    assert (file.problems, outline(file.body)) == ((), tree)


def test_files_of_values() -> None:
    """In a file of variables' values every property is a constant, whatever its name."""
    file = read('{"resource": {"a": "${b}"}, "type": "list"}', "terraform.tfvars.json")
    assert (file.problems, outline(file.body)) == ((), "resource=(object 'a' '${b}'); type='list'")


NESTED = """{"resource": {"aws_x": {"y": {
  "ingress": [{"from": 1}, {"from": "${z}"}],
  "route": {"to": 2},
  "dynamic": {"ingress": {"for_each": "${l}", "content": {"from": 3}}},
  "tags": {"a": "b"},
  "names": ["c"],
  "none": []
}}}}"""


def test_attributes_seen_as_blocks() -> None:
    """A property with an object, or an array of objects, may be seen as blocks, dynamic ones among them."""
    body = read(NESTED).body.blocks[0].body
    assert set(body.attributes) == {"ingress", "route", "tags", "names", "none"}
    seen = {
        name: [(each.type, each.labels, outline(each.body)) for each in blocks_of(body, name)]
        for name in ("ingress", "route", "names", "none", "absent")
    }
    assert seen == {
        "ingress": [
            ("ingress", (), "from=1"),
            ("ingress", (), "from=(template z)"),
            ("dynamic", ("ingress",), "for_each=(template l); content{from=3}"),
        ],
        "route": [("route", (), "to=2")],
        "names": [],
        "none": [],
        "absent": [],
    }


def test_places() -> None:
    """Blocks, attributes and parts of templates stand where they stand in the file, escapes or not."""
    file = read('{"resource": {"é": {"b": {\n  "c": "\\u00e9\\n${d.e} f",\n  "g": ["${h}"]}}}}')
    block = file.body.blocks[0]
    first, second = block.body.attributes.values()
    assert isinstance(first.expression, ast.Template)
    assert isinstance(second.expression, ast.TupleExpression)
    inner = second.expression.items[0]
    assert isinstance(inner, ast.Template)
    spans = (
        block.header,
        first.name_span,
        first.span,
        first.expression.span,
        *(each.span for each in first.expression.parts),
        inner.span,
        inner.parts[0].span,
    )
    assert [(each.text, each.line, each.column) for each in spans] == [
        ('"b"', 1, 21),
        ('"c"', 2, 3),
        ('"c": "\\u00e9\\n${d.e} f"', 2, 3),
        ('"\\u00e9\\n${d.e} f"', 2, 8),
        ("\\u00e9\\n", 2, 9),
        ("d.e", 2, 19),
        (" f", 2, 23),
        ('"${h}"', 3, 9),
        ("h", 3, 12),
    ]


INVALID = {
    "": 1,
    "null": 1,
    '"x"': 1,
    "{": 1,
    '{"locals": {"a": 1,}}': 1,
    '{"locals":\n{"a": NaN}}': 1,
    '{"locals": {"a": -}}': 1,
    '{"locals": {"a": 01}}': 1,
    '{"locals": {"a": 1.}}': 1,
    '{"locals": {"a": "\t"}}': 1,
    '{"locals": {"a": "\\q"}}': 1,
    '{"locals":\n\u00a0{"a": 1}}': 2,
    '{"locals": {}} x': 1,
    '\ufeff{"locals": {}}': 1,
    '{"locals":\n {"a": 1,\n "a": 2}}': 3,
    '{"locals": {"b": {"a": 1,\n "a": "x"}}}': 2,
    '{"locals": {"a":\n "${"}}': 2,
    '{"locals": {"a":\n "\\u00e9 %{ if x }"}}': 2,
    '{"locals":\n 1}': 2,
    '{"output": {"a":\n "b"}}': 2,
}
"""Texts, and the line where the mistake is reported."""


@pytest.mark.parametrize(("text", "line"), INVALID.items())
def test_invalid_files(text: str, line: int) -> None:
    """A file that Terraform refuses has a problem and no body."""
    file = read(text)
    assert [each.span.line for each in file.problems] == [line]
    assert outline(file.body) == ""


@pytest.mark.parametrize("depth", [5_000, 500_000])
def test_deep_documents(depth: int) -> None:
    """A document nested beyond reason neither crashes nor blocks."""
    assert len(read("[" * depth + "]" * depth).problems) == 1


def test_deep_values() -> None:
    """A value nested beyond reason is left unread."""
    assert "too-deep" in attribute("[" * 400 + "]" * 400)
    assert "too-deep" not in attribute("[" * 150 + "]" * 150)


def test_terraform_agrees() -> None:
    """Terraform refuses what is refused here, and accepts what is accepted."""
    require_terraform()
    valid = [
        '{"locals": {"//": "c", "a": "${true ? 1 : 2} $${b}"}, "locals": {"b": {"${local.a}": [null]}}}',
        '[{"locals": {"a": 1E5}}, {"output": [{"a": {"value": "${local.a}"}}, {"b": [{"value": "\\ud800"}]}]}]',
        '{"variable": {"v": {"type": "map(string)", "default": {"a": "${"}}}, "locals": null}',
    ]
    assert [terraform_validate({"main.tf.json": text}) for text in valid] == [[], [], []]
    assert [read(text).problems for text in valid] == [(), (), ()]
    assert [text for text in INVALID if not terraform_validate({"main.tf.json": text})] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["ascii", "utf-8"]))
@example({"a\\": "\U0001f600\n", "\0": ["\u2028\u0301 e\u0301"]}, "ascii")
@example("${\\\n}", "utf-8")
def test_values_come_back(value: object, encoding: str) -> None:
    """Any JSON document is read as the value that it is, with strings in Unicode's normal form C."""
    text = json.dumps({"v": value}, ensure_ascii=encoding == "ascii")
    file = read(text, "a.tfvars.json")
    assert file.problems == ()
    assert _plain(file.body.attributes["v"].expression) == _normal(value)


def _plain(expression: ast.Expression) -> object:
    match expression:
        case ast.Literal(value=value):
            return value
        case ast.TupleExpression(items=items):
            return [_plain(each) for each in items]
        case ast.ObjectExpression(items=items):
            return {_plain(key): _plain(each) for key, each in items}
    raise AssertionError(expression)


def _normal(value: object) -> object:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [_normal(each) for each in value]
        case dict():
            return {_normal(key): _normal(each) for key, each in value.items()}
    return value
