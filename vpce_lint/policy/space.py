"""The requests that there can be: kinds of callers, kinds of resources, and what each says about the keys.

A kind fixes which keys are there. What is left open are *variables*: texts that a request chooses,
each independent of the others. Keys that are parts of one text (the account in an ARN, the
organisation in an organisation path) are conditions on that text. Sources: as ``condition_key``.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from vpce_lint.policy.condition_key import (
    ACCESS_POINT_ACCOUNT,
    ACCESS_POINT_ARN,
    ADDRESSES,
    ALWAYS_THERE,
    BOOLEAN,
    INSTANCE_VPC,
    IS_AWS_SERVICE,
    MULTIVALUED,
    NEVER_THERE,
    OF_PRINCIPAL,
    OF_SERVICE_CALLS,
    PRINCIPAL_ACCOUNT,
    PRINCIPAL_ARN,
    PRINCIPAL_ORG,
    PRINCIPAL_ORG_PATHS,
    PRINCIPAL_TYPE,
    RESOURCE_ACCOUNT,
    RESOURCE_ORG,
    RESOURCE_ORG_PATHS,
    SERVICE_NAME,
    SERVICE_NAMES,
    TIMES,
    USER_ID,
    USER_NAME,
)
from vpce_lint.policy.glob import (
    BUCKET,
    CONCRETE,
    DIGIT,
    LABEL,
    LOWER,
    NAME,
    PATH,
    UPPER,
    Characters,
    Glob,
    exactly,
    joined,
    literal,
    several,
    wildcard,
    with_account,
    with_first,
)
from vpce_lint.policy.language import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.policy.operator import Values
    from vpce_lint.policy.request import CallerKind

ACCOUNT = 4
"""The account's place among the segments of an ARN."""

ResourceKind = Literal["with account", "without account"]
Lift = Literal["whole", "account", "first"]

PRINCIPAL, MEMBERSHIP, UNIQUE_ID, SERVICE = "principal", "membership", "unique id", "service"
ACTION, RESOURCE, OWNER, OWNER_MEMBERSHIP, ACCESS_POINT = (
    "action",
    "resource",
    "owner",
    "owner's membership",
    "access point",
)


class Constraint(Struct, frozen=True):
    """That a variable's value is one of ``values`` (``inside``), or is none of them; ``absent``: or is not there.

    Where a variable has several values, ``every`` asks it of each, else of one.
    """

    variable: str
    values: Values
    inside: bool = True
    absent: bool = False
    every: bool = False

    def negated(self) -> Constraint:
        """The opposite."""
        return replace(self, inside=not self.inside, absent=not self.absent, every=not self.every)

    def holds(self, given: tuple[str, ...] | None) -> bool:
        """Whether it holds for these values; ``None`` is absence."""
        if not given:
            return self.absent
        results = [self.values.accepts(text) == self.inside for text in given]
        return all(results) if self.every else any(results)


class Slot(Struct, frozen=True):
    """That a key is a variable, or a part of one: the account of an ARN, what comes before the first slash."""

    variable: str
    lift: Lift = "whole"

    def lifted(self, glob: Glob) -> Glob:
        """A pattern for the key as a pattern for the variable."""
        if self.lift == "whole":
            return glob
        return _lifted(self.lift, glob)

    def part(self, text: str) -> str:
        """What the key is where the variable is this text."""
        if self.lift == "account":
            return text.split(":")[ACCOUNT]
        return text.partition("/")[0] if self.lift == "first" else text


@cache
def _lifted(lift: Lift, glob: Glob) -> Glob:
    return with_account(glob) if lift == "account" else with_first(glob, "/")


class OfPart(Struct, frozen=True):
    """Values that a part of a variable's text is compared with, otherwise than by patterns."""

    values: Values
    slot: Slot

    def accepts(self, text: str) -> bool:
        """Whether the part matches."""
        return self.values.accepts(self.slot.part(text))

    def boundaries(self) -> Iterable[str]:
        """No texts: the values say nothing about the rest."""
        return ()


class Variable(Struct, frozen=True):
    """A text, or several, that a request chooses."""

    base: Base
    absent: bool = False
    several: bool = False


KEY = "key "
"""How the variable of a condition key that is no part of anything else begins."""

Given = tuple[str, ...] | None
"""The values of a key that a kind fixes; ``None`` is absence."""


class Caller(Struct, frozen=True, dict=True):
    """A kind of caller: what it fixes of the keys, and which are variables."""

    kind: CallerKind
    fixed: dict[str, Given]
    slots: dict[str, Slot]
    identity: str = ""


class Owner(Struct, frozen=True, dict=True):
    """A kind of resource: whether its ARN has an account, and whether the owner's keys are there."""

    kind: ResourceKind
    known: bool
    fixed: dict[str, Given] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)


_ABSENT_FOR_STRANGERS = (
    PRINCIPAL_ARN,
    PRINCIPAL_ORG,
    PRINCIPAL_ORG_PATHS,
    IS_AWS_SERVICE,
    USER_NAME,
    INSTANCE_VPC,
    *sorted(OF_PRINCIPAL),
)
_NO_SERVICE: dict[str, Given] = dict.fromkeys([SERVICE_NAME, SERVICE_NAMES, *sorted(OF_SERVICE_CALLS)])

IAM = Caller(
    "iam",
    {IS_AWS_SERVICE: ("false",), **_NO_SERVICE},
    {
        PRINCIPAL_ARN: Slot(PRINCIPAL),
        PRINCIPAL_ACCOUNT: Slot(PRINCIPAL, "account"),
        PRINCIPAL_ORG: Slot(MEMBERSHIP, "first"),
        PRINCIPAL_ORG_PATHS: Slot(MEMBERSHIP),
        USER_ID: Slot(UNIQUE_ID),
    },
)
ANONYMOUS = Caller(
    "anonymous",
    {
        **dict.fromkeys(_ABSENT_FOR_STRANGERS),
        **_NO_SERVICE,
        PRINCIPAL_ACCOUNT: ("anonymous",),
        USER_ID: ("anonymous",),
        PRINCIPAL_TYPE: ("Anonymous",),
    },
    {},
)
FEDERATED = Caller(
    "federated",
    {
        **dict.fromkeys(_ABSENT_FOR_STRANGERS),
        **_NO_SERVICE,
        **dict.fromkeys([PRINCIPAL_ACCOUNT, USER_ID, PRINCIPAL_TYPE]),
    },
    {},
)
AWS_SERVICE = Caller(
    "service",
    {
        **dict.fromkeys(_ABSENT_FOR_STRANGERS),
        **dict.fromkeys([PRINCIPAL_ACCOUNT, USER_ID, PRINCIPAL_TYPE]),
        IS_AWS_SERVICE: ("true",),
    },
    {SERVICE_NAME: Slot(SERVICE), SERVICE_NAMES: Slot(SERVICE)},
)

_OWNER_KEYS = (RESOURCE_ACCOUNT, RESOURCE_ORG, RESOURCE_ORG_PATHS)
_MEMBER = {RESOURCE_ORG: Slot(OWNER_MEMBERSHIP, "first"), RESOURCE_ORG_PATHS: Slot(OWNER_MEMBERSHIP)}
OWNERS = (
    Owner("without account", known=True, slots={RESOURCE_ACCOUNT: Slot(OWNER), **_MEMBER}),
    Owner("with account", known=True, slots={RESOURCE_ACCOUNT: Slot(RESOURCE, "account"), **_MEMBER}),
    Owner("without account", known=False, fixed=dict.fromkeys(_OWNER_KEYS)),
    Owner("with account", known=False, fixed=dict.fromkeys(_OWNER_KEYS)),
)


def named_caller(identity: str) -> Caller:
    """A caller whom the policy names by an id or an identity provider; nothing else is known about it."""
    return Caller("named", dict(_NO_SERVICE), {}, identity)


def slot_of(key: str, caller: Caller, owner: Owner) -> Slot | Given:
    """What a key is for these kinds: a variable, or the values that are fixed."""
    for slots in (caller.slots, owner.slots):
        if key in slots:
            return slots[key]
    for fixed in (caller.fixed, owner.fixed):
        if key in fixed:
            return fixed[key]
    if key in NEVER_THERE:
        return None
    if key.startswith("aws:principaltag/") and caller.kind not in {"iam", "named"}:
        return None
    if key in {ACCESS_POINT_ARN, ACCESS_POINT_ACCOUNT}:
        return Slot(ACCESS_POINT, "account" if key == ACCESS_POINT_ACCOUNT else "whole")
    return Slot(KEY + key)


class Space:
    """The variables of requests, for the partitions that a policy speaks of."""

    def __init__(self, partitions: Iterable[str], preferred: Callable[[str], tuple[str, ...]]) -> None:
        self._partitions = tuple(sorted({"aws", *partitions}))
        self._preferred = preferred
        self._variables: dict[tuple[str, object], Variable] = {}

    def variable(self, name: str, owner: Owner, *, trusted: bool, quantified: bool) -> Variable:
        """What a variable can be."""
        key = (name, owner.kind if name == RESOURCE else trusted)
        found = self._variables.get(key)
        if found is None:
            found = self._variables[key] = self._variable(name, owner.kind, trusted=trusted, quantified=quantified)
        return found

    def _variable(self, name: str, kind: ResourceKind, *, trusted: bool, quantified: bool) -> Variable:
        base = Base(
            _texts(name, self._partitions, kind if name == RESOURCE else None, trusted=trusted),
            self._preferred(f"{name} {kind}" if name == RESOURCE else name),
        )
        key = name.removeprefix(KEY)
        if key == name:
            return Variable(base, absent=name in {MEMBERSHIP, OWNER_MEMBERSHIP, ACCESS_POINT})
        return Variable(base, key not in ALWAYS_THERE, several=key in MULTIVALUED or quantified)


_NAMES = Characters(None, CONCRETE.excluded | frozenset("{}"))
"""What names consist of that aren't an S3 object's: a policy variable that isn't replaced is none."""

_NUMERALS = Characters(frozenset("0123456789abcdefABCDEF.:-TZ"))
"""What times and addresses consist of."""


@cache
def _texts(name: str, partitions: tuple[str, ...], kind: ResourceKind | None, *, trusted: bool) -> tuple[Glob, ...]:
    """The texts that a variable can have."""
    if name == PRINCIPAL:
        return tuple(_principals(partitions))
    if name in {MEMBERSHIP, OWNER_MEMBERSHIP}:
        path = joined([literal("o-"), several(LOWER), literal("/r-"), several(LOWER), literal("/")])
        return path, joined([path, several(PATH), literal("/")])
    if name == UNIQUE_ID:
        unique = several(UPPER, 16)
        return unique, joined([unique, literal(":"), several(NAME)]), exactly(DIGIT, 12)
    if name == SERVICE:
        return (joined([several(LABEL), literal(".amazonaws.com")]),)
    if name == ACTION:
        return (joined([several(LABEL), literal(":"), several(LOWER)]),)
    if name == OWNER:
        return (exactly(DIGIT, 12),)
    if name == ACCESS_POINT or kind == "with account":
        return tuple(_with_account(partitions))
    if kind == "without account":
        return tuple(_without_account(partitions))
    key = name.removeprefix(KEY)
    if key == INSTANCE_VPC and not trusted:
        return (literal("vpc-elsewhere"),)
    if key in BOOLEAN:
        return literal("true"), literal("false")
    if key in TIMES or key in ADDRESSES:
        return (several(_NUMERALS),)
    return (wildcard("*"),)


def _principals(partitions: tuple[str, ...]) -> Iterable[Glob]:
    account, colon = exactly(DIGIT, 12), literal(":")
    for partition in partitions:
        iam = joined([literal(f"arn:{partition}:iam::"), account, colon])
        for kind in ("role/", "user/"):
            yield joined([iam, literal(kind), several(NAME)])
        yield joined([iam, literal("root")])
        sts = joined([literal(f"arn:{partition}:sts::"), account, colon])
        for kind in ("assumed-role/", "federated-user/"):
            yield joined([sts, literal(kind), several(NAME)])


def _with_account(partitions: tuple[str, ...]) -> Iterable[Glob]:
    for partition in partitions:
        start = joined([literal(f"arn:{partition}:"), several(LABEL), literal(":"), several(LABEL, 0), literal(":")])
        for account in (exactly(DIGIT, 12), literal("aws")):
            yield joined([start, account, literal(":"), several(CONCRETE)])


def _without_account(partitions: tuple[str, ...]) -> Iterable[Glob]:
    for partition in partitions:
        bucket = joined([literal(f"arn:{partition}:s3:::"), several(BUCKET)])
        yield bucket
        yield joined([bucket, literal("/"), several(CONCRETE)])
        start = joined([literal(f"arn:{partition}:"), several(LABEL), literal(":"), several(LABEL, 0)])
        yield joined([start, literal("::"), several(_NAMES)])


@cache
def fresh_action(prefixes: tuple[str, ...]) -> Base:
    """An action whose name no policy can have meant: it stands for all that are there and will come."""
    name = "\ue000" * 8
    return Base((joined([several(LABEL), literal(f":{name}")]),), tuple(f"{each}:{name}" for each in prefixes))
