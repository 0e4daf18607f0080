"""A template that is named as a file is judged with what lies around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from worktree import grow, open_answers, run

NETWORK = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1a}}
Outputs:
  A: {Value: !Ref A, Export: {Name: subnet-a}}
  B: {Value: !Ref B, Export: {Name: subnet-b}}
"""
ENDPOINT = """\
Resources:
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: vpc-1
      ServiceName: com.amazonaws.eu-west-1.sqs
      VpcEndpointType: Interface
      SubnetIds: [!ImportValue subnet-a, !ImportValue subnet-b]
      PolicyDocument: {Statement: [{Effect: Allow, Principal: {AWS: "111122223333"}, Action: "sqs:*", Resource: "*"}]}
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network and an endpoint in its subnets, which lie in one zone."""
    grow(tmp_path, {".git/HEAD": "", "network/network.yaml": NETWORK, "endpoint/endpoint.yaml": ENDPOINT})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_exports_are_found_in_the_whole_repository(repository: Path) -> None:
    """A file gets the answers that a run over everything gives about it."""
    everything = run(Path()).report
    assert ("VPCE003", "Endpoint") in open_answers(everything)
    named = run(Path("endpoint/endpoint.yaml")).report
    assert set(named.answers) == {each for each in everything.answers if each.root == "endpoint/endpoint.yaml"}


def test_two_files_in_folders_that_git_ignores(repository: Path) -> None:
    """Each is judged with what lies beside it, whichever is named first."""
    moved = {"out/network.yaml": NETWORK, "out/endpoint.yaml": ENDPOINT, ".gitignore": "out\n"}
    grow(repository, {**moved, "network/network.yaml": "", "endpoint/endpoint.yaml": ""})
    first, second = Path("out/endpoint.yaml"), Path("out/network.yaml")
    assert run(first, second).report.answers == run(second, first).report.answers == run(Path("out")).report.answers
    assert ("VPCE003", "Endpoint") in open_answers(run(first).report)


@pytest.mark.parametrize("name", ["stack.cfn", "stack.yaml.j2", "stack"])
def test_any_name_will_do(repository: Path, name: str) -> None:
    """What is named may be a template whatever its name ends in; its content says whether it is."""
    (repository / "endpoint/endpoint.yaml").rename(repository / name)
    assert ("VPCE003", "Endpoint") in open_answers(run(Path(name)).report)
    assert run(Path()).report.scope.roots == 1
    (repository / name).write_text("nothing of the kind\n")
    assert run(Path(name)).report.scope.roots == 0


def test_excluded_is_excluded(repository: Path) -> None:
    """Hooks name every file that changed: what the configuration excludes is left out, and counted."""
    grow(repository, {".vpce-lint.toml": 'exclude = ["endpoint"]\n'})
    report = run(Path("endpoint/endpoint.yaml")).report
    assert report.answers == ()
    assert [(item.path, item.kind) for item in report.unread] == [("endpoint/endpoint.yaml", "excluded")]
