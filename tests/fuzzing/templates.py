"""CloudFormation templates as plain trees, from YAML with its short tags and back."""

from __future__ import annotations

import json
from typing import Any

import yaml

LONG = {"Ref": "Ref", "Condition": "Condition"}


class _Loader(yaml.SafeLoader):
    """YAML in which dates stay text, as CloudFormation reads them."""


class _Dumper(yaml.SafeDumper):
    """YAML without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write everything out."""
        return True


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    name = LONG.get(suffix, f"Fn::{suffix}")
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name: value}


_Loader.add_multi_constructor("!", _intrinsic)  # type: ignore[no-untyped-call]


def plain(text: bytes) -> Any:
    """A template's tree, the short tags written out."""
    return yaml.load(text, _Loader)  # noqa: S506 (made from the safe one)


def as_yaml(document: Any) -> bytes:
    """A tree as YAML."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True).encode("utf-8", "surrogatepass")


def read_tree(text: bytes) -> Any:
    """The tree of a document in JSON or YAML."""
    return json.loads(text) if text.lstrip().startswith((b"{", b"[")) else plain(text)
