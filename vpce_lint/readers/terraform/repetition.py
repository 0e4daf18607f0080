"""``count`` and ``for_each``: how many instances a block has, and under which conditions.

Source: language documentation, "The count Meta-Argument" and "The for_each Meta-Argument".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.condition import assume, distribute, facts_of
from vpce_lint.limits import WORK
from vpce_lint.readers.terraform.conversion import convert
from vpce_lint.readers.terraform.evaluator import settle
from vpce_lint.readers.terraform.operators import bounds
from vpce_lint.readers.terraform.spread import Item, items_of, key_text
from vpce_lint.type_constraint import BOOL, NUMBER, STRING
from vpce_lint.value import Choice, Known, Mapping, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.readers.terraform import ast
    from vpce_lint.readers.terraform.frame import Frame
    from vpce_lint.truth import Reason


class Repeat(Struct, frozen=True):
    """One instance, or with ``family`` all of an unknown number of them.

    ``suffix`` follows the block's address: nothing, ``[0]``, ``["key"]`` or ``[*]``. ``why`` says why the
    number is not known.
    """

    suffix: str = ""
    key: Value | None = None
    each: dict[str, Value] | None = None
    count: dict[str, Value] | None = None
    when: tuple[Value, ...] = ()
    family: bool = False
    least: int = 1
    most: int | None = 1
    why: tuple[Reason, ...] = ()


class Repetition(Struct, frozen=True):
    """All instances of a block; ``number`` is the value of ``count``."""

    kind: Literal["single", "count", "each"]
    repeats: tuple[Repeat, ...] = field(default_factory=tuple)
    number: Value | None = None

    def value(self, name: str, objects: tuple[Value, ...]) -> Value:
        """What the block's address stands for in expressions, made of a value for every repeat."""
        if self.kind == "single":
            return objects[0]
        if self.kind == "count":
            return self._counted(name, objects)
        entries: dict[str, Value] = {}
        runs: list[Run] = []
        for repeat, instance in zip(self.repeats, objects, strict=True):
            key = repeat.key
            if isinstance(key, Known) and not repeat.when:
                entries[str(key)] = instance
            else:
                run_name = f"{name}{repeat.suffix}"
                least = 0 if repeat.when else repeat.least
                when = () if repeat.family else repeat.when
                runs.append(Run(run_name, instance, least, repeat.most, key, when, distinct=True, why=repeat.why))
        return Mapping(entries, tuple(runs))

    def _counted(self, name: str, objects: tuple[Value, ...]) -> Value:
        if self.repeats and self.repeats[0].family:
            family = self.repeats[0]
            run = Run(f"{name}[*]", objects[0], family.least, family.most, distinct=True, why=family.why)
            return Sequence((run,))
        if not any(repeat.when for repeat in self.repeats) or self.number is None:
            return Sequence(objects)
        return distribute(lambda numbers: _so_many(numbers[0], objects), (self.number,))


def _so_many(number: Value, objects: tuple[Value, ...]) -> Sequence:
    """The first of the objects, as many as the number says; those that it leaves open may be there."""
    members: list[Value] = []
    for place, instance in enumerate(objects):
        when = _when(_exceeds(number, place))
        if when is not None:
            members.append(Run(instance.symbol, instance, 0, 1, when=when, distinct=True) if when else instance)
    return Sequence(tuple(members))


def repetition(block: ast.Block, frame: Frame) -> Repetition:
    """The instances of a resource, data source or module call, evaluated in its module's frame."""
    attributes = block.body.attributes
    if "count" in attributes:
        number = settle(attributes["count"].expression, frame)
        return _by_count(_as_number(number), block, frame)
    if "for_each" in attributes:
        return _by_each(settle(attributes["for_each"].expression, frame), block, frame)
    return Repetition("single", (Repeat(),))


def _as_number(value: Value) -> Value:
    """The number of instances; a bool counts as 0 or 1, as in Terraform 0.11."""

    def convert_one(values: tuple[Value, ...]) -> Value:
        value = values[0]
        flag = convert(value, BOOL)
        if isinstance(value, Known) and isinstance(value.value, bool | str) and isinstance(flag, Known):
            return Known(int(flag.value is True))
        if isinstance(value, Unknown) and value.type is not None and value.type.kind == "bool":
            return Choice(value, Known(1), Known(0))
        return convert(value, NUMBER)

    return distribute(convert_one, (value,))


def _whole(value: Value) -> int | None:
    if isinstance(value, Known) and isinstance(value.value, int) and not isinstance(value.value, bool):
        return max(value.value, 0)
    return None


def _by_count(number: Value, block: ast.Block, frame: Frame) -> Repetition:
    most = _most(number)
    if most is None or (most > 1 and not isinstance(number, Known | Choice)):
        least = bounds(number)[0]
        index = Unknown(f"{_name(block)}[*].index", number.reasons, type=NUMBER, least=0, nullable=False)
        family = Repeat(
            suffix="[*]",
            key=index,
            count={"index": index},
            when=() if least else (_exceeds(number, 0),),
            family=True,
            least=max(int(least or 0), 0),
            most=most,
            why=number.reasons,
        )
        return Repetition("count", (family,), number)
    if most > WORK.limits.instances:
        unknown = frame.module.limit(f"{_name(block)} has more than {WORK.limits.instances} instances", block.header)
        return _by_count(replace(unknown, type=NUMBER), block, frame)
    repeats = []
    for place in range(most):
        when = () if isinstance(number, Known) else _when(_exceeds(number, place))
        if when is not None:
            known = Known(place)
            repeats.append(Repeat(f"[{place}]", known, None, {"index": known}, when))
    return Repetition("count", tuple(repeats), number)


def _most(number: Value) -> int | None:
    """The greatest number of instances; ``None`` where there is no bound."""
    if isinstance(number, Choice):
        sides = (_most(number.then), _most(number.otherwise))
        return None if sides[0] is None or sides[1] is None else max(sides[0], sides[1])
    most = bounds(number)[1]
    return None if most is None else max(int(most), 0)


def _exceeds(number: Value, index: int) -> Value:
    def ask(values: tuple[Value, ...]) -> Value:
        value = values[0]
        least, most = bounds(value)
        if least is not None and least > index:
            return Known(value=True)
        if most is not None and most <= index:
            return Known(value=False)
        return Unknown(f"({value.symbol} > {index})", value.reasons, type=BOOL, nullable=False)

    return distribute(ask, (number,))


def _when(condition: Value) -> tuple[Value, ...] | None:
    """The conditions of an instance: none where it certainly is, ``None`` where it certainly isn't."""
    if isinstance(condition, Known):
        return () if condition.value is True else None
    return (condition,)


def _by_each(collection: Value, block: ast.Block, frame: Frame) -> Repetition:
    if collection.is_null.is_true:
        return Repetition("each", ())
    repeats: list[Repeat] = []
    in_case = _KeysByCase()
    for key, item in _keys(collection).items():
        there = distribute(lambda values, key=key: Known(key in in_case.keys(values[0])), (collection,))  # type: ignore[misc]
        when = _when(there)
        if when is None:
            continue
        if _is_single(item):
            repeats.append(_each_repeat(key, item, collection, when))
        else:
            repeats.append(_family(block, item, when, collection))
    if len(repeats) > WORK.limits.instances:
        unknown = frame.module.limit(f"{_name(block)} has more than {WORK.limits.instances} instances", block.header)
        return _by_each(unknown, block, frame)
    return Repetition("each", tuple(repeats))


def _each_repeat(key: str, item: Item, collection: Value, when: tuple[Value, ...]) -> Repeat:
    conditions = [*when, *(item.run.when if item.run is not None else ())]
    value = _value_of(collection, key, item)
    for condition in conditions:
        value = assume(value, facts_of(condition, holds=True))
    shown = replace(item.key, type=STRING, nullable=False) if isinstance(item.key, Unknown) else item.key
    suffix = f"[{Known(str(shown)).symbol}]" if isinstance(shown, Known) else f"[{shown.symbol}]"
    return Repeat(suffix, shown, {"key": shown, "value": value}, None, tuple(conditions))


def _value_of(collection: Value, key: str, item: Item) -> Value:
    if not isinstance(collection, Choice):
        return item.value
    absent = Known(None)

    def look_up(values: tuple[Value, ...]) -> Value:
        found = _by_key(values[0]).get(key)
        return found.value if found else absent

    return distribute(look_up, (collection,))


def _is_single(item: Item) -> bool:
    """Whether an item gives one instance, or none under a condition, rather than any number."""
    run = item.run
    return run is None or isinstance(item.key, Known) or (run.most == 1 and (run.least == 1 or bool(run.when)))


def _family(block: ast.Block, item: Item, when: tuple[Value, ...], collection: Value) -> Repeat:
    """The instances of a run of unknown length; ``when`` says in which case of the collection it is there."""
    run = item.run
    least, most, own = (run.least, run.most, run.when) if run is not None else (0, None, ())
    key = replace(item.key, type=STRING, nullable=False) if isinstance(item.key, Unknown) else item.key
    value = Unknown(f"{_name(block)}[*]", collection.reasons) if isinstance(collection, Choice) else item.value
    why = (run.why if run is not None else ()) or collection.reasons
    conditions = (*when, *own)
    if not least and not own:
        # Whoever iterates over the same collection is there together with it.
        name = f"(length({collection.symbol}) > 0)"
        conditions = (*conditions, Unknown(name, why, type=BOOL, nullable=False))
    return Repeat(
        suffix="[*]",
        key=key,
        each={"key": key, "value": value},
        when=conditions,
        family=True,
        least=0 if when else least,
        most=most,
        why=why,
    )


def _keys(collection: Value) -> dict[str, Item]:
    """All keys that some case of the collection has, with what stands there; runs under their name."""
    found: dict[str, Item] = {}
    for case in _cases(collection):
        for key, item in _by_key(case).items():
            found.setdefault(key, item)
    return found


class _KeysByCase:
    """The keys of the cases of one collection, each worked out once, however many keys are looked for."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Value, frozenset[str]]] = {}

    def keys(self, case: Value) -> frozenset[str]:
        """The keys that the collection has in a case."""
        if id(case) not in self._known:
            self._known[id(case)] = case, frozenset(_by_key(case))  # the case is kept, so that its id stays its own
        return self._known[id(case)][1]


def _by_key(case: Value) -> dict[str, Item]:
    if isinstance(case, Sequence) and case.kind != "set":
        case = replace(case, kind="set")
    found: dict[str, Item] = {}
    for item in items_of(case) or ():
        key = key_text(item.key)
        if isinstance(key, Known) and isinstance(key.value, str):
            found[key.value] = Item(key, item.value, item.run)
        else:
            found[f"\0{key.symbol}"] = Item(
                key, item.value, item.run if item.run is not None else Run(key.symbol, item.value, 1, 1, key)
            )
    return found


def _cases(value: Value) -> Iterator[Value]:
    waiting = [value]
    while waiting:
        case = waiting.pop()
        if isinstance(case, Choice):
            waiting.extend((case.otherwise, case.then))
        else:
            yield case


def _name(block: ast.Block) -> str:
    return ".".join(block.labels if block.type == "resource" else (block.type, *block.labels))
