"""A change on its way: what is there is agreed upon, what is new is refused, what is explained gets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from repository import commit
from worktree import VPC, endpoint, grow

from vpce_lint.cli import main

if TYPE_CHECKING:
    from pathlib import Path

PASSES, FAILS = 0, 1
NEW = endpoint("new")
EXPLAINED = endpoint("new", above="# vpce-lint: ignore[VPCE005] the vendor's appliance, reviewed in March")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one root that has a violation, another one, and a module for both, all committed."""
    call = 'module "shared" {\n  source = "../../modules/shared"\n}\n'
    grow(
        tmp_path,
        {
            "envs/dev/main.tf": VPC + endpoint("old") + call,
            "envs/prod/main.tf": VPC + call,
            "modules/shared/main.tf": VPC,
            ".vpce-lint.toml": "require_reason = true\n",
        },
    )
    monkeypatch.chdir(tmp_path)
    commit(tmp_path)
    return tmp_path


def test_round_trip(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Baseline, change, ``--diff``, and a suppression with a reason, each step by the command line."""
    assert main([]) == FAILS
    assert main(["--write-baseline", "known.json"]) == PASSES
    grow(project, {".vpce-lint.toml": 'require_reason = true\nbaseline = "known.json"\n'})
    commit(project)
    capsys.readouterr()

    assert main([]) == PASSES
    assert main(["--diff", "HEAD"]) == PASSES
    assert "0 of 2 roots" in capsys.readouterr().out

    grow(project, {"envs/dev/more.tf": NEW})
    assert main(["--diff", "HEAD"]) == FAILS
    out = capsys.readouterr().out
    assert "aws_vpc_endpoint.new" in out
    assert "aws_vpc_endpoint.old" not in out
    assert "1 of 2 roots" in out

    grow(project, {"envs/dev/more.tf": EXPLAINED.partition(" the vendor")[0] + EXPLAINED.partition("March")[2]})
    assert main(["--diff", "HEAD"]) == FAILS
    grow(project, {"envs/dev/more.tf": EXPLAINED})
    assert main(["--diff", "HEAD"]) == PASSES
    assert main([]) == PASSES
    capsys.readouterr()

    commit(project)
    assert main(["--diff", "HEAD"]) == PASSES
    assert main(["--diff", "HEAD~1"]) == PASSES
    assert "1 of 2 roots" in capsys.readouterr().out


def test_module_that_both_roots_call(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A violation in a shared module is refused for both of its callers and fixed in one place."""
    grow(project, {"modules/shared/more.tf": NEW})
    assert main(["--diff", "HEAD"]) == FAILS
    out = capsys.readouterr().out
    assert "2 of 2 roots" in out
    assert out.count("called by module.shared") == 2
    grow(project, {"modules/shared/more.tf": ""})
    assert main(["--diff", "HEAD"]) == PASSES
