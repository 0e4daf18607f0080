"""A line on the terminal that says how far a long scan is."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from threading import Timer
    from typing import TextIO

PATIENCE = 1.0
"""Seconds that a scan may take before anything is shown."""


class Progress:
    """Tells on a terminal how many roots are done, once a scan takes long; on anything else, nothing.

    A context manager: the line is gone when it is left.
    """

    def __init__(self, stream: TextIO | None, patience: float = PATIENCE) -> None:
        self._stream = stream
        self._state = "reading"
        self._shown = 0
        self._timer: Timer | None = None
        if stream is not None and stream.isatty():
            from threading import Timer  # noqa: PLC0415 (for people only)

            self._timer = Timer(patience, self._show)

    def __enter__(self) -> Self:
        """Start to wait."""
        if self._timer:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the line away."""
        if self._timer:
            self._timer.cancel()
            self._timer.join()
        if self._shown:
            self._write("\r" + " " * self._shown + "\r")

    def __call__(self, done: int, total: int) -> None:
        """Note that so many of so many roots are done."""
        self._state = f"reading: {done} of {total} roots"
        if self._shown:
            self._show()

    def _show(self) -> None:
        line = f"{self._state} ..."
        self._write("\r" + line.ljust(self._shown))
        self._shown = max(self._shown, len(line))

    def _write(self, text: str) -> None:
        if self._stream is not None:
            with suppress(OSError):  # a terminal that is gone is no reason to stop
                self._stream.write(text)
                self._stream.flush()
