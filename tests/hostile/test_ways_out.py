"""What a stranger writes into the tree to have it read, run or reach what lies outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from worktree import grow, run

from vpce_lint.readers.request import Request
from vpce_lint.reporters import format_names, load_reporter

REPOSITORY = Path(__file__).parents[2]
MARK = "MARKED"
WATCH = """\
import os, sys

TREE = os.path.realpath(sys.argv[1])
FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.remove", "os.rename",
             "os.mkdir", "os.link", "os.symlink", "os.chmod", "pickle.", "shutil.", "urllib.", "ftplib.", "webbrowser.")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def inside(path):
    return isinstance(path, str) and os.path.realpath(path).startswith(TREE + os.sep)


def watch(event, arguments):
    if event.startswith(FORBIDDEN):
        os._exit(97)
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        os._exit(98)
    if event == "compile" and inside(arguments[1]) or event == "exec" and inside(arguments[0].co_filename):
        os._exit(99)


sys.addaudithook(watch)
from vpce_lint.cli import main

sys.exit(main([TREE, "--no-local-config", "--format", "json"]))
"""


PLAN = {
    "format_version": "1.2",
    "planned_values": {
        "root_module": {
            "child_modules": [
                {
                    "address": "module.m",
                    "resources": [
                        {
                            "address": "module.m.aws_vpc_endpoint.x",
                            "mode": "managed",
                            "type": "aws_vpc_endpoint",
                            "name": "x",
                            "values": {"vpc_id": "v", "service_name": "com.amazonaws.eu-west-1.s3"},
                        }
                    ],
                }
            ]
        }
    },
    "configuration": {"root_module": {"module_calls": {"m": {"source": "./m", "module": {}}}}},
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository that tries every way to a folder beside it, in which everything bears the same mark."""
    endpoint = (
        'resource "aws_vpc_endpoint" "NAME" {\n  vpc_id = "vpc-1"\n  service_name = "com.amazonaws.eu-west-1.s3"\n}\n'
    )
    template = {
        "Resources": {
            MARK: {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3"},
            }
        }
    }
    outside = {
        "main.tf": endpoint.replace("NAME", MARK) + f'output "o" {{\n  value = "{MARK}"\n}}\n',
        "x.txt": MARK,
        "values.tfvars": f'given = "{MARK}"\n',
        "t.json": json.dumps(template),
        f"{MARK}.txt": "",
    }
    grow(tmp_path / "secret", outside)
    secret = tmp_path / "secret"
    reads = [
        *(f'{call}("{path}")' for call in ("file", "filebase64", "filesha256") for path in _ways("x.txt", secret)),
        *(f'templatefile("{path}", {{}})' for path in _ways("x.txt", secret)),
        *(f'jsonencode(fileset("{path}", "*"))' for path in _ways("", secret)),
        *(f'jsonencode(fileset(".", "{path}*"))' for path in _ways("", secret)),
        *(f'fileexists("{path}") ? "a" : "b"' for path in ("../secret/x.txt", "linked.txt")),
        'file(pathexpand("~/x.txt"))',
    ]
    modules = "".join(
        f'module "m{number}" {{\n  source = "{source}"\n}}\n'
        for number, source in enumerate(["../secret", "./link", str(secret), "x/y/z", "./link/../../secret", "./loop"])
    )
    policies = "".join(
        endpoint.replace("NAME", f"e{number}").replace("}\n", f"  policy = {each}\n}}\n")
        for number, each in enumerate(reads)
    )
    stacks = {
        f"S{number}": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": path}}
        for number, path in enumerate([*_ways("t.json", secret), f"file://{secret}/t.json"])
    }
    manifest = {"Modules": [{"Key": "m3", "Source": "x/y/z", "Dir": "../secret"}]}
    grow(
        tmp_path / "r",
        {
            ".git/HEAD": "",
            "main.tf": 'variable "given" {}\n' + modules + policies + endpoint.replace("NAME", "${var.given}"),
            "vars.tf": 'resource "aws_vpc_endpoint" "g" {\n  vpc_id = "v"\n  service_name = var.given\n}\n',
            "t.json": json.dumps({"Resources": stacks}),
            ".terraform/modules/modules.json": json.dumps(manifest),
        },
    )
    for name, target in {
        "link": "../secret",
        "linked.tf": "../secret/main.tf",
        "linked.txt": "../secret/x.txt",
        "linked.json": "../secret/t.json",
        "terraform.tfvars": "../secret/values.tfvars",
        "loop": "loop",
        "dangling.tf": "nowhere",
    }.items():
        (tmp_path / "r" / name).symlink_to(target)
    (tmp_path / "r/main.tf").write_text((tmp_path / "r/main.tf").read_text().replace('"${var.given}"', '"given"'))
    return tmp_path / "r"


def _ways(name: str, secret: Path) -> list[str]:
    return [f"../secret/{name}", f"{secret}/{name}", f"link/{name}", f"./link/../../secret/{name}"]


@pytest.mark.parametrize("policy", ["", 'enforced = ["VPCE005"]'])
def test_nothing_outside_the_tree_is_read(tree: Path, monkeypatch: pytest.MonkeyPatch, policy: str) -> None:
    """Sources, functions, manifests, nested stacks and links lead nowhere else, in whatever format one looks."""
    monkeypatch.chdir(tree)
    monkeypatch.setenv("HOME", str(tree.parent / "secret"))
    grow(tree.parent, {"policy.toml": policy})
    report = run(tree, config=str(tree.parent / "policy.toml")).report
    assert report.answers
    assert not [answer for answer in report.answers if MARK in answer.address]
    for name in format_names():
        assert MARK not in load_reporter(name)(report), name


INCLUDE = {"Name": "AWS::Include", "Parameters": {"Location": "../secret/t.json"}}
INCLUDING = {
    "Transform": [INCLUDE, "AWS::Serverless-2016-10-31"],
    "Resources": {
        "Fn::Transform": INCLUDE,
        "F": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "../secret", "Policies": ["x.txt"]}},
        "A": {"Type": "AWS::Serverless::Api", "Properties": {"DefinitionUri": "../secret/t.json"}},
        "P": {"Type": "AWS::Serverless::Application", "Properties": {"Location": "../secret/t.json"}},
        "E": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcId": "vpc-1",
                "ServiceName": "com.amazonaws.eu-west-1.s3",
                "PolicyDocument": {"Fn::Transform": INCLUDE},
            },
        },
    },
}


def test_templates_include_nothing_from_outside(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Includes, nested applications and the folders that hold a function's code lead nowhere."""
    monkeypatch.chdir(tree)
    grow(tree, {"including.json": json.dumps(INCLUDING)})
    report = run(tree / "including.json").report
    assert any(answer.address == "E" for answer in report.answers)
    for name in format_names():
        assert MARK not in load_reporter(name)(report), name


@pytest.mark.parametrize("source", ["../secret", "./link", "/SECRET"])
def test_code_of_a_plan_leads_nowhere_else(tree: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """The modules that ``--source`` finds for a plan's places, and their lines, are those in the repository."""
    secret = tree.parent / "secret"
    grow(secret, {"main.tf": f'resource "aws_vpc_endpoint" "x" {{ # {MARK}\n  vpc_id = "v"\n}}\n'})
    source = source.replace("/SECRET", str(secret))
    grow(tree, {"code/main.tf": f'module "m" {{\n  source = "{source}"\n}}\n', "plan.json": json.dumps(PLAN)})
    (tree / "code/link").symlink_to(secret)
    monkeypatch.chdir(tree)
    report = run(request=Request((tree / "plan.json",), source=tree / "code")).report
    assert any(answer.address == "module.m.aws_vpc_endpoint.x" for answer in report.answers)
    for name in format_names():
        assert MARK not in load_reporter(name)(report), name
    grow(
        tree,
        {"code/main.tf": 'module "m" {\n  source = "./m"\n}\n', "code/m/main.tf": (secret / "main.tf").read_text()},
    )
    inside = run(request=Request((tree / "plan.json",), source=tree / "code")).report
    assert any(MARK in load_reporter(name)(inside) for name in format_names())


def test_a_scan_reads_and_does_nothing_else(tree: Path) -> None:
    """No network, no other program, nothing written, and none of the code run: over the fixtures and hostile code."""
    (tree / "fixtures").symlink_to(REPOSITORY / "fixtures")
    for folder in (tree, REPOSITORY / "fixtures"):
        done = _python(["-B", "-c", WATCH, str(folder)], REPOSITORY)
        assert done.returncode in {0, 1}, (done.returncode, done.stderr[-2000:])
        assert json.loads(done.stdout)["answers"]


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("socket.socket()", 97),
        ("os.system('true')", 97),
        ("os.posix_spawn('x', ['x'], {})", 97),
        ("open('x', 'w')", 98),
        ("compile('1', TREE + '/x.py', 'exec')", 99),
    ],
)
def test_the_watch_sees_what_it_forbids(tmp_path: Path, deed: str, code: int) -> None:
    """What the test above relies on: each kind of deed ends the process."""
    text = WATCH.partition("from vpce_lint")[0] + f"import socket\n{deed}\n"
    assert _python(["-B", "-c", text, str(tmp_path)], REPOSITORY).returncode == code


def test_modules_in_the_working_directory_are_not_imported(tmp_path: Path) -> None:
    """``python -m vpce_lint`` in a stranger's folder runs none of the files that are named as our modules are."""
    names = (
        "yaml",
        "msgspec",
        "re2",
        "json",
        "tree_sitter",
        "tree_sitter_hcl",
        "argparse",
        "sitecustomize",
    )
    for name in names:
        grow(tmp_path, {f"{name}.py": f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r})\n"})
    grow(
        tmp_path,
        {"main.tf": 'resource "aws_subnet" "s" {}\n', "t.yaml": "Resources: {}\nAWSTemplateFormatVersion: x\n"},
    )
    done = _python(["-m", "vpce_lint", "."], tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


def _python(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
