"""Which types convert to which, and the one type that several have in common.

The rules are those of go-cty's package ``convert`` (``unify.go``, ``conversion.go``,
``compare_types.go``) in its unsafe mode, which Terraform uses throughout. ``any`` stands for a type
that is not known and goes with everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.readers.terraform.data import is_null
from vpce_lint.type_constraint import ANY, BOOL, NUMBER, STRING, Attribute, Type
from vpce_lint.value import Choice, Json, Known, Mapping, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Items

    from vpce_lint.type_constraint import Kind

PRIMITIVES = frozenset({"string", "number", "bool"})

_ORDERS = ("set", "tuple", "list")


def type_of(value: Value) -> Type:
    """The type of a value as far as it shows; ``any`` where it doesn't, and for ``null``."""
    if isinstance(value, Known):
        return _type_of_scalar(value)
    if isinstance(value, Text | Json):
        return STRING
    if isinstance(value, Unknown):
        return value.type or ANY
    if isinstance(value, Sequence):
        members = [type_of(_each(member)) for member in value.members]
        if value.kind == "tuple" and value.is_exact:
            return Type("tuple", items=tuple(members))
        return Type("list" if value.kind == "tuple" else value.kind, _common_or_any(members))
    if isinstance(value, Mapping):
        return _type_of_mapping(value)
    if isinstance(value, Choice):
        return _common_or_any([type_of(value.then), type_of(value.otherwise)])
    return ANY


def _type_of_scalar(value: Known) -> Type:
    if value.value is None:
        return ANY
    if isinstance(value.value, bool):
        return BOOL
    return STRING if isinstance(value.value, str) else NUMBER


def _type_of_mapping(value: Mapping) -> Type:
    entries = {key: type_of(entry) for key, entry in value.entries.items()}
    if value.kind == "object" and not value.runs:
        return Type("object", attributes=tuple((key, Attribute(entries[key])) for key in sorted(entries)))
    runs = [type_of(run.each) for run in value.runs]
    return Type("map", _common_or_any([*entries.values(), *runs]))


def _each(member: Value) -> Value:
    return member.each if isinstance(member, Run) else member


def _common_or_any(types: Items[Type]) -> Type:
    return (unify_types(types) if types else None) or ANY


def unify(values: Iterable[Value]) -> Type | None:
    """The type that all values convert to, as for ``tolist()`` and conditionals; ``None`` where there is none."""
    each = [_each(value) for value in values]
    return unify_types([type_of(value) for value in each if not is_null(value)])


def unify_types(types: Items[Type]) -> Type | None:
    """The type that all types convert to; ``None`` where there is none, ``any`` where it is not known."""
    distinct = list(dict.fromkeys(types))
    if not distinct:
        return ANY
    if len(distinct) == 1:
        return distinct[0]
    known = [type_ for type_ in distinct if type_.kind != "any"]
    if len(known) == 1:
        return STRING if known[0] == STRING else ANY
    kinds = {type_.kind for type_ in known}
    is_open = len(known) < len(distinct)
    if kinds <= PRIMITIVES:
        return STRING if "string" in kinds else ANY if is_open else None
    if is_open:
        return ANY if len({_shape(type_) for type_ in known}) == 1 else None
    return _unify_structures(known, kinds)


def _shape(type_: Type) -> str:
    if type_.kind in {"map", "object"}:
        return "mapping"
    return "sequence" if type_.is_collection else "primitive"


def _unify_structures(types: list[Type], kinds: set[Kind]) -> Type | None:
    if len(kinds) == 1:
        kind = types[0].kind
        if kind == "object":
            return _unify_objects(types)
        if kind == "tuple":
            return _unify_tuples(types)
        return _collection(types[0], [type_.element or ANY for type_ in types])
    if kinds == {"map", "object"}:
        return _collection(Type("map"), _elements(types)) or _preferred(types)
    if kinds == {"list", "tuple"}:
        return _collection(Type("list"), _elements(types)) or _preferred(types)
    return _preferred(types)


def _collection(kind: Type, elements: list[Type]) -> Type | None:
    element = unify_types(elements)
    return Type(kind.kind, element) if element else None


def _elements(types: list[Type]) -> list[Type]:
    found: list[Type] = []
    for type_ in types:
        if type_.kind == "object":
            found.extend(attribute.type for _, attribute in type_.attributes)
        elif type_.kind == "tuple":
            found.extend(type_.items)
        else:
            found.append(type_.element or ANY)
    return found


def _unify_objects(types: list[Type]) -> Type | None:
    names = {name for name, _ in types[0].attributes}
    if any({name for name, _ in type_.attributes} != names for type_ in types):
        return _collection(Type("map"), _elements(types))
    attributes: list[tuple[str, Attribute]] = []
    for name in sorted(names):
        common = unify_types([attribute.type for type_ in types if (attribute := type_.attribute(name))])
        if common is None:
            return None
        attributes.append((name, Attribute(common)))
    return Type("object", attributes=tuple(attributes))


def _unify_tuples(types: list[Type]) -> Type | None:
    if len({len(type_.items) for type_ in types}) > 1:
        return _collection(Type("list"), _elements(types))
    items = [unify_types(column) for column in zip(*(type_.items for type_ in types), strict=True)]
    if any(item is None for item in items):
        return None
    return Type("tuple", items=tuple(item for item in items if item))


def _preferred(types: list[Type]) -> Type | None:
    """The first type that all others convert to, lists before tuples before sets."""
    ordered = sorted(types, key=lambda type_: -_ORDERS.index(type_.kind) if type_.kind in _ORDERS else 0)
    return next((wanted for wanted in ordered if all(is_convertible(type_, wanted) for type_ in types)), None)


def is_convertible(source: Type, target: Type) -> bool:
    """Whether some value of one type may convert to the other."""
    if "any" in {source.kind, target.kind} or source == target:
        return True
    if source.kind in PRIMITIVES or target.kind in PRIMITIVES:
        return "string" in {source.kind, target.kind} and {source.kind, target.kind} <= PRIMITIVES
    if target.kind in {"list", "set"}:
        if source.kind == "tuple":
            return all(is_convertible(item, target.element or ANY) for item in source.items)
        return source.kind in {"list", "set"} and is_convertible(source.element or ANY, target.element or ANY)
    if target.kind == "tuple":
        return (
            source.kind == "tuple"
            and len(source.items) == len(target.items)
            and all(map(is_convertible, source.items, target.items))
        )
    if target.kind == "map":
        if source.kind == "object":
            return all(is_convertible(attribute.type, target.element or ANY) for _, attribute in source.attributes)
        return source.kind == "map" and is_convertible(source.element or ANY, target.element or ANY)
    return source.kind == "map" or (source.kind == "object" and _is_convertible_object(source, target))


def _is_convertible_object(source: Type, target: Type) -> bool:
    for name, wanted in target.attributes:
        given = source.attribute(name)
        if given is None:
            if not wanted.optional:
                return False
        elif not is_convertible(given.type, wanted.type):
            return False
    return True
