"""A second reading of IAM policies, as slow and plain as can be, to ask what is right.

It works on documents as they are written (JSON as Python has it), compares texts character by
character, and answers what may happen by going through a small world of requests one by one. It has
nothing of the package but the classes in which a request and a statement are handed over.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import prod
from typing import TYPE_CHECKING, Any

from vpce_lint.policy.operator import operator
from vpce_lint.policy.request import Request
from vpce_lint.policy.statement import Condition, Element, Named, Principals, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Json = Any
    Keys = Mapping[str, tuple[str, ...]]
    Row = tuple[tuple[str, bool], ...]  # characters, each with whether it is a wildcard


def listed(value: Json) -> list[Json]:
    """A list, whatever was written."""
    return value if isinstance(value, list) else [value]


def scalar(value: Json) -> str:
    """A value as IAM takes it: text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def texts(value: Json) -> list[str]:
    """The texts of an element or a condition."""
    return [scalar(each) for each in listed(value)]


def principals(value: Json) -> list[tuple[str, str]]:
    """The entries of a ``Principal``."""
    if value == "*":
        return [("AWS", "*")]
    return [(kind, each) for kind, ids in value.items() for each in texts(ids)]


def statements(document: Json) -> list[Statement]:
    """A document as the package takes it."""
    made = []
    for number, each in enumerate(listed(document["Statement"]), 1):
        who = tuple(Named(*entry) for entry in principals(each.get("Principal", each.get("NotPrincipal"))))
        made.append(
            Statement(
                number,
                each["Effect"],
                Principals(who, "NotPrincipal" in each),
                _element(each, "Action"),
                _element(each, "Resource"),
                tuple(
                    Condition(operator(name), key, tuple(texts(values)))
                    for name, block in each.get("Condition", {}).items()
                    for key, values in block.items()
                ),
                document.get("Version") == "2012-10-17",
            )
        )
    return made


def _element(statement: Json, name: str) -> Element:
    negated = f"Not{name}" in statement
    return Element(tuple(texts(statement[f"Not{name}" if negated else name])), negated)


def glob(pattern: str, text: str) -> bool:
    """Whether a text is of a pattern with ``*`` and ``?``."""
    return _fits(tuple((each, each in "*?") for each in pattern), text)


@lru_cache(maxsize=300_000)
def _fits(row: Row, text: str) -> bool:
    """A pattern's characters against a text, from the front."""
    if not row:
        return not text
    (character, wild), rest = row[0], row[1:]
    if wild and character == "*":
        return any(_fits(rest, text[at:]) for at in range(len(text) + 1))
    return bool(text) and (wild or character == text[0]) and _fits(rest, text[1:])


def _fits_arn(row: Row, text: str) -> bool:
    """The same segment by segment, where the pattern has the six segments of an ARN."""
    segments: list[list[tuple[str, bool]]] = [[]]
    for each in row:
        if each[0] == ":" and len(segments) < 6:
            segments.append([])
        else:
            segments[-1].append(each)
    if len(segments) < 6:
        return _fits(row, text)
    parts = text.split(":", 5)
    return len(parts) == 6 and all(_fits(tuple(s), p) for s, p in zip(segments, parts, strict=True))


_VARIABLE = re.compile(r"\$\{\s*([^{},\s]+)\s*(?:,\s*'([^']*)'\s*)?\}")


def _row(pattern: str, keys: Keys | None) -> Row | None:
    """The characters of a pattern, its policy variables replaced; ``None`` where one has no value."""
    if keys is None:
        return tuple((each, each in "*?") for each in pattern)
    row: list[tuple[str, bool]] = []
    at = 0
    while at < len(pattern):
        found = _VARIABLE.match(pattern, at)
        if found is None:
            row.append((pattern[at], pattern[at] in "*?"))
            at += 1
            continue
        given = keys.get(canonical(found[1]))
        value = found[1] if found[1] in {"*", "?", "$"} else given[0] if given else found[2]
        if value is None:
            return None
        row += [(each, False) for each in value]
        at = found.end()
    return tuple(row)


def canonical(key: str) -> str:
    """A key in lower case, by its global name."""
    key = key.lower()
    return {"kms:calleraccount": "aws:principalaccount", "s3:resourceaccount": "aws:resourceaccount"}.get(key, key)


def _number(text: str) -> Fraction | None:
    return Fraction(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def _date(text: str) -> Fraction | None:
    if text.isdigit():
        return Fraction(text)
    try:
        return Fraction(int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()))
    except ValueError:
        return None


def _in_range(value: str, given: str) -> bool:
    try:
        return ip_address(given) in ip_network(value, strict=False)
    except ValueError:
        return False


def _order(parse: Callable[[str], Fraction | None], test: Callable[[Fraction, Fraction], bool]) -> Callable[..., bool]:
    def compare(value: str, given: str, keys: Keys | None) -> bool:
        left, right = parse(given), parse(value)
        return left is not None and right is not None and test(left, right)

    return compare


def _equal(value: str, given: str, keys: Keys | None) -> bool:
    row = _row(value, keys)
    return row is not None and "".join(each for each, _ in row) == given


def _same_letters(value: str, given: str, keys: Keys | None) -> bool:
    row = _row(value, keys)
    return row is not None and "".join(each for each, _ in row).lower() == given.lower()


def _like(value: str, given: str, keys: Keys | None) -> bool:
    row = _row(value, keys)
    return row is not None and _fits(row, given)


def _arn_like(value: str, given: str, keys: Keys | None) -> bool:
    row = _row(value, keys)
    return row is not None and _fits_arn(row, given)


_ORDERS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}
_POSITIVE: dict[str, Callable[[str, str, Keys | None], bool]] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _same_letters,
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda value, given, keys: value.lower() == given,
    "BinaryEquals": _equal,
    "IpAddress": lambda value, given, keys: _in_range(value, given),
    **{f"Numeric{name}": _order(_number, test) for name, test in _ORDERS.items()},
    **{f"Date{name}": _order(_date, test) for name, test in _ORDERS.items()},
}
_NEGATIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def condition_holds(name: str, values: tuple[str, ...], given: tuple[str, ...] | None, keys: Keys | None) -> bool:
    """One key of a condition: the table of the IAM User Guide, row by row.

    ``keys`` are those of the request, for policy variables; ``None`` where the version has none.
    """
    if keys is None or not any("${" in value for value in values):
        return _holds_without_variables(name, values, given)
    return _holds(name, values, given, keys)


@lru_cache(maxsize=100_000)
def _holds_without_variables(name: str, values: tuple[str, ...], given: tuple[str, ...] | None) -> bool:
    return _holds(name, values, given, None)


def _holds(name: str, values: tuple[str, ...], given: tuple[str, ...] | None, keys: Keys | None) -> bool:
    if name == "Null":
        return any((value.lower() == "true") == (not given) for value in values if value.lower() in {"true", "false"})
    quantifier, _, base = name.rpartition(":")
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    negative = base in _NEGATIVE
    compare = _POSITIVE[_NEGATIVE.get(base, base)]
    if not given:
        if if_exists or quantifier == "ForAllValues":
            return True
        return negative and quantifier != "ForAnyValue"
    each = [any(compare(value, one, keys) for value in values) != negative for one in given]
    return all(each) if quantifier == "ForAllValues" else any(each)


def is_principal(entries: list[tuple[str, str]], request: Request, *, gateway: bool) -> bool:
    """Whether one of the entries stands for the caller."""
    account = (request.keys.get("aws:principalaccount") or ("",))[0]
    arn = (request.keys.get("aws:principalarn") or ("",))[0]
    service = (request.keys.get("aws:principalservicename") or ("",))[0]
    return _is_principal(tuple(entries), (request.caller, request.identity, account, arn, service), gateway=gateway)


@lru_cache(maxsize=100_000)
def _is_principal(entries: tuple[tuple[str, str], ...], who: tuple[str, ...], *, gateway: bool) -> bool:
    caller, identity, account, arn, service = who
    for kind, name in entries:
        if kind == "AWS" and name == "*":
            return True
        if caller == "named" and name == identity:
            return True
        if caller == "service" and kind == "Service":
            if glob(name, service):
                return True
        elif caller == "iam" and kind == "AWS":
            root = re.fullmatch(r"(?:arn:aws:iam::)?(\d{12})(?::root)?", name)
            if root and (arn == f"arn:aws:iam::{root[1]}:root" if gateway else account == root[1]):
                return True
            if not root and _fits_arn(tuple((c, c in "*?") for c in name), arn):
                return True
    return False


Part = tuple[str, Any, bool]
"""A part of a statement: ``principal``, ``action``, ``resource`` or a key, the test, and whether it has variables."""


def parts(statement: Json, version: str | None, *, gateway: bool) -> list[Part]:
    """What must hold for a statement to match."""
    replaced = version == "2012-10-17"

    def keys(request: Request) -> Keys | None:
        return request.keys if replaced else None

    entries = principals(statement.get("Principal", statement.get("NotPrincipal")))
    actions = tuple(each.lower() for each in texts(statement.get("Action", statement.get("NotAction"))))
    resources = tuple(texts(statement.get("Resource", statement.get("NotResource"))))

    def principal(request: Request) -> bool:
        return is_principal(entries, request, gateway=gateway) != ("NotPrincipal" in statement)

    def action(request: Request) -> bool:
        return any(glob(each, request.action.lower()) for each in actions) != ("NotAction" in statement)

    def resource(request: Request) -> bool:
        return condition_holds("ArnLike", resources, (request.resource,), keys(request)) != ("NotResource" in statement)

    def condition(name: str, key: str, values: tuple[str, ...]) -> Callable[[Request], bool]:
        return lambda request: condition_holds(name, values, request.keys.get(canonical(key)), keys(request))

    return [
        ("principal", principal, False),
        ("action", action, False),
        ("resource", resource, replaced and "${" in str(resources)),
        *(
            (canonical(key), condition(name, key, tuple(texts(values))), replaced and "${" in str(values))
            for name, block in statement.get("Condition", {}).items()
            for key, values in block.items()
        ),
    ]


def allows(document: Json, request: Request, *, gateway: bool = False) -> bool:
    """Whether a document allows a request."""
    found = {"Allow": False, "Deny": False}
    for each in listed(document["Statement"]):
        tests = parts(each, document.get("Version"), gateway=gateway)
        found[each["Effect"]] |= all(test(request) for _, test, _ in tests)
    return found["Allow"] and not found["Deny"]


@dataclass(frozen=True)
class Confidence:
    """Whom a document's author trusts: what the document names, or a configuration's accounts and organisations."""

    accounts: frozenset[str]
    orgs: frozenset[str]
    buckets: frozenset[str]
    ids: frozenset[str]

    def caller(self, request: Request) -> bool:
        """Whether the caller is trusted."""
        if request.caller in {"service", "named"}:
            return True
        if request.caller != "iam":
            return False
        arn = request.keys["aws:principalarn"][0]
        return (
            arn.split(":")[4] in self.accounts
            or self._member(request.keys.get("aws:principalorgpaths"))
            or request.keys["aws:userid"][0].split(":")[0] in self.ids
        )

    def resource(self, request: Request) -> bool:
        """Whether the resource is trusted."""
        _, _, service, _, account, name = request.resource.split(":", 5)
        owner = request.keys.get("aws:resourceaccount", ("",))[0]
        if {account, owner} & self.accounts or self._member(request.keys.get("aws:resourceorgpaths")):
            return True
        if request.keys.get("s3:dataaccesspointaccount", ("",))[0] in self.accounts:
            return True
        if account == "aws" or (service == "ssm" and not account and name.startswith("document/")):
            return True
        return service == "s3" and not account and name.split("/")[0] in self.buckets

    def _member(self, paths: tuple[str, ...] | None) -> bool:
        return bool(paths) and any(each.split("/")[0] in self.orgs for each in paths or ())


_ACCOUNT = re.compile(r"\d{12}")
ACCOUNT_KEYS = {"aws:principalaccount", "aws:resourceaccount", "s3:dataaccesspointaccount"}


def named_in(document: Json) -> Confidence:
    """What a document names."""
    accounts, orgs, buckets, ids = set(), set(), set(), set()
    for each in listed(document["Statement"]):
        arns = [name for _, name in principals(each.get("Principal", each.get("NotPrincipal")))]
        resources = texts(each.get("Resource", each.get("NotResource")))
        found = re.findall(r"^arn:[^:]*:s3:::([a-z0-9.-]+)(?:/|$)", "\n".join(resources), re.MULTILINE)
        buckets |= set(found)
        for operator_name, block in each.get("Condition", {}).items():
            for key, values in block.items():
                name = canonical(key)
                if name in ACCOUNT_KEYS:
                    arns += texts(values)
                elif name == "aws:principalarn":
                    arns += [value for value in texts(values) if value.startswith("arn:")]
                elif "orgid" in name or "orgpaths" in name:
                    exact = "Like" not in operator_name and "orgid" in name  # ignoring case is naming, too
                    heads = [(value.lower() if exact else value).split("/")[0] for value in texts(values)]
                    orgs |= {head for head in heads if re.fullmatch(r"o-[a-z0-9]+", head)}
                elif name == "aws:userid":
                    ids |= {value.split(":")[0] for value in texts(values) if re.match(r"[A-Z0-9]{16,}", value)}
        for arn in [*arns, *resources]:
            account = arn.split(":")[4] if arn.count(":") >= 5 else arn
            if _ACCOUNT.fullmatch(account):
                accounts.add(account)
    return Confidence(frozenset(accounts), frozenset(orgs), frozenset(buckets), frozenset(ids))


@dataclass(frozen=True)
class Answers:
    """What the search through a world found."""

    level: str
    principal_bounded: bool
    resource_bounded: bool
    action_bounded: bool
    allows_nothing: bool


FRESH = "\ue000" * 8
"""The name of an action that nobody listed."""

_FACTORS = {
    **dict.fromkeys(["principal", "aws:principalarn", "aws:principalaccount", "aws:principalorgid"], "caller"),
    **dict.fromkeys(["aws:principalorgpaths", "aws:principalisawsservice", "aws:userid"], "caller"),
    **dict.fromkeys(["aws:principalservicename", "aws:sourceaccount"], "caller"),
    "aws:principaltag/team": "caller",
    **dict.fromkeys(["resource", "aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"], "target"),
    "s3:dataaccesspointaccount": "target",
    "action": "action",
}


@dataclass(frozen=True)
class World:
    """Requests: every caller with every action, every target and every value of the other keys.

    ``callers`` and ``targets`` are requests of which only that half counts.
    """

    callers: Sequence[Request]
    actions: Sequence[str]
    targets: Sequence[Request]
    others: Mapping[str, Sequence[tuple[str, ...] | None]]

    def factors(self, mentioned: set[str]) -> Iterator[tuple[str, list[Request]]]:
        """Halves, thirds and so on of requests, by what they decide."""
        yield "caller", list(self.callers)
        yield "action", [Request("iam", each, "") for each in self.actions]
        yield "target", list(self.targets)
        for key in sorted(mentioned):
            if key not in _FACTORS:
                given = self.others[key]
                yield key, [Request("iam", "", "", {key: each} if each else {}) for each in given]


WITHOUT_OWNER = ("ebs:", "ec2:", "events:", "route53:", "workspaces:")


def answers(
    document: Json, world: World, trusted: Confidence, *, gateway: bool = False, most: int = 100_000
) -> Answers | None:
    """What a document lets through, by going through all requests of a world.

    Requests of which each part fares alike in every statement are gone through once. ``None`` where there are
    more than ``most`` all the same.
    """
    rows = listed(document["Statement"])
    tests = [parts(each, document.get("Version"), gateway=gateway) for each in rows]
    open_tests = [(at, test) for at, row in enumerate(tests) for _, test, coupled in row if coupled]
    allow = sum(1 << at for at, each in enumerate(rows) if each["Effect"] == "Allow")
    deny = sum(1 << at for at, each in enumerate(rows) if each["Effect"] == "Deny")
    mentioned = {name for row in tests for name, _, _ in row}
    variables = {name for row in tests for name, _, coupled in row if coupled}
    if variables:
        variables |= {canonical(each) for each in re.findall(r"\$\{([a-zA-Z0-9:/]+)", str(document))}
    mentioned |= variables
    classes: list[list[tuple[int, Request, bool, bool]]] = []
    for factor, members in world.factors(mentioned):
        seen: dict[Any, tuple[int, Request, bool, bool]] = {}
        for each in members:
            untrusted = special = False
            if factor == "caller":
                untrusted, special = not trusted.caller(each), each.caller == "service"
            elif factor == "target":
                untrusted, special = not trusted.resource(each), "aws:resourceaccount" not in each.keys
            elif factor == "action":
                untrusted, special = FRESH in each.action, each.action.startswith(WITHOUT_OWNER)
            mask = 0
            for at, row in enumerate(tests):
                mine = [test for name, test, coupled in row if not coupled and _FACTORS.get(name, name) == factor]
                mask |= all(test(each) for test in mine) << at
            whole = (*(each.keys.get(key) for key in sorted(variables)), "resource" in variables and each.resource)
            seen.setdefault((mask, untrusted, special, whole), (mask, each, untrusted, special))
        classes.append(list(seen.values()))
    pairs = set()
    if prod(map(len, classes)) > most:
        return None
    for row in itertools.product(*classes):
        (_, caller, outsider, service), (_, act, fresh, ownerless), (_, target, foreign, unknown) = row[:3]
        if unknown and not ownerless:
            continue
        mask = -1
        for each in row:
            mask &= each[0]
        if open_tests:
            request = joined(caller, act.action, target, [each[1] for each in row[3:]])
            for at, test in open_tests:
                if mask >> at & 1 and not test(request):
                    mask &= ~(1 << at)
        if mask & allow and not mask & deny:
            pairs.add((service, outsider, foreign, fresh))
    plain = [each for each in pairs if not each[0]]
    joint = [each for each in plain if each[1] and each[2]]
    return Answers(
        "OPEN" if any(each[3] for each in joint) else "BROAD" if joint else "RESTRICTIVE",
        not any(each[1] for each in plain),
        not any(each[2] for each in plain),
        not any(each[3] for each in plain),
        not pairs,
    )


def joined(caller: Request, action: str, target: Request, others: Iterable[Request]) -> Request:
    """A whole request of its parts."""
    keys = {**caller.keys, **target.keys}
    for each in others:
        keys |= each.keys
    return Request(caller.caller, action, target.resource, keys, caller.identity)
