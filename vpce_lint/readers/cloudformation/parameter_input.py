"""Files of ``--parameters``: the AWS CLI's list, CodePipeline's template configuration, or a plain map.

Sources: AWS CLI reference, ``create-stack --parameters``; CloudFormation User Guide, "AWS CloudFormation artifacts".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.disk import DISK, Disk
from vpce_lint.readers.cloudformation.json_syntax import parse_json
from vpce_lint.readers.cloudformation.node import Fields, Items, Node, Scalar, SyntaxFault
from vpce_lint.readers.cloudformation.yaml_syntax import parse_yaml
from vpce_lint.readers.request import RequestError
from vpce_lint.source import Source
from vpce_lint.value import Known, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vpce_lint.readers.request import Request


def given_parameters(request: Request) -> dict[str, Value]:
    """The values by parameter that a request gives, those without a file before those of its files."""
    values: dict[str, Value] = {
        name: Known(value) if isinstance(value, str) else Sequence(tuple(map(Known, value)), "list")
        for name, value in request.parameter_values
    }
    return {**named_parameters(request.parameters, request.disk), **values}


def named_parameters(files: Iterable[Path], disk: Disk = DISK) -> dict[str, Value]:
    """The values by parameter, later files before earlier ones; ``RequestError`` where a file makes no sense."""
    found: dict[str, Value] = {}
    for file in files:
        node = _document(file, disk)
        if isinstance(node, Items):
            found.update(_listed(node, file))
        elif isinstance(node, Fields):
            found.update(_mapped(node.fields("Parameters") or node, file))
        else:
            msg = f"{file} holds no parameters"
            raise RequestError(msg)
    return found


def _document(file: Path, disk: Disk) -> Node | None:
    try:
        data = disk.data(str(file))
        data.decode()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file} can't be read: {error.strerror if isinstance(error, OSError) else 'it is not valid UTF-8'}"
        raise RequestError(msg) from error
    source = Source(file.as_posix(), data)
    try:
        return parse_json(source) if data.lstrip().startswith((b"{", b"[")) else parse_yaml(source)
    except SyntaxFault as fault:
        msg = f"{file}: {fault.message}"
        raise RequestError(msg) from fault


def _listed(node: Items, file: Path) -> Iterator[tuple[str, Value]]:
    """``[{"ParameterKey": ..., "ParameterValue": ...}]``; one whose previous value is kept stays open."""
    for item in node.items:
        name = item.text("ParameterKey") if isinstance(item, Fields) else None
        if name is None or not isinstance(item, Fields):
            msg = f"{file}: each member of the list needs a ParameterKey"
            raise RequestError(msg)
        given = item.get("ParameterValue")
        if given is not None:
            yield name, _value(given, name, file)


def _mapped(node: Fields, file: Path) -> Iterator[tuple[str, Value]]:
    for name, entry in node.entries.items():
        yield name, _value(entry.node, name, file)


def _value(node: Node, name: str, file: Path) -> Value:
    if isinstance(node, Scalar):
        return Known(node.span.text if isinstance(node.value, bool) else node.value or "", span=node.span)
    if isinstance(node, Items):
        texts = [item for item in node.items if isinstance(item, Scalar)]
        if len(texts) == len(node.items):
            return Sequence(tuple(_value(item, name, file) for item in texts), "list", span=node.span)
    msg = f"{file}: the value of {name} is no text"
    raise RequestError(msg)
