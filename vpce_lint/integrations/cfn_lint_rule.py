"""Our rules as cfn-lint's: two classes for each, one for what fails and one for what doesn't.

cfn-lint makes an instance of each class for a run. For each template it configures and initializes all of them, and
then asks one after the other for its matches. The first that is asked has the template judged for all.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from vpce_lint.documentation import documentation
from vpce_lint.fault import FAULTS, INEFFECTIVE, INTERNAL
from vpce_lint.integrations.cfn_lint_answers import RUN, Question, Told, failing_id, informational_id, tell
from vpce_lint.loader import load_rules
from vpce_lint.readers.cloudformation.repositories import Repositories

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cfnlint.template import Template

    from vpce_lint.fault import Fault
    from vpce_lint.readers.request import ParameterValue
    from vpce_lint.rule import Rule

TYPES: dict[type, dict[str, str]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string"},
    tuple: {"type": "list", "itemtype": "string"},
    dict: {"type": "map"},
    MappingProxyType: {"type": "map"},
}
"""What cfn-lint calls the types of our settings; it has no name for a map."""

NOT_JUDGED = "A template could not be judged, or not all of it"

DEEPEST = 3
"""No setting of ours is nested deeper; what is deeper is refused as it is."""
LONGEST_NUMBER = 10
"""Digits."""

FLAGS = {"true": True, "false": False}


class _Judged:
    """One template: what the rules were given, and what they are to say about it."""

    def __init__(self, repositories: Repositories) -> None:
        self._repositories = repositories
        self._lock = Lock()
        self.settings: dict[str, Mapping[str, object]] = {}
        self.told: tuple[Told, ...] | None = None

    def tell(self, cfn: Template, ids: Mapping[str, str], rules: tuple[Rule, ...]) -> tuple[Told, ...]:
        """All that is to be said; worked out by whoever asks first."""
        with self._lock:
            if self.told is None:
                question = Question(
                    file=cfn.filename,
                    ids=ids,
                    rules=rules,
                    repositories=self._repositories,
                    settings=self.settings,
                    parameters=_parameters(cfn),
                )
                self.told = tell(question)
            return self.told


_TEMPLATES: WeakKeyDictionary[Template, _Judged] = WeakKeyDictionary()
_LOCK = Lock()


class EngineRule(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint comes without types
    """What all of our classes have in common.

    ``rule`` is the id of the rule, or kind of fault, that a class is for; ``defaults`` are its settings, and
    ``definition`` says the same in cfn-lint's terms. ``always``: nothing turns it off. ``rules`` are all rules, and
    ``ids`` the failing ids of all classes by the rule's id.
    """

    rule: ClassVar[str] = ""
    definition: ClassVar[dict[str, dict[str, object]]] = {}
    defaults: ClassVar[Mapping[str, object]] = {}
    always: ClassVar[bool] = False
    ids: ClassVar[Mapping[str, str]] = {}
    rules: ClassVar[tuple[Rule, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.config_definition = self.definition
        self._given: dict[str, object] = {}
        self._repositories: Repositories | None = None

    def is_enabled(self, *arguments: Any, **options: Any) -> bool:
        """Whether the rule is shown; what could not be checked always is, as on the command line."""
        return self.always or bool(super().is_enabled(*arguments, **options))

    def configure(self, configs: Mapping[str, Any] | None = None, experimental: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 (cfn-lint's signature)
        """Take the settings that cfn-lint was given, whatever they are: mistakes are reported with the answers."""
        given = configs if isinstance(configs, dict) else {}
        self._given = {str(name): _converted(value, self.defaults.get(name)) for name, value in given.items()}
        self.config = {name: value["default"] for name, value in self.definition.items()} | self._given

    def initialize(self, cfn: Template) -> None:
        """Begin with a template: note the settings for the one rule that will have it judged."""
        with _LOCK:
            judged = _TEMPLATES.get(cfn)
            if judged is None or judged.told is not None:
                judged = _TEMPLATES[cfn] = _Judged(self._known())
            if self._given:
                judged.settings[self.rule if self.id == self.ids[self.rule] else self.id] = self._given

    def match(self, cfn: Template) -> list[RuleMatch]:
        """What this rule says about a template."""
        judged = _TEMPLATES.get(cfn) or _Judged(self._known())
        return [
            RuleMatch(list(told.path), told.message, location=told.place)
            for told in judged.tell(cfn, self.ids, self.rules)
            if told.id == self.id
        ]

    def _known(self) -> Repositories:
        """What is known of repositories: a run's rules are initialized in one order, so all its templates share it."""
        if self._repositories is None or self._repositories.start != Path.cwd():
            self._repositories = Repositories()
        return self._repositories


def rule_classes() -> dict[str, type[EngineRule]]:
    """The classes by their ids: two for each rule, one for most kinds of fault."""
    rules = load_rules()
    everything: tuple[Rule | Fault, ...] = (*rules, *FAULTS)
    shared = {"ids": {each.id: failing_id(each) for each in everything}, "rules": rules}
    return {made.id: made for each in everything for made in _classes(each, shared)}


def _classes(rule: Rule | Fault, shared: Mapping[str, Any]) -> Iterator[type[EngineRule]]:
    defaults = RUN if rule.id == INTERNAL.id else getattr(rule, "settings", {})
    both = {
        **shared,
        "rule": rule.id,
        "description": rule.page,
        "source_url": documentation(),
        "tags": ["vpce-lint", rule.category],
    }
    failing = {
        "id": shared["ids"][rule.id],
        "shortdesc": NOT_JUDGED if rule.id == INTERNAL.id else rule.summary.rstrip("."),
        "defaults": defaults,
        "definition": {name: {"default": _plain(value), **TYPES[type(value)]} for name, value in defaults.items()},
        "always": rule in FAULTS and rule != INEFFECTIVE,
    }
    classes = [failing]
    if not failing["always"] or rule.id == INTERNAL.id:
        words = "" if rule.id == INTERNAL.id else ": undetermined, or below the thresholds"
        classes.append({"id": informational_id(rule.id), "shortdesc": f"{failing['shortdesc']}{words}"})
    for more in classes:
        yield type(str(more["id"]), (EngineRule,), {"__doc__": rule.summary, **both, **more})


def _converted(value: object, default: object) -> object:
    """A setting as cfn-lint has it, in the type that the rule takes; on its command line all are strings."""
    given = _unwrapped(value, DEEPEST)
    if not isinstance(given, str):
        return tuple(given) if isinstance(given, list) else given
    if isinstance(default, bool):
        return FLAGS.get(given.casefold(), given)
    if isinstance(default, int):
        return int(given) if given.isdecimal() and len(given) < LONGEST_NUMBER else given
    return tuple(given.split()) if isinstance(default, tuple) else given


def _unwrapped(value: object, depth: int) -> object:
    """A value without what cfn-lint adds to those from its files: each remembers where it was written."""
    if isinstance(value, str):
        return str(value)
    if depth and isinstance(value, list):
        return [_unwrapped(each, depth - 1) for each in value]
    if depth and isinstance(value, dict):
        return {str(name): _unwrapped(each, depth - 1) for name, each in value.items()}
    return value


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, MappingProxyType) else value


def _parameters(cfn: Template) -> tuple[tuple[tuple[str, ParameterValue], ...], ...]:
    """The sets of values that cfn-lint was given for a template's parameters; older versions take none."""
    sets = (each.parameters for each in getattr(cfn.context, "parameter_sets", None) or ())
    return tuple(
        tuple(
            (str(name), tuple(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in each.items()
        )
        for each in sets
    )
