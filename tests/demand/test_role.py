"""What roles may call, and what makes no traffic of the workload's subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import FLAG, HOLE, WHY, A, line

from tests.demand.account import demands, document, function, machine, network, role, weighed
from vpce_lint.demand import denial
from vpce_lint.demand.index import DemandIndex
from vpce_lint.model import Gap
from vpce_lint.permission import ManagedPolicy, PolicyAttachment, RolePolicy
from vpce_lint.truth import Reason
from vpce_lint.value import Choice, Known, Mapping, Run, Sequence, Unknown, text
from vpce_lint.workload import FunctionEvents

if TYPE_CHECKING:
    from vpce_lint.value import Value


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    """A statement that allows actions on all resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"} | more


def deny(*actions: str, **more: Any) -> dict[str, Any]:
    """A statement that denies them."""
    return allow(*actions, Effect="Deny", **more)


def called(*statements: dict[str, Any], **more: Any) -> dict[str, str]:
    """What an instance calls whose role has these statements."""
    return weighed(demands(machine(), role(document(*statements)), **more))


def test_the_evidence_names_role_action_and_place() -> None:
    """Whoever reads the finding sees which statement makes the demand."""
    [demand] = demands(machine(), role(document(allow("sqs:SendMessage")))).demands
    [evidence] = demand.evidence
    assert evidence.label == "role worker may call sqs:SendMessage"
    assert evidence.span == line(40)


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},
        {"Effect": "Allow", "Action": ["SQS:sendmessage"], "Resource": ["arn:aws:sqs:eu-west-1:111122223333:q"]},
        {"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    ],
)
def test_one_action_or_a_list(statement: dict[str, Any]) -> None:
    """All forms that IAM takes allow the same service, whatever the resource and the condition."""
    assert called(statement) == {"sqs": "certain"}
    alone = Mapping({"Statement": document(statement).entries["Statement"].members[0]})  # type: ignore[attr-defined]
    assert weighed(demands(machine(), role(alone))) == {"sqs": "certain"}


@pytest.mark.parametrize(
    ("denied", "left"),
    [
        (deny("sqs:SendMessage"), {}),
        (deny("sqs:*"), {}),
        (deny("*"), {}),
        (deny("SQS:Send*"), {}),
        (deny("sqs:Send???????"), {}),
        ({"Effect": "Deny", "NotAction": ["s3:*"], "Resource": "*"}, {}),
        ({"Effect": "Deny", "NotAction": ["sqs:S*"], "Resource": "*"}, {"sqs": "certain"}),
        (deny("sqs:ReceiveMessage"), {"sqs": "certain"}),
        (deny("sqs:*", Resource="arn:aws:sqs:eu-west-1:111122223333:q"), {"sqs": "certain"}),
        (deny("sqs:*", Condition={"Bool": {"aws:SecureTransport": "false"}}), {"sqs": "certain"}),
        (deny("sqs:*", Condition={}), {}),
    ],
)
def test_only_a_denial_of_all_of_it_takes_a_demand_away(denied: dict[str, Any], left: dict[str, str]) -> None:
    """A denial under a condition, or of some resources or actions, leaves the rest."""
    assert called(allow("sqs:SendMessage"), denied) == left


def test_a_wildcard_is_left_by_denials_of_less() -> None:
    """All actions but one are still calls of the service."""
    assert called(allow("sqs:*"), deny("sqs:DeleteQueue")) == {"sqs": "certain"}
    assert called(allow("sqs:*"), deny("sqs:*")) == {}


def test_a_bare_star_is_one_likely_demand_for_everything() -> None:
    """It doesn't become hundreds of demands, and leaves out what is denied altogether."""
    found = demands(machine(), role(document(allow("*"), deny("s3:*", "sqs:SendMessage"))))
    [demand] = found.demands
    assert demand.everything
    assert demand.truth.is_true
    assert demand.truth.likely
    assert "s3" in demand.apart_from
    assert "sqs" not in demand.apart_from


def test_all_but_some_actions_is_everything_but_their_services() -> None:
    """``NotAction`` allows every other service, and that only likely means calls."""
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "organizations:Describe*"], "Resource": "*"}
    [demand] = demands(machine(), role(document(statement))).demands
    assert demand.everything
    assert demand.truth.likely
    assert "iam" in demand.apart_from
    assert "organizations" not in demand.apart_from


def test_calls_of_services_on_the_roles_behalf_are_none_of_the_workload() -> None:
    """A statement that holds only via another service makes no call from the subnet."""
    via = allow("kms:Sign", Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}})
    assert called(via) == {}
    unless = allow("kms:Sign", Condition={"StringNotEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}})
    assert called(unless) == {"kms": "certain"}


def test_unknown_parts_are_named() -> None:
    """A document, a statement or an action that isn't known may allow anything."""
    for part in (
        HOLE,
        Mapping({"Statement": HOLE}),
        Mapping({"Statement": Sequence((Mapping({"Effect": Known("Allow"), "Action": Sequence((HOLE,))}),))}),
        Choice(FLAG, HOLE, document(allow("sqs:SendMessage"))),
    ):
        found = demands(machine(), role(part, document(allow("sns:Publish"))))
        assert weighed(found).get("sns") == "certain"
        assert WHY[0] in found.unread


def test_an_action_whose_service_is_known() -> None:
    """A hole behind the prefix leaves only the service's action open."""
    action = text(("sqs:", HOLE))
    found = demands(machine(), role(Mapping({"Statement": Mapping({"Effect": Known("Allow"), "Action": action})})))
    assert weighed(found) == {"sqs": "perhaps"}


def test_an_unknown_effect_is_neither() -> None:
    """What may allow or deny makes a demand open, and takes none away for certain."""
    open_ = {"Effect": HOLE, "Action": "sqs:*", "Resource": "*"}
    assert called(open_) == {"sqs": "perhaps"}
    assert called(allow("sqs:SendMessage"), open_) == {"sqs": "perhaps"}


def test_a_denial_of_unknown_actions_leaves_it_likely() -> None:
    """What is denied may be what is allowed."""
    denied = {"Effect": "Deny", "Action": [HOLE], "Resource": "*"}
    assert called(allow("sqs:SendMessage"), denied) == {"sqs": "likely"}


def test_patterns_that_nobody_writes_are_named() -> None:
    """A limit that is reached is no silent pass."""
    found = demands(machine(), role(document(allow("sqs:" + "*a" * 20))))
    assert not found.demands
    [reason] = found.unread
    assert reason.words.startswith("limit reached")


def test_more_denials_than_can_be_compared_leave_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not held against every denied pattern may be denied, and the limit is the reason."""
    statements = (allow("sqs:SendMessage"), deny("sqs:a*", "sqs:b*", "sqs:c*"))
    assert called(*statements) == {"sqs": "certain"}
    monkeypatch.setattr(denial, "MOST_WORK", 200)
    [demand] = demands(machine(), role(document(*statements))).demands
    assert demand.truth.is_unknown
    assert demand.truth.reasons[0].words.startswith("limit reached")


def test_conditional_statements() -> None:
    """A statement that may be missing makes an open demand, which its condition decides."""
    run = Run("statement", document(allow("sqs:SendMessage")).entries["Statement"].members[0], 0, 1, when=(FLAG,))  # type: ignore[attr-defined]
    made = role(Mapping({"Statement": Sequence((run,))}))
    assert weighed(demands(machine(), made)) == {"sqs": "perhaps"}
    assert weighed(demands(machine(when=(FLAG,)), made)) == {"sqs": "certain"}
    index = DemandIndex(network(machine(), made))
    [(same, _)] = index.assuming({FLAG.symbol: False}).workloads_in(A.id)
    assert weighed(index.assuming({FLAG.symbol: False}).demands(same)) == {}


WORKER = Known("worker")


def attached(policy: Value, who: Value = WORKER, **more: Any) -> PolicyAttachment:
    """A policy attached to a role."""
    fields: dict[str, Any] = {"address": "aws_iam_role_policy_attachment.a", "span": line(70)}
    return PolicyAttachment(roles=Sequence((who,)), policy=policy, **(fields | more))


SQS = Known("arn:aws:iam::aws:policy/AmazonSQSFullAccess")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("AmazonSQSFullAccess", {"sqs": "certain"}),
        ("AmazonSSMManagedInstanceCore", {"ssm": "certain", "ssmmessages": "certain", "ec2messages": "perhaps", "s3": "perhaps"}),
        ("AmazonEC2ReadOnlyAccess", {"ec2": "certain", "elasticloadbalancing": "perhaps", "autoscaling": "perhaps", "monitoring": "perhaps"}),
        ("service-role/AWSLambdaVPCAccessExecutionRole", {}),
        ("AdministratorAccess", {"*": "likely"}),
    ],
)  # fmt: skip
def test_aws_policies_demand_what_they_exist_for(policy: str, expected: dict[str, str]) -> None:
    """A broad managed policy demands the service that it is for; what it allows besides stays open."""
    found = demands(machine(), role(), attached(Known(f"arn:aws:iam::aws:policy/{policy}")))
    assert weighed(found) == expected
    assert not found.unread


def test_a_policy_that_is_not_known_is_named() -> None:
    """AWS's policies outside of the table, and those of elsewhere, may allow anything."""
    [reason] = demands(machine(), role(), attached(Known("arn:aws:iam::aws:policy/AmazonFoo"))).unread
    assert reason.words == "what the managed policy AmazonFoo allows isn't known here"
    [reason] = demands(machine(), role(), attached(Known("arn:aws:iam::111122223333:policy/own"))).unread
    assert reason.words == "arn:aws:iam::111122223333:policy/own is not made here"
    assert demands(machine(), role(), attached(HOLE)).unread == WHY


def test_own_managed_policies() -> None:
    """A customer's policy is read wherever it is attached, by its reference or its ARN."""
    own = ManagedPolicy(
        address="aws_iam_policy.own", span=line(80), name=Known("own"), document=document(allow("sns:Publish"))
    )
    by_reference = Unknown("aws_iam_policy.own.arn", WHY)
    for arn in (by_reference, Known("arn:aws:iam::111122223333:policy/path/own")):
        assert weighed(demands(machine(), role(), own, attached(arn))) == {"sns": "certain"}
        assert weighed(demands(machine(), role(managed=Sequence((arn,))), own)) == {"sns": "certain"}


def test_companions_belong_to_the_role_that_they_name() -> None:
    """A policy of another role is no evidence; one whose role can't be told may be of this one."""
    inline = RolePolicy(
        address="aws_iam_role_policy.p", span=line(90), roles=Sequence((Known("other"),)), document=document(allow("sns:*"))
    )  # fmt: skip
    assert demands(machine(), role(), inline, attached(SQS, Known("other"))) == demands(machine(), role())
    vague = Unknown("module.roles.names[0]", WHY)
    assert demands(machine(), role(), attached(SQS, vague)).unread == WHY
    given = Unknown("var.role_name", WHY)
    assert not demands(machine(), role(), attached(SQS, given)).unread


def test_conditional_attachments() -> None:
    """What may not be attached makes an open demand, unless the workload is there on the same condition."""
    maybe = attached(SQS, when=(FLAG,))
    assert weighed(demands(machine(), role(), maybe)) == {"sqs": "perhaps"}
    assert weighed(demands(machine(when=(FLAG,)), role(), maybe)) == {"sqs": "certain"}


def test_a_boundary_makes_it_likely() -> None:
    """A permissions boundary may take away what the policies allow."""
    bounded = role(document(allow("sqs:*")), boundary=Known("arn:aws:iam::111122223333:policy/boundary"))
    assert weighed(demands(machine(), bounded)) == {"sqs": "likely"}


def test_roles_from_elsewhere_are_named() -> None:
    """A role that isn't made here may be allowed anything."""
    assert demands(machine(role=HOLE)).unread == WHY
    [reason] = demands(machine()).unread
    assert reason.words == "arn:aws:iam::111122223333:role/worker is not made here"
    looked_up = demands(machine(), role(found=True), attached(SQS))
    assert weighed(looked_up) == {"sqs": "certain"}
    assert looked_up.unread


def test_unread_code_may_attach_policies() -> None:
    """A gap that touches the role is a reason."""
    gap = Gap(Reason("module.x is not downloaded"), frozenset({"aws_iam_role.worker"}))
    elsewhere = Gap(Reason("module.y is not downloaded"), frozenset({"aws_iam_role.other"}))
    assert demands(machine(), role(), gaps=(gap, elsewhere)).unread == (gap.reason,)


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], {}),
        (["logs:*"], {"logs": "perhaps"}),
        (["logs:StartQuery"], {"logs": "certain"}),
        (["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"], {}),
        (["ec2:*NetworkInterface*"], {}),
        (["ec2:Describe*"], {"ec2": "perhaps"}),
        (["ec2:DescribeInstances"], {"ec2": "certain"}),
        (["ec2:*"], {"ec2": "certain"}),
        (["xray:PutTraceSegments"], {}),
        (["xray:GetTraceSummaries"], {"xray": "certain"}),
        (["sqs:ReceiveMessage", "sqs:DeleteMessage"], {"sqs": "perhaps"}),
        (["sqs:ReceiveMessage", "sqs:SendMessage"], {"sqs": "certain"}),
        (["dynamodb:GetRecords", "dynamodb:GetShardIterator"], {"dynamodb-streams": "perhaps"}),
        (["dynamodb:PutItem"], {"dynamodb": "certain"}),
    ],
)  # fmt: skip
def test_what_lambda_does_itself_is_no_traffic_of_the_subnet(actions: list[str], expected: dict[str, str]) -> None:
    """Logs, network interfaces and polling are Lambda's own; an instance with the same role does it all itself."""
    made = role(document(allow(*actions)))
    assert weighed(demands(function(), made)) == expected
    assert "perhaps" not in weighed(demands(machine(), made)).values()
    assert weighed(demands(machine(), made))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("CloudWatchLogsFullAccess", {"logs": "perhaps"}),
        ("AWSXRayDaemonWriteAccess", {"xray": "perhaps"}),
        ("AmazonSQSFullAccess", {"sqs": "certain"}),
        ("AmazonEC2ContainerRegistryReadOnly", {"ecr.api": "perhaps", "ecr.dkr": "perhaps", "s3": "perhaps"}),
    ],
)
def test_managed_policies_for_what_lambda_does_itself(policy: str, expected: dict[str, str]) -> None:
    """A managed policy proves no more than the actions that it allows would."""
    assert weighed(demands(function(), role(), attached(Known(f"arn:aws:iam::aws:policy/{policy}")))) == expected


def test_event_sources_and_destinations_of_a_function() -> None:
    """Where Lambda polls for the function, polling is its own; what it delivers may be all that is sent."""
    made = role(document(allow("sqs:ReceiveMessage", "sns:Publish")))
    events: dict[str, Any] = {"address": "aws_lambda_event_source_mapping.m", "span": line(95), "function": Known("f")}
    assert weighed(demands(function(), made, FunctionEvents(**events))) == {"sns": "certain"}
    delivering = FunctionEvents(**events, delivers=True)
    assert weighed(demands(function(), made, delivering)) == {"sns": "perhaps", "sqs": "perhaps"}
    assert weighed(demands(function(dead_letters=HOLE), made))["sns"] == "perhaps"
    assert weighed(demands(function("g"), made, FunctionEvents(**events)))["sqs"] == "perhaps"


# Properties

ACTIONS = [f"{service}:{action}" for service in ("sqs", "sns", "dynamodb") for action in ("Get", "GetRecords", "Put")]
PATTERNS = [*ACTIONS, "sqs:*", "sns:G*", "dynamodb:*", "dynamodb:Get*", "*", "s3:*", "s3:Get?", "kms:*", "kms:Decrypt"]
STATEMENTS = st.builds(
    lambda allows, patterns, anywhere: (allow if allows else deny)(*patterns, Resource="*" if anywhere else "arn:x"),
    st.booleans(),
    st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3),
    st.booleans(),
)
RANK = {"perhaps": 1, "likely": 2, "certain": 3}


def ranks(*statements: dict[str, Any]) -> dict[str, int]:
    """How sure each demand is, as a number; nothing is 0."""
    return {service: RANK[word] for service, word in called(*statements).items()}


@given(st.lists(STATEMENTS, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(statements: list[dict[str, Any]], random: Any) -> None:
    """IAM reads a document as a set of statements."""
    shuffled = list(statements)
    random.shuffle(shuffled)
    assert ranks(*shuffled) == ranks(*statements)


@given(st.lists(STATEMENTS, max_size=4), STATEMENTS)
def test_more_that_is_allowed_is_never_less_demand(statements: list[dict[str, Any]], more: dict[str, Any]) -> None:
    """An allowing statement removes and weakens nothing, a denying one adds and strengthens nothing."""
    before, after = ranks(*statements), ranks(*statements, more)
    services = before.keys() | after.keys()
    if more["Effect"] == "Allow":
        assert all(after.get(service, 0) >= before.get(service, 0) for service in services)
    else:
        assert all(after.get(service, 0) <= before.get(service, 0) for service in services)


@given(
    st.lists(st.sampled_from(ACTIONS), max_size=4),
    st.lists(st.sampled_from(PATTERNS), max_size=3),
    st.integers(0, 4),
)
def test_single_actions_against_a_naive_reading(allowed: list[str], denied: list[str], at: int) -> None:
    """A service is demanded if and only if one of its allowed actions is matched by no denied pattern."""
    from fnmatch import fnmatchcase  # noqa: PLC0415 (the oracle's own)

    statements = [allow(action) for action in allowed]
    statements[at:at] = [deny(*denied)] if denied else []
    kept = [action for action in allowed if not any(fnmatchcase(action, pattern) for pattern in denied)]
    expected = {
        "dynamodb-streams" if action == "dynamodb:GetRecords" else action.partition(":")[0]: "certain" for action in kept
    }  # fmt: skip
    assert called(*statements) == expected
