output "vpc_id" {
  description = "The id of the VPC."
  value       = module.network.vpc_id
}

output "private_subnet_ids" {
  description = "The ids of the private subnets."
  value       = module.network.private_subnet_ids
}

output "worker" {
  description = "The ARN of the worker."
  value       = module.worker.arn
}
