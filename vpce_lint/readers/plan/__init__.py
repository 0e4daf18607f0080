"""Terraform and OpenTofu plans as ``show -json`` prints them."""
