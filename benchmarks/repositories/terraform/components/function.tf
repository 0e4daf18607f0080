module "__component__" {
  source = "../../../modules/service"

  name        = "${local.name}-__component__"
  actions     = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "sqs:SendMessage"]
  memory_size = 512
  tags        = local.tags

  environment = {
    ENVIRONMENT = var.environment
    QUEUE       = "https://sqs.${var.region}.amazonaws.com/${data.aws_caller_identity.current.account_id}/__component__"
  }
}

resource "aws_cloudwatch_event_rule" "__component__" {
  name                = "${local.name}-__component__"
  description         = "Starts __component__ every __minutes__ minutes"
  schedule_expression = "rate(__minutes__ minutes)"
}

resource "aws_cloudwatch_event_target" "__component__" {
  rule  = aws_cloudwatch_event_rule.__component__.name
  arn   = module.__component__.arn
  input = jsonencode({ source = "schedule", detail = { application = local.tags.application } })
}

resource "aws_lambda_permission" "__component__" {
  statement_id  = "Schedule"
  action        = "lambda:InvokeFunction"
  function_name = "${local.name}-__component__"
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.__component__.arn
}

resource "aws_cloudwatch_metric_alarm" "__component___errors" {
  alarm_name          = "${local.name}-__component__-errors"
  alarm_description   = "__component__ fails; see its runbook"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.alarm_topic]

  dimensions = {
    FunctionName = "${local.name}-__component__"
  }
}
