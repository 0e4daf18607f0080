"""Input that would keep a scan from ending: each is cut off at a limit, which fails and is named."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from msgspec.structs import replace
from worktree import VPC, endpoint, grow, open_answers, run

from vpce_lint import sweep
from vpce_lint.cache import Cache
from vpce_lint.cli import main
from vpce_lint.limits import Limits, LimitsError, limits_from
from vpce_lint.readers.gap_list import MOST_GAPS
from vpce_lint.readers.request import Request
from vpce_lint.verdict import Verdict

SMALL = Limits(steps=20_000, resources=50)
"""Limits that make hostile input small, too; real code of this size needs a hundredth of the steps."""


def locals_of(first: str, following: str) -> str:
    """Forty locals, each made of the one before."""
    rows = [following.replace("N", str(number)).replace("M", str(number - 1)) for number in range(1, 41)]
    return "\n".join(["locals {", f"  a0 = {first}", *rows, "}", ""])


def policy(value: str, above: str = "") -> dict[str, str]:
    """An endpoint with this policy."""
    return {"main.tf": above + VPC + endpoint(inside=f"policy = {value}")}


FLAGS = "".join(f'variable "u{number}" {{\n  type = bool\n}}\n' for number in range(300))
HOSTILE: dict[str, dict[str, str]] = {
    "loops in loops": policy("jsonencode([for a in range(1000): [for b in range(1000): [for c in range(9): a]]])"),
    "loops that give nothing": policy("length([for a in range(1000): a if length([for b in range(1000): b]) == 1])"),
    "conditions on conditions": policy(
        "local.a40", FLAGS + locals_of("var.u0", '  aN = var.uN ? local.aM : "x${local.aM}"')
    ),
    "a long conjunction": policy(" && ".join(f"var.u{number}" for number in range(300)) + ' ? "a" : "b"', FLAGS),
    "templates that call templates": {
        **policy('templatefile("t0", {})'),
        **{f"t{n}": '${templatefile("tN", {})}'.replace("N", str(n + 1)) * 2 for n in range(30)},
        "t30": "",
    },
    "files hashed over and over": {
        **policy('jsonencode([for a in range(1000): [for b in range(1000): filesha512("x")]])'),
        "x": "y" * 100_000,
    },
    "folders searched over and over": {
        **policy('jsonencode([for a in range(1000): fileset(path.module, "**")])'),
        **{f"d/{n}": "" for n in range(100)},
    },
    "instances of many blocks": {
        "main.tf": VPC + "".join(f'resource "aws_subnet" "s{n}" {{\n  count = 2000\n}}\n' for n in range(100))
    },
    "substitutions in substitutions": {
        "t.json": json.dumps({"Resources": {"E": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": "v"}}}})
    },
}


HOSTILE |= {
    "functions on long lists": policy("length([for a in range(1000): a if length(sort(range(1000))) == 1])"),
    "conditionals in a disjunction": policy(
        " || ".join(f"(var.u{n} ? var.u{n + 1} : var.u{n + 2})" for n in range(290)) + ' ? "a" : "b"', FLAGS
    ),
    "dynamic blocks in dynamic blocks": {
        "main.tf": 'data "aws_iam_policy_document" "d" {\n  dynamic "statement" {\n    for_each = range(1000)\n'
        '    content {\n      dynamic "principals" {\n        for_each = range(1000)\n        content {}\n'
        f"      }}\n    }}\n  }}\n}}\n{policy('data.aws_iam_policy_document.d.json')['main.tf']}"
    },
    "conditional subnets of an endpoint": {
        "t.json": json.dumps(
            {
                "Parameters": {f"P{n}": {"Type": "String"} for n in range(40)},
                "Conditions": {f"C{n}": {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]} for n in range(40)},
                "Resources": {
                    "E": {
                        "Type": "AWS::EC2::VPCEndpoint",
                        "Properties": {
                            "VpcId": "v",
                            "VpcEndpointType": "Interface",
                            "ServiceName": "com.amazonaws.eu-west-1.sqs",
                            "SubnetIds": [
                                {"Fn::If": [f"C{n}", f"subnet-{n}", {"Ref": "AWS::NoValue"}]} for n in range(40)
                            ],
                        },
                    }
                },
            }
        )
    },
    "loops that aren't read": {
        "t.json": json.dumps(
            {
                "Transform": "AWS::LanguageExtensions",
                "Parameters": {"P": {"Type": "CommaDelimitedList"}},
                "Resources": {
                    **{f"Fn::ForEach::L{n}": ["a", {"Ref": "P"}, {"X${a}": {"Type": "x"}}] for n in range(300)},
                    **{
                        f"E{n}": {
                            "Type": "AWS::EC2::VPCEndpoint",
                            "Properties": {"VpcId": "v", "ServiceName": "com.amazonaws.eu-west-1.s3"},
                        }
                        for n in range(20)
                    },
                },
            }
        )
    },
}


def _nested(depth: int) -> Any:
    value: Any = "x" * 100
    for _ in range(depth):
        value = {"Fn::Sub": ["${a}${a}", {"a": value}]}
    return value


HOSTILE["substitutions in substitutions"]["t.json"] = json.dumps(
    {
        "Resources": {
            "E": {
                "Type": "AWS::EC2::VPCEndpoint",
                "Properties": {
                    "VpcId": "v",
                    "ServiceName": "com.amazonaws.eu-west-1.s3",
                    "PolicyDocument": _nested(30),
                },
            }
        }
    }
)


@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE)
def test_work_ends_and_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    """Whatever the code asks for, the limit that it runs into is violated, and the root is named."""
    grow(tmp_path, {f"prod/{name}": text for name, text in files.items()})
    monkeypatch.chdir(tmp_path)
    outcome = run(tmp_path / "prod", request=Request((tmp_path / "prod",), limits=SMALL))
    assert outcome.fails
    said = [answer.message for answer in outcome.report.answers if answer.rule == "VPCE901"]
    assert any("prod" in each and "more than" in each for each in said), said


def test_the_same_work_stops_at_the_same_place(tmp_path: Path) -> None:
    """Steps are counted, not timed: two runs say the same."""
    grow(tmp_path, HOSTILE["conditions on conditions"])
    reports = [run(tmp_path, request=Request((tmp_path,), limits=SMALL)).report for _ in range(2)]
    assert reports[0].answers == reports[1].answers


def test_processes_stop_at_the_same_place(tmp_path: Path) -> None:
    """The limits of a run count in each of its processes."""
    grow(tmp_path, {f"{name}/main.tf": HOSTILE["conditions on conditions"]["main.tf"] for name in "abc"})
    request = Request((tmp_path,), limits=SMALL)
    alone = run(tmp_path, request=request).report
    assert "VPCE901" in {answer.rule for answer in alone.answers}
    assert run(tmp_path, request=replace(request, jobs=2)).report == alone


def test_what_was_cut_off_is_not_kept_for_other_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A result counts only for the limits that it was worked out with."""
    monkeypatch.setattr(sweep, "WORTH_KEEPING", 0)
    cache = Cache(tmp_path / "cache")
    grow(tmp_path, {"r/main.tf": VPC + 'resource "aws_subnet" "s" {\n  count = 30\n}\n'})

    def rules(limits: Limits) -> set[str]:
        request = Request((tmp_path / "r",), limits=limits)
        return {answer.rule for answer in run(request=request, cache=cache).report.answers}

    for _ in range(2):
        assert "VPCE901" in rules(Limits(instances=20))
        assert "VPCE901" not in rules(Limits())


def test_one_root_does_not_pay_for_another(tmp_path: Path) -> None:
    """Each root has all its steps before it, wherever in the order it comes."""
    files = HOSTILE["loops in loops"]["main.tf"]
    grow(tmp_path, {"a/main.tf": files, "b/main.tf": VPC + endpoint(), "c/main.tf": files})
    report = run(tmp_path, request=Request((tmp_path,), limits=SMALL)).report
    roots = [Path(answer.root).name for answer in report.answers if answer.rule == "VPCE901"]
    assert {"a", "c"} == set(roots)
    assert open_answers(report).count(("VPCE005", "aws_vpc_endpoint.a")) == 1


def test_rules_have_steps_of_their_own(tmp_path: Path) -> None:
    """Judging what was read is bounded as well; what isn't judged any more is not taken for satisfied."""
    grow(tmp_path, {"main.tf": VPC + "".join(endpoint(f"e{number}") for number in range(40))})
    request = Request((tmp_path,), limits=Limits(steps=1_500))
    found = open_answers(run(tmp_path, request=request).report)
    assert "VPCE901" in {rule for rule, _ in found}
    whole = open_answers(run(tmp_path).report)
    assert {each for each in found if each[0] != "VPCE901"} < set(whole)


@pytest.mark.parametrize("cut", ["depth", "number"])
def test_what_is_cut_off_before_it_concerns_us_fails(tmp_path: Path, cut: str) -> None:
    """A root whose calls are too many, or too deep, to reach what matters isn't passed over as irrelevant."""
    chain = 45 if cut == "depth" else 3
    count = "" if cut == "depth" else "  count = 30\n"
    files = {
        f"m{number}/main.tf": f'module "m" {{\n  source = "../m{number + 1}"\n{count}}}\n' for number in range(chain)
    }
    grow(tmp_path, {**files, f"m{chain}/main.tf": VPC + endpoint()})
    outcome = run(tmp_path, request=Request((tmp_path,), limits=Limits(modules=100)))
    assert "VPCE901" in {rule for rule, _ in open_answers(outcome.report)}


def test_stacks_that_are_cut_off_before_they_concern_us_fail(tmp_path: Path) -> None:
    """The same with nested stacks."""
    for number in range(6):
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"t{number + 1}.json"}}
        stacks = {f"S{which}": nested for which in range(10)}
        grow(tmp_path, {f"t{number}.json": json.dumps({"Resources": stacks})})
    last = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"VpcId": "v", "ServiceName": "com.amazonaws.eu-west-1.s3"}}
    grow(tmp_path, {"t6.json": json.dumps({"Resources": {"E": last}})})
    assert "VPCE901" in {rule for rule, _ in open_answers(run(tmp_path).report)}


def test_folders_nest_to_a_limit(tmp_path: Path) -> None:
    """Code further down isn't looked for, and that is said."""
    grow(tmp_path, {"/".join(["d"] * 99) + "/main.tf": VPC + endpoint("near")})
    assert open_answers(run(tmp_path).report) == [("VPCE005", "aws_vpc_endpoint.near")]
    grow(tmp_path, {"/".join(["d"] * 102) + "/main.tf": VPC + endpoint("far")})
    assert {rule for rule, _ in open_answers(run(tmp_path).report)} == {"VPCE005", "VPCE901"}


def test_gitignore_that_no_engine_takes_leaves_nothing_out(tmp_path: Path) -> None:
    """Patterns by the thousand, with stars by the dozen, neither end the run nor hide anything."""
    lines = "\n".join(f"{'*a' * 50}{number}" for number in range(5_000))
    grow(tmp_path, {".git/HEAD": "", ".gitignore": lines, "main.tf": VPC + endpoint()})
    assert open_answers(run(tmp_path).report) == [("VPCE005", "aws_vpc_endpoint.a")]


def test_only_who_runs_the_tool_raises_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line and a configuration from outside do, one in the tree is refused."""
    many = VPC + 'resource "aws_subnet" "s" {\n  count = 2001\n}\n'
    grow(tmp_path, {"r/.git/HEAD": "", "r/main.tf": many, "out.toml": "[limits]\ninstances = 3000\n"})
    monkeypatch.chdir(tmp_path / "r")
    assert main(["."]) == 1
    assert "more than 2000 instances" in capsys.readouterr().out
    assert main([".", "--limit", "instances=3_000"]) == 0
    assert main([".", "--config", "../out.toml"]) == 0
    assert main([".", "--config", "../out.toml", "--limit", "instances=2500"]) == 0
    grow(tmp_path, {"r/.vpce-lint.toml": "[limits]\ninstances = 3000\n"})
    assert main(["."]) == 2
    assert "'limits' counts only in a file that --config names" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["step=5", "steps", "steps=", "steps=0", "steps=-1", "steps=1e3", f"steps={'9' * 5000}"]
)
def test_limits_that_make_no_sense_are_refused(text: str) -> None:
    """A misspelt limit never passes for one that counts."""
    with pytest.raises(LimitsError, match="limit"):
        limits_from([text])


def endpoint_of(**properties: Any) -> dict[str, Any]:
    """An endpoint in CloudFormation, whose policy is missing."""
    return {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"ServiceName": "com.amazonaws.eu-west-1.s3", **properties}}


EQUALS = {"Fn::Equals": [{"Ref": "P"}, "x"]}
CHAINS: dict[str, dict[str, Any]] = {
    "negations": {
        "Conditions": {"C0": EQUALS, **{f"C{n}": {"Fn::Not": [{"Condition": f"C{n - 1}"}]} for n in range(1, 5_000)}}
    },
    "conjunctions": {
        "Conditions": {
            "C0": EQUALS,
            **{f"C{n}": {"Fn::And": [{"Condition": f"C{n - 1}"}, EQUALS]} for n in range(1, 5_000)},
        }
    },
    "attributes": {
        "Resources": {
            "E": endpoint_of(VpcId={"Fn::GetAtt": ["S4999", "VpcId"]}),
            **{
                f"S{n}": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Fn::GetAtt": [f"S{n - 1}", "VpcId"]}}}
                for n in range(4_999, 0, -1)
            },
            "S0": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1"}},
        }
    },
    "choices": {
        "Conditions": {"C4999": EQUALS},
        "Resources": {
            "E": endpoint_of(VpcId={"Fn::GetAtt": ["S4999", "VpcId"]}),
            **{
                f"S{n}": {
                    "Type": "AWS::EC2::Subnet",
                    "Properties": {"VpcId": {"Fn::If": ["C4999", {"Fn::GetAtt": [f"S{n - 1}", "VpcId"]}, f"vpc-{n}"]}},
                }
                for n in range(4_999, 0, -1)
            },
            "S0": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-1"}},
        },
    },
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_chains_of_names_end_at_a_depth(tmp_path: Path, chain: dict[str, Any]) -> None:
    """Names that lead to each other thousands of times over are followed to a depth, and end in no internal error."""
    template = {
        "Parameters": {"P": {"Type": "String"}},
        "Resources": {"E": endpoint_of(VpcId={"Fn::If": ["C4999", "vpc-1", "vpc-2"]})},
        **chain,
    }
    grow(tmp_path, {"t.json": json.dumps(template)})
    said = {answer.rule: answer.message for answer in run(tmp_path).report.answers}
    assert "VPCE999" not in said
    assert said["VPCE901"].endswith("values are made of each other more than 600 levels deep")


@pytest.mark.parametrize("kind", ["locals", "modules", "resources"])
def test_chains_of_terraform_end(tmp_path: Path, kind: str) -> None:
    """In Terraform, too: where the chain isn't followed to its end, the limit is violated."""
    reference = "aws_vpc_endpoint.e{}.vpc_id"
    files = {
        "locals": {
            "main.tf": "locals {\n  a0 = 1\n"
            + "".join(f"  a{n} = local.a{n - 1}\n" for n in range(1, 5_000))
            + "}\n"
            + endpoint(inside="policy = local.a4999")
        },
        "modules": {
            **{f"m{n}/main.tf": f'module "m" {{\n  source = "../m{n + 1}"\n}}\n' for n in range(60)},
            "m60/main.tf": VPC + endpoint(),
        },
        "resources": {
            "main.tf": VPC
            + endpoint("e0")
            + "".join(
                endpoint(f"e{n}").replace("aws_vpc.main.id", reference.format(n - 1)) for n in range(4_999, 0, -1)
            )
        },
    }[kind]
    grow(tmp_path, files)
    said = {answer.rule for answer in run(tmp_path).report.answers}
    assert "VPCE999" not in said
    assert "VPCE901" in said


def planned(number: int, **values: Any) -> dict[str, Any]:
    """An endpoint in a plan."""
    return {
        "address": f"aws_vpc_endpoint.e{number}",
        "mode": "managed",
        "type": "aws_vpc_endpoint",
        "name": f"e{number}",
        "values": {"vpc_id": "v", "service_name": "com.amazonaws.eu-west-1.s3", **values},
    }


PLANS: dict[str, list[dict[str, Any]]] = {
    "resources": [planned(number) for number in range(60)],
    "members": [planned(0, subnet_ids=[f"subnet-{n}" for n in range(20_000)], vpc_endpoint_type="Interface")],
    "a long text": [planned(0, service_name="x" * 4_000_000)],
    "depth": [planned(0, policy=json.loads("[" * 90 + "]" * 90))],
}


@pytest.mark.parametrize("resources", PLANS.values(), ids=PLANS)
def test_plans_are_bounded(tmp_path: Path, resources: list[dict[str, Any]]) -> None:
    """A plan pays for its resources, their members and their texts as code does."""
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}, "configuration": {}}
    grow(tmp_path, {"plan.json": json.dumps(plan)})
    report = run(tmp_path, request=Request((tmp_path / "plan.json",), limits=SMALL)).report
    assert {answer.rule for answer in report.answers} >= {"VPCE901"}
    assert not [answer for answer in report.answers if answer.rule in {"VPCE900", "VPCE999"}]


def test_many_keys_cost_in_proportion(tmp_path: Path) -> None:
    """Instances by ``for_each`` cost as many steps each, however many there are."""

    def fits(keys: int, steps: int) -> bool:
        block = endpoint("b", f'for_each = toset([for i in range({keys}): "k${{i}}"])')
        grow(tmp_path, {"main.tf": VPC + block})
        report = run(tmp_path, request=Request((tmp_path,), limits=Limits(steps=steps))).report
        return "VPCE901" not in {answer.rule for answer in report.answers}

    least = next(steps for steps in range(500, 100_000, 500) if fits(20, steps))
    assert fits(800, 2 * 40 * least)


def test_long_lines_cost_in_proportion(tmp_path: Path) -> None:
    """Places in one line of megabytes are shown together: many of them don't each pay for the whole line."""
    seconds: list[float] = []
    for number in (500, 4_000):
        resources = {f"E{n}": endpoint_of(VpcId="vpc-1") for n in range(number)}
        grow(tmp_path, {"t.json": json.dumps({"Resources": resources})})
        start = process_time()
        run(tmp_path)
        seconds.append(process_time() - start)
    assert seconds[1] < 3 * 8 * seconds[0]


@pytest.mark.parametrize("kind", ["code", "template", "plan"])
def test_what_is_not_read_any_more_is_left_out(tmp_path: Path, kind: str) -> None:
    """Once the steps are over, no resource is made of its name alone: the report isn't filled with what nobody read."""
    long = "x" * 3_000_000
    resources = {f"e{n}": endpoint_of(VpcId="vpc-1") for n in range(40)}
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [planned(0, policy=long), *map(planned, range(1, 40))]}},
        "configuration": {},
    }
    loops = "policy = jsonencode([for a in range(1000): [for b in range(1000): a]])"
    files = {
        "code": {"main.tf": VPC + endpoint("e0", loops) + "".join(endpoint(f"e{n}") for n in range(1, 40))},
        "template": {
            "t.json": json.dumps({"Resources": resources | {"e0": endpoint_of(PolicyDocument=_nested(30), VpcId="v")}})
        },
        "plan": {"plan.json": json.dumps(plan)},
    }[kind]
    grow(tmp_path, files)
    report = run(tmp_path, request=Request((tmp_path,), limits=SMALL)).report
    addresses = {answer.address.rpartition(".")[2] for answer in report.answers}
    assert "VPCE901" in {answer.rule for answer in report.answers}
    assert "e0" in addresses
    assert "e39" not in addresses


@pytest.mark.parametrize("kind", ["code", "template"])
def test_what_was_cut_off_is_missed_by_nobody(tmp_path: Path, kind: str) -> None:
    """Where the reading was cut short, the gateway endpoint that isn't among what was read may be among the rest."""
    subnet = 'resource "aws_subnet" "n%d" {\n  vpc_id = aws_vpc.main.id\n}\n'
    code = (
        VPC + endpoint("a", 'vpc_endpoint_type = "Interface"') + "".join(subnet % n for n in range(9)) + endpoint("z")
    )
    of = {"VpcId": {"Ref": "V"}}
    resources: dict[str, Any] = {"V": {"Type": "AWS::EC2::VPC", "Properties": {}}}
    resources["A"] = endpoint_of(**of, ServiceName="com.amazonaws.eu-west-1.s3", VpcEndpointType="Interface")
    resources |= {f"N{n}": {"Type": "AWS::EC2::Subnet", "Properties": of} for n in range(9)}
    resources["Z"] = endpoint_of(**of, ServiceName="com.amazonaws.eu-west-1.s3")
    files = {"code": {"main.tf": code}, "template": {"t.json": json.dumps({"Resources": resources})}}
    grow(tmp_path, files[kind])
    answers = run(tmp_path, request=Request((tmp_path,), limits=Limits(resources=5))).report.answers
    found = [each for each in answers if each.rule == "VPCE001" and each.verdict is not Verdict.NOT_APPLICABLE]
    assert [each.verdict for each in found] == [Verdict.UNDETERMINED]
    assert "more than 5 resources" in str(found[0].why)


def test_limit_is_told_among_many_gaps(tmp_path: Path) -> None:
    """That the reading was cut short isn't lost where more files can't be read than are told one by one."""
    calls = "".join(f'module "m{n}" {{\n  source = "./m"\n}}\n' for n in range(2))
    code = VPC + endpoint("a", 'vpc_endpoint_type = "Interface"') + calls
    grow(tmp_path, {"main.tf": code, "m/main.tf": "", **{f"broken{n}.tf": "}\n" for n in range(MOST_GAPS + 1)}})
    answers = run(tmp_path, request=Request((tmp_path,), limits=Limits(modules=1))).report.answers
    found = [each for each in answers if each.rule == "VPCE001"]
    assert [each.verdict for each in found] == [Verdict.UNDETERMINED]
    assert "module instances" in str(found[0].why)
