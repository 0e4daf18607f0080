"""YAML as Terraform reads it (go-cty-yaml), built from parser events without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from vpce_lint.number import render
from vpce_lint.readers.terraform.functions.function import InvalidError, LimitError
from vpce_lint.readers.terraform.functions.limits import MOST_ALIASED, MOST_DEPTH
from vpce_lint.readers.terraform.functions.yaml_scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAP = "tag:yaml.org,2002:map"
_SEQ = "tag:yaml.org,2002:seq"
_MERGE = "tag:yaml.org,2002:merge"


class _Node(Struct):
    """A value under construction; ``size`` counts nodes, each alias as all that it stands for."""

    data: Any
    size: int = 1


class _Frame(Struct):
    """An open mapping or sequence; ``key`` is the mapping's key that waits for its value."""

    node: _Node
    anchor: str | None
    key: str | None = None
    merging: bool = False


class _Builder(Struct):
    """The values built so far: open ones from the outside in, and finished ones by anchor."""

    frames: list[_Frame] = field(default_factory=list)
    anchors: dict[str, _Node] = field(default_factory=dict)
    result: _Node | None = None

    def begin(self, data: Any, event: Any, tag: str) -> None:
        if event.tag not in {None, tag}:
            msg = f"{event.tag} is not supported"
            raise InvalidError(msg)
        if self._wants_key():
            msg = "only strings can be keys"
            raise InvalidError(msg)
        if len(self.frames) >= MOST_DEPTH:
            msg = f"gets YAML that is nested more than {MOST_DEPTH} deep"
            raise LimitError(msg)
        self.frames.append(_Frame(_Node(data), event.anchor))

    def end(self) -> None:
        frame = self.frames.pop()
        if isinstance(frame.node.data, list):
            frame.node.data = tuple(frame.node.data)
        self._finish(frame.node, frame.anchor)

    def scalar(self, event: Any) -> None:
        if self._wants_key():
            self._take_key(event)
            return
        plain = event.implicit[0] if event.tag is None else True
        data = resolve(event.tag, event.value, event.style) if plain else event.value
        self._finish(_Node(data), event.anchor)

    def alias(self, event: Any) -> None:
        if self._wants_key():
            msg = "only strings can be keys"
            raise InvalidError(msg)
        node = self.anchors.get(event.anchor)
        if node is None:
            msg = f'there is no anchor "{event.anchor}" before its alias'
            raise InvalidError(msg)
        self._finish(node, None)

    def _wants_key(self) -> bool:
        if not self.frames:
            return False
        frame = self.frames[-1]
        return isinstance(frame.node.data, dict) and frame.key is None and not frame.merging

    def _take_key(self, event: Any) -> None:
        frame = self.frames[-1]
        if event.tag == _MERGE or (event.tag is None and event.value == "<<" and not event.style):
            frame.merging = True
            return
        key = resolve(event.tag, event.value, event.style)
        if key is None:
            msg = "a key is null"
            raise InvalidError(msg)
        if isinstance(key, bool):
            key = "true" if key else "false"
        frame.key = key if isinstance(key, str) else render(key)

    def _finish(self, node: _Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.frames:
            self.result = node
            return
        frame = self.frames[-1]
        frame.node.size += node.size
        if frame.node.size > MOST_ALIASED:
            msg = f"gets YAML of more than {MOST_ALIASED} nodes"
            raise LimitError(msg)
        if isinstance(frame.node.data, list):
            frame.node.data.append(node.data)
        elif frame.merging:
            _merge(frame, node)
        else:
            frame.node.data[frame.key] = node.data
            frame.key = None


def _merge(frame: _Frame, node: _Node) -> None:
    if not isinstance(node.data, dict):
        msg = "only a mapping can be merged into another"
        raise InvalidError(msg)
    frame.node.data.update(node.data)
    frame.merging = False


def read_yaml(text: str) -> Any:
    """The data of the only document in a text, with tuples for sequences."""
    import yaml  # noqa: PLC0415 (rare)

    try:
        return _build(_events(text))
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0] if str(error) else "malformed"
        msg = f"the text is not YAML: {first}"
        raise InvalidError(msg) from None


def _events(text: str) -> Iterator[Any]:
    import yaml  # noqa: PLC0415 (rare)

    return iter(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def _build(events: Iterator[Any]) -> Any:
    builder = _Builder()
    documents = 0
    for event in events:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            documents += 1
        elif kind == "ScalarEvent":
            builder.scalar(event)
        elif kind == "AliasEvent":
            builder.alias(event)
        elif kind == "MappingStartEvent":
            builder.begin({}, event, _MAP)
        elif kind == "SequenceStartEvent":
            builder.begin([], event, _SEQ)
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            builder.end()
        if documents > 1:
            break
    if documents != 1 or builder.result is None:
        msg = "needs exactly one document"
        raise InvalidError(msg)
    return builder.result.data
