"""One template file: recognised by its content, divided into its sections.

Source: CloudFormation User Guide, "Template anatomy".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from vpce_lint.readers.cloudformation.json_syntax import parse_json
from vpce_lint.readers.cloudformation.node import Fields, Items, SyntaxFault, text_of
from vpce_lint.readers.cloudformation.yaml_syntax import parse_yaml
from vpce_lint.readers.tree import hints_in
from vpce_lint.regex import regex

if TYPE_CHECKING:
    from vpce_lint.readers.cloudformation.node import Node
    from vpce_lint.source import Source, Span

HARMLESS = regex(
    r"AWS::(Serverless-2016-10-31|LanguageExtensions|CodeDeployBlueGreen|CodeStar|SecretsManager-[\w-]+|ServiceCatalog)"
)
"""Transforms of AWS that add no network: what they make of a template is read here, or is none of our business."""

_TYPE = regex(r"[\w-]+::[\w:@.-]+")
_LOOP = "Fn::ForEach::"


class Template(Struct, frozen=True, eq=False):
    """A template's top-level map; sections that aren't maps count as empty. JSON has no comments."""

    source: Source
    top: Fields
    is_json: bool = False

    def section(self, name: str) -> Fields:
        """A section such as ``Parameters``."""
        return self.top.fields(name) or Fields({}, self.top.span)

    @property
    def transforms(self) -> tuple[tuple[str, Span], ...]:
        """The names of the transforms and macros that change the template, with their places."""
        node = self.top.get("Transform")
        nodes = node.items if isinstance(node, Items) else (node,) if node is not None else ()
        return tuple((_transform_name(each), each.span) for each in nodes)

    @property
    def unseen(self) -> str | None:
        """What may declare more than is written: a transform, or an include in a section; the first one's name."""
        for name, _ in self.transforms:
            return name
        for section in self.top.entries.values():
            for name in section.node.entries if isinstance(section.node, Fields) else ():
                if name.startswith("Fn::"):
                    return name
        return None


def _transform_name(node: Node) -> str:
    named = node.text("Name") if isinstance(node, Fields) else text_of(node)
    return named or "a transform"


def read_template(source: Source) -> Template | None:
    """The template in a file; ``None`` where it holds something else. Raises ``SyntaxFault``."""
    if not hints_in(source.data).template:
        return None
    top, is_json = _parse(source)
    if not isinstance(top, Fields):
        return None
    resources = top.fields("Resources")
    if "AWSTemplateFormatVersion" in top.entries and resources is not None:
        return Template(source, top, is_json)
    if resources is None or not any(_is_resource(name, entry.node) for name, entry in resources.entries.items()):
        return None
    return Template(source, top, is_json)


def _is_resource(name: str, node: Node) -> bool:
    if name.startswith(_LOOP):
        return True
    type_ = node.text("Type") if isinstance(node, Fields) else None
    return type_ is not None and _TYPE.fullmatch(type_) is not None


def _parse(source: Source) -> tuple[Node | None, bool]:
    """The document, and whether it is JSON: one that begins with a brace is, or else YAML's flow style."""
    if not source.data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return parse_yaml(source), False
    try:
        return parse_json(source), True
    except SyntaxFault as fault:
        if fault.limit or "given twice" in fault.message:
            raise
        try:
            return parse_yaml(source), False
        except SyntaxFault:
            raise fault from None
