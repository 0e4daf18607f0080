"""cfn-lint gives the command line's answers.

It is run as users run it, in the newest version, which the test environment has, and in the oldest that the extra
allows: ``VPCE_LINT_CFN_LINT_PYTHON`` names the interpreter of an environment that has that one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from worktree import TODAY, grow

from vpce_lint.fault import FAULTS
from vpce_lint.finding import fold
from vpce_lint.loader import load_rules
from vpce_lint.readers.request import Request
from vpce_lint.scan import Order, scan
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vpce_lint.finding import Finding
    from vpce_lint.report import Report

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
PAGE = (ROOT / "docs/cfn-lint.md").read_text("utf-8")
VARIABLE = "VPCE_LINT_CFN_LINT_PYTHON"
MODULE = "vpce_lint.integrations.cfn_lint"

# Runs cfn-lint for each line of its input, which holds the folder, the arguments and the standard input as JSON, and
# prints the exit code and what was printed. One process is enough: to import cfn-lint takes longer than to run it.
CHILD = """
import contextlib, io, json, os, sys, traceback
from cfnlint.runner import main

for line in sys.stdin:
    folder, arguments, text = json.loads(line)
    os.chdir(folder)
    sys.argv = ["cfn-lint", *arguments]
    before, sys.stdin = sys.stdin, io.StringIO(text)
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as error:
            code = error.code
        except Exception:
            traceback.print_exc()
            code = 1
    sys.stdin = before
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""

ENDPOINT = """\
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
{metadata}    Properties:
      VpcId: !Ref Vpc
      ServiceName: !Sub com.amazonaws.${{AWS::Region}}.sqs
      VpcEndpointType: Interface
      SubnetIds: [{subnets}]
"""


def template(metadata: str = "", subnets: str = "!Ref Subnet", top: str = "") -> str:
    """A queue's endpoint in one zone and without a policy: VPCE003 and VPCE005."""
    return top + ENDPOINT.format(metadata=metadata, subnets=subnets)


@dataclass(frozen=True)
class Run:
    """What a run of cfn-lint came to."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class CfnLint:
    """One version of cfn-lint, in a process that waits for what to run."""

    process: subprocess.Popen[str]

    def run(self, folder: Path, *arguments: str, stdin: str = "", append: bool = True) -> Run:
        """Run it in a folder, with our rules unless its configuration says so."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        order = [str(folder), [*(["--append-rules", MODULE] if append else ()), *arguments], stdin]
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Run(*json.loads(self.process.stdout.readline()))

    def matches(self, folder: Path, *arguments: str, stdin: str = "") -> list[dict[str, Any]]:
        """Our matches, as cfn-lint's JSON has them."""
        done = self.run(folder, "--format", "json", *arguments, stdin=stdin)
        assert done.code in range(0, 16, 2), done.err
        found = json.loads(done.out)
        return [match for match in found if "VPCE" in match["Rule"]["Id"]]

    def ids(self, folder: Path, *arguments: str, stdin: str = "") -> list[str]:
        """The ids of our matches, in order."""
        return sorted(match["Rule"]["Id"] for match in self.matches(folder, *arguments, stdin=stdin))


@pytest.fixture(scope="module", params=["newest", "oldest"])
def cfn_lint(request: pytest.FixtureRequest) -> Iterator[CfnLint]:
    """The newest and the oldest version."""
    interpreter = sys.executable if request.param == "newest" else os.environ.get(VARIABLE)
    if not interpreter:
        message = f"{VARIABLE} does not name the interpreter of an environment with the oldest cfn-lint"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment["PYTHONPATH"] = str(ROOT)
    pipe = subprocess.PIPE
    with subprocess.Popen([interpreter, "-c", CHILD], env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        yield CfnLint(process)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All fixtures, as a repository of their own."""
    folder = tmp_path_factory.mktemp("fixtures")
    shutil.copytree(FIXTURES, folder, dirs_exist_ok=True)
    (folder / ".git").mkdir()
    return folder


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A repository with one template."""
    grow(tmp_path, {".git/HEAD": "", "template.yaml": template()})
    return tmp_path


def templates(folder: Path) -> list[str]:
    """The files that are templates, as far as a few words in them tell."""
    files = (file for file in sorted(folder.rglob("*")) if file.suffix in {".yaml", ".yml", ".json", ".template"})
    return [
        file.relative_to(folder).as_posix()
        for file in files
        if b"AWS::" in file.read_bytes() and b'"format_version"' not in file.read_bytes()
    ]


def report_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """What the command line says about the whole folder."""
    monkeypatch.chdir(folder)
    return scan(Order(request=Request(paths=(Path(),)), today=TODAY)).report


def expected(report: Report, files: Sequence[str], *, failing: bool) -> set[tuple[object, ...]]:
    """Rule, file, place and words of the answers in these files that fail, or that are open and don't."""

    def counts(finding: Finding) -> bool:
        answer = finding.answer
        shown = answer.verdict in {Verdict.VIOLATED, Verdict.UNDETERMINED} and not answer.suppressed
        return shown and report.thresholds.fail(answer) is failing and answer.location.path in files

    return {
        (finding.answer.rule, *finding.answer.location.range, finding.answer.message.partition("; ")[0])
        for finding in fold(report.answers)
        if counts(finding)
    }


def told(matches: Sequence[dict[str, Any]], *letters: str) -> set[tuple[object, ...]]:
    """The same of matches whose id begins with one of these letters."""
    return {
        (
            match["Rule"]["Id"][1:],
            match["Filename"],
            *(match["Location"][end][at] for end in ("Start", "End") for at in ("LineNumber", "ColumnNumber")),
            match["Message"].partition("; ")[0],
        )
        for match in matches
        if match["Rule"]["Id"][0] in letters
    }


def test_answers_are_those_of_the_command_line(
    cfn_lint: CfnLint, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all templates: what fails, and what is open without failing, has the same rule, place and words."""
    files = templates(repository)
    report = report_on(repository, monkeypatch)
    matches = cfn_lint.matches(repository, "--include-checks", "I", "--", *files)
    assert len(files) > 50
    failing = expected(report, files, failing=True)
    assert {rule for rule, *_ in failing} >= {rule.id for rule in load_rules()}
    assert told(matches, "E", "W") == failing
    assert told(matches, "I") == expected(report, files, failing=False)


def test_the_import_path_loads_every_rule(cfn_lint: CfnLint, here: Path) -> None:
    """cfn-lint takes a module without rules for one with none to say, and exits with 0."""
    listed = cfn_lint.run(here, "--list-rules").out
    ids = {line.partition(":")[0] for line in listed.splitlines() if line[1:5] == "VPCE"}
    assert {each[1:] for each in ids} == {each.id for each in (*load_rules(), *FAULTS)}
    assert {"EVPCE002", "IVPCE002", "WVPCE003", "IVPCE003", "EVPCE999"} <= ids


def test_what_fails_decides_the_exit_code(cfn_lint: CfnLint, here: Path) -> None:
    """A warning is 4, an error 2, as for rules of cfn-lint's own."""
    assert cfn_lint.run(here, "--", "template.yaml").code == 4
    grow(here, {".vpce-lint.toml": "nonsense = 1"})
    assert cfn_lint.run(here, "--", "template.yaml").code == 2


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ((), ["WVPCE003", "WVPCE005"]),
        (("--ignore-checks", "WVPCE005"), ["WVPCE003"]),
        (("--ignore-checks", "W"), []),
        (("--ignore-checks", "W", "--mandatory-checks", "WVPCE003"), ["WVPCE003"]),
        (("--configure-rule", "WVPCE003:minimum_zones=1"), ["WVPCE005"]),
        (("--configure-rule", "WVPCE001:allowed=Endpoint Other"), ["WVPCE003", "WVPCE005"]),
        (("--configure-rule", "WVPCE003:minimum_zone=1"), ["EVPCE999"]),
        (("--configure-rule", "WVPCE003:minimum_zones=two"), ["EVPCE999"]),
        (("--configure-rule", "IVPCE003:minimum_zones=1"), ["EVPCE999"]),
        (("--configure-rule", "EVPCE004:minimum_zones=1"), ["EVPCE999"]),
        (("--configure-rule", "EVPCE900:strict=true"), ["EVPCE999"]),
        (("--configure-rule", "EVPCE999:min_severity=high", "--include-checks", "I"), ["IVPCE003", "IVPCE005"]),
        (("--configure-rule", "EVPCE999:min_severity=highest"), ["EVPCE999"]),
        (("--configure-rule", "EVPCE999:stricter=true"), ["EVPCE999"]),
    ],
)
def test_options(cfn_lint: CfnLint, here: Path, arguments: tuple[str, ...], ids: list[str]) -> None:
    """cfn-lint's options choose and configure our rules; a setting that there isn't is never passed over."""
    assert cfn_lint.ids(here, *arguments, "--", "template.yaml") == ids


def test_undetermined_is_informational(cfn_lint: CfnLint, here: Path) -> None:
    """It is shown on demand, and fails where the run is strict."""
    unknown = "Parameters: {Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}}\n"
    text = template(subnets="X", top=unknown).replace("[X]", "!Ref Subnets")
    grow(here, {"template.yaml": text})
    assert cfn_lint.ids(here, "template.yaml") == ["WVPCE005"]
    assert cfn_lint.ids(here, "--include-checks", "I", "--", "template.yaml") == ["IVPCE003", "WVPCE005"]
    strict = cfn_lint.ids(here, "--configure-rule", "EVPCE999:strict=true", "--", "template.yaml")
    assert strict == ["WVPCE003", "WVPCE005"]


def test_metadata_of_cfn_lint(cfn_lint: CfnLint, here: Path) -> None:
    """Its own way to ignore checks works for a resource and for a template, but not for what could not be judged."""
    ignore = "Metadata: {cfn-lint: {config: {ignore_checks: [WVPCE005, EVPCE999]}}}\n"
    files = {"resource.yaml": template(f"    {ignore}"), "whole.yaml": template(top=ignore)}
    elsewhere = template().replace("  Vpc: {", f"  Vpc: {{{ignore.strip()}, ")
    grow(here, {**files, "elsewhere.yaml": elsewhere})
    matches = cfn_lint.matches(here, "elsewhere.yaml", "resource.yaml", "whole.yaml")
    found = {(match["Filename"], match["Rule"]["Id"]) for match in matches}
    others = {(name, "WVPCE003") for name in ("elsewhere.yaml", "resource.yaml", "whole.yaml")}
    assert found == {*others, ("elsewhere.yaml", "WVPCE005")}
    grow(here, {".vpce-lint.toml": "nonsense = 1"})
    assert cfn_lint.ids(here, "elsewhere.yaml", "resource.yaml", "whole.yaml") == ["EVPCE999"] * 3


def test_settings_in_a_file(cfn_lint: CfnLint, here: Path) -> None:
    """Lists and ARNs, which cfn-lint's command line can't take, come from its configuration file."""
    policy = (
        "      PolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: '111111111111'}, Action: '*', Resource: '*',"
        " Condition: {StringEquals: {'aws:ResourceAccount': '222222222222'}}}]}\n"
    )
    grow(here, {"template.yaml": template() + policy})
    assert cfn_lint.ids(here, "template.yaml") == ["WVPCE003"]
    accounts = "{trusted_accounts: ['333333333333', '444444444444']}"
    grow(here, {".cfnlintrc": f"configure_rules: {{WVPCE005: {accounts}}}\n"})
    assert cfn_lint.ids(here, "template.yaml") == ["WVPCE003", "WVPCE005"]


def test_settings_in_the_metadata(cfn_lint: CfnLint, here: Path) -> None:
    """A template may bring settings, whose values are then of cfn-lint's own types, and nonsense, too."""
    given = "{WVPCE003: {minimum_zones: 1}, EVPCE002: {baseline_services: {s3: info}}, EVPCE999: {min_severity: low}}"
    top = f"Metadata: {{cfn-lint: {{config: {{configure_rules: {given}}}}}}}\n"
    grow(here, {"template.yaml": template(top=top)})
    assert cfn_lint.ids(here, "template.yaml") == ["WVPCE005"]
    grow(here, {"template.yaml": template(top=top.replace(": low", f": {'[' * 50}{']' * 50}"))})
    assert cfn_lint.ids(here, "template.yaml") == ["EVPCE999"]


def test_documentation(cfn_lint: CfnLint, here: Path) -> None:
    """The command and the configuration file that it shows do what it says."""
    [command] = re.findall(r"^\$ cfn-lint (.*)$", PAGE, re.MULTILINE)
    grow(here, {"stacks/network.yaml": template()})
    done = cfn_lint.run(here, *command.split(), append=False)
    assert re.findall(r"^[EWI]VPCE\d{3}", done.out, re.MULTILINE) == ["WVPCE005", "WVPCE003"]
    [settings] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    grow(here, {".cfnlintrc": settings, "template.yaml": template(subnets="subnet-1, subnet-2")})
    done = cfn_lint.run(here, "template.yaml", append=False)
    assert re.findall(r"^[EWI]VPCE\d{3}", done.out, re.MULTILINE) == ["WVPCE005", "WVPCE003"]


def test_ids_are_documented(cfn_lint: CfnLint, here: Path) -> None:
    """The documentation's table holds the ids that fail, and no other."""
    listed = cfn_lint.run(here, "--list-rules").out
    ids = set(re.findall(r"^([EW]VPCE\d{3}): ", listed, re.MULTILINE))
    rows = "".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"[EW]VPCE\d{3}", rows)) == ids


def test_configuration_of_ours(cfn_lint: CfnLint, here: Path) -> None:
    """The local one applies: rules, suppressions, thresholds, excluded files."""
    suppressed = '[[suppress]]\nrules = ["VPCE003"]\naddresses = ["Endpoint"]\nreason = "a test"\n'
    grow(here, {".vpce-lint.toml": suppressed})
    assert cfn_lint.ids(here, "template.yaml") == ["WVPCE005"]
    grow(here, {".vpce-lint.toml": 'exclude = ["template.yaml"]\n'})
    assert cfn_lint.ids(here, "--include-checks", "I", "--", "template.yaml") == []


def test_a_mistake_in_the_configuration_is_told(cfn_lint: CfnLint, here: Path) -> None:
    """Nothing was judged, so nothing passes, whatever is ignored."""
    grow(here, {".vpce-lint.toml": "nonsense = 1"})
    [match] = cfn_lint.matches(here, "--ignore-checks", "E", "W", "--", "template.yaml")
    assert match["Rule"]["Id"] == "EVPCE999"
    assert match["Message"].startswith("not judged: .vpce-lint.toml:1: there is no key 'nonsense'")


def test_a_template_without_a_file(cfn_lint: CfnLint, here: Path) -> None:
    """What comes from standard input can't be judged, which is said to who asks."""
    assert cfn_lint.ids(here, stdin=template()) == []
    assert cfn_lint.ids(here, "--include-checks", "I", stdin=template()) == ["IVPCE999"]


def test_any_name_will_do(cfn_lint: CfnLint, here: Path) -> None:
    """cfn-lint is told which files are templates: no other ending makes one pass unseen."""
    grow(here, {"stack.cfn": template()})
    assert cfn_lint.ids(here, "stack.cfn") == ["WVPCE003", "WVPCE005"]


def test_a_nested_template_is_judged_in_its_parent(cfn_lint: CfnLint, here: Path) -> None:
    """Its answers belong to the file that they point at, whichever of the two is named."""
    parameter = "Parameters: {Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}}\n"
    child = template(subnets="X", top=parameter).replace("[X]", "!Ref Subnets")
    parent = """\
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: child.yaml
      Parameters: {Subnets: subnet-11111111}
"""
    grow(here, {"child.yaml": child, "parent.yaml": parent})
    for files in (["child.yaml"], ["child.yaml", "parent.yaml"]):
        found = sorted(cfn_lint.matches(here, *files), key=lambda match: match["Rule"]["Id"])
        assert [match["Rule"]["Id"] for match in found] == ["WVPCE003", "WVPCE005"]
        assert {match["Filename"] for match in found} == {"child.yaml"}
        assert {match["Message"].partition(" ")[0] for match in found} == {"Child.Endpoint"}
        assert [match["Location"]["Path"] for match in found] == [["Resources", "Endpoint"]] * 2
    assert cfn_lint.ids(here, "parent.yaml") == []


def test_imports_are_found_beside_ignored_templates(cfn_lint: CfnLint, here: Path) -> None:
    """CDK's stacks share by exports, and its output is ignored: a stack named alone still sees the others."""
    exporting = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
Outputs:
  A: {Value: !Ref A, Export: {Name: subnet-a}}
"""
    importing = template(subnets="!ImportValue subnet-a, !ImportValue subnet-a")
    grow(here, {".gitignore": "cdk.out\n", "cdk.out/a.yaml": exporting, "cdk.out/b.yaml": importing})
    assert cfn_lint.ids(here, "cdk.out/b.yaml") == ["WVPCE003", "WVPCE005"]


def test_cfn_lint_s_own_rules_go_on(cfn_lint: CfnLint, here: Path) -> None:
    """What cfn-lint finds by itself is the same with and without our rules."""
    grow(
        here, {"template.yaml": template(top="Parameters: {Unused: {Type: String}}\n").replace("CidrBlock", "Cidr", 1)}
    )
    with_ours, without = (
        [match for match in json.loads(done.out) if "VPCE" not in match["Rule"]["Id"]]
        for done in (cfn_lint.run(here, "--format", "json", "--", "template.yaml", append=own) for own in (True, False))
    )
    assert {match["Rule"]["Id"] for match in without} >= {"W2001", "E3002"}
    assert with_ours == without


@pytest.mark.parametrize("format_", ["sarif", "junit", "pretty", "quiet", "parseable"])
def test_formats(cfn_lint: CfnLint, here: Path, format_: str) -> None:
    """Each of cfn-lint's formats takes our matches."""
    printed = cfn_lint.run(here, "--format", format_, "template.yaml").out
    if format_ == "sarif":
        results = json.loads(printed)["runs"][0]["results"]
        assert sorted(each["ruleId"] for each in results) == ["WVPCE003", "WVPCE005"]
        region = next(each for each in results if each["ruleId"] == "WVPCE003")["locations"][0]["physicalLocation"]
        assert region["region"] == {"startLine": 10, "startColumn": 18, "endLine": 10, "endColumn": 31}
    elif format_ == "junit":
        cases = ET.fromstring(printed).iter("testcase")  # noqa: S314 (cfn-lint wrote it)
        failed = [case.get("name", "") for case in cases if case.find("failure") is not None]
        assert [name.partition(" ")[0] for name in failed] == ["WVPCE003", "WVPCE005"]
    else:
        assert "WVPCE003" in printed
        assert "WVPCE005" in printed
