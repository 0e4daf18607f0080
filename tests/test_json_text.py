"""JSON given as text: its document agrees with Python's reader, and every part says where it is written."""

from __future__ import annotations

import gc
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.json_text import DEEPEST, LONGEST, JsonText, parse_json_text
from vpce_lint.layout import Verbatim
from vpce_lint.source import Source
from vpce_lint.truth import Reason
from vpce_lint.value import Json, Known, Mapping, Reference, Run, Sequence, Text, Unknown, Value, text

WHY = Reason("var.x has no default")
X = Unknown("var.x", (WHY,))
IDS = Unknown('join("\\",\\"", var.ids)', (WHY,), nullable=False)
BUCKET = Reference("aws_s3_bucket.b.arn", (), address="aws_s3_bucket.b", attribute="arn")

scalars = st.none() | st.booleans() | st.integers() | st.text()
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)
blank = st.text(alphabet=" \t\r\n", max_size=3)


def parse(*parts: str | Value) -> JsonText:
    """The reading of a text with these known pieces and holes."""
    value = text(parts)
    assert isinstance(value, Known | Text)
    return parse_json_text(value)


def plain(value: Value) -> Any:
    """A value as Python's data; one with holes as its symbol in braces."""
    if isinstance(value, Mapping):
        assert not value.runs
        return {key: plain(entry) for key, entry in value.entries.items()}
    if isinstance(value, Sequence):
        return [plain(member) for member in value.members]
    return value.value if isinstance(value, Known) else {value.symbol}


def refuse(name: str) -> None:
    """NaN and the infinities, which Python reads and JSON doesn't have."""
    raise ValueError(name)


def python(written: str) -> Any:
    """What Python reads: fractions as they are written, half surrogates replaced."""
    whole = written.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    data = json.loads(whole, parse_float=str, parse_constant=refuse)
    return _clean(data)


def _clean(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(data, list):
        return [_clean(item) for item in data]
    if isinstance(data, dict):
        return {_clean(key): _clean(item) for key, item in data.items()}
    return data


@st.composite
def written(draw: st.DrawFn) -> tuple[Any, str]:
    """A document and one way to write it."""
    data = draw(documents)
    ascii_only = draw(st.booleans())

    def write(value: Any) -> str:
        space = [draw(blank) for _ in range(4)]
        if isinstance(value, list):
            return "[" + space[0] + ",".join(space[1] + write(item) + space[2] for item in value) + "]"
        if isinstance(value, dict):
            pairs = (
                f"{space[0]}{json.dumps(key, ensure_ascii=ascii_only)}{space[1]}:{space[2]}{write(item)}{space[3]}"
                for key, item in value.items()
            )
            return "{" + ",".join(pairs) + space[0] + "}"
        return json.dumps(value, ensure_ascii=ascii_only)

    return data, draw(blank) + write(data) + draw(blank)


@given(written())
def test_reads_what_python_reads(case: tuple[Any, str]) -> None:
    """Any JSON text gives the document that Python's reader gives."""
    data, string = case
    read = parse(string)
    assert read.faults == ()
    assert plain(read.document) == _clean(data)


@given(
    written(),
    st.integers(0, 400),
    st.text(alphabet='{}[]",:\\/0123456789.eE+-tnul \n\x01\u00a0x', max_size=3),
    st.integers(0, 3),
)
def test_refuses_what_python_refuses(case: tuple[Any, str], at: int, more: str, fewer: int) -> None:
    """A damaged text is a fault exactly where Python's reader refuses it, else the same document."""
    string = case[1]
    at = min(at, len(string))
    damaged = string[:at] + more + string[at + fewer :]
    read = parse(damaged)
    try:
        expected = python(damaged)
    except ValueError:
        assert [fault.kind for fault in read.faults][-1:] == ["not-json"], damaged
        return
    assert [fault.kind for fault in read.faults if fault.kind != "duplicate"] == []
    assert plain(read.document) == expected


@given(st.text(alphabet='{}[]",:\\u0dDcC8/1.eE+-tnul \n', max_size=12))
def test_refuses_random_text_as_python_does(string: str) -> None:
    """Random text is JSON for both readers or for none."""
    read = parse(string)
    try:
        expected = python(string)
    except ValueError:
        assert [fault.kind for fault in read.faults][-1:] == ["not-json"]
        return
    assert plain(read.document) == expected


@given(written())
def test_spans_hold_what_they_say(case: tuple[Any, str]) -> None:
    """The bytes at the span of each part are that part, also behind characters of several bytes."""
    string = _clean(case[1])
    source = Source("p.json", string.encode())
    read = parse_json_text(Known(string, origin=Verbatim(source)))
    waiting: list[Value] = [read.document]
    while waiting:
        value = waiting.pop()
        assert value.span is not None
        assert value.span.source is source
        assert python(value.span.text) == plain(value)
        if isinstance(value, Mapping):
            waiting += value.entries.values()
        elif isinstance(value, Sequence):
            waiting += value.members


@pytest.mark.parametrize(
    ("string", "words", "place"),
    [
        ('{"a": 1,}', "a comma stands behind the last one", "}"),
        ("{'a': 1}", "strings need double quotes", "'a'"),
        ('{"a" 1}', "a colon is missing", "1"),
        ('{"a": 1 "b": 2}', "a comma is missing", '"'),
        ('{"a": yes}', "“yes” is no value", "yes"),
        ('{"a": 1} // no', "JSON has no comments", "//"),
        ('{"a": "b\n"}', "a line ends inside a string", "\n"),
        ('{"a": "b', "a string doesn't end", '"'),
        ('{"a": [1}', "“]” is missing", "}"),
        ('{"a": 1', "it ends too early", "1"),
        (" ", "it is empty", " "),
    ],
)
def test_says_what_is_wrong(string: str, words: str, place: str) -> None:
    """The fault is in words that help, at the place that is wrong."""
    source = Source("p.json", string.encode())
    (fault,) = parse_json_text(Known(string, origin=Verbatim(source))).faults
    assert fault.message == f"the text is not JSON: {words}"
    assert fault.span is not None
    assert fault.span.text == place


def test_a_name_twice_is_a_fault() -> None:
    """The last value counts, and the second name is pointed at, however it is escaped."""
    string = '{"Action": 1, "\\u0041ction": 2}'
    read = parse_json_text(Known(string, origin=Verbatim(Source("p.json", string.encode()))))
    assert plain(read.document) == {"Action": 2}
    (fault,) = read.faults
    assert fault.kind == "duplicate"
    assert fault.span is not None
    assert fault.span.text == '"\\u0041ction"'


def test_depth_and_length_are_limits() -> None:
    """Too deep and too long are faults of their own, and what isn't read is unknown with that reason."""
    assert parse("[" * DEEPEST + "]" * DEEPEST).faults == ()
    deep = parse("[" * 100_000)
    assert [fault.kind for fault in deep.faults] == ["deep"]
    assert deep.document.reasons[0].words == f"the text nests deeper than {DEEPEST} levels"
    assert [fault.kind for fault in parse(" " * (LONGEST + 1)).faults] == ["long"]


def test_a_hole_in_a_string_is_a_hole_of_that_string() -> None:
    """Strings keep their known pieces, and a string that is one hole is that value."""
    read = parse('{"Resource": ["', BUCKET, '/*", "', BUCKET, '"]}')
    assert read.faults == ()
    resource = read.document.entries["Resource"]  # type: ignore[attr-defined]
    assert resource.members[0].ends_with("/*").is_true
    assert resource.members[1].equals(BUCKET).is_true


def test_a_hole_in_a_name_is_an_open_entry() -> None:
    """Names that certainly differ are entries of their own; one that may be another's may not be there."""
    read = parse('{"', X, ':sub": 1, "', X, ':aud": 2, "', BUCKET, '": 3}')
    document = read.document
    assert isinstance(document, Mapping)
    assert [(run.key.symbol, run.least, run.most) for run in document.runs if run.key is not None] == [
        ('"${var.x}:sub"', 1, 1),
        ('"${var.x}:aud"', 1, 1),
        ("aws_s3_bucket.b.arn", 0, 1),
    ]


def test_a_hole_for_a_value_is_unknown_with_its_reason() -> None:
    """A hole after a colon stands for that value only."""
    read = parse('{"Resource": ', X, ', "Effect": "Deny"}')
    document = read.document
    assert isinstance(document, Mapping)
    assert document.entries["Resource"].reasons == (WHY,)
    assert document.entries["Effect"].is_("Deny").is_true


def test_a_hole_in_an_array_is_any_number_of_members() -> None:
    """What a hole puts between brackets is a run; known members stay."""
    read = parse('["a", ', X, "]")
    document = read.document
    assert isinstance(document, Sequence)
    assert (document.least, document.most) == (1, None)
    assert isinstance(document.members[1], Run)
    assert document.members[1].reasons == (WHY,)


@pytest.mark.parametrize(
    "parts",
    [
        ('{"a": 1 ', X, "}"),
        ("{", X, ', "a": 1}'),
        ('["a" ', X, "]"),
        (X, "{}"),
        ("{}", X),
        ('{"a": [1, ', X, "}"),
        ('{"', IDS, '": 1}'),
    ],
)
def test_a_hole_between_values_hides_what_is_around_it(parts: tuple[str | Value, ...]) -> None:
    """Nothing is claimed of an array or object that a hole may add to, and no fault is made of it."""
    read = parse(*parts)
    assert read.faults == ()
    assert isinstance(read.document, Unknown)
    assert read.document.reasons == (WHY,)
    assert not read.document.invalid


def test_an_expression_that_writes_quotes_may_end_the_string() -> None:
    r"""``["${join("\",\"", ids)}"]`` is a list of unknown length, not one string."""
    read = parse('{"a": ["', IDS, '", "b"], "c": "', IDS, '", "d": 1}')
    document = read.document
    assert isinstance(document, Mapping)
    assert isinstance(document.entries["a"], Sequence)
    assert (document.entries["a"].least, document.entries["a"].most) == (1, None)
    assert document.entries["c"].reasons == (WHY,)
    assert document.entries["d"].is_(1).is_true


def test_an_encoded_hole_is_its_document() -> None:
    """A hole that is JSON of its own is spliced in as the document that it is."""
    encoded = Json(Sequence((Known("a"), X)), Unknown("jsonencode([…])", (WHY,)))
    value = Text(('{"Resource": ', encoded, ', "More": [', encoded, "]}"))
    document = parse_json_text(value).document
    assert isinstance(document, Mapping)
    assert document.entries["Resource"] == encoded.document
    assert document.entries["More"].members == (encoded.document,)  # type: ignore[attr-defined]


@given(written(), st.data())
def test_filling_a_hole_never_contradicts(case: tuple[Any, str], data: st.DataObject) -> None:
    """Cut anything out of a JSON text: what is read around the hole holds of the text as it was."""
    string = _clean(case[1])
    start = data.draw(st.integers(0, len(string)))
    ends = [end for end in balanced_ends(string, start) if end - start < len(string)]
    if "\\" in string or not ends:
        return
    end = data.draw(st.sampled_from(ends))
    read = parse(string[:start], Unknown("var.cut", (WHY,), nullable=False), string[end:])
    if not read.faults:
        assert agrees(read.document, _clean(case[0])), read.document.symbol


def balanced_ends(string: str, start: int) -> list[int]:
    """Where a range that closes what it opens and nothing else may end: one that doesn't is not thought of."""
    inside = string[:start].count('"') % 2 == 1
    quoted, depth = inside, 0
    ends: list[int] = []
    for at, character in enumerate(string[start:], start + 1):
        quoted ^= character == '"'
        if inside and not quoted:
            break
        if not quoted:
            depth += (character in "[{") - (character in "]}")
        if depth < 0:
            break
        if depth == 0 and quoted is inside:
            ends.append(at)
    return ends


def agrees(value: Value, data: Any) -> bool:
    """Whether a value, whatever its unknowns turn out to be, may be this data."""
    if isinstance(value, Unknown | Text):
        return True
    if isinstance(value, Known):
        return bool(value.value == data)
    if isinstance(value, Sequence):
        runs = [index for index, member in enumerate(value.members) if isinstance(member, Run)]
        if not isinstance(data, list):
            return False
        if not runs:
            return len(data) == len(value.members) and all(map(agrees, value.members, data))
        before, after = value.members[: runs[0]], value.members[runs[-1] + 1 :]
        return (
            len(data) >= len(before) + len(after)
            and all(agrees(*pair) for pair in zip(before, data, strict=False))
            and all(agrees(*pair) for pair in zip(reversed(after), reversed(data), strict=False))
        )
    if isinstance(value, Mapping):
        return isinstance(data, dict) and all(
            key in data and agrees(entry, data[key]) for key, entry in value.entries.items()
        )
    return False


@pytest.mark.parametrize("unit", ['{"a": ["b", 1, {"c": null}]}', '"é\\"\\n"', "{}", '"' + "é" * 50 + '"'])
def test_time_grows_with_the_text(unit: str) -> None:
    """Ten times the text takes no more than its share of the time, holes, escapes and long lines included."""

    def seconds(size: int) -> float:
        string = "[" + ",".join([unit] * (size // len(unit))) + "]"
        value = Known(string, origin=Verbatim(Source("p.json", string.encode())))
        taken: list[float] = []
        gc.disable()  # a search for garbage is about all tests so far
        try:
            for _ in range(3):
                start = time.process_time()
                assert parse_json_text(value).faults == ()
                taken.append(time.process_time() - start)
        finally:
            gc.enable()
        return min(taken)

    assert seconds(100_000) < 10 * 5 * max(seconds(10_000), 0.003)
