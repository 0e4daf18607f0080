"""Upper, lower and title case, letter by letter as Go has them (``strings.ToUpper``, ``ToLower``, ``Title``)."""

from __future__ import annotations


def upper_case(string: str) -> str:
    """Each letter in upper case, where that is one letter."""
    return string.upper() if string.isascii() else "".join(map(_upper, string))


def lower_case(string: str) -> str:
    """Each letter in lower case."""
    return string.lower() if string.isascii() else "".join(letter.lower()[0] for letter in string)


def title_case(string: str) -> str:
    """The first letter of each word in title case; letters, digits and underscores make up words."""
    result: list[str] = []
    within = False
    for letter in string:
        result.append(letter if within else _title(letter))
        within = _is_word(letter)
    return "".join(result)


def _upper(letter: str) -> str:
    upper = letter.upper()
    return upper if len(upper) == 1 else _title(letter)


def _title(letter: str) -> str:
    title = letter.title()
    return title if len(title) == 1 else letter


def _is_word(letter: str) -> bool:
    if letter.isascii():
        return letter.isalnum() or letter == "_"
    return letter.isalpha() or letter.isdigit() or not letter.isspace()
