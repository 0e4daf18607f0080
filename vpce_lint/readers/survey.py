"""What a request leads to: the roots that are found, each to be read by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from vpce_lint.model import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from vpce_lint.disk import Question
    from vpce_lint.model import Problem


class Found(Struct, frozen=True):
    """A root module, template or plan: its absolute path, the path as reports show it, and how to read it.

    What ``read`` tells is about this root alone; a failure of ours is a problem in it. ``weight`` is roughly the
    number of bytes to evaluate; 0 where it is known already that nothing in them concerns a rule. ``is_closed``
    says that the questions in the reading are all that it depends on. ``peek`` gives the bytes of files that were read.
    """

    path: str
    shown: str
    read: Callable[[], Reading]
    weight: int = 1
    is_closed: bool = True
    peek: Callable[[str], bytes | None] = lambda _: None


class Idle(Protocol):
    """Finds code that no root enters though all that call or nest it were read: every call of it is off."""

    def __call__(self, read: Mapping[str, Collection[str]], *, singly: bool) -> tuple[Found, ...]:
        """What is to be judged as roots, too; ``read`` has the files that each root was made from, by absolute paths.

        Of what calls each other, that is what nobody calls; ``singly``: each by itself.
        """


class Survey(Struct, frozen=True):
    """The roots in the order they are reported, and what belongs to none of them: what can't be read, or isn't.

    ``idle`` is for runs in which calls that are off keep nothing from being judged.
    """

    roots: tuple[Found, ...] = ()
    rest: Reading = Reading(())
    idle: tuple[Idle, ...] = ()

    def read(self) -> Reading:
        """Everything, as one."""
        return together([self.rest, *(root.read() for root in self.roots)])


def together(readings: Iterable[Reading]) -> Reading:
    """Several readings as one, in which the same is said once."""
    readings = list(readings)
    annotated = {each.source.path: each for reading in reversed(readings) for each in reversed(reading.annotated)}
    inputs: dict[str, set[Question]] = {}
    for reading in readings:
        for root, questions in reading.inputs.items():
            inputs.setdefault(root, set()).update(questions)
    return Reading(
        networks=tuple(network for reading in readings for network in reading.networks),
        problems=tuple(_distinct(problem for reading in readings for problem in reading.problems)),
        unread=tuple(dict.fromkeys(item for reading in readings for item in reading.unread)),
        files=tuple(dict.fromkeys(file for reading in readings for file in reading.files)),
        annotated=tuple(reversed(annotated.values())),
        inputs=inputs,
        roots=tuple(dict.fromkeys(root for reading in readings for root in reading.roots)),
    )


def _distinct(problems: Iterable[Problem]) -> Iterable[Problem]:
    """The problems, each once however many roots its file belongs to."""
    kept: dict[object, Problem] = {}
    for problem in problems:
        start = problem.span.start if problem.span else -1
        kept.setdefault((problem.kind, problem.path, problem.message, start), problem)
    return kept.values()
