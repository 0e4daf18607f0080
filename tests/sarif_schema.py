"""Whether a document is SARIF: by the official schema, where there is one, else by the models of sarif-pydantic."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA = os.environ.get("VPCE_LINT_SARIF_SCHEMA")
"""The path of the official JSON Schema; without it the models of sarif-pydantic judge the documents."""
UNMODELLED = {
    "Invocation": {"exitCode", "toolExecutionNotifications"},
    "Result": {"suppressions", "baselineState"},
    "Run": {"columnKind"},
}
"""What the standard has and those models lack. They pass over unknown keys, so that these are listed."""


@cache
def validator() -> Any:
    """The official schema's."""
    from jsonschema import Draft7Validator  # noqa: PLC0415 (one of two ways)

    return Draft7Validator(json.loads(Path(SCHEMA or "").read_text(encoding="utf-8")))


def validate(parsed: Any) -> None:
    """Raise where a document is no SARIF."""
    if SCHEMA:
        validator().validate(parsed)
        return
    from sarif_pydantic import Sarif  # noqa: PLC0415

    found: list[Any] = [Sarif.model_validate(parsed)]
    while found:
        item = found.pop()
        if isinstance(item, list):
            found += item
        elif hasattr(item, "model_fields_set"):
            assert set(item.model_extra) <= UNMODELLED.get(type(item).__name__, set())
            found += [getattr(item, name) for name in item.model_fields_set - set(item.model_extra)]
