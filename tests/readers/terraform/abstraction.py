"""Whether a partly known value stands for a known one, and known values with parts hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.readers.terraform.conversion import convert, type_of
from vpce_lint.readers.terraform.set_order import as_set
from vpce_lint.truth import Reason
from vpce_lint.type_constraint import BOOL, STRING
from vpce_lint.value import Choice, Json, Known, Mapping, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass
class Cover:
    """A comparison of one abstract result with the concrete one; ``hidden`` are the values behind names.

    ``loose``: a number or bool stands for its text too. Where a list holds an unknown of open type, its
    other members could become strings with it; we leave them as they are.
    """

    hidden: dict[str, Value] = field(default_factory=dict)
    loose: bool = False

    def covers(self, abstract: Value, concrete: Value) -> bool:
        """Whether the abstract value may turn out to be the concrete one; anything may where Terraform stops."""
        if isinstance(concrete, Unknown):
            return True
        if isinstance(abstract, Choice):
            return self.covers(abstract.then, concrete) or self.covers(abstract.otherwise, concrete)
        if isinstance(abstract, Json):
            return self.covers(abstract.text, concrete)
        if isinstance(concrete, Json):
            return self.covers(abstract, concrete.text)
        if isinstance(abstract, Unknown):
            return self._covers_unknown(abstract, concrete)
        if isinstance(abstract, Text):
            return self._covers_text(abstract, concrete)
        if isinstance(abstract, Sequence) and isinstance(concrete, Sequence):
            return self._covers_sequence(abstract, concrete)
        if isinstance(abstract, Mapping) and isinstance(concrete, Mapping):
            return self._covers_mapping(abstract, concrete)
        return abstract == concrete or (self.loose and convert(abstract, STRING) == concrete)

    def _covers_unknown(self, abstract: Unknown, concrete: Value) -> bool:
        if abstract.invalid:
            return False
        if abstract.name in self.hidden:
            behind = self.hidden[abstract.name]
            return behind == concrete or convert(behind, type_of(concrete)) == concrete
        if concrete.is_null.is_true:
            return abstract.nullable
        if isinstance(concrete, Known) and isinstance(concrete.value, int) and not isinstance(concrete.value, bool):
            low = abstract.least is None or abstract.least <= concrete.value
            high = abstract.most is None or concrete.value <= abstract.most
            return low and high
        if abstract.type is None or abstract.type.kind == "any":
            return True
        kinds = {abstract.type.kind, type_of(concrete).kind}
        return len(kinds) == 1 or kinds in ({"list", "tuple"}, {"map", "object"})

    def _covers_text(self, abstract: Text, concrete: Value) -> bool:
        if not isinstance(concrete, Known) or not isinstance(concrete.value, str):
            return False
        pattern = "".join(re.escape(part) if isinstance(part, str) else self._hole(part) for part in abstract.parts)
        return re.fullmatch(pattern, concrete.value, re.DOTALL) is not None

    def _hole(self, part: Value) -> str:
        behind = self.hidden.get(part.name) if isinstance(part, Unknown) else None
        return re.escape(str(behind)) if isinstance(behind, Known) else ".*"

    def _covers_sequence(self, abstract: Sequence, concrete: Sequence) -> bool:
        if abstract.least > len(concrete.members):
            return False
        if abstract.most is not None and len(concrete.members) > abstract.most:
            return False
        if abstract.kind == "set":
            return self._covers_set(abstract.members, concrete.members)
        if abstract.ordered:
            return self._in_order(abstract.members, concrete.members)
        return self._in_any_order(abstract.members, concrete.members)

    def _covers_set(self, abstract: tuple[Value, ...], concrete: tuple[Value, ...]) -> bool:
        plain = [member for member in abstract if not isinstance(member, Run)]
        stands = all(any(self.covers(_each(member), other) for member in abstract) for other in concrete)
        return stands and all(any(self.covers(member, other) for other in concrete) for member in plain)

    def _in_order(self, abstract: tuple[Value, ...], concrete: tuple[Value, ...]) -> bool:
        if not abstract:
            return not concrete
        first, rest = abstract[0], abstract[1:]
        if not isinstance(first, Run):
            return bool(concrete) and self.covers(first, concrete[0]) and self._in_order(rest, concrete[1:])
        for count in range(first.least, min(len(concrete), len(concrete) if first.most is None else first.most) + 1):
            taken = concrete[:count]
            if all(self.covers(first.each, member) for member in taken) and self._in_order(rest, concrete[count:]):
                return True
        return False

    def _in_any_order(self, abstract: tuple[Value, ...], concrete: tuple[Value, ...]) -> bool:
        plain = [member for member in abstract if not isinstance(member, Run)]
        if not plain:
            runs = [member for member in abstract if isinstance(member, Run)]
            return all(any(self.covers(run.each, member) for run in runs) for member in concrete)
        first = plain[0]
        at = next(index for index, member in enumerate(abstract) if member is first)
        rest = abstract[:at] + abstract[at + 1 :]
        return any(
            self.covers(first, member) and self._in_any_order(rest, concrete[:index] + concrete[index + 1 :])
            for index, member in enumerate(concrete)
        )

    def _covers_mapping(self, abstract: Mapping, concrete: Mapping) -> bool:
        if abstract.least > len(concrete.entries):
            return False
        if abstract.most is not None and len(concrete.entries) > abstract.most:
            return False
        for key, entry in abstract.entries.items():
            if key not in concrete.entries or not self.covers(entry, concrete.entries[key]):
                return False
        others = {key: entry for key, entry in concrete.entries.items() if key not in abstract.entries}
        return all(any(self._covers_entry(run, key, entry) for run in abstract.runs) for key, entry in others.items())

    def _covers_entry(self, run: Run, key: str, entry: Value) -> bool:
        return (run.key is None or self.covers(run.key, Known(key))) and self.covers(run.each, entry)


def _each(member: Value) -> Value:
    return member.each if isinstance(member, Run) else member


@dataclass
class Hider:
    """Replaces parts of known values by unknown ones, as decisions tell it; ``hidden`` remembers what was there."""

    decisions: Iterable[int]
    hidden: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._next = iter(self.decisions)

    def hide(self, value: Value) -> Value:
        """The value with some parts unknown, or there on a condition, or one of a number that isn't known."""
        decision = next(self._next, 0)
        if decision == 1:
            return self._unknown(value, typed=True)
        if decision == 2:
            return self._unknown(value, typed=False)
        if isinstance(value, Known) and isinstance(value.value, str) and decision == 3 and len(value.value) > 1:
            return self._text(value.value)
        if isinstance(value, Sequence):
            return self._sequence(value, decision)
        if isinstance(value, Mapping):
            return self._mapping(value, decision)
        return value

    def _unknown(self, value: Value, *, typed: bool) -> Value:
        name = f"var.h{len(self.hidden)}"
        self.hidden[name] = value
        type_ = type_of(value) if typed else None
        if typed and isinstance(value, Known) and isinstance(value.value, int) and not isinstance(value.value, bool):
            bounds = {"least": value.value - 1, "most": value.value + 1}
            return Unknown(name, (), type=type_, nullable=False, **bounds)
        return Unknown(name, (Reason(f"{name} is hidden"),), type=type_, nullable=value.is_null.is_true or not typed)

    def _text(self, string: str) -> Value:
        middle = len(string) // 2
        hole = self._unknown(Known(string[:middle]), typed=True)
        return Text((hole, string[middle:]))

    def _sequence(self, value: Sequence, decision: int) -> Value:
        count = len(value.members)
        if decision == 4 and value.kind != "set":
            run = Run(f"run{len(self.hidden)}", Unknown(f"run{len(self.hidden)}[*]", ()), max(count - 1, 0), count + 1)
            self.hidden[f"placeholder{len(self.hidden)}"] = value
            return replace(value, members=(run,))
        members = tuple(self._member(member) for member in value.members)
        return replace(value, members=as_set(members) if value.kind == "set" else members)

    def _member(self, member: Value) -> Value:
        hidden = self.hide(member)
        decision = next(self._next, 0)
        if decision in {7, 8} and type_of(hidden) == STRING:
            condition = Unknown(f"condition{len(self.hidden)}", (), type=BOOL)
            sides = (hidden, Known("other")) if decision == 7 else (Known(""), hidden)
            return Choice(condition, *sides)
        if decision == 5:
            when = Unknown(f"condition{len(self.hidden)}", (), type=BOOL)
            return Run(hidden.symbol, hidden, 0, 1, when=(when,), distinct=True)
        return hidden

    def _mapping(self, value: Mapping, decision: int) -> Value:
        entries: dict[str, Value] = {}
        runs: list[Run] = []
        for key, entry in value.entries.items():
            hidden = self.hide(entry)
            if next(self._next, 0) == 5:
                when = Unknown(f"condition{len(self.hidden)}.{key}", ())
                runs.append(Run(key, hidden, 0, 1, key=Known(key), when=(when,)))
            elif decision == 6:
                runs.append(Run(f"var.k{key}", hidden, 1, 1, key=Unknown(f"var.k{key}", ())))
            else:
                entries[key] = hidden
        return replace(value, entries=entries, runs=tuple(runs))
