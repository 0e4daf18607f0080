"""What a configuration asks for, checked against ``config_shape`` and the rules that there are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from vpce_lint.config_shape import CONFIGURATION, MOST_MEMBERS, TEXTS, Kind, Shape
from vpce_lint.directive import Directive
from vpce_lint.disk import DISK, Disk, is_inside
from vpce_lint.fault import Fault
from vpce_lint.limits import Limits, LimitsError
from vpce_lint.location import locate
from vpce_lint.path_pattern import PathPatterns
from vpce_lint.rule import RuleError
from vpce_lint.selection import SelectionError, find_rule, select_rules
from vpce_lint.source import Span
from vpce_lint.verdict import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vpce_lint.config_file import ConfigFile
    from vpce_lint.rule import Rule

ONLY_FROM_OUTSIDE = ("rule_folders", "enforced", "limits")
NOWHERE = PathPatterns(os.sep, ())


class Choice(Struct, frozen=True):
    """Which rules are chosen, with their settings, and the severities that replace their own, by the rule's id."""

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity] = field(default_factory=dict)


class Override(Struct, frozen=True):
    """Another choice for the root modules that ``roots`` fit; empty ``select`` chooses as for all others."""

    roots: PathPatterns
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    settings: Mapping[str, Mapping[str, object]]
    severities: Mapping[str, Severity]


class Environment(Struct, frozen=True):
    """A set of values for the variables of root modules; the files are absolute paths."""

    name: str
    roots: PathPatterns
    variable_files: tuple[str, ...]


class Config(Struct, frozen=True, kw_only=True):
    """A whole configuration; without a file, what holds where nobody says anything.

    ``select`` and ``ignore`` are words for rules, ``settings`` and ``severities`` are by the rule's id.
    ``baseline`` is an absolute path, ``enforced`` are ids. ``None`` leaves a threshold as it is.
    """

    file: ConfigFile | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    exclude: PathPatterns = NOWHERE
    min_severity: Severity | None = None
    min_confidence: Confidence | None = None
    strict: bool | None = None
    baseline: str | None = None
    require_reason: bool = False
    suppressions: tuple[Directive, ...] = ()
    overrides: tuple[Override, ...] = ()
    environments: tuple[Environment, ...] = ()
    enforced: frozenset[str] = frozenset()
    limits: Limits | None = None

    def choice(self, rules: Sequence[Rule], root: str, select: Sequence[str], ignore: Sequence[str]) -> Choice:
        """The rules for a root module, an absolute path; what is selected or ignored by hand comes first.

        ``SelectionError`` where a word names no rule or nothing that can be ignored.
        """
        settings, severities = dict(self.settings), dict(self.severities)
        chosen, left_out = self.select, self.ignore
        for override in self.overrides:
            if override.roots.fit(root):
                chosen = override.select or chosen
                left_out = (*(() if override.select else left_out), *override.ignore)
                severities |= override.severities
                for rule, more in override.settings.items():
                    settings[rule] = {**settings.get(rule, {}), **more}
        if select:
            chosen, left_out = tuple(select), ()
        picked = select_rules(rules, chosen, (*left_out, *ignore))
        return Choice(tuple(rule.configured(settings.get(rule.id, {})) for rule in picked), severities)


def rule_folders(file: ConfigFile) -> tuple[str, ...]:
    """The folders of rules that a configuration names; ``ConfigError`` where it has no right to."""
    given = file.values.get("rule_folders", [])
    if given and not file.outside:
        _refuse_from_inside(file, "rule_folders")
    if not TEXTS.fits(given):
        file.refuse(f"'rule_folders' must be {TEXTS.words}", "rule_folders")
    return tuple(_path(file, folder) for folder in given)


def configure(file: ConfigFile, rules: Sequence[Rule], tops: Sequence[str], disk: Disk = DISK) -> Config:
    """A configuration from its file, for these rules; ``tops`` are the real paths of what may be read.

    ``ConfigError`` names the line of the first mistake, and what was perhaps meant.
    """
    values = file.values
    _check(file, values, CONFIGURATION, ())
    for name in ONLY_FROM_OUTSIDE:
        if name in values and not file.outside:
            _refuse_from_inside(file, name)
    for name in ("select", "ignore"):
        _refuse_unknown(file, rules, values, (), name)
    settings, severities = _settings(file, rules, values, ())
    patterns = [
        each for table in values.get("suppress", ()) for name in ("addresses", "paths") for each in table.get(name, ())
    ]
    if len(patterns) > MOST_MEMBERS:
        file.refuse(f"there are more than {MOST_MEMBERS:,} addresses and paths in all suppressions", "suppress")
    suppressions, overrides, environments = (
        list(enumerate(values.get(name, ()))) for name in ("suppress", "overrides", "environments")
    )
    return Config(
        file=file,
        select=tuple(values.get("select", ())),
        ignore=tuple(values.get("ignore", ())),
        settings=settings,
        severities=severities,
        exclude=_patterns(file, values.get("exclude", ()), "exclude"),
        min_severity=Severity(values["min_severity"]) if "min_severity" in values else None,
        min_confidence=Confidence(values["min_confidence"]) if "min_confidence" in values else None,
        strict=values.get("strict"),
        baseline=_baseline(file, tops),
        require_reason=values.get("require_reason", False),
        suppressions=tuple(_suppression(file, rules, table, index) for index, table in suppressions),
        overrides=tuple(_override(file, rules, table, index) for index, table in overrides),
        environments=tuple(_environment(file, table, index, tops, disk) for index, table in environments),
        enforced=frozenset(_ids(file, rules, values, (), "enforced")),
        limits=_limits(file, values.get("limits", {})),
    )


def _limits(file: ConfigFile, given: Mapping[str, int]) -> Limits | None:
    limits = Limits()
    for name, value in given.items():
        try:
            limits = limits.changed(name, value)
        except LimitsError as error:
            file.refuse(str(error), "limits", name)
    return limits if given else None


def _check(file: ConfigFile, values: Mapping[str, Any], shape: Shape, key: tuple[str | int, ...]) -> None:
    """Raise ``ConfigError`` where a table doesn't have its shape; settings of rules are left to the rules."""
    for name, value in values.items():
        kind = shape.keys.get(name)
        here = (*key, name)
        if kind is None:
            from difflib import get_close_matches  # noqa: PLC0415 (loaded when it is needed)

            close = get_close_matches(name, shape.keys, n=1)
            hint = f", did you mean {close[0]!r}?" if close else f"; there are {', '.join(shape.keys)}"
            file.refuse(f"there is no key {name!r}{hint}", *here)
        if isinstance(kind, Kind):
            if not kind.fits(value):
                file.refuse(f"{name!r} must be {kind.words}", *here)
        elif kind.array:
            if (
                not isinstance(value, list)
                or len(value) > MOST_MEMBERS
                or not all(isinstance(each, dict) for each in value)
            ):
                file.refuse(f"{name!r} must be an array of at most {MOST_MEMBERS:,} tables: [[{name}]]", *here)
            for index, each in enumerate(value):
                _check(file, each, kind, (*here, index))
        elif not isinstance(value, dict):
            what = "hold a table for each rule: [{}.VPCE003]" if kind.rules else "be a table: [{}]"
            file.refuse(f"{name!r} must {what.format(name)}", *here)
        elif not kind.rules:
            _check(file, value, kind, here)
        else:
            wrong = next((word for word, each in value.items() if not isinstance(each, dict)), None)
            if wrong is not None:
                file.refuse(f"{name!r} must hold a table for each rule: [{name}.{wrong}]", *here, wrong)
    missing = [name for name in shape.required if name not in values]
    if missing:
        file.refuse(f"the key {missing[0]!r} is missing here", *key)


def _refuse_from_inside(file: ConfigFile, name: str) -> None:
    words = f"{name!r} counts only in a file that --config names and that lies outside of what is scanned"
    hint = "; name folders of rules with --rules" if name == "rule_folders" else ""
    file.refuse(words + hint, name)


def _refuse_unknown(
    file: ConfigFile, rules: Sequence[Rule], values: Mapping[str, Any], key: tuple[str | int, ...], name: str
) -> None:
    """Raise where a word names no rule, or one that can't be left out."""
    ignored = values.get(name, ())
    try:
        select_rules(rules, *((), ignored) if name == "ignore" else (ignored, ()))
    except SelectionError as error:
        file.refuse(str(error), *key, name)


def _ids(
    file: ConfigFile, rules: Sequence[Rule], values: Mapping[str, Any], key: tuple[str | int, ...], name: str
) -> tuple[str, ...]:
    """The ids of rules that are named; faults can't be, for they always count."""
    _refuse_unknown(file, rules, values, key, name)
    found = [find_rule(rules, word) for word in values.get(name, ())]
    for each in found:
        if isinstance(each, Fault):
            file.refuse(f"{each.id} {each.name} always counts, it can't be named here", *key, name)
    return tuple(each.id for each in found)


def _settings(
    file: ConfigFile, rules: Sequence[Rule], values: Mapping[str, Any], key: tuple[str | int, ...]
) -> tuple[dict[str, dict[str, object]], dict[str, Severity]]:
    """The settings and the severities by the rule's id."""
    settings: dict[str, dict[str, object]] = {}
    severities: dict[str, Severity] = {}
    for word, table in values.get("rules", {}).items():
        here = (*key, "rules", word)
        try:
            rule = find_rule(rules, word)
        except SelectionError as error:
            file.refuse(str(error), *here)
        if isinstance(rule, Fault):
            file.refuse(f"{rule.id} {rule.name} can't be changed", *here)
        if rule.id in settings:
            file.refuse(f"{rule.id} {rule.name} is configured twice", *here)
        settings[rule.id] = {}
        for name, value in table.items():
            if name == "severity" and name not in rule.settings:
                severities[rule.id] = _severity(file, value, *here, name)
                continue
            try:
                rule.configured({name: value})
            except RuleError as error:
                file.refuse(str(error), *here, name)
            settings[rule.id][name] = value
    return settings, severities


def _severity(file: ConfigFile, value: object, *key: str | int) -> Severity:
    if value not in list(Severity):
        file.refuse(f"'severity' must be one of {', '.join(Severity)}", *key)
    return Severity(str(value))


def _suppression(file: ConfigFile, rules: Sequence[Rule], table: Mapping[str, Any], index: int) -> Directive:
    key = ("suppress", index)
    if not table.keys() & {"addresses", "paths"}:
        file.refuse("say what is suppressed: 'addresses', 'paths', or both; to leave out a rule, 'ignore' it", *key)
    line = file.line(*key)
    start = sum(map(len, file.source.data.splitlines(keepends=True)[: line - 1]))
    return Directive(
        kind="configuration",
        rules=_ids(file, rules, table, key, "rules"),
        reason=table.get("reason", "").strip(),
        until=table.get("until"),
        location=locate(Span(file.source, start, start + len(file.source.line(line).encode()))),
        addresses=tuple(table["addresses"]) if "addresses" in table else None,
        paths=_patterns(file, table["paths"], *key, "paths") if "paths" in table else None,
    )


def _override(file: ConfigFile, rules: Sequence[Rule], table: Mapping[str, Any], index: int) -> Override:
    key = ("overrides", index)
    for name in ("select", "ignore"):
        _refuse_unknown(file, rules, table, key, name)
    settings, severities = _settings(file, rules, table, key)
    select, ignore = (tuple(table.get(name, ())) for name in ("select", "ignore"))
    return Override(_patterns(file, table["roots"], *key, "roots"), select, ignore, settings, severities)


def _environment(
    file: ConfigFile, table: Mapping[str, Any], index: int, tops: Sequence[str], disk: Disk
) -> Environment:
    key = ("environments", index)
    if not table["name"].strip():
        file.refuse("an environment needs a name", *key, "name")
    paths = tuple(_inner_path(file, path, tops, *key, "variable_files") for path in table["variable_files"])
    for given, path in zip(table["variable_files"], paths, strict=True):
        if not disk.is_file(path):
            file.refuse(f"there is no file {given}", *key, "variable_files")
    return Environment(table["name"].strip(), _patterns(file, table["roots"], *key, "roots"), paths)


def _baseline(file: ConfigFile, tops: Sequence[str]) -> str | None:
    given = file.values.get("baseline")
    return None if given is None else _inner_path(file, given, tops, "baseline")


def _inner_path(file: ConfigFile, given: str, tops: Sequence[str], *key: str | int) -> str:
    """An absolute path; what the scanned code says must not lead out of it."""
    path = _path(file, given)
    if not file.outside and not any(is_inside(os.path.realpath(path), top) for top in tops):
        file.refuse(f"{given} lies outside of the repository", *key)
    return path


def _path(file: ConfigFile, given: str) -> str:
    if "\0" in given:
        file.refuse("a path has no NUL character")
    return os.path.normpath(os.path.join(file.folder, given))  # noqa: PTH118


def _patterns(file: ConfigFile, given: Sequence[str], *key: str | int) -> PathPatterns:
    patterns = PathPatterns(file.folder, tuple(given))
    import re2  # noqa: PLC0415 (loaded when it is needed)

    try:
        patterns.cover(file.folder)
    except re2.error:
        file.refuse("these patterns are too long, or too many", *key)
    return patterns
