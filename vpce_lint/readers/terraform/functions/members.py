"""Collections as functions see them: an unknown one is a single run of members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.readers.terraform.data import is_known
from vpce_lint.readers.terraform.functions.function import InvalidError, LimitError
from vpce_lint.readers.terraform.functions.limits import MOST_COMPARISONS, MOST_MEMBERS
from vpce_lint.readers.terraform.spread import run_of
from vpce_lint.type_constraint import BOOL, STRING
from vpce_lint.value import Mapping, ResourceObject, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.truth import Reason


def sequence_of(value: Value) -> Sequence:
    """A list, tuple or set; ``InvalidError`` for anything else."""
    if isinstance(value, Sequence):
        return value
    if isinstance(value, Unknown):
        kind = value.type.kind if value.type else "any"
        if kind in {"any", "list", "tuple", "set"}:
            run = replace(run_of(value), key=None)
            return Sequence((run,), "set" if kind == "set" else "list", span=value.span)
    msg = f"a list is needed, not {value.symbol}"
    raise InvalidError(msg)


def mapping_of(value: Value) -> Mapping:
    """A map or object; ``InvalidError`` for anything else."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Unknown):
        kind = value.type.kind if value.type else "any"
        if kind in {"any", "map", "object"}:
            return Mapping({}, (_keyed(run_of(value)),), "object" if kind == "object" else "map", span=value.span)
    if isinstance(value, ResourceObject):
        each = Unknown(f"{value.symbol}[*]", (), span=value.span)
        return Mapping({}, (_keyed(Run(value.symbol, each)),), span=value.span)
    msg = f"a map is needed, not {value.symbol}"
    raise InvalidError(msg)


def _keyed(run: Run) -> Run:
    if run.key is not None:
        return run
    return replace(run, key=Unknown(f"{run.name}[*].key", run.reasons, type=STRING, nullable=False))


def is_sequence(value: Value) -> bool:
    """Whether the value certainly is a list, tuple or set."""
    if isinstance(value, Unknown):
        return value.type is not None and value.type.kind in {"list", "set", "tuple"}
    return isinstance(value, Sequence)


def ordered(members: tuple[Value, ...]) -> bool:
    """Whether members that Terraform would sort stand in that order: they do where all are known."""
    return len(members) + any(isinstance(member, Run) for member in members) < 2 or all(map(is_known, members))


def conditional(member: Value, words: str, reasons: tuple[Reason, ...]) -> Run:
    """A member that is there if the condition, written in ``words``, holds."""
    when = Unknown(words, reasons, type=BOOL, nullable=False)
    return Run(member.symbol, member, 0, 1, when=(when,), distinct=True)


def bounded(count: int) -> int:
    """The count, unless it is over the limit."""
    if count > MOST_MEMBERS:
        msg = f"produces more than {MOST_MEMBERS} members"
        raise LimitError(msg)
    return count


def check_comparisons(left: int, right: int) -> None:
    """Refuse to compare so many members with so many others where that is over the limit."""
    if left * right > MOST_COMPARISONS:
        msg = f"makes more than {MOST_COMPARISONS} comparisons"
        raise LimitError(msg)
