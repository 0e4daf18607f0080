"""What is wrong with a policy beyond what it lets through: AWS refuses it, or it does something else than it says.

Sources: IAM User Guide, "IAM JSON policy element reference" and "Access Analyzer policy check
reference"; AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.policy.condition_key import (
    GLOBAL_KEYS,
    MULTIVALUED,
    NEVER_THERE,
    SYSTEM_IDS,
    TAG_KEYS,
    is_known_global,
    normal,
)
from vpce_lint.policy.document import LONGEST_POLICY, Document, Part, read_document
from vpce_lint.policy.glob import ARN_SEGMENTS, has_wildcard
from vpce_lint.policy.operator import OPERATORS, Operator, operator
from vpce_lint.policy.statement import Named
from vpce_lint.policy.variable import names
from vpce_lint.regex import regex
from vpce_lint.value import Choice, Json, Known, Mapping, Sequence, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.source import Span
    from vpce_lint.truth import Reason

_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
_FIELDS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_TOP = ("Version", "Id", "Statement")
_VERSIONS = ("2012-10-17", "2008-10-17")
_ACTION = regex(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
_FEWEST = 6
"""AWS wants so many characters beside a wildcard in a condition on an ARN or id."""


class Fault(Struct, frozen=True, dict=True):
    """A fault of a policy: ``kind`` is its name, ``message`` a clause that says what AWS does with it."""

    kind: str
    message: str
    at: Span | None = None
    fix: str = ""


def faults_of(policy: Value, *, gateway: bool = False) -> tuple[tuple[Fault, ...], tuple[Reason, ...]]:
    """The faults of a policy, and why there may be more: parts of it that aren't known."""
    if isinstance(policy, Choice):
        then, why = faults_of(policy.then, gateway=gateway)
        otherwise, more = faults_of(policy.otherwise, gateway=gateway)
        shared = tuple(fault for fault in then if fault in otherwise)
        open_ = policy.condition.reasons if len(shared) < len({*then, *otherwise}) else ()
        return shared, (*why, *more, *open_)
    if policy.is_null.is_true or policy.is_("").is_true:
        return (), ()
    document = read_document(policy)
    found: list[Fault] = [*_of_text(policy)]
    if isinstance(document, Unknown):
        return tuple(found), document.reasons
    if document.fault:
        if not found:
            found.append(Fault("not-json", f"AWS refuses the policy: {document.fault}", document.span))
        return tuple(found), ()
    found += _of_document(document)
    open_parts: list[Reason] = []
    for part in document.parts:
        if not isinstance(part.value, Mapping):
            open_parts += part.value.reasons
        elif part.certain:
            found += _of_statement(part, document, gateway=gateway)
        elif any(_of_statement(part, document, gateway=gateway)):
            open_parts += part.why
    return tuple(found), tuple(open_parts)


def _of_text(policy: Value) -> Iterator[Fault]:
    text = policy.text if isinstance(policy, Json) else policy
    if isinstance(text, Known) and isinstance(text.value, str):
        size = len(text.value)
        if size > LONGEST_POLICY:
            yield Fault(
                "too-long",
                f"AWS refuses the policy: it has {size:,} characters, and {LONGEST_POLICY:,} are allowed",
                policy.span,
                "shorten it: group statements, use conditions instead of lists",
            )
    if isinstance(policy, Known | Text) and not (isinstance(policy, Known) and not isinstance(policy.value, str)):
        from vpce_lint.json_text import parse_json_text  # noqa: PLC0415 (most policies are objects)

        for fault in parse_json_text(policy).faults:
            kind = "duplicate-key" if fault.kind == "duplicate" else "not-json"
            yield Fault(kind, f"AWS refuses the policy: {fault.message}", fault.span)


def _of_document(document: Document) -> Iterator[Fault]:
    version = document.version
    if isinstance(version, Known) and version.value is not None and version.value not in _VERSIONS:
        yield Fault(
            "unknown-version",
            f"AWS refuses the policy: there is no Version {version}",
            version.span,
            'write "2012-10-17"',
        )
    if not document.parts:
        yield Fault(
            "no-statement",
            "AWS refuses the policy: it has no statement",
            document.span,
            "add a statement that allows what is needed",
        )


def _of_statement(part: Part, document: Document, *, gateway: bool) -> Iterator[Fault]:
    entries = part.value.entries if isinstance(part.value, Mapping) else {}
    where = f"statement {part.number}"
    lower: dict[str, str] = {}
    for name, value in entries.items():
        if name.lower() in lower:
            yield Fault(
                "duplicate-key",
                f"AWS refuses the policy: {where} has both {lower[name.lower()]} and {name}",
                value.span,
                "keep one of them",
            )
        lower[name.lower()] = name
        if name not in _FIELDS:
            close = _close_matches(name, _FIELDS, n=1)
            yield Fault(
                "unknown-element",
                f"AWS refuses the policy: {where} has an element {name}, which IAM doesn't know",
                value.span or part.span,
                f"write {close[0]}" if close else "",
            )
    effect = entries.get("Effect")
    if effect is None or (isinstance(effect, Known) and effect.value not in {"Allow", "Deny"}):
        given, at = ("no Effect", part.span) if effect is None else (f"the Effect {effect}", effect.span)
        yield Fault(
            "effect", f"AWS refuses the policy: {where} has {given}, not Allow or Deny", at, "write Allow or Deny"
        )
    allow = not (isinstance(effect, Known) and effect.value == "Deny")
    for name in ("Action", "Resource"):
        yield from _of_pair(part, entries, name)
    yield from _of_actions(part, entries)
    yield from _of_principals(part, entries, allow=allow, gateway=gateway)
    yield from _of_conditions(part, entries.get("Condition"), document, allow=allow)


def _of_pair(part: Part, entries: dict[str, Value], name: str) -> Iterator[Fault]:
    given = [each for each in (name, f"Not{name}") if each in entries]
    if len(given) == 2:
        yield Fault(
            f"two-{name.lower()}s",
            f"AWS refuses the policy: statement {part.number} has both {name} and Not{name}",
            entries[given[1]].span,
            "keep one of them",
        )
    elif not given and not (isinstance(part.value, Mapping) and part.value.runs):
        yield Fault(
            f"no-{name.lower()}",
            f"AWS refuses the policy: statement {part.number} has no {name}",
            part.span,
            f"add {name}",
        )


def _of_actions(part: Part, entries: dict[str, Value]) -> Iterator[Fault]:
    for action in _known(entries.get("Action", entries.get("NotAction"))):
        if not (isinstance(action.value, str) and _ACTION.fullmatch(action.value)):
            yield Fault(
                "no-such-action",
                f"AWS refuses the policy: {action} in statement {part.number} is not an action such as s3:GetObject",
                action.span or part.span,
                "write the service's prefix, a colon and the action",
            )


def _of_principals(part: Part, entries: dict[str, Value], *, allow: bool, gateway: bool) -> Iterator[Fault]:
    where = f"statement {part.number}"
    if "NotPrincipal" in entries and allow:
        yield Fault(
            "not-principal-allowed",
            f"{where} allows NotPrincipal, which AWS doesn't support: it lets in everyone else, anonymous callers too",
            entries["NotPrincipal"].span or part.span,
            'write Principal "*" and a condition on aws:PrincipalOrgID or aws:PrincipalArn',
        )
    value = entries.get("Principal", entries.get("NotPrincipal"))
    if value is None:
        if not (isinstance(part.value, Mapping) and part.value.runs):
            yield Fault(
                "no-principal",
                f"AWS refuses the policy: {where} has no Principal",
                part.span,
                'add Principal: "*" with a condition, or the principals themselves',
            )
        return
    groups = value.entries.items() if isinstance(value, Mapping) else [("AWS", value)]
    for kind, ids in groups:
        if kind not in _PRINCIPAL_TYPES:
            close = _close_matches(kind, _PRINCIPAL_TYPES, n=1)
            yield Fault(
                "unknown-principal-type",
                f"AWS refuses the policy: {where} has principals of a type {kind}, which IAM doesn't know",
                ids.span or part.span,
                f"write {close[0]}" if close else "",
            )
            continue
        for each in _known(ids):
            yield from _of_principal(part, Named(kind, str(each.value)), each, gateway=gateway)


def _of_principal(part: Part, named: Named, written: Known, *, gateway: bool) -> Iterator[Fault]:
    if named.type != "AWS" or named.id == "*":
        return
    at = written.span or part.span
    if has_wildcard(named.id):
        yield Fault(
            "principal-wildcard",
            f"AWS refuses the policy: the principal {named.id} has a wildcard, which only stands alone",
            at,
            'write Principal "*" and a condition on aws:PrincipalArn',
        )
    elif named.id.startswith("arn:") and named.id.count(":") < ARN_SEGMENTS - 1:
        yield Fault(
            "principal-arn",
            f"AWS refuses the policy: {named.id} is not an ARN of a principal",
            at,
            "write all six parts",
        )
    elif gateway and named.account:
        yield Fault(
            "gateway-account-principal",
            f"on a gateway endpoint, the principal {named.id} is the root user of the account only, not its roles and users",
            at,
            'write Principal "*" and a condition on aws:PrincipalAccount or aws:PrincipalArn',
        )


def _of_conditions(part: Part, condition: Value | None, document: Document, *, allow: bool) -> Iterator[Fault]:
    if condition is None or not isinstance(condition, Mapping):
        return
    guarded = _null_guarded(condition)
    for name, block in condition.entries.items():
        by = operator(name)
        at = block.span or part.span
        if by is None:
            base = name.rpartition(":")[2].removesuffix("IfExists")
            close = _close_matches(base, OPERATORS, n=1, cutoff=0.5)
            yield Fault(
                "unknown-operator",
                f"AWS refuses the policy: {name} in statement {part.number} is not a condition operator",
                at,
                f"write {name.replace(base, close[0])}" if close and base else "",
            )
            continue
        if not isinstance(block, Mapping):
            continue
        lower: dict[str, str] = {}
        for key, values in block.entries.items():
            if key.lower() in lower:
                yield Fault(
                    "duplicate-key",
                    f"AWS refuses the policy: {name} has {lower[key.lower()]} and {key}, which are one key",
                    values.span or at,
                    "keep one of them",
                )
            lower[key.lower()] = key
            yield from _of_condition(part, by, key, values, document, allow=allow, guarded=normal(key) in guarded)


def _of_condition(
    part: Part, by: Operator, key: str, values: Value, document: Document, *, allow: bool, guarded: bool
) -> Iterator[Fault]:
    at, compared = values.span or part.span, normal(key)
    if key.lower().startswith("aws:") and not is_known_global(key):
        close = _close_matches(key, (*GLOBAL_KEYS, *TAG_KEYS), n=1)
        yield Fault(
            "unknown-key",
            f"AWS documents no condition key {key}: where no request has it, {_effect_of_absence(by, allow=allow)}",
            at,
            f"write {close[0]}" if close else "",
        )
    if compared in NEVER_THERE and by.style != "null":
        yield Fault(
            "source-ip",
            f"{key} is absent from requests through an endpoint, so {_effect_of_absence(by, allow=allow)}",
            at,
            "use aws:VpcSourceIp, or a condition on who calls",
        )
    if by.every and allow and not guarded:
        yield Fault(
            "for-all-values",
            f"{by.name} also holds where the request has no {key}: the statement lets such callers in",
            at,
            f'add "Null": {{"{key}": "false"}}, or use ForAnyValue',
        )
    if by.every is None and compared in MULTIVALUED and by.style != "null":
        yield Fault(
            "set-operator",
            f"{key} has several values: {by.name} is only defined for it behind ForAnyValue or ForAllValues",
            at,
            f"write ForAnyValue:{by.name}",
        )
    texts = [str(each.value) for each in _known(values) if isinstance(each.value, str)]
    wild = [text for text in texts if has_wildcard(text)]
    if wild and compared in SYSTEM_IDS and by.globs:
        yield Fault(
            "wildcard-in-id",
            f"AWS refuses the policy: {key} takes no wildcards on an endpoint, and {wild[0]} has one",
            at,
            "write the ids out",
        )
    elif wild and by.style in {"text", "ignoring case"} and compared.startswith(("aws:principal", "aws:resource")):
        yield Fault(
            "literal-wildcard",
            f"{by.name} compares {wild[0]} letter by letter, wildcards too: no {key} is that",
            at,
            "write what it must be, or the Like operator with part of it",
        )
    if compared in SYSTEM_IDS and by.style == "number":
        yield Fault(
            "numeric-id",
            f"AWS refuses the policy: {key} is an id, and {by.name} compares numbers",
            at,
            "write StringEquals",
        )
    if not document.has_variables and any(names(text) for text in texts):
        yield Fault(
            "variables",
            "policy variables are plain text unless the policy has Version 2012-10-17: the condition compares them letter by letter",
            at,
            'add "Version": "2012-10-17"',
        )


def _effect_of_absence(by: Operator, *, allow: bool) -> str:
    if by.if_absent:
        return "the condition always holds"
    return "the statement allows nothing" if allow else "the statement denies nothing"


def _null_guarded(condition: Mapping) -> set[str]:
    """The keys that a statement demands to be there, as they are compared."""
    block = condition.entries.get("Null")
    if not isinstance(block, Mapping):
        return set()
    return {
        normal(key)
        for key, value in block.entries.items()
        if [str(each.value).lower() for each in _known(value)] == ["false"]
    }


def _known(value: Value | None) -> list[Known]:
    """The known members of a list, or the value itself."""
    waiting = [] if value is None else [value]
    found: list[Known] = []
    while waiting:
        each = waiting.pop()
        if isinstance(each, Sequence):
            waiting += reversed(each.members)
        elif isinstance(each, Known) and each.value is not None:
            found.append(each)
    return found


def _close_matches(word: str, words: Iterable[str], n: int, cutoff: float = 0.6) -> list[str]:
    """What ``difflib`` finds; it is loaded where there is a mistake."""
    from difflib import get_close_matches  # noqa: PLC0415 (loaded when it is needed)

    return get_close_matches(word, list(words), n, cutoff)
