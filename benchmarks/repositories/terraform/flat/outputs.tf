output "vpc_id" {
  description = "The id of the VPC."
  value       = aws_vpc.main.id
}

output "private_subnet_ids" {
  description = "The ids of the private subnets."
  value       = values(aws_subnet.private)[*].id
}

output "worker" {
  description = "The ARN of the worker."
  value       = aws_lambda_function.worker.arn
}
