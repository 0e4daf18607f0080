data "aws_route53_zone" "__component__" {
  name         = "example.com."
  private_zone = false
}

resource "aws_acm_certificate" "__component__" {
  domain_name               = "__component__.example.com"
  subject_alternative_names = ["*.__component__.example.com"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "__component___validation" {
  for_each = {
    for option in aws_acm_certificate.__component__.domain_validation_options : option.domain_name => {
      name   = option.resource_record_name
      record = option.resource_record_value
      type   = option.resource_record_type
    }
  }

  zone_id         = data.aws_route53_zone.__component__.zone_id
  name            = each.value.name
  type            = each.value.type
  ttl             = 60
  records         = [each.value.record]
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "__component__" {
  certificate_arn         = aws_acm_certificate.__component__.arn
  validation_record_fqdns = [for record in aws_route53_record.__component___validation : record.fqdn]
}
