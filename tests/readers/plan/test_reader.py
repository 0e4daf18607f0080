"""Plans from files to networks: what is recognised, what is taken over, and where answers point."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.readers.plan.documents import PLANS, plan_of, reading_of, report_on, resource, verdicts
from tests.readers.terraform.configuration import resources, write
from vpce_lint.cli import main
from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.model import Endpoint, GatewayEndpoint, InterfaceEndpoint, Subnet, Vpc
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request, RequestError
from vpce_lint.value import Known, Reference, Sequence, Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from vpce_lint.report import Answer, Report

S3 = {"service_name": "com.amazonaws.eu-west-1.s3"}
KMS = {"service_name": "com.amazonaws.eu-west-1.kms", "vpc_endpoint_type": "Interface"}
RESTRICTED = (
    '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*",'
    '"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}'
)


def endpoint(values: dict[str, Any], name: str = "e", **more: Any) -> dict[str, Any]:
    """An endpoint of a plan."""
    return resource("aws_vpc_endpoint", name, values, **more)


def to(*names: str) -> dict[str, Any]:
    """An expression that refers to attributes of resources without keys."""
    return {"references": [each for name in names for each in (name, name.rpartition(".")[0])]}


def only(report: Report, rule: str) -> Answer:
    """The only answer of a rule."""
    answers = [answer for answer in report.answers if answer.rule == rule]
    assert len(answers) == 1, answers
    return answers[0]


# What is recognised


def test_plans_are_found_below_folders_by_content(tmp_path: Path) -> None:
    """A plan may have any name that ends in .json; other JSON files are left alone, whatever words are in them."""
    plan = json.dumps(plan_of([endpoint(KMS)]))
    write(
        tmp_path,
        {
            "ci/out/network.json": plan,
            "ci/notes.txt": plan,
            "ci/list.json": f"[{plan}]",
            "package.json": '{"name": "x"}',
            "test.json": json.dumps({"input": {"format_version": "1.2", "planned_values": {}}}),
            ".cache/hidden.json": plan,
            "variables.tfvars.json": "{}",
        },
    )
    reading = read(Request(paths=(tmp_path,)))
    assert [network.root.rpartition("/")[2] for network in reading.networks] == ["network.json"]
    assert (reading.problems, reading.unread) == ((), ())


def test_named_plan_may_have_any_name_and_is_read_once(tmp_path: Path) -> None:
    """Naming a file, and its folder too, gives one network."""
    (tmp_path / "plan").write_text(json.dumps(plan_of([endpoint(KMS)])))
    reading = read(Request(paths=(tmp_path / "plan", tmp_path / "plan", tmp_path)))
    assert len(reading.networks) == 1


def test_plan_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """Some shells write a mark at the beginning; places don't shift by it."""
    text = json.dumps(plan_of([endpoint(KMS)]), indent=1)
    places = []
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
        reading = reading_of(tmp_path, data)
        places.append(next(iter(resources(reading, Endpoint).values())).span.line)
    assert places[0] == places[1] > 1


def test_plan_in_utf_16_is_a_fault(tmp_path: Path) -> None:
    """PowerShell's redirection writes UTF-16: that is said, and not passed over."""
    data = json.dumps(plan_of([endpoint(KMS)])).encode("utf-16")
    problem = reading_of(tmp_path, data).problems[0]
    assert (problem.kind, "UTF-8" in problem.fix) == ("unreadable", True)


def test_named_plan_may_be_a_link(tmp_path: Path) -> None:
    """Who names a link means what it leads to, wherever that lies; a pipe is no file, and that is said."""
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    elsewhere.mkdir()
    here.mkdir()
    (elsewhere / "plan.json").write_text(json.dumps(plan_of([endpoint(KMS)])))
    (here / "link").symlink_to(elsewhere / "plan.json")
    os.mkfifo(here / "pipe")
    assert len(read(Request(paths=(here / "link",))).networks) == 1
    assert [problem.kind for problem in read(Request(paths=(here / "pipe",))).problems] == ["unreadable"]


def test_saved_plan_is_a_fault(tmp_path: Path) -> None:
    """Terraform's own format can't be read; the way out is said."""
    problem = reading_of(tmp_path, b"PK\x03\x04\xff\xfe").problems[0]
    assert "terraform show -json" in problem.message


def test_state_is_left_out_and_counted(tmp_path: Path) -> None:
    """What show prints without a plan is no plan."""
    state = {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}
    reading = reading_of(tmp_path, state)
    assert (reading.networks, [unread.kind for unread in reading.unread]) == ((), ["state"])


def test_broken_file_about_something_else_is_left_alone(tmp_path: Path) -> None:
    """A broken plan in which no endpoint is named is counted as unread, not a violation."""
    text = json.dumps(plan_of([resource("aws_instance", "a", {})]))[:-3]
    reading = reading_of(tmp_path, text.encode())
    assert reading.problems == ()
    assert len(reading.unread) == 1


def test_file_that_is_too_large_is_a_limit(tmp_path: Path) -> None:
    """A plan of a hundred megabytes is not read, and that is said."""
    file = tmp_path / "plan.json"
    with file.open("wb") as stream:
        stream.write(b'{"format_version":"1.2","terraform_version":"1.11.4","x":"')
        stream.truncate(100_000_000)
    for paths in ((file,), (tmp_path,)):
        assert [problem.kind for problem in read(Request(paths=paths)).problems] == ["limit"]


def test_modules_beyond_all_measure_are_a_limit(tmp_path: Path) -> None:
    """Modules nest only so deep."""
    module: dict[str, Any] = {"resources": [endpoint(KMS)]}
    for depth in range(60, 0, -1):
        module = {"address": ".".join(["module.m"] * depth), "child_modules": [module] if depth < 60 else []}
    plan = plan_of([endpoint(KMS)])
    plan["planned_values"]["root_module"]["child_modules"] = [module]
    assert [problem.kind for problem in reading_of(tmp_path, plan).problems] == ["limit"]


# What will be


def test_known_ids_of_planned_resources_are_references(tmp_path: Path) -> None:
    """A VPC that was made before has an id, and who names it by that id stands in it."""
    plan = plan_of(
        [
            resource("aws_vpc", "main", {"id": "vpc-1"}),
            endpoint({**KMS, "vpc_id": "vpc-1", "subnet_ids": ["subnet-1"]}),
            endpoint({**KMS, "vpc_id": "vpc-2"}, "other"),
        ]
    )
    found = resources(reading_of(tmp_path, plan), InterfaceEndpoint)
    assert (
        found["aws_vpc_endpoint.e"]
        .vpc.equals(
            Vpc(
                address="aws_vpc.main",
                span=found["aws_vpc_endpoint.e"].span,
            ).id
        )
        .is_true
    )
    assert found["aws_vpc_endpoint.e"].subnets == Sequence((Known("subnet-1"),), "list")
    assert found["aws_vpc_endpoint.other"].vpc == Known("vpc-2")


def test_id_of_two_resources_names_neither(tmp_path: Path) -> None:
    """Where two blocks manage one VPC, no endpoint is taken for standing in one of them alone."""
    vpcs = [resource(type_, "main", {"id": "vpc-1"}) for type_ in ("aws_vpc", "aws_default_vpc")]
    plan = plan_of([*vpcs, endpoint({**S3, "vpc_id": "vpc-1"})])
    found = resources(reading_of(tmp_path, plan), Endpoint)
    assert found["aws_vpc_endpoint.e"].vpc == Known("vpc-1")


def test_unknown_id_of_one_origin_is_a_reference(tmp_path: Path) -> None:
    """What refers to one VPC that is to be made will be its id."""
    plan = plan_of(
        [resource("aws_vpc", "main", {}), endpoint(KMS)],
        unknown={"aws_vpc_endpoint.e": {"vpc_id": True}, "aws_vpc.main": {"id": True}},
        expressions={"aws_vpc_endpoint.e": {"vpc_id": to("aws_vpc.main.id")}},
    )
    vpc = resources(reading_of(tmp_path, plan), Endpoint)["aws_vpc_endpoint.e"].vpc
    assert isinstance(vpc, Reference)
    assert (vpc.address, vpc.attribute) == ("aws_vpc.main", "id")


@pytest.mark.parametrize(
    "references", [["local.id"], ["aws_vpc.one.id", "aws_vpc.two.id"], ["module.gone.id"], ["nonsense[["], []]
)
def test_unknown_id_of_no_single_origin_stays_unknown(tmp_path: Path, references: list[str]) -> None:
    """Where a plan doesn't tell what an id will be, nobody guesses, and the attribute is named as the reason."""
    vpcs = [resource("aws_vpc", name, {}) for name in ("one", "two")]
    plan = plan_of(
        [*vpcs, endpoint(KMS)],
        unknown={"aws_vpc_endpoint.e": {"vpc_id": True}, "aws_vpc.one": {"id": True}, "aws_vpc.two": {"id": True}},
        expressions={"aws_vpc_endpoint.e": {"vpc_id": {"references": references}}},
    )
    vpc = resources(reading_of(tmp_path, plan), Endpoint)["aws_vpc_endpoint.e"].vpc
    assert type(vpc) is Unknown
    assert "aws_vpc_endpoint.e.vpc_id is known after apply" in vpc.reasons[0].words


def test_computed_policy_that_is_not_given_is_missing(tmp_path: Path) -> None:
    """A new endpoint's policy that no expression gives is left to AWS; without configuration that can't be told."""
    unknown = {"aws_vpc_endpoint.e": {"policy": True}}
    verdict = {}
    for name, expressions in (("configured", {"aws_vpc_endpoint.e": {}}), ("bare", None)):
        report = report_on(tmp_path, plan_of([endpoint(S3)], unknown=unknown, expressions=expressions))
        verdict[name] = str(only(report, "VPCE005").verdict)
    assert verdict == {"configured": "violated", "bare": "undetermined"}


def test_assumed_list_is_likely_only(tmp_path: Path) -> None:
    """That a list holds all that its expression refers to is usual, not certain."""
    subnets = [resource("aws_subnet", name, {"availability_zone": f"eu-west-1{name}"}) for name in "ab"]
    plan = plan_of(
        [*subnets, endpoint(KMS)],
        unknown={"aws_vpc_endpoint.e": {"subnet_ids": True}, **{f"aws_subnet.{name}": {"id": True} for name in "ab"}},
        expressions={"aws_vpc_endpoint.e": {"subnet_ids": to("aws_subnet.a.id", "aws_subnet.b.id")}},
    )
    answer = only(report_on(tmp_path, plan), "VPCE003")
    assert (str(answer.verdict), str(answer.confidence)) == ("satisfied", "likely")
    assert "aws_subnet.a" in answer.why[0]


def test_list_with_unknown_principals_is_not_assumed(tmp_path: Path) -> None:
    """A wildcard written beside a new role's ARN is invisible, so a list of principals stays unknown."""
    service = resource("aws_vpc_endpoint_service", "s", {"acceptance_required": True})
    role = resource("aws_iam_role", "r", {})
    plan = plan_of(
        [service, role],
        unknown={"aws_vpc_endpoint_service.s": {"allowed_principals": True}, "aws_iam_role.r": {"arn": True}},
        expressions={"aws_vpc_endpoint_service.s": {"allowed_principals": to("aws_iam_role.r.arn")}},
    )
    assert set(verdicts(report_on(tmp_path, plan)).values()) == {"undetermined"}


def test_subnets_that_were_found_tell_their_zones(tmp_path: Path) -> None:
    """Data sources that were read for the plan lie in its prior state."""
    subnets = [
        resource("aws_subnet", name, {"id": f"subnet-{name}", "availability_zone": "eu-west-1a"}, mode="data")
        for name in "ab"
    ]
    plan = plan_of(
        [endpoint({**KMS, "subnet_ids": ["subnet-a", "subnet-b"]})],
        prior_state={"format_version": "1.0", "values": {"root_module": {"resources": subnets}}},
    )
    reading = reading_of(tmp_path, plan)
    assert set(resources(reading, Subnet)) == {"data.aws_subnet.a", "data.aws_subnet.b"}
    answer = only(judge(reading, load_rules()), "VPCE003")
    assert "share the zone eu-west-1a" in answer.message


def test_deleted_and_deposed_resources_do_not_count(tmp_path: Path) -> None:
    """A gateway endpoint on its way out serves nobody; nor does a leftover with the address of a resource that stays."""
    vpc = resource("aws_vpc", "main", {"id": "vpc-1"})
    inside = {"vpc_id": "vpc-1", "id": "vpce-1", "route_table_ids": ["rtb-1"]}
    plan = plan_of([vpc, endpoint({**S3, "vpc_endpoint_type": "Interface", "vpc_id": "vpc-1"})])
    gone = endpoint({**S3, **inside}, "gone")
    plan["resource_changes"] += [
        {**gone, "change": {"actions": ["delete"], "before": gone["values"]}},
        {
            "address": "aws_vpc_endpoint.e",
            "type": "aws_vpc_endpoint",
            "mode": "managed",
            "deposed": "0a1b",
            "change": {"actions": ["delete"]},
        },
    ]
    reading = reading_of(tmp_path, plan)
    assert resources(reading, GatewayEndpoint) == {}
    assert verdicts(judge(reading, load_rules()))["VPCE001", "aws_vpc_endpoint.e", None] == "violated"


def test_what_deleted_companions_made_does_not_last(tmp_path: Path) -> None:
    """An endpoint still shows the policy and the subnets of companions that the plan takes away."""
    values = {
        **S3,
        "vpc_endpoint_type": "Interface",
        "id": "vpce-1",
        "policy": RESTRICTED,
        "subnet_ids": ["s-1", "s-2"],
    }
    plan = plan_of([endpoint(values)], expressions={"aws_vpc_endpoint.e": {"service_name": {}}})
    kept = verdicts(report_on(tmp_path, plan))
    for type_, brought in (("policy", {"policy": RESTRICTED}), ("subnet_association", {"subnet_id": "s-1"})):
        before = {"vpc_endpoint_id": "vpce-1", **brought}
        plan["resource_changes"].append(
            {
                "address": f"aws_vpc_endpoint_{type_}.x",
                "mode": "managed",
                "type": f"aws_vpc_endpoint_{type_}",
                "change": {"actions": ["delete"], "before": before},
            }
        )
    left = verdicts(report_on(tmp_path, plan))
    at = "aws_vpc_endpoint.e"
    assert (kept["VPCE003", at, None], kept["VPCE005", at, None]) == ("satisfied", "satisfied")
    assert (left["VPCE003", at, None], left["VPCE005", at, None]) == ("violated", "violated")


def test_imported_vpc_may_hold_more(tmp_path: Path) -> None:
    """A VPC that the plan takes over was there before, and others may have added to it."""
    plan = plan_of([resource("aws_vpc", "main", {"id": "vpc-1"}), endpoint({**KMS, "vpc_id": "vpc-1"})])
    assert not resources(reading_of(tmp_path, plan), Vpc)["aws_vpc.main"].imported
    plan["resource_changes"][0]["change"]["importing"] = {"id": "vpc-1"}
    assert resources(reading_of(tmp_path, plan), Vpc)["aws_vpc.main"].imported


@pytest.mark.parametrize("sign", ["complete", "errored", "configured", "changed"])
def test_partial_plan_leaves_absence_open(tmp_path: Path, sign: str) -> None:
    """Where a plan doesn't show all that there will be, what is missing may be what it doesn't show."""
    plan = plan_of([endpoint(S3)], expressions={"aws_vpc_endpoint.e": {}})
    whole = only(report_on(tmp_path, plan), "VPCE005")
    hidden = {"mode": "managed", "type": "aws_vpc_endpoint_policy", "name": "p"}
    if sign == "complete":
        plan["complete"] = False
    elif sign == "errored":
        plan["errored"] = True
    elif sign == "configured":
        plan["configuration"]["root_module"]["resources"].append({**hidden, "expressions": {}})
    else:
        change = {"address": "module.cut.aws_vpc_endpoint_policy.p", **hidden, "change": {"actions": ["create"]}}
        plan["resource_changes"].append(change)
    partial = only(report_on(tmp_path, plan), "VPCE005")
    assert (str(whole.verdict), str(partial.verdict)) == ("violated", "undetermined")
    assert "the plan" in partial.why[0]


# What is shown, and where


def test_sensitive_values_are_neither_judged_nor_shown(tmp_path: Path) -> None:
    """What Terraform keeps back is kept back here too."""
    service = resource(
        "aws_vpc_endpoint_service",
        "s",
        {"acceptance_required": True, "allowed_principals": ["arn:aws:iam::999988887777:root", "*"]},
        sensitive_values={"allowed_principals": [True]},
    )
    report = report_on(tmp_path, plan_of([service]))
    assert {str(answer.verdict) for answer in report.answers} == {"undetermined"}
    assert "999988887777" not in repr(report)
    assert "sensitive" in report.answers[0].why[0]


def test_excerpts_quote_nothing_else_of_a_plan(tmp_path: Path) -> None:
    """A plan on one line may hold passwords next to what an answer is about."""
    password = resource("aws_db_instance", "d", {"password": "correct-horse"})
    report = report_on(
        tmp_path, plan_of([password, endpoint(S3), resource("aws_db_instance", "f", password["values"])])
    )
    answer = only(report, "VPCE005")
    assert answer.location.excerpt is not None
    assert answer.location.excerpt.text == '"address": "aws_vpc_endpoint.e"'
    assert "correct-horse" not in repr(report)


@pytest.mark.parametrize("field", ["format_version", "planned_values", "resource_changes", "configuration"])
def test_faults_quote_nothing_of_a_plan(tmp_path: Path, field: str) -> None:
    """What is said about a malformed plan doesn't show what is in it."""
    plan = plan_of([endpoint(S3), resource("aws_db_instance", "d", {"password": "correct-horse"})], expressions={})
    plan[field] = [plan[field], "correct-horse"]
    report = report_on(tmp_path, plan)
    assert [answer.rule for answer in report.answers] == ["VPCE900"]
    assert "correct-horse" not in repr(report)


def test_large_plan_on_one_line_is_quick(tmp_path: Path) -> None:
    """Places in a line of megabytes cost no more than places in short ones."""
    endpoints = [
        endpoint({**KMS, "policy": "ä" * 500, "subnet_ids": ["subnet-1"]}, f"e{index}") for index in range(4_000)
    ]
    data = json.dumps(plan_of(endpoints), ensure_ascii=False).encode()
    start = time.perf_counter()
    report = report_on(tmp_path, data)
    assert time.perf_counter() - start < 60
    assert len(report.answers) > 8_000
    line = data.decode()
    sample = report.answers[len(report.answers) // 2].location
    assert line[sample.column - 1 : sample.end_column - 1].startswith(("[", '"'))
    assert sample.line == 1


CODE = {
    "main.tf": """
        module "net" {
          source = "./net"
          for_each = toset(["a"])
        }
        resource "aws_vpc_endpoint" "e" {
          service_name = "com.amazonaws.eu-west-1.kms"
          vpc_endpoint_type = "Interface"
          subnet_ids = ["subnet-1"]
        }
        """,
    "net/main.tf": """
        resource "aws_vpc_endpoint" "inner" {
          count = 1
          service_name = "com.amazonaws.eu-west-1.kms"
          vpc_endpoint_type = "Interface"
        }
        """,
}


def test_source_code_is_where_answers_point(tmp_path: Path) -> None:
    """With the folder of the code, an answer stands at the attribute or block in it, with the calls that lead there."""
    write(tmp_path / "code", CODE)
    inner = resource("aws_vpc_endpoint", "inner", {**KMS, "subnet_ids": []}, index=0)
    inner["address"] = 'module.net["a"].aws_vpc_endpoint.inner[0]'
    plan = plan_of([endpoint({**KMS, "subnet_ids": ["subnet-1"]}), endpoint(KMS, "only_planned")])
    plan["planned_values"]["root_module"]["child_modules"] = [{"address": 'module.net["a"]', "resources": [inner]}]
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    report = judge(read(Request(paths=(file,), source=tmp_path / "code")), load_rules())
    places = {
        answer.address: (answer.location.path.rpartition("/code/")[2], answer.location.line, len(answer.calls))
        for answer in report.answers
        if answer.rule == "VPCE003"
    }
    assert places["aws_vpc_endpoint.e"] == ("main.tf", 8, 0)
    assert places[inner["address"]] == ("net/main.tf", 1, 1)
    assert places["aws_vpc_endpoint.only_planned"][0].endswith("plan.json")
    call = next(answer.calls[0] for answer in report.answers if answer.address == inner["address"])
    assert (call.path.rpartition("/code/")[2], call.line) == ("main.tf", 1)


def test_comments_in_the_source_code_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A suppression beside the block holds for the plan that was made from it, and for nothing else in the plan."""
    comment = "# vpce-lint: ignore[VPCE003] one zone is agreed on\n"
    write(tmp_path / "code", {"main.tf": comment + 'resource "aws_vpc_endpoint" "e" {\n}\n'})
    (tmp_path / "plan.json").write_text(json.dumps(plan_of([endpoint(KMS), endpoint(KMS, "other")])))
    monkeypatch.chdir(tmp_path)
    assert main(["plan.json", "--source", "code", "--select", "VPCE003", "--format", "json"]) == 1
    answers = json.loads(capsys.readouterr().out)["answers"]
    reasons = {
        each["address"]: (each["suppressed"] or {}).get("reason") for each in answers if each["rule"] == "VPCE003"
    }
    assert reasons == {"aws_vpc_endpoint.e": "one zone is agreed on", "aws_vpc_endpoint.other": None}


def test_source_has_to_be_a_folder(tmp_path: Path) -> None:
    """A file is no root module."""
    with pytest.raises(RequestError, match="is not a folder"):
        read(Request(paths=(PLANS[0],), source=PLANS[0]))


def test_source_code_tells_what_a_plan_leaves_open(tmp_path: Path) -> None:
    """Locals, conditions and dynamic blocks, which no plan holds, are read from the code with the plan's variables."""
    write(
        tmp_path / "code",
        {
            "main.tf": """
                variable "spread" { type = bool }
                variable "token" {
                  default   = "secret"
                  sensitive = true
                }
                locals { ids = var.spread ? [aws_subnet.a.id, aws_subnet.b.id] : [aws_subnet.a.id] }
                resource "aws_subnet" "a" { availability_zone = "eu-west-1a" }
                resource "aws_subnet" "b" { availability_zone = "eu-west-1b" }
                resource "aws_vpc_endpoint" "e" {
                  service_name      = "com.amazonaws.eu-west-1.kms"
                  vpc_endpoint_type = "Interface"
                  subnet_ids        = local.ids
                }
                """
        },
    )
    subnets = [resource("aws_subnet", name, {"availability_zone": f"eu-west-1{name}"}) for name in "ab"]
    expected = {True: ("satisfied", "certain"), False: ("violated", "certain"), None: ("undetermined", "certain")}
    for spread, verdict in expected.items():
        plan = plan_of(
            [*subnets, endpoint(KMS)],
            unknown={
                "aws_vpc_endpoint.e": {"subnet_ids": True, "subnet_configuration": True},
                **{f"aws_subnet.{name}": {"id": True} for name in "ab"},
            },
            expressions={"aws_vpc_endpoint.e": {"subnet_ids": {"references": ["local.ids"]}, "service_name": {}}},
            variables={"spread": {"value": spread}},
        )
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        source = None if spread is None else tmp_path / "code"
        answer = only(judge(read(Request(paths=(tmp_path / "plan.json",), source=source)), load_rules()), "VPCE003")
        assert (str(answer.verdict), str(answer.confidence)) == verdict


def test_one_network_is_certain_with_its_code() -> None:
    """With the code at hand nothing of the new network's plan has to be assumed."""
    network = next(plan for plan in PLANS if plan.parents[1].name == "one-network")
    folder = network.parents[1]
    code = judge(read(Request(paths=(folder / "terraform",))), load_rules())
    plan = judge(read(Request(paths=(network,), source=folder / "terraform")), load_rules())

    def told(report: Report) -> list[tuple[object, ...]]:
        answers = [(each.rule, each.address, each.about, each.verdict, each.confidence) for each in report.answers]
        return sorted(answers, key=repr)

    assert told(plan) == told(code)
    assert {each.location.path for each in plan.answers} == {each.location.path for each in code.answers}


def test_companion_that_may_aim_at_several_concerns_no_others(tmp_path: Path) -> None:
    """Which instance of a block gets a policy may be open; the endpoints of other blocks don't get it."""
    many = [endpoint(S3, "many", index=index) for index in (0, 1)]
    policy = resource("aws_vpc_endpoint_policy", "p", {"policy": RESTRICTED})
    plan = plan_of(
        [*many, endpoint(S3, "other"), policy],
        unknown={
            **{each["address"]: {"id": True, "policy": True} for each in (*many, endpoint(S3, "other"))},
            policy["address"]: {"vpc_endpoint_id": True},
        },
        expressions={
            policy["address"]: {
                "vpc_endpoint_id": {"references": ["aws_vpc_endpoint.many", "each.value.i", "each.value"]}
            }
        },
    )
    found = verdicts(report_on(tmp_path, plan))
    assert {address: verdict for (rule, address, _), verdict in found.items() if rule == "VPCE005"} == {
        "aws_vpc_endpoint.many[0]": "undetermined",
        "aws_vpc_endpoint.many[1]": "undetermined",
        "aws_vpc_endpoint.other": "violated",
    }


def test_blocks_of_new_subnets_are_counted(tmp_path: Path) -> None:
    """The subnets of subnet_configuration blocks are those that the blocks refer to."""
    subnets = [resource("aws_subnet", name, {"availability_zone": f"eu-west-1{name}"}) for name in "ab"]
    blocks = [{"ipv4": None, "subnet_id": None}, {"ipv4": None, "subnet_id": None}]
    plan = plan_of(
        [*subnets, endpoint({**KMS, "subnet_configuration": blocks})],
        unknown={
            "aws_vpc_endpoint.e": {"subnet_ids": True, "subnet_configuration": [{"subnet_id": True}] * 2},
            **{f"aws_subnet.{name}": {"id": True} for name in "ab"},
        },
        expressions={
            "aws_vpc_endpoint.e": {
                "subnet_configuration": [{"subnet_id": to(f"aws_subnet.{name}.id")} for name in "ab"]
            }
        },
    )
    answer = only(report_on(tmp_path, plan), "VPCE003")
    assert str(answer.verdict) == "satisfied"
    assert [place.label for place in answer.related] == [f"aws_subnet.{name} lies in eu-west-1{name}" for name in "ab"]
