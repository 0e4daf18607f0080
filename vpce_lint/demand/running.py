"""What running a workload of a kind takes, whatever its role is allowed.

Sources, one per kind, are the chapters about VPCs and interface endpoints of: Amazon EKS User Guide (private clusters),
Amazon ECS and Amazon ECR guides, AWS Batch, CodeBuild and AWS Glue user guides, Amazon EMR Management Guide, Amazon
SageMaker AI Developer Guide (VPC only mode, hosted endpoints), Amazon MWAA User Guide (private routing), AWS Elastic
Beanstalk Developer Guide, Amazon Redshift Management Guide (enhanced VPC routing). What they say is needed is
certain; what they recommend is likely; what depends on something else is unknown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from vpce_lint.demand.container import LAYERS
from vpce_lint.demand.directory import members_of
from vpce_lint.demand.need import Need, likely, needs
from vpce_lint.truth import FALSE, TRUE, Reason, Truth, unknown
from vpce_lint.workload import (
    AirflowEnvironment,
    BatchEnvironment,
    BeanstalkEnvironment,
    BuildProject,
    EcsTasks,
    EksCluster,
    EksFargate,
    EksNodes,
    EmrCluster,
    GlueConnection,
    GlueJob,
    RedshiftCluster,
    SageMakerDomain,
    SageMakerModel,
    SageMakerNotebook,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vpce_lint.condition import Facts
    from vpce_lint.workload import Workload

AGENTS = "ecs ecs-agent ecs-telemetry"
"""What the ECS agent of a container instance talks to."""


def goes_through_vpc(workload: Workload) -> Truth:
    """Whether calls of a workload leave from its subnets: some kinds have another way out, or none."""
    if isinstance(workload, SageMakerDomain):
        return workload.access.is_("VpcOnly")
    if isinstance(workload, SageMakerNotebook):
        return workload.direct.is_("Disabled")
    if isinstance(workload, SageMakerModel):
        return ~workload.isolated.is_(True)
    if isinstance(workload, RedshiftCluster):
        return workload.enhanced.is_(True)
    if isinstance(workload, EksCluster):
        return workload.auto.is_(True)
    return TRUE


def needs_of_kind(workload: Workload, facts: Facts) -> Iterator[Need]:
    """The needs of running a workload, apart from what its role and containers say."""
    for kind, ask in _KINDS.items():
        if isinstance(workload, kind):
            yield from ask(workload, facts)


def hosted_by(workload: Workload) -> Iterator[Reason]:
    """Why what a workload runs for others has needs that aren't in the code that describes it."""
    if isinstance(workload, EksNodes | EksFargate | EksCluster):
        yield Reason(f"which pods {workload.address} runs, and with which roles, isn't in this code", workload.span)
    if isinstance(workload, BatchEnvironment):
        yield Reason(f"which jobs {workload.address} runs isn't known", workload.span)


def _tasks(tasks: EcsTasks, _facts: Facts) -> Iterator[Need]:
    truth = tasks.command.is_(True)
    yield from needs("ssmmessages", f"ECS Exec is on for {tasks.address}", tasks.command.span or tasks.span, truth)
    truth = tasks.connect.is_(True)
    yield from needs("ecs-agent", f"{tasks.address} uses Service Connect", tasks.connect.span or tasks.span, truth)


def _nodes(nodes: EksNodes, facts: Facts) -> Iterator[Need]:
    label = f"{nodes.address} pulls the images of its add-ons from Amazon ECR"
    yield from needs(LAYERS, label, nodes.span)
    yield from needs("ec2", f"the nodes of {nodes.address} call EC2 for their network interfaces", nodes.span)
    yield from _pods(nodes, facts)


def _pods(runner: EksNodes | EksCluster, _facts: Facts) -> Iterator[Need]:
    words = f"whether pods of {runner.address} act as roles of their own isn't in this code"
    truth = unknown(Reason(words, runner.span))
    yield from needs("sts", f"{runner.address} may run pods with roles of their own", runner.span, truth)


def _batch(environment: BatchEnvironment, _facts: Facts) -> Iterator[Need]:
    on_instances = environment.type.is_("EC2") | environment.type.is_("SPOT")
    label = f"the container instances of {environment.address} run the ECS agent"
    yield from needs(AGENTS, label, environment.span, on_instances)
    jobs = unknown(Reason(f"which jobs {environment.address} runs isn't known", environment.span))
    yield from needs(f"{LAYERS} logs", f"the jobs of {environment.address}", environment.span, jobs)


def _build(project: BuildProject, facts: Facts) -> Iterator[Need]:
    for store, there in members_of(project.stores, facts):
        span = store.span or project.span
        stored = there & store.is_("S3")
        yield from needs("s3", f"{project.address} keeps artifacts, sources or a cache in S3", span, stored)
        piped = there & store.is_("CODEPIPELINE") & likely("CodePipeline keeps artifacts in S3")
        yield from needs("s3", f"{project.address} is part of a pipeline", span, piped)
        fetched = there & store.is_("CODECOMMIT")
        yield from needs("git-codecommit", f"{project.address} fetches its source from CodeCommit", span, fetched)


def _connection(connection: GlueConnection, _facts: Facts) -> Iterator[Need]:
    truth = likely("what uses the Glue connection isn't known")
    yield from needs(
        "s3", f"Glue reads scripts and writes results in S3 by {connection.address}", connection.span, truth
    )


def _job(job: GlueJob, _facts: Facts) -> Iterator[Need]:
    yield from needs("s3", f"{job.address} reads its script from S3", job.span)
    truth = likely("most Glue jobs use the Data Catalog or job bookmarks")
    yield from needs("glue", f"{job.address} calls Glue", job.span, truth)


def _emr(cluster: EmrCluster, _facts: Facts) -> Iterator[Need]:
    logged = cluster.logs.starts_with("s3")
    yield from needs("s3", f"{cluster.address} copies its logs to S3", cluster.logs.span or cluster.span, logged)
    truth = likely("EMR instances fetch packages and data from S3")
    yield from needs("s3", f"{cluster.address} runs on EMR instances", cluster.span, truth)


def _domain(domain: SageMakerDomain, _facts: Facts) -> Iterator[Need]:
    label = f"{domain.address} reaches AWS through its VPC only"
    yield from needs("sagemaker.api sagemaker.runtime s3", label, domain.access.span or domain.span)


def _model(model: SageMakerModel, facts: Facts) -> Iterator[Need]:
    for url, there in members_of(model.data, facts):
        yield from needs("s3", f"{model.address} loads its data from S3", url.span or model.span, there & ~url.is_null)


def _airflow(environment: AirflowEnvironment, _facts: Facts) -> Iterator[Need]:
    label = f"{environment.address} runs Airflow"
    yield from needs("s3 ecr.api ecr.dkr logs monitoring sqs kms", label, environment.span)
    words = "Amazon MWAA may make the endpoints for Airflow itself"
    truth = unknown(Reason(words))
    yield from needs("airflow.api airflow.env airflow.ops", label, environment.span, truth)


def _beanstalk(environment: BeanstalkEnvironment, _facts: Facts) -> Iterator[Need]:
    label = f"the instances of {environment.address} get their application from Elastic Beanstalk"
    truth = likely("instances of Elastic Beanstalk fetch versions from S3 and signal CloudFormation")
    yield from needs("s3 cloudformation elasticbeanstalk", label, environment.span, truth)
    enhanced = environment.health.is_("enhanced")
    label = f"{environment.address} reports enhanced health"
    yield from needs("elasticbeanstalk-health", label, environment.health.span or environment.span, enhanced)


def _redshift(cluster: RedshiftCluster, _facts: Facts) -> Iterator[Need]:
    truth = likely("COPY and UNLOAD read and write S3")
    label = f"{cluster.address} routes COPY and UNLOAD through its VPC"
    yield from needs("s3", label, cluster.enhanced.span or cluster.span, truth)


_KINDS: dict[type[Workload], Callable[[Any, Facts], Iterator[Need]]] = {
    EcsTasks: _tasks,
    EksNodes: _nodes,
    EksCluster: _pods,
    BatchEnvironment: _batch,
    BuildProject: _build,
    GlueConnection: _connection,
    GlueJob: _job,
    EmrCluster: _emr,
    SageMakerDomain: _domain,
    SageMakerModel: _model,
    AirflowEnvironment: _airflow,
    BeanstalkEnvironment: _beanstalk,
    RedshiftCluster: _redshift,
}


def has_no_ecr_api(tasks: EcsTasks) -> Truth:
    """Whether Fargate's platform is so old that it pulls images without ``ecr.api`` (before 1.4.0)."""
    platform = str(tasks.platform)
    return TRUE if not tasks.platform.reasons and re.fullmatch(r"1\.[0-3]\.\d+", platform) else FALSE
