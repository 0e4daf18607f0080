resource "aws_security_group" "endpoints" {
  name_prefix = "${local.name}-endpoints-"
  description = "Callers of the interface endpoints"
  vpc_id      = aws_vpc.main.id

  ingress {
    description = "HTTPS from inside the VPC"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [local.cidr_block]
  }

  tags = merge(local.tags, { Name = "${local.name}-endpoints" })
}
