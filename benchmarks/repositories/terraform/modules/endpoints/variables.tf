variable "name" {
  description = "A prefix of all names."
  type        = string
}

variable "vpc_id" {
  description = "The VPC that the endpoints are for."
  type        = string
}

variable "cidr_block" {
  description = "Addresses that may call the endpoints."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of the interface endpoints, one in each zone."
  type        = list(string)
}

variable "route_table_ids" {
  description = "Route tables of the gateway endpoints."
  type        = list(string)
}

variable "policy" {
  description = "The policy of the endpoints, as JSON."
  type        = string
}

variable "gateways" {
  description = "Services that get a gateway endpoint."
  type        = set(string)
  default     = ["s3", "dynamodb"]
}

variable "interfaces" {
  description = "Services that get an interface endpoint, and how each of them differs."
  type = map(object({
    private_dns = optional(bool, true)
    single_zone = optional(bool, false)
    restrict    = optional(bool, true)
  }))
  default = {}
}

variable "tags" {
  description = "Tags of the endpoints."
  type        = map(string)
  default     = {}
}
