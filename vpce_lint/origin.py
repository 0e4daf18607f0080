"""What to say about an exception that nobody foresaw: its kind, its words, and where in our own code it arose."""

from __future__ import annotations

from vpce_lint.regex import regex
from vpce_lint.secret import masked

LONGEST = 400
"""Characters; more of what an exception says is cut."""
_FOLDERS = regex(r"(?<![\w./\\~:-])(?:[A-Za-z]:)?[/\\](?:[^\s/\\'\":<>|]+[/\\])+(?=[^\s/\\'\":]|\b)")


def described(error: BaseException) -> str:
    """One line: ``KeyError: 'no such zone' (in zones.py:12)``."""
    return f"{said(error)}{origin(error)}"


def said(error: BaseException) -> str:
    """The exception's kind and words; paths lose the machine's folders."""
    if isinstance(error, OSError) and error.strerror:
        words = str(error.strerror)
    else:
        try:
            words = str(error)
        except Exception:  # noqa: BLE001 (a rule's own exception may do anything)
            words = "it doesn't say why"
    words = masked(_FOLDERS.sub("", words[: 10 * LONGEST]))  # before it is cut: half a key has another shape
    words = words[:LONGEST] + ("…" if len(words) > LONGEST else "")
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def origin(error: BaseException) -> str:
    """The innermost place as `` (in zones.py:12)``, without the machine's folders; empty where there is none."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return ""
    file = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f" (in {file}:{trace.tb_lineno})"
