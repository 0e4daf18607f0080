"""The command line: names the paths, has them read and judged, prints the report."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from vpce_lint.arguments import UsageError, existing, parse

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from vpce_lint.model import Reading
    from vpce_lint.output_file import OutputFile
    from vpce_lint.report import Report, Thresholds
    from vpce_lint.rule import Rule
    from vpce_lint.verdict import Verdict

FAILED_TO_WORK = 2
INTERRUPTED = 130
DEEPEST_RECURSION = 20_000
"""Code nests deeper than Python's default allows: an expression, and modules within modules."""
RARELY = (100_000, 50, 1_000)
"""Python's thresholds for garbage collection while a command runs, as ``gc.set_threshold`` takes them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is as ``--help`` lists them."""
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        commands = {"check": check, "paths": paths, "policy": policy, "rules": rules, "explain": explain}
        with collecting_rarely():
            return commands[options.command](options)
    except UsageError as error:
        return _complain(str(error), "vpce-lint --help shows how it is used")
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 (Python's own exit code for this would read as a violation)
        return _break_down()


def check(options: Namespace) -> int:
    """Judge what is below the paths and print the report."""
    from vpce_lint.loader import load_rules  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.readers.read import RequestError  # noqa: PLC0415
    from vpce_lint.report import Thresholds  # noqa: PLC0415
    from vpce_lint.reporters import load_reporter  # noqa: PLC0415
    from vpce_lint.rule import RuleError  # noqa: PLC0415
    from vpce_lint.selection import SelectionError, select_rules  # noqa: PLC0415
    from vpce_lint.verdict import Confidence, Severity  # noqa: PLC0415

    try:
        chosen = select_rules(load_rules(), options.select, options.ignore)
        report = _judge(options, chosen)
    except (RequestError, RuleError, SelectionError) as error:
        return _complain(str(error))
    thresholds = Thresholds(Severity(options.min_severity), Confidence(options.min_confidence), options.strict)
    report = replace(report, thresholds=thresholds)
    written = _write(report, options.outputs)
    shown = options.show or _verdicts_of(options.format, thresholds)
    text = load_reporter(options.format)(report.showing(shown))
    return max(_print(text, thresholds.exit_code(report)), written)


def _write(report: Report, outputs: Sequence[OutputFile]) -> int:
    """Write the files besides what is printed; 0, or 2 where one of them can't be written."""
    from vpce_lint.reporters import load_reporter  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.terminal import unpaint  # noqa: PLC0415

    code = 0
    for output in outputs:
        shown = _verdicts_of(output.format, report.thresholds)
        try:
            output.write(unpaint(load_reporter(output.format)(report.showing(shown))))
        except OSError as error:
            code = _complain(f"{output.path} can't be written: {error.strerror}")
    return code


def _verdicts_of(format_: str, thresholds: Thresholds) -> frozenset[Verdict]:
    """What a format shows where nobody asks for anything: what it is made for, and whatever fails."""
    from vpce_lint.reporters import verdicts_of  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.verdict import Verdict  # noqa: PLC0415

    return verdicts_of(format_) | ({Verdict.UNDETERMINED} if thresholds.strict else set())


def _judge(options: Namespace, chosen: Sequence[Rule]) -> Report:
    from vpce_lint.engine import judge  # noqa: PLC0415 (each command imports what it needs)

    named = options.paths or ([] if options.roots else ["."])
    return judge(_read(options), chosen, paths=(*named, *options.roots))


def _read(options: Namespace) -> Reading:
    from vpce_lint.progress import Progress  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.readers.read import Request, read  # noqa: PLC0415

    named = options.paths or ([] if options.roots else ["."])
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST_RECURSION))
    with Progress(sys.stderr) as progress:
        request = Request(
            paths=tuple(existing(path) for path in named),
            roots=tuple(existing(path) for path in options.roots),
            variables=tuple(options.variables),
            variable_files=tuple(existing(path) for path in options.variable_files),
            source=existing(options.source) if options.source else None,
            parameters=tuple(existing(path) for path in options.parameters),
            progress=progress,
        )
        return read(request)


def paths(options: Namespace) -> int:
    """Print how each subnet reaches the services that are needed there; 1 where something could not be read."""
    from vpce_lint.path_table import as_json, as_text  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.paths import paths_of  # noqa: PLC0415
    from vpce_lint.readers.read import RequestError  # noqa: PLC0415

    try:
        reading = _read(options)
    except RequestError as error:
        return _complain(str(error))
    found = [path for network in reading.networks for path in paths_of(network)]
    written = as_json(found, reading.problems) if options.format == "json" else as_text(found, reading.problems)
    return _print(written, int(bool(reading.problems)))


def policy(options: Namespace) -> int:
    """Judge one policy document and print what it lets through."""
    from vpce_lint.policy.command import judge_file  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.policy.standard import StandardError  # noqa: PLC0415

    try:
        text, code = judge_file(options)
    except StandardError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"{options.file} can't be read: {error.strerror}")
    return _print(text, code)


def rules(_: Namespace) -> int:
    """List the rules."""
    from vpce_lint.explanation import list_rules  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.loader import load_rules  # noqa: PLC0415
    from vpce_lint.rule import RuleError  # noqa: PLC0415

    try:
        return _print(list_rules(load_rules()), 0)
    except RuleError as error:
        return _complain(str(error))


def explain(options: Namespace) -> int:
    """Print the page of a rule."""
    from vpce_lint.explanation import explain as explain_rule  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.loader import load_rules  # noqa: PLC0415
    from vpce_lint.rule import RuleError  # noqa: PLC0415
    from vpce_lint.selection import SelectionError, find_rule  # noqa: PLC0415

    try:
        return _print(explain_rule(find_rule(load_rules(), options.rule)), 0)
    except (RuleError, SelectionError) as error:
        return _complain(str(error))


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Search for garbage less often: nearly all that is made is kept, and all of it is searched as it grows."""
    before = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _print(text: str, code: int) -> int:
    """Print, as the terminal or file can take it; the code, or 2 where it can't be written."""
    from vpce_lint.terminal import encodable, may_color, unpaint  # noqa: PLC0415 (each command imports what it needs)

    stream = sys.stdout
    text = text if may_color(stream) else unpaint(text)
    try:
        stream.write(encodable(text, stream.encoding))
        stream.flush()
    except BrokenPipeError:
        _discard_output()
    except OSError as error:
        _discard_output()
        return _complain(f"the output can't be written: {error.strerror}")
    return code


def _break_down() -> int:
    """Print the traceback of what was not foreseen; the exit code for that."""
    from traceback import print_exc  # noqa: PLC0415 (loads only when needed)

    print_exc()
    return _complain("an internal error, please report it with what is printed above")


def _discard_output() -> None:
    """Send what is still buffered nowhere, or Python complains about it at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(problem: str, hint: str = "") -> int:
    """Say on standard error what is wrong, in one line and perhaps a hint; the exit code for that."""
    from vpce_lint.terminal import encodable, printable  # noqa: PLC0415 (each command imports what it needs)

    lines = [f"vpce-lint: {printable(problem)}\n"] + ([f"  {hint}\n"] if hint else [])
    sys.stderr.write(encodable("".join(lines), sys.stderr.encoding))
    return FAILED_TO_WORK
