locals {
  name = "__name__-${var.environment}"

  tags = {
    application = "__name__"
    cost_center = var.cost_center
    environment = var.environment
    owner       = "__team__"
    source      = "__path__"
  }
}
