"""The files for GitLab and containers in ``docs/ci``."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "ci"
JOB: dict[str, Any] = yaml.safe_load((FOLDER / "gitlab.yml").read_text(encoding="utf-8"))["vpce-lint"]
CODE = 'resource "aws_vpc_endpoint" "s3" {\n  service_name = "com.amazonaws.eu-west-1.s3"\n}\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with one violation."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "main.tf").write_text(CODE, "utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def run_job(repository: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The job's script lines in one shell that ends at the first failure, with a pip that writes down its arguments."""
    programs = repository.parent / "bin"
    programs.mkdir()
    tool = f'PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m vpce_lint "$@"'
    for name, command in (("pip", "printf '%s\\n' \"$@\" >../pip"), ("vpce-lint", tool)):
        (programs / name).write_text(f"#!/bin/sh\n{command}\n", "utf-8")
        (programs / name).chmod(0o755)
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", "\n".join([*JOB["before_script"], *JOB["script"]])],
        cwd=repository,
        env={"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", **JOB["variables"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_gitlab_job_writes_its_artifacts(repository: Path) -> None:
    """The job fails where something is violated, and leaves the reports that it names, in their formats."""
    done = run_job(repository, VPCE_LINT="git+https://example.org/a b.git@v1")
    assert (done.returncode, done.stderr) == (1, "")
    assert "1 violated" in done.stdout
    installed = (repository.parent / "pip").read_text(encoding="utf-8").splitlines()
    assert installed[-1] == "git+https://example.org/a b.git@v1"
    reports = JOB["artifacts"]["reports"]
    [issue] = json.loads((repository / reports["codequality"]).read_bytes())
    assert issue["check_name"] == "VPCE005 unrestricted-endpoint-policy"
    assert ET.parse(repository / reports["junit"]).getroot().tag == "testsuites"  # noqa: S314 (our own output)
    assert set(JOB["artifacts"]["paths"]) == set(reports.values())
    assert JOB["artifacts"]["when"] == "always"


def test_gitlab_job_asks_what_to_install(repository: Path) -> None:
    """Without the variable nothing is installed, and the log says what is missing."""
    done = run_job(repository)
    assert done.returncode != 0
    assert "VPCE_LINT: must say what to install" in done.stderr
    assert not (repository.parent / "pip").exists()


def instructions() -> list[tuple[str, str]]:
    """The lines of the container file: the instruction, and what stands behind it."""
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    parts = [line.partition(" ") for line in text.splitlines()]
    return [(word, rest.strip()) for word, _, rest in parts if word.isupper()]


def test_container_copies_what_the_wheel_needs(tmp_path: Path) -> None:
    """The wheel is built from what the first stage copies, and is the same as from the whole checkout."""
    source = tmp_path / "source"
    source.mkdir()
    for word, rest in instructions():
        if word == "COPY":
            *names, target = rest.split()
            for name in names:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, source / target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / name, source / target)
    contents = []
    for folder in (source, ROOT):
        wheels = tmp_path / folder.name / "wheels"
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        [wheel] = wheels.glob("*.whl")
        contents.append({item.filename: item.CRC for item in zipfile.ZipFile(wheel).infolist()})
    assert contents[0] == contents[1]


def test_container_has_no_rights() -> None:
    """What runs in the end is the tool, as a numbered user who isn't root; both stages are of the same small image."""
    lines = instructions()
    assert [rest.partition(" ")[0] for word, rest in lines if word == "FROM"] == ["python:3.13-slim"] * 2
    users = [rest for word, rest in lines if word == "USER"]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", users[-1])
    assert lines[-1] == ("ENTRYPOINT", '["vpce-lint"]')
    assert all("--no-cache-dir" in rest for word, rest in lines if word == "RUN")
