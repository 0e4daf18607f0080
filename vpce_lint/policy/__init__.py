"""IAM policy documents and principals."""
