"""What each kind of workload calls, from Terraform to the demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demand.account import read_demands, read_index, standing_in, weighed
from vpce_lint.workload import Workload

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths of reports count from the test's own folder."""
    monkeypatch.chdir(tmp_path)


ROLE = """
data "aws_iam_policy_document" "worker" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = ["*"]
  }
}
resource "aws_iam_role" "worker" {
  name               = "worker"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy" "worker" {
  role   = aws_iam_role.worker.name
  policy = data.aws_iam_policy_document.worker.json
}
resource "aws_iam_instance_profile" "worker" {
  role = aws_iam_role.worker.name
}
"""

NODES = """
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.b.id]
  }
}
resource "aws_eks_node_group" "n" {
  cluster_name  = aws_eks_cluster.c.name
  node_role_arn = aws_iam_role.worker.arn
  subnet_ids    = [aws_subnet.a.id]
}
"""

KINDS = {
    "lambda": (
        """
        resource "aws_lambda_function" "w" {
          function_name = "w"
          role          = aws_iam_role.worker.arn
          vpc_config {
            subnet_ids         = [aws_subnet.a.id]
            security_group_ids = []
          }
        }
        """,
        "sqs!",
    ),
    "instance": (
        """
        resource "aws_instance" "w" {
          subnet_id            = aws_subnet.a.id
          iam_instance_profile = aws_iam_instance_profile.worker.name
        }
        """,
        "sqs!",
    ),
    "instance without a profile": ('resource "aws_instance" "w" {\n subnet_id = aws_subnet.a.id\n}', ""),
    "instance from a template": (
        """
        resource "aws_launch_template" "w" {
          iam_instance_profile {
            arn = aws_iam_instance_profile.worker.arn
          }
        }
        resource "aws_instance" "w" {
          subnet_id = aws_subnet.a.id
          launch_template {
            id = aws_launch_template.w.id
          }
        }
        """,
        "sqs!",
    ),
    "instance with an interface": (
        """
        resource "aws_network_interface" "n" {
          subnet_id = aws_subnet.a.id
        }
        resource "aws_instance" "w" {
          iam_instance_profile = aws_iam_instance_profile.worker.name
          network_interface {
            network_interface_id = aws_network_interface.n.id
            device_index         = 0
          }
        }
        """,
        "sqs!",
    ),
    "group": (
        """
        resource "aws_launch_template" "w" {
          name_prefix = "w"
          iam_instance_profile {
            name = aws_iam_instance_profile.worker.name
          }
        }
        resource "aws_autoscaling_group" "w" {
          vpc_zone_identifier = [aws_subnet.a.id]
          mixed_instances_policy {
            launch_template {
              launch_template_specification {
                launch_template_id = aws_launch_template.w.id
              }
            }
          }
        }
        """,
        "sqs!",
    ),
    "group of a launch configuration": (
        """
        resource "aws_launch_configuration" "w" {
          iam_instance_profile = aws_iam_instance_profile.worker.id
        }
        resource "aws_autoscaling_group" "w" {
          vpc_zone_identifier  = [aws_subnet.a.id]
          launch_configuration = aws_launch_configuration.w.name
        }
        """,
        "sqs!",
    ),
    "eks nodes": (NODES, "sqs! ec2! ecr.api! ecr.dkr! s3! sts?"),
    "eks pod identity": (
        NODES
        + """
        resource "aws_iam_role" "pod" {
          assume_role_policy = "{}"
          inline_policy {
            policy = jsonencode({ Statement = { Effect = "Allow", Action = "sns:Publish", Resource = "*" } })
          }
        }
        resource "aws_eks_pod_identity_association" "p" {
          cluster_name = aws_eks_cluster.c.name
          role_arn     = aws_iam_role.pod.arn
        }
        """,
        "sqs! ec2! ecr.api! ecr.dkr! s3! sts? eks-auth! sns?",
    ),
    "eks auto mode": (
        """
        resource "aws_eks_cluster" "c" {
          name     = "c"
          role_arn = "arn:aws:iam::111122223333:role/cluster"
          compute_config {
            enabled       = true
            node_role_arn = aws_iam_role.worker.arn
          }
          vpc_config {
            subnet_ids = [aws_subnet.a.id]
          }
        }
        """,
        "sqs! sts?",
    ),
    "eks fargate": (
        """
        resource "aws_eks_fargate_profile" "f" {
          cluster_name           = "c"
          pod_execution_role_arn = aws_iam_role.worker.arn
          subnet_ids             = [aws_subnet.a.id]
        }
        """,
        "sqs!",
    ),
    "batch": (
        """
        resource "aws_batch_compute_environment" "b" {
          type = "MANAGED"
          compute_resources {
            type          = "EC2"
            subnets       = [aws_subnet.a.id]
            instance_role = aws_iam_instance_profile.worker.arn
          }
        }
        """,
        "sqs! ecs! ecs-agent! ecs-telemetry! ecr.api? ecr.dkr? s3? logs?",
    ),
    "batch on fargate": (
        """
        resource "aws_batch_compute_environment" "b" {
          compute_resources {
            type    = "FARGATE"
            subnets = [aws_subnet.a.id]
          }
        }
        """,
        "ecr.api? ecr.dkr? s3? logs?",
    ),
    "build": (
        """
        resource "aws_codebuild_project" "b" {
          service_role = aws_iam_role.worker.arn
          artifacts {
            type = "S3"
          }
          source {
            type = "GITHUB"
          }
          vpc_config {
            subnets = [aws_subnet.a.id]
          }
        }
        """,
        "sqs! s3!",
    ),
    "glue": (
        """
        resource "aws_glue_connection" "c" {
          name = "c"
          physical_connection_requirements {
            subnet_id = aws_subnet.b.id
          }
        }
        resource "aws_glue_connection" "d" {
          physical_connection_requirements {
            subnet_id = aws_subnet.a.id
          }
        }
        """,
        "s3~",
    ),
    "emr": (
        """
        resource "aws_emr_cluster" "e" {
          log_uri = "s3://logs/"
          ec2_attributes {
            subnet_id        = aws_subnet.a.id
            instance_profile = aws_iam_instance_profile.worker.arn
          }
        }
        """,
        "sqs! s3!",
    ),
    "sagemaker domain": (
        """
        resource "aws_sagemaker_domain" "d" {
          app_network_access_type = "VpcOnly"
          subnet_ids              = [aws_subnet.a.id]
          default_user_settings {
            execution_role = aws_iam_role.worker.arn
          }
        }
        """,
        "sqs! sagemaker.api! sagemaker.runtime! s3!",
    ),
    "sagemaker notebook": (
        """
        resource "aws_sagemaker_notebook_instance" "n" {
          role_arn               = aws_iam_role.worker.arn
          subnet_id              = aws_subnet.a.id
          direct_internet_access = "Disabled"
        }
        """,
        "sqs!",
    ),
    "sagemaker model": (
        """
        resource "aws_sagemaker_model" "m" {
          execution_role_arn = aws_iam_role.worker.arn
          primary_container {
            image          = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/m:1"
            model_data_url = "s3://models/m.tar.gz"
          }
          vpc_config {
            subnets            = [aws_subnet.a.id]
            security_group_ids = []
          }
        }
        """,
        "sqs! s3!",
    ),
    "airflow": (
        """
        resource "aws_mwaa_environment" "m" {
          execution_role_arn = aws_iam_role.worker.arn
          network_configuration {
            subnet_ids = [aws_subnet.a.id]
          }
        }
        """,
        "sqs! s3! ecr.api! ecr.dkr! logs! monitoring! kms! airflow.api? airflow.env? airflow.ops?",
    ),
    "beanstalk": (
        """
        resource "aws_elastic_beanstalk_environment" "e" {
          setting {
            namespace = "aws:ec2:vpc"
            name      = "Subnets"
            value     = join(",", ["subnet-1", aws_subnet.a.id])
          }
          setting {
            namespace = "aws:autoscaling:launchconfiguration"
            name      = "IamInstanceProfile"
            value     = aws_iam_instance_profile.worker.name
          }
          setting {
            namespace = "aws:elasticbeanstalk:healthreporting:system"
            name      = "SystemType"
            value     = "enhanced"
          }
        }
        """,
        "sqs! s3~ cloudformation~ elasticbeanstalk~ elasticbeanstalk-health!",
    ),
    "redshift": (
        """
        resource "aws_redshift_subnet_group" "r" {
          name       = "r"
          subnet_ids = [aws_subnet.a.id]
        }
        resource "aws_redshift_cluster" "r" {
          cluster_subnet_group_name = aws_redshift_subnet_group.r.name
          enhanced_vpc_routing      = true
          iam_roles                 = [aws_iam_role.worker.arn]
        }
        """,
        "s3~ sqs?",
    ),
}

MARKS = {"certain": "!", "likely": "~", "perhaps": "?"}


@pytest.mark.parametrize(("text", "expected"), KINDS.values(), ids=KINDS)
def test_a_workload_calls_what_its_kind_and_role_need(tmp_path: Path, text: str, expected: str) -> None:
    """Exactly these services, each as surely as the code and AWS's documentation tell."""
    found = read_demands(tmp_path, ROLE + text)
    assert {f"{service}{MARKS[word]}" for service, word in weighed(found).items()} == set(expected.split())


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_lambda_function" "w" {\n role = aws_iam_role.worker.arn\n}',
        """
        resource "aws_sagemaker_domain" "d" {
          subnet_ids = [aws_subnet.a.id]
        }
        resource "aws_sagemaker_notebook_instance" "n" {
          subnet_id = aws_subnet.a.id
        }
        resource "aws_redshift_cluster" "r" {
          cluster_subnet_group_name = aws_redshift_subnet_group.r.name
        }
        resource "aws_redshift_subnet_group" "r" {
          subnet_ids = [aws_subnet.a.id]
        }
        """,
        """
        resource "aws_eks_cluster" "c" {
          vpc_config {
            subnet_ids = [aws_subnet.a.id]
          }
        }
        """,
        'resource "aws_glue_job" "j" {\n role_arn = aws_iam_role.worker.arn\n}',
        'resource "aws_codebuild_project" "b" {\n service_role = aws_iam_role.worker.arn\n}',
    ],
)
def test_what_has_another_way_out_is_no_workload_of_the_subnet(tmp_path: Path, text: str) -> None:
    """Interfaces in a subnet through which no calls leave, and functions outside of the VPC, demand nothing there."""
    index, found = read_index(tmp_path, ROLE + text)
    assert standing_in(index, found, "a") == {}


def test_roles_of_families(tmp_path: Path) -> None:
    """One role per key of a collection that isn't known: each function has its own, and one by its key has it too."""
    text = """
    variable "apps" {
      type = map(string)
    }
    resource "aws_iam_role" "app" {
      for_each           = var.apps
      name               = "app-${each.key}"
      assume_role_policy = "{}"
    }
    resource "aws_iam_role_policy_attachment" "app" {
      for_each   = var.apps
      role       = aws_iam_role.app[each.key].name
      policy_arn = "arn:aws:iam::aws:policy/AmazonSQSFullAccess"
    }
    resource "aws_lambda_function" "each" {
      for_each      = var.apps
      function_name = each.key
      role          = aws_iam_role.app[each.key].arn
      vpc_config {
        subnet_ids = [aws_subnet.a.id]
      }
    }
    resource "aws_lambda_function" "one" {
      function_name = "one"
      role          = aws_iam_role.app["one"].arn
      vpc_config {
        subnet_ids = [aws_subnet.b.id]
      }
    }
    """
    index, found = read_index(tmp_path, text)
    for workload in found.of(Workload):
        assert not index.demands(workload).unread
        assert {demand.service for demand in index.demands(workload).demands} == {"sqs"}
    assert standing_in(index, found, "b") == {"aws_lambda_function.one": True}


def test_a_glue_job_runs_in_its_connections_subnets(tmp_path: Path) -> None:
    """The job needs S3 for certain, where the connection alone only likely does."""
    text = """
    resource "aws_glue_connection" "c" {
      name = "warehouse"
      physical_connection_requirements {
        subnet_id = aws_subnet.a.id
      }
    }
    resource "aws_glue_job" "j" {
      connections = [aws_glue_connection.c.name]
      role_arn    = aws_iam_role.worker.arn
    }
    """
    index, found = read_index(tmp_path, ROLE + text)
    assert standing_in(index, found, "a") == {"aws_glue_connection.c": True, "aws_glue_job.j": True}
    [job] = [each for each in found.resources if each.address == "aws_glue_job.j"]
    assert weighed(index.demands(job)) == {"s3": "certain", "glue": "likely", "sqs": "certain"}  # type: ignore[arg-type]


TASK = """
resource "aws_ecr_repository" "app" {
  name = "app"
}
resource "aws_secretsmanager_secret" "s" {}
resource "aws_ssm_parameter" "p" {
  name = "p"
  type = "String"
}
resource "aws_ecs_task_definition" "app" {
  family                = "app"
  task_role_arn         = aws_iam_role.worker.arn
  container_definitions = jsonencode([CONTAINER])
}
resource "aws_ecs_service" "app" {
  LAUNCH
  task_definition = aws_ecs_task_definition.app.arn
  network_configuration {
    subnets = [aws_subnet.a.id]
  }
}
"""


def task(container: str = '{ name = "app" }', launch: str = 'launch_type = "FARGATE"') -> str:
    """A service of one container."""
    return ROLE + TASK.replace("CONTAINER", container).replace("LAUNCH", launch)


PULL = "ecr.api ecr.dkr s3"


@pytest.mark.parametrize(
    ("container", "services", "word"),
    [
        ('{ image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/app:1" }', PULL, "certain"),
        ('{ image = "${aws_ecr_repository.app.repository_url}:1" }', PULL, "certain"),
        ('{ image = "${var.open}.dkr.ecr.${var.open}.amazonaws.com/app" }', PULL, "certain"),
        ('{ image = var.flag ? "nginx" : "${aws_ecr_repository.app.repository_url}:1" }', PULL, "perhaps"),
        ("{ image = var.open }", PULL, "perhaps"),
        ('{ image = "${var.open}:latest" }', PULL, "perhaps"),
        ('{ image = "nginx:${var.open}" }', "", ""),
        ('{ image = "nginx" }', "", ""),
        ('{ image = "public.ecr.aws/nginx/nginx:${var.open}" }', "", ""),
        ('{ image = "ghcr.io/org/app.dkr.ecr.x.amazonaws.com:1" }', "", ""),
        ('{ logConfiguration = { logDriver = "awslogs" } }', "logs", "certain"),
        ('{ logConfiguration = { logDriver = "json-file" } }', "", ""),
        ('{ secrets = [{ name = "S", valueFrom = aws_secretsmanager_secret.s.arn }] }', "secretsmanager", "certain"),
        ('{ secrets = [{ name = "S", valueFrom = "${aws_secretsmanager_secret.s.arn}:key::" }] }', "secretsmanager", "certain"),
        ('{ secrets = [{ name = "S", valueFrom = "arn:aws:secretsmanager:${var.open}:1:secret:s" }] }', "secretsmanager", "certain"),
        ('{ secrets = [{ name = "P", valueFrom = aws_ssm_parameter.p.arn }] }', "ssm", "certain"),
        ('{ secrets = [{ name = "P", valueFrom = "/app/p" }] }', "ssm", "certain"),
        ('{ secrets = [{ name = "P", valueFrom = var.open }] }', "ssm secretsmanager", "perhaps"),
        ("{ repositoryCredentials = { credentialsParameter = aws_secretsmanager_secret.s.arn } }", "secretsmanager", "certain"),
        ('{ environmentFiles = [{ type = "s3", value = "arn:aws:s3:::b/e.env" }] }', "s3", "certain"),
    ],
)  # fmt: skip
def test_containers_on_fargate(tmp_path: Path, container: str, services: str, word: str) -> None:
    """Images, logs and secrets are fetched from the task's own subnets; public images are not in ECR's endpoints."""
    assert weighed(read_demands(tmp_path, task(container))) == {
        "sqs": "certain",
        **dict.fromkeys(services.split(), word),
    }


IMAGE = '{ image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/app:1" }'


@pytest.mark.parametrize(
    ("launch", "word"),
    [
        ('launch_type = "FARGATE"', "certain"),
        ("launch_type = var.open", "perhaps"),
        ('launch_type = "EC2"', None),
        ("", None),
        ("cluster = var.open", "perhaps"),
        ('capacity_provider_strategy {\n capacity_provider = "FARGATE_SPOT"\n}', "certain"),
        ('capacity_provider_strategy {\n capacity_provider = "own"\n}', None),
    ],
)
def test_only_fargate_pulls_from_the_tasks_subnets(tmp_path: Path, launch: str, word: str | None) -> None:
    """On EC2 the container instance pulls the image; the task's own calls leave from its subnets either way."""
    found = weighed(read_demands(tmp_path, task(IMAGE, launch)))
    assert found.pop("sqs") == "certain"
    assert found == ({} if word is None else dict.fromkeys(PULL.split(), word))


def test_the_clusters_default_capacity_counts(tmp_path: Path) -> None:
    """A service that says nothing runs where its cluster's default strategy says."""
    cluster = """
    resource "aws_ecs_cluster" "c" {
      name = "c"
    }
    resource "aws_ecs_cluster_capacity_providers" "c" {
      cluster_name       = aws_ecs_cluster.c.name
      capacity_providers = ["FARGATE"]
      default_capacity_provider_strategy {
        capacity_provider = "FARGATE"
      }
    }
    """
    found = weighed(read_demands(tmp_path, task(IMAGE, "cluster = aws_ecs_cluster.c.id") + cluster))
    assert found == {"sqs": "certain", **dict.fromkeys(PULL.split(), "certain")}


def test_old_platforms_and_exec(tmp_path: Path) -> None:
    """Before 1.4.0 Fargate doesn't call ECR's API; ECS Exec needs the Session Manager's endpoint."""
    launch = 'launch_type = "FARGATE"\n platform_version = "1.3.0"\n enable_execute_command = true'
    found = weighed(read_demands(tmp_path, task(IMAGE, launch)))
    assert found == dict.fromkeys(["sqs", "ecr.dkr", "s3", "ssmmessages"], "certain")


@pytest.mark.parametrize("definition", ["var.open", "jsonencode(var.open)", 'file("missing.json")'])
def test_containers_that_are_not_known(tmp_path: Path, definition: str) -> None:
    """They may need anything, and the reason is named."""
    text = task().replace('jsonencode([{ name = "app" }])', definition)
    assert read_demands(tmp_path, text).unread


def test_containers_of_a_template(tmp_path: Path) -> None:
    """A JSON text with holes inside its strings is read around them."""
    (tmp_path / "containers.json").write_text(
        '[{"image": "${repository}:${tag}", "logConfiguration": {"logDriver": "awslogs"}}]'
    )
    arguments = "{ repository = aws_ecr_repository.app.repository_url, tag = var.open }"
    text = task().replace('jsonencode([{ name = "app" }])', f'templatefile("containers.json", {arguments})')
    found = read_demands(tmp_path, text)
    assert weighed(found) == {"sqs": "certain", **dict.fromkeys([*PULL.split(), "logs"], "certain")}
    assert not found.unread


def test_containers_of_the_old_template_provider(tmp_path: Path) -> None:
    """``template_file`` renders as ``templatefile()`` does; the two differ in no container."""
    (tmp_path / "containers.json").write_text('[{"image": "nginx", "cpu": ${cpu}, "secrets": []}]')
    text = (
        task().replace('jsonencode([{ name = "app" }])', "data.template_file.containers.rendered")
        + """
    data "template_file" "containers" {
      template = file("containers.json")
      vars = {
        cpu = var.open
      }
    }
    """
    )
    found = read_demands(tmp_path, text)
    assert weighed(found) == {"sqs": "certain"}
    assert not found.unread


def test_scheduled_tasks(tmp_path: Path) -> None:
    """A task that EventBridge starts stands in the subnets of its target."""
    text = (
        task().partition('resource "aws_ecs_service"')[0]
        + """
    resource "aws_cloudwatch_event_target" "t" {
      rule = "r"
      arn  = "arn:aws:ecs:eu-west-1:111122223333:cluster/c"
      ecs_target {
        task_definition_arn = aws_ecs_task_definition.app.arn
        launch_type         = "FARGATE"
        network_configuration {
          subnets = [aws_subnet.a.id]
        }
      }
    }
    """
    )
    assert weighed(read_demands(tmp_path, text)) == {"sqs": "certain"}


def test_tasks_without_a_network_of_their_own(tmp_path: Path) -> None:
    """They use their cluster's instances, which the capacity provider names, or which may stand anywhere."""
    text = task(IMAGE, "").replace("network_configuration", "placement_constraints")
    index, found = read_index(tmp_path, text)
    assert standing_in(index, found, "a") == {"aws_ecs_service.app": None}
    capacity = """
    resource "aws_ecs_capacity_provider" "own" {
      name = "own"
      auto_scaling_group_provider {
        auto_scaling_group_arn = aws_autoscaling_group.g.arn
      }
    }
    resource "aws_autoscaling_group" "g" {
      vpc_zone_identifier = [aws_subnet.a.id]
    }
    """
    strategy = "capacity_provider_strategy {\n capacity_provider = aws_ecs_capacity_provider.own.name\n}"
    text = task(IMAGE, strategy).replace("network_configuration", "placement_constraints") + capacity
    (tmp_path / "second").mkdir()
    index, found = read_index(tmp_path / "second", text)
    assert standing_in(index, found, "a") == {"aws_ecs_service.app": True, "aws_autoscaling_group.g": True}
    assert standing_in(index, found, "b") == {}
