"""What runs in subnets and may call AWS services: functions, tasks, instances, jobs, environments.

Readers make these as the code describes them; what they need of AWS is decided in ``demand``. ``null``
stands for what isn't given. Roles are ARNs or names, decided likewise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from vpce_lint.model import ABSENT, NONE, OFF, Resource

if TYPE_CHECKING:
    from vpce_lint.value import Value


class Workload(Resource, frozen=True, kw_only=True):
    """Something whose network interfaces stand in ``subnets``, given by id; ``kind`` says what in words for people.

    ``role`` is what it may do in AWS while it runs.
    """

    kind: ClassVar[str] = "workload"
    may_be_public: ClassVar[bool] = True
    """Whether its network interfaces can have public addresses at all."""

    subnets: Value = NONE
    role: Value = ABSENT


class LambdaFunction(Workload, frozen=True, kw_only=True):
    """A Lambda function in a VPC; ``dead_letters`` is the ARN that failed events are sent to.

    It has no public address in a public subnet either (AWS Lambda Developer Guide, "Enable internet access for
    VPC-connected Lambda functions").
    """

    kind: ClassVar[str] = "Lambda function"
    may_be_public: ClassVar[bool] = False

    name: Value = ABSENT
    dead_letters: Value = ABSENT


class FunctionEvents(Resource, frozen=True, kw_only=True):
    """What Lambda itself does for a function: it polls ``source`` (an ARN), or delivers results to others."""

    function: Value
    source: Value = ABSENT
    delivers: bool = False


class TaskDefinition(Resource, frozen=True, kw_only=True):
    """An ECS task definition; ``containers`` is the decoded list with AWS's own keys (``image``, ``secrets``, ...)."""

    family_name: Value = ABSENT
    containers: Value
    task_role: Value = ABSENT
    execution_role: Value = ABSENT


class EcsCluster(Resource, frozen=True, kw_only=True):
    """An ECS cluster, or its capacity given apart from it; ``providers`` are those of the default strategy."""

    name: Value = ABSENT
    providers: Value = NONE


class CapacityProvider(Resource, frozen=True, kw_only=True):
    """An ECS capacity provider of one's own; ``group`` is the ARN of its Auto Scaling group."""

    name: Value = ABSENT
    group: Value = ABSENT


class EcsTasks(Workload, frozen=True, kw_only=True):
    """Tasks that ECS keeps running as a service.

    ``definition`` is the task definition's ARN or family. ``launch`` is the launch type, ``providers`` the names of the
    capacity provider strategy; where both are missing the cluster's default counts. ``command``: ECS Exec is on.
    Without ``subnets`` the tasks use the network of the cluster's instances; with them, ``public`` gives each task a
    public address, on Fargate only.
    """

    kind: ClassVar[str] = "ECS service"

    definition: Value
    cluster: Value = ABSENT
    launch: Value = ABSENT
    providers: Value = NONE
    platform: Value = ABSENT
    command: Value = OFF
    connect: Value = OFF
    public: Value = OFF


class ScheduledTasks(EcsTasks, frozen=True, kw_only=True):
    """Tasks that a schedule or a rule of EventBridge starts."""

    kind: ClassVar[str] = "ECS scheduled task"


class EksCluster(Workload, frozen=True, kw_only=True):
    """An EKS cluster; its subnets hold the control plane's interfaces and, with ``auto``, its nodes, which act as ``role``."""

    kind: ClassVar[str] = "EKS cluster"

    name: Value = ABSENT
    auto: Value = OFF


class EksNodes(Workload, frozen=True, kw_only=True):
    """A managed node group."""

    kind: ClassVar[str] = "EKS node group"

    cluster: Value = ABSENT


class EksFargate(Workload, frozen=True, kw_only=True):
    """A Fargate profile; ``role`` is that of the agent which runs the pods.

    Pods get no public addresses (Amazon EKS User Guide, "AWS Fargate considerations").
    """

    kind: ClassVar[str] = "EKS Fargate profile"
    may_be_public: ClassVar[bool] = False

    cluster: Value = ABSENT


class PodIdentity(Resource, frozen=True, kw_only=True):
    """That pods of a cluster act as a role through EKS Pod Identity."""

    cluster: Value
    role: Value


class LaunchTemplate(Resource, frozen=True, kw_only=True):
    """A launch template or launch configuration; ``subnets`` are those of its network interfaces.

    ``public`` says whether each interface gets a public address, where that isn't left to the subnet.
    """

    name: Value = ABSENT
    profile: Value = ABSENT
    subnets: Value = NONE
    public: Value = NONE


class Instances(Workload, frozen=True, kw_only=True):
    """EC2 instances that get their role from ``profile``, by ARN or name, or from one of their ``templates``.

    ``templates`` holds ids or names. ``public`` says whether their interfaces get public addresses; where it holds
    nothing, a template says so, else the subnet.
    """

    kind: ClassVar[str] = "EC2 instances"

    name: Value = ABSENT
    profile: Value = ABSENT
    templates: Value = NONE
    public: Value = NONE


class Instance(Instances, frozen=True, kw_only=True):
    """One EC2 instance; without ``subnets`` it stands where its ``interfaces``, given by id, do."""

    kind: ClassVar[str] = "EC2 instance"

    interfaces: Value = NONE


class NetworkInterface(Resource, frozen=True, kw_only=True):
    """A network interface that is made apart from what it is attached to; ``subnets`` holds its only subnet."""

    subnets: Value = NONE


class ElasticAddress(Resource, frozen=True, kw_only=True):
    """An Elastic IP address, or its association; ``holders`` are the ids of the instance or interface that has it."""

    holders: Value = NONE


class AutoScalingGroup(Instances, frozen=True, kw_only=True):
    """An Auto Scaling group."""

    kind: ClassVar[str] = "Auto Scaling group"


class BatchEnvironment(Workload, frozen=True, kw_only=True):
    """A managed compute environment of AWS Batch; ``type`` is FARGATE, EC2 or a spot form, ``profile`` its instances'."""

    kind: ClassVar[str] = "Batch compute environment"

    type: Value
    profile: Value = ABSENT


class BuildProject(Workload, frozen=True, kw_only=True):
    """A CodeBuild project in a VPC; ``stores`` holds the types of its artifacts, cache and source.

    Its interfaces get no public addresses (AWS CodeBuild User Guide, "Best practices for VPCs").
    """

    kind: ClassVar[str] = "CodeBuild project"
    may_be_public: ClassVar[bool] = False

    stores: Value = NONE


class GlueConnection(Workload, frozen=True, kw_only=True):
    """A Glue connection to something in a VPC.

    Its interfaces get no public addresses (AWS Glue User Guide, "Setting up network access to data stores").
    """

    kind: ClassVar[str] = "Glue connection"
    may_be_public: ClassVar[bool] = False

    name: Value = ABSENT


class GlueJob(Workload, frozen=True, kw_only=True):
    """A Glue job; it runs in the subnets of its ``connections``, given by name, through their interfaces."""

    kind: ClassVar[str] = "Glue job"
    may_be_public: ClassVar[bool] = False

    connections: Value = NONE


class EmrCluster(Workload, frozen=True, kw_only=True):
    """An EMR cluster on EC2; ``logs`` is the URI that logs are copied to."""

    kind: ClassVar[str] = "EMR cluster"

    profile: Value = ABSENT
    logs: Value = ABSENT


class SageMakerDomain(Workload, frozen=True, kw_only=True):
    """A SageMaker domain; ``access`` is ``VpcOnly`` where its traffic goes through the VPC."""

    kind: ClassVar[str] = "SageMaker domain"

    access: Value = ABSENT


class SageMakerNotebook(Workload, frozen=True, kw_only=True):
    """A SageMaker notebook instance; ``direct`` is ``Disabled`` where its traffic goes through the VPC."""

    kind: ClassVar[str] = "SageMaker notebook instance"

    direct: Value = ABSENT


class SageMakerModel(Workload, frozen=True, kw_only=True):
    """A SageMaker model whose containers stand in a VPC; ``data`` are the URLs of its artifacts."""

    kind: ClassVar[str] = "SageMaker model"

    isolated: Value = OFF
    data: Value = NONE


class AirflowEnvironment(Workload, frozen=True, kw_only=True):
    """An environment of Amazon Managed Workflows for Apache Airflow."""

    kind: ClassVar[str] = "MWAA environment"


class BeanstalkEnvironment(Workload, frozen=True, kw_only=True):
    """An Elastic Beanstalk environment; ``profile`` is its instances', ``health`` the type of health reporting."""

    kind: ClassVar[str] = "Elastic Beanstalk environment"

    profile: Value = ABSENT
    health: Value = ABSENT


class RedshiftCluster(Workload, frozen=True, kw_only=True):
    """A Redshift cluster or workgroup; with ``enhanced`` its COPY and UNLOAD go through the VPC.

    Its subnets are its own, or those of the subnet ``group``, given by name. ``roles`` are those that it may use.
    """

    kind: ClassVar[str] = "Redshift cluster"

    enhanced: Value = OFF
    group: Value = ABSENT
    roles: Value = NONE


class SubnetGroup(Resource, frozen=True, kw_only=True):
    """A named group of subnets for clusters."""

    name: Value = ABSENT
    subnets: Value = NONE


class ImageRepository(Resource, frozen=True, kw_only=True):
    """A private ECR repository, made or found."""


class Secret(Resource, frozen=True, kw_only=True):
    """A secret of Secrets Manager, made or found."""


class Parameter(Resource, frozen=True, kw_only=True):
    """A parameter of Systems Manager, made or found."""
