"""Lists written as one text with commas between the members."""

from __future__ import annotations

from vpce_lint.condition import choose
from vpce_lint.value import Choice, Known, Sequence, Text, Value, text


def comma_list(value: Value) -> Value:
    """The members of a text that commas divide, as ``join`` makes it."""
    if isinstance(value, Choice):
        return choose(value.condition, comma_list(value.then), comma_list(value.otherwise)).at(value.span)
    if value.is_null.is_true:
        return Sequence((), span=value.span)
    if not isinstance(value, Known | Text):
        return Sequence((value,), span=value.span)
    members: list[list[str | Value]] = [[]]
    for part in value.parts if isinstance(value, Text) else (str(value),):
        if isinstance(part, Value):
            members[-1].append(part)
            continue
        first, *others = part.split(",")
        members[-1].append(first.strip())
        members += [[piece.strip()] for piece in others]
    made = [text(member, value.span) for member in members]
    return Sequence(tuple(each for each in made if each != Known("")), span=value.span)
