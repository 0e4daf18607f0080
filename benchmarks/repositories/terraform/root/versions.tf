terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.80"
    }
  }

  backend "s3" {
    bucket = "example-terraform-state"
    key    = "__path__/terraform.tfstate"
    region = "eu-west-1"
  }
}
