"""Parts of applications in CloudFormation: resources that have nothing to do with a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.repositories.choice import number
from benchmarks.repositories.cloudformation import Map, attribute, ref, resource, role, sub, tags

if TYPE_CHECKING:
    from collections.abc import Callable


def component(name: str, kind: str) -> Map:
    """The resources of a part of an application; the kind is one of ``KINDS``."""
    return _COMPONENTS[kind](name, str(number(name) % 50 + 5))


def _queue(name: str, _minutes: str) -> Map:
    return {
        f"{name}Queue": resource(
            "AWS::SQS::Queue",
            VisibilityTimeout=180,
            MessageRetentionPeriod=1209600,
            SqsManagedSseEnabled=True,
            RedrivePolicy={"deadLetterTargetArn": attribute(f"{name}DeadQueue", "Arn"), "maxReceiveCount": 5},
        ),
        f"{name}DeadQueue": resource("AWS::SQS::Queue", SqsManagedSseEnabled=True),
        f"{name}Alarm": resource(
            "AWS::CloudWatch::Alarm",
            AlarmDescription=f"Messages of {name} wait; see the runbook",
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": attribute(f"{name}Queue", "QueueName")}],
            Statistic="Maximum",
            ComparisonOperator="GreaterThanThreshold",
            Threshold={"Fn::If": ["Production", 300, 3600]},
            Period=300,
            EvaluationPeriods=2,
        ),
    }


def _bucket(name: str, minutes: str) -> Map:
    return {
        f"{name}Bucket": {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
        | resource(
            "AWS::S3::Bucket",
            VersioningConfiguration={"Status": "Enabled"},
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            BucketEncryption={
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
            },
            LifecycleConfiguration={
                "Rules": [{"Id": "tmp", "Prefix": "tmp/", "Status": "Enabled", "ExpirationInDays": int(minutes)}]
            },
            Tags=tags(component=name),
        ),
        f"{name}BucketPolicy": resource(
            "AWS::S3::BucketPolicy",
            Bucket=ref(f"{name}Bucket"),
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "TransportSecurity",
                        "Effect": "Deny",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": [attribute(f"{name}Bucket", "Arn"), sub(f"${{{name}Bucket.Arn}}/*")],
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            },
        ),
    }


ALLOWED = {
    "dynamodb": "Describe",
    "ecs": "Describe",
    "kms": "Describe",
    "lambda": "Get",
    "logs": "Describe",
    "secretsmanager": "Describe",
    "sns": "Get",
    "states": "Describe",
}
"""What deployment may do, by service: this and listing and tagging."""

STEPS = 28
"""States of a state machine."""

SOURCE = """\
import json
import os

import boto3

QUEUE = boto3.resource("sqs").Queue(os.environ["QUEUE"])


def handler(event, context):
    failed = []
    for record in event.get("Records", []):
        message = json.loads(record["body"])
        if message.get("kind") not in ("created", "changed"):
            continue
        try:
            QUEUE.send_message(MessageBody=json.dumps({"id": message["id"], "name": "NAME"}))
        except KeyError:
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
"""


def _inline_function(name: str, minutes: str) -> Map:
    return {
        f"{name}Role": role("lambda.amazonaws.com", {"work": ["sqs:SendMessage", "dynamodb:Query"]}),
        f"{name}Function": resource(
            "AWS::Lambda::Function",
            Role=attribute(f"{name}Role", "Arn"),
            Runtime="python3.13",
            Handler="index.handler",
            Timeout=30,
            MemorySize=256,
            Environment={"Variables": {"QUEUE": sub(f"https://sqs.${{AWS::Region}}.amazonaws.com/{name}")}},
            Code={"ZipFile": SOURCE.replace("NAME", name) * 3},
        ),
        f"{name}Schedule": resource(
            "AWS::Events::Rule",
            ScheduleExpression=f"rate({minutes} minutes)",
            Targets=[{"Id": "function", "Arn": attribute(f"{name}Function", "Arn")}],
        ),
        f"{name}Permission": resource(
            "AWS::Lambda::Permission",
            Action="lambda:InvokeFunction",
            FunctionName=ref(f"{name}Function"),
            Principal="events.amazonaws.com",
            SourceArn=attribute(f"{name}Schedule", "Arn"),
        ),
    }


def _access(name: str, _minutes: str) -> Map:
    return {
        f"{name}Role": role("codebuild.amazonaws.com"),
        f"{name}Policy": resource(
            "AWS::IAM::ManagedPolicy",
            Description=f"What {name} may do",
            Roles=[ref(f"{name}Role")],
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": f"Part{part}",
                        "Effect": "Allow",
                        "Action": [f"{service}:{verb}*", f"{service}:List*", f"{service}:TagResource"],
                        "Resource": sub(f"arn:${{AWS::Partition}}:{service}:*:${{AWS::AccountId}}:*"),
                        "Condition": {"StringEquals": {"aws:ResourceTag/environment": ref("Environment")}},
                    }
                    for part, (service, verb) in enumerate(ALLOWED.items())
                ],
            },
        ),
    }


def _workflow(name: str, minutes: str) -> Map:
    states: Map = {}
    for step in range(STEPS):
        following = {"Next": f"Step{step + 1}"} if step + 1 < STEPS else {"End": True}
        states[f"Step{step}"] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"MessageBody.$": "$.message", "QueueUrl.$": "$.queue", "DelaySeconds": int(minutes)},
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}],
            "ResultPath": f"$.results.step{step}",
        } | following
    return {
        f"{name}Role": role("states.amazonaws.com", {"send": ["sqs:SendMessage"]}),
        f"{name}Machine": resource(
            "AWS::StepFunctions::StateMachine",
            RoleArn=attribute(f"{name}Role", "Arn"),
            Definition={"Comment": f"What {name} does", "StartAt": "Step0", "States": states},
        ),
    }


_COMPONENTS: dict[str, Callable[[str, str], Map]] = {
    "access": _access,
    "bucket": _bucket,
    "function": _inline_function,
    "queue": _queue,
    "workflow": _workflow,
}
KINDS = tuple(_COMPONENTS)
