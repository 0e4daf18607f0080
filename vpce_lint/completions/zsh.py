"""Completion for zsh, for its function ``_arguments``.

The syntax is kept to what bash understands as well, by which the tests check it where there is no zsh.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vpce_lint.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vpce_lint.vocabulary import Command, Option, Value, Vocabulary

HEAD = """\
#compdef vpce-lint
# Completion of vpce-lint for zsh, written by: vpce-lint completion zsh
"""

START = """\
_vpce-lint() {{
  local command=check
  if (( CURRENT > 2 )); then
    case ${{words[2]}} in
      {commands})
        command=${{words[2]}}
        shift words
        (( CURRENT-- )) ;;
    esac
  fi
  _vpce-lint-$command
}}

_vpce-lint-start() {{
  local -a found
  if (( CURRENT == 2 )); then
    found=({described})
    _describe -t commands command found
  fi
  _files
}}
"""

END = """\
if [ "${funcstack[1]}" = _vpce-lint ]; then
  _vpce-lint "$@"
else
  compdef _vpce-lint vpce-lint
fi
"""


def render(vocabulary: Vocabulary) -> str:
    """The script, for a folder of ``fpath`` or to be evaluated."""
    commands = vocabulary.commands
    start = START.format(
        commands="|".join(command.name for command in commands),
        described=_described((command.name, command.meaning) for command in commands),
    )
    values = {value: None for command in commands for value in _values_of(command) if _function(value)}
    functions = [_defined(value) for value in values]
    parts = [HEAD, start, *functions, *(_command(command, command is commands[0]) for command in commands), END]
    return "\n".join(parts)


def _values_of(command: Command) -> Iterator[Value]:
    yield from (option.value for option in command.options if option.value)
    if command.operand:
        yield command.operand


def _function(value: Value) -> str:
    """The name of the function that completes a value; empty where that takes none."""
    if value.kind is Kind.WORD_AND_FILE:
        return "_vpce-lint-outputs"
    if any(meaning for _, meaning in value.words):
        return f"_vpce-lint-{value.name.lower()}-{value.kind.value}"
    return ""


def _defined(value: Value) -> str:
    """The function that completes a value."""
    if value.kind is Kind.WORD_AND_FILE:
        body = f"  if compset -P '*='; then _files; else compadd -S = -- {' '.join(value.spelt)}; fi"
    else:
        body = f"  local -a found\n  found=({_described(value.words)})\n"
        body += f'  _describe -t {value.name.lower()} {value.name} found "$@"'
    return f"{_function(value)}() {{\n{body}\n}}\n"


def _command(command: Command, first: bool) -> str:  # noqa: FBT001 (whether commands may stand there, too)
    specs = [spec for option in command.options for spec in _option(option)]
    if command.operand:
        action = "_vpce-lint-start" if first else _action(command.operand)
        specs.append(f"{'*' if command.many else '1'}:{command.operand.name}:{action}")
    lines = " \\\n".join(f"    {_quoted(spec)}" for spec in specs)
    return f"_vpce-lint-{command.name}() {{\n  _arguments -S \\\n{lines}\n}}\n"


def _option(option: Option) -> Iterator[str]:
    """The specifications of an option, as ``_arguments`` takes them, one for each of its names."""
    before = "*" if option.repeatable else "(- *)" if option.value is None and "--help" in option.names else ""
    meaning = re.sub(r"([\\\[\]:])", r"\\\1", option.meaning)
    for name in option.names:
        if option.value is None:
            yield f"{before}{name}[{meaning}]"
        else:
            yield f"{before}{name}=[{meaning}]:{option.value.name}:{_action(option.value)}"


def _action(value: Value) -> str:
    listed = "_sequence " if value.kind is Kind.LIST else ""
    match value.kind:
        case Kind.FILE:
            return "_files"
        case Kind.FOLDER:
            return "_path_files -/"  # _files would offer files where there is no folder
        case Kind.FREE:
            return " "
        case _ if _function(value):
            return f"{listed}{_function(value)}"
        case Kind.LIST:
            return f"_sequence compadd - {' '.join(value.spelt)}"
        case _:
            return f"({' '.join(value.spelt)})"


def _described(words: Iterable[tuple[str, str]]) -> str:
    return " ".join(_quoted(f"{word}:{meaning}") for word, meaning in words)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
