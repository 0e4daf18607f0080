"""``action.yml``: its scripts, run as the runner of GitHub Actions runs them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from vpce_lint.arguments import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
INSTALL, RUN = STEPS
CODE = """\
resource "aws_vpc_endpoint" "s3" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}
"""


@dataclass(frozen=True)
class Step:
    """What a step left behind."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one violation, as the runner has checked it out."""
    folder = tmp_path / "repository"
    (folder / "infra").mkdir(parents=True)
    (folder / "infra" / "main.tf").write_text(CODE, "utf-8")
    return folder


def run(step: Mapping[str, Any], repository: Path, more: Mapping[str, str] | None = None, **inputs: str) -> Step:
    """A step's script in a file, with the shell and the variables that the runner gives it."""
    temporary = repository.parent / "runner"
    temporary.mkdir(exist_ok=True)
    given = {name: each["default"] for name, each in ACTION["inputs"].items()} | inputs
    files = {name: temporary / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("", "utf-8")
    script = temporary / "script.sh"
    script.write_text(step["run"], "utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(temporary),
        "RUNNER_TEMP": str(temporary),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_WORKSPACE": str(repository),
        **{name: str(file) for name, file in files.items()},
        **{name: given[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) }}", text)[1]] for name, text in step["env"].items()},
        **(more or {}),
    }
    assert step["shell"] == "bash"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    written = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
    return Step(
        done.returncode,
        done.stdout + done.stderr,
        dict(line.split("=", 1) for line in written),
        files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
    )


@pytest.fixture
def installed(repository: Path) -> None:
    """The tool where the first step puts it."""
    put_tool(repository, f'PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m vpce_lint "$@"')


def put_tool(repository: Path, command: str) -> None:
    """A command of the shell in the tool's place."""
    program = repository.parent / "runner" / "vpce-lint" / "bin" / "vpce-lint"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{command}\n", "utf-8")
    program.chmod(0o755)


def test_structure() -> None:
    """It is a composite action, in which each name that is used is declared."""
    assert ACTION["runs"]["using"] == "composite"
    assert {key for key in ACTION if key not in {"name", "description", "branding"}} == {"inputs", "outputs", "runs"}
    assert all(set(each) == {"description", "default"} for each in ACTION["inputs"].values())
    assert all(isinstance(each["default"], str) for each in ACTION["inputs"].values())
    identities = {step["id"] for step in STEPS if "id" in step}
    for output in ACTION["outputs"].values():
        [(step, name)] = re.findall(r"^\$\{\{ steps\.([a-z]+)\.outputs\.([a-z-]+) }}$", output["value"])
        assert step in identities
        assert f"{name}=" in RUN["run"]


def test_every_input_is_used() -> None:
    """Each input reaches a script, by a variable that the script reads."""
    passed = {text: name for step in STEPS for name, text in step["env"].items()}
    assert set(passed) == {f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]}
    assert all(f"${name}" in step["run"] or f"${{{name}" in step["run"] for step in STEPS for name in step["env"])


def test_no_input_is_a_part_of_a_script() -> None:
    """GitHub replaces expressions in a script's text before the shell reads it: there are none."""
    assert not [step for step in STEPS if "${{" in step["run"]]


@pytest.mark.usefixtures("installed")
def test_violation_fails_the_step(repository: Path) -> None:
    """The step ends as the tool does; annotations are in the log, SARIF in the file, the report in the summary."""
    step = run(RUN, repository)
    assert step.code == 1
    assert step.outputs == {"exit-code": "1", "sarif": "vpce-lint.sarif"}
    assert "::error file=infra/main.tf,line=1,col=1,title=VPCE005 " in step.log
    assert step.summary.startswith("<!-- vpce-lint -->\n\n### vpce-lint: 1 violated")
    sarif = json.loads((repository / "vpce-lint.sarif").read_text(encoding="utf-8"))
    assert [result["ruleId"] for result in sarif["runs"][0]["results"]] == ["VPCE005"]


@pytest.mark.usefixtures("installed")
def test_inputs_are_obeyed(repository: Path) -> None:
    """Arguments and paths come one per line, blanks and all; the files can be left out."""
    (repository / "my code").mkdir()
    (repository / "my code" / "main.tf").write_text(CODE, "utf-8")
    arguments = "--select\nVPCE005\n--show=violated\n"
    step = run(RUN, repository, paths="my code\n", args=arguments, format="json", sarif="", summary="false")
    assert [answer["path"] for answer in json.loads(step.log)["answers"]] == ["my code/main.tf"]
    assert step.outputs == {"exit-code": "1"}
    assert step.summary == ""
    assert {path.name for path in repository.iterdir()} == {"infra", "my code"}


@pytest.mark.usefixtures("installed")
def test_success(repository: Path) -> None:
    """Where nothing fails the step succeeds, roots instead of paths among the arguments."""
    step = run(RUN, repository, args="--ignore=VPCE005\n--root=infra")
    assert (step.code, step.outputs["exit-code"]) == (0, "0")


@pytest.mark.usefixtures("installed")
def test_mistake_is_an_error(repository: Path) -> None:
    """What the tool can't do is exit code 2, an annotation, and no file for code scanning."""
    step = run(RUN, repository, args="--strickt")
    assert (step.code, step.outputs) == (2, {"exit-code": "2"})
    assert "there is no option --strickt, did you mean --strict?" in step.log
    assert "::error title=vpce-lint::" in step.log


def test_documented_workflow_fits() -> None:
    """The workflow in the documentation gives inputs that there are, arguments that are understood, and reads outputs."""
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    [block] = [block for block in blocks if "id: lint" in block]
    steps = yaml.safe_load(block)["jobs"]["vpce-lint"]["steps"]
    [used] = [step for step in steps if step.get("id") == "lint"]
    assert set(used["with"]) <= set(ACTION["inputs"])
    assert parse(["check", *used["with"]["args"].splitlines()]).min_severity == "medium"
    assert set(re.findall(r"steps\.lint\.outputs\.([a-z-]+)", block)) <= set(ACTION["outputs"])


HOSTILE = (
    "; touch marker",
    "$(touch marker)",
    "`touch marker`",
    "' ; touch marker ; '",
    '" ; touch marker ; "',
    "x && touch marker",
    "x | tee marker",
    "> marker",
    "a[$(touch marker)]",
    "${IFS}touch${IFS}marker",
)


@pytest.mark.parametrize("name", [name for name in ACTION["inputs"] if name != "python"])
def test_hostile_inputs_run_nothing(name: str, repository: Path) -> None:
    """Whatever stands in an input, no command of it is run, and the tool gets it as one word or not at all."""
    put_tool(repository, """printf '<%s>' "$@"; exit 1""")
    for text in HOSTILE:
        step = run(RUN, repository, **{name: text})
        assert step.code == 1
        assert name == "summary" or f"{text}>" in step.log
        assert not list(repository.parent.rglob("marker"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_python_runs_nothing(text: str, repository: Path) -> None:
    """The name of the Python is one word, which is a program or none."""
    step = run(INSTALL, repository, python=text)
    assert step.code == 2
    assert not list(repository.rglob("marker"))


@pytest.mark.usefixtures("installed")
def test_path_is_never_an_option(repository: Path) -> None:
    """A changed file of a pull request may be named as an option that would run code; it is a path."""
    category = repository / "rules" / "evil"
    category.mkdir(parents=True)
    (category / "evil.py").write_text("from pathlib import Path\n\nPath('marker').touch()\n", "utf-8")
    step = run(RUN, repository, paths="--rules=rules")
    assert step.code == 2
    assert "there is no --rules=rules" in step.log
    assert not (repository / "marker").exists()


@pytest.mark.usefixtures("installed")
def test_name_with_a_line_break_begins_no_output(repository: Path) -> None:
    """An output can't be smuggled in by the name of the file."""
    assert set(run(RUN, repository, sarif="x\nexit-code=0").outputs.items()) == {
        ("exit-code", "1"),
        ("sarif", "xexit-code=0"),
    }


def test_modules_of_the_repository_are_not_run(repository: Path) -> None:
    """The tool is installed from the action's own folder, with no module of the scanned repository in between.

    What is installed runs. No network is needed: this environment lends it what the tool depends on.
    """
    for name in ("venv", "pip", "ensurepip", "hatchling", "sitecustomize", "vpce_lint"):
        (repository / f"{name}.py").write_text("raise SystemExit('the scanned repository was run')\n", "utf-8")
    site = os.pathsep.join(path for path in sys.path if path.endswith("-packages"))
    offline = {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PYTHONPATH": site}
    step = run(INSTALL, repository, offline, python=sys.executable)
    assert (step.code, step.log) == (0, "")
    done = run(RUN, repository, {"PYTHONPATH": site}, paths="infra")
    assert done.outputs["exit-code"] == "1"
    assert "the scanned repository was run" not in done.log


def test_old_python_is_refused(repository: Path) -> None:
    """A Python that is too old is named as the reason before anything is installed."""
    old = repository.parent / "python"
    old.write_text("#!/bin/sh\nexit 1\n", "utf-8")
    old.chmod(0o755)
    step = run(INSTALL, repository, python=str(old))
    assert step.code == 2
    assert step.log.startswith("::error title=vpce-lint::Python 3.11 or newer is needed")
    assert not (repository.parent / "runner" / "vpce-lint").exists()
