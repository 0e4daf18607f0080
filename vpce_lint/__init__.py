"""Decides, from infrastructure code alone, whether an AWS network keeps its traffic private."""

__version__ = "0.1.0"
