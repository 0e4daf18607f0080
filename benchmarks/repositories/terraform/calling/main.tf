data "aws_availability_zones" "available" {
  state = "available"
}

module "network" {
  source = "../../../modules/network"

  name       = local.name
  cidr_block = "10.__octet__.0.0/16"
  zones      = __zones__
  tags       = local.tags
}

module "endpoints" {
  source = "../../../modules/endpoints"

  name            = local.name
  vpc_id          = module.network.vpc_id
  cidr_block      = module.network.cidr_block
  subnet_ids      = module.network.private_subnet_ids
  route_table_ids = concat(module.network.private_route_table_ids, [module.network.isolated_route_table_id])
  policy          = data.aws_iam_policy_document.own_organisation.json
  gateways        = __gateways__
  tags            = local.tags

  interfaces = __interfaces__
}

module "worker" {
  source = "../../../modules/service"

  name        = "${local.name}-worker"
  subnet_ids  = module.network.private_subnet_ids
  actions     = __worker_actions__
  environment = { ENVIRONMENT = var.environment }
  tags        = local.tags
}

module "migration" {
  source = "../../../modules/service"

  name       = "${local.name}-migration"
  subnet_ids = module.network.isolated_subnet_ids
  actions    = __migration_actions__
  timeout    = 900
  tags       = local.tags
}

module "flow_logs" {
  source = "../../../modules/bucket"

  name        = "${local.name}-flow-logs"
  expirations = { "AWSLogs/" = 90 }
  tags        = local.tags
}
