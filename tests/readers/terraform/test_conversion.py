"""Conversion of values to types, compared with what Terraform makes of variables' defaults."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.oracle import ConsoleError, terraform_console
from vpce_lint.number import render
from vpce_lint.readers.terraform import ast
from vpce_lint.readers.terraform.conversion import convert, to_string, type_of, unify
from vpce_lint.readers.terraform.data import is_known, to_data
from vpce_lint.readers.terraform.detached import evaluate_expression
from vpce_lint.readers.terraform.invalid import MOST_SHOWN
from vpce_lint.readers.terraform.syntax import parse_expression
from vpce_lint.readers.terraform.type_expression import type_of as type_named
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import ANY, BOOL, NUMBER, STRING, Attribute, Type
from vpce_lint.value import Choice, Json, Known, Mapping, Reference, ResourceObject, Run, Sequence, Text, Unknown, Value

WHY = (Reason("it has no default"),)
STRINGS = Type("list", STRING)
REGION = Unknown("var.region", WHY)

DEFAULTS = [
    ("string", "1.50"),
    ("string", "true"),
    ("string", "null"),
    ("string", "[1]"),
    ("number", '"0.1"'),
    ("number", '"x"'),
    ("number", "true"),
    ("bool", '"true"'),
    ("bool", '"0"'),
    ("bool", "1"),
    ("any", '[1, "a"]'),
    ("list(string)", "[1, true]"),
    ("list(any)", '[1, "a"]'),
    ("list(any)", "[1, true]"),
    ("list(number)", '["1", 2]'),
    ("list(string)", "{}"),
    ("list(string)", '"a"'),
    ("set(string)", '["b", "a", "b", 1]'),
    ("set(number)", '["10", 9]'),
    ("set(any)", "[{ b = 1 }, { b = 0 }]"),
    ("map(string)", "{ a = 1, b = true }"),
    ("map(any)", '{ a = 1, b = "x" }'),
    ("map(any)", '{ a = [1], b = "x" }'),
    ("map(list(any))", '{ a = [1, "x"], b = [2] }'),
    ("map(string)", "[]"),
    ("map(object({ a = string }))", "{ x = { a = 1, b = 2 } }"),
    ("tuple([string, number])", '[1, "2"]'),
    ("tuple([string])", "[]"),
    ("object({ a = string })", "{ a = 1, b = 2 }"),
    ("object({ a = string })", "{ b = 1 }"),
    ("object({ a = optional(string) })", "{}"),
    ('object({ a = optional(string, "x"), b = optional(number, 5) })', '{ b = "6" }'),
    ('object({ a = optional(string, "x") })', "{ a = null }"),
    ('object({ a = optional(object({ b = optional(string, "x"), c = optional(bool) }), {}) })', "{}"),
    ('list(object({ a = optional(string, "x"), n = number }))', '[{ n = "1" }, { n = 2, a = "y" }]'),
    ('map(object({ l = optional(list(string), ["d"]) }))', "{ k = {}, m = { l = [1] } }"),
    ("object({ a = list(map(string)) })", "{ a = [{ x = 1 }, {}] }"),
    ("list(list(string))", '[["a"], []]'),
    ("list(object({ a = any }))", "[{ a = 1 }, { a = 2 }]"),
    ("object({})", "{ a = 1 }"),
    ("list(any)", "[null, 1]"),
    ("list(string)", "[null]"),
]


def parsed(text: str) -> ast.Expression:
    """An expression's tree."""
    tree = parse_expression(text, Span(Source("x", text.encode()), 0, len(text)))
    assert isinstance(tree, ast.Expression)
    return tree


def ours(type_: str, default: str) -> object:
    """What we make of a variable's default."""
    named = type_named(parsed(type_), lambda tree: evaluate_expression(tree.span.text))
    converted = convert(evaluate_expression(default), named)
    if isinstance(converted, Unknown) and converted.invalid:
        return ConsoleError(str(converted.why))
    assert is_known(converted)
    return comparable(to_data(converted))


def comparable(data: object) -> object:
    """Data in which a number never equals a bool."""
    if isinstance(data, list):
        return [comparable(item) for item in data]
    if isinstance(data, dict):
        return {key: comparable(item) for key, item in data.items()}
    return ("number", render(data)) if isinstance(data, int | Fraction) and not isinstance(data, bool) else data


@pytest.fixture(scope="module")
def answers() -> list[object]:
    """Terraform's conversions; a variable that it refuses stands alone, lest it spoil the others."""
    found = terraform_console([f"var.v{at}" for at in range(len(DEFAULTS))], _variables(DEFAULTS))
    if not all(isinstance(answer, ConsoleError) for answer in found):
        return found
    return [terraform_console(["var.v0"], _variables([case]))[0] for case in DEFAULTS]


def _variables(cases: list[tuple[str, str]]) -> dict[str, str]:
    blocks = [
        f'variable "v{at}" {{\n  type = {type_}\n  default = {given}\n}}' for at, (type_, given) in enumerate(cases)
    ]
    return {"variables.tf": "\n".join(blocks) + "\n"}


@pytest.mark.parametrize("at", range(len(DEFAULTS)), ids=[f"{type_} = {given}" for type_, given in DEFAULTS])
def test_converts_as_terraform_does(at: int, answers: list[object]) -> None:
    """A variable's default becomes what it is in Terraform, or is refused by both."""
    assert ours(*DEFAULTS[at]) == comparable(answers[at])


def test_unknown_gets_the_type_and_keeps_its_name() -> None:
    """A variable of open type stays the same value when a module takes it as a string."""
    assert convert(REGION, STRING) == Unknown("var.region", WHY, type=STRING)


def test_reference_stays_a_reference() -> None:
    """An attribute of a resource passed through a typed variable keeps its identity."""
    vpc = Reference("aws_vpc.main.id", WHY, address="aws_vpc.main", attribute="id")
    converted = convert(vpc, STRING)
    assert isinstance(converted, Reference)
    assert (converted.address, converted.type) == ("aws_vpc.main", STRING)


def test_unknown_of_another_kind_gets_a_name_of_its_own() -> None:
    """``1`` and ``"1"`` are not equal, so neither are an unknown number and its text."""
    port = Unknown("var.port", WHY, type=NUMBER, nullable=False)
    text = convert(port, STRING)
    assert isinstance(text, Unknown)
    assert text.name == "tostring(var.port)"
    assert text.equals(port).is_unknown


def test_unknown_of_a_wrong_kind_is_refused() -> None:
    """A list can't become a string, whatever is in it."""
    converted = convert(Unknown("var.ids", WHY, type=STRINGS), STRING)
    assert isinstance(converted, Unknown)
    assert converted.invalid
    assert converted.why[0].words == "a string is needed, not a list: var.ids"


def test_choice_is_converted_on_both_sides() -> None:
    """Each side of a conditional is converted, and the condition stays."""
    flag = Unknown("var.flag", WHY, type=BOOL)
    assert convert(Choice(flag, Known(1), Known(2)), STRING) == Choice(flag, Known("1"), Known("2"))


def test_runs_are_converted_member_by_member() -> None:
    """A list of unknown length becomes a set of the same members."""
    run = Run("var.ports", Unknown("var.ports[*]", WHY), least=1)
    converted = convert(Sequence((run, Known(1), Known(1))), Type("set", STRING))
    assert isinstance(converted, Sequence)
    assert [member.symbol for member in converted.members] == ['"1"', "var.ports..."]


def test_set_of_unknown_members_is_a_list_in_no_order() -> None:
    """Terraform sorts a set by values that are not known here."""
    members = (Unknown("var.a", WHY, type=STRING), Unknown("var.b", WHY, type=STRING))
    converted = convert(convert(Sequence(members), Type("set", STRING)), STRINGS)
    assert isinstance(converted, Sequence)
    assert (converted.members, converted.ordered) == (members, False)


def test_attribute_that_may_be_null_takes_its_default_then() -> None:
    """``optional()``'s default replaces a null, which an unknown may be."""
    type_ = Type("object", attributes=(("a", Attribute(STRING, optional=True, default=Known("x"))),))
    converted = convert(Mapping({"a": REGION}), type_)
    assert isinstance(converted, Mapping)
    assert converted.entries["a"].symbol == '((var.region == null) ? "x" : var.region)'


def test_conditional_attribute_takes_its_default_otherwise() -> None:
    """An attribute that is there on a condition is its default where the condition fails."""
    flag = Unknown("var.flag", WHY, type=BOOL)
    type_ = Type("object", attributes=(("a", Attribute(STRING, optional=True, default=Known("x"))),))
    run = Run("a", Known("y"), 0, 1, key=Known("a"), when=(flag,))
    converted = convert(Mapping({}, (run,)), type_)
    assert isinstance(converted, Mapping)
    assert converted.entries["a"].is_("y").is_unknown


def test_resource_becomes_the_object_that_is_asked_for() -> None:
    """Of a whole resource, an object type takes the attributes that it names."""
    resource = ResourceObject("aws_vpc.main", lambda name: Unknown(f"aws_vpc.main.{name}", WHY))
    type_ = Type("object", attributes=(("id", Attribute(STRING)),))
    assert convert(resource, type_) == Mapping({"id": Unknown("aws_vpc.main.id", WHY, type=STRING)})


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (Known(None), ANY),
        (Known(1), NUMBER),
        (Text(("a", REGION)), STRING),
        (Json(Known(1), Known("1")), STRING),
        (Sequence((Known(1), Known("a"))), Type("tuple", items=(NUMBER, STRING))),
        (Sequence((Known(1), Known("a")), "list"), STRINGS),
        (Mapping({"a": Known(1)}), Type("object", attributes=(("a", Attribute(NUMBER)),))),
        (Mapping({"a": Known(1)}, (), "map"), Type("map", NUMBER)),
        (Choice(REGION, Known(1), Known("a")), STRING),
        (REGION, ANY),
    ],
)
def test_types_of_values(value: Value, type_: Type) -> None:
    """A value's type is what shows of it."""
    assert type_of(value) == type_


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ((Known(1), Known("a")), STRING),
        ((Known(1), Known(value=True)), None),
        ((Known(None), Known(1)), NUMBER),
        ((Known(1), REGION), ANY),
        ((Known("a"), REGION), STRING),
        ((Sequence((Known(1),)), Mapping({})), None),
        ((), ANY),
    ],
)
def test_common_types(values: tuple[Value, ...], type_: Type | None) -> None:
    """Several values' common type, if there is one."""
    assert unify(values) == type_


@pytest.mark.parametrize(
    ("value", "symbol"),
    [
        (Known(Fraction(3, 2)), '"1.5"'),
        (Known(value=True), '"true"'),
        (REGION, "var.region"),
        (Choice(REGION, Known(1), Known("a")), '(var.region ? "1" : "a")'),
    ],
)
def test_templates_take_scalars(value: Value, symbol: str) -> None:
    """A template writes scalars, known or not."""
    assert to_string(value).symbol == symbol


@pytest.mark.parametrize("value", [Known(None), Sequence(()), Unknown("var.ids", WHY, type=STRINGS)])
def test_templates_refuse_the_rest(value: Value) -> None:
    """Null and lists can't be put into a string."""
    refused = to_string(value)
    assert isinstance(refused, Unknown)
    assert refused.invalid


def test_reason_shows_the_beginning_of_a_long_value_and_no_part_of_a_key() -> None:
    """What is refused may be a whole document: its beginning is shown, and a key that the cut goes through isn't."""
    key = "AKIA" + "QYZ3" * 4
    refused = convert(Known("x" * (MOST_SHOWN - 6) + " " + key), Type("list", STRING))
    assert isinstance(refused, Unknown)
    words = refused.why[0].words
    assert words.endswith("…")
    assert len(words) < 2 * MOST_SHOWN
    assert "AKI" not in words
