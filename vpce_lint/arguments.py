"""The command line's words: what may be asked, and what a person reads about each with ``--help``."""

from __future__ import annotations

import os
from argparse import RawDescriptionHelpFormatter
from functools import partial
from typing import TYPE_CHECKING

from vpce_lint import __version__
from vpce_lint.help_text import CHECK, NOTES, OVERVIEW, PURPOSES, SUMMARIES
from vpce_lint.option_value import (
    DIMENSIONS,
    SHOWABLE,
    listed,
    listed_of,
    number_of_jobs,
    one_of,
    output_file,
    variable,
    verdicts,
)
from vpce_lint.reporters import format_names
from vpce_lint.usage import Parser, UsageError, like_an_option, unknown_options
from vpce_lint.verdict import Confidence, Severity

if TYPE_CHECKING:
    from argparse import Namespace, _ActionsContainer
    from collections.abc import Sequence

    from vpce_lint.output_file import OutputFile

LEVELS = ("broad", "restrictive", "full")

COMMANDS = tuple(SUMMARIES)

WIDTH = 80
"""Columns of a help text."""


def parse(arguments: Sequence[str]) -> Namespace:
    """What is asked; ``command`` is one of ``COMMANDS``. ``UsageError`` where it can't be understood."""
    first = arguments[0] if arguments else ""
    _refuse_misspelt_command(first)
    command = first if first in COMMANDS else "check"
    parser = parser_of(command)
    rest = list(arguments[1:] if first == command else arguments)
    _refuse_names_like_options(rest)
    unknown = next(unknown_options(parser, rest), None)
    if unknown is not None:
        raise UsageError(_no_option(unknown, command, parser))
    if command not in {"check", "paths"}:
        return parser.parse_args(rest)
    options = _parse_paths(parser, rest, written=first in COMMANDS)
    _refuse_both(options)
    if command == "check":
        _check_outputs(options.outputs, _read_files(options))
    return options


def _parse_paths(parser: Parser, arguments: Sequence[str], *, written: bool) -> Namespace:
    """Options and paths in any order, and behind ``--`` only paths: argparse doesn't see to both at once.

    Where no command was written first, one that stands behind options would be taken for a path: ``UsageError``.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = parser.parse_intermixed_args(arguments[:end])
    late = options.paths[0] if options.paths and not written else ""
    if late in COMMANDS:
        msg = f"write the command first: vpce-lint {late} ... (or ./{late} for the folder)"
        raise UsageError(msg)
    options.paths = [*options.paths, *arguments[end + 1 :]]
    return options


def program_of(arguments: Sequence[str]) -> str:
    """The program and command whose ``--help`` is about these arguments."""
    return f"vpce-lint {arguments[0]}" if arguments and arguments[0] in COMMANDS[1:] else "vpce-lint"


def parser_of(command: str) -> Parser:
    """The parser of one of the commands."""
    if command == "check":
        return check_parser()
    return paths_parser() if command == "paths" else command_parser(command)


def _refuse_misspelt_command(word: str) -> None:
    """``UsageError`` where the first word is nearly a command, and no path."""
    if word and not word.startswith("-") and word not in COMMANDS and not os.path.lexists(word):
        from vpce_lint.suggestion import nearest  # noqa: PLC0415 (only where a word isn't known)

        close = nearest(word, COMMANDS, cutoff=0.7)
        if close:
            msg = f"there is no command or path {word!r}, did you mean vpce-lint {close}?"
            raise UsageError(msg)


def _refuse_names_like_options(arguments: Sequence[str]) -> None:
    """``UsageError`` where an option may as well be a file: hooks and shells hand on the names of files that others chose."""
    for word in arguments[: arguments.index("--") if "--" in arguments else None]:
        if word.startswith("-") and word != "-" and os.path.lexists(word):
            msg = f"{word} is an option here, and there is a file of that name: write ./{word}, or -- before the files"
            raise UsageError(msg)


def _no_option(name: str, command: str, parser: Parser) -> str:
    owner = next((each for each in COMMANDS if name in parser_of(each).option_names()), None)
    if owner:
        return f"{command} has no option {name}, but {owner} has"
    close = like_an_option(name, parser)
    return f"there is no option {name}" + (f", did you mean {close}?" if close else "")


def _refuse_both(options: Namespace) -> None:
    if options.paths and options.roots:
        msg = "name either paths to search or folders with --root, not both"
        raise UsageError(msg)
    if getattr(options, "diff", None) is not None and options.write_baseline:
        msg = "--write-baseline writes down all that is open, so it doesn't go with --diff"
        raise UsageError(msg)
    if options.roots and getattr(options, "touched", False):
        msg = "--touched finds the roots itself, so it doesn't go with --root"
        raise UsageError(msg)


def _read_files(options: Namespace) -> list[str]:
    """The files that are named to be read."""
    named = (options.config, options.baseline, options.write_baseline, *options.variable_files, *options.parameters)
    return [path for path in (*named, *options.paths) if path]


def _check_outputs(outputs: Sequence[OutputFile], read: Sequence[str]) -> None:
    """``UsageError`` where a file can't be written or is named twice: said before the work, not after."""
    for output in outputs:
        problem = output.problem()
        if not problem and any(output.is_same(path) for path in read):
            problem = f"{output.path} is named to be read, too"
        if problem:
            msg = f"argument --output: {problem}"
            raise UsageError(msg)
    files = [output.path.resolve() for output in outputs]
    if twice := next((output.path for output in outputs if files.count(output.path.resolve()) > 1), None):
        msg = f"argument --output: {twice} is named twice"
        raise UsageError(msg)


def check_parser() -> Parser:
    """The parser of ``vpce-lint [check]``."""
    parser = _parser("check", "vpce-lint", OVERVIEW, CHECK, usage="vpce-lint [check] [PATH ...] [options]")
    parser.add_argument("--version", action="version", version=f"vpce-lint {__version__}", help="print the version")
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="a folder or file (./rules for a folder named as a command)"
    )
    _add_inputs(parser).add_argument(
        "--touched",
        action="store_true",
        help="each PATH is a file that changed, or is gone: judge all below the working directory that it has a say in",
    )
    _add_selection(parser)
    _add_configuration(parser)
    _add_work(parser)
    _add_change(parser)
    _add_output(parser)
    _add_thresholds(parser)
    return parser


def paths_parser() -> Parser:
    """The parser of ``vpce-lint paths``."""
    parser = _command("paths", usage="vpce-lint paths [PATH ...] [options]")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a folder or file (default: the current folder)")
    _add_inputs(parser)
    _add_format(parser)
    return parser


def command_parser(command: str) -> Parser:
    """The parser of one of the other commands."""
    parser = _command(command, usage="vpce-lint policy FILE [options]" if command == "policy" else None)
    if command == "policy":
        _add_policy(parser)
    if command == "explain":
        parser.add_argument("rule", metavar="RULE", help="an id or a name, such as VPCE003")
    if command in {"rules", "explain"}:
        _add_rule_folders(parser)
    if command == "new-rule":
        parser.add_argument("where", metavar="CATEGORY/NAME", help="such as endpoints/private-dns-off")
        parser.add_argument("--into", default="rules", metavar="DIR", help="the folder of rules (default: rules)")
        parser.add_argument("--yaml", action="store_true", help="a rule in YAML instead of one in Python")
    if command == "test-rules":
        parser.add_argument("folder", metavar="DIR", help='the folder of rules, with a folder "fixtures" in it')
    if command == "completion":
        from vpce_lint.completions import shell_names  # noqa: PLC0415 (each command imports what it needs)

        shells = shell_names()
        parser.add_argument(
            "shell", choices=shells, type=one_of("shell", shells), metavar="SHELL", help=", ".join(shells)
        )
    return parser


def _command(command: str, usage: str | None) -> Parser:
    return _parser(command, f"vpce-lint {command}", PURPOSES[command], NOTES[command], usage)


def _parser(command: str, program: str, purpose: str, notes: str, usage: str | None) -> Parser:
    parser = Parser(
        prog=program,
        usage=usage,
        description=purpose,
        epilog=notes,
        formatter_class=partial(RawDescriptionHelpFormatter, width=WIDTH),  # else each option looks up the terminal's
        allow_abbrev=False,
        add_help=False,
    )
    parser.set_defaults(command=command)
    parser.add_argument("-h", "--help", action="help", help="print this help")
    return parser


def _add_word(
    group: _ActionsContainer, option: str, words: Sequence[str], meaning: str, said: str, default: str | None = None
) -> None:
    """Add an option that takes one of a few words; its own last word is what those are called.

    ``said`` is the default that the help names, where it isn't the parser's.
    """
    noun = option.rpartition("-")[2]
    group.add_argument(
        option,
        choices=words,
        type=one_of(noun, words),
        default=default,
        metavar=noun.upper(),
        help=f"{meaning}: {', '.join(words)} (default: {said})",
    )


def _add_format(parser: Parser) -> None:
    group = parser.add_argument_group("what to print")
    _add_word(group, "--format", ("text", "json"), "for people or for programs", "text", "text")


def _add_policy(parser: Parser) -> None:
    parser.add_argument("file", metavar="FILE", help="a policy document in JSON, or - for standard input")
    about = parser.add_argument_group("the endpoint")
    about.add_argument("--service", metavar="SERVICE", help="its service, such as s3 or ecr.api (default: any)")
    _add_word(about, "--endpoint-type", ("gateway", "interface"), "its type", "interface", "interface")
    asked = parser.add_argument_group("what is asked", "The exit code is 1 where the policy isn't as restrictive.")
    _add_word(asked, "--min-level", LEVELS, "the least level", "restrictive", "restrictive")
    asked.add_argument(
        "--require",
        action="extend",
        default=[],
        type=listed_of("dimension", DIMENSIONS),
        metavar="DIMENSION[,DIMENSION]",
        help=f"what must be bounded for every request besides: {', '.join(DIMENSIONS)} (repeatable)",
    )
    trusted = parser.add_argument_group(
        "who is trusted", "Without these: whatever accounts, organizations and resources it names."
    )
    for name, metavar, words in (
        ("accounts", "ACCOUNT", "ids of accounts"),
        ("orgs", "ORG", "ids of organizations"),
        ("org-paths", "ORGPATH", "paths in organizations; * is a wildcard"),
        ("resources", "ARN", "ARNs of resources; * is a wildcard"),
    ):
        trusted.add_argument(
            f"--trusted-{name}",
            action="extend",
            default=[],
            type=listed,
            metavar=f"{metavar}[,{metavar}]",
            help=f"{words} (repeatable)",
        )
    trusted.add_argument(
        "--no-trust-aws-services",
        action="store_false",
        dest="trust_aws_services",
        help="don't trust AWS's own services as callers",
    )
    _add_format(parser)


def _add_inputs(parser: Parser) -> _ActionsContainer:
    group = parser.add_argument_group("what to read")
    group.add_argument(
        "--root",
        action="append",
        default=[],
        dest="roots",
        metavar="DIR",
        help="judge exactly this folder as a root module, whoever calls it (repeatable)",
    )
    group.add_argument(
        "--var",
        action="append",
        default=[],
        type=variable,
        dest="variables",
        metavar="NAME=VALUE",
        help="set an input variable of the roots (repeatable)",
    )
    group.add_argument(
        "--var-file",
        action="append",
        default=[],
        dest="variable_files",
        metavar="FILE",
        help="set input variables from a tfvars file, relative to the working directory (repeatable)",
    )
    group.add_argument(
        "--source",
        metavar="DIR",
        help="the root module that the named plans were made from: answers then point at its code",
    )
    group.add_argument(
        "--parameters",
        action="append",
        default=[],
        metavar="FILE",
        help="set parameters of the templates from a file of the AWS CLI or CodePipeline, or a plain map (repeatable)",
    )
    group.add_argument(
        "--limit",
        action="append",
        default=[],
        dest="limits",
        metavar="NAME=N",
        help="change a limit: file-size, instances, modules, resources or steps (repeatable)",
    )
    return group


def _add_selection(parser: Parser) -> None:
    group = parser.add_argument_group("which rules")
    for option, words in (("--select", "only these rules"), ("--ignore", "all but these rules")):
        group.add_argument(
            option,
            action="extend",
            default=[],
            type=listed,
            metavar="RULE[,RULE]",
            help=f"{words}, by id or name (repeatable)",
        )

    _add_rule_folders(group)


def _add_rule_folders(group: _ActionsContainer) -> None:
    group.add_argument(
        "--rules",
        action="append",
        default=[],
        dest="rule_folders",
        metavar="DIR",
        help="rules of your own besides the built-in ones; their Python is run (repeatable)",
    )


def _add_configuration(parser: Parser) -> None:
    group = parser.add_argument_group("configuration and baseline")
    configuration = group.add_mutually_exclusive_group()
    configuration.add_argument(
        "--config",
        metavar="FILE",
        help="the configuration (default: .vpce-lint.toml, or pyproject.toml, nearest to each path upwards)",
    )
    configuration.add_argument(
        "--no-local-config", action="store_false", dest="local_config", help="look for no configuration near the paths"
    )
    baseline = group.add_mutually_exclusive_group()
    baseline.add_argument("--baseline", metavar="FILE", help="answers that this file knows don't fail")
    baseline.add_argument(
        "--write-baseline", metavar="FILE", help="write down as known what is violated or undetermined today"
    )


def _add_change(parser: Parser) -> None:
    parser.add_argument_group("what counts").add_argument(
        "--diff",
        metavar="REV",
        help="only what is new since the history parted from this revision of git's",
    )


def _add_work(parser: Parser) -> None:
    group = parser.add_argument_group("how to work")
    group.add_argument(
        "--jobs", type=number_of_jobs, metavar="N", help="work in N processes (default: by the size of the scan)"
    )
    group.add_argument(
        "--no-cache", action="store_false", dest="cache", help="neither use nor keep results in the user's cache folder"
    )


def _add_output(parser: Parser) -> None:
    group = parser.add_argument_group("what to print")
    _add_word(group, "--format", format_names(), "what is printed", "text", "text")
    group.add_argument(
        "--output",
        action="append",
        default=[],
        type=output_file,
        dest="outputs",
        metavar="FORMAT=FILE",
        help="write a file besides, in any of these formats (repeatable)",
    )
    group.add_argument(
        "--show",
        action="extend",
        type=verdicts,
        metavar="VERDICT[,VERDICT]",
        help=f"the answers to print: {', '.join(SHOWABLE)} (default: what the format is made for, as text violated;"
        " with --strict undetermined, too); doesn't concern --output (repeatable)",
    )
    group.add_argument("--show-suppressed", action="store_true", help="print suppressed and known answers as text, too")


def _add_thresholds(parser: Parser) -> None:
    group = parser.add_argument_group("what fails", "These decide the exit code; what is printed stays the same.")
    group.add_argument("--strict", action="store_true", default=None, help="undetermined answers fail, too")
    _add_word(group, "--min-severity", tuple(map(str, Severity)), "the least severity that fails", "low")
    _add_word(group, "--min-confidence", tuple(map(str, Confidence)), "the least confidence that fails", "likely")
