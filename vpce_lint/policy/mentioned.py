"""What a policy document says about accounts, organizations, principals and the values of condition keys.

An unknown may be any of these: where that matters, it is tried to be one.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from vpce_lint.limits import WORK
from vpce_lint.policy.condition_key import PRINCIPAL_ARN, normal
from vpce_lint.policy.glob import DIGIT, NAME, any_matches, arn, exactly, joined, literal, several, wildcard
from vpce_lint.policy.language import Base, Budget, BudgetError, find
from vpce_lint.policy.substitution import ACCOUNT_IDS, ORG_IDS
from vpce_lint.regex import regex
from vpce_lint.value import Json, Known, Mapping, Run, Sequence, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.policy.document import Document
    from vpce_lint.policy.glob import Glob

MOST_MET = 16
"""With so many of the accounts, organizations and values that a policy names, an unknown is tried to be one."""

_ID_LENGTH = 12
_COLONS_BEFORE_ACCOUNT = 4
_SOME_ACCOUNTS = regex(r"(?:^|(?<=:))(?=[*?]*\d)(?=\d*[*?])[\d*?]{2,12}(?=:|$)")
"""A pattern of account ids, alone or in an ARN: ``4*``."""

_STATES = 2_000
"""So much work may it take to find a text that two patterns have in common."""
_STEPS = 20
"""To look for such a text takes as long as so many steps."""


class Mentioned:
    """The accounts and organizations that a document names anywhere, its principals, and its values for each key."""

    def __init__(self, document: Document) -> None:
        self.values: dict[str, list[str]] = {}
        texts = [text for part in document.parts for text in known_texts(part.value)]
        patterns = dict.fromkeys(each for text in texts for each in _SOME_ACCOUNTS.findall(text))
        exact = (each for text in texts for each in ACCOUNT_IDS.findall(text))
        self._accounts = list(dict.fromkeys((*exact, *_around(patterns))))
        self._orgs = list(dict.fromkeys(each for text in texts for each in ORG_IDS.findall(text)))
        principals: list[str] = []
        for part in document.parts:
            for named in (part.field("Principal"), part.field("NotPrincipal")):
                principals += known_texts(named) if named is not None else ()
            condition = part.field("Condition")
            for keys in condition.entries.values() if isinstance(condition, Mapping) else ():
                for key, values in keys.entries.items() if isinstance(keys, Mapping) else ():
                    known = (text_of(each) for each in members_of(values) if isinstance(each, Known))
                    self.values.setdefault(normal(key), []).extend(known)
        arns = dict.fromkeys((*principals, *self.values.get(PRINCIPAL_ARN, ())))
        self._arns = [arn(each) for each in islice((each for each in arns if each.startswith("arn:")), MOST_MET)]

    def instead(self, text: str, account: str, org: str) -> Iterable[str]:
        """A text with what stands for an unknown replaced by each account, or organization, that is named."""
        if account in text:
            yield from (text.replace(account, each) for each in self._accounts[:MOST_MET])
        if org in text:
            yield from (text.replace(org, each) for each in self._orgs[:MOST_MET])

    def principals(self, text: str, pieces: Iterable[str | Value]) -> Iterable[str]:
        """What a principal with unknown pieces may be: one that each ARN, or pattern of ARNs, is about, and one that none is.

        ``text`` is what it is taken to be else.
        """
        if not self._arns:
            return
        possible = Base((_possible(pieces),))
        wanted: list[tuple[list[tuple[Glob, ...]], list[tuple[Glob, ...]]]] = [([(each,)], []) for each in self._arns]
        if any_matches(self._arns, text):
            wanted.append(([], [tuple(self._arns)]))
        for inside, outside in wanted:
            WORK.left -= _STEPS
            try:
                found = find(possible, inside, outside, Budget(_STATES))
            except BudgetError:
                continue
            if found is not None:
                yield found


def _possible(pieces: Iterable[str | Value]) -> Glob:
    """The ARNs of principals that a text with unknown pieces may be."""
    row: list[Glob] = []
    before = ""
    for piece in pieces:
        if isinstance(piece, str):
            row.append(wildcard(piece))
        elif not before:
            row += [literal("arn:aws:iam::"), exactly(DIGIT, _ID_LENGTH), literal(":role/"), several(NAME)]
        else:
            row.append(exactly(DIGIT, _ID_LENGTH) if before.count(":") == _COLONS_BEFORE_ACCOUNT else several(NAME))
        before += piece if isinstance(piece, str) else "-"
    return joined(row)


def _around(patterns: Iterable[str]) -> Iterable[str]:
    """An account inside of each pattern of account ids, and one that none of them fits."""
    globs = [wildcard(pattern) for pattern in patterns]
    for pattern in patterns:
        missing = _ID_LENGTH - len(pattern.replace("*", ""))
        filled = pattern.replace("*", "0" * missing, 1).replace("*", "").replace("?", "0")
        if len(filled) == _ID_LENGTH:
            yield filled
    apart = (first * _ID_LENGTH for first in "9876543210")
    yield from islice((each for each in apart if not any_matches(globs, each)), 1 if globs else 0)


def known_texts(value: Value) -> Iterable[str]:
    """The known texts in a value, wherever they are; of texts with holes, the known pieces."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Known):
            yield text_of(each)
        elif isinstance(each, Text):
            yield from (piece for piece in each.parts if isinstance(piece, str))
        elif isinstance(each, Sequence):
            waiting += each.members
        elif isinstance(each, Mapping):
            waiting += [*each.entries.values(), *each.runs]
        elif isinstance(each, Run):
            waiting.append(each.each)


def members_of(value: Value) -> Iterable[Value]:
    """The members of a list, or the value itself as one; of a run, what stands for all of its members."""
    if isinstance(value, Sequence):
        for member in value.members:
            yield from members_of(member)
    elif isinstance(value, Run):
        yield from members_of(value.each)
    elif isinstance(value, Json):
        yield value.text
    else:
        yield value


def text_of(value: Known) -> str:
    """A known value as policies compare it."""
    scalar = value.value
    if isinstance(scalar, str):
        return scalar
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    return str(scalar) if scalar is None or isinstance(scalar, int) else str(float(scalar))
