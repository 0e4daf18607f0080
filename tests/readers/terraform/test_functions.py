"""Terraform's functions, compared with ``terraform console``, and sound where arguments are not known."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle import ConsoleError, require_terraform, terraform_console
from tests.readers.terraform.abstraction import Cover, Hider
from tests.readers.terraform.calls import RandomCall, calls, number_formats
from vpce_lint.number import render
from vpce_lint.readers.terraform import ast, functions
from vpce_lint.readers.terraform.data import is_known, to_data
from vpce_lint.readers.terraform.detached import Detached
from vpce_lint.readers.terraform.evaluator import evaluate
from vpce_lint.readers.terraform.frame import Frame
from vpce_lint.readers.terraform.functions import call
from vpce_lint.readers.terraform.functions.catalogue import MODULES
from vpce_lint.readers.terraform.functions.function import ANY, Function
from vpce_lint.readers.terraform.glob import matches
from vpce_lint.readers.terraform.rendering import render_in
from vpce_lint.readers.terraform.syntax import parse_expression
from vpce_lint.source import Source, Span
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import Type
from vpce_lint.value import Unknown

if TYPE_CHECKING:
    from vpce_lint.value import Mapping, Value

HERE = Path(__file__).parent / "function_cases"
QUIET = list(HealthCheck)
BATCHES = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=QUIET,
    phases=(Phase.generate,),
    derandomize=True,
    database=None,
)
"""Each batch is one Terraform process; a failing one isn't shrunk, which would take hundreds."""

FILES = {
    "hello.txt": "hello\n",
    "é.txt": "é",
    "folder/a.tf": "a",
    "folder/b.tf": "b",
    "folder/deep/c.tf": "c",
    "greeting.tmpl": "Hello ${name}!%{ for n in numbers } ${n}%{ endfor }\n",
}

UNCOMPARED = {
    "abspath": "depends on the machine",
    "base64gzip": "the bytes depend on the compressor",
    "bcrypt": "another result each time",
    "issensitive": "sensitivity is not followed",
    "plantimestamp": "the moment of the plan",
    "rsadecrypt": "not worked out",
    "sensitive": "nobody looks at what is sensitive",
    "templatestring": "Terraform takes only a reference to a named value, of which an expression by itself has none",
    "timestamp": "the moment of the run",
    "uuid": "another result each time",
}
"""Functions whose result is always unknown, or can't be compared, and why."""


@dataclass(frozen=True)
class Folder:
    """A function's context with ``FILES`` around it."""

    span: Span

    def limit(self, words: str) -> Unknown:
        """Stand in for what wasn't worked out."""
        return Unknown(f"limit({words})", (Reason(words),))

    def fresh(self, name: str) -> str:
        """The name: nothing here makes two."""
        return name

    def read(self, path: str) -> bytes | Unknown:
        """The bytes of one of the files."""
        text = FILES.get(path.removeprefix("./"))
        return Unknown(path, (Reason(f"there is no {path}"),), invalid=True) if text is None else text.encode()

    def source(self, path: str) -> None:
        """There is none."""

    def names_below(self, folder: str, pattern: str) -> list[str] | Unknown:
        """The names of files that match."""
        prefix = "" if folder == "." else f"{folder}/"
        names = [name.removeprefix(prefix) for name in FILES if name.startswith(prefix)]
        return [name for name in names if matches(pattern, name)]

    def render(self, data: bytes, path: str, variables: Mapping) -> Value:
        """A template rendered with nothing else in sight."""
        return render_in(Detached("a template", Folder), Source(path, data), variables, self.span)


def expressions(name: str) -> list[str]:
    """The lines of a file of expressions."""
    return [line for line in (HERE / name).read_text("utf-8").splitlines() if line]


def ours(expression: str) -> Value:
    """What we make of an expression."""
    span = Span(Source("expression", expression.encode()), 0, len(expression.encode()))
    tree = parse_expression(expression, span)
    assert isinstance(tree, ast.Expression), tree
    return evaluate(tree, Frame(Detached("an expression", Folder)))


def plain(value: Value) -> object:
    """A result as the oracle would give it; numbers as they are written, which is how they arrive there."""
    if isinstance(value, Unknown) and value.invalid:
        return ConsoleError(str(value.why))
    return comparable(to_data(value)) if is_known(value) else f"unknown: {value.symbol} {value.reasons}"


def comparable(data: object) -> object:
    """Data in which two numbers are equal if Terraform writes them alike, and never equal to a bool."""
    if isinstance(data, list):
        return [comparable(item) for item in data]
    if isinstance(data, dict):
        return {key: comparable(item) for key, item in data.items()}
    return ("number", render(data)) if isinstance(data, int | Fraction) and not isinstance(data, bool) else data


@pytest.fixture(scope="module")
def answers() -> dict[str, object]:
    """Terraform's values of all expressions that have one."""
    lines = expressions("values.txt")
    return dict(zip(lines, terraform_console(lines), strict=True))


@pytest.fixture(scope="module")
def refusals() -> dict[str, object]:
    """What Terraform says to all expressions that it refuses."""
    lines = expressions("refused.txt")
    return dict(zip(lines, terraform_console(lines), strict=True))


@pytest.mark.parametrize("expression", expressions("values.txt"))
def test_gives_what_terraform_gives(expression: str, answers: dict[str, object]) -> None:
    """A call of known arguments has Terraform's result."""
    expected = answers[expression]
    assert not isinstance(expected, ConsoleError), expected
    assert plain(ours(expression)) == comparable(expected)


@pytest.mark.parametrize("expression", expressions("refused.txt"))
def test_refuses_what_terraform_refuses(expression: str, refusals: dict[str, object]) -> None:
    """Where Terraform stops with an error, the result is invalid and says why."""
    assert isinstance(refusals[expression], ConsoleError)
    result = ours(expression)
    assert isinstance(result, Unknown)
    assert result.invalid
    assert result.why


def test_reads_files_as_terraform_does() -> None:
    """Functions of files agree with Terraform on the same folder."""
    lines = expressions("files.txt")
    placed = terraform_console(lines, files=FILES)
    assert {line: plain(ours(line)) for line in lines} == {
        line: comparable(answer) for line, answer in zip(lines, placed, strict=True)
    }


def test_renders_template_strings() -> None:
    """``templatestring`` renders a known template with its variables."""
    assert plain(ours('templatestring("a$${x}", {x = "b"})')) == "ab"


@pytest.fixture(scope="module")
def signatures() -> dict[str, dict[str, object]]:
    """Terraform's own list of functions."""
    done = subprocess.run([require_terraform(), "metadata", "functions", "-json"], capture_output=True, check=True)
    listed = json.loads(done.stdout)["function_signatures"]
    return {name: signature for name, signature in listed.items() if not name.startswith("core::")}


def test_knows_every_function(signatures: dict[str, dict[str, object]]) -> None:
    """The catalogue has exactly Terraform's functions."""
    assert sorted(MODULES) == sorted(signatures)


def test_takes_the_arguments_that_terraform_takes(signatures: dict[str, dict[str, object]]) -> None:
    """Each function's parameters have Terraform's types; what Terraform checks only later, we convert at once."""
    different = {name for name, signature in signatures.items() if _shape(signature) != _our_shape(name, signature)}
    assert different == {"lookup", "tobool", "tolist", "tomap", "tonumber", "toset", "tostring", "join"} & different


def _shape(signature: dict[str, object]) -> tuple[object, ...]:
    parameters = signature.get("parameters", [])
    assert isinstance(parameters, list)
    return ([_type(parameter["type"]) for parameter in parameters], "variadic_parameter" in signature)


def _our_shape(name: str, signature: dict[str, object]) -> tuple[object, ...]:
    function = function_of(name)
    count = len(signature.get("parameters", []))  # type: ignore[arg-type]
    return ([parameter.type for parameter in function.parameters[:count]], function.variadic is not None)


def _type(written: object) -> Type:
    if isinstance(written, list):
        return Type(written[0], _type(written[1]))
    return ANY if written == "dynamic" else Type(written)  # type: ignore[arg-type]


def function_of(name: str) -> Function:
    """The function of a name."""
    module = import_module(f"{functions.__name__}.{MODULES[name]}")
    found = getattr(module, f"{name}_", None) or getattr(module, name)
    assert isinstance(found, Function)
    return found


def test_catalogue_is_fresh() -> None:
    """The catalogue names each function's module; to renew it, write down ``found``."""
    found: dict[str, str] = {}
    for path in Path(functions.__path__[0]).glob("*.py"):
        module = import_module(f"{functions.__name__}.{path.stem}")
        names = [name for name, value in vars(module).items() if isinstance(value, Function)]
        found.update({name.rstrip("_"): path.stem for name in names if path.stem != "__init__"})
    assert dict(sorted(found.items())) == MODULES


@pytest.mark.parametrize("name", sorted(MODULES))
def test_is_compared(name: str) -> None:
    """Every function stands in the compared expressions at least twice, or in the list of those that can't be."""
    lines = [*expressions("values.txt"), *expressions("refused.txt"), *expressions("files.txt")]
    times = sum(re.search(rf"\b{name}\(", line) is not None for line in lines)
    assert (times >= 2) != (name in UNCOMPARED)


@pytest.mark.parametrize("name", sorted(UNCOMPARED.keys() - {"templatestring"}))
def test_says_why_it_is_not_worked_out(name: str) -> None:
    """A function that depends on the run gives an unknown with a reason, and a type."""
    given = {"rsadecrypt": '("a", "b")', "timestamp": "()", "plantimestamp": "()", "uuid": "()"}
    result = ours(name + given.get(name, '("a")'))
    assert isinstance(result, Unknown)
    assert (result.invalid, bool(result.why), result.type is None, result.nullable) == (False, True, False, False)


def test_unknown_function_is_refused() -> None:
    """A name that Terraform doesn't have is an error, a provider's function is merely unknown."""
    assert ours("nope(1)").why[0].words == "nope(): there is no function named nope"  # type: ignore[attr-defined]
    provided = ours('provider::aws::arn_parse("x")')
    assert isinstance(provided, Unknown)
    assert not provided.invalid


@BATCHES
@given(st.lists(calls, min_size=120, max_size=120))
def test_agrees_on_random_calls(batch: list[RandomCall]) -> None:
    """Random calls have Terraform's result, or are refused by both."""
    check_batch(batch)


@BATCHES
@given(st.lists(number_formats, min_size=100, max_size=100))
def test_formats_numbers_as_terraform_does(batch: list[RandomCall]) -> None:
    """Every verb, flag, width and precision writes a number as Go does."""
    check_batch(batch)


def check_batch(batch: list[RandomCall]) -> None:
    """Compare the calls' results with Terraform's; ``try`` keeps one refusal from hiding the others."""
    refused = "<refused>"
    theirs = terraform_console([f'try({each.text}, "{refused}")' for each in batch])
    found = [plain(each.result()) for each in batch]
    pairs = zip(batch, found, map(comparable, theirs), strict=True)
    different = [
        (each.text, result, expected)
        for each, result, expected in pairs
        if expected != (refused if isinstance(result, ConsoleError) else result)
    ]
    assert different == []


@settings(max_examples=2500, deadline=None, suppress_health_check=QUIET, derandomize=True)
@given(calls, st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]), max_size=30))
def test_never_says_what_hidden_arguments_could_contradict(random: RandomCall, decisions: list[int]) -> None:
    """With parts of its arguments unknown, a call's result still leaves room for the result with all of them known."""
    concrete = random.result()
    hider = Hider(decisions)
    arguments = tuple(hider.hide(argument) for argument in random.arguments)
    span = Span(Source("x", b""), 0, 0)
    abstract = call(random.name, arguments, Folder(span))
    behind = {name: value for name, value in hider.hidden.items() if name.startswith("var.")}
    assert Cover(behind, loose=random.name == "toset").covers(abstract, concrete), (
        random.text,
        arguments,
        abstract,
        concrete,
    )


HOSTILE = [
    'format("%999999999s", "a")',
    'format("%.99999999f", 1)',
    'join("", [for i in range(1000) : format("%9999s", "a")])',
    "setproduct(range(1000), range(1000))",
    'replace(format("%9999s", "a"), " ", format("%999s", "b"))',
    'indent(99999999, "a\\nb")',
    'jsondecode("' + "[" * 2000 + '")',
    'yamldecode("' + "[" * 2000 + '")',
    'yamldecode("a: &a [x,x,x,x,x,x,x,x]\\n'
    + "".join(
        f"{new}: &{new} [*{old},*{old},*{old},*{old},*{old},*{old},*{old},*{old}]\\n"
        for old, new in zip("abcdefg", "bcdefgh", strict=True)
    )
    + '")',
    'format(join("", [for i in range(1000) : "%[1]s"]), format("%9999s", "a"))',
    'formatlist("%s", [for i in range(1000) : format("%9999s", i)])',
    'jsonencode([for i in range(1000) : format("%9999s", i)])',
    'split("", join("", [for i in range(2) : format("%9999s", i)]))',
    "setintersection([for i in range(1024) : i + 0], flatten([for i in range(2) : [for j in range(1024) : i * 5000 + j]]))",
    'tonumber("1e99999")',
    'tonumber("' + "9" * 5000 + '")',
    'regexall("", format("%9999s%9999s", "a", "b"))',
]


@pytest.mark.parametrize("expression", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_calls_are_cut_short(expression: str) -> None:
    """Calls that would take too much work end soon, with the limit as the reason."""
    result = ours(expression)
    assert isinstance(result, Unknown)
    assert result.why
