"""Where things stand, compared with python-hcl2, an independent parser.

It must not be installed beside this project (it shares a module name with checkov's fork), so it runs in an environment
of its own: ``VPCE_LINT_HCL2_PYTHON`` names that environment's interpreter.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tree import parsed

from vpce_lint.readers.terraform import ast

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Place = tuple[str, int, int]

FIXTURES = sorted((Path(__file__).parents[3] / "fixtures").rglob("*.tf"))
VARIABLE = "VPCE_LINT_HCL2_PYTHON"
SECONDS = 300

# Prints, for each file of a JSON list on its input, the places of what it found, or null where it found an error.
CHILD = """
import json, sys
from hcl2 import parses_to_tree

def places(node):
    for each in node.iter_subtrees():
        if each.data in KINDS and getattr(each.meta, "start_pos", None) is not None:
            yield [each.data, each.meta.start_pos, each.meta.end_pos]

def answer(text):
    try:
        return sorted(places(parses_to_tree(text)))
    except Exception:
        return None

KINDS = set(json.loads(sys.argv[1]))
print(json.dumps([answer(text) for text in json.load(sys.stdin)]))
"""
KINDS = {
    ast.Call: "function_call",
    ast.Conditional: "conditional",
    ast.ObjectExpression: "object",
    ast.TupleExpression: "tuple",
}


def python_hcl2(texts: Sequence[str]) -> list[list[Place] | None]:
    """What python-hcl2 finds in each text, as kind, start and end in characters, sorted."""
    interpreter = os.environ.get(VARIABLE)
    if not interpreter:
        message = f"{VARIABLE} does not name the interpreter of an environment with python-hcl2"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    kinds = ["attribute", "block", "for_tuple_expr", "for_object_expr", *KINDS.values()]
    done = subprocess.run(
        [interpreter, "-c", CHILD, json.dumps(kinds)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return [answer and [(kind, start, end) for kind, start, end in answer] for answer in json.loads(done.stdout)]


def found(text: str) -> list[Place]:
    """What is found here. The inside of heredocs is left out, for to python-hcl2 they are plain text."""
    file = parsed(text)
    assert not file.problems, file.problems
    data = text.encode()
    places = ((kind, len(data[:start].decode()), len(data[:end].decode())) for kind, start, end in _body(file.body))
    return sorted(places)


def _body(body: ast.Body) -> Iterator[Place]:
    for attribute in body.attributes.values():
        yield "attribute", attribute.span.start, attribute.span.end
        yield from _expression(attribute.expression)
    for block in body.blocks:
        yield "block", block.span.start, block.span.end
        yield from _body(block.body)


def _expression(expression: ast.Expression) -> Iterator[Place]:
    span = expression.span
    kind = KINDS.get(type(expression))
    if isinstance(expression, ast.For):
        kind = "for_object_expr" if expression.key_result else "for_tuple_expr"
    if kind:
        yield kind, span.start, span.end
    if isinstance(expression, ast.Template) and span.text.startswith("<<"):
        return
    for name in type(expression).__struct_fields__:
        yield from _member(getattr(expression, name))


def _member(member: object) -> Iterator[Place]:
    if isinstance(member, ast.Expression):
        yield from _expression(member)
    elif isinstance(member, tuple):
        for each in member:
            yield from _member(each)


def comparable(place: Place, text: str) -> Place:
    """To python-hcl2 comments behind an argument, and the line end behind a heredoc, belong to it."""
    kind, start, end = place
    return kind, start, start if kind == "attribute" else start + len(text[start:end].rstrip())


NAMES = st.sampled_from(["a", "b_c", "d-e", "f1"])
SPACE = st.sampled_from(["", " ", "  ", "\n  ", " # é\n", "\n\n"])
ATOMS = st.sampled_from(
    [
        "1",
        "2.5",
        "true",
        "null",
        '"é"',
        "x",
        "x.y",
        "x[0]",
        'x["k"].y',
        "x[*].y",
        "x.*.y",
        '"a${x}b"',
        '"${f(x)}"',
        "-x",
        "!x",
    ]
)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of others."""
    operators = st.sampled_from(["+", "-", "*", "==", "&&", "||", "<"])
    return (
        st.lists(inner, max_size=3).map(lambda each: f"f({', '.join(each)})")
        | st.builds("[{}{}, {}]".format, SPACE, inner, inner)
        | st.builds("{{{} a = {}, (x.y) = {}\n}}".format, SPACE, inner, inner)
        | st.builds("[for v in {} : {} if v != null]".format, inner, inner)
        | st.builds("{{ for k, v in {} : k => {}... }}".format, inner, inner)
        | st.builds("{} ? {} : {}".format, ATOMS, inner, inner)
        | st.builds("({} {} {})".format, inner, operators, inner)
        | st.builds("({} ? {} : {})".format, inner, inner, inner)
        | st.builds('"é ${{{}}} z"'.format, inner)
    )


VALUES = st.recursive(ATOMS, compound, max_leaves=8)
HEREDOCS = st.sampled_from(["<<EOT\n é ${f(x)}\nEOT", "<<-EOT\n    a = [\n    }\n  EOT"])
ATTRIBUTES = st.dictionaries(NAMES, VALUES | HEREDOCS, max_size=3).map(
    lambda given: "".join(f"  {name} = {value}\n" for name, value in given.items())
)
BLOCKS = st.recursive(
    ATTRIBUTES,
    lambda inner: st.builds('{}{} "é" {{\n{}}}\n'.format, ATTRIBUTES, NAMES, inner),
    max_leaves=3,
)
CONFIGURATIONS = st.lists(st.builds("{} x {{\n{}}}\n".format, NAMES, BLOCKS), max_size=4).map("# é\n".join)


def test_fixtures() -> None:
    """Blocks, arguments and expressions of every fixture stand where python-hcl2 sees them."""
    texts = [text for text in (path.read_text(encoding="utf-8") for path in FIXTURES) if not parsed(text).problems]
    assert _differences(texts) <= len(texts) / 20


@given(st.lists(CONFIGURATIONS, min_size=25, max_size=25))
@settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=12,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
def test_generated_configurations(texts: list[str]) -> None:
    """So they do in configurations that nobody would write."""
    assert _differences(texts) <= len(texts) / 20


def _differences(texts: list[str]) -> int:
    """Check that places agree; the answer is the number of texts that python-hcl2 could not read."""
    unread = 0
    for text, theirs in zip(texts, python_hcl2(texts), strict=True):
        if theirs is None:
            unread += 1
            continue
        here = [comparable(each, text) for each in found(text)]
        assert sorted(comparable(each, text) for each in theirs) == sorted(here), text
    return unread
