output "vpc_id" {
  description = "The id of the VPC."
  value       = aws_vpc.this.id
}

output "cidr_block" {
  description = "The address range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "The ids of the private subnets, one in each zone."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "isolated_subnet_ids" {
  description = "The ids of the subnets without a way out, one in each zone."
  value       = [for zone in var.zones : aws_subnet.isolated[zone].id]
}

output "private_route_table_ids" {
  description = "The ids of the route tables of the private subnets."
  value       = [for zone in var.zones : aws_route_table.private[zone].id]
}

output "isolated_route_table_id" {
  description = "The id of the route table of the isolated subnets."
  value       = aws_route_table.isolated.id
}
