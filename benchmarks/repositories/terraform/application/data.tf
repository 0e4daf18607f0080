data "aws_caller_identity" "current" {}

data "terraform_remote_state" "platform" {
  backend = "s3"

  config = {
    bucket = "example-terraform-state"
    key    = "platform/__environment__/terraform.tfstate"
    region = "eu-west-1"
  }
}

locals {
  alarm_topic = "arn:aws:sns:${var.region}:${data.aws_caller_identity.current.account_id}:alarms"
}
