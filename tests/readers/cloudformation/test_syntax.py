"""YAML and JSON templates as nodes with places."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.readers.cloudformation.json_syntax import parse_json
from vpce_lint.readers.cloudformation.node import DEEPEST, Fields, Items, Node, Scalar, SyntaxFault, walk
from vpce_lint.readers.cloudformation.template import read_template
from vpce_lint.readers.cloudformation.yaml_syntax import parse_yaml
from vpce_lint.source import Source

PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x7f\x85\u2028\u2029\ufeff"))
DATA = st.recursive(
    PRINTABLE | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE.filter(lambda key: key != "<<"), inner, max_size=4)
    ),
    max_leaves=12,
)


def source(text: str) -> Source:
    """A file."""
    return Source("t", text.encode())


def data_of(node: Node) -> Any:
    """A node as plain data."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [data_of(item) for item in node.items]
    return {key: data_of(entry.node) for key, entry in node.entries.items()}


def in_yaml(text: str) -> Any:
    """The data of a YAML text."""
    node = parse_yaml(source(text))
    return None if node is None else data_of(node)


@given(DATA, st.sampled_from([None, 1, 4]), st.booleans())
def test_json_is_read_as_json_reads_it(data: object, indent: int | None, escaped: bool) -> None:  # noqa: FBT001
    """Whatever the layout and the escapes, the nodes are the document."""
    assert data_of(parse_json(source(json.dumps(data, indent=indent, ensure_ascii=escaped)))) == data


@given(DATA, st.sampled_from([None, True, False]), st.booleans())
def test_yaml_is_read_as_yaml_reads_it(data: object, flow: bool | None, wide: bool) -> None:  # noqa: FBT001
    """Whatever the style of collections and strings, the nodes are the document."""
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=wide, sort_keys=False)
    assert in_yaml(text) == yaml.load(text, Loader=yaml.SafeLoader)


@given(DATA.filter(lambda data: isinstance(data, dict)))
def test_both_syntaxes_make_the_same_nodes(data: object) -> None:
    """JSON is YAML, so that the two readers of it have to agree."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    one, other = parse_json(source(text)), parse_yaml(source(text))
    assert other is not None
    assert data_of(one) == data_of(other)
    places = [[(each.span.start, each.span.end) for each in walk(node)] for node in (one, other)]
    assert places[0] == places[1]


@given(DATA)
def test_places_hold_what_is_written_there(data: object) -> None:
    """The text at a node's place, read by itself, is the node."""
    for each in walk(parse_json(source(json.dumps(data, ensure_ascii=False, indent=2)))):
        assert json.loads(each.span.text) == data_of(each)


def test_places_in_yaml() -> None:
    """Blocks end with what is in them; characters of several bytes are counted as one column."""
    text = "Ä:\n  - ü: [é, x] # comment\n    b: |\n      one\n      two\n\n  - !Ref ö\nLast: 'q'\n"
    top = parse_yaml(source(text))
    assert isinstance(top, Fields)
    listed = top.get("Ä")
    assert isinstance(listed, Items)
    first = listed.items[0]
    assert isinstance(first, Fields)
    assert listed.span.text == "- ü: [é, x] # comment\n    b: |\n      one\n      two\n\n  - !Ref ö"
    assert first.entries["ü"].key.text == "ü"
    assert first.entries["ü"].node.span.text == "[é, x]"
    assert first.entries["b"].node.span.text == "|\n      one\n      two"
    assert (listed.items[1].span.line, listed.items[1].span.column, listed.items[1].span.text) == (7, 5, "!Ref ö")
    assert (top.entries["Last"].key.line, top.entries["Last"].key.column) == (8, 1)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("!Ref X", {"Ref": "X"}),
        ("!GetAtt A.B", {"Fn::GetAtt": "A.B"}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("!Join ['', [a, !Sub '${B}']]", {"Fn::Join": ["", ["a", {"Fn::Sub": "${B}"}]]}),
        ("!Condition C", {"Condition": "C"}),
        ("!If\n- C\n- yes\n- 'yes'", {"Fn::If": ["C", True, "yes"]}),
        ("!Ref 'on'", {"Ref": "on"}),
        ("!!str true", "true"),
        ("[1, 0x10, 1.5, 2012-10-17, 012345678901, 1_0]", ["1", "0x10", "1.5", "2012-10-17", "012345678901", "1_0"]),
        ("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3", {"a": {"p": "1", "q": "2"}, "b": {"q": "3", "p": "1"}}),
        ("a: &x [1]\nb: [*x, *x]", {"a": ["1"], "b": [["1"], ["1"]]}),
        ("a:\nb: ~", {"a": None, "b": None}),
        ("\ufeffa: b", {"a": "b"}),
    ],
)
def test_yaml_forms(text: str, data: object) -> None:
    """Short forms are long forms; numbers stay as they are written."""
    assert in_yaml(text) == data


def test_what_json_takes_and_yaml_does_not() -> None:
    """Tabs, escaped slashes, long keys, halves of surrogate pairs, strings with line breaks."""
    long = "k" * 2000
    text = '{"Resources":\t{"' + long + '": "a\\/b",\n\t"u": "\\ud83d\\ude00 \\ud83d", "t": "a\tb\nc"}}'
    top = parse_json(source(text))
    assert data_of(top) == {"Resources": {long: "a/b", "u": "😀 \ufffd", "t": "a\tb\nc"}}


HEAD = "AWSTemplateFormatVersion: x\nResources: "


@pytest.mark.parametrize(
    ("text", "words", "is_limit"),
    [
        (HEAD + "[" * 10_000, f"more than {DEEPEST} deep", True),
        (HEAD + "\n" + "\n".join(" " * depth + "a:" for depth in range(1, 5_000)), f"more than {DEEPEST} deep", True),
        ('{"Resources":' * 10_000, f"more than {DEEPEST} deep", True),
        (HEAD + "{a: 1, a: 2}", '"a" is given twice', False),
        ('{"Resources": {"a": 1, "a": 2}}', '"a" is given twice', False),
        ("Resources:\n\ta: b", "near line 2: this is not valid YAML", False),
        (HEAD + "{a: *b}", 'no anchor "b"', False),
        (HEAD + "{a: b}\n---\nc: d", "single document", False),
        (HEAD + "{? [a] : b}", "a key has to be a string", False),
        (HEAD + "{<<: a}", "only a map can be merged", False),
        ('{"Resources": "' + '\\"' * 300_000, "not valid", False),
        ('{"Resources": {}} x', "not valid", False),
    ],
)
def test_refused(text: str, words: str, is_limit: bool) -> None:  # noqa: FBT001
    """Bad input gets a clear answer, quickly."""
    start = time.process_time()
    with pytest.raises(SyntaxFault) as fault:
        read_template(source(text))
    assert time.process_time() - start < 2
    assert words in fault.value.message
    assert fault.value.limit is is_limit


def test_json_has_no_such_numbers() -> None:
    """What Python's own reader would let through is no JSON."""
    with pytest.raises(SyntaxFault):
        parse_json(source('{"a": NaN}'))


def test_alias_bomb() -> None:
    """Aliases that stand for billions of nodes are refused before anything walks through them."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    with pytest.raises(SyntaxFault) as fault:
        read_template(source("Resources:\n  " + "\n  ".join(lines)))
    assert fault.value.limit
    deep = ["b0: &b0 [x]", *(f"b{level}: &b{level} [*b{level - 1}]" for level in range(1, 300))]
    with pytest.raises(SyntaxFault) as fault:
        read_template(source("Resources:\n  " + "\n  ".join(deep)))
    assert fault.value.limit


@pytest.mark.parametrize(
    ("text", "is_template"),
    [
        ("Resources: {A: {Type: AWS::S3::Bucket}}", True),
        ("Resources: {A: {Type: Custom::X}}", True),
        ("AWSTemplateFormatVersion: 2010-09-09\nResources: {A: {Properties: {}}}", True),
        ("Resources: {'Fn::ForEach::X': [a, [b], {}]}", True),
        ('{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}, }', True),
        ("Resources: {A: {Type: Bucket}}", False),
        ("Resources: [a]", False),
        ("resources: {Resources: {A: {Type: AWS::S3::Bucket}}}", False),
        ("AWSTemplateFormatVersion", False),
        ("- Resources: a", False),
        ("apiVersion: v1\nkind: Pod", False),
        ("", False),
    ],
)
def test_templates_are_recognised_by_content(text: str, is_template: bool) -> None:  # noqa: FBT001
    """What declares resources with types is a template; other documents are left alone."""
    assert (read_template(source(text)) is not None) is is_template
