"""Random calls of Terraform's functions, as values and as they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from vpce_lint.number import render
from vpce_lint.readers.terraform.conversion import convert
from vpce_lint.readers.terraform.data import from_data, normal
from vpce_lint.readers.terraform.functions import call
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import ANY, Type
from vpce_lint.value import Json, Known, Mapping, Sequence, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.source import Span

Strategy = st.SearchStrategy[Value]


@dataclass(frozen=True)
class Nowhere:
    """A function's context without a place and without files."""

    span: Span | None = None

    def limit(self, words: str) -> Unknown:
        """Stand in for what wasn't worked out."""
        return Unknown(f"limit({words})", (Reason(words),))

    def fresh(self, name: str) -> str:
        """The name: nothing here makes two."""
        return name

    def read(self, path: str) -> bytes | Unknown:
        """Refuse."""
        return Unknown(path, (), invalid=True)

    def source(self, path: str) -> None:
        """There is none."""

    def names_below(self, folder: str, pattern: str) -> list[str] | Unknown:
        """Refuse."""
        return Unknown(f"{folder}/{pattern}", (), invalid=True)

    def render(self, data: bytes, path: str, variables: Mapping) -> Value:
        """Refuse."""
        return Unknown(f"{path}{len(data)}{variables.symbol}", (), invalid=True)


@dataclass(frozen=True)
class RandomCall:
    """A function's name and known arguments."""

    name: str
    arguments: tuple[Value, ...]

    @property
    def text(self) -> str:
        """The call in Terraform's language."""
        return f"{self.name}({', '.join(map(written, self.arguments))})"

    def result(self) -> Value:
        """What our function makes of it."""
        return call(self.name, self.arguments, Nowhere())


def written(value: Value) -> str:
    """A known value as an expression."""
    if isinstance(value, Sequence):
        inner = f"[{', '.join(map(written, value.members))}]"
        return inner if value.kind == "tuple" else f"to{value.kind}({inner})"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{quoted(key)} = {written(entry)}" for key, entry in value.entries.items())
        return f"{{{inner}}}" if value.kind == "object" else f"tomap({{{inner}}})"
    if isinstance(value, Json):
        return written(value.text)
    assert isinstance(value, Known)
    if isinstance(value.value, str):
        return quoted(value.value)
    return value.symbol if value.value is None or isinstance(value.value, bool) else render(value.value)


def quoted(string: str) -> str:
    """A string as a template without interpolation."""
    return '"' + "".join(_ESCAPED.get(letter) or f"\\U{ord(letter):08x}" for letter in string) + '"'


_ESCAPED = {letter: letter for letter in " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,/=:"}

words = st.sampled_from(["a", "b", "ab", "", "a,b", "x-y", "A b", "10.0.0.0/16", "1", "a/b/c", "aXb"])
texts = st.one_of(words, st.text(st.sampled_from('ab A1-éß\n\t\r\u2003,/.👍🏽<&"\\'), max_size=6)).map(normal)
whole = st.integers(-2, 5)
numbers = st.one_of(whole, st.decimals(-1000, 1000, places=3, allow_nan=False).map(str))


def _known(strategy: st.SearchStrategy[object]) -> Strategy:
    return strategy.map(from_data)


text = _known(words)
any_text = _known(texts)
integer = _known(whole)
number = _known(numbers)
flag = _known(st.booleans())
scalar = st.one_of(text, text, integer, flag, st.just(Known(None)))


def _tuples(each: Strategy, most: int = 3) -> Strategy:
    return st.lists(each, max_size=most).map(lambda members: Sequence(tuple(members)))


def _as(strategy: Strategy, kind: str) -> Strategy:
    kinds = {"list": Type("list", ANY), "set": Type("set", ANY), "map": Type("map", ANY)}
    return strategy.map(lambda value: convert(value, kinds[kind]))


def _lists(each: Strategy) -> Strategy:
    return st.one_of(_tuples(each), _as(_tuples(each), "list"))


def _objects(each: Strategy) -> Strategy:
    keys = st.sampled_from(["a", "b", "c", "1"])
    return st.dictionaries(keys, each, max_size=3).map(lambda entries: Mapping(dict(sorted(entries.items()))))


strings = _lists(text)
sets = _as(_tuples(text), "set")
objects = _objects(text)
maps = st.one_of(objects, _as(objects, "map"))
nested = st.one_of(text, _tuples(text), _tuples(_tuples(text)), sets)
documents = st.recursive(scalar, lambda each: st.one_of(_tuples(each), _objects(each)), max_leaves=6)
prefixes = _known(st.sampled_from(["10.0.0.0/16", "10.1.2.3/8", "192.168.0.0/30", "2001:db8::/32", "0.0.0.0/0"]))
separators = _known(st.sampled_from([",", "/", "-", "", "a", "ab"]))
moments = _known(
    st.datetimes().map(lambda each: each.replace(microsecond=0).isoformat() + "Z"),
)
formats = _known(st.sampled_from(["%s-%s", "%v %v", "%s%s", "%q %5s", "%-6s|%s", "%[2]s%[1]s", "a%sb%%%s"]))
verbs = _known(
    st.builds(
        "%{}{}{}{}".format,
        st.sampled_from(["", "0", "+", "-", " ", "#", "+0", "-+"]),
        st.sampled_from(["", "1", "9", "12"]),
        st.sampled_from(["", ".0", ".2", ".5"]),
        st.sampled_from("bdoxXeEfgGsqv"),
    ),
)

ARGUMENTS: dict[str, tuple[Strategy, ...]] = {
    "abs": (number,),
    "alltrue": (_tuples(flag),),
    "anytrue": (_tuples(flag),),
    "base64encode": (any_text,),
    "basename": (any_text,),
    "can": (scalar,),
    "ceil": (number,),
    "chomp": (any_text,),
    "chunklist": (strings, integer),
    "cidrhost": (prefixes, integer),
    "cidrsubnet": (prefixes, _known(st.integers(0, 6)), _known(st.integers(0, 6))),
    "cidrsubnets": (prefixes, _known(st.integers(0, 6)), _known(st.integers(0, 6))),
    "coalesce": (text, text, text),
    "coalescelist": (strings, strings),
    "compact": (strings,),
    "concat": (strings, strings, strings),
    "contains": (strings, text),
    "dirname": (any_text,),
    "distinct": (strings,),
    "element": (strings, _known(st.integers(0, 5))),
    "endswith": (any_text, text),
    "flatten": (_tuples(nested),),
    "floor": (number,),
    "format": (formats, text, any_text),
    "formatdate": (_known(st.sampled_from(["YYYY-MM-DD", "EEE hh:mm", "H aa", "D MMM YY ss Z"])), moments),
    "formatlist": (formats, strings, text),
    "indent": (_known(st.integers(0, 3)), any_text),
    "index": (strings, text),
    "join": (text, strings),
    "jsondecode": (documents.map(lambda each: call("jsonencode", (each,), Nowhere())),),
    "jsonencode": (documents,),
    "keys": (maps,),
    "length": (st.one_of(strings, maps, sets, any_text),),
    "lookup": (maps, text, text),
    "lower": (any_text,),
    "matchkeys": (strings, strings, strings),
    "max": (number, number, number),
    "merge": (maps, maps, maps),
    "min": (number, number, number),
    "one": (strings,),
    "parseint": (_known(st.sampled_from(["12", "ff", "-7", "zz", "9a"])), _known(st.integers(1, 40))),
    "range": (integer, integer),
    "regexall": (_known(st.sampled_from(["[a-z]", "a*", "(a)(b)?", "\\b", "", "."])), any_text),
    "replace": (any_text, _known(st.sampled_from(["a", "ab", "/", "-", "", "/a+/", "/(a)|b/"])), text),
    "reverse": (st.one_of(strings, sets),),
    "setintersection": (strings, strings),
    "setproduct": (strings, st.one_of(strings, sets)),
    "setsubtract": (strings, strings),
    "setunion": (strings, sets),
    "sha256": (any_text,),
    "slice": (strings, integer, integer),
    "sort": (strings,),
    "split": (separators, any_text),
    "startswith": (any_text, text),
    "strcontains": (any_text, text),
    "strrev": (any_text,),
    "substr": (any_text, integer, integer),
    "sum": (_tuples(integer),),
    "timeadd": (moments, _known(st.sampled_from(["1h", "-90m", "1.5s", "36h10m"]))),
    "title": (any_text,),
    "tolist": (st.one_of(strings, sets),),
    "tomap": (objects,),
    "toset": (_tuples(scalar),),
    "tostring": (scalar,),
    "transpose": (_objects(_tuples(text)),),
    "trim": (any_text, any_text),
    "trimprefix": (any_text, text),
    "trimspace": (any_text,),
    "trimsuffix": (any_text, text),
    "try": (scalar, text),
    "upper": (any_text,),
    "urlencode": (any_text,),
    "values": (maps,),
    "yamlencode": (documents,),
    "zipmap": (strings, strings),
}
"""Strategies for the arguments of each function that is called at random."""

calls = st.sampled_from(sorted(ARGUMENTS)).flatmap(
    lambda name: st.tuples(*ARGUMENTS[name]).map(lambda arguments: RandomCall(name, arguments))
)

number_formats = st.tuples(verbs, number).map(lambda arguments: RandomCall("format", arguments))
