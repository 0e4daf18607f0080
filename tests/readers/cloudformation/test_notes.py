"""Comments and metadata in templates, and the resources that they belong to."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.readers.cloudformation.notes import Remarks
from vpce_lint.readers.cloudformation.template import read_template
from vpce_lint.readers.cloudformation.yaml_comments import comments_in
from vpce_lint.source import Source
from vpce_lint.value import Mapping

if TYPE_CHECKING:
    from vpce_lint.model import Note


def notes(code: str) -> list[Note]:
    """All notes of a template."""
    template = read_template(Source("t.yaml", code.encode()))
    assert template is not None
    return Remarks(template).notes()


def belonging(code: str) -> dict[str, str | None]:
    """The first line of what each comment belongs to, without its colon, by the comment's text."""
    return {
        str(note.content): note.unit.text.splitlines()[0].partition(":")[0] if note.unit else None
        for note in notes(textwrap.dedent(code))
        if isinstance(note.content, str)
    }


@dataclass
class Written:
    """A template that grows, with what is expected of its comments."""

    lines: list[str] = field(default_factory=list)
    expected: dict[str, str | None] = field(default_factory=dict)

    def comment(self, unit: str | None, indent: int = 0) -> str:
        """A comment of its own text that belongs to a unit."""
        text = f"c{len(self.expected)}"
        self.expected[text] = unit
        return f"{' ' * indent}# {text}"


@st.composite
def templates(draw: st.DrawFn) -> Written:
    """Templates with comments wherever they may stand, and with texts that only look like comments."""
    file = Written()
    size = draw(st.sampled_from([1, 2, 4]))

    def some(unit: str | None, indent: int) -> None:
        file.lines.extend(file.comment(unit, indent) for _ in range(draw(st.integers(0, 2))))

    some(None, 0)
    file.lines.append("AWSTemplateFormatVersion: '2010-09-09' " + file.comment(None))
    some(None, 0)
    names = iter(range(100))
    for section in draw(st.permutations(["Parameters", "Resources", "Outputs"])):
        some(None, 0)
        file.lines.append(f"{section}:" + (" " + file.comment(None) if draw(st.booleans()) else ""))
        if draw(st.booleans()):
            file.lines += [file.comment(None, size), ""]
        for _ in range(draw(st.integers(1, 3))):
            unit = f"U{next(names)}"
            some(unit, size)
            file.lines.append(f"{' ' * size}{unit}:" + (" " + file.comment(unit) if draw(st.booleans()) else ""))
            some(unit, 2 * size)
            inner = " " * (2 * size)
            kind = draw(st.sampled_from(["plain", "quoted", "block", "list", "flow", "empty"]))
            if kind == "plain":
                file.lines += [f"{inner}Type: a#b {file.comment(unit)}", f"{inner}More: one", f"{inner}  two"]
            elif kind == "quoted":
                file.lines += [f'{inner}Type: "a # no', f"{inner}  # no", f'{inner}  " {file.comment(unit)}']
                file.lines += [f"{inner}Other: 'it''s # no'"]
            elif kind == "block":
                file.lines += [f"{inner}Type: !Sub | {file.comment(unit)}", f"{inner}  # no", "", f"{inner}  x # no"]
            elif kind == "list":
                file.lines += [f"{inner}Type:", f"{inner}- a", file.comment(unit, 2 * size), f"{inner}- b"]
            elif kind == "flow":
                file.lines += [f"{inner}Type: {{a: [b, {file.comment(unit)}", f"c {file.comment(unit)}", "]}"]
            else:
                file.lines += [f"{inner}Type:"]
            some(unit, 2 * size)
            if draw(st.booleans()):
                file.lines.append("")
                some(unit, 2 * size)
            if draw(st.booleans()):
                file.lines += [file.comment(None, size), ""]
    return file


@given(templates(), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_comments_belong_to_the_resource_around_or_below(file: Written, line_end: str, mark: str) -> None:
    """A comment belongs to the member of a section in which it stands, by its column too, or which it is right above."""
    assert belonging(mark + line_end.join([*file.lines, ""])) == file.expected


@given(templates(), st.text("aé日 ", min_size=1, max_size=8))
def test_places_are_those_of_the_comments(file: Written, extra: str) -> None:
    """Whatever letters stand before it, a comment's place holds the comment."""
    code = "\n".join([f"# {extra}x", *file.lines, ""])
    for note in notes(code):
        assert isinstance(note.content, str)
        assert note.span.text.lstrip("# ").rstrip() == note.content


@given(templates())
def test_without_its_comments_a_template_says_the_same(file: Written) -> None:
    """Emptying what was found changes nothing that a parser sees, and leaves no words to find."""
    code = "\n".join([*file.lines, ""])
    data = code.encode()
    for _, span in comments_in(Source("t.yaml", data)):
        data = data[: span.start] + b"#" * (span.end - span.start) + data[span.end :]
    assert {text for text, _ in comments_in(Source("t.yaml", data))} == {""}
    assert _events(data.decode()) == _events(code)


def _events(code: str) -> list[tuple[str, object]]:
    return [(type(each).__name__, getattr(each, "value", None)) for each in yaml.parse(code, Loader=yaml.SafeLoader)]


LOOP = """
Resources:
  First:
    Type: A::B::C
  # above
  Fn::ForEach::Zones:
    # head
    - Zone
    - [a, b]
    - Endpoint${Zone}:
        Type: A::B::C # inside
        # below
"""

SEVERAL = """
Resources:
  First:
    Type: A::B::C
  # above
  Fn::ForEach::Zones:
    # head
    - Zone
    - [a, b]
    - Endpoint${Zone}:
        Type: A::B::C # inside
      # second
      Other${Zone}:
        Type: A::B::C
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (LOOP, dict.fromkeys(["above", "head", "inside", "below"], "Fn")),
        (SEVERAL, {"above": None, "head": None, "inside": "Endpoint${Zone}", "second": "Other${Zone}"}),
        (SEVERAL.replace("- [a, b]", "- !Ref Zones"), {"above": None, "head": None, "inside": "Endpoint${Zone}", "second": "Other${Zone}"}),
    ],
)  # fmt: skip
def test_loops(code: str, expected: dict[str, str | None]) -> None:
    """A loop over one resource is a unit; of several, a comment belongs to the one in which it stands."""
    assert belonging(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        # what an alias stands for is written elsewhere: where the resource ends isn't known then
        ("Resources:\n  A: &a\n    Type: A::B::C\n  B:\n    Type: *a\n    # c\n  C: *a\n", {"c": None}),
        ("Resources:\n  A: &a\n    Type: A::B::C\n  # c\n  B: *a # d\n", {"c": "B", "d": "B"}),
        ("Resources:\n  A: &a\n    Type: A::B::C\n  <<: *a\n    # c\n", {"c": None}),
        ("Resources:\n  A:\n    Type: A::B::C\n    X: &x\n      Y: {Z: 1} # c\nOutputs: *x\n", {"c": "A"}),
        ("Resources:\n  A:\n    Type: A::B::C\n      # c\n    # d\n  # e\n  B:\n", {"c": "A", "d": "A", "e": "B"}),
        ("Resources:\n    # c\n  # d\n  A:\n    Type: A::B::C\n", {"c": None, "d": "A"}),
        ("Resources: {A: {Type: A::B::C},\n  # c\n  B: {Type: A::B::C}}\n", {"c": "B"}),
        ("{\n  Resources: {\n    A: {Type: A::B::C}, # c\n    # d\n  }\n}\n", {"c": "A", "d": None}),
        ("Resources:\n  A:\n    Type: A::B::C\n# c\n    More: 1\n", {"c": "A"}),
        ("Resources:\n  A:\n    Type: A::B::C\n# c\nOutputs: {}\n", {"c": None}),
        ("Resources:\n  A:\n    Type: A::B::C\nMetadata:\n    B:\n      # c\n      D: 1\n", {"c": None}),
        ("Resources:\n  A:\n    Type: A::B::C\n  # c\n\n  B:\n    Type: A::B::C\n", {"c": None}),
        ("Resources:\n  A:\n    Type: A::B::C\n\n    # c\n\n  B:\n    Type: A::B::C\n", {"c": "A"}),
        ("Resources:\n  A:\n    Type: A::B::C # a\u2028    M: b # c\n", {"a": "A", "c": "A"}),
        ("Resources:\r  # c\r  A:\r    Type: A::B::C\r", {"c": "A"}),
        ("Resources:\r  # c\r\r  A:\r    Type: A::B::C\r", {"c": None}),
    ],
)
def test_where_it_is_not_plain(code: str, expected: dict[str, str | None]) -> None:
    """In doubt a comment belongs to nothing, for it must not speak for a resource that it isn't about."""
    assert belonging(code) == expected


def data_of(code: str) -> list[tuple[list[str], str | None]]:
    """The keys of each metadata, and the first line of what it belongs to."""
    return [
        (list(note.content.entries), note.unit.text.splitlines()[0].partition(":")[0].strip('"') if note.unit else None)
        for note in notes(code)
        if isinstance(note.content, Mapping)
    ]


def test_metadata_belongs_to_its_resource() -> None:
    """Of a template's own it is nobody's; a parameter of that name is no metadata."""
    resource = {"Type": "A::B::C", "Metadata": {"own": 1}}
    template = {
        "Metadata": {"all": 1},
        "Parameters": {"P": {"Metadata": {"no": 1}}},
        "Resources": {
            "A": resource,
            "B": {"Type": "A::B::C"},
            "Fn::ForEach::One": ["X", ["a"], {"C${X}": resource}],
            "Fn::ForEach::Two": ["X", ["a"], {"D${X}": resource, "E${X}": {"Type": "A::B::C"}}],
        },
    }
    expected = [(["all"], None), (["own"], "A"), (["own"], "Fn"), (["own"], "D${X}")]
    for code in (json.dumps(template), json.dumps(template, indent=2), yaml.safe_dump(template, sort_keys=False)):
        assert data_of(code) == expected


def test_metadata_of_an_alias_belongs_to_both() -> None:
    """A resource that is written once and used twice says it for both."""
    code = "Resources:\n  A: &a\n    Type: A::B::C\n    Metadata: {own: 1}\n  B: *a\n"
    assert data_of(code) == [(["own"], "A"), (["own"], "B")]


def test_json_is_not_read_as_yaml() -> None:
    """Not all JSON is YAML: nobody looks for comments in it, and its metadata is found."""
    key = "k" * 2_000  # longer than YAML takes
    code = json.dumps({"Resources": {"A": {"Type": "A::B::C", "Metadata": {key: " # c"}}}})
    with pytest.raises(yaml.YAMLError):
        _events(code)
    assert belonging(code) == {}
    assert data_of(code) == [([key], "A")]


RESOURCE = "  A{}:\n    Type: A::B::C\n"


@pytest.mark.parametrize(
    "code",
    [
        "Resources:\n" + RESOURCE + "    # c\n" * 40_000,
        "Resources:\n" + RESOURCE + "# c\n" * 40_000,
        "Resources:\n" + "  # c\n" * 40_000 + RESOURCE,
        "Resources:\n" + "".join(RESOURCE.format(n) + "  # c\n" for n in range(10_000)),
        "Resources:\n" + RESOURCE + "    X: " + "é" * 400_000 + " # c\n" + "    # c\n" * 20_000,
        "Resources:\n" + RESOURCE + "    X: # c" + " # c" * 100_000 + "\n",
        "Resources:\n" + RESOURCE + (" " * 2_000 + "# c\n") * 2_000,
    ],
    ids=["inside", "behind", "above", "many resources", "wide letters", "on one line", "deep"],
)
def test_many_comments_take_little_time(code: str) -> None:
    """The time grows with the file, not with its square."""
    start = perf_counter()
    notes(code)
    assert perf_counter() - start < 4
