"""What checkov's reports can't show, on standard error: standard output may be JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from vpce_lint.terminal import encodable, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vpce_lint.report import Answer


def notice(framework: str, faults: Iterable[Answer], undetermined: int, suppressed: int, elsewhere: int) -> None:
    """Write a line for each fault, and one for each count that isn't zero.

    All at once, for checkov's other processes write there too.
    """
    lines = [f"{fault.rule} {fault.location.path}:{fault.location.line}: {fault.message}" for fault in faults]
    if undetermined:
        lines.append(
            f"{undetermined} undetermined in {framework}, which checkov doesn't show: see vpce-lint --show undetermined"
        )
    if suppressed:
        lines.append(
            f"{suppressed} violated in {framework}, but suppressed by vpce-lint's own comments or configuration"
        )
    if elsewhere:
        lines.append(f"{elsewhere} violated in {framework}, in files that checkov was not asked to scan")
    if lines:
        text = "".join(f"vpce-lint: {printable(line)}\n" for line in lines)
        sys.stderr.write(encodable(text, sys.stderr.encoding))
        sys.stderr.flush()
