"""A hook that is felt gets removed: what a small run may load is written down, and anything more is noticed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LISTS = Path(__file__).parent / "start_up"

CODE = """\
import json, sys
before = set(sys.modules)
from vpce_lint.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""

HEAVY = {
    "asyncio",
    "concurrent",
    "ctypes",
    "difflib",
    "email",
    "http",
    "multiprocessing",
    "random",
    "secrets",
    "shutil",
    "socketserver",
    "subprocess",
    "tempfile",
    "threading",
    "tomllib",
    "unittest",
    "xml",
}
"""Of the standard library; what Python's own parts and the packages that are needed load isn't ours to choose."""

VPC = """\
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that a run loads, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "VPCE_LINT_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(("name", "arguments"), [("version", ["--version"]), ("terraform", ["."])])
def test_a_small_run_loads_no_more_than_is_listed(tmp_path: Path, name: str, arguments: list[str]) -> None:
    """``--version``, and a root module of one file: whoever adds a module to the list has to want that."""
    (tmp_path / "main.tf").write_text(VPC, encoding="utf-8")
    allowed = set((LISTS / f"{name}.txt").read_text(encoding="utf-8").split())
    found = loaded(tmp_path, *arguments)
    ours = {module for module in found if module.split(".")[0] == "vpce_lint"}
    assert ours <= allowed
    assert {module.split(".")[0] for module in found} & HEAVY == set()
    packages = {module.split(".")[0] for module in found} - sys.stdlib_module_names - {"vpce_lint"}
    known = {"msgspec", "tree_sitter", "tree_sitter_hcl", "typing_extensions", "org"}
    assert {package for package in packages if not package.startswith(("_", "vpce_lint_rule_"))} <= known


def test_the_lists_hold_nothing_that_is_gone(tmp_path: Path) -> None:
    """What a list allows is loaded, or the list would let it come back unseen."""
    (tmp_path / "main.tf").write_text(VPC, encoding="utf-8")
    for name, arguments in (("version", ["--version"]), ("terraform", ["."])):
        assert set((LISTS / f"{name}.txt").read_text(encoding="utf-8").split()) <= loaded(tmp_path, *arguments)
