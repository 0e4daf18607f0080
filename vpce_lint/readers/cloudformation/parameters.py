"""Parameters: what is declared, and the value that a parameter has by its default or by what is given.

Source: CloudFormation User Guide, "Parameters".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.condition import distribute
from vpce_lint.readers.cloudformation.comparison import MOST_SPREAD, Comparisons, as_text
from vpce_lint.readers.cloudformation.dynamic_reference import literal
from vpce_lint.readers.cloudformation.node import Fields, Items, Node, Scalar
from vpce_lint.readers.concealment import concealed, hide
from vpce_lint.regex import regex
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import STRING
from vpce_lint.value import Known, Reference, Run, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from vpce_lint.source import Span

_STORED = regex(r"AWS::SSM::Parameter::Value<(.*)>")
_LIST = regex(r"CommaDelimitedList|List<.*>")
_FILLED = regex(r"AWS::\w+::.*|Number")
"""Types whose values are never empty: ids and names of what exists, and numbers."""
_OF_IDS = regex(r"[\w:/.-]*")
"""What an id or an ARN may contain."""


class Parameter(Struct, frozen=True):
    """A declaration; ``stored``: the value given is a name, behind which Systems Manager keeps the real one."""

    name: str
    type: str
    span: Span
    default: Node | None = None
    allowed: tuple[str, ...] = ()
    is_secret: bool = False
    """``NoEcho``: CloudFormation masks the value wherever it shows it."""

    @property
    def stored(self) -> bool:
        """Whether only AWS knows the value, by a name."""
        return _STORED.fullmatch(self.type) is not None

    @property
    def is_list(self) -> bool:
        """Whether the value is a list, given as a text with commas."""
        stored = _STORED.fullmatch(self.type)
        return _LIST.fullmatch(stored[1] if stored else self.type) is not None

    @property
    def is_filled(self) -> bool:
        """Whether the value, or each of its members, is no empty text."""
        return _FILLED.fullmatch(self.type.removeprefix("List<")) is not None and not self.stored


def declared_parameters(section: Fields) -> dict[str, Parameter]:
    """The declarations of a template's ``Parameters``."""
    found: dict[str, Parameter] = {}
    for name, entry in section.entries.items():
        if isinstance(entry.node, Fields):
            allowed = entry.node.get("AllowedValues")
            values = allowed.items if isinstance(allowed, Items) else ()
            texts = tuple(dict.fromkeys(_written(item) for item in values if isinstance(item, Scalar)))
            default = entry.node.get("Default")
            secret = entry.node.get("NoEcho")
            is_secret = isinstance(secret, Scalar) and _written(secret).lower() == "true"
            found[name] = Parameter(name, entry.node.text("Type") or "String", entry.key, default, texts, is_secret)
            if is_secret and default is not None:
                default.span.source.hide(default.span.start, default.span.end)
    return found


def default_of(parameter: Parameter) -> Value | None:
    """The default as it is written: a text."""
    node = parameter.default
    if isinstance(node, Scalar):
        return Known(_written(node), span=node.span)
    if isinstance(node, Items):  # CloudFormation refuses it, cfn-lint takes it for some types
        members = tuple(Known(_written(item), span=item.span) for item in node.items if isinstance(item, Scalar))
        return Sequence(members, "list", span=node.span)
    return None


def given_value(parameter: Parameter, given: Value, prefix: str) -> Value:
    """The value of a parameter that is set to a text, or to a list by a stack around it."""
    if parameter.is_secret:
        hide(given)
        words = f"parameter {prefix}{parameter.name} has NoEcho, so its value isn't looked at"
        return concealed(given, prefix + parameter.name, words, parameter.span)
    if parameter.stored:
        words = f"parameter {prefix}{parameter.name} is kept in Systems Manager"
        return _open(parameter, prefix, words if given.reasons else f"{words} as {given}")
    if not parameter.is_list:
        return distribute(lambda values: _single(values[0]), (given,))
    return distribute(lambda values: _list(parameter, values[0], prefix), (given,))


def open_value(parameter: Parameter, prefix: str, comparisons: Comparisons) -> Value:
    """The value of a parameter that nothing is known of but what its declaration says."""
    value = _open(parameter, prefix, f"parameter {prefix}{parameter.name} has no default")
    if not isinstance(value, Unknown):
        return value
    if parameter.is_filled:
        comparisons.fill(value)
    if parameter.allowed and not parameter.stored:
        comparisons.allow(value, parameter.allowed)
        if len(parameter.allowed) <= MOST_SPREAD:
            choices = [Known(text, span=parameter.span) for text in parameter.allowed]
            return comparisons.spread(value, parameter.allowed, choices)
    return value


def _open(parameter: Parameter, prefix: str, words: str) -> Value:
    name, why = prefix + parameter.name, (Reason(words, parameter.span),)
    if not parameter.is_list:
        return Unknown(name, why, type=STRING, nullable=False, span=parameter.span)
    each = Unknown(f"{name}[*]", why, type=STRING, nullable=False)
    least = 1 if parameter.is_filled else 0
    return Sequence((Run(name, each, least, why=why),), "list", span=parameter.span)


def _single(given: Value) -> Value:
    """A list given for a text is joined, as CloudFormation does with a stack's parameters."""
    if isinstance(given, Sequence) and len(given.members) == 1 and not isinstance(given.members[0], Run):
        return given.members[0]
    written = as_text(given)
    return (
        literal(written.value, written.span)
        if isinstance(written, Known) and isinstance(written.value, str)
        else written
    )


def _list(parameter: Parameter, given: Value, prefix: str) -> Value:
    if isinstance(given, Sequence):
        return given
    if isinstance(given, Known):
        written = str(as_text(given))
        parts = [part.strip() for part in written.split(",")] if written else []
        return Sequence(tuple(Known(part, span=given.span) for part in parts), "list", span=given.span)
    return split(_without_blanks(given), ",", prefix + parameter.name)


def split(given: Value, delimiter: str, name: str) -> Sequence:
    """A text that isn't wholly known, as a list with at least one member.

    An id holds no delimiter, so a text of ids has as many members as it is written with, and one id is a list of one.
    """
    if _is_whole(given, delimiter):
        return Sequence((given,), "list", span=given.span)
    if not isinstance(given, Text):
        return Sequence((_any_number(name, given.reasons),), "list", span=given.span)
    members: list[list[str | Value]] = [[]]
    for part in given.parts:
        if isinstance(part, str):
            first, *others = part.split(delimiter)
            members[-1].append(first)
            members += [[other] for other in others]
        else:
            members[-1].append(part)
    return Sequence(
        tuple(_member_of(parts, delimiter, f"{name}.{index}") for index, parts in enumerate(members)),
        "list",
        span=given.span,
    )


def _without_blanks(given: Value) -> Value:
    """A text with the blanks around its commas taken away, as CloudFormation does with lists."""
    if not isinstance(given, Text):
        return given
    return text(_bare(part) if isinstance(part, str) else part for part in given.parts).at(given.span)


def _bare(part: str) -> str:
    first, *rest = part.split(",")
    return ",".join((first.rstrip(), *(each.strip() for each in rest[:-1]), rest[-1].lstrip())) if rest else first


def _is_whole(part: Value, delimiter: str) -> bool:
    """Whether a value is an id or an ARN, and the delimiter nothing that those are made of."""
    return isinstance(part, Reference) and part.names_instance and _OF_IDS.fullmatch(delimiter) is None


def _member_of(parts: list[str | Value], delimiter: str, name: str) -> Value:
    """A member of a text that is split; where a hole may hold delimiters, it stands for any number of them."""
    member = text(parts)
    holes = [part for part in parts if isinstance(part, Value)]
    if all(_is_whole(hole, delimiter) for hole in holes):
        return member
    return _any_number(name, member.reasons)


def _any_number(name: str, why: tuple[Reason, ...]) -> Run:
    return Run(name, Unknown(f"{name}[*]", why, type=STRING, nullable=False), 1, why=why)


def _written(node: Scalar) -> str:
    if isinstance(node.value, bool):
        return node.span.text if node.span.text.lower() in {"true", "false"} else str(node.value).lower()
    return node.value or ""
