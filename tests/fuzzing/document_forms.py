"""The same template, plan or policy, written differently."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import yaml

from fuzzing.case import Case
from fuzzing.templates import as_yaml, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

TEMPLATES = (".yaml", ".yml", ".json", ".template")
DENIALS: tuple[dict[str, Any], ...] = (
    {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"},
    {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    },
    {"Effect": "Deny", "Principal": "*", "NotAction": "sqs:*", "Resource": "arn:aws:s3:::bucket/*"},
)


def _template(case: Case) -> tuple[str, dict[str, Any]] | None:
    """The only template of a case, and its tree."""
    names = [name for name in case.files if name.endswith(TEMPLATES)]
    if len(case.files) != 1 or not names or case.arguments:
        return None
    try:
        tree = read_tree(case.files[names[0]])
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return (names[0], tree) if isinstance(tree, dict) and isinstance(tree.get("Resources"), dict) else None


def _rewritten(case: Case, change: Callable[[Any], Any], ending: str) -> Case | None:
    found = _template(case)
    if found is None:
        return None
    name, tree = found
    try:
        tree = change(tree)
        json.dumps(tree, ensure_ascii=False).encode()  # half a character can't be said in YAML
        data = as_yaml(tree) if ending == ".yaml" else json.dumps(tree, indent=3).encode()
    except (yaml.YAMLError, TypeError, ValueError, RecursionError):
        return None
    return Case({f"{name.partition('.')[0]}{ending}": data})


def in_yaml(chance: Random, case: Case) -> Case | None:
    """YAML without short tags, comments and the author's layout."""
    return _rewritten(case, lambda tree: tree, ".yaml")


def in_json(chance: Random, case: Case) -> Case | None:
    """JSON."""
    return _rewritten(case, lambda tree: tree, ".json")


def reordered(chance: Random, case: Case) -> Case | None:
    """Every map in another order."""
    return _rewritten(case, lambda tree: shuffled(chance, tree), chance.choice((".yaml", ".json")))


def unrelated(chance: Random, case: Case) -> Case | None:
    """One more resource that concerns no rule."""
    more = {"ZzUnrelated": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
    return _rewritten(case, lambda tree: {**tree, "Resources": {**tree["Resources"], **more}}, ".yaml")


def renamed(chance: Random, case: Case) -> tuple[Case, str, str] | None:
    """Another logical id of the same length, with the new and the old one."""
    found = _template(case)
    if found is None:
        return None
    tree = found[1]
    names = [
        name for name in tree["Resources"] if isinstance(name, str) and re.fullmatch(r"[A-Z][A-Za-z0-9]{3,}", name)
    ]
    keys = list(_keys({**tree, "Resources": list(tree["Resources"].values())}))
    names = [
        name for name in names if name not in keys and not re.search(rf"::{name}\b", json.dumps(tree, default=str))
    ]
    if not names:
        return None
    old = chance.choice(names)
    new = "Z" + "".join(chance.choice("bcdfghjklm") for _ in old[1:])
    made = _rewritten(case, lambda tree: _replaced(tree, re.compile(rf"\b{old}\b"), new), ".yaml")
    return (made, new, old) if made else None


def _keys(tree: Any) -> Any:
    waiting = [tree]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield from item
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def _replaced(tree: Any, word: re.Pattern[str], new: str) -> Any:
    if isinstance(tree, dict):
        return {_replaced(key, word, new): _replaced(value, word, new) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_replaced(item, word, new) for item in tree]
    return word.sub(new, tree) if isinstance(tree, str) else tree


def shuffled(chance: Random, tree: Any) -> Any:
    """A tree with every map in another order; lists keep theirs."""
    if isinstance(tree, dict):
        items = list(tree.items())
        chance.shuffle(items)
        return {key: shuffled(chance, value) for key, value in items}
    return [shuffled(chance, item) for item in tree] if isinstance(tree, list) else tree


def plan_reordered(chance: Random, case: Case) -> Case | None:
    """A plan with every map in another order, and its resources, too."""
    name = "plan.json"
    try:
        tree = json.loads(case.files[name])
        _no_doubles(case.files[name])
        for resources in (tree["planned_values"]["root_module"]["resources"], tree["resource_changes"]):
            chance.shuffle(resources)
        return case.with_file(name, json.dumps(shuffled(chance, tree), indent=1).encode())
    except (KeyError, TypeError, ValueError, RecursionError, AttributeError):
        return None


def _no_doubles(data: bytes) -> None:
    """``ValueError`` where an object has a key twice, of which the reader and the standard library may differ."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    json.loads(data, object_pairs_hook=unique)


def _policy(case: Case) -> dict[str, Any] | None:
    try:
        data = case.files["policy.json"].decode("utf-8-sig")
        _no_doubles(data.encode())
        tree = json.loads(data)
    except (KeyError, ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) and "Statement" in tree else None


def _statements(tree: dict[str, Any]) -> list[Any]:
    found = tree["Statement"]
    return found if isinstance(found, list) else [found]


def policy_reordered(chance: Random, case: Case) -> Case | None:
    """A policy with its statements and maps in another order, and one statement twice."""
    tree = _policy(case)
    if tree is None or not all(isinstance(each, dict) for each in _statements(tree)):
        return None
    statements = list(_statements(tree))
    chance.shuffle(statements)
    return case.with_file("policy.json", json.dumps(shuffled(chance, {**tree, "Statement": statements})).encode())


def policy_listed(chance: Random, case: Case) -> Case | None:
    """A policy in which every single action, resource and condition value is a list of one."""
    tree = _policy(case)
    if tree is None or not all(isinstance(each, dict) for each in _statements(tree)):
        return None
    statements = [
        {
            key: [value]
            if key in {"Action", "NotAction", "Resource", "NotResource"} and isinstance(value, str)
            else value
            for key, value in each.items()
        }
        for each in _statements(tree)
    ]
    return case.with_file("policy.json", json.dumps({**tree, "Statement": statements}).encode())


def policy_denied(chance: Random, case: Case) -> Case | None:
    """A policy with one more Deny."""
    tree = _policy(case)
    if tree is None:
        return None
    statements = [*_statements(tree), chance.choice(DENIALS)]
    return case.with_file("policy.json", json.dumps({**tree, "Statement": statements}).encode())
