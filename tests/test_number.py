"""Numbers with Terraform's precision, compared with ``terraform console``."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.oracle import terraform_console
from vpce_lint.number import (
    MOST_BITS,
    NumberLimitError,
    absolute,
    add,
    divide,
    modulo,
    multiply,
    parse,
    render,
    rounded,
    subtract,
)

BATCHES = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
    derandomize=True,
    database=None,
)

decimals = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.decimals(-(10**9), 10**9, places=12, allow_nan=False).map("{:f}".format),
    st.builds("{}.{}e{}".format, st.integers(-99, 99), st.integers(0, 10**40), st.integers(-60, 60)),
)

OPERATIONS = {"+": add, "-": subtract, "*": multiply, "/": divide, "%": modulo}


def known(text: str) -> int | Fraction:
    """The number that a text certainly is."""
    number = parse(text)
    assert number is not None
    return number


@BATCHES
@given(st.lists(st.tuples(decimals, st.sampled_from(sorted(OPERATIONS)), decimals), min_size=100, max_size=100))
def test_computes_as_terraform_does(batch: list[tuple[str, str, str]]) -> None:
    """Every operation gives Terraform's digits, to the last of 512 bits."""
    batch = [each for each in batch if each[1] != "/" or known(each[2])]
    expected = terraform_console(
        [f'tostring(tonumber("{left}") {sign} tonumber("{right}"))' for left, sign, right in batch]
    )
    found = [render(OPERATIONS[sign](known(left), known(right))) for left, sign, right in batch]
    assert [pair for pair in zip(batch, found, expected, strict=True) if pair[1] != pair[2]] == []


@BATCHES
@given(st.lists(decimals, min_size=150, max_size=150))
def test_writes_numbers_as_terraform_does(batch: list[str]) -> None:
    """A text read as a number and written again is what Terraform makes of it."""
    expected = terraform_console([f'tostring(tonumber("{each}"))' for each in batch])
    found = [render(known(each)) for each in batch]
    assert [pair for pair in zip(batch, found, expected, strict=True) if pair[1] != pair[2]] == []


@given(decimals)
def test_written_numbers_read_back(text: str) -> None:
    """What ``render`` writes, ``parse`` reads as the same number."""
    number = known(text)
    assert parse(render(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5.", 5),
        (".5", Fraction(1, 2)),
        ("+5", 5),
        ("-0", 0),
        ("1e3", 1000),
        ("1E+3", 1000),
        ("1p3", 8),
        ("1p-1", Fraction(1, 2)),
        ("007", 7),
    ],
)
def test_reads_what_go_reads(text: str, number: int | Fraction) -> None:
    """Go's number syntax is wider than Terraform's own."""
    assert parse(text) == number


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "0x10", "1_0", ".", "-", "e3", "1e", "1e1.5", "1.2.3", "--1", "\u00bd", "\u0661", "inf"]
)
def test_refuses_what_is_no_number(text: str) -> None:
    """Spaces, other bases and other digits make no number."""
    assert parse(text) is None


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "9" * 3000, "1p99999"])
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    """A number that would take long to work out raises before it does."""
    with pytest.raises(NumberLimitError):
        parse(text)


def test_magnitudes_stay_bounded() -> None:
    """Repeated squaring ends in a clear error, not in a number that fills the memory."""
    number: int | Fraction = 2 ** (MOST_BITS // 2)
    with pytest.raises(NumberLimitError):
        multiply(multiply(number, number), number)
    with pytest.raises(NumberLimitError):
        divide(divide(1, number), number * number)


def test_rounds_half_to_even() -> None:
    """Beyond 512 bits, the nearest number counts, and of two as near, the even one."""
    assert rounded(2**512 + 1) == 2**512
    assert rounded(2**512 + 3) == 2**512 + 4
    assert rounded(Fraction(2**513 + 3, 2)) == 2**512 + 2


def test_remainder_has_the_sign_of_the_dividend() -> None:
    """Terraform's ``%`` truncates; by zero it leaves the number as it is."""
    assert [modulo(-7, 3), modulo(7, -3), modulo(7, 0)] == [-1, 1, 7]


def test_decimals_are_exact_enough_to_add_up() -> None:
    """Unlike floats, a tenth and two tenths are three tenths."""
    assert add(known("0.1"), known("0.2")) == known("0.3")
    assert render(add(known("0.1"), known("0.2"))) == "0.3"
    assert absolute(known("-1.5")) == Fraction(3, 2)
