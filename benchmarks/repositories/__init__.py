"""Repositories to measure with: what real ones look like, of any size, the same bytes for the same arguments."""
