"""Real plans, made by Terraform of resources that need no provider."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from tests.oracle import require_terraform

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, *arguments: str) -> str:
    """The output of a Terraform command in a folder."""
    binary = require_terraform()
    empty = folder / "empty.tfrc"
    empty.write_text("")
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": str(empty), "TF_IN_AUTOMATION": "1"}
    done = subprocess.run(
        [binary, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def plan(folder: Path, *arguments: str) -> dict[str, Any]:
    """The plan for a folder's configuration."""
    run(folder, "init", "-input=false")
    run(folder, "plan", "-input=false", "-out=saved", *arguments)
    shown: dict[str, Any] = json.loads(run(folder, "show", "-json", "saved"))
    return shown


def apply(folder: Path) -> dict[str, Any]:
    """Apply the plan made last; the state after it."""
    run(folder, "apply", "-input=false", "saved")
    state: dict[str, Any] = json.loads(run(folder, "show", "-json"))
    return state
