"""Readers: from files to a network."""
