"""Characters as people see them, which Terraform counts (Unicode's UAX 29, grapheme clusters).

An approximation of that annex with what the standard library knows: a cluster goes on with combining
marks, variation selectors, joiners and what follows a zero-width joiner, emoji modifiers, and the
second of two regional indicators; Hangul syllables are composed already, as text is in normal form C.
"""

from __future__ import annotations


def clusters(text: str) -> list[str]:
    """The text's characters; their concatenation is the text."""
    if text.isascii():
        return _with_line_ends(text) if "\r\n" in text else list(text)
    found: list[str] = []
    for character in text:
        if found and _continues(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _with_line_ends(text: str) -> list[str]:
    pieces = text.split("\r\n")
    found = list(pieces[0])
    for piece in pieces[1:]:
        found.append("\r\n")
        found.extend(piece)
    return found


def _continues(cluster: str, character: str) -> bool:
    if character.isascii():
        return cluster == "\r" and character == "\n"
    from unicodedata import category  # noqa: PLC0415 (most text is ASCII)

    if category(cluster[-1]) == "Cc":
        return False
    if character == "\u200d" or category(character) in {"Mn", "Me", "Mc"} or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    if cluster.endswith("\u200d") and len(cluster) > 1:
        return category(character) == "So"
    return _is_regional(character) and len(cluster) == 1 and _is_regional(cluster)


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
