module "__component___label" {
  source  = "cloudposse/label/null"
  version = "0.25.0"

  namespace   = "example"
  environment = var.environment
  name        = "__component__"
  attributes  = ["__team__"]
  tags        = local.tags
}
