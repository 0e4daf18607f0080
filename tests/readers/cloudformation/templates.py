"""Small templates written to disk and read back, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.readers.terraform.configuration import read_files, resources
from vpce_lint.model import InterfaceEndpoint

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.model import Reading
    from vpce_lint.value import Value

HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
"""


def read_template(folder: Path, text: str, **named: object) -> Reading:
    """What a template describes."""
    return read_files(folder, {"template.yaml": HEAD + text}, **named)


def endpoint(folder: Path, properties: str, sections: str = "", **named: object) -> InterfaceEndpoint:
    """An interface endpoint with these properties, in flow style, in a template with further sections."""
    text = f"{sections}\nResources:\n" if "Resources:" not in sections else f"{sections}\n"
    text += f"  Endpoint: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcEndpointType: Interface, {properties}}}}}\n"
    return resources(read_template(folder, text, **named), InterfaceEndpoint)["Endpoint"]


def value_of(folder: Path, expression: str, sections: str = "", **named: object) -> Value:
    """The value of an expression in flow style, as an endpoint's service."""
    return endpoint(folder, f"ServiceName: {expression}", sections, **named).service
