"""How much work a function call may make; beyond, its result is unknown."""

MOST_MEMBERS = 10_000
"""Members of a list, set or map that a call returns."""

MOST_COMPARISONS = 1_000_000
"""Comparisons of members with each other."""

MOST_CHARACTERS = 1_000_000
"""Characters of a string that a call returns."""

MOST_WIDTH = 10_000
"""Width or precision of a format verb."""

MOST_DEPTH = 100
"""Nesting of a decoded document."""

MOST_ALIASED = 50_000
"""Nodes of a YAML document, each alias counted as what it stands for."""

MOST_PATTERN_MEMORY = 8 << 20
"""Bytes that a compiled regular expression may take."""

LONGEST_RANGE = 1024
"""Members of ``range()``; Terraform's own limit."""
