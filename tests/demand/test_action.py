"""Actions to endpoint services."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vpce_lint import services
from vpce_lint.demand.action import services_called
from vpce_lint.demand.managed_policy import aws_policy_name, grants_of
from vpce_lint.services import catalogue
from vpce_lint.truth import Reason, Truth
from vpce_lint.value import Known, Unknown, Value, text

DATA = Path(services.__file__).parent / "data"


def said(truth: Truth) -> str:
    """A truth in a word."""
    return "?" if truth.is_unknown else "~" if truth.likely else "!"


@pytest.mark.parametrize(
    ("action", "called"),
    [
        ("s3:getobject", {"s3": "!"}),
        ("s3:*", {"s3": "!"}),
        ("s3:get*", {"s3": "!"}),
        ("sqs:sendmessage", {"sqs": "!"}),
        ("cloudwatch:putmetricdata", {"monitoring": "!"}),
        ("firehose:putrecord", {"kinesis-firehose": "!"}),
        ("kinesis:putrecords", {"kinesis-streams": "!"}),
        ("ses:sendemail", {"email": "!"}),
        ("tag:getresources", {"tagging": "!"}),
        ("dynamodb:getitem", {"dynamodb": "!"}),
        ("dynamodb:getrecords", {"dynamodb-streams": "!"}),
        ("dynamodb:get*", {"dynamodb": "!", "dynamodb-streams": "?"}),
        ("sagemaker:invokeendpoint", {"sagemaker.runtime": "!"}),
        ("sagemaker:createmodel", {"sagemaker.api": "!"}),
        ("sagemaker:putrecord", {"sagemaker.featurestore-runtime": "!"}),
        ("bedrock:invokemodel", {"bedrock-runtime": "!"}),
        ("bedrock:invokemodelwithresponsestream", {"bedrock-runtime": "!"}),
        (
            "bedrock:invoke*",
            {"bedrock": "?", "bedrock-runtime": "?", "bedrock-agent": "?", "bedrock-agent-runtime": "?"},
        ),
        ("bedrock:invokeagent", {"bedrock-agent-runtime": "!"}),
        ("bedrock:createagent", {"bedrock-agent": "!"}),
        ("bedrock:listfoundationmodels", {"bedrock": "!"}),
        ("states:startexecution", {"states": "!"}),
        ("states:startsyncexecution", {"sync-states": "!"}),
        ("servicediscovery:discoverinstances", {"data-servicediscovery": "!"}),
        ("codecommit:gitpull", {"git-codecommit": "!"}),
        ("ecr:getauthorizationtoken", {"ecr.api": "!"}),
        ("ecr:batchgetimage", {"ecr.dkr": "!", "ecr.api": "!", "s3": "!"}),
        ("ecr:*", {"ecr.dkr": "?", "ecr.api": "!", "s3": "?"}),
        ("kms:decrypt", {"kms": "?"}),
        ("kms:de*", {"kms": "?"}),
        ("kms:*", {"kms": "~"}),
        ("kms:listgrants", {"kms": "?"}),
        ("kms:sign", {"kms": "!"}),
        ("ec2messages:getmessages", {"ec2messages": "?"}),
        ("ec2messages:*", {"ec2messages": "?"}),
        ("iam:getrole", {"iam": "~"}),
        ("iam:passrole", {}),
        ("elasticfilesystem:clientmount", {}),
        ("elasticfilesystem:describefilesystems", {"elasticfilesystem": "!"}),
        ("rds-db:connect", {}),
        ("es:eshttpget", {}),
        ("kafka-cluster:connect", {}),
        ("appsync:graphql", {"appsync-api": "?"}),
        ("appsync:createapi", {}),
        ("nosuchservice:do", {}),
        ("s?:getobject", {}),
        ("sqs", {}),
        ("sqs:", {}),
        ("", {}),
        ("sqs:" + "a" * 200, {}),
    ],
)
def test_services_behind_an_action(action: str, called: dict[str, str]) -> None:
    """The name traps, the planes of split services, and permissions that are no calls."""
    assert {each.service: said(each.truth) for each in services_called(action)} == called


@pytest.mark.parametrize("prefix", sorted({prefix for entry in catalogue().values() for prefix in entry.iam_prefixes}))
def test_every_prefix_of_the_catalogue_leads_to_its_own_services(prefix: str) -> None:
    """All actions of a service call services that the catalogue knows by this prefix, and FIPS variants never."""
    for called in services_called(f"{prefix}:*"):
        entry = catalogue()[called.service]
        assert prefix in entry.iam_prefixes or called.service in {"s3", "ecr.api"}
        assert not entry.fips


def test_tables_name_services_of_the_catalogue() -> None:
    """A service that is misspelled in a table would be demanded and never served."""
    planes = json.loads((DATA / "endpoints_by_action.json").read_bytes())
    for prefix, record in planes.items():
        for service in (*record["default"], *record["planes"]):
            assert prefix in catalogue()[service].iam_prefixes
        patterns = [pattern for group in record["planes"].values() for pattern in group]
        assert patterns == [pattern.lower() for pattern in patterns]
    for action, record in json.loads((DATA / "actions.json").read_bytes()).items():
        assert action == action.lower()
        assert set(record) <= {"calls", "together", "perhaps"}
        assert set(record.get("together", ())) <= catalogue().keys()
    for name, record in json.loads((DATA / "managed_policies.json").read_bytes()).items():
        assert set(record) <= {"services", "perhaps", "everything"}, name
        assert {*record.get("services", ()), *record.get("perhaps", ())} <= catalogue().keys()


PARTITION = Unknown("data.aws_partition.this.partition", (Reason("it is read at apply time"),))


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (Known("arn:aws:iam::aws:policy/AmazonSQSFullAccess"), "AmazonSQSFullAccess"),
        (Known("arn:aws-cn:iam::aws:policy/service-role/AWSLambdaRole"), "AWSLambdaRole"),
        (text(("arn:", PARTITION, ":iam::aws:policy/AmazonSQSFullAccess")), "AmazonSQSFullAccess"),
        (text(("arn:aws:iam::aws:policy/", PARTITION)), None),
        (Known("arn:aws:iam::111122223333:policy/AmazonSQSFullAccess"), None),
        (Known("AmazonSQSFullAccess"), None),
        (PARTITION, None),
    ],
)
def test_policies_of_aws_are_known_by_their_arn(arn: Value, name: str | None) -> None:
    """In any partition and below any path; a policy of one's own account may bear the same name."""
    assert aws_policy_name(arn) == name


def test_a_policy_that_is_not_in_the_table_is_not_empty() -> None:
    """A policy without services is something else than one that isn't known."""
    known = grants_of("AWSLambdaBasicExecutionRole")
    assert known is not None
    assert known.services == ()
    assert grants_of("AmazonNoSuchThingFullAccess") is None
