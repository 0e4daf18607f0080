"""What looks like a secret in a text, made unreadable: reports end in logs and comments that many may read.

Only the shape is looked at, so this is the last line of defence and no promise; values that are *declared* to be
sensitive aren't looked at in the first place (``readers/concealment.py``). The formats are those that their issuers
document: AWS ("IAM identifiers", unique id prefixes AKIA and ASIA), GitHub ("token formats"), GitLab, Slack, Stripe,
Google, HashiCorp Vault, JSON Web Tokens (RFC 7519), private keys (RFC 7468).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from itertools import pairwise
from math import log2
from typing import Any

from vpce_lint.regex import regex

MASK = "*"
_RANDOM_LEAST = 40
"""Characters: an AWS secret access key has so many. Shorter ones can't be told from names."""
_RANDOM_CHANGES = 0.46
"""Of neighbours in random base64 about 0.65 are of different kinds, in names made of words about 0.35."""
_RANDOM_VARIETY = 4.5
"""Bits per character: an access key has more than a path of as many characters."""

_WORDS = (
    r"passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|credentials?"
)
_LAST_WORDS = rf"(?:{_WORDS})(?:[_-]?(?:value|string|text|plaintext|wo))?"
_NAME = rf"(?<![:/\w.-])[\w.-]*{_LAST_WORDS}"
_AFTER_NAME = regex(rf"{_LAST_WORDS}[\\\"'\s]*[:=]")
_HARMLESS = r"(?!arn:|\$\{|\{\{resolve:)"
_ISSUED = (
    r"\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{20,}|\bxox[a-z]-[\w-]{10,}"
    r"|\b[rs]k_(?:live|test)_\w{16,}|\bAIza[\w-]{35}|\bhvs\.[\w-]{20,}|\bnpm_[A-Za-z0-9]{36}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
)
_PATTERNS = (
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?P<pem>.*?)(?:-----END|\Z)",
    r"\b(?P<aws>A(?:KI|SI|BI|CC)A[A-Z0-9]{16,})",
    rf"(?P<issued>{_ISSUED})",
    r":/{1,2}[^\s/:@\"']*:(?P<url>[^\s/@\"']+)@",  # a path made of an address has lost a slash
    r":/{1,2}(?P<user>[^\s/:@\"']{20,})@",
    rf"(?i:{_NAME})\\?[\"']?\s*[:=]\s*\\?(?:\"{_HARMLESS}(?P<double>(?:\\.|[^\"\\])+)|'{_HARMLESS}(?P<single>[^']+))",
    rf"(?i:{_NAME})=(?P<plain>[^\s&;,\"'<>()\[\]{{}}$=*]+)",
    rf"(?:(?m:^)[\s-]*|[{{,]\s*)(?i:{_NAME}):[ ]+(?P<yaml>[^\s\"'\[\]{{}}!&*|>$#,(][^\s\"',]*)",
)
_RANDOM = regex(rf"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{{{_RANDOM_LEAST},}}(?![A-Za-z0-9+/_-])")
_KINDS = bytes.maketrans(
    bytes(range(256)),
    bytes(1 if chr(c).isupper() else 2 if chr(c).islower() else 3 if chr(c).isdigit() else 4 for c in range(256)),
)
_HINTS = (
    "-----begin", "akia", "asia", "abia", "acca", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat", "glpat-",
    "xox", "k_live_", "k_test_", "aiza", "hvs.", "npm_", "eyj", ":/",
)  # fmt: skip
_NAME_HINTS = (
    "passw", "passphrase", "pwd", "secret", "token", "apikey", "api_key", "api-key", "accesskey", "access_key",
    "access-key", "privatekey", "private_key", "private-key", "credential",
)  # fmt: skip
"""One of these stands, in small letters, in whatever the patterns find; one of the latter before a sign that gives a value."""


@lru_cache(maxsize=2_048)
def masked(text: str) -> str:
    """The text with what looks like a secret replaced by as many asterisks, so that columns stay."""
    small = text.lower()
    if any(hint in small for hint in _HINTS) or (
        any(hint in small for hint in _NAME_HINTS) and _AFTER_NAME.search(small)
    ):
        text = _looks().sub(_mask, text)
    return _RANDOM.sub(_mask_random, text) if len(text) >= _RANDOM_LEAST else text


def masked_all(value: Any) -> Any:
    """What is to become JSON, with every text in it masked."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: masked_all(each) for key, each in value.items()}
    return [masked_all(each) for each in value] if isinstance(value, list | tuple) else value


@cache
def _looks() -> re.Pattern[str]:
    """The patterns as one; made when the first text needs them, since that takes as long as a small scan."""
    return re.compile("|".join(_PATTERNS), re.DOTALL)


def _mask(match: re.Match[str]) -> str:
    group = match.lastgroup
    if group is None:
        return match[0]
    start, end = (offset - match.start() for offset in match.span(group))
    hidden = re.sub(r"[^\n]", MASK, match[group])
    return match[0][:start] + hidden + match[0][end:]


def _mask_random(match: re.Match[str]) -> str:
    text = match[0]
    kinds = text.encode("ascii").translate(_KINDS)
    if not {1, 2, 3} <= set(kinds):
        return text
    changes = sum(one != other for one, other in pairwise(kinds))
    is_key = len(text) == _RANDOM_LEAST and 4 in kinds and _variety(text) >= _RANDOM_VARIETY
    return MASK * len(text) if is_key or changes >= _RANDOM_CHANGES * (len(text) - 1) else text


def _variety(text: str) -> float:
    """Shannon's entropy of its characters."""
    return -sum(count / len(text) * log2(count / len(text)) for count in Counter(text).values())
