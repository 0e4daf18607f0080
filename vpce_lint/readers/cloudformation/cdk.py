"""What CDK's output says about its templates: ``manifest.json`` beside them names account and Region."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from vpce_lint.regex import regex
from vpce_lint.source import Source

if TYPE_CHECKING:
    from vpce_lint.readers.terraform.boundary import Boundary

_ENVIRONMENT = regex(r"aws://([^/]+)/([^/]+)")
_ACCOUNT = regex(r"\d{12}")
_REGION = regex(r"[a-z]{2,5}(-[a-z]+)+-\d+")


def environment_of(path: str, boundary: Boundary) -> dict[str, str]:
    """The pseudo parameters that the manifest beside a template settles; empty where there is none."""
    folder, name = os.path.split(path)
    manifest = os.path.join(folder, "manifest.json")  # noqa: PTH118
    if not boundary.is_file(manifest):
        return {}
    source = boundary.read(manifest)
    artifacts = _artifacts(source.data) if isinstance(source, Source) else {}
    for artifact in artifacts.values():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if isinstance(properties, dict) and properties.get("templateFile") == name:
            found = _ENVIRONMENT.fullmatch(str(artifact.get("environment")))
            return _settled(found[1], found[2]) if found else {}
    return {}


def _artifacts(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    artifacts = document.get("artifacts") if isinstance(document, dict) else None
    return artifacts if isinstance(artifacts, dict) else {}


def _settled(account: str, region: str) -> dict[str, str]:
    """What isn't ``unknown-account`` or ``unknown-region``, which stand for whatever the deployment says."""
    settled: dict[str, str] = {}
    if _ACCOUNT.fullmatch(account):
        settled["AWS::AccountId"] = account
    if _REGION.fullmatch(region):
        settled["AWS::Region"] = region
    return settled
