variable "management_subnet_ids" {
  description = "Subnets of the management network, one in each zone."
  type        = list(string)
}

resource "aws_vpc_endpoint" "management" {
  vpc_id            = __vpc_id__
  service_name      = "com.amazonaws.${var.region}.ssm"
  vpc_endpoint_type = "Interface"
  subnet_ids        = var.management_subnet_ids
  policy            = data.aws_iam_policy_document.own_organisation.json

  tags = { Name = "${local.name}-management" }
}
