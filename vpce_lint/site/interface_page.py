"""The reference of what rules may use, from ``vpce_lint.api`` and its docstrings."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint import api
from vpce_lint.model import Resource
from vpce_lint.topology import Topology
from vpce_lint.truth import Truth
from vpce_lint.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

INTRODUCTION = """\
# Interface for rules

What a rule may import from `vpce_lint.api`. [Writing rules](writing-rules.md) shows how it is used.
"""
RESOURCES = """\
The annotation of a rule's first parameter is one of these classes, or several with `|`: the rule is asked about every
such resource. All attributes whose type isn't given are values (`Value`). All resources have `address`.
"""
VALUES = "Every attribute is a value of one of these kinds. A value is never read directly but asked; the answer is a `Truth`."
COMBINED = "`&`, `|` and `~` combine truths, as do `every` and `some` below; a known part that decides does so whatever the rest is."
TOPOLOGY = "What follows from the whole network, for rules with a second parameter annotated `Topology`."


def render() -> str:
    """The page."""
    offered = {name: getattr(api, name) for name in api.__all__}
    classes = {name: each for name, each in offered.items() if inspect.isclass(each)}
    resources = {name: each for name, each in classes.items() if issubclass(each, Resource)}
    values = {name: each for name, each in classes.items() if issubclass(each, Value)}
    questions = {name: each for name, each in offered.items() if inspect.isfunction(each)}
    apart = {*resources, *values, *questions, "Truth", "Topology"}
    others = {name: each for name, each in classes.items() if name not in apart}
    parts = [INTRODUCTION, "## Resources", RESOURCES]
    parts += [f"### {name}\n\n{_page(each)}{attributes_of(each)}" for name, each in resources.items()]
    parts += ["## Values", VALUES, _list(values), "### What a value can be asked", _members(Value)]
    parts += ["## Truth", _page(Truth), COMBINED, _members(Truth)]
    parts += ["## Topology", TOPOLOGY, _members(Topology)]
    parts += ["## Functions", _list(questions), "## Other classes", _list(others)]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _list(things: Mapping[str, object]) -> str:
    lines = []
    for name, thing in things.items():
        shown = f"{name}{_signature(thing)}" if inspect.isfunction(thing) else name
        lines.append(f"- `{shown}`: {_line(thing)}")
    return "\n".join(lines)


def _members(owner: type) -> str:
    """The public methods and properties of a class, one a line."""
    lines = []
    for name, member in vars(owner).items():
        if name.startswith("_") or not (isinstance(member, property) or inspect.isfunction(member)):
            continue
        shown = f"{name}{_signature(member)}" if inspect.isfunction(member) else name
        lines.append(f"- `{shown}`: {_line(member)}")
    return "\n".join(lines)


def _signature(function: object) -> str:
    """The names of a function's parameters, without ``self``."""
    names = [name for name in inspect.signature(function).parameters if name != "self"]  # type: ignore[arg-type]
    return f"({', '.join(names)})"


def attributes_of(resource: type) -> str:
    """The attributes that a class adds to ``Resource``, with the types of those that aren't values."""
    if not issubclass(resource, Struct):
        return ""
    general = set(Resource.__struct_fields__) if resource is not Resource else set()
    types = {
        name: type_ for kind in reversed(resource.__mro__) for name, type_ in inspect.get_annotations(kind).items()
    }
    shown = [
        f"`{name}`" + ("" if types[name] == "Value" else f" ({types[name]})")
        for name in resource.__struct_fields__
        if name not in general
    ]
    return f"\n\nAttributes: {', '.join(shown)}." if shown else ""


def _line(thing: object) -> str:
    return _marked_up((inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " "))


def _page(thing: object) -> str:
    return _marked_up(inspect.getdoc(thing) or "")


def _marked_up(text: str) -> str:
    """A docstring's text in Markdown."""
    return text.replace("``", "`")
