"""``data.aws_iam_policy_document``: the policy that its blocks and documents amount to.

Source: the data source's page in the documentation of Terraform's AWS provider: sources first, then
the own statements, then the overrides; a later statement replaces an earlier one with the same Sid.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vpce_lint.condition import distribute
from vpce_lint.readers.terraform.functions import call
from vpce_lint.truth import gather
from vpce_lint.value import Json, Known, Mapping, Run, Sequence, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.instance import Instance
    from vpce_lint.readers.terraform.nested import Nested

PLAIN = {
    "sid": "Sid",
    "effect": "Effect",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}


def document(instance: Instance) -> Value:
    """The document as JSON; unknown where a document that it is made of is."""
    sources = _documents(instance, "source_policy_documents", "source_json")
    overrides = _documents(instance, "override_policy_documents", "override_json")
    own = tuple(_statement(block) for block in instance.nested("statement"))

    def build(parts: tuple[Value, ...]) -> Value:
        statements = _statements_of(instance, parts[0])
        over = _statements_of(instance, parts[1])
        if isinstance(statements, Unknown):
            return statements
        if isinstance(over, Unknown):
            return over
        merged = _merge(_merge(statements, own, replacing=False), over, replacing=True)
        version = instance.written("version")
        entries: dict[str, Value] = {"Version": Known("2012-10-17") if version is None else version}
        entries["Statement"] = Sequence(merged)
        identifier = instance.written("policy_id")
        if identifier is not None:
            entries["Id"] = identifier
        value = Mapping(entries, span=instance.block.header)
        written = call("jsonencode", (value,), instance.module.context(instance.block.header))
        return written if isinstance(written, Json) else Json(value, written, span=instance.block.header)

    result = distribute(build, (sources, overrides))
    return replace(result, span=instance.block.header)


def _documents(instance: Instance, plural: str, singular: str) -> Value:
    given = instance.written(plural)
    if given is None or given.is_null.is_true:
        one = instance.written(singular)
        return Sequence(()) if one is None or one.is_null.is_true else Sequence((one,))
    return given


def _statements_of(instance: Instance, documents: Value) -> tuple[Value, ...] | Unknown:
    """The statements of several documents in order, or the unknown that hides some."""
    if isinstance(documents, Unknown):
        return documents
    found: tuple[Value, ...] = ()
    for given in documents.members if isinstance(documents, Sequence) else ():
        if isinstance(given, Run):
            return Unknown(given.name, given.reasons)
        read = given.document if isinstance(given, Json) else _parsed(instance, given)
        if isinstance(read, Unknown):
            return read
        statements = read.entries.get("Statement") if isinstance(read, Mapping) else None
        if isinstance(statements, Sequence):
            found = _merge(found, statements.members, replacing=True)
        elif isinstance(statements, Mapping):
            found = _merge(found, (statements,), replacing=True)
        elif statements is not None or not isinstance(read, Mapping):
            return Unknown(f"statements of {given.symbol}", gather(given.reasons))
    return found


def _parsed(instance: Instance, given: Value) -> Value:
    if isinstance(given, Known) and given.value in {None, ""}:
        return Mapping({})
    return distribute(
        lambda values: call("jsondecode", values, instance.module.context(instance.block.header)), (given,)
    )


def _merge(base: tuple[Value, ...], more: tuple[Value, ...], *, replacing: bool) -> tuple[Value, ...]:
    """Both lists; with ``replacing``, a statement of ``more`` takes the place of one with the same Sid."""
    merged = list(base)
    for statement in more:
        place = _place(merged, statement) if replacing else None
        if place is None:
            merged.append(statement)
        else:
            merged[place] = statement
    return tuple(merged)


def _place(statements: list[Value], statement: Value) -> int | None:
    sid = _sid(statement)
    if sid is None:
        return None
    return next((index for index, other in enumerate(statements) if _sid(other) == sid), None)


def _sid(statement: Value) -> str | None:
    sid = statement.entries.get("Sid") if isinstance(statement, Mapping) else None
    return sid.value if isinstance(sid, Known) and isinstance(sid.value, str) and sid.value else None


def _statement(block: Nested) -> Value:
    entries: dict[str, Value] = {}
    for name, key in PLAIN.items():
        value = block.written(name)
        if value is not None and not value.is_null.is_true:
            entries[key] = value
    entries.setdefault("Effect", Known("Allow"))
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals = block.nested(name)
        if principals:
            entries[key] = _principals(principals)
    conditions = block.nested("condition")
    if conditions:
        entries["Condition"] = _conditions(conditions)
    statement = Mapping(entries, span=block.span)
    if block.family or block.when:
        most = block.most if block.family else 1
        return Run(
            statement.symbol, statement, 0 if block.when else block.least, most, when=block.when, span=block.span
        )
    return statement


def _principals(blocks: tuple[Nested, ...]) -> Value:
    by_type: dict[str, Value] = {}
    runs: list[Run] = []
    for block in blocks:
        type_, identifiers = block.given("type"), block.given("identifiers")
        if block.family or block.when:
            runs.append(Run(identifiers.symbol, identifiers, 0, block.most, key=type_, when=block.when))
        elif not isinstance(type_, Known):
            runs.append(Run(identifiers.symbol, identifiers, 1, 1, key=type_))
        elif type_.value == "*":
            return Known("*", span=block.span)
        else:
            _append(by_type, str(type_), identifiers)
    return Mapping(by_type, tuple(runs), span=blocks[0].span)


def _append(lists: dict[str, Value], key: str, more: Value) -> None:
    before = lists.get(key)
    if isinstance(before, Sequence) and isinstance(more, Sequence):
        lists[key] = replace(before, members=(*before.members, *more.members))
    elif before is None:
        lists[key] = more
    else:
        lists[key] = Unknown(f"{before.symbol} + {more.symbol}", gather((*before.reasons, *more.reasons)))


def _conditions(blocks: tuple[Nested, ...]) -> Value:
    tests: dict[str, dict[str, Value]] = {}
    runs: list[Run] = []
    for block in blocks:
        test, variable, values = block.given("test"), block.given("variable"), block.given("values")
        certain = isinstance(test, Known) and isinstance(variable, Known) and not block.family and not block.when
        if certain:
            _append(tests.setdefault(str(test), {}), str(variable), values)
        else:
            key = Run(variable.symbol, values, 1, 1, key=variable)
            least = 0 if block.family or block.when else 1
            runs.append(Run(test.symbol, Mapping({}, (key,)), least, block.most, key=test, when=block.when))
    return Mapping({test: Mapping(keys) for test, keys in tests.items()}, tuple(runs), span=blocks[0].span)
