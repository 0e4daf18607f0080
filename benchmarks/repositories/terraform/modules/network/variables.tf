variable "name" {
  description = "What the VPC is called; a prefix of all names."
  type        = string
}

variable "cidr_block" {
  description = "The address range of the VPC."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr_block, 0))
    error_message = "The address range must be written as in 10.0.0.0/16."
  }
}

variable "zones" {
  description = "The Availability Zones to use."
  type        = list(string)
}

variable "tags" {
  description = "Tags of everything in the network."
  type        = map(string)
  default     = {}
}
