locals {
  __component___limits = {
    cpu     = { metric = "CPUUtilization", threshold = 80, periods = 3 }
    memory  = { metric = "MemoryUtilization", threshold = 85, periods = 3 }
    restart = { metric = "RestartCount", threshold = 2, periods = 1 }
  }
}

resource "aws_cloudwatch_metric_alarm" "__component__" {
  for_each = { for name, limit in local.__component___limits : name => limit if limit.threshold > 0 }

  alarm_name          = "${local.name}-__component__-${each.key}"
  alarm_description   = "The ${each.key} of __component__ is above ${each.value.threshold}."
  namespace           = "AWS/ECS"
  metric_name         = each.value.metric
  statistic           = "Average"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.periods
  alarm_actions       = [local.alarm_topic]
  ok_actions          = [local.alarm_topic]
}

resource "aws_cloudwatch_dashboard" "__component__" {
  dashboard_name = "${local.name}-__component__"

  dashboard_body = jsonencode({
    widgets = [
      for index, name in keys(local.__component___limits) : {
        type   = "metric"
        x      = 8 * index
        y      = 0
        width  = 8
        height = 6
        properties = {
          title   = title(name)
          region  = var.region
          metrics = [["AWS/ECS", local.__component___limits[name].metric, "ServiceName", "__component__"]]
        }
      }
    ]
  })
}
