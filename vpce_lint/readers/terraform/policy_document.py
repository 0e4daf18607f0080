"""``data.aws_iam_policy_document``: the policy that its blocks and documents amount to.

Source: the data source's page in the documentation of Terraform's AWS provider: sources first, then the own
statements, then the overrides; ``statement_merge`` says what becomes of statements with the same Sid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpce_lint.condition import distribute
from vpce_lint.json_text import parse_json_text
from vpce_lint.readers.terraform.functions import call
from vpce_lint.readers.terraform.statement_merge import MOST_STATEMENTS, Statements
from vpce_lint.truth import gather
from vpce_lint.value import Json, Known, Mapping, Run, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.instance import Instance
    from vpce_lint.readers.terraform.nested import Nested
    from vpce_lint.source import Span

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

    def build(given: tuple[Value, ...]) -> Value:
        lists: list[tuple[Value, ...]] = []
        for documents in given:
            if isinstance(documents, Unknown):
                return documents
            members = documents.members if isinstance(documents, Sequence) else ()
            hidden = next((member for member in members if isinstance(member, Run)), None)
            if hidden is not None:
                return Unknown(hidden.name, hidden.reasons)
            lists.append(members)
        number = len(lists[0])
        return distribute(lambda texts: _merged(instance, texts[:number], own, texts[number:]), (*lists[0], *lists[1]))

    result = distribute(build, (sources, overrides))
    return replace(result, span=instance.block.header)


def _documents(instance: Instance, plural: str, singular: str) -> Value:
    given = instance.written(plural)
    if given is None or given.is_null.is_true:
        one = instance.written(singular)
        return Sequence(()) if one is None or one.is_null.is_true else Sequence((one,))
    return given


def _merged(
    instance: Instance, sources: tuple[Value, ...], own: tuple[Value, ...], overrides: tuple[Value, ...]
) -> Value:
    """The document that these make, in this order."""
    place = instance.block.header
    statements = Statements()
    for given in sources:
        found = _statements_of(given)
        if isinstance(found, Unknown):
            return found
        statements.add(found)
    statements.merge_apart(own)
    for given in overrides:
        found = _statements_of(given)
        if isinstance(found, Unknown):
            return found
        statements.merge(found)
    if statements.overrun:
        return instance.module.context(place).limit(f"a policy merges more than {MOST_STATEMENTS:,} statements")
    version = instance.written("version")
    entries: dict[str, Value] = {"Version": Known("2012-10-17", span=place) if version is None else version}
    entries["Statement"] = Sequence(statements.all, span=place)
    identifier = instance.written("policy_id")
    if identifier is not None:
        entries["Id"] = identifier
    value = Mapping(entries, span=place)
    written = call("jsonencode", (value,), instance.module.context(place))
    return written if isinstance(written, Json) else Json(value, written, span=place)


def _statements_of(given: Value) -> tuple[Value, ...] | Unknown:
    """The statements of a document, or the unknown that hides some; each keeps its place in the document's text."""
    if isinstance(given, Known) and given.value in {None, ""}:
        return ()
    read = given
    if isinstance(given, Json):
        read = given.document
    elif isinstance(given, Known | Text):
        read = parse_json_text(given).document
    if isinstance(read, Unknown):
        return read
    statements = read.entries.get("Statement") if isinstance(read, Mapping) else None
    if isinstance(statements, Sequence):
        return statements.members
    if isinstance(statements, Mapping):
        return (statements,)
    if statements is not None or not isinstance(read, Mapping) or read.runs:
        return Unknown(f"statements of {given.symbol}", gather(given.reasons))
    return ()


def _statement(block: Nested) -> Value:
    entries: dict[str, Value] = {}
    for name, key in PLAIN.items():
        value = block.written(name)
        if value is not None and not value.is_null.is_true:
            entries[key] = value if value.span else value.at(block.body.attributes[name].value_span)
    entries.setdefault("Effect", Known("Allow", span=block.span))
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
    conditional: dict[str, list[tuple[Nested, Value]]] = {}
    runs: list[Run] = []
    for block in blocks:
        type_, identifiers = block.given("type"), _placed(block, "identifiers")
        certain = not block.family and not block.when
        if not isinstance(type_, Known):
            least = 1 if certain else 0
            runs.append(
                Run(identifiers.symbol, identifiers, least, block.most, key=type_, when=block.when, span=block.span)
            )
        elif not certain:
            conditional.setdefault(str(type_), []).append((block, identifiers))
        elif type_.value == "*":
            return Known("*", span=block.span)
        else:
            _append(by_type, str(type_), identifiers)
    runs += _conditional(by_type, conditional)
    return Mapping(by_type, tuple(runs), span=blocks[0].span)


def _placed(block: Nested, name: str) -> Value:
    """An argument with a place, if only that of the block."""
    value = block.given(name)
    return value if value.span else value.at(block.span)


def _append(lists: dict[str, Value], key: str, more: Value) -> None:
    before = lists.get(key)
    if isinstance(before, Sequence) and isinstance(more, Sequence):
        lists[key] = replace(before, members=(*before.members, *more.members))
    elif before is None:
        lists[key] = more
    else:
        reasons = gather((*before.reasons, *more.reasons))
        lists[key] = Unknown(f"{before.symbol} + {more.symbol}", reasons, span=before.span)


def _conditional(lists: dict[str, Value], conditional: dict[str, list[tuple[Nested, Value]]]) -> list[Run]:
    """Add what blocks that may not be there add to each list; the lists of which there may be none are runs."""
    runs: list[Run] = []
    for key, given in conditional.items():
        block, more = given[0]
        if key not in lists and len(given) == 1 and not block.family:
            runs.append(Run(more.symbol, more, 0, 1, key=Known(key), when=block.when, span=block.span))
            continue
        members = [member for block, more in given for member in _perhaps(block, more)]
        if key in lists:
            _append(lists, key, Sequence(tuple(members), "list"))
        else:
            each = Sequence(tuple(members), "list", span=block.span)
            runs.append(Run(each.symbol, each, 0, 1, key=Known(key), why=gather(each.reasons), span=block.span))
    return runs


def _perhaps(block: Nested, more: Value) -> list[Run]:
    """The members of a list, any number of times if it is any block's, as far as the block is there."""
    members = more.members if isinstance(more, Sequence) else (Run(more.symbol, more, why=gather(more.reasons)),)
    found: list[Run] = []
    for member in members:
        run = member if isinstance(member, Run) else Run(member.symbol, member, 0, 1, span=member.span)
        most = None if block.family or run.most is None else run.most
        why = gather((*run.why, *more.reasons)) if block.family else run.why
        found.append(replace(run, least=0, most=most, when=(*run.when, *block.when), why=why))
    return found


def _conditions(blocks: tuple[Nested, ...]) -> Value:
    tests: dict[str, dict[str, Value]] = {}
    conditional: dict[str, dict[str, list[tuple[Nested, Value]]]] = {}
    open_: dict[str, list[Run]] = {}
    spans: dict[str, Span] = {}
    runs: list[Run] = []
    for block in blocks:
        test, variable, values = block.given("test"), block.given("variable"), _placed(block, "values")
        least = 0 if block.family or block.when else 1
        if not isinstance(test, Known):
            key = Run(variable.symbol, values, 1, 1, key=variable, span=block.span)
            each = Mapping({}, (key,), span=block.span)
            runs.append(Run(test.symbol, each, least, block.most, key=test, when=block.when, span=block.span))
            continue
        name = str(test)
        spans.setdefault(name, block.span)
        if not isinstance(variable, Known):
            run = Run(variable.symbol, values, least, block.most, key=variable, when=block.when, span=block.span)
            open_.setdefault(name, []).append(run)
        elif least == 0:
            conditional.setdefault(name, {}).setdefault(str(variable), []).append((block, values))
        else:
            _append(tests.setdefault(name, {}), str(variable), values)
    entries: dict[str, Value] = {}
    for name, span in spans.items():
        keys = tests.get(name, {})
        perhaps = _conditional(keys, conditional.get(name, {}))
        inner = Mapping(keys, (*perhaps, *open_.get(name, ())), span=span)
        if keys or any(run.least for run in inner.runs):
            entries[name] = inner
        else:
            runs.append(_absent_if_empty(name, inner))
    return Mapping(entries, tuple(runs), span=blocks[0].span)


def _absent_if_empty(name: str, inner: Mapping) -> Run:
    """A test all of whose blocks may be missing: then it is missing, too."""
    run = inner.runs[0]
    if len(inner.runs) == 1 and run.most == 1 and run.when and isinstance(run.key, Known):
        each = Mapping({str(run.key): run.each}, span=inner.span)
        return Run(name, each, 0, 1, key=Known(name), when=run.when, span=inner.span)
    return Run(name, inner, 0, 1, key=Known(name), why=gather(inner.reasons), span=inner.span)
