"""Whole runs: which configuration is for which code, and what the scanned code has no say in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from worktree import VPC, endpoint, grow, open_answers, run, suppressed_answers

from vpce_lint.cli import main
from vpce_lint.config_file import ConfigError
from vpce_lint.readers.request import Request
from vpce_lint.rule import RuleError
from vpce_lint.selection import SelectionError
from vpce_lint.verdict import Confidence, Severity, Verdict

if TYPE_CHECKING:
    from pathlib import Path

A = "aws_vpc_endpoint.a"
FOUND = [("VPCE005", A)]
RULE = '''\
"""Everything is wrong."""

from pathlib import Path

from vpce_lint.api import FALSE, Endpoint, Requirements, Severity, require, rule

Path(__file__).with_name("ran").touch()


@rule("{id}", severity=Severity.HIGH)
def everything(endpoint: Endpoint) -> Requirements:
    yield require(FALSE, "it is wrong")
'''


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one S3 endpoint that has no policy; it is the working directory."""
    folder = tmp_path / "r"
    grow(folder, {".git/HEAD": "", "main.tf": VPC + endpoint()})
    monkeypatch.chdir(folder)
    return folder


def test_configuration_above_a_path_is_found(repository: Path) -> None:
    """From a path upwards to the repository's top, unless it is refused."""
    grow(repository, {".vpce-lint.toml": 'ignore = ["VPCE005"]', "a/b/main.tf": VPC + endpoint()})
    assert open_answers(run(repository / "a/b").report) == []
    assert open_answers(run(repository / "a/b/main.tf").report) == []
    assert open_answers(run(repository / "a/b", local_config=False).report) == FOUND


def test_configuration_above_the_repository_is_not_looked_for(repository: Path) -> None:
    """What lies around a checkout says nothing about it."""
    grow(repository.parent, {".vpce-lint.toml": 'ignore = ["VPCE005"]'})
    assert open_answers(run(repository).report) == FOUND


def test_without_a_repository_the_working_directory_is_the_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of git, a configuration is looked for up to the working directory."""
    grow(tmp_path, {"w/.vpce-lint.toml": 'ignore = ["VPCE005"]', "w/a/main.tf": VPC + endpoint(), "x/main.tf": VPC})
    monkeypatch.chdir(tmp_path / "w")
    assert open_answers(run(tmp_path / "w/a").report) == []
    monkeypatch.chdir(tmp_path / "x")
    assert open_answers(run(tmp_path / "w/a").report) == FOUND


def test_each_path_has_its_own_configuration(repository: Path) -> None:
    """Paths under different configurations are judged by their own, in one report."""
    grow(
        repository,
        {
            "a/.vpce-lint.toml": 'ignore = ["VPCE005"]',
            "a/main.tf": VPC + endpoint("x"),
            "b/.vpce-lint.toml": 'min_severity = "high"\n[rules.VPCE005]\nseverity = "low"',
            "b/main.tf": VPC + endpoint("y"),
        },
    )
    outcome = run(repository / "a", repository / "b")
    assert open_answers(outcome.report) == [("VPCE005", "aws_vpc_endpoint.y")]
    assert not outcome.fails
    assert outcome.report.scope.roots == 2
    assert run(repository / "a", repository / "b", min_severity=Severity.LOW).fails


def test_severity_and_thresholds(repository: Path) -> None:
    """A configuration sets a rule's severity and from where on it fails; the command line has the last word."""
    grow(repository, {".vpce-lint.toml": 'min_severity = "high"\n[rules.VPCE005]\nseverity = "medium"'})
    outcome = run(repository)
    assert [str(each.severity) for each in outcome.report.answers if each.rule == "VPCE005"] == ["medium"]
    assert not outcome.fails
    assert run(repository, min_severity=Severity.MEDIUM).fails
    assert run(repository, min_severity=Severity.MEDIUM, min_confidence=Confidence.LIKELY).fails


def test_exclude(repository: Path) -> None:
    """Excluded folders aren't looked at and are counted; what an excluded folder calls is a root of its own."""
    call = 'module "m" {\n  source = "../.."\n}\n'
    grow(repository, {"examples/x/main.tf": call, ".vpce-lint.toml": 'exclude = ["examples"]'})
    report = run(repository).report
    assert open_answers(report) == FOUND
    assert [(item.path, item.kind) for item in report.unread] == [("examples", "excluded")]
    assert open_answers(run(repository, local_config=False).report) == [("VPCE005", f"module.m.{A}")]
    assert [each.root for each in run(repository / "examples/x").report.answers] != []
    assert run(repository / "examples/x/main.tf").report.scope.roots == 0


def test_override_for_some_roots(repository: Path) -> None:
    """Other rules and settings for some root modules; later overrides win."""
    two = VPC + endpoint(inside='vpc_endpoint_type = "Interface"\n  subnet_ids = ["subnet-1"]').replace(".s3", ".sqs")
    text = '[[overrides]]\nroots = ["envs/*"]\nignore = ["VPCE005"]\n'
    text += '[[overrides]]\nroots = ["envs/dev"]\nrules.VPCE003 = { minimum_zones = 1, severity = "info" }\n'
    grow(repository, {".vpce-lint.toml": text, "envs/dev/main.tf": two, "envs/prod/main.tf": two})
    report = run(repository).report
    assert open_answers(report) == [("VPCE003", A), ("VPCE005", A)]
    assert [(each.root, each.rule) for each in report.answers if each.verdict is Verdict.VIOLATED] == [
        ("envs/prod", "VPCE003"),
        (".", "VPCE005"),
    ]


def test_environments(repository: Path) -> None:
    """A root with environments is judged once for each with its values, and not without."""
    code = 'variable "policy" {}\n' + VPC + endpoint(inside="policy = var.policy")
    closed = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'
    text = "\n".join(
        f'[[environments]]\nname = "{name}"\nroots = ["net"]\nvariable_files = ["vars/{name}.tfvars"]'
        for name in ("dev", "prod")
    )
    grow(
        repository,
        {
            ".vpce-lint.toml": text,
            "net/main.tf": code,
            "vars/dev.tfvars": "policy = null",
            "vars/prod.tfvars": f"policy = {closed!r}".replace('"', '\\"').replace("'", '"'),
        },
    )
    report = run(repository / "net").report
    judged = {each.environment: each.verdict for each in report.answers if each.rule == "VPCE005"}
    assert judged == {"dev": Verdict.VIOLATED, "prod": Verdict.SATISFIED}
    assert len({each.fingerprint for each in report.answers}) == len(report.answers)
    assert FOUND[0] in open_answers(run(repository).report)  # the root above is judged as ever


def test_environment_s_files_are_shown_from_here(repository: Path) -> None:
    """A place in an environment's variable file is told as all places are, without the folders above the repository."""
    text = '[[environments]]\nname = "dev"\nroots = ["net"]\nvariable_files = ["dev.tfvars"]'
    code = (
        'variable "subnets" {}\n' + VPC + endpoint(inside='vpc_endpoint_type = "Interface"\nsubnet_ids = var.subnets')
    )
    grow(repository, {".vpce-lint.toml": text, "net/main.tf": code, "dev.tfvars": 'subnets = ["subnet-0a1b2c3d"]'})
    [answer] = run(repository / "net", select=("VPCE003",)).report.answers
    assert [place.path for place in answer.related] == ["dev.tfvars"]


def test_suppression_by_address_and_path(repository: Path) -> None:
    """A configuration suppresses by addresses, by paths, or by both."""
    both = VPC + endpoint("x1") + endpoint("x2") + endpoint("y")
    text = '[[suppress]]\nrules = ["VPCE005"]\naddresses = ["*.x*"]\npaths = ["a"]\nreason = "so"\n'
    grow(repository, {"a/main.tf": both, "b/main.tf": both, ".vpce-lint.toml": text})
    report = run(repository / "a", repository / "b").report
    assert suppressed_answers(report) == [("VPCE005", f"aws_vpc_endpoint.x{number}", "so") for number in (1, 2)]
    said = [each for each in run(repository / "b").report.answers if each.rule == "VPCE902"]
    assert [(each.location.path, each.location.line) for each in said] == [(".vpce-lint.toml", 1)]


def test_own_rules(repository: Path, tmp_path: Path) -> None:
    """A folder named by hand holds rules beside the built-in ones; theirs are the same rights."""
    grow(tmp_path, {"own/mine/everything.py": RULE.replace("{id}", "OWN001")})
    report = run(repository, rule_folders=(str(tmp_path / "own"),)).report
    assert sorted(open_answers(report)) == [("OWN001", A), *FOUND]
    grow(repository, {"main.tf": VPC + endpoint(above="# vpce-lint: ignore[OWN001, VPCE005] so")})
    assert open_answers(run(repository, rule_folders=(str(tmp_path / "own"),)).report) == []
    with pytest.raises(RuleError, match="there is no such folder"):
        run(repository, rule_folders=(str(tmp_path / "none"),))


def test_misspelt_rule_is_an_error_without_any_code(tmp_path: Path) -> None:
    """What is asked is checked before there is anything to judge."""
    with pytest.raises(SelectionError):
        run(tmp_path, select=("VPCE03",))


# What the scanned code has no say in.


@pytest.mark.parametrize("name", [".vpce-lint.toml", "pyproject.toml"])
def test_code_in_the_tree_is_never_run(repository: Path, name: str) -> None:
    """No configuration of the tree, found or named, by itself or by a link, loads rules."""
    section = "[tool.vpce-lint]\n" if name == "pyproject.toml" else ""
    grow(repository, {name: f'{section}rule_folders = ["own"]', "own/mine/everything.py": RULE.replace("{id}", "OWN1")})
    (repository / "x").mkdir()
    (repository / "x" / name).symlink_to(repository / name)
    for more in ({}, {"config": name}, {"config": f"x/../{name}"}, {"config": f"x/{name}"}):
        with pytest.raises(ConfigError, match="counts only in a file that --config names"):
            run(repository, **more)
    assert not (repository / "own/mine/ran").exists()


def test_configuration_reached_through_the_tree_is_not_from_outside(repository: Path, tmp_path: Path) -> None:
    """A link in the tree to a file elsewhere is the tree's own choice."""
    grow(
        tmp_path, {"org/policy.toml": 'rule_folders = ["own"]', "org/own/m/everything.py": RULE.replace("{id}", "OWN1")}
    )
    (repository / "org").symlink_to(tmp_path / "org")
    (repository / "policy.toml").symlink_to(tmp_path / "org/policy.toml")
    for path in ("org/policy.toml", "policy.toml", str(repository / "org/policy.toml")):
        with pytest.raises(ConfigError, match="counts only"):
            run(repository, config=path)
    assert not (tmp_path / "org/own/m/ran").exists()
    assert ("OWN1", A) in open_answers(run(repository, config=str(tmp_path / "org/policy.toml")).report)


def test_enforced_rule_is_silenced_by_nothing_in_the_tree(repository: Path, tmp_path: Path) -> None:
    """Comments, the tree's configuration and its baseline leave an enforced rule alone; a baseline elsewhere doesn't."""
    grow(tmp_path, {"policy.toml": 'enforced = ["VPCE005"]'})
    policy = str(tmp_path / "policy.toml")
    run(repository, write_baseline="known.json")
    assert not run(repository, baseline="known.json").fails
    (repository / "elsewhere.json").symlink_to(tmp_path / "known.json")
    run(repository, write_baseline=str(tmp_path / "known.json"))
    grow(repository, {".vpce-lint.toml": 'ignore = ["VPCE005"]\nmin_severity = "high"\nexclude = ["**"]'})
    grow(repository, {"main.tf": VPC + endpoint(above="# vpce-lint: ignore[VPCE005] so")})
    for more in ({}, {"baseline": "known.json"}, {"baseline": "elsewhere.json"}, {"write_baseline": "new.json"}):
        outcome = run(repository, config=policy, **more)
        assert FOUND[0] in open_answers(outcome.report), more
        assert outcome.fails
    assert not run(repository, config=policy, baseline=str(tmp_path / "known.json")).fails


@pytest.mark.parametrize(
    "files",
    [
        {".gitignore": "prod\n*.json\n*.yaml\n"},
        {"prod/.gitignore": "*\n"},
        {"prod/pyvenv.cfg": ""},
        {"prod/.vpce-lint.toml": 'exclude = ["**"]', ".vpce-lint.toml": 'exclude = ["prod"]'},
    ],
)
def test_enforced_rule_is_asked_about_all_that_the_tree_would_hide(
    repository: Path, tmp_path: Path, files: dict[str, str]
) -> None:
    """No file of the tree keeps code from an enforced rule, whichever reader it is for; without one, all do."""
    resource = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": "vpc-1", "ServiceName": "a.b.c.s3"}}
    template = json.dumps({"Resources": {"E": resource}})
    values = {"service_name": "com.amazonaws.eu-west-1.s3", "vpc_id": "vpc-1"}
    planned = {"address": "aws_vpc_endpoint.p", "mode": "managed", "type": "aws_vpc_endpoint", "name": "p"}
    root = {"resources": [planned | {"values": values, "provider_name": "registry.terraform.io/hashicorp/aws"}]}
    plan = json.dumps({"format_version": "1.2", "terraform_version": "1.9", "planned_values": {"root_module": root}})
    code = {"prod/main.tf": VPC + endpoint(), "prod/t.yaml": template, "prod/plan.json": plan}
    grow(repository, {"main.tf": VPC, **code, **files})
    assert open_answers(run(repository).report) == []
    grow(tmp_path, {"policy.toml": 'enforced = ["VPCE003"]'})
    report = run(repository, config=str(tmp_path / "policy.toml")).report
    assert sorted(open_answers(report)) == [("VPCE005", "E"), *FOUND, ("VPCE005", "aws_vpc_endpoint.p")]


def test_folders_of_tools_are_left_out_though_a_rule_is_enforced(repository: Path, tmp_path: Path) -> None:
    """Terraform's own folder isn't looked at unless it is named; so it is with packages."""
    code = {f"{folder}/main.tf": VPC + endpoint() for folder in (".terraform/x", "node_modules/x")}
    grow(repository, {"main.tf": VPC, **code})
    grow(tmp_path, {"policy.toml": 'enforced = ["VPCE005"]'})
    policy = str(tmp_path / "policy.toml")
    assert open_answers(run(repository, config=policy).report) == []
    assert open_answers(run(repository / "node_modules/x", config=policy).report) == FOUND


@pytest.mark.parametrize(
    "text",
    [
        'ignore = ["VPCE001", "VPCE003", "VPCE004", "VPCE005", "VPCE006", "VPCE007"]\nmin_severity = "high"',
        'select = ["VPCE001"]\nmin_confidence = "certain"',
        '[[suppress]]\nrules = ["VPCE005"]\npaths = ["**"]\naddresses = ["*"]\n',
        'baseline = "known.json"',
        "",
    ],
)
def test_unreadable_code_fails_whatever_the_tree_says(repository: Path, text: str) -> None:
    """VPCE900 is out of reach for the tree's configuration, comments and baseline."""
    comment = "# vpce-lint: ignore[VPCE900, VPCE005]\n# checkov:skip=VPCE900:x\n"
    grow(repository, {"main.tf": comment + VPC + endpoint() + "broken {"})
    run(repository, write_baseline="known.json")
    grow(repository, {".vpce-lint.toml": text})
    outcome = run(repository)
    assert ("VPCE900", "main.tf") in open_answers(outcome.report)
    assert outcome.fails


def test_mistake_in_a_configuration_is_an_error(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the command line it is one line with file and line, and exit code 2: never a run by other rules."""
    grow(repository, {".vpce-lint.toml": '\nignroe = ["VPCE005"]'})
    assert main(["."]) == 2
    assert capsys.readouterr().err == "vpce-lint: .vpce-lint.toml:2: there is no key 'ignroe', did you mean 'ignore'?\n"
    assert main(["--no-local-config"]) == 1
    assert main(["--config", "nowhere.toml"]) == 2
    assert "there is no nowhere.toml" in capsys.readouterr().err


def test_roots_named_by_hand_have_configurations_too(repository: Path) -> None:
    """With --root it is the folder's own, or one above it."""
    grow(repository, {"a/main.tf": VPC + endpoint(), "a/.vpce-lint.toml": 'ignore = ["VPCE005"]'})
    request = Request(paths=(), roots=(repository / "a",))
    assert open_answers(run(request=request).report) == []


def test_text_counts_what_is_suppressed(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People see the count, and with --show-suppressed the answers with their reasons; data has them anyway."""
    grow(repository, {"main.tf": VPC + endpoint(above="# vpce-lint: ignore[VPCE005] agreed")})
    assert main([]) == 0
    text = capsys.readouterr().out
    assert text.startswith("0 violated · 1 suppressed")
    assert main(["--show-suppressed"]) == 0
    assert "VPCE005 unrestricted-endpoint-policy  high, suppressed: agreed\n" in capsys.readouterr().out
    assert main(["--format", "json"]) == 0
    assert '"reason": "agreed"' in capsys.readouterr().out


def test_baseline_on_the_command_line(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Written, then used, then shrunk."""
    assert main(["--write-baseline", "known.json"]) == 0
    assert main(["--baseline", "known.json"]) == 0
    grow(repository, {"main.tf": VPC})
    capsys.readouterr()
    assert main(["--baseline", "known.json"]) == 0
    text = capsys.readouterr().out
    assert "fixed: no longer there, --write-baseline takes them out of the baseline\n" in text
    assert "  main.tf: VPCE005 aws_vpc_endpoint.a\n" in text
    assert main(["--baseline", "nowhere.json"]) == 2
    assert main(["--baseline", "a", "--write-baseline", "b"]) == 2
