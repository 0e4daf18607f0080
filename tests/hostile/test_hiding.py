"""What a stranger writes into the tree so that the code isn't judged."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from repository import commit
from worktree import VPC, endpoint, grow, open_answers, run

from vpce_lint import sweep
from vpce_lint.cache import Cache
from vpce_lint.readers.request import Request

if TYPE_CHECKING:
    from pathlib import Path

CODE = VPC + endpoint()
FOUND = ("VPCE005", "aws_vpc_endpoint.a")
TEMPLATE = json.dumps(
    {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "E": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.a.s3"},
            }
        },
    }
)
OFF = 'module "prod" {\n  source = "../prod"\n  count  = 0\n}\n'


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, which is the working directory; beside it a configuration that enforces a rule."""
    folder = tmp_path / "r"
    grow(tmp_path, {"r/.git/HEAD": "", "policy.toml": 'enforced = ["VPCE005"]'})
    monkeypatch.chdir(folder)
    return folder


def plain(repository: Path) -> list[tuple[str, str]]:
    """What an ordinary run finds."""
    return open_answers(run(repository).report)


def gate(repository: Path) -> list[tuple[str, str]]:
    """What a run with an enforced rule finds."""
    return open_answers(run(repository, config=str(repository.parent / "policy.toml")).report)


@pytest.mark.parametrize(
    "sign",
    [
        {"prod/state.tf": 'terraform {\n  backend "s3" {}\n}\n'},
        {"prod/state.tf": 'terraform {\n  cloud {\n    organization = "o"\n  }\n}\n'},
        {"prod/state.tf.json": '{"terraform": {"\\u0062ackend": {"s3": {}}}}'},
        {"prod/terraform.tfvars": ""},
        {"prod/here.auto.tfvars.json": "{}"},
    ],
)
def test_call_does_not_hide_what_is_applied_by_itself(repository: Path, sign: dict[str, str]) -> None:
    """A folder that keeps a state of its own, or has values for its variables, stays a root whoever calls it."""
    grow(repository, {"decoy/main.tf": OFF, "prod/main.tf": CODE, **sign})
    assert plain(repository) == [FOUND]
    assert open_answers(run(repository / "prod/main.tf").report) == [FOUND]


@pytest.mark.parametrize(
    "prod",
    [
        VPC + endpoint(),
        'provider "aws" {\n  region = "eu-west-1"\n}\n' + VPC + endpoint(),
    ],
)
def test_module_that_is_called_is_no_root(repository: Path, prod: str) -> None:
    """One that is called is judged as its callers call it, though old modules have providers of their own."""
    grow(repository, {"live/main.tf": 'module "prod" {\n  source = "../prod"\n}\n', "prod/main.tf": prod})
    for find in (plain, gate):
        assert find(repository) == [("VPCE005", "module.prod.aws_vpc_endpoint.a")]


@pytest.mark.parametrize(
    "decoy",
    [
        {"decoy/main.tf": OFF},
        {"decoy/main.tf": OFF.replace("0", "var.on ? 1 : 0") + 'variable "on" {\n  default = false\n}\n'},
        {"decoy/main.tf": OFF.replace("count  = 0", "for_each = {}")},
        {"decoy/main.tf": OFF.replace("prod", "second"), "second/main.tf": OFF},
        {"decoy/main.tf": OFF, "other/main.tf": OFF},
        {"decoy/main.tf": OFF + "locals {\n  a = local.a\n}\n"},
    ],
)
def test_enforced_rule_judges_what_every_call_turns_off(repository: Path, decoy: dict[str, str]) -> None:
    """A module of which no root has an instance isn't judged, as its callers want it, unless a rule is enforced."""
    grow(repository, {"prod/main.tf": CODE, **decoy})
    assert FOUND not in plain(repository)
    assert gate(repository).count(FOUND) == 1


def test_enforced_rule_does_not_judge_by_itself_what_a_call_makes(repository: Path) -> None:
    """One call that has instances is enough: its callers say what the module's variables are."""
    on = 'module "prod" {\n  source = "../prod"\n  policy = jsonencode({ Statement = [] })\n}\n'
    prod = 'variable "policy" {\n  default = null\n}\n' + VPC + endpoint(inside="policy = var.policy")
    grow(repository, {"decoy/main.tf": OFF, "live/main.tf": on, "prod/main.tf": prod})
    assert FOUND not in gate(repository)


def test_enforced_rule_judges_in_its_environment_what_is_off(repository: Path) -> None:
    """A root module that is one only because every call of it is off gets the values of its environment, as others do."""
    environment = '[[environments]]\nname = "live"\nroots = ["r/prod"]\nvariable_files = ["live.tfvars"]\n'
    grow(repository.parent, {"policy.toml": f'enforced = ["VPCE005"]\n{environment}', "live.tfvars": "made = 1\n"})
    made = 'variable "made" {\n  default = 0\n}\n' + VPC + endpoint(inside="count = var.made")
    grow(repository, {"decoy/main.tf": OFF, "prod/main.tf": made})
    assert gate(repository) == [("VPCE005", "aws_vpc_endpoint.a[0]")]


def test_change_that_turns_a_call_off_is_answered_for(repository: Path) -> None:
    """With ``--diff``, too, a rule that is enforced judges what a change takes out of its callers' hands."""
    on = OFF.replace("count  = 0", "policy = jsonencode({ Statement = [] })")
    prod = 'variable "policy" {\n  default = null\n}\n' + VPC + endpoint(inside="policy = var.policy")
    shutil.rmtree(repository / ".git")
    grow(repository, {"live/main.tf": on, "prod/main.tf": prod})
    commit(repository)
    grow(repository, {"live/main.tf": OFF})
    outcome = run(repository, config=str(repository.parent / "policy.toml"), diff="HEAD")
    assert open_answers(outcome.report) == [FOUND]


def test_enforced_rule_judges_what_is_off_in_several_processes_and_from_kept_results(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which calls are off is known however the roots that call are worked on."""
    monkeypatch.setattr(sweep, "WORTH_KEEPING", 0)
    grow(repository, {"a/main.tf": OFF + CODE, "b/main.tf": OFF + CODE, "prod/main.tf": CODE})
    cache = Cache(repository.parent / "cache")
    config = str(repository.parent / "policy.toml")
    alone = run(repository, config=config).report
    assert open_answers(alone).count(FOUND) == 3
    several = {"request": Request((repository,), jobs=2)}
    for options in (several, {"cache": cache}, {"cache": cache}, {"cache": cache, **several}):
        assert run(repository, config=config, **options).report == alone


def test_enforced_rule_judges_a_template_that_no_stack_nests(repository: Path) -> None:
    """The same with templates: a stack under a condition that is false doesn't hide its template."""
    stack = {"Type": "AWS::CloudFormation::Stack", "Condition": "Never", "Properties": {"TemplateURL": "prod.json"}}
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    decoy = {"AWSTemplateFormatVersion": "2010-09-09", "Conditions": never, "Resources": {"S": stack}}
    grow(repository, {"prod.json": TEMPLATE, "decoy.json": json.dumps(decoy)})
    assert plain(repository) == []
    assert gate(repository) == [("VPCE005", "E")]


def test_enforced_rule_looks_into_hidden_folders_and_where_links_lead(repository: Path) -> None:
    """Neither a dot nor a link hides code; a link that leads into a tool's folder is followed, one in a loop once."""
    grow(
        repository,
        {
            ".prod/main.tf": VPC + endpoint("hidden"),
            ".prod/t.json": TEMPLATE,
            ".terraform/x/main.tf": VPC + endpoint("linked"),
            "node_modules/x/main.tf": VPC + endpoint("package"),
        },
    )
    (repository / "live").symlink_to(".terraform/x")
    (repository / ".prod/loop").symlink_to("..")
    (repository / ".prod/outside").symlink_to(repository.parent)
    assert plain(repository) == []
    assert sorted(gate(repository)) == [
        ("VPCE005", "E"),
        ("VPCE005", "aws_vpc_endpoint.hidden"),
        ("VPCE005", "aws_vpc_endpoint.linked"),
    ]


def test_configuration_from_outside_leaves_out_what_a_link_leads_to(repository: Path) -> None:
    """What it excludes is excluded by whatever way one comes there."""
    grow(repository.parent, {"policy.toml": f'enforced = ["VPCE005"]\nexclude = ["{repository.name}/old"]'})
    grow(repository, {"old/prod/main.tf": CODE})
    (repository / "live").symlink_to("old/prod")
    assert gate(repository) == []


@pytest.mark.parametrize(
    ("name", "word", "spelt"),
    [
        ("t.json", "AWS::EC2", "\\u0041WS::EC2"),
        ("t.json", "Resources", "Re\\u0073ources"),
        ("t.yaml", "AWS::EC2", "AWS::\\x45C2"),
        ("t.yaml", "AWS::EC2", "AWS::\\U00000045C2"),
        ("t.yaml", "VPCEndpoint", "\\\n      VPCEndpoint"),
    ],
)
def test_escapes_hide_no_template(repository: Path, name: str, word: str, spelt: str) -> None:
    """A resource's type and a section's name are read however they are spelt."""
    hidden = TEMPLATE.replace("AWSTemplateFormat", "\\u0041WSTemplateFormat").replace(word, spelt)
    grow(repository, {name: hidden})
    assert plain(repository) == [("VPCE005", "E")]


@pytest.mark.parametrize("label", ["aws_vpc_\\u0065ndpoint", "aws_vpc_\\U00000065ndpoint"])
def test_escapes_hide_no_resource(repository: Path, label: str) -> None:
    """Terraform understands escapes in labels, and so do we."""
    grow(repository, {"main.tf": endpoint().replace("aws_vpc_endpoint", label)})
    assert plain(repository) == [FOUND]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize(("name", "text"), [("main.tf", CODE), ("t.json", TEMPLATE)])
def test_other_encodings_hide_nothing(repository: Path, encoding: str, name: str, text: str) -> None:
    """What isn't UTF-8 can't be read, and that is said where it could concern us."""
    (repository / name).write_bytes(text.encode(encoding))
    assert plain(repository) == [("VPCE900", name)]


def test_mark_at_the_beginning_hides_nothing(repository: Path) -> None:
    """A byte order mark is no part of the code."""
    for name, text in (("main.tf", CODE), ("t.json", TEMPLATE), ("u.yaml", TEMPLATE)):
        (repository / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert sorted(plain(repository)) == [("VPCE005", "E"), ("VPCE005", "E"), FOUND]


def test_cycle_of_modules_hides_nobody(repository: Path) -> None:
    """Of folders that call each other one is a root, and the cycle itself is refused."""
    on = OFF.replace("  count  = 0\n", "")
    grow(repository, {"decoy/main.tf": on, "prod/main.tf": CODE + on.replace("prod", "decoy")})
    assert ("VPCE005", "module.prod.aws_vpc_endpoint.a") in plain(repository)
    assert "VPCE900" in {rule for rule, _ in plain(repository)}
