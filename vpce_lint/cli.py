"""The command line: names the paths, has them read and judged, prints the report."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

from vpce_lint.arguments import parse, program_of
from vpce_lint.garbage import collecting_rarely
from vpce_lint.refusal import RefusalError
from vpce_lint.usage import UsageError, existing, refuse_lost_folder, refuse_missing

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vpce_lint.cache import Cache
    from vpce_lint.limits import Limits
    from vpce_lint.output_file import OutputFile
    from vpce_lint.readers.request import Request
    from vpce_lint.readers.touched import Touched
    from vpce_lint.report import Report, Thresholds
    from vpce_lint.scan import Outcome
    from vpce_lint.verdict import Verdict

FAILED_TO_WORK = 2
INTERRUPTED = 130
TERMINATED = 143


def run() -> int:
    """Run the command line as all that its process does."""
    with collecting_rarely():
        try:
            return main()
        finally:
            gc.freeze()  # or Python would search all that was read for garbage once more as it ends


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is as ``--help`` lists them."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        options = parse(arguments)
        refuse_missing(options)
        refuse_lost_folder()
        with ending_in_order():
            return _carry_out(options)
    except UsageError as error:
        return _complain(str(error), f"{program_of(arguments)} --help shows how it is used")
    except Terminated:
        return TERMINATED
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit:  # --help and --version
        raise
    except BaseException:  # noqa: BLE001 (Python's own exit code for this would read as a violation)
        return _break_down()


def _carry_out(options: Namespace) -> int:
    try:
        return COMMANDS[options.command](options)
    except SystemExit as error:  # of a rule's code, say: its exit code is not ours
        msg = "something ended the run on its own"
        raise RuntimeError(msg) from error


def check(options: Namespace) -> int:
    """Judge what is below the paths and print the report."""
    try:
        outcome = _scan(options)
    except RefusalError as error:
        return _complain(str(error))
    report = outcome.report
    written = _write(outcome, options.outputs)
    shown = options.show or _verdicts_of(options.format, report.thresholds)
    suppressed = options.show_suppressed or options.format != "text"
    text = _rendered(options.format, report.showing(shown, suppressed=suppressed))
    return max(_print(text, int(outcome.fails)), written)


def _write(outcome: Outcome, outputs: Sequence[OutputFile]) -> int:
    """Write the files besides what is printed; 0, or 2 where one of them can't be written."""
    from vpce_lint.terminal import unpaint  # noqa: PLC0415 (each command imports what it needs)

    code, report = 0, outcome.report
    for output in outputs:
        if any(output.is_same(path) for path in outcome.read):
            code = _complain(f"{output.path} isn't written: it is one of the files that were read")
            continue
        shown = _verdicts_of(output.format, report.thresholds)
        try:
            output.write(unpaint(_rendered(output.format, report.showing(shown, suppressed=output.format != "text"))))
        except OSError as error:
            code = _complain(f"{output.path} can't be written: {error.strerror}")
        except Exception:  # noqa: BLE001 (whatever is wrong with one format, the others are written)
            code = _break_down(f"{output.path} isn't written because of ")
    return code


def _rendered(format_: str, report: Report) -> str:
    from vpce_lint.reporters import load_reporter  # noqa: PLC0415 (each command imports what it needs)

    return load_reporter(format_)(report)


def _verdicts_of(format_: str, thresholds: Thresholds) -> frozenset[Verdict]:
    """What a format shows where nobody asks for anything: what it is made for, and whatever fails."""
    from vpce_lint.reporters import verdicts_of  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.verdict import Verdict  # noqa: PLC0415

    return verdicts_of(format_) | ({Verdict.UNDETERMINED} if thresholds.strict else set())


def _shown(options: Namespace) -> frozenset[Verdict]:
    """The verdicts that anything which is printed or written shows; open ones are always there."""
    from vpce_lint.reporters import verdicts_of  # noqa: PLC0415 (each command imports what it needs)

    printed = options.show or verdicts_of(options.format)
    return frozenset(printed).union(*(verdicts_of(output.format) for output in options.outputs))


def _scan(options: Namespace) -> Outcome:
    from datetime import UTC, datetime  # noqa: PLC0415 (each command imports what it needs)

    from vpce_lint.progress import Progress  # noqa: PLC0415
    from vpce_lint.scan import Order, scan  # noqa: PLC0415
    from vpce_lint.verdict import Confidence, Severity  # noqa: PLC0415

    with Progress(sys.stderr) as progress:
        return scan(
            Order(
                request=_request(options, progress),
                today=datetime.now(UTC).date(),
                words=(*_named(options), *options.roots),
                config=options.config,
                local_config=options.local_config,
                rule_folders=tuple(options.rule_folders),
                select=tuple(options.select),
                ignore=tuple(options.ignore),
                baseline=options.baseline,
                write_baseline=options.write_baseline,
                min_severity=Severity(options.min_severity) if options.min_severity else None,
                min_confidence=Confidence(options.min_confidence) if options.min_confidence else None,
                strict=options.strict,
                shown=_shown(options),
                cache=_cache() if options.cache else None,
                diff=options.diff,
            )
        )


def _cache() -> Cache | None:
    from vpce_lint.cache import Cache, cache_folder  # noqa: PLC0415 (each command imports what it needs)

    folder = cache_folder(os.environ)
    return Cache(folder) if folder else None


def _named(options: Namespace) -> list[str]:
    """The paths that are named; the folder that one is in, where none is."""
    return options.paths or ([] if options.roots else ["."])


def _request(options: Namespace, progress: Callable[[int, int], None]) -> Request:
    from pathlib import Path  # noqa: PLC0415 (each command imports what it needs)

    from vpce_lint.limits import DEEPEST_RECURSION  # noqa: PLC0415
    from vpce_lint.readers.request import Request  # noqa: PLC0415

    is_limited = getattr(options, "touched", False)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST_RECURSION))
    return Request(
        paths=(Path(),) if is_limited else tuple(existing(path) for path in _named(options)),
        roots=tuple(existing(path) for path in options.roots),
        variables=tuple(options.variables),
        variable_files=tuple(existing(path) for path in options.variable_files),
        source=existing(options.source) if options.source else None,
        parameters=tuple(existing(path) for path in options.parameters),
        progress=progress,
        touched=_touched(options.paths) if is_limited else None,
        limits=_limits(options),
        jobs=getattr(options, "jobs", 1),
    )


def _touched(paths: Sequence[str]) -> Touched:
    from pathlib import Path  # noqa: PLC0415 (each command imports what it needs)

    from vpce_lint.readers.touched import Touched  # noqa: PLC0415

    return Touched.by(map(Path, paths))


def _limits(options: Namespace) -> Limits:
    from vpce_lint.limits import LimitsError, limits_from  # noqa: PLC0415 (as above)

    try:
        return limits_from(options.limits)
    except LimitsError as error:
        msg = f"argument --limit: {error}"
        raise UsageError(msg) from error


def paths(options: Namespace) -> int:
    """Print how each subnet reaches the services that are needed there; 1 where something could not be read."""
    from vpce_lint.path_table import as_json, as_text  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.paths import paths_of  # noqa: PLC0415
    from vpce_lint.progress import Progress  # noqa: PLC0415
    from vpce_lint.readers.read import read  # noqa: PLC0415

    try:
        with Progress(sys.stderr) as progress:
            reading = read(_request(options, progress))
    except RefusalError as error:
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


def rules(options: Namespace) -> int:
    """List the rules."""
    from vpce_lint.explanation import list_rules  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.loader import load_all  # noqa: PLC0415

    try:
        return _print(list_rules(load_all(options.rule_folders)), 0)
    except RefusalError as error:
        return _complain(str(error))


def explain(options: Namespace) -> int:
    """Print the page of a rule."""
    from vpce_lint.explanation import explain as explain_rule  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.loader import load_all  # noqa: PLC0415
    from vpce_lint.selection import find_rule  # noqa: PLC0415

    try:
        return _print(explain_rule(find_rule(load_all(options.rule_folders), options.rule)), 0)
    except RefusalError as error:
        return _complain(str(error))


class Terminated(KeyboardInterrupt):
    """SIGTERM: passes wherever an interrupt does, so that what is half done is cleared away."""


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Have SIGTERM end the run as SIGINT does; what others have arranged for it stays, as do threads besides the main one."""
    import signal  # noqa: PLC0415 (after what is quick)

    def end(*_: object) -> NoReturn:
        raise Terminated

    try:
        if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
            yield
            return
        signal.signal(signal.SIGTERM, end)
    except ValueError:  # it isn't the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def new_rule(options: Namespace) -> int:
    """Write a rule and its fixtures."""
    from pathlib import Path  # noqa: PLC0415 (each command imports what it needs)

    from vpce_lint.scaffold import new_rule as write_rule  # noqa: PLC0415

    try:
        files = write_rule(Path(options.into), options.where, in_yaml=options.yaml)
    except RefusalError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"{error.filename or options.into} can't be written: {error.strerror}")
    lines = [*(str(file) for file in files), "", f"vpce-lint test-rules {options.into}   tries it"]
    return _print_lines(lines, 0)


def test_rules(options: Namespace) -> int:
    """Try rules on their fixtures."""
    from vpce_lint.fixture import try_rules  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.limits import DEEPEST_RECURSION  # noqa: PLC0415

    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEEPEST_RECURSION))
    try:
        trials = list(try_rules(existing(options.folder)))
    except RefusalError as error:
        return _complain(str(error))
    lines = [
        line
        for trial in trials
        for line in (
            f"{'FAILED' if trial.failures else 'ok    '} {trial.name}",
            *(f"  {each}" for each in trial.failures),
        )
    ]
    failed = sum(bool(trial.failures) for trial in trials)
    lines.append(f"{len(trials)} tried, {failed} failed")
    return _print_lines(lines, int(failed > 0 or not trials))


def completion(options: Namespace) -> int:
    """Print the completion script of a shell."""
    from vpce_lint.completions import load_shell  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.vocabulary import vocabulary  # noqa: PLC0415

    return _print(load_shell(options.shell)(vocabulary()), 0)


def checkov_path(_: Namespace) -> int:
    """Print the folder that checkov loads the plugin from."""
    from vpce_lint.integrations.checkov_selftest import PLUGIN  # noqa: PLC0415 (each command imports what it needs)

    return _print(f"{PLUGIN}\n", 0)


def checkov_selftest(_: Namespace) -> int:
    """Say whether the plugin works in the checkov that is installed beside it."""
    from vpce_lint.integrations.checkov_selftest import AbsentError, selftest  # noqa: PLC0415 (as above)
    from vpce_lint.terminal import printable  # noqa: PLC0415

    try:
        lines, works = selftest()
    except AbsentError as error:
        return _complain(str(error))
    return _print("".join(f"{printable(line)}\n" for line in lines), 0 if works else 1)


COMMANDS = {
    "check": check,
    "paths": paths,
    "policy": policy,
    "rules": rules,
    "explain": explain,
    "new-rule": new_rule,
    "test-rules": test_rules,
    "completion": completion,
    "checkov-path": checkov_path,
    "checkov-selftest": checkov_selftest,
}


def _print_lines(lines: Iterable[str], code: int) -> int:
    from vpce_lint.terminal import disarmed, printable  # noqa: PLC0415 (each command imports what it needs)

    return _print(disarmed("".join(f"{printable(line)}\n" for line in lines)), code)


def _print(text: str, code: int) -> int:
    """Print, as the terminal or file can take it; the code, or 2 where it can't be written."""
    from vpce_lint.terminal import encodable, may_color, unpaint  # noqa: PLC0415 (each command imports what it needs)

    stream = sys.stdout
    if stream is None:  # the caller has closed it
        return _complain("the output can't be written: it is closed")
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


def _break_down(consequence: str = "") -> int:
    """Print the traceback of what was not foreseen; the exit code for that."""
    from traceback import format_exc  # noqa: PLC0415 (loads only when needed)

    from vpce_lint.secret import masked  # noqa: PLC0415
    from vpce_lint.terminal import printable  # noqa: PLC0415

    try:
        trace = format_exc()
    except Exception:  # noqa: BLE001 (an exception that can't even be shown)
        trace = ""
    _say("".join(f"{printable(masked(line))}\n" for line in trace.splitlines()))
    return _complain(f"{consequence}an internal error, please report it with what is printed above")


def _discard_output() -> None:
    """Send what is still buffered nowhere, or Python complains about it at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(problem: str, hint: str = "") -> int:
    """Say on standard error what is wrong, in one line and perhaps a hint; the exit code for that."""
    from vpce_lint.secret import masked  # noqa: PLC0415 (each command imports what it needs)
    from vpce_lint.terminal import printable  # noqa: PLC0415

    _say("".join([f"vpce-lint: {printable(masked(problem))}\n"] + ([f"  {printable(hint)}\n"] if hint else [])))
    return FAILED_TO_WORK


def _say(text: str) -> None:
    """Write to standard error, as it can take it; where nobody listens there, the exit code has to do."""
    from vpce_lint.terminal import disarmed, encodable  # noqa: PLC0415 (each command imports what it needs)

    if sys.stderr is None:
        return
    with suppress(OSError):
        sys.stderr.write(encodable(disarmed(text), sys.stderr.encoding))
        sys.stderr.flush()
