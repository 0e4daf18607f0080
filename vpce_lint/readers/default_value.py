"""What holds where the code gives nothing: defaults of providers and of AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.condition import distribute

if TYPE_CHECKING:
    from vpce_lint.value import Value


def or_default(value: Value, default: Value) -> Value:
    """The value, or the default where it is ``null``, on each side of a condition."""
    return distribute(lambda cases: default if cases[0].is_null.is_true else cases[0], (value,)).at(value.span)
