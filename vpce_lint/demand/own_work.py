"""What AWS itself does by a workload's role: those calls don't come from the workload's subnets.

Sources: AWS Lambda Developer Guide (execution role, VPC access, event source mappings: Lambda polls, logs and
manages network interfaces by the function's role), CodeBuild User Guide (VPC support), the guides of the
other services for the network interfaces that they manage. Where AWS doesn't document whose call it is,
the answer is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.demand.pattern import covers, overlap
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.workload import (
    AirflowEnvironment,
    BuildProject,
    GlueConnection,
    GlueJob,
    LambdaFunction,
    RedshiftCluster,
    SageMakerDomain,
    SageMakerModel,
    SageMakerNotebook,
)

if TYPE_CHECKING:
    from vpce_lint.workload import Workload

INTERFACES = (
    "ec2:*networkinterface*",
    "ec2:assignprivateipaddresses",
    "ec2:unassignprivateipaddresses",
    "ec2:describesubnets",
    "ec2:describevpcs",
    "ec2:describesecuritygroups",
    "ec2:describedhcpoptions",
    "ec2:describevpcendpoints",
    "ec2:describeroutetables",
    "ec2:describevpcattribute",
)
"""What a service does that puts network interfaces of its own into a subnet."""

LOGGING = (
    "logs:createloggroup",
    "logs:createlogstream",
    "logs:putlogevents",
    "logs:describelog*",
    "logs:putretentionpolicy",
)

TRACING = ("xray:puttracesegments", "xray:puttelemetryrecords", "xray:getsampling*")
"""What Lambda's own X-Ray daemon does."""

POLLING = (
    "sqs:receivemessage",
    "sqs:deletemessage",
    "sqs:getqueueattributes",
    "sqs:changemessagevisibility",
    "kinesis:getrecords",
    "kinesis:getsharditerator",
    "kinesis:describestream*",
    "kinesis:listshards",
    "kinesis:liststreams",
    "kinesis:subscribetoshard",
    "dynamodb:getrecords",
    "dynamodb:getsharditerator",
    "dynamodb:describestream",
    "dynamodb:liststreams",
    "kafka:describecluster*",
    "kafka:getbootstrapbrokers",
    "kafka:listscramsecrets",
    "mq:describebroker",
)
"""What Lambda does to read an event source."""

DELIVERING = ("sqs:sendmessage", "sns:publish", "events:putevents", "lambda:invokefunction", "s3:putobject")
"""What Lambda does to hand on events and results."""

PULLING = (
    "ecr:batchgetimage",
    "ecr:getdownloadurlforlayer",
    "ecr:batchchecklayeravailability",
    "ecr:getauthorizationtoken",
)
"""What fetches the image that a service runs."""

_MANAGED = (
    AirflowEnvironment,
    BuildProject,
    GlueConnection,
    GlueJob,
    LambdaFunction,
    RedshiftCluster,
    SageMakerDomain,
    SageMakerModel,
    SageMakerNotebook,
)
"""Workloads whose network interfaces are managed by a service, by the workload's role."""

_NOT_DOCUMENTED = "AWS doesn't document whether the service itself does this for the {kind}"


def calls_itself(workload: Workload, pattern: str, *, polls: bool, delivers: bool) -> Truth:
    """Whether the workload itself makes the calls that an action, or pattern, in lower case allows.

    ``polls``: Lambda reads an event source for it; ``delivers``: Lambda hands on its results.
    """
    if not isinstance(workload, _MANAGED):
        return TRUE
    result = _apart_from(INTERFACES, pattern, FALSE)
    if isinstance(workload, LambdaFunction):
        result &= _apart_from(LOGGING, pattern, FALSE, whole=True)
        words = "Lambda may only read an event source by it"
        result &= _apart_from(POLLING, pattern, FALSE if polls else unknown(Reason(words)))
        if delivers:
            words = "Lambda may only hand on events by it"
            result &= _apart_from(DELIVERING, pattern, unknown(Reason(words)))
        result &= _apart_from(TRACING, pattern, FALSE, whole=True)
    elif not isinstance(workload, AirflowEnvironment):
        result &= _apart_from(LOGGING, pattern, _undocumented(workload), whole=True)
    if not isinstance(workload, AirflowEnvironment):
        result &= _apart_from(PULLING, pattern, _undocumented(workload), whole=True)
    if isinstance(workload, RedshiftCluster) and not pattern.startswith("s3:"):
        result &= _undocumented(workload)
    return result


def _undocumented(workload: Workload) -> Truth:
    return unknown(Reason(_NOT_DOCUMENTED.format(kind=workload.kind)))


def _apart_from(own: tuple[str, ...], pattern: str, answer: Truth, *, whole: bool = False) -> Truth:
    """The answer for a pattern that means nothing but own work; one that means more is open.

    All actions of a service are more than that, unless own work is the usual reason for them: ``whole``.
    """
    if any(covers(each, pattern) for each in own):
        return answer
    if not any(overlap(each, pattern) for each in own):
        return TRUE
    if pattern.endswith(":*") and not whole:
        return TRUE
    return unknown(Reason(f"{pattern} may be for nothing but what the service does itself"))
