"""The tree that native syntax becomes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tree import outline, parsed, shown, value

from vpce_lint.readers.terraform import ast, expression
from vpce_lint.readers.terraform.blocks import blocks_of
from vpce_lint.readers.terraform.syntax import parse_expression, parse_template
from vpce_lint.source import Source, Span

TREES = {
    # literals
    "null": "None",
    "true": "True",
    "007": "7",
    "1.0": "1",
    "1e2": "100",
    "1e+5 - 2E3": "(- 100000 2000)",
    "2.5": "5/2",
    "25.0e-1": "5/2",
    "-3": "(- 3)",
    # operators
    "a || b && c == d < e + f * g": "(|| a (&& b (== c (< d (+ e (* f g))))))",
    "a - b - c": "(- (- a b) c)",
    "(a - b) * c": "(* (- a b) c)",
    "!a.b == -c[0]": "(== (! (. a b)) (- ([] c 0)))",
    "!!a": "(! (! a))",
    "a-1": "a-1",
    "a -1": "(- a 1)",
    # conditionals associate to the right
    "p ? 1 : q ? 2 : 3": "(? p 1 (? q 2 3))",
    "p ? 1 : q ? 2 : r ? 3 : 4": "(? p 1 (? q 2 (? r 3 4)))",
    "(p ? 1 : q) ? 2 : 3": "(? (? p 1 q) 2 3)",
    "p ? q ? 1 : 2 : 3": "(? p (? q 1 2) 3)",
    "p ? q ? 1 : r ? 2 : 3 : 4": "(? p (? q 1 (? r 2 3)) 4)",
    "a == b ? c : d || e ? f : g": "(? (== a b) c (? (|| d e) f g))",
    # traversals
    "a.b.c": "(. (. a b) c)",
    "a.0.b": "(. ([] a 0) b)",
    'a["k"][i + 1]': "([] ([] a 'k') (+ i 1))",
    "(a + b)[0].c": "(. ([] (+ a b) 0) c)",
    "f(x).y": "(. (f x) y)",
    "[1, 2][0]": "([] (tuple 1 2) 0)",
    "module.a.b-c": "(. (. module a) b-c)",
    # splats: behind [*] all belongs to the member, behind .* only up to the first bracket
    "x[*]": "(* x it)",
    "x[*].b[0].c": "(* x (. ([] (. it b) 0) c))",
    "x[*].a[*].b": "(* x (* (. it a) (. it b)))",
    "x[*].a.*.b[0]": "(* x ([] (* (. it a) (. it b)) 0))",
    "x[*][*]": "(* x (* it it))",
    "x.*": "(* x it)",
    "x.*.a.b": "(* x (. (. it a) b))",
    "x.*.b[0]": "([] (* x (. it b)) 0)",
    "x.*.b.0": "(* x ([] (. it b) 0))",
    "x.*.b[0].c": "(. ([] (* x (. it b)) 0) c)",
    "x.*.b[*].c": "(* (* x (. it b)) (. it c))",
    "x.*.a.*.b": "(* (* x (. it a)) (. it b))",
    # calls
    "f()": "(f)",
    "f(a, b...)": "(f a b ...)",
    "f(a, b,)": "(f a b)",
    "core::max(1, 2)": "(max 1 2)",
    "provider::aws::arn_parse(a)": "(provider::aws::arn_parse a)",
    # collections
    "[]": "(tuple)",
    "[a, b,]": "(tuple a b)",
    "{}": "(object)",
    "{ a = 1, (b) : 2 }": "(object 'a' 1 b 2)",
    '{ "c" = 3, "d${e}" = 4 }': "(object 'c' 3 (template 'd' e) 4)",
    "{ 1 = 2, 1.5 = 3 }": "(object 1 2 3/2 3)",
    '{ (a.b) = 1, ("c") = 2, (f(x)) = 3 }': "(object (. a b) 1 'c' 2 (f x) 3)",
    "{ true = 1, null = 2, if = 3 }": "(object 'true' 1 'null' 2 'if' 3)",
    "{\n a = 1\n b = 2 # c\n /* d */ c = 3\n}": "(object 'a' 1 'b' 2 'c' 3)",
    "{\n (k) = v\n (j) = w\n}": "(object k v j w)",
    # for
    "[for x in xs : x]": "(for - x xs - x -)",
    "[for i, x in xs : x if i > 0]": "(for i x xs - x (> i 0))",
    "{for k, v in m : k => v}": "(for k v m k v -)",
    "{for k, v in m : k => v... if v}": "(for k v m k v v ...)",
    # templates
    '""': "''",
    '"a b"': "'a b'",
    '"${x}"': "(template x)",
    '"${"a"}"': "(template 'a')",
    '" ${x} "': "(template ' ' x ' ')",
    '"${a} ${b}"': "(template a ' ' b)",
    '"a $ % $x %y"': "'a $ % $x %y'",
    '"$${x} %%{y}"': "'${x} %{y}'",
    '"$$${x}"': "'$${x}'",
    '"$$$${x}"': "'$$${x}'",
    '"%%%{ if }"': "'%%{ if }'",
    '"$$${x}${y}"': "(template '$${x}' y)",
    '"%{ if c }a%{ else }b%{ endif }"': "(template (%if c (template 'a') (template 'b')))",
    '"%{ if c }a%{ endif }"': "(template (%if c (template 'a') (template)))",
    '"%{ for k, v in m }${k}%{ endfor }"': "(template (%for k v m (template k)))",
    '"%{ for x in m }%{ if x }a%{ endif }%{ endfor }"': (
        "(template (%for - x m (template (%if x (template 'a') (template)))))"
    ),
    '"a ${~ x ~} b"': "(template 'a' x 'b')",
    '"${x ~}"': "(template x)",
    '"${f("}")}"': "(template (f '}'))",
    '"${"${x}"}"': "(template (template x))",
    "<<EOT\nEOT": "''",
    "<<EOT\n a\\n\n\tb\n  EOT": "' a\\\\n\\n\\tb\\n'",
    "<<EOT\n${x}\nEOT": "(template x '\\n')",
    "<<EOT\n${x ~}\nEOT": "(template x '')",
    "<<-EOT\n    a\n  ${x}\n      b\n  EOT": "(template '  a\\n' x '\\n    b\\n')",
    "<<EOT\nEOT${x}\nEOT $${y}\nEOTs\nEOT": "(template 'EOT' x '\\nEOT ${y}\\nEOTs\\n')",
    "<<A\n${<<B\n${x}\nB\n}\nA": "(template (template x '\\n') '\\n')",
    # comments anywhere
    "/* a */ x /* b */ . /* c */ y # d": "(. x y)",
    "f( # a\n x, // b\n y /* c */)": "(f x y)",
    "[ # a\n x # b\n]": "(tuple x)",
    "(/* a */ x /* b */ + /* c */ y)": "(+ x y)",
    "/* a */ p /* b */ ? /* c */ q : /* d */ r": "(? p q r)",
}


@pytest.mark.parametrize(("text", "tree"), TREES.items())
def test_expressions(text: str, tree: str) -> None:
    """Expressions have the shape that HCL gives them."""
    assert shown(value(text)) == tree


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.50", Fraction(3, 2)),
        ("123456789012345678901", 123456789012345678901),
        ("1.5e3", 1500),
        ("1E-1", Fraction(0.1)),
    ],
)
def test_numbers(text: str, number: int | Fraction) -> None:
    """Whole numbers are ``int`` whatever their form, others ``Fraction``, and more precise than a float."""
    literal = value(text)
    assert isinstance(literal, ast.Literal)
    assert isinstance(literal.value, type(number))
    assert literal.value == pytest.approx(number)


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "1.5e99999", "9" * 10_000, "x." + "9" * 10_000])
def test_absurd_numbers_are_not_computed(text: str) -> None:
    """A number that would fill the memory is left unread."""
    assert "too-deep" in shown(value(text))


def test_blocks() -> None:
    """Labels are quoted or bare, bodies nest, attributes come by name and blocks in order."""
    file = parsed('a "b" c {\n  x = 1\n  y {\n    z = 2\n  }\n}\nd {}\nlocals { e = 3 }\na "f\\"g" {}\n')
    assert outline(file.body) == 'a b c{x=1; y{z=2}}; d{}; locals{e=3}; a f"g{}'


def test_spans_of_blocks_and_attributes() -> None:
    """Spans of header, block, name, value and item cover what is written, in characters rather than bytes."""
    file = parsed('# é\nresource "é" "b" { # c\n  é = "é" + 1 # d\n}\n')
    block = file.body.blocks[0]
    attribute = block.body.attributes["é"]
    spans = (block.header, block.span, attribute.name_span, attribute.value_span, attribute.span, block.body.span)
    assert [each.text.split("\n")[0] for each in spans] == [
        'resource "é" "b"',
        'resource "é" "b" { # c',
        "é",
        '"é" + 1',
        'é = "é" + 1',
        "{ # c",
    ]
    assert [(each.line, each.column, each.end_line, each.end_column) for each in spans] == [
        (2, 1, 2, 17),
        (2, 1, 4, 2),
        (3, 3, 3, 4),
        (3, 7, 3, 14),
        (3, 3, 3, 14),
        (2, 18, 4, 2),
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a.b[0] + c", ["a.b[0] + c", "a.b[0]", "a.b", "a", "0", "c"]),
        ("p ? 1 : q ? 2 : 3", ["p ? 1 : q ? 2 : 3", "p", "1", "q ? 2 : 3", "q", "2", "3"]),
        ("x.*.a[0]", ["x.*.a[0]", "x.*.a", "x", ".*.a", ".*", "0"]),
        ('"a ${ b } c"', ['"a ${ b } c"', "a ", "b", " c"]),
    ],
)
def test_spans_of_expressions(text: str, spans: list[str]) -> None:
    """Each part of an expression knows its place."""
    assert [each.text for each in _walk(value(text))] == spans


def _walk(node: ast.Expression) -> list[Span]:
    found = [node.span]
    for name in type(node).__struct_fields__:
        member = getattr(node, name)
        for each in member if isinstance(member, tuple) else (member,):
            if isinstance(each, ast.Expression):
                found += _walk(each)
    return found


def test_byte_order_mark_and_carriage_returns() -> None:
    """A byte order mark is no text, and Windows line ends end lines."""
    file = parsed(b'\xef\xbb\xbfa = 1\r\nb "c" {\r\n  d = <<-EOT\r\n    e\r\n    EOT\r\n  # f\r\n  g = 2\r\n}\r\n')
    assert outline(file.body) == "a=1; b c{d='e\\r\\n'; g=2}"
    assert file.body.attributes["a"].span.text == "a = 1"


@pytest.mark.parametrize("text", ["", "\n", "# a\n", "/* a */", "\ufeff"])
def test_empty_files(text: str) -> None:
    """A file with nothing in it is valid."""
    file = parsed(text)
    assert (file.problems, outline(file.body)) == ((), "")


def test_syntax_error_leaves_nothing() -> None:
    """What follows an error is not trusted: the file has a problem near the place and no body."""
    file = parsed('a "b" {\n  x = = 1\n}\nc "d" {\n}\n')
    (problem,) = file.problems
    assert (problem.span.line, problem.message) == (2, "near line 2: this is not valid Terraform syntax")
    assert outline(file.body) == ""


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a = 1\nb = 2\na = 3\n", 3, 'argument "a" is already set on line 1'),
        ("x {\n  y {\n    a = 1\n    a = 2\n  }\n}\n", 4, 'argument "a" is already set on line 3'),
        ('{"a": 1}', 1, "a JSON document in a file of native syntax"),
        ('a = 1\nb = "${}"\n', 2, "nothing stands between ${ and }"),
        ("a = 0x1F\n", 1, "numbers are written in decimal"),
        ('a = 1\nb = "c\nd"\n', 2, "a quoted string does not end on its line"),
        ('a = "\\"b\n"\n', 1, "a quoted string does not end on its line"),
        ('a = "${f("\n${g}")}"\n', 1, "a quoted string does not end on its line"),
    ],
)
def test_problems_beyond_the_grammar(text: str, line: int, message: str) -> None:
    """What the grammar lets through although Terraform doesn't, and a value would have to be made up for."""
    file = parsed(text)
    assert [(each.span.line, each.message) for each in file.problems] == [(line, message)]
    assert outline(file.body) == ""


def test_same_name_in_different_bodies() -> None:
    """Arguments of different blocks, and a block named as an argument, are no repetition."""
    assert not parsed("a = 1\nb {\n  a = 2\n}\nc {\n  a = 3\n}\na {}\n").problems


def test_line_ends_in_interpolations() -> None:
    """An interpolation in a string may span lines."""
    text = 'a = "${f({\n  b = "c"\n})} \\" ${\nd\n}"\n'
    assert outline(parsed(text).body) == "a=(template (f (object 'b' 'c')) ' \" ' d)"


def test_lookalikes_in_text_are_no_problem() -> None:
    """What is refused in code may be written in comments and strings."""
    assert not parsed('# ${} 0x1\na = "0x1F $${}"\n').problems


def test_conversion_waits_until_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that isn't asked for isn't converted, and what is asked for is converted once."""
    converted: list[str] = []
    original = expression.convert

    def convert(node: object, text: object, depth: int = 0) -> ast.Expression:
        result = original(node, text, depth)  # type: ignore[arg-type]
        converted.append(result.span.text)
        return result

    monkeypatch.setattr(expression, "convert", convert)
    file = parsed("a {\n  x = 1\n  y = 2\n}\nb {\n  z = 3\n}\n")
    assert converted == []
    body = file.body.blocks[0].body
    assert converted == []
    assert shown(body.attributes["y"].expression) == "2"
    assert body.attributes["y"].expression is body.attributes["y"].expression
    assert file.body.blocks[0].body is body
    assert converted == ["2"]


@pytest.mark.parametrize(
    ("before", "core", "after"),
    [("[", "", "]"), ("{a=", "1", "}"), ("f(", "", ")"), ("(", "1", "+1)"), ("!", "x", ""), ("- ", "x", "")],
)
def test_nesting_is_cut_off(before: str, core: str, after: str) -> None:
    """Nesting beyond reason is left unread, wherever it occurs; reasonable nesting is read."""
    assert "too-deep" in shown(value(before * 20_000 + core + after * 20_000))
    assert "too-deep" not in shown(value(before * 150 + core + after * 150))


def test_parentheses_are_no_nesting() -> None:
    """Parentheses around parentheses vanish."""
    assert shown(value("(" * 5_000 + "x" + ")" * 5_000)) == "x"


def test_long_chains() -> None:
    """A long sum, and a long traversal, are read to the end although the tree is deep on the left."""
    total: ast.Expression = value(" + ".join(["x"] * 5_000))
    terms = 1
    while isinstance(total, ast.Binary):
        total, terms = total.left, terms + 1
    assert (shown(total), terms) == ("x", 5_000)
    assert isinstance(value("x" + ".a" * 5_000), ast.GetAttr)


@pytest.mark.parametrize("text", ["p ? 1 : " * 5_000 + "2", "x" + "[*]" * 5_000])
def test_endless_right_nesting_is_cut_off(text: str) -> None:
    """Thousands of conditionals or splats in a row would be as deep on the right."""
    assert shown(value(text)) == "too-deep"


def test_deep_directives_are_cut_off() -> None:
    """Thousands of directives in one another are left unread."""
    assert shown(value('"' + "%{ if x }" * 5_000 + "%{ endif }" * 5_000 + '"')) == "too-deep"


def test_deep_blocks() -> None:
    """Blocks nested beyond reason make the file invalid instead of crashing its readers."""
    assert [each.message for each in parsed("b {\n" * 20_000 + "}\n" * 20_000).problems] == [
        "blocks are nested too deep"
    ]
    assert not parsed("b {\n" * 150 + "}\n" * 150).problems


def test_blocks_of() -> None:
    """A dynamic block counts among the blocks that it generates."""
    body = parsed('a {}\nb {}\ndynamic "a" {\n  content {}\n}\ndynamic "b" {}\na {}\n').body
    assert [(each.type, each.labels, each.span.line) for each in blocks_of(body, "a")] == [
        ("a", (), 1),
        ("dynamic", ("a",), 3),
        ("a", (), 7),
    ]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", "''"),
        ('a\\n"$${b}\r\n', "'a\\\\n\"${b}\\r\\n'"),
        ("${x}", "(template x)"),
        ("${x}\n", "(template x '\\n')"),
        ("\ufeffa ${x}", "(template 'a ' x)"),
        ("%{ for x in xs ~}\n${x}\n%{ endfor ~}\n", "(template (%for - x xs (template '' x '\\n')) '')"),
        ("T0\nT1${x}", "(template 'T0\\nT1' x)"),
    ],
)
def test_template_files(text: str, tree: str) -> None:
    """A template file has no quotes: backslashes and quotation marks are text, sequences are read."""
    template = parse_template(Source("a.tftpl", text.encode()))
    assert isinstance(template, ast.Expression)
    assert shown(template) == tree


def test_places_in_template_files() -> None:
    """Places in a template file are those of the file."""
    template = parse_template(Source("a.tftpl", "\ufeffé\n  ${x.y} z".encode()))
    assert isinstance(template, ast.Template)
    assert [(each.span.text, each.span.line, each.span.column) for each in template.parts] == [
        ("é\n  ", 1, 2),
        ("x.y", 2, 5),
        (" z", 2, 9),
    ]


@pytest.mark.parametrize("text", ["${", "%{ if x }", "${x}\n}${", "%{ endif }", "${}"])
def test_invalid_template_files(text: str) -> None:
    """A mistake in a template is a problem in that file."""
    assert isinstance(parse_template(Source("a.tftpl", text.encode())), ast.SyntaxProblem)


@pytest.mark.parametrize(
    ("text", "tree"),
    [("list", "list"), ("map(string)", "(map string)"), ("aws_vpc.a[0].id", "(. ([] (. aws_vpc a) 0) id)")],
)
def test_expressions_in_strings(text: str, tree: str) -> None:
    """Older configurations quote types and references."""
    source = Source("main.tf", f'type = "{text}"'.encode())
    found = parse_expression(text, Span(source, 7, len(source.data)))
    assert isinstance(found, ast.Expression)
    assert (shown(found), found.span.text) == (tree, text)


@pytest.mark.parametrize("text", ["", "a b", "1\nb = 2", "1\nb {}", "}", "1 +", '"x'])
def test_strings_that_are_no_expression(text: str) -> None:
    """A string with more or less than an expression in it is a problem at the string."""
    span = Span(Source("main.tf", b'a = "?"'), 4, 7)
    problem = parse_expression(text, span)
    assert isinstance(problem, ast.SyntaxProblem)
    assert problem.span == span
