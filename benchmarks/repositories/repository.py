"""A generated repository: which roots it has, what their files hold, and what must be found in them.

Terraform: ``live/TEAM/NAME/*.tf`` are roots, ``modules/`` what they share. CloudFormation: ``stacks/TEAM/NAME.yaml`` or
``.json``, a template for each root with the same resources. Roots with a network are spread evenly over the others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.repositories import terraform
from benchmarks.repositories.choice import pick
from benchmarks.repositories.network import TEAMS, Network
from benchmarks.repositories.template import application_template, large_template, logical_ids, network_template
from benchmarks.repositories.yaml_text import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

FORMS = ("terraform", "yaml", "json")
LARGEST_TEMPLATE = 1_000_000
"""Bytes of the largest template that is generated: CloudFormation takes 1 MB."""

NETWORKS_IN_LARGEST = 4
"""With more of them a template would have more than the 500 resources that CloudFormation takes."""

WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty", "knoll", "larch")


@dataclass(frozen=True)
class Root:
    """A root module or template: with a network, or an application without one."""

    index: int
    network: Network | None

    @property
    def team(self) -> str:
        """Whose it is: the name of a folder."""
        return _team(self.index)

    @property
    def name(self) -> str:
        """What it is called: unique in the repository."""
        return _name(self.index)


@dataclass(frozen=True)
class Repository:
    """So many roots, of which so many per cent, but at least one, have a network; in one of ``FORMS``."""

    form: str
    roots: int
    relevant: int = 100

    @property
    def networks(self) -> int:
        """How many roots have a network."""
        return max(1, self.roots * self.relevant // 100)

    def all(self) -> Iterator[Root]:
        """The roots in order."""
        for index in range(self.roots):
            number = index * self.networks // self.roots
            has_one = number < (index + 1) * self.networks // self.roots
            yield Root(index, Network(number, _name(index), _team(index)) if has_one else None)

    def place(self, root: Root) -> str:
        """The folder of a root module or the file of a template, below the repository."""
        if self.form == "terraform":
            return f"live/{root.team}/{root.name}"
        return f"stacks/{root.team}/{root.name}.{self.form}"

    def files(self) -> Iterator[tuple[str, str, bool]]:
        """Path, content, and whether it has to do with a network, for each file."""
        if self.form == "terraform":
            yield from ((f"modules/{path}", text, True) for path, text in terraform.modules().items())
        for root in self.all():
            place = self.place(root)
            if self.form == "terraform":
                for name, text in self._terraform(root, place).items():
                    yield f"{place}/{name}", text, root.network is not None
            else:
                yield place, self._template(root), root.network is not None

    def parts(self, root: Root) -> dict[str, str]:
        """The address of each named part of the root's network."""
        if root.network is None:
            return {}
        return terraform.addresses(root.network) if self.form == "terraform" else logical_ids(root.network)

    def write(self, folder: Path) -> list[str]:
        """Write all files into a folder that is not there yet; the paths of those that have to do with a network."""
        relevant = []
        made: set[Path] = set()
        for path, text, matters in self.files():
            file = folder / path
            if file.parent not in made:
                file.parent.mkdir(parents=True, exist_ok=True)
                made.add(file.parent)
            file.write_bytes(text.encode())
            if matters:
                relevant.append(path)
        return relevant

    def _terraform(self, root: Root, place: str) -> dict[str, str]:
        if root.network is not None:
            return terraform.network_root(root.network, place)
        return terraform.application_root(root.name, root.team, place)

    def _template(self, root: Root) -> str:
        if root.network is not None:
            return written(network_template(root.network), self.form)
        return written(application_template(root.name, root.team), self.form)


def largest_template(form: str) -> str:
    """One template of nearly ``LARGEST_TEMPLATE`` bytes; the form is ``yaml`` or ``json``."""
    networks = [Network(number, _name(number), _team(number)) for number in range(NETWORKS_IN_LARGEST)]
    return written(large_template(LARGEST_TEMPLATE, lambda template: written(template, form), networks), form)


def written(template: dict[str, Any], form: str) -> str:
    """A template as YAML or JSON."""
    return as_yaml(template) if form == "yaml" else json.dumps(template, indent=2) + "\n"


def _name(index: int) -> str:
    return f"{pick(WORDS, index)}-{index:05}"


def _team(index: int) -> str:
    return pick(TEAMS, index, "team")
