"""The checkov that the tests drive, in an environment of its own: it pins packages that other tests need newer.

``VPCE_LINT_CHECKOV_PYTHON`` names that environment's interpreter; it needs the project's dependencies, not the project.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from vpce_lint.integrations.checkov_address import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "vpce_lint" / "integrations" / "checkov"
VARIABLE = "VPCE_LINT_CHECKOV_PYTHON"
SECONDS = 900

# Scans what the lines of its input name, as [framework, path] each, by checkov's own runners; prints a line for each.
CHILD = """
import importlib, json, os, sys
from checkov.runner_filter import RunnerFilter

MODULES = {"terraform": "terraform.runner", "terraform_plan": "terraform.plan_runner", "cloudformation": "cloudformation.runner"}
only = sys.argv[2:]

def rows(records):
    return [[each.check_id, each.resource, each.file_path] for each in records]

def unknown(runner):
    graphs = [each[0] for each in getattr(runner, "all_graphs", ())] or [runner.graph_manager.get_reader_endpoint()]
    for graph in graphs:
        for check in runner.graph_registry.checks:
            if hasattr(check, "grade"):
                for entity in check.run(graph)[2]:
                    yield [check.id, entity.get("__address__") or entity["id_"], os.path.abspath(entity["file_path_"])]

for line in sys.stdin:
    framework, path = json.loads(line)
    runner = importlib.import_module("checkov." + MODULES[framework]).Runner()
    plugin = [sys.argv[1]] if sys.argv[1] else None
    report = runner.run(root_folder=path, external_checks_dir=plugin, runner_filter=RunnerFilter(checks=only, show_progress_bar=False))
    print(json.dumps({
        "failed": rows(report.failed_checks), "passed": rows(report.passed_checks),
        "unknown": list(unknown(runner)) if plugin and runner.definitions else [],
    }), flush=True)
"""


def interpreter() -> str:
    """The interpreter of the environment with checkov; the test is skipped without, and fails where nothing may be."""
    found = os.environ.get(VARIABLE)
    if not found:
        message = f"{VARIABLE} does not name the interpreter of an environment with checkov"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def environment(**more: str) -> dict[str, str]:
    """The variables for checkov: our checkout is imported, and nothing is asked of the network."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CHECKOV", "CKV", "BC_", "PYTHON"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), "BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "ERROR", **more}


@dataclass(frozen=True)
class Scan:
    """What a runner said about ``failed``, ``passed`` and ``unknown``: check, resource and file."""

    rows: dict[str, list[list[str]]]


def scan_each(jobs: Sequence[tuple[str, str]], *only: str, plugin: bool = True) -> list[Scan]:
    """One process of checkov's runners over many pairs of a framework and a folder."""
    done = subprocess.run(
        [interpreter(), "-c", CHILD, str(PLUGIN) if plugin else "", *only],
        input="".join(f"{json.dumps(job)}\n" for job in jobs),
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(found) == len(jobs), done.stderr
    return [Scan(each) for each in found]


def block(resource: str) -> str:
    """A resource as both sides can name it: no instance keys, of a template the logical id."""
    return resource.rpartition(".")[2] if resource.startswith("AWS::") else folded(resource)


@dataclass(frozen=True)
class Done:
    """A run of the command: its exit code, what it printed, and the reports by framework where that is JSON."""

    code: int
    out: str
    err: str

    @property
    def reports(self) -> dict[str, dict[str, Any]]:
        """The results by framework."""
        printed = json.loads(self.out)
        several = printed if isinstance(printed, list) else [printed]
        return {each["check_type"]: each["results"] for each in several if "results" in each}

    def records(self, kind: str, framework: str = "terraform") -> list[dict[str, Any]]:
        """Our records of ``failed``, ``passed`` or ``skipped`` checks."""
        found = self.reports.get(framework, {}).get(f"{kind}_checks", [])
        return [each for each in found if each["check_id"].startswith("VPCE")]

    def ids(self, kind: str, framework: str = "terraform") -> set[tuple[str, str]]:
        """Their checks and resources."""
        return {(each["check_id"], each["resource"]) for each in self.records(kind, framework)}


def checkov(folder: Path, *arguments: str, plugin: Path | None = PLUGIN, **variables: str) -> Done:
    """Run the command in a folder with the plugin; ``-o json`` unless another format is asked for."""
    command = [interpreter(), "-m", "checkov.main", *arguments, "--compact"]
    command += ["--external-checks-dir", str(plugin)] if plugin else []
    command += [] if "-o" in arguments else ["-o", "json"]
    done = subprocess.run(
        command, cwd=folder, env=environment(**variables), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)
