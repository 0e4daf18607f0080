variable "region" {
  description = "The Region that everything stands in."
  type        = string
  default     = "__region__"
}

variable "environment" {
  description = "What it is for: a part of names, and a tag."
  type        = string
  default     = "__environment__"

  validation {
    condition     = contains(["production", "staging", "development"], var.environment)
    error_message = "The environment is production, staging or development."
  }
}

variable "cost_center" {
  description = "Who pays for it."
  type        = string
  default     = "__number__"
}
