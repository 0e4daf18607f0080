variable "name" {
  description = "The name of the bucket."
  type        = string
}

variable "versioned" {
  description = "Whether former versions of objects are kept."
  type        = bool
  default     = true
}

variable "kms_key_arn" {
  description = "The key to encrypt with; without one S3's own."
  type        = string
  default     = null
}

variable "expirations" {
  description = "Days after which objects go, by prefix."
  type        = map(number)
  default     = {}
}

variable "tags" {
  description = "Tags of the bucket."
  type        = map(string)
  default     = {}
}
