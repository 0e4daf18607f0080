data "aws_iam_policy_document" "functions" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "worker" {
  name               = "${local.name}-worker"
  assume_role_policy = data.aws_iam_policy_document.functions.json
}

resource "aws_iam_role_policy" "worker" {
  name = "work"
  role = aws_iam_role.worker.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = __worker_actions__
      Resource = "*"
    }]
  })
}

resource "aws_lambda_function" "worker" {
  function_name = "${local.name}-worker"
  role          = aws_iam_role.worker.arn
  package_type  = "Zip"
  runtime       = "python3.13"
  handler       = "worker.handler"
  s3_bucket     = "example-artifacts"
  s3_key        = "worker-__number__.zip"
  timeout       = 60
  memory_size   = 512

  vpc_config {
    subnet_ids         = values(aws_subnet.private)[*].id
    security_group_ids = [aws_security_group.web.id]
  }
}

resource "aws_iam_role" "migration" {
  name               = "${local.name}-migration"
  assume_role_policy = data.aws_iam_policy_document.functions.json
}

resource "aws_iam_role_policy" "migration" {
  name = "work"
  role = aws_iam_role.migration.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = __migration_actions__
      Resource = "*"
    }]
  })
}

resource "aws_lambda_function" "migration" {
  function_name = "${local.name}-migration"
  role          = aws_iam_role.migration.arn
  package_type  = "Zip"
  runtime       = "python3.13"
  handler       = "migration.handler"
  s3_bucket     = "example-artifacts"
  s3_key        = "migration-__number__.zip"
  timeout       = 900

  vpc_config {
    subnet_ids         = values(aws_subnet.isolated)[*].id
    security_group_ids = [aws_security_group.web.id]
  }
}
