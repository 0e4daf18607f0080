"""Where in our own code an exception arose."""

from __future__ import annotations


def origin(error: BaseException) -> str:
    """The innermost place as `` (in zones.py:12)``, without the machine's folders; empty where there is none."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    if trace is None:
        return ""
    file = trace.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return f" (in {file}:{trace.tb_lineno})"
