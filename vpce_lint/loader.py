"""Rules from the folders that hold them: ``<folder>/<category>/<name>.py`` or ``.yaml``, one rule per file.

Built-in rules and a user's own are loaded by the same call. A file of Python is loaded by its path, under a
module name that depends on nothing but that path, so that folders can't collide.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

from vpce_lint.fault import FAULTS
from vpce_lint.origin import said
from vpce_lint.rule import Rule, RuleError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

ENDINGS = (".py", ".yaml")


def built_in_folder() -> Path:
    """The folder of the rules that come with the tool.

    It is inside the package where that is installed, and beside it in a checkout.
    """
    package = Path(__file__).parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


@cache
def _built_in_path() -> Path:
    return built_in_folder().resolve()


def is_built_in(rule: Rule) -> bool:
    """Whether a rule comes with the tool."""
    return rule.path.is_relative_to(_built_in_path())


def load_rules(*folders: Path) -> tuple[Rule, ...]:
    """The rules below the folders (the built-in ones, where none is named), in the order of their ids.

    ``RuleError`` names the file and what is wrong with it.
    """
    files = [file for folder in folders or (built_in_folder(),) for file in _files(folder)]
    rules = [load_rule(file) for file in files]
    _refuse_duplicates(rules)
    return tuple(sorted(rules, key=lambda rule: rule.id))


def load_all(folders: Iterable[str]) -> tuple[Rule, ...]:
    """The built-in rules and those of further folders."""
    further = tuple(map(Path, folders))
    return load_rules(built_in_folder(), *further) if further else load_rules()


def load_rule(file: Path) -> Rule:
    """The one rule that a file defines; ``RuleError`` says what is wrong with the file."""
    if file.suffix == ".yaml":
        from vpce_lint.yaml_rule import read_rule  # noqa: PLC0415 (YAML is slow to import)

        return read_rule(file)
    module = _load_module(file)
    rules = [
        item for item in vars(module).values() if isinstance(item, Rule) and item.check.__module__ == module.__name__
    ]
    if len(rules) != 1:
        msg = f"{file}: a file holds exactly one rule, this one has {len(rules)}"
        raise RuleError(msg)
    [rule] = rules
    stem = file.stem.replace("-", "_")
    if rule.check.__name__ != stem:
        msg = f"{file}: the rule's function must be named as the file, {stem}, not {rule.check.__name__}"
        raise RuleError(msg)
    if not rule.summary:
        msg = f"{file}: the docstring of the module is missing, it is the rule's page"
        raise RuleError(msg)
    return rule


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        msg = f"{folder}: there is no such folder of rules"
        raise RuleError(msg)
    categories = []
    for entry in _entries(folder):
        if Path(entry.path).is_dir():
            categories.append(entry)
        elif entry.name.endswith(ENDINGS):
            msg = f"{entry.path}: a rule lies in the folder of its category, {folder.name}/<category>/{entry.name}"
            raise RuleError(msg)
    files = []
    for category in categories:
        for entry in _entries(category.path):
            if entry.name.endswith(".yml"):
                msg = f"{entry.path}: is not loaded, the name of a rule in YAML ends in .yaml"
                raise RuleError(msg)
            if entry.name.endswith(ENDINGS):
                files.append(Path(entry.path))
    return sorted(files)


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, by name, without what isn't meant for rules: ``_shared.py``, ``.git``."""
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry in entries if not entry.name.startswith((".", "_"))]
    except OSError as error:
        msg = f"{folder}: can't be listed: {said(error)}"
        raise RuleError(msg) from error
    return sorted(found, key=lambda entry: entry.name)


def _load_module(file: Path) -> ModuleType:
    resolved = file.resolve()
    name = f"vpce_lint_rule_{os.fsencode(resolved).hex()}"
    spec = spec_from_file_location(name, resolved)
    if spec is None or spec.loader is None:
        msg = f"{file}: can't be loaded as Python"
        raise RuleError(msg)
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except RuleError:
        del sys.modules[name]
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a file that exits must not end the run as if nothing were wrong
        del sys.modules[name]
        msg = f"{file}: can't be loaded: {said(error)}"
        raise RuleError(msg) from error
    return module


def _refuse_duplicates(rules: Iterable[Rule]) -> None:
    owners = {word: "the tool itself" for fault in FAULTS for word in (fault.id, fault.name)}
    for rule in rules:
        for word in (rule.id, rule.name):
            if word in owners:
                msg = f"{rule.path}: {word} is already taken by {owners[word]}"
                raise RuleError(msg)
            owners[word] = str(rule.path)
