"""The command ``checkov`` with the plugin: its options, formats, comments and exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from checkov_process import PLUGIN, ROOT, Done, checkov, environment, interpreter

if TYPE_CHECKING:
    from pathlib import Path

CODE = """\
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_endpoint" "open" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

resource "aws_vpc_endpoint" "skipped" {
  # checkov:skip=VPCE005:agreed with security
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.dynamodb"
}

resource "aws_vpc_endpoint" "ours" {
  # vpce-lint: ignore[VPCE005] a reason of ours
  # checkov:skip=VPCE900:nobody may say this
  # checkov:skip=VPCE902:nor this
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
}

resource "aws_vpc_endpoint" "unclear" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
  policy       = var.policy
}

resource "aws_vpc_endpoint" "closed" {
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.s3"
  policy       = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }] })
}

resource "aws_vpc_endpoint" "keyed" {
  for_each     = toset(["ecr.api"])
  vpc_id       = aws_vpc.main.id
  service_name = "com.amazonaws.eu-west-1.${each.key}"
  subnet_ids   = []
  vpc_endpoint_type = "Interface"
}

variable "policy" {}
"""

TEMPLATE = """\
Resources:
  Open:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: vpc-1, ServiceName: com.amazonaws.eu-west-1.s3}
  Skipped:
    Type: AWS::EC2::VPCEndpoint
    Metadata:
      checkov:
        skip:
          - {id: VPCE005, comment: agreed in the template}
    Properties: {VpcId: vpc-1, ServiceName: com.amazonaws.eu-west-1.dynamodb}
"""

BROKEN = 'resource "aws_vpc_endpoint" "broken" {\n  vpc_id =\n'

pytestmark = pytest.mark.usefixtures("_needed")


@pytest.fixture(scope="module")
def _needed() -> None:
    """Skip everything without checkov."""
    interpreter()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Code, a template and a plan."""
    found = tmp_path_factory.mktemp("code")
    (found / "main.tf").write_text(CODE)
    (found / "broken").mkdir()
    (found / "broken" / "broken.tf").write_text(BROKEN)
    (found / "template.yaml").write_text(TEMPLATE)
    shutil.copy(ROOT / "fixtures/unrestricted-endpoint-policy/fail/plan_no_policy/plan.json", found)
    return found


@pytest.fixture(scope="module")
def everything(folder: Path) -> Done:
    """One run over all frameworks that checkov knows."""
    return checkov(folder, "-d", ".")


def test_what_is_violated_fails(everything: Done) -> None:
    """Violated answers fail with the exit code for that; those of a module or key that checkov can't report too."""
    assert everything.code == 1
    failed = everything.ids("failed")
    assert ("VPCE005", "aws_vpc_endpoint.open") in failed
    assert ("VPCE003", 'aws_vpc_endpoint.keyed["ecr.api"]') in failed
    assert ("VPCE005", "aws_vpc_endpoint.closed") in everything.ids("passed")


def test_frameworks_don_t_mix(everything: Done) -> None:
    """Code, plans and templates of one folder are reported by the framework of each, and nowhere else."""
    assert "aws_vpc_endpoint.open" not in {resource for _, resource in everything.ids("failed", "terraform_plan")}
    assert everything.ids("failed", "terraform_plan")
    assert ("VPCE005", "AWS::EC2::VPCEndpoint.Open") in everything.ids("failed", "cloudformation")
    assert {each for each in everything.reports if everything.records("failed", each)} == {
        "terraform",
        "terraform_plan",
        "cloudformation",
    }


def test_a_comment_for_checkov_is_shown_as_skipped(everything: Done) -> None:
    """Comments and metadata for checkov skip our checks, and the reason is shown."""
    reasons = {
        (each["check_id"], each["resource"]): each["check_result"]["suppress_comment"]
        for framework in ("terraform", "cloudformation")
        for each in everything.records("skipped", framework)
    }
    assert reasons["VPCE005", "aws_vpc_endpoint.skipped"] == "agreed with security"
    assert reasons["VPCE005", "AWS::EC2::VPCEndpoint.Skipped"] == "agreed in the template"


def test_our_own_comment_is_counted(everything: Done) -> None:
    """What a comment for vpce-lint suppresses neither fails nor passes, and standard error counts it."""
    for result in ("failed", "passed", "skipped"):
        assert ("VPCE005", "aws_vpc_endpoint.ours") not in everything.ids(result)
    assert "vpce-lint: 1 violated in terraform, but suppressed" in everything.err


def test_undetermined_is_counted(everything: Done) -> None:
    """What is undetermined neither fails nor passes, and standard error counts it, by framework."""
    for result in ("failed", "passed"):
        assert ("VPCE005", "aws_vpc_endpoint.unclear") not in everything.ids(result)
    [line] = [line for line in everything.err.splitlines() if "undetermined in terraform," in line]
    assert int(line.split()[1]) > 0


def test_an_unread_file_fails(everything: Done) -> None:
    """A file that checkov has no block of fails at its place, whatever a comment elsewhere says."""
    [record] = [each for each in everything.records("failed") if each["check_id"] == "VPCE900"]
    assert (record["file_path"], record["severity"]) == ("/broken/broken.tf", "HIGH")
    assert "VPCE902" not in {rule for rule, _ in everything.ids("skipped")}


def test_a_check_can_be_chosen(folder: Path) -> None:
    """``--check`` runs that rule alone, and says under its id that a file was not read."""
    done = checkov(folder, "-d", ".", "--framework", "terraform", "--check", "VPCE005")
    assert done.code == 1
    assert {rule for rule, _ in done.ids("failed")} == {"VPCE005"}
    assert ("VPCE005", "broken/broken.tf") in done.ids("failed")


def test_checks_can_be_left_out(folder: Path) -> None:
    """``--skip-check`` leaves rules out, ``--skip-path`` files, and ``--soft-fail`` makes the exit code 0."""
    arguments = ("--skip-check", "VPCE005,LOW", "--skip-path", "broken", "--soft-fail")
    done = checkov(folder, "-d", ".", "--framework", "terraform", *arguments)
    assert done.code == 0
    failed = done.records("failed")
    assert {each["check_id"] for each in failed} == {"VPCE003", "VPCE006"}
    assert {each["severity"] for each in failed} <= {"HIGH", "MEDIUM"}


def test_a_baseline_makes_failures_known(folder: Path, tmp_path: Path) -> None:
    """A baseline of checkov's holds our failures, and with it nothing of ours fails; all formats are written."""
    code = tmp_path / "code"
    shutil.copytree(folder, code)
    formats = [word for each in ("cli", "json", "sarif", "junitxml", "github_failed_only") for word in ("-o", each)]
    first = checkov(
        code, "-d", ".", "--framework", "terraform", "--create-baseline", *formats, "--output-file-path", "out"
    )
    assert first.code == 1
    second = checkov(code, "-d", ".", "--framework", "terraform", "--baseline", ".checkov.baseline")
    assert second.ids("failed") == set()
    out = code / "out"
    sarif = json.loads((out / "results_sarif.sarif").read_text())
    results = [each for each in sarif["runs"][0]["results"] if each["ruleId"] == "VPCE005"]
    assert "main.tf" in {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results}
    cases = ET.parse(out / "results_junitxml.xml").iter("testcase")  # noqa: S314 (checkov wrote it)
    assert any("VPCE005" in each.attrib["name"] and each.find("failure") is not None for each in cases)
    assert "VPCE005" in (out / "results_github_failed_only.md").read_text()
    assert "VPCE005" in (out / "results_cli.txt").read_text()


def test_a_named_file_is_all_that_is_reported(folder: Path, tmp_path: Path) -> None:
    """With ``-f``, answers about other files of the same root module are counted and left out."""
    (tmp_path / "main.tf").write_text(CODE)
    (tmp_path / "more.tf").write_text(
        'resource "aws_vpc_endpoint" "more" {\n  vpc_id = "vpc-1"\n  service_name = "com.amazonaws.eu-west-1.s3"\n}\n'
    )
    done = checkov(tmp_path, "-f", "more.tf", "--framework", "terraform")
    assert {resource for _, resource in done.ids("failed")} == {"aws_vpc_endpoint.more"}
    assert "in files that checkov was not asked to scan" in done.err


def test_several_folders(tmp_path: Path) -> None:
    """Each ``-d`` is judged by itself."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(CODE.replace('"open"', f'"open_{name}"'))
    done = checkov(tmp_path, "-d", "one", "-d", "two", "--framework", "terraform", "cloudformation", "-o", "cli")
    assert "aws_vpc_endpoint.open_one" in done.out
    assert "aws_vpc_endpoint.open_two" in done.out


def test_comments_of_the_code_skip_what_a_plan_fails(tmp_path: Path) -> None:
    """With plan enrichment, checkov's comments in the code skip answers about the plan."""
    source = ROOT / "fixtures/unrestricted-endpoint-policy/fail/plan_no_policy/plan.json"
    resource = json.loads(source.read_text())["planned_values"]["root_module"]["resources"]
    name = next(each["name"] for each in resource if each["type"] == "aws_vpc_endpoint")
    shutil.copy(source, tmp_path)
    (tmp_path / "main.tf").write_text(f'resource "aws_vpc_endpoint" "{name}" {{\n  # checkov:skip=VPCE005:agreed\n}}\n')
    done = checkov(tmp_path, "-f", "plan.json", "--repo-root-for-plan-enrichment", ".", "--framework", "terraform_plan")
    assert ("VPCE005", f"aws_vpc_endpoint.{name}") in done.ids("skipped", "terraform_plan")


def test_a_mistake_in_the_configuration_fails(tmp_path: Path) -> None:
    """A configuration that the command line refuses fails as VPCE999, with the reason on standard error."""
    (tmp_path / "main.tf").write_text(CODE)
    (tmp_path / ".vpce-lint.toml").write_text('selekt = ["VPCE005"]\n')
    done = checkov(tmp_path, "-d", ".", "--framework", "terraform", "--check", "VPCE*")
    assert done.code == 1
    assert {rule for rule, _ in done.ids("failed")} == {"VPCE999"}
    assert "there is no key 'selekt'" in done.err
    assert done.ids("passed") == set()


def test_the_configuration_counts(tmp_path: Path) -> None:
    """The configuration that lies with the code decides about rules and severities, as for the command line."""
    (tmp_path / "main.tf").write_text(CODE)
    (tmp_path / ".vpce-lint.toml").write_text('select = ["VPCE005"]\n[rules.VPCE005]\nseverity = "low"\n')
    done = checkov(tmp_path, "-d", ".", "--framework", "terraform", "--check", "VPCE*")
    failed = {(each["check_id"], each["severity"]) for each in done.records("failed")}
    assert failed - {("VPCE902", "INFO")} == {("VPCE005", "LOW")}


def test_code_in_json_is_reported_once(tmp_path: Path) -> None:
    """Terraform's JSON syntax has no block for checkov's main runner: its answers stand at their lines all the same."""
    shutil.copy(ROOT / "fixtures/endpoint-service-without-named-principals/fail/json_syntax/service.tf.json", tmp_path)
    whole = checkov(tmp_path, "-d", ".", "--framework", "terraform", "terraform_json")
    assert whole.ids("failed") == {("VPCE004", "aws_vpc_endpoint_service.api")}
    assert whole.ids("failed", "terraform_json") == set()
    alone = checkov(tmp_path, "-f", "service.tf.json")
    assert alone.ids("failed", "terraform_json") == {("VPCE004", "aws_vpc_endpoint_service.api")}


def test_a_plugin_without_its_package_fails(folder: Path, tmp_path: Path) -> None:
    """A copied folder that finds no vpce-lint beside checkov is a failure, not silence."""
    shutil.copytree(PLUGIN, tmp_path / "plugin", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "path" / "vpce_lint").mkdir(parents=True)
    (tmp_path / "path" / "vpce_lint" / "__init__.py").touch()
    done = checkov(
        folder, "-d", ".", "--framework", "terraform", plugin=tmp_path / "plugin", PYTHONPATH=str(tmp_path / "path")
    )
    assert done.code == 1
    assert {rule for rule, _ in done.ids("failed")} == {"VPCE999"}
    assert "nothing was checked" in done.err


def test_selftest_says_that_it_works(tmp_path: Path) -> None:
    """The self-test finds what it should through the installed checkov."""
    done = subprocess.run(
        [interpreter(), "-m", "vpce_lint", "checkov-selftest"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.count("ok ")) == (0, 2), done.stdout


def test_selftest_notices_a_plugin_that_is_not_loaded(tmp_path: Path) -> None:
    """Where checkov silently loads nothing, the self-test fails."""
    words = (
        "import sys; from pathlib import Path; from vpce_lint.integrations import checkov_selftest as test;"
        "test.PLUGIN = Path(sys.argv[1]); print(test.selftest())"
    )
    done = subprocess.run(
        [interpreter(), "-c", words, str(tmp_path)], env=environment(), capture_output=True, text=True, check=True
    )
    assert "FAILED terraform" in done.stdout
    assert done.stdout.rstrip().endswith("False)")
