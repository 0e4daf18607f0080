"""Only what a change brings: the roots that it touches are judged as they are and as they were."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repository import commit, git
from worktree import TODAY, VPC, endpoint, grow, open_answers, run

from vpce_lint import engine
from vpce_lint.change import change_since
from vpce_lint.cli import main
from vpce_lint.disk import DISK
from vpce_lint.git import GitError
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.scan import Order, scan
from vpce_lint.verdict import Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vpce_lint.report import Report

S3 = ("VPCE005", "aws_vpc_endpoint.a")
MODULE = 'variable "policy" {\n  default = null\n}\n' + VPC + endpoint(inside="policy = var.policy")
OPEN_POLICY = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
ORG = '"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}'
CLOSED_POLICY = OPEN_POLICY.replace('"Resource": "*"', f'"Resource": "*", {ORG}')
TEMPLATE = """\
Resources:
  Vpc:
    Type: AWS::EC2::VPC
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.eu-west-1.s3
"""
PARENT = "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: child.yaml\n"


def new(folder: Path, revision: str = "HEAD", **more: object) -> list[tuple[str, str]]:
    """Rule and address of the violations that belong to the change."""
    return open_answers(run(folder, diff=revision, **more).report)


def changed(folder: Path, before: Mapping[str, str], after: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """What a change brings that writes files over those before, or takes them away."""
    grow(folder, before)
    commit(folder)
    grow(folder, {name: text for name, text in after.items() if text is not None})
    for name, text in after.items():
        if text is None:
            (folder / name).unlink()
    return new(folder)


def test_nothing_has_changed(tmp_path: Path) -> None:
    """No root is judged, nothing fails, and that is not mistaken for there being no code."""
    grow(tmp_path, {"a/main.tf": VPC + endpoint(), "b/main.tf": VPC + endpoint()})
    commit(tmp_path)
    outcome = run(tmp_path, diff="HEAD")
    assert not outcome.fails
    assert outcome.report.answers == ()
    assert outcome.report.change is not None
    assert (outcome.report.scope.roots, outcome.report.change.roots) == (0, 2)
    assert not outcome.report.found_nothing


def test_root_that_becomes_a_module_brings_nothing(tmp_path: Path) -> None:
    """What was wrong with a root's files before a new root calls it isn't new."""
    grow(tmp_path, {"m/main.tf": VPC + endpoint() + endpoint()})
    commit(tmp_path)
    grow(tmp_path, {"r/main.tf": 'module "m" {\n  source = "../m"\n}\n'})
    assert "VPCE900" not in {rule for rule, _ in new(tmp_path)}


def test_only_touched_roots_are_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the roots as they were, the rules are put only to those that the change touches."""
    grow(tmp_path, {f"{name}/main.tf": VPC + endpoint() for name in "abc"})
    commit(tmp_path)
    grow(tmp_path, {"b/main.tf": VPC + endpoint() + endpoint("more")})
    judged: list[str] = []
    original = engine.judge_network

    def noting(network: object, rules: object) -> object:
        judged.append(network.root)  # type: ignore[attr-defined]
        return original(network, rules)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "judge_network", noting)
    assert new(tmp_path) == [("VPCE005", "aws_vpc_endpoint.more")]
    times = Counter(os.path.basename(root) for root in judged)  # noqa: PTH119
    assert times["b"] == 2 * times["a"] == 2 * times["c"]


def test_old_violation_in_a_touched_root_is_left_out_and_counted(tmp_path: Path) -> None:
    """What was there before doesn't fail, and isn't silently gone."""
    grow(tmp_path, {"main.tf": VPC + endpoint("old")})
    commit(tmp_path)
    grow(tmp_path, {"more.tf": endpoint("new")})
    report = run(tmp_path, diff="HEAD").report
    assert open_answers(report) == [("VPCE005", "aws_vpc_endpoint.new")]
    assert report.change is not None
    assert (report.change.violated, report.change.roots) == (1, 0)


def test_old_violation_on_a_changed_line_counts(tmp_path: Path) -> None:
    """Who edits the line that an answer points at is told what is wrong with it."""
    before = VPC + endpoint()
    after = before.replace('"aws_vpc_endpoint" "a" {', '"aws_vpc_endpoint" "a" { # ours')
    assert changed(tmp_path, {"main.tf": before}, {"main.tf": after}) == [S3]


def test_moved_lines_are_not_changed_ones(tmp_path: Path) -> None:
    """Lines above, of whatever ending, don't make an old answer new."""
    before = VPC + endpoint()
    assert changed(tmp_path, {"main.tf": before}, {"main.tf": "# a\n# b\n" + before}) == []
    (tmp_path / "main.tf").write_bytes(("# a\r\n" + before.replace("\n", "\r\n")).encode())
    assert new(tmp_path) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"m/main.tf": VPC}, {"m/main.tf": MODULE}, id="a module that is called"),
        pytest.param({"m/main.tf": VPC}, {"m/new.tf": endpoint()}, id="a new file in a module"),
        pytest.param(
            {"m/main.tf": MODULE, "m/x_override.tf": CLOSED_POLICY}, {"m/x_override.tf": None}, id="taken away"
        ),
    ],
)
def test_changed_modules_touch_their_callers(
    tmp_path: Path, before: Mapping[str, str], after: Mapping[str, str | None]
) -> None:
    """A root is judged when only a module that it calls has changed, and not when another one has."""
    override = f'resource "aws_vpc_endpoint" "a" {{\n  policy = <<-E\n{CLOSED_POLICY}\nE\n}}\n'
    before = {name: text.replace(CLOSED_POLICY, override) for name, text in before.items()}
    roots = {f"{name}/main.tf": 'module "m" {\n  source = "../m"\n}\n' for name in ("one", "two")}
    found = changed(tmp_path, {**before, **roots, "three/main.tf": VPC + endpoint()}, after)
    assert found == [("VPCE005", "module.m.aws_vpc_endpoint.a")] * 2


@pytest.mark.parametrize(
    ("call", "file", "before", "after"),
    [
        ('file("${path.module}/p.json")', "p.json", CLOSED_POLICY, OPEN_POLICY),
        ('templatefile("${path.module}/p.tpl", { who = "*" })', "p.tpl", CLOSED_POLICY, OPEN_POLICY),
        (
            'fileexists("${path.module}/x") ? file("${path.module}/x") : file("${path.module}/y")',
            "x",
            CLOSED_POLICY,
            None,
        ),
        (
            'length(fileset(path.module, "*.x")) == 1 ? file("${path.module}/z") : file("${path.module}/y")',
            "1.x",
            "",
            None,
        ),
    ],
)
def test_files_that_code_reads(tmp_path: Path, call: str, file: str, before: str, after: str | None) -> None:
    """A file that a function reads, or whose absence it sees, belongs to the root, here to one of two."""
    fixed = {"a/y": OPEN_POLICY, "a/z": CLOSED_POLICY, "b/main.tf": VPC + endpoint()}
    code = VPC + endpoint(inside=f"policy = {call}")
    assert changed(tmp_path, {**fixed, "a/main.tf": code, f"a/{file}": before}, {f"a/{file}": after}) == [S3]
    report = run(tmp_path, diff="HEAD").report
    assert (report.scope.roots, report.change and report.change.roots) == (1, 1)


@pytest.mark.parametrize("name", ["terraform.tfvars", "x.auto.tfvars"])
@pytest.mark.parametrize("gone", [True, False])
def test_variable_files(tmp_path: Path, name: str, *, gone: bool) -> None:
    """A value that a variable file gives, or gives no longer, decides."""
    code = 'variable "on" {\n  default = true\n}\n' + VPC + endpoint(inside="count = var.on ? 1 : 0")
    after = None if gone else "on = true\n"
    found = changed(tmp_path, {"main.tf": code, f"{name}": "on = false\n"}, {name: after})
    assert found == [("VPCE005", "aws_vpc_endpoint.a[0]")]


def test_variable_file_of_the_command_line(tmp_path: Path) -> None:
    """A file that --var-file names is read as it was, too."""
    code = 'variable "on" {}\n' + VPC + endpoint(inside="count = var.on ? 1 : 0")
    grow(tmp_path, {"main.tf": code, "prod.tfvars": "on = false\n"})
    commit(tmp_path)
    grow(tmp_path, {"prod.tfvars": "on = true\n"})
    request = Request(paths=(tmp_path,), variable_files=(tmp_path / "prod.tfvars",))
    report = scan(Order(request=request, today=TODAY, diff="HEAD")).report
    assert open_answers(report) == [("VPCE005", "aws_vpc_endpoint.a[0]")]


def test_nested_templates(tmp_path: Path) -> None:
    """A template is judged when only one that it nests has changed."""
    before = {"parent.yaml": PARENT, "child.yaml": TEMPLATE.partition("  Endpoint")[0], "other.yaml": TEMPLATE}
    assert changed(tmp_path, before, {"child.yaml": TEMPLATE}) == [("VPCE005", "Child.Endpoint")]


def test_undetermined_that_becomes_violated_is_new(tmp_path: Path) -> None:
    """What nobody could tell before, and is wrong for certain now, belongs to the change; the other way it doesn't."""
    interface = endpoint(inside="subnet_ids = var.ids").replace(".s3", ".sqs")
    policy = f"policy = <<-E\n{CLOSED_POLICY}\nE\n}}"
    unsure = (
        'variable "ids" {\n  type = list(string)\n}\n'
        + VPC
        + interface[:-2]
        + f'vpc_endpoint_type = "Interface"\n{policy}\n'
    )
    values = {"terraform.tfvars": 'ids = ["subnet-1"]\n'}
    assert changed(tmp_path, {"main.tf": unsure}, values) == [("VPCE003", "aws_vpc_endpoint.a")]
    commit(tmp_path)
    (tmp_path / "terraform.tfvars").unlink()
    report = run(tmp_path, diff="HEAD").report
    assert open_answers(report, Verdict.UNDETERMINED) == []
    assert report.change is not None
    assert report.change.undetermined == 1


def test_more_affected_is_new(tmp_path: Path) -> None:
    """The change that adds a second workload behind NAT is told, though the route was named before."""
    network = (
        VPC + 'resource "aws_subnet" "s" {\n  vpc_id = aws_vpc.main.id\n  cidr_block = "10.0.0.0/24"\n}\n'
        'resource "aws_nat_gateway" "n" {\n  subnet_id = aws_subnet.s.id\n  allocation_id = "eipalloc-1"\n}\n'
        'resource "aws_route_table" "r" {\n  vpc_id = aws_vpc.main.id\n}\n'
        'resource "aws_route" "r" {\n  route_table_id = aws_route_table.r.id\n'
        '  destination_cidr_block = "0.0.0.0/0"\n  nat_gateway_id = aws_nat_gateway.n.id\n}\n'
    )
    subnet = (
        'resource "aws_subnet" "{0}" {{\n  vpc_id = aws_vpc.main.id\n  cidr_block = "10.0.1.0/24"\n}}\n'
        'resource "aws_route_table_association" "{0}" {{\n  subnet_id = aws_subnet.{0}.id\n'
        "  route_table_id = aws_route_table.r.id\n}}\n"
    )
    found = changed(tmp_path, {"main.tf": network + subnet.format("x")}, {"y.tf": subnet.format("y")})
    assert "VPCE002" in {rule for rule, _ in found}
    commit(tmp_path)
    grow(tmp_path, {"z.tf": "# nothing\n"})
    assert new(tmp_path) == []


def test_unreadable_files_count_where_they_are_new(tmp_path: Path) -> None:
    """A file that breaks fails; one that was broken fails when it is edited, not when its neighbour is."""
    broken = [("VPCE900", "main.tf")]
    os.chdir(tmp_path)
    try:
        assert changed(tmp_path, {"main.tf": VPC + endpoint()}, {"main.tf": VPC + endpoint() + "x {"}) == broken
        commit(tmp_path)
        grow(tmp_path, {"more.tf": ""})
        assert new(tmp_path) == []
        grow(tmp_path, {"main.tf": VPC + endpoint() + "x {\n\n"})
        assert new(tmp_path) == broken
        commit(tmp_path)
        grow(tmp_path, {"main.tf": VPC + endpoint()})
        assert new(tmp_path) == [S3]
    finally:
        os.chdir("/")


def test_unreadable_files_elsewhere_are_not_this_change_s(tmp_path: Path) -> None:
    """A broken root that the change doesn't touch doesn't fail it."""
    before = {"a/main.tf": VPC + endpoint() + "x {", "b.yaml": TEMPLATE + " x: [", "c/main.tf": VPC}
    assert changed(tmp_path, before, {"c/more.tf": endpoint()}) == [S3]


def test_configuration_that_changes(tmp_path: Path) -> None:
    """A rule that is switched on, or made graver, is news about the whole of what the configuration is for."""
    before = {"a/main.tf": VPC + endpoint(), "b/main.tf": VPC + endpoint(), ".vpce-lint.toml": 'ignore = ["VPCE005"]\n'}
    assert changed(tmp_path, before, {".vpce-lint.toml": ""}) == [S3, S3]
    grow(tmp_path, {".vpce-lint.toml": '[rules.VPCE005]\nseverity = "info"\n'})
    commit(tmp_path)
    assert changed(tmp_path, {}, {".vpce-lint.toml": '[rules.VPCE005]\nseverity = "medium"\n'}) == [S3, S3]
    commit(tmp_path)
    assert changed(tmp_path, {}, {".vpce-lint.toml": '[rules.VPCE005]\nseverity = "low"\n'}) == []


def test_configuration_that_was_wrong(tmp_path: Path) -> None:
    """Where the earlier configuration can't be used, nothing is known to have been there before."""
    before = {"main.tf": VPC + endpoint(), ".vpce-lint.toml": "nonsense = 1\n"}
    assert changed(tmp_path, before, {".vpce-lint.toml": ""}) == [S3]


def test_suppression_that_goes(tmp_path: Path) -> None:
    """What a comment suppressed and now doesn't is new; what it suppresses now is no failure."""
    before = VPC + endpoint(above="# vpce-lint: ignore[VPCE005] agreed")
    assert changed(tmp_path, {"main.tf": before}, {"main.tf": VPC + endpoint()}) == [S3]
    commit(tmp_path)
    assert changed(tmp_path, {}, {"main.tf": before}) == []


def test_suppression_in_a_shared_module_is_not_called_useless(tmp_path: Path) -> None:
    """A suppression that only a root needs which the change doesn't touch stays unmentioned."""
    module = MODULE.replace(
        'resource "aws_vpc_endpoint"', '# vpce-lint: ignore[VPCE005] so\nresource "aws_vpc_endpoint"'
    )
    closed = f'module "m" {{\n  source = "../m"\n  policy = <<-E\n{CLOSED_POLICY}\nE\n}}\n'
    before = {"m/main.tf": module, "a/main.tf": 'module "m" {\n  source = "../m"\n}\n', "b/main.tf": VPC}
    assert changed(tmp_path, before, {"b/main.tf": VPC + closed}) == []


def test_baselines(tmp_path: Path) -> None:
    """What a baseline knows stays known, and what is taken out of it is new."""
    grow(tmp_path, {"main.tf": VPC + endpoint()})
    file = tmp_path / "known.json"
    run(tmp_path, write_baseline=str(file))
    commit(tmp_path)
    grow(tmp_path, {"more.tf": endpoint("new")})
    assert new(tmp_path, baseline=str(file)) == [("VPCE005", "aws_vpc_endpoint.new")]
    run(tmp_path, write_baseline=str(file))
    assert new(tmp_path, baseline=str(file)) == []
    commit(tmp_path)
    file.write_text('{"version": 1, "entries": []}')
    assert new(tmp_path, baseline=str(file)) == [S3, ("VPCE005", "aws_vpc_endpoint.new")]


def test_baseline_that_is_new(tmp_path: Path) -> None:
    """Before there was a baseline, everything was open, and is old."""
    grow(tmp_path, {"main.tf": VPC + endpoint()})
    commit(tmp_path)
    grow(tmp_path, {"known.json": '{"version": 1, "entries": []}'})
    assert new(tmp_path, baseline=str(tmp_path / "known.json")) == []


def test_environments(tmp_path: Path) -> None:
    """Each environment is compared with itself."""
    config = '[[environments]]\nname = "{0}"\nroots = ["*"]\nvariable_files = ["{0}.tfvars"]\n'
    code = 'variable "on" {}\n' + VPC + endpoint(inside="count = var.on ? 1 : 0")
    before = {"a/main.tf": code, "dev.tfvars": "on = true\n", "prod.tfvars": "on = false\n"}
    before[".vpce-lint.toml"] = config.format("dev") + config.format("prod")
    grow(tmp_path, before)
    commit(tmp_path)
    grow(tmp_path, {"prod.tfvars": "on = true\n"})
    answers = run(tmp_path, diff="HEAD").report.answers
    assert [(each.rule, each.environment) for each in answers if each.verdict is Verdict.VIOLATED] == [
        ("VPCE005", "prod")
    ]


def test_rules_that_change(tmp_path: Path) -> None:
    """A rule of one's own that is edited has no answers from before: whatever it finds now is new."""
    rule = (
        '"""Endpoints are grey."""\n\nfrom vpce_lint.api import GatewayEndpoint, Requirements, Severity, rule\n'
        "from vpce_lint.api import require\n\n\n"
        '@rule("ACME001", severity=Severity.HIGH)\ndef grey_endpoint(endpoint: GatewayEndpoint) -> Requirements:\n'
        '    yield require(endpoint.service.is_("{0}"), "it is green")\n'
    )
    grow(tmp_path, {"main.tf": VPC + endpoint(), "rules/x/grey-endpoint.py": rule.format("x")})
    commit(tmp_path)
    folders = (str(tmp_path / "rules"),)
    assert new(tmp_path, rule_folders=folders) == []
    grow(tmp_path, {"rules/x/grey-endpoint.py": rule.format("y")})
    assert new(tmp_path, rule_folders=folders) == [("ACME001", "aws_vpc_endpoint.a")]


def test_root_that_is_one_now(tmp_path: Path) -> None:
    """A module that nobody calls any more is judged by itself, which nobody did before."""
    closed = f'module "m" {{\n  source = "../m"\n  policy = <<-E\n{CLOSED_POLICY}\nE\n}}\n'
    assert changed(tmp_path, {"m/main.tf": MODULE, "a/main.tf": VPC + closed}, {"a/main.tf": VPC}) == [S3]


@pytest.mark.parametrize(
    "names", [("a", "b"), ("with blank", "new\nline"), ("café", "ü"), ("a", "a/b/c"), ("x/y", "x")]
)
def test_renamed_folders_and_files(tmp_path: Path, names: tuple[str, str]) -> None:
    """A file or a root that only lies elsewhere brings nothing new; what is edited on the way does."""
    old, moved = (tmp_path / name for name in names)
    grow(old, {"main.tf": VPC + endpoint(), "other.tf": endpoint("b"), "policy.json": "{}"})
    commit(tmp_path)
    aside = tmp_path / "aside"
    old.rename(aside)
    moved.parent.mkdir(parents=True, exist_ok=True)
    aside.rename(moved)
    assert new(tmp_path) == []
    (moved / "other.tf").rename(moved / "renamed.tf")
    assert new(tmp_path) == []
    grow(moved, {"main.tf": VPC + endpoint() + endpoint("c")})
    assert new(tmp_path) == [("VPCE005", "aws_vpc_endpoint.c")]


def test_names_that_are_not_unicode(tmp_path: Path) -> None:
    """A file's name is bytes, whatever they stand for."""
    grow(tmp_path, {"main.tf": VPC + endpoint()})
    name = os.fsencode(tmp_path) + b"/caf\xe9.tf"
    with open(name, "w", encoding="utf-8") as file:  # noqa: PTH123 (no text names it)
        file.write(endpoint("b"))
    commit(tmp_path)
    with open(name, "a", encoding="utf-8") as file:  # noqa: PTH123
        file.write(endpoint("c"))
    assert new(tmp_path) == [("VPCE005", "aws_vpc_endpoint.c")]


def test_links(tmp_path: Path) -> None:
    """A link that leads elsewhere now is followed to where it led before."""
    grow(tmp_path, {"m1/main.tf": VPC, "m2/main.tf": MODULE, "a/main.tf": 'module "m" {\n  source = "./m"\n}\n'})
    (tmp_path / "a/m").symlink_to("../m1")
    commit(tmp_path)
    (tmp_path / "a/m").unlink()
    (tmp_path / "a/m").symlink_to("../m2")
    assert ("VPCE005", "module.m.aws_vpc_endpoint.a") in new(tmp_path)
    commit(tmp_path)
    (tmp_path / "a/m").unlink()
    shutil.copytree(tmp_path / "m2", tmp_path / "a/m")
    report = run(tmp_path, diff="HEAD").report
    assert report.change is not None


def test_submodules(tmp_path: Path) -> None:
    """A submodule is read as it was at the commit that was checked out then; what is edited in it counts."""
    grow(tmp_path / "inner", {"main.tf": VPC})
    commit(tmp_path / "inner")
    outer = tmp_path / "outer"
    grow(outer, {"a/main.tf": 'module "m" {\n  source = "../sub"\n}\n'})
    commit(outer)
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "sub")
    commit(outer)
    assert new(outer) == []
    grow(outer, {"sub/more.tf": endpoint()})
    found = [("VPCE005", "module.m.aws_vpc_endpoint.a")]
    assert new(outer) == found
    commit(outer / "sub")
    assert new(outer) == found
    commit(outer)
    assert new(outer) == []


def test_linked_working_trees_and_subfolders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes no difference whether the repository is elsewhere, or the run starts below its top."""
    grow(tmp_path / "main", {"infra/a/main.tf": VPC + endpoint()})
    commit(tmp_path / "main")
    git(tmp_path / "main", "worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    grow(tmp_path / "linked", {"infra/a/more.tf": endpoint("b")})
    expected = [("VPCE005", "aws_vpc_endpoint.b")]
    assert new(tmp_path / "linked", "main") == expected
    monkeypatch.chdir(tmp_path / "linked/infra")
    report = run(tmp_path / "linked/infra/a/main.tf", diff="main").report
    assert open_answers(report) == expected
    assert [answer.location.path for answer in report.answers if answer.verdict is Verdict.VIOLATED] == ["a/more.tf"]


def test_branch_is_compared_with_where_it_began(tmp_path: Path) -> None:
    """What others have fixed on the main branch meanwhile is not this branch's fault."""
    grow(tmp_path, {"main.tf": VPC + endpoint()})
    commit(tmp_path)
    git(tmp_path, "checkout", "--quiet", "-b", "topic")
    grow(tmp_path, {"notes.tf": "# mine\n"})
    commit(tmp_path)
    git(tmp_path, "checkout", "--quiet", "main")
    grow(tmp_path, {"main.tf": VPC})
    commit(tmp_path)
    git(tmp_path, "checkout", "--quiet", "topic")
    assert new(tmp_path, "main") == []


def test_what_git_ignores_is_as_it_was(tmp_path: Path) -> None:
    """Downloaded modules and local values, which no commit has, make nothing new."""
    values = {"terraform.tfvars": f"policy = {json.dumps(OPEN_POLICY)}\n"}
    grow(tmp_path, {"main.tf": 'variable "policy" {}\n' + VPC + endpoint(inside="policy = var.policy")})
    grow(tmp_path, {".gitignore": "*.tfvars\n", **values})
    commit(tmp_path)
    grow(tmp_path, {"more.tf": "# more\n"})
    report = run(tmp_path, diff="HEAD").report
    assert open_answers(report) == []
    assert report.change is not None
    assert report.change.violated == 1


def test_generated_code_that_git_ignores_is_new(tmp_path: Path) -> None:
    """A template or plan that is generated says nothing about how it was before: all of it is reported."""
    grow(tmp_path, {".gitignore": "*.yaml\n"})
    commit(tmp_path)
    grow(tmp_path, {"made.yaml": TEMPLATE})
    assert new(tmp_path / "made.yaml") == [("VPCE005", "Endpoint")]


def test_paths_in_several_repositories(tmp_path: Path) -> None:
    """One revision has a meaning in one repository."""
    for name in ("a", "b"):
        grow(tmp_path / name, {"main.tf": VPC})
        commit(tmp_path / name)
    with pytest.raises(GitError, match="paths in one git repository, not in"):
        run(tmp_path / "a", tmp_path / "b", diff="HEAD")
    with pytest.raises(GitError, match="is in no git repository"):
        run(tmp_path, diff="HEAD")


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code counts what is reported, the last line says what is not, JSON and files alike."""
    grow(tmp_path, {"a/main.tf": VPC + endpoint(), "b/main.tf": VPC + endpoint()})
    commit(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["--diff", "HEAD"]) == 0
    assert "0 violated     0 of 2 roots" in capsys.readouterr().out
    grow(tmp_path, {"a/more.tf": "# nothing\n"})
    assert main(["--diff", "HEAD", "--output", "json=report.json"]) == 0
    assert "0 violated · 1 more not in this change     1 of 2 roots" in capsys.readouterr().out
    written = json.loads((tmp_path / "report.json").read_text())
    assert (written["change"]["violated"], written["summary"]["violated"]) == (1, 0)
    grow(tmp_path, {"a/more.tf": endpoint("b")})
    assert main(["--diff", "HEAD"]) == 1
    capsys.readouterr()
    assert main(["--diff", "nowhere"]) == 2
    assert "there is no revision nowhere" in capsys.readouterr().err
    assert main(["--diff", "HEAD", "--write-baseline", "x.json"]) == 2


PIECES = {
    "vpc": VPC,
    "bad": endpoint("a"),
    "good": endpoint("a", f"policy = <<-E\n{CLOSED_POLICY}\nE"),
    "file": endpoint("b", 'policy = file("${path.module}/p.json")'),
    "call": 'module "m" {\n  source = "../m"\n}\n',
    "broken": "x {\n",
}
TREES = st.dictionaries(
    st.sampled_from(["r1/main.tf", "r1/x.tf", "r2/main.tf", "m/main.tf", "m/y.tf"]),
    st.lists(st.sampled_from(sorted(PIECES)), max_size=3, unique=True),
    max_size=4,
)
POLICIES = st.dictionaries(st.sampled_from(["r1/p.json", "m/p.json"]), st.sampled_from([CLOSED_POLICY, OPEN_POLICY]))


def plant(folder: Path, tree: Mapping[str, list[str]], policies: Mapping[str, str]) -> None:
    """A tree of code in an empty folder."""
    for each in folder.iterdir():
        if each.name != ".git":
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    grow(folder, {name: "".join(PIECES[piece] for piece in pieces) for name, pieces in tree.items()} | dict(policies))


def violations(report: Report) -> dict[str, int]:
    """How many violations there are of each fingerprint."""
    found: dict[str, int] = {}
    for answer in report.answers:
        if answer.verdict is Verdict.VIOLATED and not answer.suppressed and answer.severity is not Severity.INFO:
            found[answer.fingerprint] = found.get(answer.fingerprint, 0) + 1
    return found


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES, POLICIES, TREES, POLICIES)
def test_against_two_whole_runs(
    tmp_path: Path,
    before: dict[str, list[str]],
    policies_before: dict[str, str],
    after: dict[str, list[str]],
    policies_after: dict[str, str],
) -> None:
    """Every violation that a whole run finds now and none found then is reported, and no other but on changed files."""
    shutil.rmtree(tmp_path / "tree", ignore_errors=True)
    folder = tmp_path / "tree"
    folder.mkdir()
    plant(folder, before, policies_before)
    commit(folder)
    then = violations(run(folder).report)
    plant(folder, after, policies_after)
    whole = run(folder).report
    now = violations(whole)
    limited = run(folder, diff="HEAD").report
    found = violations(limited)
    moved = bool(change_since("HEAD", str(folder)).moves)
    for fingerprint, count in now.items():
        assert found.get(fingerprint, 0) >= min(1, count - then.get(fingerprint, 0)) or moved
        assert found.get(fingerprint, 0) <= count
    assert found.keys() <= now.keys()
    change = change_since("HEAD", str(folder))
    for answer in limited.answers:
        if answer.verdict is Verdict.VIOLATED and then.get(answer.fingerprint) and answer.severity is not Severity.INFO:
            places = (answer.location, *answer.related, *answer.calls)
            assert any(change.has_changed(str(folder.parent / os.path.abspath(place.path))) for place in places)  # noqa: PTH100


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES, POLICIES, TREES, POLICIES)
def test_the_past_is_what_a_checkout_has(
    tmp_path: Path,
    before: dict[str, list[str]],
    policies_before: dict[str, str],
    after: dict[str, list[str]],
    policies_after: dict[str, str],
) -> None:
    """Names, bytes and kinds of all that lay there at the commit, as a copy that was made then has them."""
    for name in ("tree", "copy"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
    folder = tmp_path / "tree"
    folder.mkdir()
    plant(folder, before, policies_before)
    (folder / "link").symlink_to("r1")
    commit(folder)
    shutil.copytree(folder, tmp_path / "copy", symlinks=True, ignore=shutil.ignore_patterns(".git"))
    plant(folder, after, policies_after)
    past = change_since("HEAD", str(folder)).past
    for top in ("", "r1", "link", "m", "link/p.json", "r2/main.tf", "nothing"):
        then, copy = str(folder / top), str(tmp_path / "copy" / top)
        assert past.exists(then) == DISK.exists(copy)
        assert past.is_file(then) == DISK.is_file(copy)
        assert past.is_folder(then) == DISK.is_folder(copy)
        assert past.is_dangling(then) == DISK.is_dangling(copy)
        if DISK.is_file(copy):
            assert past.data(then) == DISK.data(copy)
            assert past.size(then) == DISK.size(copy)
        if DISK.is_folder(copy):
            assert set(past.names(then)) - {".git"} == set(DISK.names(copy))
        walked = {
            (os.path.relpath(place, root), tuple(sorted(set(folders) - {".git"})), tuple(sorted(names)))
            for root, disk in ((then, past), (copy, DISK))
            for place, folders, names in disk.walk(root)
            if ".git" not in place
        }
        once = {
            (os.path.relpath(place, copy), tuple(sorted(folders)), tuple(sorted(names)))
            for place, folders, names in DISK.walk(copy)
        }
        assert walked == once


def test_inputs_name_every_file_of_a_root(tmp_path: Path) -> None:
    """What a root was made from: files that were read, files that weren't there, and folders that were listed."""
    code = VPC + endpoint(inside='policy = fileexists("${path.module}/no") ? "" : file("${path.module}/p.json")')
    grow(tmp_path, {"a/main.tf": code + PIECES["call"], "a/p.json": OPEN_POLICY, "m/main.tf": "", "b/main.tf": VPC})
    commit(tmp_path)
    reading = read(Request(paths=(tmp_path,)))
    inputs = {
        os.path.basename(root): {  # noqa: PTH119
            (question.kind, os.path.relpath(question.path, tmp_path))
            for question in asked
            if "modules.json" not in question.path
        }
        for root, asked in reading.inputs.items()
    }
    data = {name for kind, name in inputs["a"] if kind == "data"}
    assert data == {"a/main.tf", "a/p.json", "a/no", "m/main.tf"}
    assert {name for kind, name in inputs["a"] if kind == "names"} == {"a", "m"}
    assert {name for kind, name in inputs["b"] if kind == "data"} == {"b/main.tf"}
