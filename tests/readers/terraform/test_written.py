"""Every character of a string says where it is written, through escapes, indentation, files, variables and modules."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.terraform.configuration import read_files, resources
from vpce_lint.json_text import parse_json_text
from vpce_lint.layout import layout_of
from vpce_lint.model import Endpoint
from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.detached import Detached
from vpce_lint.readers.terraform.evaluator import evaluate
from vpce_lint.readers.terraform.frame import Frame
from vpce_lint.readers.terraform.json_syntax import parse_json
from vpce_lint.readers.terraform.rendering import render_in
from vpce_lint.readers.terraform.syntax import parse
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Mapping, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from pathlib import Path

OPEN = Unknown("var.open", (Reason("var.open has no default"),), nullable=False)

characters = st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from('"\\$%{}~ \n\t\u00e9\U0001f600EOT')
strings = st.text(characters, max_size=12).map(lambda string: normalize("NFC", string))
scalars = st.none() | st.booleans() | st.integers(-999, 999) | strings
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings, inner, max_size=3),
    max_leaves=10,
)


@dataclass(frozen=True)
class Files:
    """A function's context with one file, ``p.json``."""

    data: bytes
    span: Span

    def limit(self, words: str) -> Unknown:
        """Stand in for what wasn't worked out."""
        return Unknown(words, ())

    def fresh(self, name: str) -> str:
        """The name: nothing here makes two."""
        return name

    def read(self, path: str) -> bytes | Unknown:
        """The file."""
        return self.data

    def source(self, path: str) -> Source:
        """The file as a place."""
        return Source(path, self.data)

    def names_below(self, folder: str, pattern: str) -> list[str] | Unknown:
        """None."""
        return []

    def render(self, data: bytes, path: str, variables: Mapping) -> Value:
        """A template with nothing else in sight."""
        return render_in(
            Detached("a template", lambda span: Files(data, span)), Source(path, data), variables, self.span
        )


def valued(configuration: str, file: bytes = b"", path: str = "main.tf") -> Value:
    """The value of the attribute ``value``, with ``open`` in sight."""
    source = Source(path, configuration.encode())
    tree = parse_json(source) if path.endswith(".json") else parse(source)
    assert not tree.problems, tree.problems
    body = tree.body.blocks[0].body if tree.body.blocks else tree.body
    scope = Detached("a test", lambda span: Files(file, span))
    return evaluate(body.attributes["value"].expression, Frame(scope, names={"open": OPEN}))


def escaped(string: str) -> str:
    """Text that a template takes as it is."""
    return string.replace("${", "$${").replace("%{", "%%{")


def quoted(string: str) -> str:
    """The string as native syntax writes it between quotes."""
    return escaped(json.dumps(string, ensure_ascii=False).replace("\\b", "\\u0008").replace("\\f", "\\u000c"))


def native(string: str) -> Value:
    """The string between quotes."""
    return valued(f"value = {quoted(string)}\n")


def heredoc(string: str) -> Value:
    """The string in a heredoc."""
    return valued(f"value = <<MARK\n{escaped(string)}\nMARK\n")


def indented(string: str) -> Value:
    """The string in a heredoc whose indentation is taken away, with Windows' line ends."""
    lines = [f"    {line}" for line in escaped(string).split("\n")]
    return valued("value = <<-MARK\n" + "\r\n".join(lines) + "\r\n    MARK\r\n")


def in_file(string: str) -> Value:
    """The string in a file."""
    return valued('value = file("p.json")\n', string.encode())


def in_template_file(string: str) -> Value:
    """The string in a template file, with a hole behind it or not."""
    return valued('value = templatefile("p.json", { x = " " })\n', f"{escaped(string)}${{x}}".encode())


def in_json(string: str) -> Value:
    """The string in a configuration in JSON syntax."""
    document = {"resource": {"a": {"b": {"value": escaped(string)}}}}
    return valued(json.dumps(document), path="main.tf.json")


WAYS = [native, heredoc, indented, in_file, in_template_file, in_json]


def said(span: Span) -> set[str]:
    """What the text at a span may say, as it is or behind escapes."""
    raw = span.text
    found = {raw, raw.replace("$${", "${").replace("%%{", "%{"), raw.replace("$$", "$").replace("%%", "%")}
    for text in tuple(found):
        try:
            found.add(normalize("NFC", json.loads(f'"{text}"', strict=False)))
        except ValueError:
            continue
    return found


def parts(value: Value) -> list[Value]:
    """A document and all that it is made of."""
    found = [value]
    for each in found:
        if isinstance(each, Mapping):
            found += each.entries.values()
        elif isinstance(each, Sequence):
            found += each.members
    return found


def plain(value: Value) -> Any:
    """A value as Python's data."""
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.entries.items()}
    if isinstance(value, Sequence):
        return [plain(member) for member in value.members]
    assert isinstance(value, Known), value
    return value.value


@pytest.mark.parametrize("way", WAYS[:2] + WAYS[3:])
@given(string=strings)
def test_every_character_has_its_place(way: Any, string: str) -> None:
    """The bytes at a character's place are that character, or the escape sequence that stands for it."""
    value = way(string)
    if not isinstance(value, Known) or not string or (way is heredoc and "MARK" in string):
        return
    layout = layout_of(value)
    if layout is None:
        assert string.startswith("\ufeff") or not str(value.value).isascii()
        return
    assert str(value.value).startswith(string)
    for at, character in enumerate(string):
        span = layout.span(at, at + 1)
        assert span is not None
        assert character in said(span), (way, string, at, span.text)


@pytest.mark.parametrize("way", WAYS)
@given(data=documents, indent=st.sampled_from([None, 2]))
def test_every_part_of_a_policy_has_its_place(way: Any, data: Any, indent: int | None) -> None:
    """What stands at the span of a part of a document reads as that part, however the text was written."""
    written = json.dumps(data, indent=indent, ensure_ascii=indent is None)
    value = way(written)
    assert isinstance(value, Known)
    read = parse_json_text(value)
    assert read.faults == ()
    for part in parts(read.document):
        assert part.span is not None
        readings = []
        for text in said(part.span):
            try:
                readings.append(json.loads(text))
            except ValueError:
                continue
        assert plain(part) in readings, (written, part.span.text)


pieces = st.one_of(
    st.text("ab \n\t\u00e9", max_size=5),
    st.text('ab "\\\n$%{\u00e9', max_size=5).map(lambda string: f"${{{quoted(string)}}}"),
    st.text('ab "$%{\u00e9', max_size=5).map(lambda string: f"${{~ {quoted(string)} ~}}"),
    st.text("ab \n", max_size=4).map(lambda string: f"%{{ if true ~}}{string}%{{ endif }}"),
    st.text("ab ", max_size=4).map(lambda string: f'%{{ for x in ["c", "d"] }}{string}${{x}}%{{ endfor }}'),
    st.just("${open}"),
)


@given(st.lists(pieces, max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_every_character_of_a_template_has_its_place(given_: list[str], end: str, dedent: bool) -> None:  # noqa: FBT001
    """Trimming, directives and strings inside of interpolations shift no character."""
    body = "".join(given_)
    lines = [("    " if dedent else "") + line for line in body.split("\n")]
    value = valued(f"value = <<{'-' if dedent else ''}MARK{end}{end.join(lines)}{end}MARK\n")
    if not isinstance(value, Known | Text):
        return
    layout = layout_of(value)
    if layout is None:
        return
    flat = value.parts if isinstance(value, Text) else (str(value),)
    at = 0
    for part in flat:
        for character in part if isinstance(part, str) else [part]:
            span = layout.span(at, at + 1)
            assert span is not None
            if isinstance(character, str):
                assert character in said(span), (value, at, span.text)
            else:
                assert span.text == "${open}"[2:-1] or "open" in span.text
            at += 1


def test_a_range_over_several_places_is_the_templates() -> None:
    """A statement that begins in the template and ends in it is that stretch, whatever is put in between."""
    value = valued('value = <<MARK\n{"Statement": [{"Sid": "${"a"}", "Effect": "${open}"}]}\nMARK\n')
    assert isinstance(value, Text)
    (statements,) = parse_json_text(value).document.entries.values()  # type: ignore[attr-defined]
    (statement,) = statements.members
    assert statement.span.text == '{"Sid": "${"a"}", "Effect": "${open}"}'
    assert statement.entries["Sid"].span.text == '"${"a"}"'
    assert statement.entries["Effect"].span.text == '"${open}"'


def test_what_jsonencode_gives_inside_a_text_keeps_its_own_places() -> None:
    """``"Resource": ${jsonencode(…)}`` is the document that was encoded, with the spans of its expressions."""
    value = valued('value = <<MARK\n{"Resource": ${jsonencode(["a", open])}, "Effect": "Deny"}\nMARK\n')
    assert isinstance(value, Text)
    document = parse_json_text(value).document
    assert isinstance(document, Mapping)
    resource = document.entries["Resource"]
    assert isinstance(resource, Sequence)
    assert [member.span.text for member in resource.members if member.span] == ['"a"', "open"]
    assert resource.members[1].equals(OPEN).is_true
    assert resource.span is not None
    assert resource.span.text == '["a", open]'


def test_places_survive_locals_variables_and_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy that goes through a local, a variable file and a module argument still points at its statement."""
    monkeypatch.chdir(tmp_path)
    files = {
        "main.tf": """
        variable "effect" {}
        locals {
          policy = <<-EOT
            {"Statement": [{"Effect": "${var.effect}", "Action": "*"}]}
          EOT
        }
        module "m" {
          source = "./m"
          policy = local.policy
        }
        """,
        "terraform.tfvars": 'effect = "Allow"\n',
        "m/main.tf": """
        variable "policy" { type = string }
        resource "aws_vpc_endpoint" "e" {
          vpc_id       = "v"
          service_name = "x"
          policy       = var.policy
        }
        """,
    }
    policy = next(iter(resources(read_files(tmp_path, files), Endpoint).values())).policy
    assert isinstance(policy, Known)
    (statement,) = parse_json_text(policy).document.entries["Statement"].members  # type: ignore[attr-defined]
    assert (statement.span.path, statement.span.line) == ("main.tf", 4)
    assert statement.entries["Action"].span.text == '"*"'
    assert statement.entries["Effect"].span.text == '"${var.effect}"'


def test_places_in_files_are_in_those_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``file`` and ``templatefile`` in a module lead to the lines of the files that they read."""
    monkeypatch.chdir(tmp_path)
    body = 'vpc_id = "v"\n  service_name = "x"\n  policy = '
    files = {
        "p.json": '{\n  "Statement": []\n}\n',
        "p.tpl": '{\n\n  "Statement": ["${x}"]\n}\n',
        "main.tf": f"""
        resource "aws_vpc_endpoint" "a" {{
          {body}file("p.json")
        }}
        resource "aws_vpc_endpoint" "b" {{
          {body}templatefile("${{path.module}}/p.tpl", {{ x = "1" }})
        }}
        """,
    }
    found = resources(read_files(tmp_path, files), Endpoint)
    places = {}
    for address, endpoint in found.items():
        assert isinstance(endpoint.policy, Known)
        statements = parse_json_text(endpoint.policy).document.entries["Statement"]  # type: ignore[attr-defined]
        places[address] = (str(statements.span), statements.span.text)
    assert places == {
        "aws_vpc_endpoint.a": ("p.json:2", "[]"),
        "aws_vpc_endpoint.b": ("p.tpl:3", '["${x}"]'),
    }


def test_a_text_that_is_in_no_file_has_the_calls_place() -> None:
    """``templatestring`` renders text that no file holds, so its parts stand where it is called."""
    value = valued('value = templatestring("{\\"a\\": ${"$"}{x}}", { x = 1 })\n')
    assert isinstance(value, Known)
    document = parse_json_text(value).document
    assert isinstance(document, Mapping)
    assert document.entries["a"].span == value.span


def test_a_literal_knows_no_place_for_what_it_does_not_say() -> None:
    """A literal whose value isn't what stands at its span has no layout, rather than a wrong one."""
    source = Source("main.tf", b'value = "abc"')
    assert ast.Literal(span=Span(source, 8, 13), value="abc").layout() is not None
    assert ast.Literal(span=Span(source, 8, 13), value="abd").layout() is None
