variable "name" {
  description = "The name of the function, its role and its log group."
  type        = string
}

variable "actions" {
  description = "What the function may do."
  type        = list(string)
}

variable "artifacts" {
  description = "The bucket that holds the packages."
  type        = string
  default     = "example-artifacts"
}

variable "subnet_ids" {
  description = "Subnets to stand in; none means outside any VPC."
  type        = list(string)
  default     = []
}

variable "security_group_ids" {
  description = "Security groups, where there are subnets."
  type        = list(string)
  default     = []
}

variable "environment" {
  description = "Environment variables of the function."
  type        = map(string)
  default     = {}
}

variable "timeout" {
  description = "Seconds that a call may take."
  type        = number
  default     = 30

  validation {
    condition     = var.timeout > 0 && var.timeout <= 900
    error_message = "A function may run for 900 seconds at most."
  }
}

variable "memory_size" {
  description = "Megabytes of memory."
  type        = number
  default     = 256
}

variable "retention_in_days" {
  description = "Days to keep logs for."
  type        = number
  default     = 30
}

variable "tags" {
  description = "Tags of everything."
  type        = map(string)
  default     = {}
}
