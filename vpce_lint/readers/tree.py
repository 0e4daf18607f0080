"""What lies below the folders that a user names, looked through once for all readers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vpce_lint.limits import WORK
from vpce_lint.readers.descent import descend
from vpce_lint.readers.ignore import Ignored
from vpce_lint.readers.spelling import mentions
from vpce_lint.readers.terraform.boundary import Boundary
from vpce_lint.readers.terraform.folder import configuration_files
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.readers.request import Request

TERRAGRUNT = {"terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"}

CDK_OUTPUT = "cdk.out"
"""The folder that CDK writes its templates to; most repositories ignore it."""

TERRAFORM_JSON = (".tf.json", ".tofu.json", ".tfvars.json")
"""Names of JSON files that are Terraform's, whatever is in them."""

_TEMPLATES = (".yaml", ".yml", ".json", ".template")
_TEMPLATE = regex(rb"AWSTemplateFormatVersion|Resources[\"']?\s*:")
_NESTS = regex(rb"AWS::CloudFormation::Stack|AWS::Serverless::Application")

_TOP = 4_096
"""So many bytes hold the beginning of a plan that is too large to be read."""


class Hints(Struct, frozen=True):
    """What a file may hold, told by words that are certainly in it: a plan, a template, one that nests others."""

    plan: bool = False
    template: bool = False
    nests: bool = False


def hints_in(data: bytes) -> Hints:
    """What a file with these bytes may hold."""
    template = mentions(data, _TEMPLATE)
    return Hints(mentions_plan(data), template, template and mentions(data, _NESTS))


def mentions_plan(data: bytes) -> bool:
    """Whether a file may be the output of ``show -json``, judged by words that are certainly in it."""
    return b'"format_version"' in data and (
        b'"planned_values"' in data or b'"resource_changes"' in data or b'"terraform_version"' in data[:_TOP]
    )


def may_hold_template(name: str) -> bool:
    """Whether a file's name leaves open that it is a template."""
    return name.endswith(_TEMPLATES) and not name.endswith(TERRAFORM_JSON)


def may_be_named(name: str) -> bool:
    """Whether a file that a user names may be a template: any but those that are certainly Terraform's."""
    return not name.endswith((*TERRAFORM_JSON, ".tf", ".tofu", ".tfvars"))


def may_hold_plan(name: str) -> bool:
    """Whether a file below a folder may be a plan by its name; one that is named itself may have any."""
    return name.endswith(".json") and not name.startswith(".") and not name.endswith(TERRAFORM_JSON)


class Tree(Struct):
    """What a walk found: folders with configuration, files that may be plans or templates, and what isn't read.

    ``skipped`` are CDK's outputs that are left out, ``excluded`` what the configuration leaves out, ``unreadable`` the
    folders that nobody may look into, with the reason. Below what is ``too_deep`` nothing was looked for.
    """

    folders: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    terragrunt: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)
    too_deep: list[str] = field(default_factory=list)
    _all_templates: dict[str, None] | None = None

    @property
    def all_templates(self) -> dict[str, None]:
        """The files that may be templates, to be looked up."""
        if self._all_templates is None:
            self._all_templates = dict.fromkeys(self.templates)
        return self._all_templates


class Trees:
    """The trees below the folders of a request, each walked once, and hints at what their files hold."""

    def __init__(self, request: Request, start: Path) -> None:
        self._request = request
        self._start = start
        self._boundaries: dict[Path, Boundary] = {}
        self._trees: dict[str, Tree] = {}
        self._hints: dict[str, Hints] = {}

    def boundary(self, folder: Path) -> Boundary:
        """What may be read around a folder; the same for all folders of one repository."""
        made = Boundary.around(folder, self._start, self._request.disk)
        return self._boundaries.setdefault(made.top, made)

    def below(self, top: str, boundary: Boundary) -> Tree:
        """What lies below a folder, in order; hidden, ignored and excluded folders are left out, see ``descend``."""
        if top not in self._trees:
            self._trees[top] = self._walk(top, boundary)
        return self._trees[top]

    @property
    def unreadable(self) -> dict[str, str]:
        """The folders that nobody may look into, as reports show them, with the reason."""
        return {self._shown(path): why for tree in self._trees.values() for path, why in tree.unreadable.items()}

    @property
    def too_deep(self) -> list[str]:
        """The folders below which nothing was looked for, as reports show them."""
        return [self._shown(path) for tree in self._trees.values() for path in tree.too_deep]

    def _shown(self, path: str) -> str:
        return os.path.relpath(path, self._start).replace(os.sep, "/")

    def hints(self, path: str, boundary: Boundary) -> Hints:
        """What a file may hold; what can't be read may hold a plan, for whose reader to say so."""
        key = os.path.normpath(path)
        if key not in self._hints:
            self._hints[key] = _hints(key, boundary)
        return self._hints[key]

    def _walk(self, top: str, boundary: Boundary) -> Tree:
        tree = Tree()
        disk = boundary.disk
        request = self._request
        ignored = Ignored(str(boundary.top), disk.real(top), request.excluded, disk, everything=request.everything)

        def failed(error: OSError) -> None:
            tree.unreadable[os.fsdecode(error.filename or top)] = error.strerror or "input/output error"

        for place in descend(top, boundary, ignored, failed, everything=request.everything):
            tree.skipped += [os.path.join(place.path, name) for name in place.ignored if name == CDK_OUTPUT]  # noqa: PTH118
            if place.is_too_deep:
                tree.too_deep.append(place.path)
            kept = sorted(ignored.kept(place.path, [name for name in place.names if _is_of_interest(name)]))
            primary, overrides = configuration_files(kept)
            if primary or overrides:
                tree.folders.append(os.path.normpath(place.path))
            paths = {name: os.path.normpath(os.path.join(place.path, name)) for name in kept}  # noqa: PTH118
            tree.documents += [path for name, path in paths.items() if may_hold_plan(name)]
            tree.templates += [path for name, path in paths.items() if may_hold_template(name)]
            tree.terragrunt += [path for name, path in paths.items() if name in TERRAGRUNT]
        tree.excluded = ignored.left_out
        return tree


def _is_of_interest(name: str) -> bool:
    return name.endswith((".tf", ".tofu", ".hcl", *_TEMPLATES))


def _hints(path: str, boundary: Boundary) -> Hints:
    disk = boundary.disk
    try:
        if not boundary.contains(path):
            return Hints()
        if not disk.is_file(path):
            # What can't be read may be anything: whoever asks for it notes the reason.
            unseen = disk.hindrance(path) or not disk.exists(path)
            return Hints(plan=True, template=True, nests=True) if unseen else Hints()
        if disk.size(path) > WORK.limits.file_size:
            return Hints(plan=True)
        data = disk.data(path)
    except OSError:
        return Hints(plan=True, template=True, nests=True)
    except ValueError:
        return Hints()
    found = hints_in(data)
    return found if b"\0" not in data else Hints(mentions_plan(data.replace(b"\0", b"")), found.template, found.nests)
