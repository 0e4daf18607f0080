variable "organisation" {
  description = "The AWS Organization whose members may use the endpoints."
  type        = string
  default     = "o-a1b2c3d4e5"
}

# Whoever calls, and whatever is called: both are ours.
data "aws_iam_policy_document" "own_organisation" {
  statement {
    sid       = "OwnOrganisation"
    actions   = ["*"]
    resources = ["*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalOrgID"
      values   = [var.organisation]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceOrgID"
      values   = [var.organisation]
    }
  }
}
