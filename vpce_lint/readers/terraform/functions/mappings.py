"""Functions of maps and objects (the "Collection Functions" pages of Terraform's documentation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from vpce_lint.readers.terraform.conversion import convert, type_of, under, unify
from vpce_lint.readers.terraform.data import is_null
from vpce_lint.readers.terraform.functions.function import (
    ANY,
    NULLABLE,
    STRING,
    STRINGS,
    Call,
    InvalidError,
    exact,
    string_of,
    symbolic,
)
from vpce_lint.readers.terraform.functions.members import check_comparisons, mapping_of, sequence_of
from vpce_lint.truth import gather
from vpce_lint.type_constraint import Type
from vpce_lint.value import Known, Mapping, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable


@symbolic(ANY)
def keys(call: Call, value: Value) -> Value | None:
    """The keys in their order: a list of a map's, a tuple of an object's."""
    mapping = mapping_of(value)
    members: list[tuple[str, Value]] = [(key, Known(key)) for key in mapping.entries]
    return _in_key_order(call, mapping, members, lambda run: _key_run(call, run))


def _key_run(call: Call, run: Run) -> Run:
    key = run.key if run.key is not None else Unknown(f"{call.symbol}[*]", run.reasons, type=STRING)
    name = key.symbol if "[*]" in key.symbol else f"keys({run.name})"
    return replace(run, name=name, each=key, key=None, distinct=True)


@symbolic(ANY)
def values(call: Call, value: Value) -> Value | None:
    """The values in the order of their keys."""
    mapping = mapping_of(value)
    members = list(mapping.entries.items())
    return _in_key_order(call, mapping, members, lambda run: replace(run, name=_values_name(run), key=None))


def _values_name(run: Run) -> str:
    return run.each.symbol if run.most == 1 else f"values({run.name})"


def _in_key_order(
    call: Call, mapping: Mapping, members: list[tuple[str, Value]], of_run: Callable[[Run], Run]
) -> Value:
    found = list(members)
    open_: list[Value] = []
    for run in mapping.runs:
        made = of_run(run)
        if isinstance(run.key, Known):
            found.append((str(run.key), made))
        else:
            open_.append(made)
    in_order = [member for _, member in sorted(found, key=lambda pair: pair[0])]
    ordered = not open_ or (len(open_) == 1 and not in_order)
    kind: Literal["list", "tuple"] = "list" if mapping.kind == "map" else "tuple"
    return Sequence((*in_order, *open_), kind, ordered, span=call.context.span)


@symbolic(ANY, STRING, NULLABLE, optional=1)
def lookup(call: Call, value: Value, key: Value, default: Value | None = None) -> Value | None:
    """The value of a key, or the default."""
    mapping = mapping_of(value)
    name = string_of(key)
    if default is not None and mapping.kind == "map" and mapping.entries:
        default = convert(default, type_of(mapping).element or ANY)
    if name is None:
        return _lookup_unknown(call, mapping, default)
    if name in mapping.entries:
        return mapping.entries[name]
    if any(not isinstance(run.key, Known) for run in mapping.runs):
        return call.unknown(nullable=True)
    missing = default if default is not None else call.invalid(f'there is no member "{name}" in {mapping.symbol}')
    for run in mapping.runs:
        if isinstance(run.key, Known) and run.key.value == name:
            missing = under(run.when, run.each, missing)
    return missing


def _lookup_unknown(call: Call, mapping: Mapping, default: Value | None) -> Value:
    candidates = [*mapping.entries.values(), *([] if default is None else [default])]
    if candidates and not mapping.runs and all(candidates[0].equals(other).is_true for other in candidates):
        return candidates[0]
    return call.unknown(unify(candidates) if not mapping.runs and candidates else None, nullable=True)


@symbolic(variadic=NULLABLE)
def merge(call: Call, *arguments: Value) -> Value | None:
    """All entries of all maps, of which later ones win."""
    mappings = [mapping_of(argument) for argument in arguments if not is_null(argument)]
    merged = Mapping({})
    for mapping in mappings:
        merged = _merged(call, merged, mapping)
    is_map = bool(mappings) and all(mapping.kind == "map" for mapping in mappings)
    return replace(merged, kind="map" if is_map else "object", span=call.context.span)


def _merged(call: Call, into: Mapping, mapping: Mapping) -> Mapping:
    if not into.entries and not into.runs:
        return mapping
    entries = dict(into.entries)
    runs = [run for run in into.runs if not (isinstance(run.key, Known) and run.key.value in mapping.entries)]
    for run in mapping.runs:
        if isinstance(run.key, Known):
            _add_conditional(entries, runs, run)
        else:
            _cover(call, entries, runs, run)
            runs.append(replace(run, least=0))
    entries.update(mapping.entries)
    fewest = max(into.least, mapping.least)
    return _with_least(Mapping(entries, tuple(_loosened(runs, entries))), fewest)


def _loosened(runs: list[Run], entries: dict[str, Value]) -> list[Run]:
    """Runs of unknown keys, which may be those of other entries."""
    if not entries and len(runs) == 1:
        return runs
    return [run if isinstance(run.key, Known) else replace(run, least=0) for run in runs]


def _with_least(mapping: Mapping, fewest: int) -> Mapping:
    """The mapping with at least so many entries, where one run alone can make up for the rest."""
    if mapping.least >= fewest or len(mapping.runs) != 1:
        return mapping
    run = mapping.runs[0]
    missing = fewest - len(mapping.entries)
    if isinstance(run.key, Known) or (run.most is not None and run.most < missing):
        return mapping
    return replace(mapping, runs=(replace(run, least=missing),))


def _add_conditional(entries: dict[str, Value], runs: list[Run], run: Run) -> None:
    """An entry of known key that is there on conditions, over one that may be there already."""
    key = str(run.key)
    if key in entries:
        entries[key] = under(run.when, run.each, entries[key])
        return
    for at, other in enumerate(runs):
        if isinstance(other.key, Known) and str(other.key) == key:
            each = Unknown(f"{run.name}|{other.name}", gather((*run.reasons, *other.reasons)), span=run.span)
            when = Unknown(f"has({key})", gather((*run.reasons, *other.reasons)), type=Type("bool"), nullable=False)
            runs[at] = replace(run, each=each, when=(when,), least=0)
            return
    runs.append(run)


def _cover(call: Call, entries: dict[str, Value], runs: list[Run], later: Run) -> None:
    """Make unknown what entries of unknown key may replace."""
    for key, entry in entries.items():
        if later.most == 1 and later.key is not None and later.key.is_(key).is_false:
            continue
        reasons = gather((*entry.reasons, *later.reasons))
        entries[key] = Unknown(f'{call.symbol}["{key}"]', reasons, span=entry.span)
    for at, run in enumerate(runs):
        if isinstance(run.key, Known):
            reasons = gather((*run.reasons, *later.reasons))
            runs[at] = replace(run, each=Unknown(f"{call.symbol}[{run.key.symbol}]", reasons, span=run.span))


@symbolic(STRINGS, ANY)
def zipmap(call: Call, names: Value, items: Value) -> Value | None:
    """A map of keys and values at the same positions."""
    sequence, given = sequence_of(names), sequence_of(items)
    kind: Literal["map", "object"] = "map" if given.kind == "list" else "object"
    if sequence.is_exact and given.is_exact:
        if len(sequence.members) != len(given.members):
            msg = f"needs as many values as keys: {len(sequence.members)} keys, {len(given.members)} values"
            raise InvalidError(msg)
        return _zipped(call, sequence, given, kind)
    runs = (sequence.members[0], given.members[0]) if len(sequence.members) == len(given.members) == 1 else ()
    if len(runs) == 2 and isinstance(runs[0], Run) and isinstance(runs[1], Run):
        least = max(runs[0].least, runs[1].least)
        run = Run(call.symbol, runs[1].each, least, runs[0].most, key=runs[0].each, distinct=runs[1].distinct)
        return Mapping({}, (run,), kind, span=call.context.span)
    return None


def _zipped(call: Call, names: Sequence, items: Sequence, kind: Literal["map", "object"]) -> Value:
    entries: dict[str, Value] = {}
    runs: list[Run] = []
    for name, item in zip(names.members, items.members, strict=True):
        if is_null(name):
            msg = "a key is null"
            raise InvalidError(msg)
        key = string_of(name)
        if key is None:
            runs.append(Run(name.symbol, item, 1, 1, key=name, distinct=True))
        else:
            entries[key] = item
    if runs and (entries or len(runs) > 1):
        check_comparisons(len(names.members), len(names.members))
        distinct = all(
            one.equals(other).is_false for at, one in enumerate(names.members) for other in names.members[:at]
        )
        if not distinct:
            return call.unknown(Type("map", unify(items.members)))
    return Mapping(entries, tuple(runs), kind, span=call.context.span)


@exact(Type("map", STRINGS), returns=Type("map", STRINGS))
def transpose(groups: dict[str, list[str]]) -> Value:
    """Lists of keys by value, of a map of lists of strings."""
    turned: dict[str, list[str]] = {}
    for key in sorted(groups):
        for item in groups[key]:
            if is_null(Known(item)):
                msg = "a list has a null member"
                raise InvalidError(msg)
            turned.setdefault(item, []).append(key)
    entries = {item: Sequence(tuple(Known(key) for key in sorted(turned[item])), "list") for item in sorted(turned)}
    return Mapping(dict(entries), (), "map")
