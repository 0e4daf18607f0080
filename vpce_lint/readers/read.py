"""From the paths that a user names to what they describe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint.limits import WORK
from vpce_lint.model import Problem, Reading
from vpce_lint.readers.descent import DEEPEST
from vpce_lint.readers.survey import Survey, together
from vpce_lint.readers.tree import Trees

if TYPE_CHECKING:
    from vpce_lint.readers.request import Request


def read(request: Request) -> Reading:
    """Read all that the request names. Faults of the files are part of the reading, never raised."""
    with WORK.within(request.limits):
        return survey(request).read()


def survey(request: Request) -> Survey:
    """Find what the request names; ``RequestError`` where that isn't there."""
    trees = request.repositories.trees(request) if request.repositories else Trees(request, Path.cwd())
    surveys: list[Survey] = []
    if "terraform" in request.dialects:
        from vpce_lint.readers.terraform.reader import survey_terraform  # noqa: PLC0415 (readers load when needed)

        surveys.append(survey_terraform(request, trees))
    if "plan" in request.dialects and _may_have_plans(request, trees):
        from vpce_lint.readers.plan.reader import survey_plans  # noqa: PLC0415

        surveys.append(survey_plans(request, trees))
    if "cloudformation" in request.dialects and _may_have_templates(request, trees):
        from vpce_lint.readers.cloudformation.reader import survey_cloudformation  # noqa: PLC0415

        surveys.append(survey_cloudformation(request, trees))
    rest = together([_unseen(trees), *(each.rest for each in surveys)])
    roots = tuple(root for each in surveys for root in each.roots)
    return Survey(roots, rest, tuple(idle for each in surveys for idle in each.idle))


def _unseen(trees: Trees) -> Reading:
    """The folders that could not be looked into, or below which nothing was looked for: there may be anything."""
    problems = [
        Problem("unreadable", f"the folder can't be read: {why}", shown) for shown, why in trees.unreadable.items()
    ]
    words = f"folders are nested more than {DEEPEST} deep"
    problems += [Problem("limit", words, shown) for shown in trees.too_deep]
    return Reading(networks=(), problems=tuple(problems))


def _may_have_plans(request: Request, trees: Trees) -> bool:
    """Whether anything that is named, or lies below it, may be a plan."""
    if request.source is not None:
        return True
    for path in request.paths:
        if not request.disk.is_folder(str(path)):
            if not path.name.endswith((".tf", ".tofu")):
                return True
            continue
        boundary = trees.boundary(path)
        tree = trees.below(request.disk.real(str(path)), boundary)
        if any(trees.hints(file, boundary).plan for file in tree.documents):
            return True
    return False


def _may_have_templates(request: Request, trees: Trees) -> bool:
    """Whether anything that is named, or lies below it, may be a template, or must be spoken of by their reader."""
    if request.parameters or request.repositories:
        return True
    for path in request.paths:
        if not request.disk.is_folder(str(path)):
            if not path.name.endswith((".tf", ".tofu")):
                return True
            continue
        boundary = trees.boundary(path)
        tree = trees.below(request.disk.real(str(path)), boundary)
        if tree.skipped or any(trees.hints(file, boundary).template for file in tree.templates):
            return True
    return False
