"""Terraform's resources that run something in subnets, as workloads of the model: the table.

Attribute names and defaults: the resources' pages in the documentation of Terraform's AWS provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vpce_lint.condition import choose
from vpce_lint.model import ABSENT, OFF
from vpce_lint.readers.aws_terraform import sequence_of
from vpce_lint.readers.aws_terraform_addresses import elastic_address, launch_address, task_address, template_addresses
from vpce_lint.readers.aws_terraform_arguments import at_most_one, inner, lists_of, values_of
from vpce_lint.readers.comma_list import comma_list
from vpce_lint.readers.default_value import or_default
from vpce_lint.readers.terraform.partial_json import document_of
from vpce_lint.value import Known, Sequence, Unknown, Value
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
    from collections.abc import Iterable
    from collections.abc import Sequence as Several

    from vpce_lint.model import Resource
    from vpce_lint.readers.described import DescribedBlock, DescribedResource, Translation
    from vpce_lint.readers.joining import Completions


def _lambda(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    blocks = instance.nested("vpc_config")
    if not blocks:
        return  # it runs outside of any VPC of ours
    yield LambdaFunction(
        name=instance.argument("function_name"),
        subnets=lists_of(blocks, "subnet_ids"),
        role=instance.argument("role"),
        dead_letters=inner(instance.nested("dead_letter_config"), "target_arn"),
        **common,
    )


def _event_source(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield FunctionEvents(
        function=instance.argument("function_name"), source=instance.argument("event_source_arn"), **common
    )


def _invoke_config(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    if instance.nested("destination_config"):
        yield FunctionEvents(function=instance.argument("function_name"), delivers=True, **common)


def _task_definition(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield TaskDefinition(
        family_name=instance.argument("family"),
        containers=document_of(instance.argument("container_definitions")),
        task_role=instance.argument("task_role_arn"),
        execution_role=instance.argument("execution_role_arn"),
        **common,
    )


def _ecs_cluster(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    strategy = instance.nested("default_capacity_provider_strategy")
    yield EcsCluster(name=instance.argument("name"), providers=values_of(strategy, "capacity_provider"), **common)


def _ecs_cluster_providers(
    instance: DescribedResource, common: dict[str, Any], _more: Completions
) -> Iterable[Resource]:
    strategy = instance.nested("default_capacity_provider_strategy")
    yield EcsCluster(
        name=instance.argument("cluster_name"), providers=values_of(strategy, "capacity_provider"), **common
    )


def _capacity_provider(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    group = inner(instance.nested("auto_scaling_group_provider"), "auto_scaling_group_arn")
    yield CapacityProvider(name=instance.argument("name"), group=group, **common)


def _ecs_service(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    definition = instance.argument("task_definition")
    if definition.is_null.is_true:
        return  # its tasks are made by an external deployment controller
    yield EcsTasks(
        subnets=lists_of(instance.nested("network_configuration"), "subnets"),
        public=task_address(instance.nested("network_configuration")),
        definition=definition,
        cluster=instance.argument("cluster"),
        launch=instance.argument("launch_type"),
        providers=values_of(instance.nested("capacity_provider_strategy"), "capacity_provider"),
        platform=instance.argument("platform_version"),
        command=or_default(instance.argument("enable_execute_command"), OFF),
        connect=or_default(inner(instance.nested("service_connect_configuration"), "enabled"), OFF),
        **common,
    )


def _scheduled_tasks(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """Tasks that EventBridge starts, by a rule's target or by a schedule."""
    is_target = instance.type == "aws_cloudwatch_event_target"
    targets: Several[DescribedResource | DescribedBlock] = (instance,) if is_target else instance.nested("target")
    for target in targets:
        for name in ("ecs_target", "ecs_parameters"):
            for block in target.nested(name):
                yield ScheduledTasks(
                    subnets=lists_of(block.nested("network_configuration"), "subnets"),
                    public=task_address(block.nested("network_configuration")),
                    definition=block.given("task_definition_arn"),
                    cluster=target.given("arn"),
                    launch=block.given("launch_type"),
                    providers=values_of(block.nested("capacity_provider_strategy"), "capacity_provider"),
                    platform=block.given("platform_version"),
                    command=or_default(block.given("enable_execute_command"), OFF),
                    **{**common, "when": (*common["when"], *block.when), "family": common["family"] or block.family},
                )


def _eks_cluster(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    auto = instance.nested("compute_config")
    yield EksCluster(
        name=instance.argument("name"),
        subnets=lists_of(instance.nested("vpc_config"), "subnet_ids"),
        auto=or_default(inner(auto, "enabled"), OFF),
        role=inner(auto, "node_role_arn"),
        **common,
    )


def _eks_nodes(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield EksNodes(
        cluster=instance.argument("cluster_name"),
        subnets=sequence_of(instance.argument("subnet_ids")),
        role=instance.argument("node_role_arn"),
        **common,
    )


def _eks_fargate(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield EksFargate(
        cluster=instance.argument("cluster_name"),
        subnets=sequence_of(instance.argument("subnet_ids")),
        role=instance.argument("pod_execution_role_arn"),
        **common,
    )


def _pod_identity(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield PodIdentity(cluster=instance.argument("cluster_name"), role=instance.argument("role_arn"), **common)


def _instance(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    blocks = (*instance.nested("network_interface"), *instance.nested("primary_network_interface"))
    yield Instance(
        subnets=at_most_one(instance.argument("subnet_id")),
        interfaces=values_of(blocks, "network_interface_id"),
        profile=instance.argument("iam_instance_profile"),
        templates=_template_ids(instance.nested("launch_template")),
        public=launch_address(instance),
        **common,
    )


def _interface(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield NetworkInterface(subnets=at_most_one(instance.argument("subnet_id")), **common)


def _group(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    mixed = [
        specification
        for policy in instance.nested("mixed_instances_policy")
        for template in policy.nested("launch_template")
        for specification in template.nested("launch_template_specification")
    ]
    templates = _template_ids((*instance.nested("launch_template"), *mixed))
    older = at_most_one(instance.argument("launch_configuration"))
    yield AutoScalingGroup(
        name=instance.argument("name"),
        subnets=sequence_of(instance.argument("vpc_zone_identifier")),
        templates=Sequence((*templates.members, *older.members)),
        **common,
    )


def _launch_template(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    profiles = instance.nested("iam_instance_profile")
    profile = inner(profiles, "arn")
    yield LaunchTemplate(
        name=instance.argument("name"),
        profile=inner(profiles, "name") if profile.is_null.is_true else profile,
        subnets=values_of(instance.nested("network_interfaces"), "subnet_id"),
        public=template_addresses(instance.nested("network_interfaces")),
        **common,
    )


def _launch_configuration(
    instance: DescribedResource, common: dict[str, Any], _more: Completions
) -> Iterable[Resource]:
    yield LaunchTemplate(
        name=instance.argument("name"),
        profile=instance.argument("iam_instance_profile"),
        public=launch_address(instance),
        **common,
    )


def _batch(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    for block in instance.nested("compute_resources"):
        yield BatchEnvironment(
            type=block.given("type"),
            subnets=sequence_of(block.given("subnets")),
            profile=block.given("instance_role"),
            **{**common, "when": (*common["when"], *block.when)},
        )


def _build_project(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    blocks = instance.nested("vpc_config")
    if not blocks:
        return  # it runs outside of any VPC of ours
    stores = [
        member
        for name in ("artifacts", "secondary_artifacts", "cache", "source", "secondary_sources")
        for member in values_of(instance.nested(name), "type").members
    ]
    yield BuildProject(
        subnets=lists_of(blocks, "subnets"),
        role=instance.argument("service_role"),
        stores=Sequence(tuple(stores)),
        **common,
    )


def _glue_connection(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield GlueConnection(
        name=instance.argument("name"),
        subnets=values_of(instance.nested("physical_connection_requirements"), "subnet_id"),
        **common,
    )


def _glue_job(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    connections = sequence_of(instance.argument("connections"))
    if isinstance(connections, Sequence) and not connections.members:
        return  # it runs outside of any VPC of ours
    yield GlueJob(connections=connections, role=instance.argument("role_arn"), **common)


def _emr(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    blocks = instance.nested("ec2_attributes")
    one = values_of(blocks, "subnet_id")
    yield EmrCluster(
        subnets=one if one.members else lists_of(blocks, "subnet_ids"),
        profile=inner(blocks, "instance_profile"),
        logs=instance.argument("log_uri"),
        **common,
    )


def _sagemaker_domain(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield SageMakerDomain(
        subnets=sequence_of(instance.argument("subnet_ids")),
        role=inner(instance.nested("default_user_settings"), "execution_role"),
        access=or_default(instance.argument("app_network_access_type"), Known("PublicInternetOnly")),
        **common,
    )


def _sagemaker_notebook(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield SageMakerNotebook(
        subnets=at_most_one(instance.argument("subnet_id")),
        role=instance.argument("role_arn"),
        direct=or_default(instance.argument("direct_internet_access"), Known("Enabled")),
        **common,
    )


def _sagemaker_model(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    blocks = instance.nested("vpc_config")
    if not blocks:
        return  # it runs outside of any VPC of ours
    containers = (*instance.nested("primary_container"), *instance.nested("container"))
    yield SageMakerModel(
        subnets=lists_of(blocks, "subnets"),
        role=instance.argument("execution_role_arn"),
        isolated=or_default(instance.argument("enable_network_isolation"), OFF),
        data=values_of(containers, "model_data_url"),
        **common,
    )


def _airflow(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield AirflowEnvironment(
        subnets=lists_of(instance.nested("network_configuration"), "subnet_ids"),
        role=instance.argument("execution_role_arn"),
        **common,
    )


def _beanstalk(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    """An environment; its settings are blocks of namespace, name and value."""
    blocks = instance.nested("setting")
    subnets = _option(blocks, "aws:ec2:vpc", "Subnets")
    yield BeanstalkEnvironment(
        subnets=comma_list(subnets),
        profile=_option(blocks, "aws:autoscaling:launchconfiguration", "IamInstanceProfile"),
        health=_option(blocks, "aws:elasticbeanstalk:healthreporting:system", "SystemType"),
        **common,
    )


def _redshift(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield RedshiftCluster(
        subnets=sequence_of(instance.argument("subnet_ids")),
        enhanced=or_default(instance.argument("enhanced_vpc_routing"), OFF),
        group=instance.argument("cluster_subnet_group_name"),
        roles=sequence_of(instance.argument("iam_roles")),
        **common,
    )


def _subnet_group(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
    yield SubnetGroup(name=instance.argument("name"), subnets=sequence_of(instance.argument("subnet_ids")), **common)


def _made(kind: type[Resource]) -> Translation:
    """A resource of which nothing matters but that it is there."""

    def translate(_instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
        yield kind(**common)

    return translate


def _found(kind: type[Resource]) -> Translation:
    """The same, looked up."""

    def translate(instance: DescribedResource, common: dict[str, Any], _more: Completions) -> Iterable[Resource]:
        yield kind(**{**common, "address": instance.found_address})

    return translate


WORKLOADS: dict[str, Translation] = {
    "aws_lambda_function": _lambda,
    "aws_lambda_event_source_mapping": _event_source,
    "aws_lambda_function_event_invoke_config": _invoke_config,
    "aws_ecs_task_definition": _task_definition,
    "aws_ecs_cluster": _ecs_cluster,
    "aws_ecs_cluster_capacity_providers": _ecs_cluster_providers,
    "aws_ecs_capacity_provider": _capacity_provider,
    "aws_ecs_service": _ecs_service,
    "aws_cloudwatch_event_target": _scheduled_tasks,
    "aws_scheduler_schedule": _scheduled_tasks,
    "aws_eks_cluster": _eks_cluster,
    "aws_eks_node_group": _eks_nodes,
    "aws_eks_fargate_profile": _eks_fargate,
    "aws_eks_pod_identity_association": _pod_identity,
    "aws_instance": _instance,
    "aws_network_interface": _interface,
    "aws_eip": elastic_address,
    "aws_eip_association": elastic_address,
    "aws_autoscaling_group": _group,
    "aws_launch_template": _launch_template,
    "aws_launch_configuration": _launch_configuration,
    "aws_batch_compute_environment": _batch,
    "aws_codebuild_project": _build_project,
    "aws_glue_connection": _glue_connection,
    "aws_glue_job": _glue_job,
    "aws_emr_cluster": _emr,
    "aws_sagemaker_domain": _sagemaker_domain,
    "aws_sagemaker_notebook_instance": _sagemaker_notebook,
    "aws_sagemaker_model": _sagemaker_model,
    "aws_mwaa_environment": _airflow,
    "aws_elastic_beanstalk_environment": _beanstalk,
    "aws_redshift_cluster": _redshift,
    "aws_redshiftserverless_workgroup": _redshift,
    "aws_redshift_subnet_group": _subnet_group,
    "aws_ecr_repository": _made(ImageRepository),
    "aws_secretsmanager_secret": _made(Secret),
    "aws_secretsmanager_secret_version": _made(Secret),
    "aws_ssm_parameter": _made(Parameter),
}

FOUND_WORKLOADS: dict[str, Translation] = {
    "aws_ecr_repository": _found(ImageRepository),
    "aws_ecr_image": _found(ImageRepository),
    "aws_secretsmanager_secret": _found(Secret),
    "aws_secretsmanager_secret_version": _found(Secret),
    "aws_ssm_parameter": _found(Parameter),
}
"""Data sources that look up what workloads refer to."""


def _template_ids(blocks: Iterable[DescribedBlock]) -> Sequence:
    """The launch templates that blocks name, by id or by name."""
    blocks = tuple(blocks)
    members: list[Value] = []
    for block in blocks:
        names = [block.argument(name) for name in ("id", "launch_template_id", "name", "launch_template_name")]
        given = [name for name in names if not name.is_null.is_true]
        members += given[:1]
    return Sequence(tuple(members))


def _option(blocks: Iterable[DescribedBlock], namespace: str, name: str) -> Value:
    """The value of a setting; the last one counts, ones that may be another setting make it unknown."""
    value: Value = ABSENT
    for block in blocks:
        is_it = block.given("namespace").is_(namespace) & block.given("name").is_(name)
        if is_it.is_false:
            continue
        given = block.argument("value")
        if is_it.is_unknown or block.family:
            given = Unknown(f"{namespace} {name}", (*is_it.reasons, *given.reasons), span=block.span)
        for condition in block.when:
            given = choose(condition, given, value)
        value = given
    return value
