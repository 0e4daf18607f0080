"""Completion for fish, from version 3 on.

Apart from the functions at its top, each line is one that a POSIX shell understands as well, by which the tests check
it where there is no fish.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from vpce_lint.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.vocabulary import Command, Option, Value, Vocabulary

FUNCTIONS = r"""# Completion of vpce-lint for fish, written by: vpce-lint completion fish

function __vpce_lint_command
    set -l words (commandline -opc)
    if set -q words[2]; and contains -- $words[2] @COMMANDS@
        echo $words[2]
    else
        echo check
    end
end

function __vpce_lint_first
    test (count (commandline -opc)) -eq 1
end

function __vpce_lint_token
    commandline -ct | string replace -r -- '^--[^=]*=' ''
end

function __vpce_lint_list
    set -l before (__vpce_lint_token | string match -r -- '^.*,')
    printf "$before%s\n" $argv
end

function __vpce_lint_outputs
    set -l token (__vpce_lint_token)
    set -l before (string match -r -- '^[a-z]+=' $token)
    if not set -q before[1]
        printf '%s=\n' $argv
        return
    end
    for path in (string replace -- $before '' $token)*
        test -d $path; and set path $path/
        printf '%s%s\n' $before $path
    end
end

"""


def render(vocabulary: Vocabulary) -> str:
    """The script, one line for each thing that can be completed."""
    commands = vocabulary.commands
    lines = [f"complete -c vpce-lint -n __vpce_lint_first -a {each.name} -d {_text(each.meaning)}" for each in commands]
    lines += [line for command in commands for line in _command(command)]
    functions = FUNCTIONS.replace("@COMMANDS@", " ".join(command.name for command in commands))
    return functions + "\n".join(lines) + "\n"


def _command(command: Command) -> Iterator[str]:
    where = f"complete -c vpce-lint -n 'test (__vpce_lint_command) = {command.name}'"
    operand = command.operand
    if operand is None or operand.kind is Kind.FREE:
        yield f"{where} -f"
    elif operand.kind is not Kind.FILE:
        yield f"{where} -f {_offered(operand)}"
    for option in command.options:
        yield f"{where} {_option(option)}"


def _option(option: Option) -> str:
    words = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    if option.value:
        words.append("-r -F" if option.value.kind is Kind.FILE else f"-x {_offered(option.value)}".rstrip())
    return " ".join((*words, f"-d {_text(option.meaning)}"))


def _offered(value: Value) -> str:
    """The part of a line that says what is offered."""
    spelt = " ".join(value.spelt)
    match value.kind:
        case Kind.FOLDER:
            return "-a '(__fish_complete_directories)'"
        case Kind.LIST:
            return f"-a '(__vpce_lint_list {spelt})'"
        case Kind.WORD_AND_FILE:
            return f"-a '(__vpce_lint_outputs {spelt})'"
        case Kind.WORD:
            return f"-a {quote(spelt)}"
        case _:
            return ""


def _text(text: str) -> str:
    """Quoted, without a backslash, which means something else in fish."""
    return quote(text.replace("\\", "/"))
