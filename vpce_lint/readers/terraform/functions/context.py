"""What functions may ask of the place where they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from vpce_lint.source import Source, Span
    from vpce_lint.value import Mapping, Unknown, Value


class Context(Protocol):
    """The call's surroundings: its place, the files it may read, and the work it may make."""

    @property
    def span(self) -> Span | None:
        """Where the call is written."""

    def limit(self, words: str) -> Unknown:
        """Note that a work limit was reached, and the unknown value that stands for what wasn't worked out."""

    def fresh(self, name: str) -> str:
        """An identity that no other value has, and that tells nothing of the value; it begins with the name."""

    def read(self, path: str) -> bytes | Unknown:
        """The bytes of a file; an invalid ``Unknown`` where there is none, another where it can't be known."""

    def source(self, path: str) -> Source | None:
        """The file itself, so that places in it can be named; ``None`` where it can't be read."""

    def names_below(self, folder: str, pattern: str) -> list[str] | Unknown:
        """The paths, relative to a folder, of the files in it that match ``fileset``'s pattern."""

    def render(self, text: bytes, path: str, variables: Mapping) -> Value:
        """A template's result with these variables in scope; ``path`` is what reasons call it."""
