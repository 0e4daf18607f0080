"""The Terraform reader."""
