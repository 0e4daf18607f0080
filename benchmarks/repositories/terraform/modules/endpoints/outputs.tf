output "gateway_ids" {
  description = "The ids of the gateway endpoints by service."
  value       = { for service, endpoint in aws_vpc_endpoint.gateway : service => endpoint.id }
}

output "interface_ids" {
  description = "The ids of the interface endpoints by service."
  value       = { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.id }
}

output "security_group_id" {
  description = "The security group of the interface endpoints."
  value       = aws_security_group.this.id
}
