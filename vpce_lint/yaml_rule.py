"""Rules in YAML: conditions on the attributes of resources, which become an ordinary ``Rule``; no code is run.

::

    id: OWN001
    severity: high
    controls: [NIST-800-53:SC-7]
    page: |
      Interface endpoint does not answer on the public name of its service.
    about: interface-endpoint
    where:
      service: {ends-with: .logs}
    require:
      - that: {private_dns: {is: true}}
        message: "{address} leaves the name of {service} public"
        fix: turn private DNS on

The kinds of resources are the classes of ``api.py`` in kebab case, the attributes those of the model.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NoReturn

from msgspec import Struct

from vpce_lint import api
from vpce_lint.attribute_condition import (
    Condition,
    Test,
    all_of,
    any_of,
    attribute,
    has_at_least,
    has_member,
    is_scalar,
    negated,
)
from vpce_lint.model import Resource
from vpce_lint.regex import regex
from vpce_lint.rule import Document, Requirement, Requirements, Rule, not_applicable, require
from vpce_lint.rule_document import Node, read_document, refuse
from vpce_lint.suggestion import did_you_mean
from vpce_lint.truth import TRUE, Truth, some
from vpce_lint.value import Known, Sequence, Value
from vpce_lint.verdict import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LONGEST_VALUE = 400
"""Characters of a value that a message quotes; of a longer one it shows the symbol, which is cut."""

LONGEST_TEXT = 2_000
"""Characters of a message or a fix, as they are written."""
MOST_VALUES = 20
"""Values that are put into one of them."""

_NAME = regex(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_ID = regex(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_CAPITAL = regex(r"(?<=.)(?=[A-Z])")
_HOLE = regex(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")

_LIST, _FLAG, _ANY = "a list", "true or false", "a value"
_TESTS = {
    _LIST: ("has", "has-at-least", "is-null"),
    _FLAG: ("is", "is-not", "is-null"),
    _ANY: ("is", "is-not", "one-of", "starts-with", "ends-with", "is-null"),
}
_ALL_TESTS = tuple(dict.fromkeys(test for tests in _TESTS.values() for test in tests))
_JOINTS = ("all", "any", "not")


class _Kind(Struct, frozen=True):
    """What a rule is about: classes, and the attributes that all of them have, each with what it can be."""

    classes: tuple[type[Resource], ...]
    attributes: Mapping[str, str]


class _Wording(Struct, frozen=True):
    """A text with values put in: pieces and names of attributes in turn."""

    pieces: tuple[str, ...]

    def about(self, resource: Resource) -> str:
        """The text about a resource."""
        return "".join(
            _quoted(getattr(resource, piece)) if index % 2 else piece for index, piece in enumerate(self.pieces)
        )


class _Demand(Struct, frozen=True):
    """One of the things that a rule requires; ``about`` tells it from the rule's others."""

    that: Condition
    message: _Wording
    fix: _Wording
    about: str | None

    def of(self, resource: Resource, applies: Truth) -> Requirement:
        """What is required of a resource, to which the rule ``applies`` certainly or perhaps."""
        decision = self.that(resource)
        return require(
            ~applies | decision.holds,
            self.message.about(resource),
            at=decision.at,
            fix=self.fix.about(resource),
            about=self.about,
        )


def kinds() -> dict[str, type[Resource]]:
    """The classes that a rule may be about, by their names in kebab case: ``interface-endpoint``."""
    offered = (getattr(api, name) for name in api.__all__)
    classes = (each for each in offered if isinstance(each, type) and issubclass(each, Resource))
    return {_CAPITAL.sub("-", each.__name__).lower(): each for each in classes if attributes_of(each)}


def attributes_of(kind: type[Resource]) -> tuple[str, ...]:
    """The attributes of a class that are values."""
    hints = {
        name: hint for each in reversed(kind.__mro__) for name, hint in vars(each).get("__annotations__", {}).items()
    }
    return tuple(name for name, hint in hints.items() if hint == "Value")


def read_rule(file: Path) -> Rule:
    """The rule in a file; ``RuleError`` names the file, the line and what is wrong."""
    return _Reader(file.resolve(), file).rule()


class _Reader(Struct, frozen=True):
    """A file on its way to a rule; ``shown`` is its path in messages."""

    file: Path
    shown: Path

    def rule(self) -> Rule:
        if not _NAME.fullmatch(self.file.stem):
            refuse(self.shown, 1, f"the name of the rule, {self.file.stem}, must be words in small letters and hyphens")
        document = read_document(self.shown)
        parts = self._map(document, "a rule", {"id", "severity", "page", "about", "require"}, ("controls", "where"))
        kind = self._kind(parts["about"])
        where = self._condition(parts["where"], kind) if "where" in parts else None
        demands = self._demands(parts["require"], kind)

        def check(resource: Resource) -> Requirements:
            applies = TRUE if where is None else where(resource).holds
            if applies.is_ruled_out:
                yield not_applicable("what the rule is limited to does not hold")
                return
            for demand in demands:
                yield demand.of(resource, applies)

        return Rule(
            id=self._id(parts["id"]),
            severity=self._severity(parts["severity"]),
            controls=self._texts(parts["controls"], "controls") if "controls" in parts else (),
            check=check,
            subjects=kind.classes,
            wants_topology=False,
            settings={},
            document=Document(self.file, self._text(parts["page"], "page")),
        )

    def _id(self, node: Node) -> str:
        written = self._text(node, "id")
        if not _ID.fullmatch(written):
            self._refuse(node, f"id must be a word such as OWN001, not {written!r}")
        return written

    def _severity(self, node: Node) -> Severity:
        written, words = self._text(node, "severity"), [each.value for each in Severity]
        if written not in words:
            self._refuse(node, f"{written!r} is no severity{did_you_mean(written, words)}")
        return Severity(written)

    def _kind(self, node: Node) -> _Kind:
        known = kinds()
        names = self._texts(node, "about")
        for name in names:
            if name not in known:
                self._refuse(node, f"{name!r} is no kind of resource{did_you_mean(name, known)}")
        classes = tuple(known[name] for name in names)
        shared = {name for name in attributes_of(classes[0]) if all(name in attributes_of(each) for each in classes)}
        return _Kind(classes, {name: sort for name, sort in _sorts(classes[0]).items() if name in shared})

    def _demands(self, node: Node, kind: _Kind) -> tuple[_Demand, ...]:
        read = [self._map(item, "a requirement", {"that", "message"}, ("fix",)) for item in self._list(node, "require")]
        topics = [", ".join(dict.fromkeys(_named(parts["that"]))) for parts in read]
        times: Counter[str] = Counter()
        demands = []
        for parts, topic in zip(read, topics, strict=True):
            times[topic] += 1
            about = topic if times[topic] == 1 else f"{topic} {times[topic]}"
            demands.append(
                _Demand(
                    that=self._condition(parts["that"], kind),
                    message=self._wording(parts["message"], "message", kind),
                    fix=self._wording(parts["fix"], "fix", kind) if "fix" in parts else _Wording(("",)),
                    about=about if len(read) > 1 else None,
                )
            )
        return tuple(demands)

    def _condition(self, node: Node, kind: _Kind) -> Condition:
        if not isinstance(node.data, dict) or not node.data:
            self._refuse(node, "a condition is a map, such as {private_dns: {is: true}}")
        conditions = [self._part(name, part, kind) for name, part in node.data.items()]
        return conditions[0] if len(conditions) == 1 else all_of(conditions)

    def _part(self, name: str, node: Node, kind: _Kind) -> Condition:
        if name == "not":
            return negated(self._condition(node, kind))
        if name in _JOINTS:
            join = all_of if name == "all" else any_of
            return join([self._condition(item, kind) for item in self._list(node, name)])
        if name not in kind.attributes:
            near = did_you_mean(name, (*kind.attributes, *_JOINTS))
            self._refuse(node, f"{name!r} is no attribute{near}")
        if not isinstance(node.data, dict) or not node.data:
            self._refuse(node, f"what {name} must be is a map, such as {{is: true}}")
        sort = kind.attributes[name]
        for test, part in node.data.items():
            if test not in _ALL_TESTS:
                self._refuse(part, f"{test!r} is no condition{did_you_mean(test, _TESTS[sort])}")
            if test not in _TESTS[sort]:
                self._refuse(part, f"{name} is {sort}, which {test} can't ask about: use {', '.join(_TESTS[sort])}")
            if sort == _FLAG and not isinstance(part.data, bool):
                self._refuse(part, f"{name} is true or false, not anything else")
        return attribute(name, [self._test(test, part) for test, part in node.data.items()])

    def _test(self, test: str, node: Node) -> Test:
        if test == "has-at-least":
            number = node.data
            if not isinstance(number, int) or isinstance(number, bool) or number < 1:
                self._refuse(node, "has-at-least needs a whole number, 1 at least")
            return lambda value: has_at_least(value, number)
        if test == "is-null":
            wanted = node.data
            if not isinstance(wanted, bool):
                self._refuse(node, "is-null needs true or false")
            return (lambda value: value.is_null) if wanted else (lambda value: ~value.is_null)
        if test == "one-of":
            words = [self._scalar(item, test) for item in self._list(node, test)]
            return lambda value: some(is_scalar(value, word) for word in words)
        if test in {"starts-with", "ends-with"}:
            affix = self._text(node, test)
            return (
                (lambda value: value.starts_with(affix))
                if test == "starts-with"
                else lambda value: value.ends_with(affix)
            )
        scalar = self._scalar(node, test)
        if test == "has":
            return lambda value: has_member(value, lambda member: is_scalar(member, scalar))
        return (lambda value: is_scalar(value, scalar)) if test == "is" else (lambda value: ~is_scalar(value, scalar))

    def _scalar(self, node: Node, name: str) -> Known:
        if isinstance(node.data, bool):
            return Known(node.data)
        if node.data is None:
            self._refuse(node, f"{name} needs a value; whether there is none is asked by is-null")
        written = self._text(node, name)
        if written.lower() in {"true", "false"}:
            self._refuse(node, f"{name}: no attribute is the text {written!r}, write it without quotes")
        return Known(written)

    def _wording(self, node: Node, name: str, kind: _Kind) -> _Wording:
        pieces, at = [""], 0
        text = self._text(node, name).strip()
        if len(text) > LONGEST_TEXT:
            self._refuse(node, f"the {name} has more than {LONGEST_TEXT:,} characters")
        for hole in _HOLE.finditer(text):
            pieces[-1] += text[at : hole.start()]
            at = hole.end()
            if hole[1] is None:
                if len(hole[0]) == 1:
                    self._refuse(node, f"a single {hole[0]} in the {name}: write {hole[0] * 2} to say it")
                pieces[-1] += hole[0][0]
                continue
            if hole[1] not in {*kind.attributes, "address"}:
                near = did_you_mean(hole[1], ("address", *kind.attributes))
                self._refuse(node, f"{hole[0]} in the {name} is no attribute{near}")
            pieces += [hole[1], ""]
        pieces[-1] += text[at:]
        if len(pieces) // 2 > MOST_VALUES:
            self._refuse(node, f"the {name} has more than {MOST_VALUES} values in it")
        return _Wording(tuple(pieces))

    def _map(self, node: Node, what: str, needed: set[str], more: Iterable[str]) -> Mapping[str, Node]:
        known = (*sorted(needed), *more)
        if not isinstance(node.data, dict):
            self._refuse(node, f"{what} is a map with {', '.join(known)}")
        for name, part in node.data.items():
            if name not in known:
                self._refuse(part, f"{name!r} is not known here{did_you_mean(name, known)}")
        missing = sorted(needed - node.data.keys())
        if missing:
            self._refuse(node, f"{what} needs {', '.join(missing)}")
        return node.data

    def _list(self, node: Node, name: str) -> tuple[Node, ...]:
        if not isinstance(node.data, tuple) or not node.data:
            self._refuse(node, f"{name} is a list with one member at least")
        return node.data

    def _texts(self, node: Node, name: str) -> tuple[str, ...]:
        """A list of texts, or one."""
        items = (node,) if isinstance(node.data, str) else self._list(node, name)
        return tuple(self._text(item, name) for item in items)

    def _text(self, node: Node, name: str) -> str:
        if not isinstance(node.data, str) or not node.data.strip():
            hint = ", put it in quotes" if isinstance(node.data, int) else ""
            self._refuse(node, f"{name} needs a text{hint}")
        return node.data

    def _refuse(self, node: Node, words: str) -> NoReturn:
        refuse(self.shown, node.line, words)


def _sorts(kind: type[Resource]) -> dict[str, str]:
    """What each field of a class can be, as far as its default tells: a list, true or false, a value."""
    sorts = dict.fromkeys(kind.__struct_fields__, _ANY)
    for name, default in zip(reversed(kind.__struct_fields__), reversed(kind.__struct_defaults__), strict=False):
        if isinstance(default, Sequence):
            sorts[name] = _LIST
        elif isinstance(default, Known) and isinstance(default.value, bool):
            sorts[name] = _FLAG
    return sorts


def _named(node: Node) -> Iterable[str]:
    """The attributes that a condition names, in their order."""
    if isinstance(node.data, dict):
        for name, part in node.data.items():
            if name in _JOINTS:
                yield from _named(part)
            else:
                yield name
    elif isinstance(node.data, tuple):
        for part in node.data:
            yield from _named(part)


def _quoted(value: Value | str) -> str:
    """A value, or the address, for a message."""
    words = str(value)
    return words if isinstance(value, str) or len(words) <= LONGEST_VALUE else value.symbol
