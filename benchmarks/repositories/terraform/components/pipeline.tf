resource "aws_codebuild_project" "__component__" {
  name           = "${local.name}-__component__"
  description    = "Builds and tests __component__"
  build_timeout  = 30
  service_role   = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/codebuild"
  encryption_key = "alias/aws/s3"

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/standard:7.0"
    type            = "LINUX_CONTAINER"
    privileged_mode = true

    dynamic "environment_variable" {
      for_each = merge(local.tags, { REGION = var.region })

      content {
        name  = upper(environment_variable.key)
        value = environment_variable.value
      }
    }
  }

  source {
    type            = "GITHUB"
    location        = "https://git.example.com/__team__/__component__.git"
    git_clone_depth = 1

    buildspec = <<-BUILD
      version: 0.2
      phases:
        install:
          commands:
            - python3 -m pip install --quiet --requirement requirements.txt
        build:
          commands:
            - make test
            - make package VERSION=$${CODEBUILD_RESOLVED_SOURCE_VERSION}
        post_build:
          commands:
            - echo "%{if var.environment == "production"}to be approved%{else}deployed at once%{endif}"
      reports:
        tests:
          files: ["reports/*.xml"]
    BUILD
  }
}

resource "aws_ssm_parameter" "__component__" {
  for_each = toset(["version", "channel", "owner"])

  name  = "/${local.name}/__component__/${each.key}"
  type  = "String"
  value = lookup({ version = "2.__minutes__", owner = "__team__" }, each.key, "stable")

  lifecycle {
    ignore_changes = [value]
  }
}
