"""What came of one root: plain data that no longer refers to the code, so that it can be handed on and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.disk import Question  # noqa: TC001 (decoding looks up the fields' types)
from vpce_lint.file_directives import FileDirectives  # noqa: TC001 (as above)
from vpce_lint.location import Location, locate
from vpce_lint.report import Answer, Omission
from vpce_lint.secret import masked
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from vpce_lint.model import Network, Reading


OPEN = {Verdict.VIOLATED, Verdict.UNDETERMINED}


class Trouble(Struct, frozen=True):
    """A fault of the reading; ``kind`` is that of ``model.Problem``."""

    kind: str
    message: str
    location: Location
    fix: str = ""


class RootResult(Struct, frozen=True, kw_only=True):
    """The answers about one root, and everything else that a report takes from it.

    ``root`` is its path as reports show it, empty for what belongs to no root. ``is_network``: it could be read.
    ``headers`` has the places of the blocks of resources with open answers: path, line and column by address.
    ``inputs`` are all questions about the file system that the root depends on.
    """

    root: str = ""
    is_network: bool = False
    environment: str | None = None
    answers: tuple[Answer, ...] = ()
    headers: dict[str, tuple[tuple[str, int, int], ...]] = {}
    troubles: tuple[Trouble, ...] = ()
    unread: tuple[Omission, ...] = ()
    files: tuple[str, ...] = ()
    notes: tuple[FileDirectives, ...] = ()
    endpoints: int = 0
    inputs: tuple[Question, ...] = ()


class Judged(Struct, frozen=True):
    """What was judged: the roots as reports show them, and the ids of the rules that were put to all of them."""

    roots: Collection[str]
    rules: Collection[str]


def result_of(root: str, reading: Reading, answers: Iterable[Answer], notes: Iterable[FileDirectives]) -> RootResult:
    """The result of a root from its reading, with the answers about it and what its files say about suppressions."""
    answers = tuple(answers)
    return RootResult(
        root=root,
        is_network=bool(reading.networks),
        environment=None,
        answers=answers,
        headers=_headers(reading.networks, {answer.address for answer in answers if answer.verdict in OPEN}),
        troubles=tuple(
            Trouble(each.kind, each.message, locate(each.span) if each.span else Location(each.path), each.fix)
            for each in reading.problems
        ),
        unread=tuple(Omission(each.path, masked(each.reason), each.kind) for each in reading.unread),
        files=reading.files,
        notes=tuple(notes),
        endpoints=sum(network.endpoints for network in reading.networks),
        inputs=tuple(sorted({question for asked in reading.inputs.values() for question in asked})),
    )


def _headers(networks: Sequence[Network], wanted: set[str]) -> dict[str, tuple[tuple[str, int, int], ...]]:
    """Where the blocks of the wanted resources begin."""
    found: dict[str, dict[tuple[str, int, int], None]] = {}
    for network in networks:
        for resource in network.resources:
            if resource.address in wanted:
                line, column = resource.span.source.position(resource.span.start)
                found.setdefault(resource.address, {})[resource.span.path, line, column] = None
    return {address: tuple(places) for address, places in found.items()}
