"""The hooks in real pre-commit, and other tools' hooks with our plugin, as the documentation has them.

pre-commit makes an environment for each, from the package index; each is made once.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from worktree import grow

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/pre-commit.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SECONDS = 600

MODULE = """\
variable "vpc" {}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = var.vpc
  service_name = "com.amazonaws.eu-west-1.s3"
  policy       = file("${path.module}/policy.json")
}
"""
CALLER = """\
resource "aws_vpc" "main" {}
module "endpoint" {
  source = "../../modules/endpoint"
  vpc    = aws_vpc.main.id
}
"""
POLICY = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"%s}]}\n'
CLOSED = (
    POLICY
    % ', "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}}'
)
OPEN = POLICY % ""
IGNORED = "  # vpce-lint: ignore[VPCE005] opened for the migration until spring\n"
TEMPLATE = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: !Sub "com.amazonaws.${AWS::Region}.s3"POLICY}
"""


STACK = """\
resource "aws_vpc" "main" {}
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
  policy       = <<-E
POLICYE
}
"""


@dataclass(frozen=True)
class Recipe:
    """Another tool's hook: the example with its name, code that passes, code that doesn't, and our id for that."""

    tool: str
    file: str
    good: str
    bad: str
    id: str


RECIPES = [
    Recipe(
        "cfn-lint",
        "stacks/network.yaml",
        TEMPLATE.replace("POLICY", f", PolicyDocument: {CLOSED.strip()}"),
        TEMPLATE.replace("POLICY", ""),
        "WVPCE005",
    ),
    Recipe(
        "checkov",
        "stacks/main.tf",
        STACK.replace("POLICY", CLOSED),
        STACK.replace("POLICY", OPEN),
        "VPCE005",
    ),
]


@dataclass(frozen=True)
class Repository:
    """A git repository with hooks."""

    folder: Path
    home: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in it, with settings of its own for git and pre-commit."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment.pop("PYTHONPATH", None)
        environment |= {
            "PRE_COMMIT_HOME": str(self.home),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.com",
        }
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )

    def begin(self, hooks: str, files: dict[str, str]) -> None:
        """Make it, with these hooks, and with a first commit that they don't see."""
        grow(self.folder, {".pre-commit-config.yaml": hooks, **files})
        for command in ("git init --quiet", "git add --all", "git commit --quiet --message begin"):
            assert self.run(*command.split()).returncode == 0
        assert self.run(sys.executable, "-m", "pre_commit", "install").returncode == 0

    def commit(self, files: dict[str, str]) -> tuple[bool, str]:
        """Whether the hooks let a commit of these files through, and what they print."""
        grow(self.folder, files)
        assert self.run("git", "add", "--all").returncode == 0
        done = self.run("git", "commit", "--message", "a change")
        return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments that it makes."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, home: Path) -> tuple[str, str]:
    """The working tree as a repository that others get hooks from: its address and its commit."""
    folder = tmp_path_factory.mktemp("published")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    repository = Repository(folder, home)
    for command in ("git init --quiet", "git add --all", "git commit --quiet --message all"):
        assert repository.run(*command.split()).returncode == 0
    return folder.as_uri(), repository.run("git", "rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, home: Path, published: tuple[str, str]) -> Repository:
    """A repository with the hook of the documentation's first example: a module, and one that calls it."""
    address, commit = published
    hooks = EXAMPLES[0].replace("<the address of this repository>", address).replace("<a tag or commit>", commit)
    made = Repository(tmp_path, home)
    made.begin(
        hooks,
        {"modules/endpoint/main.tf": MODULE, "modules/endpoint/policy.json": CLOSED, "live/prod/main.tf": CALLER},
    )
    return made


def test_a_commit_that_opens_an_endpoint_is_refused(repository: Repository) -> None:
    """The hook judges what the changed file has a say in: here a root module that calls the one that reads it."""
    passed, printed = repository.commit({"modules/endpoint/policy.json": OPEN})
    assert not passed
    assert "VPCE005" in printed
    assert "called by module.endpoint" in printed
    passed, printed = repository.commit(
        {"modules/endpoint/main.tf": MODULE.replace("  policy ", f"{IGNORED}  policy ")}
    )
    assert passed, printed
    passed, printed = repository.commit({"notes.md": "nothing", "app/main.py": ""})
    assert passed
    assert re.search(r"vpce-lint\.+\(no files to check\)Skipped", printed)


def test_the_whole_repository(repository: Repository) -> None:
    """The other hook judges all there is on every commit, whatever that changes."""
    hooks = (repository.folder / ".pre-commit-config.yaml").read_text("utf-8")
    passed, printed = repository.commit(
        {"live/prod/other.tf": MODULE.replace('file("${path.module}/policy.json")', "null")}
    )
    assert not passed
    assert repository.run("git", "commit", "--no-verify", "--message", "by force").returncode == 0
    passed, printed = repository.commit({"notes.md": "nothing"})
    assert passed
    passed, printed = repository.commit(
        {".pre-commit-config.yaml": hooks.replace("id: vpce-lint", "id: vpce-lint-all")}
    )
    assert not passed
    assert "live/prod/other.tf:" in printed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.tool)
def test_recipes(tmp_path: Path, home: Path, wheel: Path, recipe: Recipe) -> None:
    """The hook of another tool finds our plugin in its environment, and refuses what we find."""
    [example] = [each for each in EXAMPLES if f"id: {recipe.tool}\n" in each]
    repository = Repository(tmp_path, home)
    repository.begin(example.replace("<where the wheel is>", wheel.as_uri()), {})
    passed, printed = repository.commit({recipe.file: recipe.good})
    assert passed, printed
    assert f"{recipe.tool}{'.' * 5}" in printed
    assert "Skipped" not in printed
    passed, printed = repository.commit({recipe.file: recipe.bad})
    assert not passed
    assert recipe.id in printed
