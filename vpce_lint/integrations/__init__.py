"""The same answers inside other scanners."""
