"""Other tools that give this one's answers."""
