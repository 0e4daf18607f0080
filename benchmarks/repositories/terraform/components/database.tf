resource "random_password" "__component__" {
  length  = 32
  special = false
}

resource "aws_secretsmanager_secret" "__component__" {
  name                    = "${local.name}/__component__"
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret_version" "__component__" {
  secret_id = aws_secretsmanager_secret.__component__.id

  secret_string = jsonencode({
    username = "application"
    password = random_password.__component__.result
    host     = aws_db_instance.__component__.address
  })
}

resource "aws_db_subnet_group" "__component__" {
  name       = "${local.name}-__component__"
  subnet_ids = data.terraform_remote_state.platform.outputs.database_subnet_ids
}

resource "aws_security_group" "__component__" {
  name        = "${local.name}-__component__"
  description = "Clients of the database of __component__"
  vpc_id      = data.terraform_remote_state.platform.outputs.vpc_id

  ingress {
    description = "PostgreSQL"
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = data.terraform_remote_state.platform.outputs.private_cidr_blocks
  }
}

resource "aws_db_parameter_group" "__component__" {
  name   = "${local.name}-__component__"
  family = "postgres16"

  dynamic "parameter" {
    for_each = {
      "log_min_duration_statement" = "500"
      "rds.force_ssl"              = "1"
      "shared_preload_libraries"   = "pg_stat_statements"
    }

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = parameter.key == "shared_preload_libraries" ? "pending-reboot" : "immediate"
    }
  }
}

resource "aws_db_instance" "__component__" {
  identifier                   = "${local.name}-__component__"
  engine                       = "postgres"
  engine_version               = "16.4"
  instance_class               = var.environment == "production" ? "db.r6g.large" : "db.t4g.medium"
  allocated_storage            = 100
  max_allocated_storage        = 500
  storage_encrypted            = true
  multi_az                     = var.environment == "production"
  username                     = "application"
  password                     = random_password.__component__.result
  db_subnet_group_name         = aws_db_subnet_group.__component__.name
  parameter_group_name         = aws_db_parameter_group.__component__.name
  vpc_security_group_ids       = [aws_security_group.__component__.id]
  backup_retention_period      = 14
  deletion_protection          = true
  performance_insights_enabled = true
  skip_final_snapshot          = false
  final_snapshot_identifier    = "${local.name}-__component__-final"
}
