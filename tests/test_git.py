"""Git is asked about repositories that may be hostile: nothing of theirs is run, and what can't be told is said."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from repository import commit, git
from worktree import VPC, endpoint, grow, run

from vpce_lint.change import change_since
from vpce_lint.git import GitError, Repository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with one commit, apart from whatever else lies in the test's folder."""
    top = tmp_path / "repository"
    grow(top, {"main.tf": VPC, "other.tf": "", ".gitignore": "*.auto.tfvars\n"})
    commit(top)
    return top


def traps(folder: Path, marker: Path) -> dict[str, str]:
    """Configuration of a repository by which git would run a program that leaves a mark."""
    program = folder.parent / "trap"
    program.write_text(f"#!/bin/sh\necho run >> '{marker}'\ncat\n")
    program.chmod(0o755)
    for hook in ("post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction"):
        (folder / ".git/hooks").mkdir(exist_ok=True)
        (folder / f".git/hooks/{hook}").write_text(program.read_text())
        (folder / f".git/hooks/{hook}").chmod(0o755)
    path = str(program)
    drivers = ("plain", "with.dots", "a=b", "Ünï", "with blank")
    return {
        "core.fsmonitor": path,
        "core.hooksPath": str(folder / ".git/hooks"),
        "core.pager": path,
        "core.sshCommand": path,
        "core.editor": path,
        "core.alternateRefsCommand": path,
        "core.gitProxy": path,
        "pager.diff-index": path,
        "diff.external": path,
        "diff.trap.textconv": path,
        "diff.trap.command": path,
        "alias.diff-index": f"!{path}",
        "alias.ls-files": f"!{path}",
        "credential.helper": f"!{path}",
        "gpg.program": path,
        **{f"filter.{name}.{each}": path for name in drivers for each in ("clean", "smudge", "process")},
        **{f"filter.{name}.required": "true" for name in drivers},
    }


def spring(folder: Path) -> None:
    """Give git every occasion: files whose time is that of the index, changed ones, new ones."""
    attributes = ["*.tf filter=plain diff=trap", "other.tf filter=with.dots", "racy.tf filter=a=b"]
    attributes += ["more.tf filter=Ünï", "* text=auto ident"]
    grow(folder, {".gitattributes": "\n".join(attributes) + "\n", ".git/info/attributes": "* filter=plain diff=trap\n"})
    grow(folder, {"main.tf": VPC + endpoint(), "racy.tf": "# new\n", "other.tf": "# as long\n"})


def test_nothing_of_the_repository_is_run(folder: Path, tmp_path: Path) -> None:
    """Filters, monitors, hooks, text converters and aliases stay silent, and the change is told all the same."""
    marker = tmp_path / "marker"
    for name, value in traps(folder, marker).items():
        git(folder, "config", name, value)
    spring(folder)
    outcome = run(folder, diff="HEAD")
    assert outcome.fails
    assert not marker.exists(), marker.read_text()


def test_the_traps_would_spring(folder: Path, tmp_path: Path) -> None:
    """Git itself, asked without care, runs what the repository configures: the test above can fail."""
    marker = tmp_path / "marker"
    for name, value in traps(folder, marker).items():
        git(folder, "config", name, value)
    spring(folder)
    subprocess.run(["git", "-C", str(folder), "status"], capture_output=True, check=False, timeout=60)
    assert marker.exists()


def test_configuration_that_is_included_is_no_way_in(folder: Path, tmp_path: Path) -> None:
    """What a repository's configuration takes from other files counts no more than what it says itself."""
    marker = tmp_path / "marker"
    lines = []
    for name, value in traps(folder, marker).items():
        section, _, key = name.rpartition(".")
        head, dot, rest = section.partition(".")
        lines += [f'[{head} "{rest}"]' if dot else f"[{head}]", f'\t{key} = "{value}"']
    (folder / ".git/more").write_text("\n".join(lines))
    git(folder, "config", "include.path", "more")
    spring(folder)
    assert run(folder, diff="HEAD").fails
    assert not marker.exists()


def test_nothing_is_fetched(folder: Path, tmp_path: Path) -> None:
    """A clone that lacks an object says so; it isn't asked of anybody, by whatever program."""
    marker = tmp_path / "marker"
    grow(folder, {"big.tf": "# old\n"})
    first = commit(folder)
    git(folder, "rm", "--quiet", "big.tf")
    commit(folder)
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{folder}", str(clone))
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\necho run >> '{marker}'\nexec git-upload-pack \"$@\"\n")
    program.chmod(0o755)
    git(clone, "config", "remote.origin.uploadpack", str(program))
    git(clone, "config", "protocol.file.allow", "always")
    with pytest.raises(GitError, match="is not in this clone: fetch it"):
        change_since(first, str(clone))
    assert not marker.exists()


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("nowhere", "there is no revision nowhere in the repository"),
        ("--output=x", "'--output=x' is no revision"),
        ("", "'' is no revision"),
        ("...", r"'\.\.\.' is no revision"),
        ("main\n", "is no revision"),
        ("main\0", "is no revision"),
        ("main..HEAD", "name one revision instead of main..HEAD"),
        ("HEAD:main.tf", "there is no revision HEAD:main.tf"),
    ],
)
def test_revisions_that_are_none(folder: Path, revision: str, words: str) -> None:
    """What isn't one commit is refused in words, and never taken for an option."""
    with pytest.raises(GitError, match=words):
        Repository(str(folder)).merge_base(revision)


@pytest.mark.parametrize("revision", ["main", "main...", "main...HEAD", "HEAD", "HEAD^{commit}"])
def test_forms_of_a_revision(folder: Path, revision: str) -> None:
    """All forms that git's users write for where a branch begins mean that."""
    base = git(folder, "rev-parse", "main")
    assert Repository(str(folder)).merge_base(revision) == base


def test_shallow_clone_without_the_merge_base(folder: Path, tmp_path: Path) -> None:
    """A clone that is cut off before the branch began says how to get the rest."""
    git(folder, "checkout", "--quiet", "-b", "topic")
    for name in ("a.tf", "b.tf"):
        grow(folder, {name: ""})
        commit(folder)
    git(folder, "checkout", "--quiet", "main")
    grow(folder, {"c.tf": ""})
    commit(folder)
    clone = tmp_path / "clone"
    git(
        tmp_path,
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        "--branch=topic",
        f"file://{folder}",
        str(clone),
    )
    with pytest.raises(GitError, match=r"no commit in common: this clone is shallow.*fetch-depth: 0"):
        Repository(str(clone)).merge_base("origin/main")


def test_repository_without_commits(tmp_path: Path) -> None:
    """Before the first commit there is nothing to compare with."""
    git(tmp_path, "init", "--quiet")
    with pytest.raises(GitError, match=r"there is no commit yet|there is no revision main"):
        Repository(str(tmp_path)).merge_base("main")


def test_repository_of_somebody_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's refusal is passed on with the command that lifts it, and not worked around."""
    original = subprocess.run

    def distrusting(command: list[str], **more: object) -> object:
        environment = {**more.pop("env"), "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}  # type: ignore[dict-item]
        return original(command, env=environment, **more)  # type: ignore[call-overload]

    monkeypatch.setattr("vpce_lint.git.subprocess.run", distrusting)
    with pytest.raises(GitError, match=r"git config --global --add safe\.directory"):
        Repository(str(folder))


def test_folder_that_only_looks_like_a_repository(tmp_path: Path) -> None:
    """The repository around one that is broken isn't taken in its place."""
    grow(tmp_path, {"main.tf": ""})
    commit(tmp_path)
    grow(tmp_path, {"inner/.git/nothing": "", "inner/main.tf": ""})
    with pytest.raises(GitError, match=r"git rev-parse failed in .*inner"):
        Repository(str(tmp_path / "inner"))


def test_a_callers_git_variables_do_not_count(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a hook, git's variables may name another repository."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere/index"))
    assert Repository(str(folder)).merge_base("HEAD")
