module "__component__" {
  source = "../../../modules/bucket"

  name        = "${local.name}-__component__-${data.aws_caller_identity.current.account_id}"
  kms_key_arn = aws_kms_key.__component__.arn
  tags        = local.tags

  expirations = {
    "tmp/"  = 7
    "logs/" = var.environment == "production" ? 365 : 30
  }
}

resource "aws_kms_key" "__component__" {
  description             = "Encrypts what __component__ stores"
  deletion_window_in_days = 30
  enable_key_rotation     = true
}

resource "aws_kms_alias" "__component__" {
  name          = "alias/${local.name}-__component__"
  target_key_id = aws_kms_key.__component__.key_id
}

resource "aws_s3_bucket_policy" "__component__" {
  bucket = module.__component__.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TransportSecurity"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [module.__component__.arn, "${module.__component__.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_s3_object" "__component___readme" {
  bucket       = module.__component__.id
  key          = "README.txt"
  content      = "Objects of __component__, kept by __team__."
  content_type = "text/plain"
}
