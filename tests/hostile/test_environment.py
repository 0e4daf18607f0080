"""What stands around a scan: variables of the environment, the folder of the cache, a program of git's name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from repository import commit
from worktree import VPC, endpoint, grow, run

from vpce_lint import sweep
from vpce_lint.cache import Cache
from vpce_lint.git import GitError

if TYPE_CHECKING:
    from pathlib import Path

OPEN = 'variable "service" {}\nvariable "region" {}\nprovider "aws" {\n  region = var.region\n}\n'
OPEN += 'resource "aws_vpc_endpoint" "o" {\n  vpc_id = "v"\n  service_name = var.service\n  count = terraform.workspace == "x" ? 1 : 0\n}\n'
TEMPLATE = 'Parameters: {S: {Type: String}}\nResources: {E: {Type: "AWS::EC2::VPCEndpoint", Properties: {VpcId: !Ref "AWS::Region", ServiceName: !Ref S}}}\n'


def test_variables_of_terraform_and_aws_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two machines give one answer: no variable that steers Terraform or the AWS tools decides anything."""
    grow(tmp_path, {"main.tf": VPC + endpoint() + OPEN, "t.yaml": TEMPLATE})
    before = run(tmp_path).report
    for name, value in {
        "TF_VAR_service": "com.amazonaws.eu-west-1.s3",
        "TF_VAR_region": "eu-west-1",
        "TF_WORKSPACE": "x",
        "TF_CLI_ARGS": "-var=service=com.amazonaws.eu-west-1.s3",
        "TF_DATA_DIR": str(tmp_path),
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_PROFILE": "x",
    }.items():
        monkeypatch.setenv(name, value)
    assert run(tmp_path).report == before


@pytest.mark.parametrize("way", ["inside", "link inside", "link outside"])
def test_results_in_the_tree_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """A cache folder that the scanned repository holds, or leads to, is neither read nor written."""
    monkeypatch.setattr(sweep, "WORTH_KEEPING", 0)
    tree = tmp_path / "r"
    grow(tree, {".git/HEAD": "", "code/main.tf": VPC + endpoint(), "kept/.keep": ""})
    (tmp_path / "far").mkdir(mode=0o700)
    (tmp_path / "r/kept").chmod(0o700)
    (tree / "to-far").symlink_to(tmp_path / "far")
    (tmp_path / "to-kept").symlink_to(tree)
    folder = {"inside": tree / "kept", "link inside": tree / "to-far/x", "link outside": tmp_path / "to-kept/kept"}[way]
    assert run(tree / "code", cache=Cache(folder)).fails
    assert [each.name for each in (*(tree / "kept").iterdir(), *(tmp_path / "far").iterdir())] == [".keep"]
    assert run(tree / "code", cache=Cache(tmp_path / "own")).fails
    assert list((tmp_path / "own").iterdir())


def test_git_of_the_working_directory_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the search path has the working directory in it, as it always has on Windows, a stranger's git stays a file."""
    grow(tmp_path, {"main.tf": VPC, "git": f"#!/bin/sh\necho run > '{tmp_path}/marker'\n"})
    commit(tmp_path)
    (tmp_path / "git").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join([".", os.environ["PATH"]]))
    with pytest.raises(GitError, match="which the working directory holds"):
        run(tmp_path, diff="HEAD")
    assert not (tmp_path / "marker").exists()
