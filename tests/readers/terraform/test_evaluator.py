"""Expressions against real ``terraform console``: a table, generated ones, and what stays sound when inputs are open."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import ConsoleError, terraform_console
from vpce_lint.number import render
from vpce_lint.readers.terraform.detached import Alone, Detached, evaluate_expression
from vpce_lint.readers.terraform.evaluator import evaluate
from vpce_lint.readers.terraform.frame import Frame
from vpce_lint.readers.terraform.syntax import parse
from vpce_lint.source import Source
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import BOOL, STRING, Type
from vpce_lint.value import Json, Known, Mapping, Sequence, Unknown, Value

TABLE = [
    # Literals, operators, precedence
    "1",
    "1.5",
    "-3",
    "- -3",
    "1e3",
    "0.1 + 0.2",
    "1 / 3",
    "10 / 4",
    "7 % 3",
    "-7 % 3",
    "2 + 3 * 4",
    "(2 + 3) * 4",
    "10 - 4 - 3",
    "100 / 10 / 5",
    "1 + 2 == 3 && !false",
    "true || false && false",
    "!true == false",
    "1 < 2",
    "2 <= 2",
    "3 > 2",
    "2 >= 3",
    '"5" + 1',
    '"a" == "a"',
    '1 == "1"',
    "true == 1",
    "null == null",
    "[1, 2] == [1, 2]",
    "{ a = 1 } == { a = 1 }",
    "{ a = 1 } == { a = 2 }",
    "[] == []",
    '"a" != "b"',
    # Conditionals
    "true ? 1 : 2",
    "false ? 1 : true ? 2 : 3",
    "true ? false ? 1 : 2 : 3",
    '1 > 2 ? "a" : 2 > 1 ? "b" : "c"',
    '"true" ? 1 : 2',
    "true ? null : 1",
    "true ? [1] : []",
    # Collections
    "[]",
    "{}",
    '[1, "a", true, null]',
    "[1, 2, 3,]",
    '{ a = 1, "b" = 2, (upper("c")) = 3, 4 = 5 }',
    "{ a : 1, b : 2 }",
    "[1, 2, 3][1]",
    "{ a = { b = [10, 20] } }.a.b[1]",
    '{ "a-b" = 1 }["a-b"]',
    "[[1, 2], [3]][0][1]",
    '{ a = 1 }["b"]',
    "[1][1]",
    "[1, 2].0",
    # Templates
    '"plain"',
    r'"tab\tquote\"backslash\\newline\n"',
    r'"\u00e9\U0001F600"',
    '"$${not} %%{this}"',
    '"${1}"',
    '"${1}${2}"',
    '"a${true}b${null == null}"',
    '"x ${"y ${"z"}"}"',
    '"${[1, 2][0]} and ${upper("k")}"',
    '"%{if true}yes%{else}no%{endif}"',
    '"%{if false}yes%{endif}!"',
    '"%{for x in ["a", "b"]}${x},%{endfor}"',
    '"%{for i, x in ["a", "b"]}${i}=${x};%{endfor}"',
    '"${ [for s in ["a"] : s][0] }"',
    '"a ${~ "b" ~} c"',
    '"${[]}"',
    '"${null}x"',
    '<<EOT\nhello\n  ${upper("there")}\nEOT\n',
    "<<-EOT\n    a\n      b\n    c\n  EOT\n",
    "<<-EOT\n    %{for x in [1, 2]~}\n    - ${x}\n    %{endfor~}\n  EOT\n",
    # For
    "[for x in [1, 2, 3] : x * 2]",
    '[for i, x in ["a", "b"] : "${i}${x}"]',
    "[for x in [1, 2, 3, 4] : x if x % 2 == 0]",
    "{ for k, v in { a = 1, b = 2 } : upper(k) => v + 1 }",
    '{ for x in ["a", "b", "aa"] : substr(x, 0, 1) => x... }',
    '[for k, v in { b = 1, a = 2 } : "${k}${v}"]',
    '[for x in toset(["b", "a", "b"]) : x]',
    "[for x in [[1, 2], [3]] : [for y in x : y + 1]]",
    "{ for i in range(3) : i => i }",
    '{ for x in ["a", "a"] : x => 1 }',
    "[for x in {} : x]",
    # Splats
    "[{ a = 1 }, { a = 2 }][*].a",
    "[{ a = [1, 2] }, { a = [3] }][*].a[0]",
    "[{ a = [1, 2] }, { a = [3, 4] }].*.a[0]",
    "{ a = 1 }[*].a",
    '"s"[*]',
    "null[*]",
    'toset(["b", "a"])[*]',
    "[[1, 2], [3]][*][0]",
    # Mistakes
    "1 / 0",
    "!5",
    '"a" + 1',
    "null + 1",
    "1 ? 2 : 3",
    "[1].a",
    "5.a",
    'null["a"]',
    "[for x in 5 : x]",
]


def plain(value: Value) -> Any:
    """A wholly known value as ``jsonencode`` would show it, or a ``ConsoleError`` where it is invalid."""
    if isinstance(value, Known):
        # Both sides in the decimal digits that Terraform writes a number with.
        return value.value if not isinstance(value.value, Fraction) else Fraction(render(value.value))
    if isinstance(value, Sequence):
        return [plain(member) for member in value.members]
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.entries.items()}
    if isinstance(value, Json):
        return plain(value.text)
    assert isinstance(value, Unknown)
    assert value.invalid, value
    return ConsoleError("invalid")


def has_error(value: Any) -> bool:
    """Whether any part of a plain value is a mistake: Terraform refuses the whole then."""
    if isinstance(value, list):
        return any(has_error(member) for member in value)
    if isinstance(value, dict):
        return any(has_error(member) for member in value.values())
    return isinstance(value, ConsoleError)


def ours(expression: str) -> Any:
    """Our value of an expression, mistakes anywhere in it being a mistake as a whole."""
    value = plain(evaluate_expression(expression))
    return ConsoleError("invalid") if has_error(value) else value


def test_expressions_have_terraforms_values() -> None:
    """Every expression of the table has the value, or the mistake, that Terraform gives it."""
    expected = dict(zip(TABLE, terraform_console(TABLE), strict=True))
    assert {expression: ours(expression) for expression in TABLE} == expected


NUMBERS = st.integers(-50, 50).map(str) | st.sampled_from(["0.5", "1.25", "-2.75"])
STRINGS = st.sampled_from(['""', '"a"', '"b-c"', '"12"', '"é"', '"x${1 + 1}y"'])
BOOLS = st.sampled_from(["true", "false"])


def numbers(depth: int) -> st.SearchStrategy[str]:
    """Expressions whose value is a number."""
    if depth == 0:
        return NUMBERS
    inner = numbers(depth - 1)
    return (
        NUMBERS
        | st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})")
        | st.tuples(bools(depth - 1), inner, inner).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})")
        | lists(depth - 1).map(lambda each: f"length({each})")
        | inner.map(lambda each: f"(-{each})")
    )


def bools(depth: int) -> st.SearchStrategy[str]:
    """Expressions whose value is a bool."""
    if depth == 0:
        return BOOLS
    inner = bools(depth - 1)
    number = numbers(depth - 1)
    return (
        BOOLS
        | st.tuples(inner, st.sampled_from(["&&", "||", "==", "!="]), inner).map(lambda parts: f"({' '.join(parts)})")
        | st.tuples(number, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), number).map(
            lambda parts: f"({' '.join(parts)})"
        )
        | inner.map(lambda each: f"(!{each})")
    )


def strings(depth: int) -> st.SearchStrategy[str]:
    """Expressions whose value is a string."""
    if depth == 0:
        return STRINGS
    part = numbers(depth - 1) | strings(depth - 1) | bools(depth - 1)
    return (
        STRINGS
        | st.tuples(part, part).map(lambda parts: f'"<${{{parts[0]}}}|${{{parts[1]}}}>"')
        | st.tuples(bools(depth - 1), part).map(
            lambda parts: f'"%{{if {parts[0]}}}${{{parts[1]}}}%{{else}}-%{{endif}}"'
        )
        | lists(depth - 1).map(lambda each: f'join(",", [for x in {each} : "${{x}}"])')
    )


def lists(depth: int) -> st.SearchStrategy[str]:
    """Expressions whose value is a list of numbers."""
    item = numbers(max(depth - 1, 0))
    literal = st.lists(item, max_size=3).map(lambda items: f"[{', '.join(items)}]")
    if depth == 0:
        return literal
    inner = lists(depth - 1)
    return (
        literal
        | st.tuples(inner, item).map(lambda parts: f"[for x in {parts[0]} : x + {parts[1]} if x > {parts[1]}]")
        | st.tuples(inner, inner).map(lambda parts: f"concat({parts[0]}, {parts[1]})")
        | inner.map(lambda each: f"[for o in [for x in {each} : {{ v = x }}] : o][*].v")
    )


ANY_EXPRESSION = numbers(3) | bools(3) | strings(2) | lists(2)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ANY_EXPRESSION, min_size=60, max_size=60))
def test_generated_expressions_have_terraforms_values(expressions: list[str]) -> None:
    """Random expressions, a batch a process, have Terraform's values."""
    expected = terraform_console(expressions)
    for expression, value in zip(expressions, expected, strict=True):
        assert ours(expression) == value, expression


OPEN = {
    "n": (Unknown("n", (Reason("n is open"),), type=Type("number"), nullable=False), ["0", "1", "7"]),
    "b": (Unknown("b", (Reason("b is open"),), type=BOOL, nullable=False), ["true", "false"]),
    "s": (Unknown("s", (Reason("s is open"),), type=STRING, nullable=False), ['""', '"a"', '"zz"']),
    "l": (
        Unknown("l", (Reason("l is open"),), type=Type("list", Type("number")), nullable=False),
        ["tolist([])", "tolist([1])", "tolist([2, 3])"],
    ),
}


def with_open(expression: str) -> st.SearchStrategy[str]:
    """The expression with some literals replaced by open names of the same type."""

    def replace(choices: list[bool]) -> str:
        words = expression.split(" ")
        for index, chosen in zip(range(len(words)), choices, strict=False):
            core = words[index].strip("()[],")
            name = {"true": "b", "false": "b"}.get(core) or ("n" if core.isdigit() else None)
            if chosen and name and core:
                words[index] = words[index].replace(core, name, 1)
        return " ".join(words)

    return st.lists(st.booleans(), min_size=1, max_size=40).map(replace)


SOUND = ANY_EXPRESSION.flatmap(with_open) | st.sampled_from(
    [
        "b ? [n] : [n, 1]",
        "concat(l, [n])[0]",
        "length(concat(l, [1, 2])) > 1",
        '"${s}.x" == "${s}.y"',
        '"a${s}" == "b"',
        "{ for k, v in { p = b, q = true } : k => v if v }",
        "[for x in l : x + 1]",
        "l[*]",
        "(b ? { a = 1 } : {})",
        'lookup(b ? { a = 1 } : {}, "a", 5)',
        "b && !b",
        "(b ? 1 : 2) == (b ? 1 : 3)",
        "b || n > 3",
        'merge({ a = 1 }, b ? { a = 2 } : {})["a"]',
        "try([n][1], n)",
        "(n > 0 ? [1] : []) == (n > 0 ? [1] : [2])",
    ]
)


def value_of(expression: str, names: dict[str, Value]) -> Value:
    """An expression's value where these names are bound."""
    source = Source("<expression>", f"value = {expression}\n".encode())
    file = parse(source)
    assert not file.problems, (expression, file.problems)
    return evaluate(file.body.attributes["value"].expression, Frame(Detached("a test", Alone), names=names))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(SOUND, st.data())
def test_what_is_concluded_of_open_inputs_holds_for_every_value(expression: str, data: st.DataObject) -> None:
    """A value worked out with open names never contradicts the value for any choice of the names."""
    abstract = value_of(expression, {name: open_ for name, (open_, _) in OPEN.items()})
    chosen = {name: evaluate_expression(data.draw(st.sampled_from(values))) for name, (_, values) in OPEN.items()}
    concrete = value_of(expression, chosen)
    if isinstance(concrete, Unknown) and concrete.invalid:
        return
    assert not abstract.equals(concrete).is_false, (expression, str(abstract), str(concrete))
    if not abstract.reasons:
        assert abstract.equals(concrete).is_true, (expression, str(abstract), str(concrete))


def test_fractions_are_exact() -> None:
    """Numbers aren't floats."""
    assert abs(plain(evaluate_expression("1 / 3")) - Fraction(1, 3)) < Fraction(1, 2**500)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ('tolist(["a"]) == ["a"]', "types are compared: list and tuple"),
        ("tomap({ a = 1 }) == { a = 1 }", "types are compared: map and object"),
        ("[1, 2][n + 5]", "n is open"),
        ('"x${s}"', "s is open"),
        ("[for x in l : x]", "l is open"),
        ("b ? 1 : 2", "b is open"),
    ],
)
def test_unknown_results_say_why(expression: str, why: str) -> None:
    """Whatever isn't known names what it waits for."""
    value = value_of(expression, {name: open_ for name, (open_, _) in OPEN.items()})
    assert [reason.words for reason in value.reasons] == [why]
