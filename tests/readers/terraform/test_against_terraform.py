"""The syntax compared with what Terraform itself accepts, and with the values that it computes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import ConsoleError, require_terraform, terraform_console, terraform_fmt_refusals
from tree import parsed

from vpce_lint.readers.terraform.detached import evaluate_expression
from vpce_lint.value import Known

FIXTURES = sorted((Path(__file__).parents[3] / "fixtures").rglob("*.tf"))
BATCHES = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)

VALID = """\
# é "quoted" { comment
variable "x" {
  type    = map(object({ a = optional(string, "é"), b = list(number) }))
  default = {}
}

/* block
comment */
locals {
  a = var.x["k"].b[0] + 1.5e3 * -2 // why
  b = [for k, v in var.x : "${k}-${v.a}" if v.a != null]
  c = { for k, v in var.x : k => v... if !contains([], k) }
  d = var.x == {} ? "none" : var.y ? "a\\t\\"b\\" $${c} %%{d}" : null
  e = <<-EOT
    line ${var.x} $${y} "quoted"
      %{ for z in local.b ~}
      ${z}, %{ if z == "a" }yes%{ else }no%{ endif }
      %{~ endfor }
    EOT
  f = { (local.d) = 1, "g h" : 2, i = [1, [2], {}] }
  g = aws_x.y.*.z[0]
  h = aws_x.y[*].z[0].w
  i = provider::aws::arn_parse(join("", ["a", "b"]...))
  j = (1 + 2) * 3 >= 4 && true || false
}

resource "aws_x" "y" {
  for_each = toset(["a"])
  dynamic "b" {
    for_each = local.b
    content { c = b.value }
  }
  lifecycle { ignore_changes = [tags] }
}
"""

LENIENT = {
    "a = 1 b = 2": "newlines are nothing to the grammar",
    "a\n= 1": "newlines are nothing to the grammar",
    "a =\n1": "newlines are nothing to the grammar",
    "a = 1 +\n2": "newlines are nothing to the grammar",
    "a = x ?\n1 : 2": "newlines are nothing to the grammar",
    "a\n{\n}": "newlines are nothing to the grammar",
    "a { b = 1 c = 2 }": "newlines are nothing to the grammar",
    "a = { b = 1 c = 2 }": "newlines are nothing to the grammar",
    "a = x.0.1": "reads two indexes where HCL sees the number 0.1",
    "a = <<EOT # c\nEOT": "takes a comment behind the marker of a heredoc",
    "a = << EOT\nEOT": "takes space before the marker of a heredoc",
    "a = 1\fb = 2": "takes a form feed for space",
    'a = "%{ ifx }%{ endif }"': "a keyword need not end where the word does",
    "a = <<EOT\n%{ if x }\nEOT\n%{ endif }\nEOT": "looks for the end of a heredoc outside of directives only",
    'a "b${c" {}': "labels may hold the beginning of a sequence",
    "a = 1.5e3.5": "reads a legacy index behind a number",
}
"""What is read although Terraform refuses it. None of it gets another meaning than it seems to have."""

LENIENT_SUMMARIES = {
    "Argument or block definition required",
    "Invalid argument name",
    "Invalid attribute name",
    "Invalid block definition",
    "Invalid character",
    "Invalid expression",
    "Invalid legacy index syntax",
    "Invalid number literal",
    "Invalid single-argument block definition",
    "Invalid string literal",
    "Invalid template control keyword",
    "Missing attribute separator",
    "Missing attribute value",
    "Missing expression",
    "Missing function name",
    "Missing newline after argument",
    "Missing newline after block definition",
    "Missing open parenthesis",
    "Unbalanced parentheses",
    "Unexpected end of template",
    "Unsupported operator",
}
"""Terraform's words for what the cases above stand for, as mutations bring it about."""

STRICT = {
    "a = provider:: b::c()": "the grammar wants no space in the name of a function",
    "a = <<É\nÉ": "the grammar knows ASCII markers only",
    f"a = <<{'E' * 200}\nx\n{'E' * 200}": "the grammar has room for 127 characters of a marker",
    'a = "' + '${"' * 80 + '"}' * 80 + '"': "the grammar has room for some 60 interpolations in one another",
}
"""What is refused although Terraform reads it: the file is reported as unreadable."""

TOKENS = (
    *'{}"=()[]\n,:?.*!-+ ~<>&|#/\\',
    *(
        "${",
        "%{",
        "$${",
        "${~",
        "~}",
        "<<EOT\n",
        "EOT\n",
        "x",
        "1",
        "1e5",
        "0.5",
        "for",
        "if",
        "[*]",
        ".*",
        "...",
        "=>",
        "é",
    ),
)


def test_whole_files() -> None:
    """Of the fixtures and a file with all of the syntax, those are refused that Terraform refuses."""
    require_terraform()
    texts = {f"f{number}.tf": path.read_bytes() for number, path in enumerate(FIXTURES)} | {"valid.tf": VALID.encode()}
    refusals = set(terraform_fmt_refusals(texts))
    assert {path for path, text in texts.items() if parsed(text).problems} == refusals
    assert "valid.tf" not in refusals


def test_known_lenience() -> None:
    """All of what is listed is refused by Terraform only, so the list shrinks when the grammar gets better."""
    assert _refused(LENIENT) == ([], list(LENIENT))


def test_nul() -> None:
    """The character that ends texts elsewhere is one like any other in strings and comments, and refused outside."""
    good = ['a = "x\0y"', "a = <<EOT\n\0\nEOT", "# \0", "/* \0 */", 'a = "${"\0"}\0"']
    bad = ["a = 1\0", "\0", "a\0 = 1", 'a = "${\0 1}"', 'a = "\0']
    assert _refused(dict.fromkeys([*good, *bad], "")) == (bad, bad)


def test_known_strictness() -> None:
    """All of what is listed is refused here only, so the list shrinks when the grammar gets better."""
    assert _refused(STRICT) == (list(STRICT), [])


def _refused(texts: dict[str, str]) -> tuple[list[str], list[str]]:
    """Which of some texts are refused here, and which by Terraform."""
    require_terraform()
    files = {f"f{number}.tf": f"{text}\n" for number, text in enumerate(texts)}
    refusals = terraform_fmt_refusals(files)
    here = [text for text in texts if parsed(f"{text}\n").problems]
    there = [text for text, path in zip(texts, files, strict=True) if path in refusals]
    return here, there


@pytest.mark.parametrize("seed", range(3))
def test_mutations_are_judged_as_terraform_does(seed: int) -> None:
    """A damaged file is refused if Terraform refuses it, but for newlines and the like, and never otherwise."""
    require_terraform()
    files = {f"f{number}.tf": mutated(VALID, f"{seed}.{number}") for number in range(150)}
    theirs = terraform_fmt_refusals(files)
    ours = {path for path, text in files.items() if parsed(text).problems}
    assert [files[path] for path in sorted(ours - set(theirs))] == []
    missed = {path: summary for path, summary in theirs.items() if path not in ours}
    assert [(summary, files[path]) for path, summary in missed.items() if summary not in LENIENT_SUMMARIES] == []
    assert len(missed) < len(theirs) / 10


def mutated(text: str, seed: str) -> str:
    """A text with one to three small damages."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    for _ in range(chance.choice((1, 1, 2, 3))):
        at = chance.randrange(len(text))
        to = at + chance.randrange(4)
        text = text[:at] + chance.choice(("", *TOKENS)) + text[chance.choice((at, at, to)) :]
    return text


SPACES = st.sampled_from(["", " ", "  ", "\\t", "\\n ", " \\u00a0", "\\u3000", "\\u200b "])
MARKS = st.sampled_from(["", "~"])
WORDS = st.sampled_from(
    ["a", "é", "e\\u0301", "e\u0301", "\\U0001F600", '\\"', "\\\\", "\\\\n", "$", "%", "$$", "%%", "$ ", "$${b}", "%%{b}",
     "$$${b}", "$$$${b}", "%%%{b}", "}", "{", "~", "# c", "/* c */", "//", "'"]
)  # fmt: skip


def interpolation(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """``${…}`` with a value of every type that a template takes, and with another template."""
    values = st.sampled_from(["1", "1.5", "true", '"b"', "-1 + 2", '{ a = "}" }.a', "[1, 2][1]", "/* c */ 3"])
    return st.builds("${{{}{}{}}}".format, MARKS, values | inner.map('"{}"'.format), MARKS)


def directives(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """``%{ if }`` with and without ``else``, and ``%{ for }``."""
    conditions = st.sampled_from(["true", "false", "1 == 2"])
    both = "%{{{} if {} {}}}{}%{{{} else {}}}{}%{{{} endif {}}}".format
    short = "%{{{} if {} {}}}{}%{{{} endif {}}}".format
    loop = "%{{{} for k, v in {{ a = 1, b = 2 }} {}}}{}${{k}}${{v}}%{{{} endfor {}}}".format
    return (
        st.builds(both, MARKS, conditions, MARKS, inner, MARKS, MARKS, inner, MARKS, MARKS)
        | st.builds(short, MARKS, conditions, MARKS, inner, MARKS, MARKS)
        | st.builds(loop, MARKS, MARKS, inner, MARKS, MARKS)
    )


def texts(words: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Runs of words and space, with sequences in between; a space keeps ``$`` from a following brace."""
    plain = st.lists(words | SPACES, max_size=4).map(" ".join)
    return st.recursive(
        plain,
        lambda inner: st.lists(plain.map("{} ".format) | interpolation(inner) | directives(inner), max_size=4).map(
            "".join
        ),
        max_leaves=6,
    )


QUOTED = texts(WORDS).map('"{}"'.format)
LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", " ", "  ", "    ", "\t", "\u00a0 "]),
    texts(WORDS),
    st.sampled_from(["", " ", "\n", "\n  "]),
)
HEREDOCS = st.builds(
    "<<{}EOT\n{}{}EOT\n".format,
    st.sampled_from(["", "-"]),
    st.lists(LINES.map("{}\n".format), max_size=5).map("".join),
    st.sampled_from(["", "  ", "\t"]),
)


@given(st.lists(QUOTED | HEREDOCS, min_size=60, max_size=60))
@settings(BATCHES, max_examples=5)
def test_templates_have_the_values_that_terraform_gives_them(expressions: list[str]) -> None:
    """Escapes, space that is stripped, dedenting and directives come out as ``terraform console`` prints them."""
    require_terraform()
    theirs = terraform_console(expressions)
    ours = [computed(each) for each in expressions]
    compared = [(text, here, there) for text, here, there in zip(expressions, ours, theirs, strict=True)]
    assert [each for each in compared if each[1] != each[2]] == []
    assert sum(isinstance(each, str) for each in theirs) > 50


def computed(expression: str) -> object:
    """The value of an expression without references, or ``ConsoleError`` where it is invalid."""
    value = evaluate_expression(expression)
    return value.value if isinstance(value, Known) else ConsoleError("")


LITERALS = [
    '"\\u0065\\u0301"',
    '"e\u0301" == "\u00e9"',
    '"$ \\t ${~ 1}"',
    '"a \\n ${~ 1 ~} \\t b"',
    '"${"a"}"',
    "<<EOT\n${1 ~}\n\n   y\nEOT\n",
    "<<EOT\n  ${~1~}  \n  x\nEOT\n",
    "<<-EOT\n    a\n   ${1}\n     $b\n   %{ if true ~}\n   c\n   %{ endif ~}\n   d\n  EOT\n",
    "<<-EOT\n\ta\n  b\n\n    c\n  EOT\n",
    "<<-EOT\n  é\u00a0\n\u00a0\u00a0 b\n  EOT\n",
    "<<-EOT\n  a\n   \n    b\n EOT\n",
    "<<-EOT\n  a\r\n    b\r\n  EOT\r\n",
    "<<EOT\nEOT${1}\nEOT $${x}\n  EOT %{ if true }x%{ endif }\nEOTS\nEOT\n",
    "<<EOT\n$$${x}\n$$$${x} %%%{ x }\nEOT\n",
    "<<A\n${<<-B\n    x\n   y\n   B\n}z\nA\n",
    "[for x in [{ b = [1, 2] }] : x].*.b[0][1]",
    "[[{ b = 1 }], [{ b = 2 }]][*][*].b == [[1], [2]]",
    "false ? 1 : false ? 2 : 3",
    "true ? false ? 1 : 2 : 3",
    "2 - 1 - 1",
    "1 - 2 * 3 > -6 == true",
    "-[1][0]",
    '{ true = 1, (1 == 1 ? "k" : "l") = 2, 3 = 4 }["k"]',
    "1e3 + 1.0 + 0.5E1",
    "max([1, 3, 2]...)",
    "core::max(1, 2)",
]


def test_selected_values() -> None:
    """Each form whose tree had to be repaired, or that HCL has a rule of its own for, has Terraform's value."""
    require_terraform()
    theirs = terraform_console(LITERALS)
    assert [each for each in zip(LITERALS, map(computed, LITERALS), theirs, strict=True) if each[1] != each[2]] == []
    assert not any(isinstance(each, ConsoleError) for each in theirs)


@pytest.mark.parametrize(
    "text", ['"\\q"', '"\\u12"', '"${"', '"%{ if true }"', '"%{ endif }"', "<<EOT\nx", '"a\nb"', "1 +"]
)
def test_invalid_literals(text: str) -> None:
    """Broken literals are refused here and there."""
    require_terraform()
    assert terraform_console([text]) == [ConsoleError("")]
    assert parsed(f"a = {text}\n").problems
