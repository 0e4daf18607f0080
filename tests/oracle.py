"""Terraform itself, asked what is right."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECONDS = 120
_FMT_ERROR = re.compile(r"Error: (.*)\n\n *on (\S+) line ")


@dataclass(frozen=True)
class ConsoleError:
    """What Terraform said instead of a value; equal to every other, whatever was said."""

    message: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConsoleError)

    def __hash__(self) -> int:
        return hash(ConsoleError)


def require_terraform() -> str:
    """The path of the ``terraform`` binary; without one the test is skipped, or fails where ``CI=true``."""
    binary = shutil.which("terraform")
    if binary:
        return binary
    message = "terraform is not on PATH"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def terraform_console(expressions: Sequence[str], files: Mapping[str, str] | None = None) -> list[object]:
    """The value of each expression as ``terraform console`` has it, or a ``ConsoleError``.

    Values arrive through ``jsonencode``: sets are lists, whole numbers ``int``, others ``Fraction``. An expression may
    span lines and hold heredocs. ``files`` (relative path to text) lie in the folder that ``path.module`` names.
    """
    values = _console(expressions, files or {})
    if isinstance(values, list):
        return values
    if len(expressions) == 1:
        return [values]
    with ThreadPoolExecutor(2) as pool:
        return [_one(value) for value in pool.map(lambda each: _console([each], files or {}), expressions)]


def terraform_fmt_refusals(files: Mapping[str, str | bytes]) -> dict[str, str]:
    """The files whose syntax ``terraform fmt`` finds invalid, each with the summary of its first error."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), files)
        errors = _terraform(["fmt", "-check", "-list=false", "-no-color"], Path(folder)).stderr.decode()
    refusals: dict[str, str] = {}
    for summary, path in _FMT_ERROR.findall(errors):
        refusals.setdefault(path, summary)
    return refusals


def terraform_validate(files: Mapping[str, str]) -> list[str]:
    """The summaries of the errors that ``terraform validate`` finds in a folder that needs no provider."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), files)
        answer = json.loads(_terraform(["validate", "-json"], Path(folder)).stdout)
    return [each["summary"] for each in answer["diagnostics"] if each["severity"] == "error"]


def _one(values: list[object] | ConsoleError) -> object:
    return values[0] if isinstance(values, list) else values


def _console(expressions: Sequence[str], files: Mapping[str, str]) -> list[object] | ConsoleError:
    members = ",\n".join(f"jsonencode(\n{each}\n)" for each in expressions)
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), {**files, "oracle.tf": f"locals {{\n  answers = [\n{members}\n]\n}}\n"})
        done = _terraform(["console", "-no-color"], Path(folder), b"base64encode(jsonencode(local.answers))\n")
    if done.returncode or not done.stdout.startswith(b'"'):
        return ConsoleError((done.stderr or done.stdout).decode("utf-8", "replace"))
    texts = json.loads(base64.b64decode(done.stdout.strip().strip(b'"')))
    return [json.loads(each, parse_float=_number) for each in texts]


def _number(text: str) -> int | Fraction:
    number = Fraction(text)
    return number.numerator if number.denominator == 1 else number


def _write(folder: Path, files: Mapping[str, str] | Mapping[str, str | bytes]) -> None:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)


def _terraform(arguments: Sequence[str], folder: Path, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    with tempfile.NamedTemporaryFile(suffix=".tfrc") as no_configuration:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
        environment = {**kept, "CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": no_configuration.name}
        return subprocess.run(
            [require_terraform(), *arguments],
            cwd=folder,
            input=data,
            env=environment,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
