resource "aws_vpc_endpoint" "__label__" {
  vpc_id              = aws_vpc.main.id
  service_name        = "com.amazonaws.${var.region}.__service__"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = __private_dns__
  subnet_ids          = __subnets__
  security_group_ids  = [aws_security_group.endpoints.id]
  policy              = data.aws_iam_policy_document.own_organisation.json

  tags = merge(local.tags, { Name = "${local.name}-__service__" })
}
