"""The command line's words: what may be asked, and what a person reads with ``--help``."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from vpce_lint import __version__
from vpce_lint.output_file import OutputFile
from vpce_lint.reporters import format_names
from vpce_lint.verdict import Confidence, Severity, Verdict

if TYPE_CHECKING:
    from argparse import Namespace, _ActionsContainer
    from collections.abc import Sequence

LEVELS = ("broad", "restrictive", "full")
DIMENSIONS = ("principal", "resource", "action")

COMMANDS = (
    "check",
    "paths",
    "policy",
    "rules",
    "explain",
    "new-rule",
    "test-rules",
    "checkov-path",
    "checkov-selftest",
)

OVERVIEW = """\
Reads Terraform code and CloudFormation templates, builds the AWS network that they describe, and
decides whether the network keeps its traffic to AWS services private. Nothing is run or sent anywhere.

  vpce-lint [check] [PATH ...]   judge every Terraform root and template below the paths (default: here)
  vpce-lint paths [PATH ...]     how each subnet reaches the services of AWS that are needed there
  vpce-lint policy FILE|-        what one policy document lets through, with the request that proves it
  vpce-lint rules                list the rules
  vpce-lint explain RULE         what a rule asks, why, and how to fix what it finds
  vpce-lint new-rule CATEGORY/NAME   begin a rule of your own, with fixtures
  vpce-lint test-rules DIR       try a folder of rules on its fixtures
  vpce-lint checkov-path         the folder of the plugin, for checkov --external-checks-dir
  vpce-lint checkov-selftest     whether the plugin works in the checkov that is installed here
"""

EPILOGUE = """\
Every rule answers one of: violated, undetermined (with what is missing, and where), satisfied,
not-applicable. It never guesses.

exit codes:
  0  nothing violated at or above the thresholds
  1  something violated (with --strict: or undetermined)
  2  the tool could not do its work

examples:
  vpce-lint                                   everything below the current folder
  vpce-lint infra --show undetermined         what could not be decided, and why
  vpce-lint --root envs/prod --var-file prod.tfvars
  vpce-lint plan.json --source envs/prod      a plan, as terraform show -json prints it
  vpce-lint --output sarif=vpce-lint.sarif --output junit=vpce-lint.xml
  vpce-lint --format json | jq '.answers[] | select(.verdict == "violated")'
"""


class UsageError(Exception):
    """The command line is at fault."""


class _Parser(ArgumentParser):
    """An argument parser whose errors are exceptions of ours, with a suggestion for a misspelt option."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting."""
        unknown = re.search(r"unrecognized arguments: (--[\w-]+)", message)
        if unknown:
            options = [option for option in self._option_string_actions if option.startswith("--")]
            close = get_close_matches(unknown[1], options, n=1)
            message = f"there is no option {unknown[1]}" + (f", did you mean {close[0]}?" if close else "")
        raise UsageError(message)


def parse(arguments: Sequence[str]) -> Namespace:
    """What is asked; ``command`` is one of ``COMMANDS``. ``UsageError`` where it can't be understood."""
    if arguments and arguments[0] == "paths":
        return _not_both(paths_parser().parse_intermixed_args(arguments[1:]))
    if arguments and arguments[0] in COMMANDS[1:]:
        return command_parser(arguments[0]).parse_args(arguments[1:])
    options = check_parser().parse_intermixed_args(arguments)
    if options.paths and options.paths[0] in COMMANDS:
        command = options.paths.pop(0)
        if command != "check":
            msg = f"write the command first: vpce-lint {command} ... (or ./{command} for the folder)"
            raise UsageError(msg)
    _check_outputs(options.outputs)
    return _not_both(options)


def _not_both(options: Namespace) -> Namespace:
    if options.paths and options.roots:
        msg = "name either paths to search or folders with --root, not both"
        raise UsageError(msg)
    return options


def _check_outputs(outputs: Sequence[OutputFile]) -> None:
    """``UsageError`` where a file can't be written or is named twice: said before the work, not after."""
    for output in outputs:
        if problem := output.problem():
            msg = f"argument --output: {problem}"
            raise UsageError(msg)
    files = [output.path.resolve() for output in outputs]
    if twice := next((output.path for output in outputs if files.count(output.path.resolve()) > 1), None):
        msg = f"argument --output: {twice} is named twice"
        raise UsageError(msg)


def check_parser() -> ArgumentParser:
    """The parser of ``vpce-lint [check]``."""
    parser = _Parser(
        prog="vpce-lint",
        usage="vpce-lint [check] [PATH ...] [options]",
        description=OVERVIEW,
        epilog=EPILOGUE,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command="check")
    parser.add_argument("--version", action="version", version=f"vpce-lint {__version__}")
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="a folder or file (./check for one named as a command)"
    )
    _add_inputs(parser)
    _add_selection(parser)
    _add_configuration(parser)
    _add_output(parser)
    _add_thresholds(parser)
    return parser


def paths_parser() -> ArgumentParser:
    """The parser of ``vpce-lint paths``."""
    words = "How each subnet reaches the services of AWS that its workloads need; without workloads, S3 and DynamoDB."
    parser = _Parser(prog="vpce-lint paths", description=words, allow_abbrev=False)
    parser.set_defaults(command="paths")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a folder or file (default: here)")
    _add_inputs(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    return parser


def command_parser(command: str) -> ArgumentParser:
    """The parser of one of the other commands."""
    words = {
        "policy": "Judge one endpoint policy: its level, what it bounds, and a request that shows it.",
        "rules": "List the rules.",
        "explain": "Say what a rule asks, why, and how to fix what it finds.",
        "new-rule": "Write a rule of your own and its three fixtures: something that works, to be changed.",
        "test-rules": "Try the rules of a folder on the marked code in its fixtures; their code is run.",
        "checkov-path": "Print the folder of the plugin, for checkov --external-checks-dir.",
        "checkov-selftest": "Run the installed checkov with the plugin on code that breaks rules, and say whether it finds that.",
    }
    parser = _Parser(prog=f"vpce-lint {command}", description=words[command], allow_abbrev=False)
    parser.set_defaults(command=command)
    if command == "policy":
        _add_policy(parser)
    if command == "explain":
        parser.add_argument("rule", metavar="RULE", help="an id or a name: VPCE003")
    if command in {"rules", "explain"}:
        _add_rule_folders(parser)
    if command == "new-rule":
        parser.add_argument("where", metavar="CATEGORY/NAME", help="such as endpoints/private-dns-disabled")
        parser.add_argument("--into", default="rules", metavar="DIR", help="the folder of rules (default: rules)")
    if command == "test-rules":
        parser.add_argument("folder", metavar="DIR", help="the folder of rules, with a folder fixtures in it")
    return parser


def _add_policy(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a policy document in JSON, or - for standard input")
    parser.add_argument("--service", metavar="NAME", help="the endpoint's service: s3, ecr.api")
    parser.add_argument("--endpoint-type", choices=("gateway", "interface"), default="interface")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    asked = parser.add_argument_group("what is asked", "Below this, the exit code is 1.")
    asked.add_argument("--min-level", choices=LEVELS, default="restrictive", help="default: restrictive")
    asked.add_argument(
        "--require",
        action="extend",
        default=[],
        type=_words,
        metavar="DIMENSION[,DIMENSION]",
        help=f"must be bounded besides, of {', '.join(DIMENSIONS)}",
    )
    trusted = parser.add_argument_group("who is trusted", "Without these: everything that the policy names.")
    for name, words in (
        ("accounts", "account ids"),
        ("orgs", "organization ids"),
        ("org-paths", "organization paths; * is a wildcard"),
        ("resources", "ARNs; * is a wildcard"),
    ):
        trusted.add_argument(
            f"--trusted-{name}", action="extend", default=[], type=_words, metavar="ID[,ID]", help=words
        )
    trusted.add_argument(
        "--no-trust-aws-services", action="store_false", dest="trust_aws_services", help="doubt AWS's own services"
    )


def _add_inputs(parser: ArgumentParser) -> None:
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
        type=_variable,
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
        help="the root module that the plans were made from: answers about a plan point at its code",
    )
    group.add_argument(
        "--parameters",
        action="append",
        default=[],
        metavar="FILE",
        help="set parameters of the templates from a file of the AWS CLI or CodePipeline, or a plain map (repeatable)",
    )


def _add_selection(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("which rules")
    for option, words in (("--select", "only these rules"), ("--ignore", "all but these rules")):
        group.add_argument(
            option,
            action="extend",
            default=[],
            type=_words,
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
        help="rules of your own besides the built-in ones; their code is run (repeatable)",
    )


def _add_configuration(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what is agreed")
    configuration = group.add_mutually_exclusive_group()
    configuration.add_argument(
        "--config",
        metavar="FILE",
        help="the configuration (default: .vpce-lint.toml or pyproject.toml at or above each path)",
    )
    configuration.add_argument(
        "--no-local-config", action="store_false", dest="local_config", help="look for no configuration"
    )
    baseline = group.add_mutually_exclusive_group()
    baseline.add_argument("--baseline", metavar="FILE", help="only what this file doesn't know fails")
    baseline.add_argument("--write-baseline", metavar="FILE", help="write down all that is open now as known")


def _add_output(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what to print")
    group.add_argument("--format", choices=format_names(), default="text", help="what is printed (default: text)")
    group.add_argument(
        "--output",
        action="append",
        default=[],
        type=_output,
        dest="outputs",
        metavar="FORMAT=FILE",
        help=f"write a file besides, of {', '.join(format_names())} (repeatable)",
    )
    group.add_argument(
        "--show",
        action="extend",
        type=_verdicts,
        metavar="VERDICT[,VERDICT]",
        help=f"answers to print, of {', '.join(Verdict)}, or all (default: violated, with --strict undetermined"
        " too; other formats as they are made for); files of --output hold what their format is made for",
    )
    group.add_argument("--show-suppressed", action="store_true", help="in text: suppressed and known answers, too")


def _add_thresholds(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("what fails", "These decide the exit code, not what is printed.")
    group.add_argument("--strict", action="store_true", default=None, help="undetermined answers fail, too")
    group.add_argument(
        "--min-severity",
        choices=[str(item) for item in Severity],
        help="the least severity that fails (default: low)",
    )
    group.add_argument(
        "--min-confidence",
        choices=[str(item) for item in Confidence],
        help="the least confidence that fails (default: likely)",
    )


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name.strip() and equals):
        msg = f"{text!r} is not NAME=VALUE"
        raise ArgumentTypeError(msg)
    return name.strip(), value


def _output(text: str) -> OutputFile:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        msg = f"{text!r} is not FORMAT=FILE"
        raise ArgumentTypeError(msg)
    if name not in format_names():
        close = get_close_matches(name, format_names(), n=1)
        hint = f", did you mean {close[0]}?" if close else f", there are {', '.join(format_names())}"
        msg = f"there is no format {name!r}{hint}"
        raise ArgumentTypeError(msg)
    return OutputFile(name, Path(path))


def _words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]


def _verdicts(text: str) -> list[Verdict]:
    words = _words(text)
    if "all" in words:
        return list(Verdict)
    unknown = next((word for word in words if word not in list(Verdict)), None)
    if unknown is not None or not words:
        msg = f"{unknown or text!r} is none of {', '.join(Verdict)}, all"
        raise ArgumentTypeError(msg)
    return [Verdict(word) for word in words]


def existing(path: str) -> Path:
    """A path that a user named; ``UsageError`` where nothing is there, or nobody may look."""
    found = Path(path)
    try:
        there = found.exists()
    except OSError as error:
        msg = f"{path} can't be read: {error.strerror}"
        raise UsageError(msg) from error
    if not there:
        msg = f"there is no {path}"
        raise UsageError(msg)
    return found
