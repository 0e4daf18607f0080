"""How JSON is printed: as Python's own encoder would, only faster, and with nothing that a CI runner obeys."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from vpce_lint.json_output import json_output

TEXTS = st.text(st.characters(codec=None), max_size=6) | st.sampled_from(
    ["##[error]", "\ud800", "\x1b[31m", "\u202e", "é"]
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
)


@given(DOCUMENTS, st.sampled_from([1, 2]))
def test_it_is_what_the_standard_library_writes(document: object, indent: int) -> None:
    """The same lines but for ``##``, in ASCII, and the same document when it is read."""
    written = json_output(document, indent)
    assert written.replace("\\u0023", "#") == json.dumps(document, indent=indent) + "\n"
    assert json.loads(written) == document
    assert written.isascii()
    assert "##" not in written
