"""Random policies over a small vocabulary, and the world of requests in which every difference shows.

For each combination of patterns of the vocabulary that a text can match, the world has such a text.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any

from policy_oracle import FRESH, World, canonical, listed, principals, texts

from vpce_lint.policy.request import Request

if TYPE_CHECKING:
    from random import Random

    Json = Any
    Given = tuple[str, ...] | None

OURS, PARTNER = "111122223333", "456789012345"
"""Between them they have all ten digits."""

ORG, OTHER_ORG = "o-named1", "o-named2"
UNIQUE = "AROANAMED00000000000"

ACCOUNTS = (
    OURS,
    PARTNER,
    "111199999999",
    "500000000000",
    "999999999999",
    "111199993333",
    "500000003333",
    "999999993333",
)
ACCOUNT_LITERALS = (OURS, PARTNER, OURS, "*", "", f"{OURS}:x")
ACCOUNT_GLOBS = (OURS, "*", "1111*", "5*", "????????????", "?????", "*3333")
ORG_LITERALS = (ORG, OTHER_ORG, ORG, "*", "O-NAMED1", f"{ORG}/r-ab")
ORG_GLOBS = (ORG, "o-*", "*", "o-named*", f"{ORG}/*", "?*")
PATH_LITERALS = (f"{ORG}/r-ab/", f"{ORG}/r-ab/ou-1/", ORG)
PATH_GLOBS = (f"{ORG}/*", f"{ORG}/r-ab/ou-1/*", "o-*/r-ab/*", "*", f"{OTHER_ORG}/*")
ROLE_LITERALS = (f"arn:aws:iam::{OURS}:role/admin", f"arn:aws:iam::{PARTNER}:root", "*")
ROLE_GLOBS = (
    f"arn:aws:iam::{OURS}:role/*",
    f"arn:aws:iam::{OURS}:*",
    "arn:aws:iam::*:role/admin",
    f"arn:aws:iam::{PARTNER}:root",
    "arn:aws:iam::5*:role/*",
    f"*{OURS}*",
    "*:role/a*",
    "arn:aws:sts::*:assumed-role/admin/*",
    "arn:*:iam::*:user/*",
    "*",
)
ID_GLOBS = (f"{UNIQUE}:*", f"{UNIQUE}:alice", "AROA*:bob", "*:alice", "*")
ACTIONS = ("*", "s3:*", "s3:Get*", "s3:GetObject", "S3:getobject", "ec2:*", "*:Get*", "s3:?*", "?3:*", "ec2:Run*")
RESOURCES = (
    "*",
    "arn:aws:s3:::ours",
    "arn:aws:s3:::ours/*",
    "arn:aws:s3:::corp-*",
    "arn:aws:s3:::*/x",
    "arn:aws:s3:::*",
    f"arn:aws:sqs:*:{OURS}:*",
    f"arn:aws:sqs:*:{OURS}:q",
    "arn:aws:sqs:*:*:q",
    "arn:aws:sqs:*:5*:*",
    f"arn:aws:*:*:{PARTNER}:*",
    "arn:aws:iam::aws:policy/*",
    "arn:aws:ssm:*::document/*",
    "arn:aws:*:*:????????????:*",
)
WORDS = ("x", "y", "X")
WORD_GLOBS = ("x", "x*", "*", "?", "y*")

_TEXT = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
_LIKE = ("StringLike", "StringNotLike")
_ARN = ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals")
_NUMERIC = tuple(f"Numeric{each}" for each in ("Equals", "NotEquals", "LessThan", "GreaterThanEquals", "GreaterThan"))
_DATE = tuple(f"Date{each}" for each in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan"))
_Forms = list[tuple[tuple[str, ...], tuple[str, ...]]]

KEYS: dict[str, _Forms] = {
    "aws:PrincipalAccount": [(_TEXT, ACCOUNT_LITERALS), (_LIKE, ACCOUNT_GLOBS)],
    "aws:ResourceAccount": [(_TEXT, ACCOUNT_LITERALS), (_LIKE, ACCOUNT_GLOBS)],
    "s3:DataAccessPointAccount": [(_TEXT, ACCOUNT_LITERALS), (_LIKE, ACCOUNT_GLOBS)],
    "aws:PrincipalOrgID": [(_TEXT, ORG_LITERALS), (_LIKE, ORG_GLOBS)],
    "aws:ResourceOrgID": [(_TEXT, ORG_LITERALS), (_LIKE, ORG_GLOBS)],
    "aws:PrincipalOrgPaths": [(_TEXT, PATH_LITERALS), (_LIKE, PATH_GLOBS)],
    "aws:ResourceOrgPaths": [(_TEXT, PATH_LITERALS), (_LIKE, PATH_GLOBS)],
    "aws:PrincipalArn": [(_TEXT, ROLE_LITERALS), (_LIKE, ROLE_GLOBS), (_ARN, ROLE_GLOBS)],
    "aws:userid": [(_LIKE, ID_GLOBS)],
    "aws:PrincipalIsAWSService": [(("Bool",), ("true", "false", "True"))],
    "aws:PrincipalServiceName": [(_TEXT, ("logs.amazonaws.com",)), (_LIKE, ("*.amazonaws.com", "l*"))],
    "aws:SecureTransport": [(("Bool",), ("true", "false"))],
    "aws:SourceIp": [(("IpAddress", "NotIpAddress"), ("10.0.0.0/8",))],
    "aws:SourceVpc": [(_TEXT, WORDS), (_LIKE, WORD_GLOBS)],
    "aws:SourceAccount": [(_TEXT, ACCOUNT_LITERALS)],
    "aws:PrincipalTag/team": [(_TEXT, WORDS), (_LIKE, WORD_GLOBS)],
    "aws:ResourceTag/team": [(_TEXT, WORDS), (_LIKE, WORD_GLOBS)],
    "aws:TagKeys": [(_TEXT, WORDS), (_LIKE, WORD_GLOBS)],
    "k:text": [(_TEXT, WORDS), (_LIKE, WORD_GLOBS)],
    "k:number": [(_NUMERIC, ("5", "10", "5.5", "7", "nonsense"))],
    "aws:CurrentTime": [(_DATE, ("2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", "1600000000"))],
    "aws:VpcSourceIp": [(("IpAddress", "NotIpAddress"), ("10.0.0.0/8", "10.128.0.0/9", "10.1.2.3", "2001:db8::/32"))],
}

_WORDS_MET = ("x", "y", "X", "Y", "xz", "yz", "z", "zz")
_MANY: tuple[Given, ...] = (
    None,
    *(
        chosen
        for count in (1, 2, 3, 4)
        for chosen in itertools.combinations(("x", "y", "X", "Y", "xz", "yz", "z", "zz"), count)
    ),
)
_NUMBERS = ("4", "5", "5.2", "5.5", "6", "7", "8", "10", "11", "words")
_TIMES = (
    "1577836798",
    "1577836799",
    "1577836800",
    "1577836801",
    "1577836802",
    "1599999999",
    "1600000000",
    "1600000001",
)
_ADDRESSES = ("10.0.0.1", "10.1.2.3", "10.200.0.0", "11.0.0.0", "2001:db8::1", "2001:db9::1")

MEMBERSHIPS: tuple[Given, ...] = (
    None,
    *((each,) for each in (f"{ORG}/r-ab/", f"{ORG}/r-zz/", f"{ORG}/r-ab/ou-1/", f"{ORG}/r-ab/ou-1/ou-2/")),
    *(
        (each,)
        for each in (f"{OTHER_ORG}/r-zz/", f"{OTHER_ORG}/r-ab/", "o-named9/r-zz/", "o-fresh/r-zz/", "o-fresh/r-ab/")
    ),
)
_NAMES = ("iam:role/admin", "iam:role/about", "iam:role/zz", f"iam:role/x{OURS}x", f"iam:role/a{OURS}", "iam:root")
_OTHER_NAMES = (
    "iam:user/zz",
    f"iam:user/{OURS}",
    "sts:assumed-role/admin/s",
    "sts:assumed-role/zz/s",
    f"sts:federated-user/{OURS}",
)


def _membership(given: Given, prefix: str) -> dict[str, tuple[str, ...]]:
    return {} if given is None else {f"{prefix}orgpaths": given, f"{prefix}orgid": (given[0].split("/")[0],)}


def _iam(tags: tuple[Given, ...], ids: tuple[str, ...], memberships: tuple[Given, ...]) -> list[Request]:
    made = []
    for account, name, member, unique, tag in itertools.product(
        ACCOUNTS, (*_NAMES, *_OTHER_NAMES), memberships, ids, tags
    ):
        service, _, rest = name.partition(":")
        keys = {
            "aws:principalarn": (f"arn:aws:{service}::{account}:{rest}",),
            "aws:principalaccount": (account,),
            "aws:principalisawsservice": ("false",),
            "aws:userid": (unique,),
            **_membership(member, "aws:principal"),
        }
        made.append(Request("iam", "", "", {**keys, "aws:principaltag/team": tag} if tag else keys))
    return made


def _services(mentioned: set[str]) -> list[Request]:
    made = []
    accounts: list[Given] = [None, *((each,) for each in (OURS, PARTNER, "*", "", f"{OURS}:x", "zz"))]
    for name in ("logs.amazonaws.com", "lambda.amazonaws.com", "zz.amazonaws.com"):
        for account in accounts if "aws:sourceaccount" in mentioned else [None]:
            keys = {"aws:principalisawsservice": ("true",), "aws:principalservicename": (name,)}
            made.append(Request("service", "", "", {**keys, "aws:sourceaccount": account} if account else keys))
    return made


def _targets(mentioned: set[str]) -> list[Request]:
    points: list[Given] = [None]
    if "s3:dataaccesspointaccount" in mentioned:
        points += [(each,) for each in ACCOUNTS]
    memberships = MEMBERSHIPS if any("resourceorg" in each for each in mentioned) else MEMBERSHIPS[:1]
    without = [
        "s3:::ours",
        "s3:::ours/x",
        "s3:::ours/z",
        "s3:::corp-z",
        "s3:::corp-z/x",
        "s3:::zz",
        "s3:::zz/x",
        "s3:::x/z",
        "s3:::y/z",
    ]
    without += ["ec2:us-east-1::image/ami-1", "ssm:us-east-1::document/d"]
    with_ = [
        f"{service}:r:{account}:{name}"
        for service in ("sqs", "zz")
        for account in ACCOUNTS
        for name in ("q", "z", "q/x")
    ]
    with_ += ["iam::aws:policy/z"]
    made = []
    for text in (*without, *with_):
        own = text.split(":")[3 - 1]
        for member, point in itertools.product(memberships, points):
            keys = _membership(member, "aws:resource") | ({"s3:dataaccesspointaccount": point} if point else {})
            owners = [own] if own else ACCOUNTS
            made += [Request("iam", "", f"arn:aws:{text}", {**keys, "aws:resourceaccount": (each,)}) for each in owners]
        keys = {}
        made += [
            Request("iam", "", f"arn:aws:{text}", {"s3:dataaccesspointaccount": point} if point else {})
            for point in points
        ]
    return made


def mentioned_in(document: Json) -> set[str]:
    """The keys of a document's conditions, as they are compared."""
    rows = listed(document["Statement"])
    return {canonical(key) for each in rows for block in each.get("Condition", {}).values() for key in block}


def world_of(document: Json, *, federated: bool = True) -> World:
    """The requests in which a document's statements can differ."""
    mentioned = mentioned_in(document) | {canonical(each) for each in re.findall(r"\$\{([\w:/]+)", str(document))}
    strangers = {"aws:principalaccount": ("anonymous",), "aws:userid": ("anonymous",)}
    tags: tuple[Given, ...] = (None,)
    if "aws:principaltag/team" in mentioned:
        tags = (None, *((each,) for each in _WORDS_MET))
    ids = (
        f"{UNIQUE}:alice",
        f"{UNIQUE}:bob",
        "AROAOTHER00000000000:alice",
        "AROAOTHER00000000000:bob",
        "AIDAOTHER00000000000",
    )
    if "aws:userid" not in mentioned:
        ids = ids[3:4]
    memberships = MEMBERSHIPS if any("principalorg" in each for each in mentioned) else MEMBERSHIPS[:1]
    callers = [*_iam(tags, ids, memberships), Request("anonymous", "", "", strangers), *_services(mentioned)]
    if federated:
        callers.append(Request("federated", "", ""))
    callers += _named(document, mentioned)
    prefixes, names = ("s3", "x3", "ec2", "zz"), ("getobject", "getzz", "zz", "runzz", FRESH)
    one: tuple[Given, ...] = (None, *((each,) for each in _WORDS_MET))
    quantified = ":F" in str(document).replace("'F", ":F")
    many = _MANY if quantified else one
    others = {
        "aws:sourceip": (None,),
        "aws:securetransport": (("true",), ("false",)),
        "aws:sourcevpc": tuple(each for each in many if each),
        "aws:resourcetag/team": many,
        "aws:tagkeys": _MANY,
        "k:text": many,
        "k:number": (None, *((each,) for each in _NUMBERS)),
        "aws:currenttime": tuple((each,) for each in _TIMES),
        "aws:vpcsourceip": tuple((each,) for each in _ADDRESSES),
    }
    return World(callers, [f"{a}:{b}" for a in prefixes for b in names], _targets(mentioned), others)


def _named(document: Json, mentioned: set[str]) -> list[Request]:
    """Callers whom the document names by an id; what the other keys say about them is open."""
    ids = set()
    values: dict[str, set[str]] = {}
    for each in listed(document["Statement"]):
        ids |= {i for kind, i in principals(each.get("Principal", each.get("NotPrincipal"))) if kind == "Federated"}
        for block in each.get("Condition", {}).values():
            for key, given in block.items():
                if canonical(key).startswith(("aws:principal", "aws:userid")) and "servicename" not in canonical(key):
                    found = values.setdefault(canonical(key), {"zz"})
                    found |= {text.replace("*", fill).replace("?", "9") for text in texts(given) for fill in ("", "Z")}
                    found |= {each for text in texts(given) for each in (text, text.lower())}
    if not ids:
        return []
    names = sorted(values)
    rows = itertools.product(*([None, *((each,) for each in sorted(values[name]))] for name in names))
    return [
        Request("named", "", "", {k: v for k, v in zip(names, row, strict=True) if v}, each)
        for row in rows
        for each in sorted(ids)
    ]


def some(rng: Random, values: tuple[str, ...], most: int = 2) -> Json:
    """One value, or a list of some."""
    chosen = [rng.choice(values) for _ in range(rng.randint(1, most))]
    return chosen[0] if len(chosen) == 1 and rng.random() < 0.7 else chosen


def condition(rng: Random) -> tuple[str, str, Json]:
    """An operator, a key, and values."""
    key = rng.choice(list(KEYS))
    if rng.random() < 0.1:
        return "Null", key, rng.choice(["true", "false", True, False])
    bases, values = rng.choice(KEYS[key])
    name = rng.choice(bases)
    textual = name.startswith(("String", "Arn"))
    if textual and rng.random() < 0.25 and "PrincipalTag" not in key and "SourceAccount" not in key:
        name = rng.choice(["ForAllValues:", "ForAnyValue:"]) + name
    if rng.random() < 0.25:
        name += "IfExists"
    if rng.random() < 0.2:
        key = rng.choice([key.lower(), key.upper()])
    return name, key, some(rng, values)


def principal(rng: Random) -> Json:
    """A ``Principal``."""
    aws = (
        OURS,
        f"arn:aws:iam::{OURS}:root",
        PARTNER,
        f"arn:aws:iam::{OURS}:role/admin",
        f"arn:aws:iam::{PARTNER}:user/zz",
    )
    draw = rng.random()
    if draw < 0.5:
        return "*"
    if draw < 0.6:
        return {"AWS": "*"}
    if draw < 0.85:
        return {"AWS": some(rng, aws)}
    if draw < 0.93:
        return {"Service": rng.choice(["logs.amazonaws.com", "*", "lambda.amazonaws.com"])}
    return rng.choice([{"Federated": "www.example.com"}, {"AWS": OURS, "Service": "logs.amazonaws.com"}])


def with_variable(rng: Random) -> tuple[str, str, Json]:
    """A condition with a policy variable."""
    families = [
        ("aws:PrincipalAccount", "aws:ResourceAccount"),
        ("aws:PrincipalOrgID", "aws:ResourceOrgID"),
        ("s3:ResourceAccount", "kms:CallerAccount"),
        ("aws:PrincipalTag/team", "aws:ResourceTag/team", "aws:SourceVpc", "k:text"),
    ]
    one, *others = rng.choice(families)
    other = rng.choice(others)
    if rng.random() < 0.5:
        one, other = other, one
    name = rng.choice(["StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase"])
    name += rng.choice(["", "", "IfExists"])
    forms = [f"${{{other}}}", [f"${{{other}}}", "x"], f"${{{other}, 'x'}}"]
    return name, one, rng.choice([*forms, f"${{{other}}}*"] if "Like" in name else forms)


def statement(rng: Random, effect: str, variables: float = 0.0) -> Json:
    """A statement; ``variables`` says how likely policy variables are."""

    def negated(name: str) -> str:
        return f"Not{name}" if rng.random() < 0.12 else name

    made: Json = {
        "Effect": effect,
        negated("Principal"): principal(rng),
        negated("Action"): some(rng, ACTIONS) if rng.random() < 0.6 else "*",
        negated("Resource"): some(rng, RESOURCES) if rng.random() < 0.6 else "*",
    }
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3] if effect == "Allow" else [0, 1, 1, 2, 2, 3])):
        name, key, values = with_variable(rng) if rng.random() < variables else condition(rng)
        made.setdefault("Condition", {}).setdefault(name, {}).setdefault(key, values)
    if rng.random() < variables / 4:
        made["Resource" if "Resource" in made else "NotResource"] = rng.choice(
            [
                "arn:aws:sqs:*:${aws:PrincipalAccount}:*",
                "arn:aws:s3:::${aws:PrincipalTag/team}/*",
                "arn:aws:s3:::ours/${*}",
            ]
        )
    return made


def document(rng: Random, version: str | None = "2012-10-17", variables: float = 0.0) -> Json:
    """A policy."""
    rows = [statement(rng, rng.choice(["Allow", "Allow", "Deny"]), variables) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.8 and not any(each["Effect"] == "Allow" for each in rows):
        rows.append(statement(rng, "Allow"))
    made = {"Statement": rows[0] if len(rows) == 1 and rng.random() < 0.5 else rows}
    return {"Version": version, **made} if version else made
