"""The templates of the fixtures, asked of cfn-lint: no fixture is nonsense."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
HINT = ("AWSTemplateFormatVersion", '"AWS::EC2::')


def require_cfn_lint() -> str:
    """The path of ``cfn-lint``; without one the test is skipped, or fails where ``CI=true``."""
    binary = shutil.which("cfn-lint")
    if binary:
        return binary
    message = "cfn-lint is not on PATH"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def templates() -> list[Path]:
    """All templates below the fixtures, by their content."""
    files = [file for ending in ("yaml", "yml", "json", "template") for file in FIXTURES.rglob(f"*.{ending}")]
    plain = [file for file in files if not file.name.endswith(".tf.json")]
    return sorted(file for file in plain if any(word in file.read_text("utf-8", "replace") for word in HINT))


def test_templates_of_the_fixtures_are_valid() -> None:
    """cfn-lint finds no error in any template."""
    binary = require_cfn_lint()
    found = [str(file.relative_to(FIXTURES)) for file in templates()]
    assert len(found) > 20
    command = [binary, "--format", "json", "--non-zero-exit-code", "error", "--", *found]
    done = subprocess.run(command, cwd=FIXTURES, capture_output=True, text=True, check=False, timeout=300)
    matches = json.loads(done.stdout) if done.stdout.strip() else []
    errors = [f"{match['Filename']}: {match['Message']}" for match in matches if match["Level"] == "Error"]
    assert (errors, done.returncode) == ([], 0), done.stderr
