output "arn" {
  description = "The ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "role_name" {
  description = "The name of the role, to attach more policies to."
  value       = aws_iam_role.this.name
}

output "log_group_name" {
  description = "The name of the log group."
  value       = aws_cloudwatch_log_group.this.name
}
