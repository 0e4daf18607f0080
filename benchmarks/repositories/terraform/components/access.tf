# What the people and the pipelines of __component__ may do.

resource "aws_iam_role" "__component__" {
  name                 = "${local.name}-__component__"
  description          = "Assumed by the pipeline that deploys __component__"
  max_session_duration = 3600

  assume_role_policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": { "AWS": "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" },
          "Action": "sts:AssumeRole",
          "Condition": { "StringEquals": { "aws:PrincipalTag/team": "__team__" } }
        }
      ]
    }
  POLICY
}

data "aws_iam_policy_document" "__component__" {
  statement {
    sid       = "ReadConfiguration"
    actions   = ["ssm:GetParameter", "ssm:GetParametersByPath"]
    resources = ["arn:aws:ssm:*:${data.aws_caller_identity.current.account_id}:parameter/${local.name}/*"]
  }

  statement {
    sid = "Deploy"

    actions = [
      "cloudformation:DescribeStacks",
      "ecs:DescribeServices",
      "ecs:UpdateService",
      "lambda:GetFunction",
      "lambda:UpdateFunctionCode",
      "s3:GetObject",
      "s3:PutObject",
    ]

    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/application"
      values   = [local.tags.application]
    }
  }
}

resource "aws_iam_policy" "__component__" {
  name   = "${local.name}-__component__"
  path   = "/deployment/"
  policy = data.aws_iam_policy_document.__component__.json
}

resource "aws_iam_role_policy_attachment" "__component__" {
  for_each = {
    own  = aws_iam_policy.__component__.arn
    read = "arn:aws:iam::aws:policy/ReadOnlyAccess"
  }

  role       = aws_iam_role.__component__.name
  policy_arn = each.value
}
