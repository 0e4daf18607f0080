"""Texts with holes, held against each other."""

from __future__ import annotations

from vpce_lint.truth import FALSE, TRUE, Truth, unknown
from vpce_lint.value import Known, Text, Value


def equal_texts(one: Value, other: Value) -> Truth:
    """Whether two strings, of which at least one has holes, are the same whatever fills the holes."""
    parts = [_parts(one), _parts(other)]
    if parts[0] is None or parts[1] is None:
        return FALSE
    left, right = _strip_common(parts[0], parts[1])
    if not left and not right:
        return TRUE
    if len(left) == len(right) == 1 and isinstance(left[0], Value) and isinstance(right[0], Value):
        return left[0].equals(right[0])
    if not _may_match(left, right):
        return FALSE
    return unknown(*one.reasons, *other.reasons)


def _parts(value: Value) -> list[str | Value] | None:
    if isinstance(value, Text):
        return list(value.parts)
    return [value.value] if isinstance(value, Known) and isinstance(value.value, str) else None


def _strip_common(left: list[str | Value], right: list[str | Value]) -> tuple[list[str | Value], list[str | Value]]:
    """Take away what both begin and end with: equal holes, equal characters."""
    for at_end in (False, True):
        index = -1 if at_end else 0
        while left and right:
            one, other = left[index], right[index]
            if isinstance(one, str) and isinstance(other, str):
                shared = _shared(one, other, at_end=at_end)
                if not shared:
                    break
                for side, piece in ((left, one), (right, other)):
                    side[index] = piece[: len(piece) - shared] if at_end else piece[shared:]
                    if not side[index]:
                        del side[index]
            elif isinstance(one, Value) and isinstance(other, Value) and one.equals(other).is_true:
                del left[index], right[index]
            else:
                break
    return left, right


def _shared(one: str, other: str, *, at_end: bool) -> int:
    if at_end:
        one, other = one[::-1], other[::-1]
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _may_match(left: list[str | Value], right: list[str | Value]) -> bool:
    """Whether some filling of the holes makes both sides equal; never wrongly false."""
    if not left or not right:
        rest = left or right
        return not any(isinstance(part, str) for part in rest)
    for index in (0, -1):
        one, other = left[index], right[index]
        if isinstance(one, str) and isinstance(other, str):
            return False
    for known, pattern in ((left, right), (right, left)):
        if len(known) == 1 and isinstance(known[0], str):
            return _matches(known[0], pattern)
    return True


def _matches(known: str, pattern: list[str | Value]) -> bool:
    position = 0
    for index, part in enumerate(pattern):
        if not isinstance(part, str):
            continue
        if index == 0:
            if not known.startswith(part):
                return False
            position = len(part)
        elif index == len(pattern) - 1:
            return len(known) - len(part) >= position and known.endswith(part)
        else:
            found = known.find(part, position)
            if found < 0:
                return False
            position = found + len(part)
    return isinstance(pattern[-1], Value) or position == len(known)
