"""A shell at a terminal, and what somebody types there."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHELLS = tuple(shell for shell in ("bash", "zsh", "fish") if shutil.which(shell))
"""Those that are installed: bash always is, .ci/run is written for it."""
INTERACTIVE = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
READY = {
    "bash": "source {script}; bind 'set bell-style none'; vpce-lint() {{ printf '<%s>' \"$@\"; echo '</>'; }}; {ready}",
    "zsh": "autoload -U compinit; compinit -u -D; source {script}; unsetopt BEEP;"
    " vpce-lint() {{ printf '<%s>' \"$@\"; echo '</>'; }}; {ready}",
    "fish": "source {script}; function vpce-lint; printf '<%s>' $argv; echo '</>'; end; {ready}",
}
AT_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
"""Runs a command with its standard input as its terminal, without which fish won't start."""
END = "</>"
"""Printed behind the last argument."""
SLOWEST = 20.0
"""Seconds until a shell has answered, or the test fails."""


class Session:
    """An interactive shell, in which ``vpce-lint`` prints its arguments, each between angle brackets."""

    def __init__(self, terminal: int) -> None:
        self.terminal = terminal

    def type(self, keys: str) -> None:
        """Press keys; a tab is one."""
        os.write(self.terminal, keys.encode())

    def wait_for(self, words: str) -> str:
        """What is printed until the words are there."""
        seen = ""
        end = time.monotonic() + SLOWEST
        while words not in seen:
            readable, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            assert readable, f"waited for {words!r} and saw {seen!r}"
            seen += os.read(self.terminal, 65536).decode(errors="replace")
        return seen


@contextmanager
def session(shell: str, script: Path, folder: Path) -> Iterator[Session]:
    """A shell that has read a completion script, in a folder."""
    ours, its = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "PS1": "", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-c", AT_TERMINAL, *INTERACTIVE[shell]]
    process = subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, cwd=folder, env=environment, start_new_session=True
    )
    os.close(its)
    try:
        opened = Session(ours)
        opened.type(READY[shell].format(script=script, ready="echo rea''dy") + "\r")
        opened.wait_for("ready")
        yield opened
    finally:
        process.kill()
        process.wait()
        os.close(ours)
