"""Comments, and the code that they belong to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.readers.terraform.notes import Comments
from vpce_lint.source import Source


def belonging(code: str, path: str = "main.tf") -> dict[str, str | None]:
    """The first line of the code that each comment belongs to, by the comment's text."""
    notes = list(Comments(Source(path, code.encode())).notes())
    assert all(isinstance(note.content, str) for note in notes)
    return {str(note.content): note.unit.text.split("\n")[0] if note.unit else None for note in notes}


@dataclass
class Written:
    """A file that grows, with what is expected of its comments."""

    lines: list[str] = field(default_factory=list)
    expected: dict[str, str | None] = field(default_factory=dict)

    def comment(self, unit: str | None, mark: str = "# {}") -> str:
        """A comment of its own text that belongs to a unit."""
        text = f"c{len(self.expected)}"
        self.expected[text] = unit
        return mark.format(text)


MARKS = st.sampled_from(["# {}", "// {}", "/* {} */", "## {}", "#{}"])
LINE_MARKS = st.sampled_from(["# {}", "// {}"])


@st.composite
def files(draw: st.DrawFn) -> Written:
    """Files of blocks, comments wherever they may stand, and texts that only look like comments."""
    file = Written()
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(["block", "alone", "locals", "heredoc"]))
        if kind == "alone":
            file.lines += [file.comment(None, draw(MARKS)), ""]
            continue
        head = f'resource "x" "r{number}" {{' if kind != "locals" else "locals {"
        unit = None if kind == "locals" else head
        above = [file.comment(unit, draw(MARKS)) for _ in range(draw(st.integers(0, 2)))]
        if kind == "locals":
            # right above a block of locals is above none of its members
            file.lines += above
            file.lines.append("locals {")
            member = f"a{number} = ["
            file.lines += [f"  {file.comment(member, draw(MARKS))}" for _ in range(draw(st.integers(0, 2)))]
            file.lines += [f"  {member}", f"    {file.comment(member, draw(MARKS))}", "  ]", "}"]
        else:
            trailing = f" {file.comment(unit, draw(LINE_MARKS))}" if draw(st.booleans()) else ""
            file.lines += [*above, head + trailing]
            if kind == "heredoc":
                file.lines += ["  a = <<EOT", "# no comment", "EOT", '  b = "# nor this"']
            if draw(st.booleans()):
                file.lines += ["  nested {", f"    {file.comment(unit, draw(MARKS))}", "  }"]
            behind = f" {file.comment(unit, draw(LINE_MARKS))}" if draw(st.booleans()) else ""
            file.lines.append("}" + behind)
        if draw(st.booleans()):
            file.lines.append("")
    return file


@given(files())
def test_comments_belong_to_the_code_around_or_below(file: Written) -> None:
    """A comment belongs to the block in which it stands, which it follows on the line, or which begins right below."""
    code = "\n".join(file.lines) + "\n"
    found = {
        text: unit.replace(f" # {text}", "").replace(f" // {text}", "") if unit else None
        for text, unit in belonging(code).items()
    }
    assert {text: unit and unit.split(" #")[0].split(" //")[0] for text, unit in found.items()} == file.expected


@given(files(), st.integers(0, 3))
def test_empty_lines_elsewhere_change_nothing(file: Written, more: int) -> None:
    """Lines before the first block move the comments and their blocks alike."""
    code = "\n".join(file.lines) + "\n"
    assert belonging("\n" * more + code) == belonging(code)


def test_broken_file_has_no_notes() -> None:
    """Where a file can't be parsed nothing is known to be a comment."""
    assert belonging('resource "a" "b" {\n# c\n') == {}
    assert belonging('{"//": "c"', "main.tf.json") == {}


def test_byte_order_marks_line_ends_and_other_letters() -> None:
    """Bytes are not characters, and Windows ends its lines otherwise."""
    assert belonging('# ü\r\nresource "a" "ü" {\r\n}\r\n') == {"ü": 'resource "a" "ü" {\r'}


def document(comment: Any) -> dict[str, Any]:
    """A configuration in JSON with a comment at a resource."""
    return {"resource": {"aws_x": {"a": {"//": comment, "n": 1}, "b": {"n": 2}}}}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (document("c"), {"c": '"a"'}),
        (document(["c", "d"]), {"c": '"a"', "d": '"a"'}),
        (document({"no": "comment"}), {}),
        ({"//": "c", "resource": {"//": "d"}}, {"c": None, "d": None}),
        ({"locals": {"x": 1, "y": {"//": "c"}}}, {"c": '"y"'}),
        ({"module": {"m": [{"source": "./m", "//": "c"}]}}, {"c": '"m"'}),
        ({"resource": [{"aws_x": {"a": {"nested": {"//": "c"}}}}]}, {"c": '"a"'}),
    ],
)
def test_json_comments(code: object, expected: dict[str, str | None]) -> None:
    """In JSON the property // speaks for the block in which it stands, on one line or many."""
    for indent in (None, 2):
        found = belonging(json.dumps(code, indent=indent), "main.tf.json")
        assert {text: unit and unit.split(":")[0] for text, unit in found.items()} == expected


@pytest.mark.parametrize(
    "code",
    [
        "# c\n" * 40_000,
        "/**/ " * 40_000 + "\n",
        'resource "a" "b" {\n' + "# c\n" * 40_000 + "}\n",
        "x = 1 # c\n\n" * 20_000,
        'x = "' + "a" * 200_000 + '"\n' + "# c\n\n" * 20_000,
    ],
    ids=["lines", "on one line", "in a block", "behind attributes", "after a long line"],
)
def test_many_comments_take_little_time(code: str) -> None:
    """The time grows with the file, not with its square."""
    start = perf_counter()
    list(Comments(Source("main.tf", code.encode())).notes())
    assert perf_counter() - start < 3
