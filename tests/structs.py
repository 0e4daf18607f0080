"""Strategies for the project's records."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st


def structs(
    kind: type[Any], *arguments: st.SearchStrategy[Any], **named: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    """Records of a class; ``st.builds`` would look up annotations that only type checkers import."""
    return st.builds(lambda *values, **fields: kind(*values, **fields), *arguments, **named)  # noqa: PLW0108 (hides them)
