"""The parsers against damaged and random input: they neither crash nor hang."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree import outline

from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.json_syntax import parse_json
from vpce_lint.readers.terraform.syntax import parse, parse_expression, parse_template
from vpce_lint.source import Source, Span

NATIVE = """\
# comment /* not */ é
resource "aws_vpc_endpoint" "s3" {
  count = var.on ? 1 : var.off ? 0 : 2 /* c */
  policy = <<-EOT
    { "a": "${x["b"].*.c[0]}", %{ for k, v in { a = 1 } ~} ${k} %{~ if v }y%{ else }n%{ endif } %{ endfor }
    EOT
  tags = { (a.b) = "x$${y}\\u00e9", c : [for k in l : upper(k) if k != ""]..., "d" = -1.5e3 % 2 }
  ids = aws_subnet.a[*].id
  dynamic "x" { content { y = provider::a::b(z...) } }
}
"""
JSON = """\
{"//": 1, "resource": {"a": {"b": {"c": "\\u00e9${d}%{ if e }f%{ endif }", "g": [-1.5e3, true, null, {"h": {}}]}}},
 "variable": [{"v": {"type": "map(string)", "default": {"${": []}}}], "locals": {"dynamic": {"x": {"content": {}}}}}
"""
TOKENS = (
    *'{}"=()[]\n\r\t\f\0\v,:?.*!-+ ~<>&|%$#/\\',
    *(
        "${",
        "%{",
        "$${",
        "$$${",
        "~}",
        "<<EOT\n",
        "<<-EOT\n",
        "EOT\n",
        "EOT${",
        "/*",
        "*/",
        "//",
        "1e5",
        "1e99999",
        "0x1",
    ),
    *(
        "for ",
        "if ",
        "in ",
        "else",
        "endif",
        "[*]",
        ".*",
        "...",
        "=>",
        "::",
        "é",
        "\ufeff",
        "\u2028",
        " " * 600,
        "\n" * 600,
    ),
    *('"${' * 5, "[" * 300, "(" * 50, "!" * 300, "\\u", "\\ud83d", "null", "9" * 500, ".0"),
)
SLOWEST = 5.0


@pytest.mark.parametrize("seed", range(20))
def test_damaged_files(seed: int) -> None:
    """A file that is damaged anywhere is a tree or a problem, at once."""
    for number in range(100):
        native, document = damaged(NATIVE, f"{seed}.{number}"), damaged(JSON, f"{seed}.{number}")
        started = time.process_time()
        read_all(native)
        outline(parse_json(Source("main.tf.json", document.encode())).body)
        assert time.process_time() - started < SLOWEST, (native, document)


@given(st.lists(st.sampled_from(TOKENS) | st.text(max_size=5), max_size=30).map("".join))
def test_random_files(text: str) -> None:
    """Any text is a tree or a problem."""
    read_all(text)
    outline(parse_json(Source("main.tf.json", text.encode())).body)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + " " * 1_000_000 + "1\n",
        "a = [" + "\r\n" * 500_000 + "1]\n",
        "a =" + " # c\n" * 100_000 + "1\n",
        'a = "' + "$" * 500_000 + '{x}"\n',
        "a = <<E\n" + " \n" * 200_000 + "E\n",
        "a = <<E\n" + 'it"s\n' * 100_000 + "E\n",
        "".join(f"a{number} = <<E{number}\nE{number} ${{x}}\nE{number}\n" for number in range(3_000)),
        "".join(f'a{number} = "0x1 \\" ${{b}}"\n' for number in range(20_000)),
        "a {\n" * 20_000,
        'a = "${' * 20_000,
        "a = " + "[" * 20_000,
    ],
    ids=lambda text: text[:20],
)
def test_repetitive_files(text: str) -> None:
    """Time grows with the size of a file, not with its square."""
    started = time.process_time()
    read_all(text)
    assert time.process_time() - started < 4 * SLOWEST


def damaged(text: str, seed: str) -> str:
    """A text with one to eight damages: something left out, put in, or repeated."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        start, end = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        match chance.randrange(6):
            case 0:
                text = text[:start] + text[start + 1 :]
            case 1:
                text = text[:start] + text[min(end, start + 30) :]
            case 2:
                text = text[:end] + text[start : min(end, start + 80)] + text[end:]
            case _:
                text = text[:start] + chance.choice(TOKENS) + text[start:]
    return text


def read_all(text: str) -> None:
    """Read a text as a file, a template and an expression, and convert everything."""
    source = Source("main.tf", text.encode())
    file = parse(source)
    if file.problems:
        assert all(0 <= each.span.start <= each.span.end <= len(source.data) for each in file.problems)
        assert [each.message for each in file.problems if not each.message or each.span.line < 1] == []
        assert not file.body.attributes
        assert not file.body.blocks
    outline(file.body)
    for result in (parse_template(source), parse_expression(text, Span(source, 0, len(source.data)))):
        assert isinstance(result, ast.Expression | ast.SyntaxProblem)
        assert 0 <= result.span.start <= result.span.end <= len(source.data)
