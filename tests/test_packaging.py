"""What is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import msgspec
import pytest

import vpce_lint

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout by its build backend, which needs no network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    """The paths in the wheel."""
    return set(zipfile.ZipFile(wheel).namelist())


def test_version_is_the_package_s_own(wheel: Path) -> None:
    """The version is written once."""
    assert wheel.name == f"vpce_lint-{vpce_lint.__version__}-py3-none-any.whl"


def test_rules_are_inside_the_package(contents: set[str]) -> None:
    """Every rule of the checkout ships, inside the package."""
    rules = {f"vpce_lint/{file.relative_to(ROOT).as_posix()}" for file in (ROOT / "rules").glob("*/*.py")}
    assert rules
    assert rules <= contents


def test_package_is_whole(contents: set[str]) -> None:
    """Every module and data file of the package ships: nothing works only in a checkout."""
    package = ROOT / "vpce_lint"
    files = {
        file.relative_to(ROOT).as_posix() for file in package.rglob("*") if file.is_file() and file.suffix != ".pyc"
    }
    assert {"vpce_lint/py.typed", "vpce_lint/report.schema.json"} <= files
    assert files <= contents


def test_nothing_else_is_installed(contents: set[str]) -> None:
    """No top-level rules, tests or fixtures, and nothing compiled."""
    assert {path.split("/")[0] for path in contents} == {"vpce_lint", f"vpce_lint-{vpce_lint.__version__}.dist-info"}
    assert not [path for path in contents if "__pycache__" in path]


def test_licence_ships(contents: set[str]) -> None:
    """The licence is in the wheel."""
    assert f"vpce_lint-{vpce_lint.__version__}.dist-info/licenses/LICENSE" in contents


def test_installed_wheel_finds_its_rules(wheel: Path, tmp_path: Path) -> None:
    """Installed, with no checkout around, the command is there and knows the built-in rules."""
    venv.create(tmp_path / "env", with_pip=False, symlinks=os.name != "nt")
    [site] = (tmp_path / "env").glob("lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(site)
    shutil.copytree(Path(msgspec.__file__).parent, site / "msgspec")  # all that this command needs
    python = tmp_path / "env" / "bin" / "python"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-m", "vpce_lint", "rules"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert {"VPCE001", "VPCE003", "VPCE004", "VPCE005"} <= set(re.findall(r"^VPCE\d+", done.stdout, re.MULTILINE))


@pytest.mark.parametrize(
    ("path", "matches"),
    [
        ("main.tf", True),
        ("a/b.tofu", True),
        ("main.tf.json", True),
        ("prod.tfvars", True),
        ("prod.auto.tfvars.json", True),
        ("stacks/network.yml", True),
        ("Stack.template.json", True),
        ("vpc.template", True),
        ("policies/endpoint.json.tftpl", True),
        (".vpce-lint.toml", True),
        ("infra/pyproject.toml", True),
        ("old-pyproject.toml", False),
        ("package.toml", False),
        ("main.tf.bak", False),
        ("README.md", False),
    ],
)
def test_pre_commit_hook_gets_the_files_that_matter(path: str, matches: bool) -> None:  # noqa: FBT001
    """The hook runs for Terraform's files, what those read, configurations, and all that may be templates."""
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    pattern = re.search(r"^  files: (.*)$", hooks, re.MULTILINE)
    assert pattern is not None
    assert matches is bool(re.search(pattern[1], path))
