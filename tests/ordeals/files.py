"""Folders and files that are many, or odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ordeals.writing import VPC, endpoint

if TYPE_CHECKING:
    from ordeals.writing import Files


def gitignore() -> Files:
    """A `.gitignore` of 5,000 lines with 50 stars each."""
    lines = "\n".join(f"{'*a' * 50}{number}" for number in range(5_000))
    return {".git/HEAD": "", ".gitignore": lines, "main.tf": VPC + endpoint()}


def deep_folders() -> Files:
    """Folders nested 1,500 deep."""
    return {"/".join(["d"] * 1_500) + "/main.tf": VPC + endpoint()}


def many_folders() -> Files:
    """5,000 root modules."""
    return {f"r{n}/main.tf": VPC + endpoint() for n in range(5_000)}
