"""Completion for bash, without other packages; ``compopt``, which the bash of macOS lacks, only refines it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpce_lint.vocabulary import Kind, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.vocabulary import Command, Vocabulary

SCRIPT = r"""# Completion of vpce-lint for bash, written by: vpce-lint completion bash

_vpce_lint() {
  local command=check options='' kind='' words='' option='' current='' rest=$COMP_LINE word='' index operands=''
  local -a typed=()
  COMPREPLY=()
  # bash parts words at = and :, which are put together again where no blank is between them
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    if [[ $rest == [[:space:]]* || $index -eq 0 ]]; then
      rest=${rest#"${rest%%[![:space:]]*}"}
      typed[${#typed[@]}]=$word
    else
      typed[${#typed[@]}-1]+=$word
    fi
    rest=${rest#"$word"}
  done
  local last=$((${#typed[@]} - 1))
  current=${typed[last]}
  if ((last > 1)); then
    case ${typed[1]} in
      @COMMANDS@) command=${typed[1]} ;;
    esac
    option=${typed[last - 1]}
  fi
  for ((index = 1; index < last; index++)); do
    [[ ${typed[index]} != -- ]] || operands=yes
  done
  case $command in
@OPTIONS@
  esac
  if [[ $operands ]]; then
    option=''
  elif [[ $current == --*=* ]]; then
    option=${current%%=*}
    current=${current#*=}
  elif [[ $current == -* ]]; then
    kind='word' words=$options option=''
  fi
  case $command$option in
@VALUES@
  esac
  if [[ ! $kind ]]; then
    case $command in
@OPERANDS@
    esac
  fi
  local IFS=$' \t\n'
  case $kind in
    word)
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      ((${#COMPREPLY[@]})) || compopt +o default 2>/dev/null ;;
    list)
      word=${current##*,}
      COMPREPLY=($(compgen -P "${current%"$word"}" -W "$words" -- "$word"))
      compopt -o nospace +o default 2>/dev/null ;;
    word=file)
      if [[ $current != *=* ]]; then
        COMPREPLY=($(compgen -S = -W "$words" -- "$current"))
        compopt -o nospace +o default 2>/dev/null
      fi ;;
    folder) compopt -o dirnames +o default 2>/dev/null ;;
    free) compopt +o default 2>/dev/null ;;
    start)
      COMPREPLY=($(compgen -W "@ALL_COMMANDS@" -- "$current"))
      if ((${#COMPREPLY[@]})) && [[ ! $operands ]]; then
        while IFS= read -r word; do
          printf -v option %q "$word"
          [[ ! -d $word ]] || option+=/
          COMPREPLY+=("$option")
        done < <(compgen -f -- "$current")
      else
        COMPREPLY=()
      fi ;;
  esac
  return 0 # without an answer, bash completes files
}

complete -o default -F _vpce_lint vpce-lint
"""


def render(vocabulary: Vocabulary) -> str:
    """The script."""
    commands = vocabulary.commands
    names = [command.name for command in commands]
    marks = {
        "@COMMANDS@": "|".join(names),
        "@ALL_COMMANDS@": " ".join(names),
        "@OPTIONS@": "\n".join(_options(command) for command in commands),
        "@VALUES@": "\n".join(_values(vocabulary)),
        "@OPERANDS@": "\n".join(_operands(vocabulary)),
    }
    script = SCRIPT
    for mark, text in marks.items():
        script = script.replace(mark, text)
    return script


def _options(command: Command) -> str:
    names = " ".join(name for option in command.options for name in option.names)
    return f"    {command.name}) options='{names}' ;;"


def _values(vocabulary: Vocabulary) -> Iterator[str]:
    """One case for each thing that can be taken, for all options that take it."""
    takers: dict[Value, list[str]] = {}
    for command in vocabulary.commands:
        for option in command.options:
            if option.value:
                takers.setdefault(option.value, []).extend(f"{command.name}{name}" for name in option.names)
    for value, names in takers.items():
        yield f"    {'|'.join(names)}) {_assigned(value)} ;;"


def _operands(vocabulary: Vocabulary) -> Iterator[str]:
    for command in vocabulary.commands:
        if command is vocabulary.check:
            yield f"      {command.name}) if ((last == 1)); then kind='start'; else kind='file'; fi ;;"
        else:
            value = command.operand or Value(command.name, Kind.FREE)
            yield f"      {command.name}) {_assigned(value)} ;;"


def _assigned(value: Value) -> str:
    kind = f"kind='{value.kind.value}'"
    return (
        f"{kind} words='{' '.join(value.spelt)}'" if value.kind in {Kind.WORD, Kind.LIST, Kind.WORD_AND_FILE} else kind
    )
