"""Symbolic values, and worlds: what each of their unknowns may really be.

``realize`` turns a symbolic value into the plain Python value that it has in a world. What the
symbolic value says for certain must be so in every world.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from structs import structs

from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Mapping, Member, Reference, Run, Sequence, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from vpce_lint.value import Scalar

WHY = (Reason("it has no default"),)
FAMILY = "aws_subnet.many"
MOST_INSTANCES = 3


@dataclass(frozen=True)
class World:
    """An assignment: ``zones`` are distinct, ``instances`` is how many subnets the family has."""

    names: dict[str, Scalar]
    zones: tuple[str, ...]
    instances: int


LETTERS = st.text("ab", max_size=3)
SCALARS = LETTERS | st.booleans() | st.integers(0, 2) | st.none()
WORLDS = structs(
    World,
    st.fixed_dictionaries(
        {
            **{f"text{index}": LETTERS for index in range(2)},
            **{f"any{index}": SCALARS for index in range(2)},
            **{f"flag{index}": st.booleans() for index in range(3)},
        }
    ),
    st.lists(LETTERS, min_size=2, max_size=4, unique=True).map(tuple),
    st.integers(1, MOST_INSTANCES),
)

FLAGS = st.integers(0, 2).map(lambda index: Unknown(f"flag{index}", WHY, nullable=False))


def _formula(connective: str, *operands: Value) -> Value:
    name = f"{connective}({', '.join(operand.symbol for operand in operands)})"
    return Unknown(name, WHY, formula=(connective, operands), nullable=False)


CONDITIONS = st.recursive(
    FLAGS,
    lambda inner: (
        st.builds(_formula, st.sampled_from(["and", "or"]), inner, inner)
        | st.builds(_formula, st.just("not"), inner)
        | structs(Choice, inner, inner | st.booleans().map(Known), inner | st.booleans().map(Known))
    ),
    max_leaves=6,
)
HOLES = st.integers(0, 1).map(lambda index: Unknown(f"text{index}", WHY, nullable=False))
TEXTS = st.lists(LETTERS | HOLES, max_size=4).map(text)
ZONES = st.integers(0, 1).map(
    lambda index: Unknown(f"zones[{index}]", WHY, member=Member("zones", index, 2, 4), nullable=False)
) | st.integers(0, 5).map(
    lambda index: Unknown(
        f"element(zones, {index})", WHY, member=Member("zones", index, 2, 4, wraps=True), nullable=False
    )
)
REFERENCES = st.builds(
    lambda address, attribute: Reference(f"{address}.{attribute}", (), address=address, attribute=attribute),
    st.sampled_from(["aws_subnet.one", f"{FAMILY}[0]", "aws_subnet.many_others[0]"]),
    st.sampled_from(["id", "arn"]),
)
ANY_INSTANCE = Reference(f"{FAMILY}[*].id", (), address=f"{FAMILY}[*]", attribute="id", family=True)
ALL_INSTANCES = Run(f"{FAMILY}[*].id", ANY_INSTANCE, distinct=True)
OPAQUE = st.integers(0, 1).map(lambda index: Unknown(f"any{index}", WHY))
LEAVES = SCALARS.map(Known) | TEXTS | ZONES | REFERENCES | OPAQUE | FLAGS | st.just(ANY_INSTANCE)


def _conditional(name: int, each: Value, condition: Value, key: Value | None = None) -> Run:
    return Run(f"run{name}", each, 0, 1, key=key, when=(condition,))


def _collections(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    members = inner | st.builds(_conditional, st.integers(0, 9), inner, CONDITIONS) | st.just(ALL_INSTANCES)
    entries = st.dictionaries(st.sampled_from("kl"), inner, max_size=2)
    runs = st.lists(st.builds(_conditional, st.integers(0, 9), inner, CONDITIONS, st.just(Known("m"))), max_size=1)
    known_sets = st.sets(LETTERS, max_size=3).map(sorted).map(lambda each: tuple(map(Known, each)))
    open_sets = st.lists(TEXTS | REFERENCES | ZONES, max_size=3).map(tuple)
    return (
        structs(Sequence, st.lists(members, max_size=3).map(tuple), st.sampled_from(["list", "tuple"]))
        | structs(Sequence, known_sets | open_sets, st.just("set"))
        | structs(Mapping, entries, runs.map(tuple))
        | structs(Choice, CONDITIONS, inner, inner)
    )


VALUES = st.recursive(LEAVES, _collections, max_leaves=6)


def realize(value: Value, world: World, pick: Callable[[int], int]) -> object:
    """What a value is in a world, in a form that Python compares by type and content.

    ``pick(n)`` chooses, each time anew, which of n instances a value of the family is.
    """
    if isinstance(value, Known):
        return type(value.value).__name__, value.value
    if isinstance(value, Text):
        parts = (part if isinstance(part, str) else realize(part, world, pick)[1] for part in value.parts)
        return "str", "".join(parts)
    if isinstance(value, Choice):
        return realize(value.then if holds(value.condition, world) else value.otherwise, world, pick)
    if isinstance(value, Sequence):
        members = [member for each in value.members for member in _members(each, world, pick)]
        return value.kind, frozenset(members) if value.kind == "set" else tuple(members)
    if isinstance(value, Mapping):
        entries = {key: realize(entry, world, pick) for key, entry in value.entries.items()}
        entries |= {run.key.value: each for run in value.runs for each in _members(run, world, pick)}
        return value.kind, frozenset(entries.items())
    if isinstance(value, Reference):
        address = f"{FAMILY}[{pick(world.instances)}]" if value.family else value.address
        return "str", f"{value.attribute} of {address}"
    if value.member:
        return "str", world.zones[value.member.index % len(world.zones)]
    found = holds(value, world) if value.formula else world.names[value.name]
    return type(found).__name__, found


def _members(member: Value, world: World, pick: Callable[[int], int]) -> list[object]:
    if not isinstance(member, Run):
        return [realize(member, world, pick)]
    if member == ALL_INSTANCES:
        return [("str", f"id of {FAMILY}[{index}]") for index in range(world.instances)]
    return [realize(member.each, world, pick)] if all(holds(each, world) for each in member.when) else []


def holds(condition: Value, world: World) -> bool:
    """Whether a condition holds in a world."""
    if isinstance(condition, Known):
        return condition.value is True
    if isinstance(condition, Choice):
        return holds(condition.then if holds(condition.condition, world) else condition.otherwise, world)
    if condition.formula:
        connective, operands = condition.formula
        decided = [holds(operand, world) for operand in operands]
        return not decided[0] if connective == "not" else all(decided) if connective == "and" else any(decided)
    return world.names[condition.name] is True
