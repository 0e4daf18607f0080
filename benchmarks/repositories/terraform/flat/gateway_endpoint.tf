resource "aws_vpc_endpoint" "__label__" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.${var.region}.__service__"
  vpc_endpoint_type = "Gateway"
  policy            = data.aws_iam_policy_document.own_organisation.json

  route_table_ids = concat(
    [for table in aws_route_table.private : table.id],
    [aws_route_table.isolated.id],
  )

  tags = merge(local.tags, { Name = "${local.name}-__service__" })
}
