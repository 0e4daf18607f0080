"""The endpoint policy that AWS attaches where none is given."""

from __future__ import annotations

import json

DEFAULT_STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
"""All of the policy that AWS attaches where none is given (AWS PrivateLink Guide, "Default endpoint policy")."""

LONGEST_DEFAULT = 1_000
"""That policy isn't longer, however it is spelt."""


def is_default_policy(text: object) -> bool:
    """Whether a policy that nobody gave is what AWS attaches itself, so that it is as good as none."""
    if not isinstance(text, str) or len(text) > LONGEST_DEFAULT:
        return False
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("Statement") == [DEFAULT_STATEMENT]
