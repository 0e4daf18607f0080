"""CloudFormation's resources that run something in subnets, as workloads of the model: the third part of the table.

Property names and defaults: the resources' pages in the CloudFormation template reference. Names that AWS makes
up where none is given are what ``Ref`` gives of the resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from vpce_lint.condition import choose, distribute
from vpce_lint.model import ABSENT, OFF
from vpce_lint.readers.aws_cloudformation_addresses import (
    flags_of,
    interface_addresses,
    task_address,
    task_subnets,
)
from vpce_lint.readers.cloudformation.comparison import as_flag
from vpce_lint.readers.cloudformation.intrinsics import items_of
from vpce_lint.readers.cloudformation.property import joined, maps_in, part, parts
from vpce_lint.readers.comma_list import comma_list
from vpce_lint.readers.default_value import or_default
from vpce_lint.truth import Reason
from vpce_lint.value import Known, Mapping, Reference, Run, Sequence, Unknown, Value
from vpce_lint.workload import (
    AirflowEnvironment,
    AutoScalingGroup,
    BatchEnvironment,
    BeanstalkEnvironment,
    BuildProject,
    CapacityProvider,
    EcsCluster,
    EcsTasks,
    EksCluster,
    EksFargate,
    EksNodes,
    EmrCluster,
    FunctionEvents,
    GlueConnection,
    GlueJob,
    ImageRepository,
    Instance,
    LambdaFunction,
    LaunchTemplate,
    NetworkInterface,
    Parameter,
    PodIdentity,
    RedshiftCluster,
    SageMakerDomain,
    SageMakerModel,
    SageMakerNotebook,
    ScheduledTasks,
    Secret,
    SubnetGroup,
    TaskDefinition,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vpce_lint.model import Resource
    from vpce_lint.readers.cloudformation.stack import Declared
    from vpce_lint.readers.joining import Completions

    Translation = Callable[[Declared, dict[str, Any], Completions], Iterable[Resource]]

CONTAINER_LEVELS = 4
"""Keys of container definitions are looked at this deep: ``Secrets[].ValueFrom`` of ``LogConfiguration``."""


def own_name(declared: Declared, name: str) -> Value:
    """The name that a resource is given or, without one, what ``Ref`` gives of it."""
    symbol = f"{declared.address}.id"
    why = (Reason(f"{symbol} is known after deployment", declared.span),)
    reference = Reference(symbol, why, address=declared.address, attribute="id", resource_type=declared.type)
    return or_default(declared.given(name), reference)


def _lambda(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    network = declared.given("VpcConfig")
    if network.is_null.is_true:
        return  # it runs outside of any VPC of ours
    yield LambdaFunction(
        name=own_name(declared, "FunctionName"),
        subnets=items_of(part(network, "SubnetIds")),
        role=declared.given("Role"),
        dead_letters=part(declared.given("DeadLetterConfig"), "TargetArn"),
        **common,
    )


def _event_source(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    source = or_default(declared.given("EventSourceArn"), declared.given("SelfManagedEventSource"))
    yield FunctionEvents(function=declared.given("FunctionName"), source=source, **common)


def _invoke_config(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    if not declared.given("DestinationConfig").is_null.is_true:
        yield FunctionEvents(function=declared.given("FunctionName"), delivers=True, **common)


def _task_definition(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield TaskDefinition(
        family_name=own_name(declared, "Family"),
        containers=_containers(declared.given("ContainerDefinitions")),
        task_role=declared.given("TaskRoleArn"),
        execution_role=declared.given("ExecutionRoleArn"),
        **common,
    )


def _containers(value: Value, levels: int = CONTAINER_LEVELS) -> Value:
    """Container definitions with the keys of the API: ``image`` instead of ``Image``."""
    if not levels:
        return value
    return distribute(lambda cases: _with_keys_of_api(cases[0], levels), (value,)).at(value.span)


def _with_keys_of_api(value: Value, levels: int) -> Value:
    if isinstance(value, Sequence):
        return replace(value, members=tuple(_member(member, levels) for member in value.members))
    if isinstance(value, Mapping):
        entries = {_lowered(key): _containers(entry, levels - 1) for key, entry in value.entries.items()}
        runs = tuple(
            replace(run, key=Known(_lowered(str(run.key.value))), each=_containers(run.each, levels - 1))
            if isinstance(run.key, Known)
            else run
            for run in value.runs
        )
        return replace(value, entries=entries, runs=runs)
    return value


def _member(member: Value, levels: int) -> Value:
    if isinstance(member, Run):
        return replace(member, each=_containers(member.each, levels))
    return _containers(member, levels)


def _lowered(key: str) -> str:
    return key[:1].lower() + key[1:]


def _ecs_cluster(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    strategy = declared.given("DefaultCapacityProviderStrategy")
    yield EcsCluster(name=own_name(declared, "ClusterName"), providers=parts(strategy, "CapacityProvider"), **common)


def _ecs_cluster_providers(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """A cluster's capacity given apart from it; a reference to the cluster is its name."""
    cluster = declared.given("Cluster")
    if isinstance(cluster, Reference):
        other = declared.stack.resources.get(cluster.address.removeprefix(declared.stack.prefix))
        cluster = own_name(other, "ClusterName") if other is not None and other.address == cluster.address else cluster
    strategy = declared.given("DefaultCapacityProviderStrategy")
    yield EcsCluster(name=cluster, providers=parts(strategy, "CapacityProvider"), **common)


def _capacity_provider(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    group = part(declared.given("AutoScalingGroupProvider"), "AutoScalingGroupArn")
    yield CapacityProvider(name=own_name(declared, "Name"), group=group, **common)


def _ecs_service(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    definition = declared.given("TaskDefinition")
    if definition.is_null.is_true:
        return  # its tasks are made by an external deployment controller
    yield EcsTasks(
        definition=definition,
        cluster=declared.given("Cluster"),
        launch=declared.given("LaunchType"),
        providers=parts(declared.given("CapacityProviderStrategy"), "CapacityProvider"),
        platform=declared.given("PlatformVersion"),
        command=as_flag(or_default(declared.given("EnableExecuteCommand"), OFF)),
        connect=as_flag(or_default(part(declared.given("ServiceConnectConfiguration"), "Enabled"), OFF)),
        subnets=task_subnets(declared.given("NetworkConfiguration")),
        public=task_address(declared.given("NetworkConfiguration")),
        **common,
    )


def _rule_tasks(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """Tasks that a rule of EventBridge starts."""
    for target, when, several in maps_in(declared.given("Targets")):
        shared = {**common, "when": (*common["when"], *when), "family": several}
        yield from _scheduled(target, shared)


def _schedule_tasks(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """Tasks that a schedule of EventBridge starts."""
    yield from _scheduled(declared.given("Target"), common)


def _scheduled(target: Value, common: dict[str, Any]) -> Iterable[Resource]:
    tasks = part(target, "EcsParameters")
    if tasks.is_null.is_true:
        return
    yield ScheduledTasks(
        subnets=task_subnets(part(tasks, "NetworkConfiguration")),
        public=task_address(part(tasks, "NetworkConfiguration")),
        definition=part(tasks, "TaskDefinitionArn"),
        cluster=part(target, "Arn"),
        launch=part(tasks, "LaunchType"),
        providers=parts(part(tasks, "CapacityProviderStrategy"), "CapacityProvider"),
        platform=part(tasks, "PlatformVersion"),
        command=as_flag(or_default(part(tasks, "EnableExecuteCommand"), OFF)),
        **common,
    )


def _eks_cluster(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    auto = declared.given("ComputeConfig")
    yield EksCluster(
        name=own_name(declared, "Name"),
        subnets=items_of(part(declared.given("ResourcesVpcConfig"), "SubnetIds")),
        auto=as_flag(or_default(part(auto, "Enabled"), OFF)),
        role=part(auto, "NodeRoleArn"),
        **common,
    )


def _eks_nodes(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield EksNodes(
        cluster=declared.given("ClusterName"),
        subnets=items_of(declared.given("Subnets")),
        role=declared.given("NodeRole"),
        **common,
    )


def _eks_fargate(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield EksFargate(
        cluster=declared.given("ClusterName"),
        subnets=items_of(declared.given("Subnets")),
        role=declared.given("PodExecutionRoleArn"),
        **common,
    )


def _pod_identity(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield PodIdentity(cluster=declared.given("ClusterName"), role=declared.given("RoleArn"), **common)


def _instance(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    interfaces = declared.given("NetworkInterfaces")
    yield Instance(
        subnets=joined(declared.given("SubnetId"), parts(interfaces, "SubnetId")),
        interfaces=parts(interfaces, "NetworkInterfaceId"),
        profile=declared.given("IamInstanceProfile"),
        templates=_templates(declared.given("LaunchTemplate")),
        public=interface_addresses(interfaces),
        **common,
    )


def _templates(*specifications: Value) -> Value:
    """The launch templates that are named, by id or by name."""
    named = [or_default(part(each, "LaunchTemplateId"), part(each, "LaunchTemplateName")) for each in specifications]
    return joined(*named)


def _interface(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield NetworkInterface(subnets=items_of(declared.given("SubnetId")), **common)


def _group(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    mixed = part(declared.given("MixedInstancesPolicy"), "LaunchTemplate", "LaunchTemplateSpecification")
    yield AutoScalingGroup(
        name=own_name(declared, "AutoScalingGroupName"),
        subnets=items_of(declared.given("VPCZoneIdentifier")),
        templates=joined(
            _templates(declared.given("LaunchTemplate"), mixed), declared.given("LaunchConfigurationName")
        ),
        **common,
    )


def _launch_template(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    data = declared.given("LaunchTemplateData")
    profile = part(data, "IamInstanceProfile")
    yield LaunchTemplate(
        name=own_name(declared, "LaunchTemplateName"),
        profile=or_default(part(profile, "Arn"), part(profile, "Name")),
        subnets=parts(part(data, "NetworkInterfaces"), "SubnetId"),
        public=interface_addresses(part(data, "NetworkInterfaces")),
        **common,
    )


def _launch_configuration(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield LaunchTemplate(
        name=own_name(declared, "LaunchConfigurationName"),
        profile=declared.given("IamInstanceProfile"),
        public=flags_of(declared.given("AssociatePublicIpAddress")),
        **common,
    )


def _batch(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    resources = declared.given("ComputeResources")
    if resources.is_null.is_true:
        return  # its instances are somebody else's
    yield BatchEnvironment(
        type=part(resources, "Type"),
        subnets=items_of(part(resources, "Subnets")),
        profile=part(resources, "InstanceRole"),
        **common,
    )


def _build_project(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    network = declared.given("VpcConfig")
    if network.is_null.is_true:
        return  # it runs outside of any VPC of ours
    names = ("Artifacts", "SecondaryArtifacts", "Cache", "Source", "SecondarySources")
    yield BuildProject(
        subnets=items_of(part(network, "Subnets")),
        role=declared.given("ServiceRole"),
        stores=joined(*(parts(declared.given(name), "Type") for name in names)),
        **common,
    )


def _glue_connection(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    written = declared.given("ConnectionInput")
    reference = own_name(declared, "Name")
    yield GlueConnection(
        name=or_default(part(written, "Name"), reference),
        subnets=items_of(part(written, "PhysicalConnectionRequirements", "SubnetId")),
        **common,
    )


def _glue_job(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    connections = items_of(part(declared.given("Connections"), "Connections"))
    if isinstance(connections, Sequence) and not connections.members:
        return  # it runs outside of any VPC of ours
    yield GlueJob(connections=connections, role=declared.given("Role"), **common)


def _emr(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    instances = declared.given("Instances")
    yield EmrCluster(
        subnets=joined(part(instances, "Ec2SubnetId"), part(instances, "Ec2SubnetIds")),
        profile=declared.given("JobFlowRole"),
        logs=declared.given("LogUri"),
        **common,
    )


def _sagemaker_domain(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield SageMakerDomain(
        subnets=items_of(declared.given("SubnetIds")),
        role=part(declared.given("DefaultUserSettings"), "ExecutionRole"),
        access=or_default(declared.given("AppNetworkAccessType"), Known("PublicInternetOnly")),
        **common,
    )


def _sagemaker_notebook(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield SageMakerNotebook(
        subnets=items_of(declared.given("SubnetId")),
        role=declared.given("RoleArn"),
        direct=or_default(declared.given("DirectInternetAccess"), Known("Enabled")),
        **common,
    )


def _sagemaker_model(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    network = declared.given("VpcConfig")
    if network.is_null.is_true:
        return  # it runs outside of any VPC of ours
    containers = joined(declared.given("PrimaryContainer"), declared.given("Containers"))
    yield SageMakerModel(
        subnets=items_of(part(network, "Subnets")),
        role=declared.given("ExecutionRoleArn"),
        isolated=as_flag(or_default(declared.given("EnableNetworkIsolation"), OFF)),
        data=parts(containers, "ModelDataUrl"),
        **common,
    )


def _airflow(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield AirflowEnvironment(
        subnets=items_of(part(declared.given("NetworkConfiguration"), "SubnetIds")),
        role=declared.given("ExecutionRoleArn"),
        **common,
    )


def _beanstalk(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """An environment; its settings are maps of namespace, name and value."""
    settings = declared.given("OptionSettings")
    yield BeanstalkEnvironment(
        subnets=comma_list(_option(settings, "aws:ec2:vpc", "Subnets")),
        profile=_option(settings, "aws:autoscaling:launchconfiguration", "IamInstanceProfile"),
        health=_option(settings, "aws:elasticbeanstalk:healthreporting:system", "SystemType"),
        **common,
    )


def _option(settings: Value, namespace: str, name: str) -> Value:
    """The value of a setting; the last one counts, ones that may be another setting make it unknown."""
    value: Value = ABSENT
    for setting, when, several in maps_in(settings):
        is_it = part(setting, "Namespace").is_(namespace) & part(setting, "OptionName").is_(name)
        if is_it.is_false:
            continue
        given = part(setting, "Value")
        if is_it.is_unknown or several:
            given = Unknown(f"{namespace} {name}", (*is_it.reasons, *given.reasons), span=setting.span)
        for condition in when:
            given = choose(condition, given, value)
        value = given
    return value


def _redshift(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield RedshiftCluster(
        subnets=items_of(declared.given("SubnetIds")),
        enhanced=as_flag(or_default(declared.given("EnhancedVpcRouting"), OFF)),
        group=declared.given("ClusterSubnetGroupName"),
        roles=items_of(declared.given("IamRoles")),
        **common,
    )


def _subnet_group(declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    name = own_name(declared, "ClusterSubnetGroupName")
    yield SubnetGroup(name=name, subnets=items_of(declared.given("SubnetIds")), **common)


def _made(kind: type[Resource]) -> Translation:
    """A resource of which nothing matters but that it is there."""

    def translate(_declared: Declared, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
        yield kind(**common)

    return translate


WORKLOADS: dict[str, Translation] = {
    "AWS::Lambda::Function": _lambda,
    "AWS::Lambda::EventSourceMapping": _event_source,
    "AWS::Lambda::EventInvokeConfig": _invoke_config,
    "AWS::ECS::TaskDefinition": _task_definition,
    "AWS::ECS::Cluster": _ecs_cluster,
    "AWS::ECS::ClusterCapacityProviderAssociations": _ecs_cluster_providers,
    "AWS::ECS::CapacityProvider": _capacity_provider,
    "AWS::ECS::Service": _ecs_service,
    "AWS::ECS::TaskSet": _ecs_service,
    "AWS::Events::Rule": _rule_tasks,
    "AWS::Scheduler::Schedule": _schedule_tasks,
    "AWS::EKS::Cluster": _eks_cluster,
    "AWS::EKS::Nodegroup": _eks_nodes,
    "AWS::EKS::FargateProfile": _eks_fargate,
    "AWS::EKS::PodIdentityAssociation": _pod_identity,
    "AWS::EC2::Instance": _instance,
    "AWS::EC2::NetworkInterface": _interface,
    "AWS::AutoScaling::AutoScalingGroup": _group,
    "AWS::EC2::LaunchTemplate": _launch_template,
    "AWS::AutoScaling::LaunchConfiguration": _launch_configuration,
    "AWS::Batch::ComputeEnvironment": _batch,
    "AWS::CodeBuild::Project": _build_project,
    "AWS::Glue::Connection": _glue_connection,
    "AWS::Glue::Job": _glue_job,
    "AWS::EMR::Cluster": _emr,
    "AWS::SageMaker::Domain": _sagemaker_domain,
    "AWS::SageMaker::NotebookInstance": _sagemaker_notebook,
    "AWS::SageMaker::Model": _sagemaker_model,
    "AWS::MWAA::Environment": _airflow,
    "AWS::ElasticBeanstalk::Environment": _beanstalk,
    "AWS::Redshift::Cluster": _redshift,
    "AWS::RedshiftServerless::Workgroup": _redshift,
    "AWS::Redshift::ClusterSubnetGroup": _subnet_group,
    "AWS::ECR::Repository": _made(ImageRepository),
    "AWS::SecretsManager::Secret": _made(Secret),
    "AWS::SSM::Parameter": _made(Parameter),
}
