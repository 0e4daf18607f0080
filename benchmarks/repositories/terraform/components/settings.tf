variable "__component___schedule" {
  description = "When __component__ may be changed: days of the week, and hours in UTC."
  type = object({
    days  = optional(list(string), ["MON", "TUE", "WED", "THU"])
    start = optional(number, 8)
    end   = optional(number, 15)
  })
  default = {}

  validation {
    condition     = var.__component___schedule.start < var.__component___schedule.end
    error_message = "It must begin before it ends."
  }
}

variable "__component___instances" {
  description = "How many there are of __component__ in each environment."
  type        = map(number)

  default = {
    production  = 3
    staging     = 2
    development = 1
  }
}

output "__component___window" {
  description = "When __component__ may be changed, as a cron expression."
  value       = "cron(0 ${var.__component___schedule.start} ? * ${join(",", var.__component___schedule.days)} *)"
}

output "__component___instances" {
  description = "How many there are of __component__ here."
  value       = lookup(var.__component___instances, var.environment, 1)
}
