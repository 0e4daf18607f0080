resource "aws_sqs_queue" "__component__" {
  name                       = "${local.name}-__component__"
  visibility_timeout_seconds = 180
  message_retention_seconds  = 1209600
  sqs_managed_sse_enabled    = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.__component___dead.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "__component___dead" {
  name                      = "${local.name}-__component__-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sns_topic" "__component__" {
  name              = "${local.name}-__component__"
  kms_master_key_id = "alias/aws/sns"
}

resource "aws_sns_topic_subscription" "__component__" {
  topic_arn            = aws_sns_topic.__component__.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.__component__.arn
  raw_message_delivery = true
  filter_policy        = jsonencode({ kind = ["created", "changed", { "anything-but" = ["test"] }] })
}

resource "aws_sqs_queue_policy" "__component__" {
  queue_url = aws_sqs_queue.__component__.id

  policy = <<POLICY
{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": { "Service": "sns.amazonaws.com" },
    "Action": "sqs:SendMessage",
    "Resource": "${aws_sqs_queue.__component__.arn}",
    "Condition": { "ArnEquals": { "aws:SourceArn": "${aws_sns_topic.__component__.arn}" } }
  }]
}
POLICY
}
