"""CloudFormation templates, with SAM's and CDK's: syntax, intrinsic functions, stacks."""
