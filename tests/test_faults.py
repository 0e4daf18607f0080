"""Files and folders that can't be read, vanish or change while they are read, and ends from outside."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest
from repository import commit
from worktree import VPC, endpoint, grow

from vpce_lint.cli import Terminated, main
from vpce_lint.disk import DISK, Disk
from vpce_lint.output_file import OutputFile
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.reporters import format_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
NOBODY = 65534
FIXTURES = ROOT / "fixtures"
PLAN = (FIXTURES / "unrestricted-endpoint-policy/fail/plan_no_policy/plan.json").read_text("utf-8")
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Queue:
    Type: AWS::EC2::VPCEndpoint
    Properties: {ServiceName: com.amazonaws.eu-west-1.sqs, VpcId: vpc-1, VpcEndpointType: Interface}
"""
CALLED = 'module "ends" {\n  source = "./ends"\n}\n'
TREES = {
    "code": (
        {".git/HEAD": "", "a/main.tf": CALLED, "a/ends/main.tf": VPC + endpoint()},
        ["a/main.tf", "a/ends/main.tf"],
    ),
    "values": (
        {
            ".git/HEAD": "",
            "a/main.tf": 'variable "named" { default = 1 }\n' + VPC + endpoint(inside="count = var.named"),
            "a/terraform.tfvars": "named = 1\n",
        },
        ["a/main.tf", "a/terraform.tfvars"],
    ),
    "json": (
        {".git/HEAD": "", "a/main.tf.json": '{"resource": {"aws_vpc_endpoint": {"a": {"vpc_id": "vpc-1"}}}}'},
        ["a"],
    ),
    "plan": ({".git/HEAD": "", "a/plan.json": PLAN}, ["a/plan.json"]),
    "template": ({".git/HEAD": "", "a/stack.yaml": TEMPLATE}, ["a/stack.yaml"]),
}
"""Trees that are violated, and what may become unreadable in them besides the folder ``a``."""
MOST_QUESTIONS = 400
STRIDE = 3
"""Of the questions, each third is tried: they come in groups about one path."""


class Trouble:
    """Something in the way of a disk at a path and all below it, from some question on.

    ``kind`` is ``denied`` (nobody may look), ``closed`` (a folder that can't be listed), ``broken`` (reading fails) or
    ``gone`` (nothing is there any more).
    """

    def __init__(self, kind: str, path: Path, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind, self.path, self.after = kind, str(path.resolve()), after
        self.asked = 0
        for name in ("exists", "is_file", "is_folder", "is_link", "is_dangling", "hindrance", "names", "size", "data"):
            monkeypatch.setattr(Disk, name, self._disturbed(name, getattr(Disk, name)))
        monkeypatch.setattr(Disk, "walk", self._walk)

    def _is_met(self, path: str) -> bool:
        self.asked += 1
        real = os.path.realpath(path)
        if self.kind == "denied" and real == self.path and Path(real).is_dir():
            return False  # the folder itself can be seen, but not what is in it
        return self.asked > self.after and (real == self.path or real.startswith(self.path + os.sep))

    def _disturbed(self, name: str, plain: Callable[..., object]) -> Callable[..., object]:
        def ask(disk: Disk, path: str) -> object:
            listing = name == "names" and os.path.realpath(path) == self.path and self.kind in {"denied", "closed"}
            met = self._is_met(path)
            if listing and self.asked > self.after:
                self._fail(path)
            if not met or self.kind == "closed":
                return plain(disk, path)
            if name in {"names", "size", "data"} and (self.kind != "broken" or name == "data"):
                self._fail(path)
            if name == "hindrance":
                return "Permission denied" if self.kind == "denied" else ""
            return plain(disk, path) if self.kind == "broken" else False

        return ask

    def _walk(
        self, top: str, failed: Callable[[OSError], object] | None = None
    ) -> Iterator[tuple[str, list[str], list[str]]]:
        waiting = [top]
        while waiting:
            place = waiting.pop()
            try:
                names = DISK.names(place)
            except OSError as error:
                if failed:
                    failed(error)
                continue
            folders = [name for name in names if Path(place, name).is_dir()]
            yield place, folders, [name for name in names if name not in folders]
            waiting += [str(Path(place, name)) for name in folders]

    def _fail(self, path: str) -> None:
        number = {"gone": errno.ENOENT, "broken": errno.EIO}.get(self.kind, errno.EACCES)
        raise OSError(number, os.strerror(number), path)


@pytest.mark.parametrize("kind", ["denied", "closed", "broken", "gone"])
@pytest.mark.parametrize("tree", TREES)
def test_whatever_becomes_unreadable_and_when_the_gate_stays_shut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tree: str, kind: str
) -> None:
    """From any question on that is asked of the disk, a file or folder is lost: that fails, or is told."""
    files, victims = TREES[tree]
    grow(tmp_path, files)
    for victim in ("a", *victims):
        for after in range(0, MOST_QUESTIONS, STRIDE):
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(tmp_path)
                trouble = Trouble(kind, tmp_path / victim, after, patch)
                code = main(["a", "--format", "json"])
            captured = capsys.readouterr()
            place = f"{victim} is {kind} after {after} questions"
            assert "Traceback" not in captured.err, f"{place}: {captured.err}"
            if code == 2:
                assert captured.err.count("\n") == 1, place
                continue
            report = json.loads(captured.out)
            rules = {each["rule"] for each in report["answers"] if each["verdict"] == "violated"}
            assert "VPCE999" not in rules, place
            vanished = kind == "gone" and (report["unread"] or not report["summary"]["roots"])
            assert code == 1 or vanished, place
            if trouble.asked <= after:
                break
        else:
            pytest.fail("the disk is asked without an end")


def _python(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The tool in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("environment", {})}
    command = [sys.executable, "-m", "vpce_lint", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120, **options)


@contextmanager
def _nobody() -> Iterator[None]:
    """Without the rights of root, which nothing would be denied to."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    ("file", "locked", "mode", "said"),
    [
        ("main.tf", "main.tf", 0o000, ["x/main.tf: it can't be read: Permission denied"]),
        ("main.tf", ".", 0o311, ["x: the folder can't be read: Permission denied"]),
        ("main.tf", ".", 0o444, ["x/main.tf: it can't be read: Permission denied"]),
        ("inner/main.tf", "inner", 0o000, ["x/inner: the folder can't be read: Permission denied"]),
        ("stack.yaml", "stack.yaml", 0o000, ["x/stack.yaml: it can't be read: Permission denied"]),
        ("stack.json", "stack.json", 0o000, ["x/stack.json: it can't be read: Permission denied"]),
        ("stack.json", ".", 0o444, ["x/stack.json: it can't be read: Permission denied"]),
    ],
)
def test_what_nobody_may_read_is_a_violation(
    monkeypatch: pytest.MonkeyPatch, file: str, locked: str, mode: int, said: list[str]
) -> None:
    """Neither a file nor a folder without permission is passed over: what is in it was not checked."""
    with TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        monkeypatch.chdir(top)
        grow(Path("x"), {file: TEMPLATE if file.startswith("stack") else VPC})
        read(Request(paths=(Path("x"),)))  # whatever has to be imported, is
        place = Path("x") / locked
        before = place.stat().st_mode
        place.chmod(mode)
        try:
            with _nobody():
                reading = read(Request(paths=(Path("x"),)))
        finally:
            place.chmod(before)
    assert [f"{each.path}: {each.message}" for each in dict.fromkeys(reading.problems)] == said
    assert {each.kind for each in reading.problems} == {"unreadable"}


@pytest.mark.parametrize("before", [{}, {"a/more.tf": ""}])
def test_change_that_can_not_be_read_is_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], before: dict[str, str]
) -> None:
    """With --diff, a file of the branch without permission is VPCE900, not left aside as if it were as before."""
    grow(tmp_path, {"a/main.tf": VPC, **before})
    commit(tmp_path)
    grow(tmp_path, {"a/more.tf": endpoint()})
    monkeypatch.chdir(tmp_path)

    def refuse(path: str, *arguments: Any, **options: Any) -> object:
        if path.endswith("more.tf"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return io.open(path, *arguments, **options)  # noqa: UP020 (the name is replaced here)

    monkeypatch.setattr("vpce_lint.change.open", refuse, raising=False)
    with pytest.MonkeyPatch.context() as patch:
        Trouble("denied", tmp_path / "a/more.tf", 0, patch)
        assert main(["--diff", "HEAD"]) == 1
    assert "a/more.tf:1:1  VPCE900" in capsys.readouterr().out


ENDS = """\
import sys
from pathlib import Path
from time import sleep
from vpce_lint.api import Endpoint, FALSE, Requirements, Severity, require, rule
"""
WAITING = (
    f'"""It waits."""\n{ENDS}'
    """

@rule("OWN001", severity=Severity.LOW)
def waiting(endpoint: Endpoint) -> Requirements:
    Path(__file__).with_name("ready").touch()
    sleep(60)
    yield require(FALSE, "it is late")
"""
)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_run_leaves_nothing(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    """An interrupt in the middle, within a rule even, is silent, has its own exit code and leaves no file behind."""
    grow(tmp_path, {"code/main.tf": VPC + endpoint(), "own/mine/waiting.py": WAITING, "out/x.json": "before"})
    command = [sys.executable, "-m", "vpce_lint", "code", "--rules", "own", "--output", "json=out/x.json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, sent, signal.SIG_DFL),  # noqa: PLW1509 (what a shell starts in the background ignores interrupts)
    ) as process:
        ready = tmp_path / "own/mine/ready"
        end = monotonic() + 60
        while not ready.exists() and monotonic() < end:
            sleep(0.01)
        process.send_signal(sent)
        printed, said = process.communicate(timeout=60)
    assert (process.returncode, printed, said) == (code, b"", b"")
    assert [(each.name, each.read_text("utf-8")) for each in (tmp_path / "out").iterdir()] == [("x.json", "before")]


@pytest.mark.parametrize("raised", [KeyboardInterrupt, Terminated, OSError(errno.ENOSPC, "full")])
@pytest.mark.parametrize("step", ["open", "chmod", "replace"])
def test_output_is_whole_or_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, raised: BaseException
) -> None:
    """At whatever step writing a file ends, what was there stays, and nothing lies beside it."""
    file = tmp_path / "x"
    file.write_text("before", "utf-8")
    plain = getattr(Path, step)

    def fail(*arguments: Any, **options: Any) -> object:
        done = plain(*arguments, **options)
        if step == "open":
            done.close()
        if step == "replace":
            file.write_text("before", "utf-8")
        raise raised

    monkeypatch.setattr(Path, step, fail)
    with pytest.raises((KeyboardInterrupt, OSError)):
        OutputFile("json", file).write("after")
    monkeypatch.undo()
    assert [(each.name, each.read_text("utf-8")) for each in tmp_path.iterdir()] == [("x", "before")]


@pytest.mark.parametrize("arguments", [["--output", "json=out/x"], ["--write-baseline", "out/x"]])
def test_disk_that_gets_full_while_a_file_is_written(tmp_path: Path, arguments: list[str]) -> None:
    """No half of a report or baseline is left, what was there stays, and the exit code is 2."""
    resource = pytest.importorskip("resource")
    grow(tmp_path, {"code/main.tf": VPC + "".join(endpoint(f"e{n}") for n in range(40)), "out/x": ""})
    done = _python(
        "code", *arguments, cwd=tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    )
    assert done.returncode == 2
    assert done.stderr.endswith("can't be written: File too large\n")
    assert [(each.name, each.stat().st_size) for each in (tmp_path / "out").iterdir()] == [("x", 0)]


def test_rule_that_can_not_be_written_whole_is_not_begun(tmp_path: Path) -> None:
    """Where the disk is full, new-rule leaves no file, and names the folder."""
    resource = pytest.importorskip("resource")
    done = _python(
        "new-rule", "mine/own", cwd=tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
    )
    assert (done.returncode, done.stderr) == (2, "vpce-lint: rules can't be written: File too large\n")
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("main.tf", "argument --output: main.tf is code, which no report may replace"),
        ("./.vpce-lint.toml", "argument --output: .vpce-lint.toml is code, which no report may replace"),
        ("link", "argument --output: link is named to be read, too"),
        ("known.json", "argument --output: known.json is named to be read, too"),
        ("stack.yaml", "stack.yaml isn't written: it is one of the files that were read"),
        ("plan.json", "plan.json isn't written: it is one of the files that were read"),
        ("also.tf.json/../stack.yaml", "stack.yaml isn't written: it is one of the files that were read"),
    ],
)
def test_what_is_read_is_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], output: str, words: str
) -> None:
    """A report never takes the place of code, a plan, a template, a configuration or another input."""
    monkeypatch.chdir(tmp_path)
    files = {
        "main.tf": VPC,
        ".vpce-lint.toml": "",
        "stack.yaml": TEMPLATE,
        "plan.json": PLAN,
        "values": "x = 1\n",
        "known.json": '{"version": 1, "entries": []}',
    }
    grow(tmp_path, {**files, "also.tf.json/x": ""})
    Path("link").symlink_to("values")
    arguments = ["--var-file", "values", "--baseline", "known.json", "--output", f"json={output}"]
    assert main([".", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert {name: Path(name).read_text("utf-8") for name in files} == files


def test_baseline_replaces_nothing_but_a_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--write-baseline refuses a file that is something else, and writes to a device without replacing it."""
    monkeypatch.chdir(tmp_path)
    grow(tmp_path, {"main.tf": VPC + endpoint(), "known.json": ""})
    assert main(["--write-baseline", "main.tf"]) == 2
    assert "main.tf is there and is no baseline" in capsys.readouterr().err
    assert Path("main.tf").read_text("utf-8") == VPC + endpoint()
    assert main(["--write-baseline", "known.json"]) == 0
    assert main(["--write-baseline", "known.json"]) == 0
    assert main(["--write-baseline", "/dev/null"]) == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("link", "target"), [("x", "../secret"), ("out", ".."), ("x", ".git/config"), ("x", "main.tf")]
)
@pytest.mark.parametrize("option", ["--output=json=", "--write-baseline="])
def test_link_in_the_repository_leads_no_report_elsewhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    link: str,
    target: str,
    option: str,
) -> None:
    """Whoever commits a link where a report will go has no other file overwritten."""
    files = {"r/main.tf": VPC, "r/.git/HEAD": "", "r/.git/config": "kept", "secret": "kept"}
    grow(tmp_path, files)
    monkeypatch.chdir(tmp_path / "r")
    Path(link).symlink_to(target)
    assert main([f"{option}{link}" + ("/secret" if link == "out" else "")]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert {name: (tmp_path / name).read_text("utf-8") for name in files} == files


def test_link_of_one_s_own_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link within the repository, or one outside of any, is as good as the file."""
    grow(tmp_path, {"r/main.tf": VPC, "r/.git/HEAD": "", "r/real.json": "", "far/real.json": ""})
    monkeypatch.chdir(tmp_path / "r")
    Path("link").symlink_to("real.json")
    (tmp_path / "far/link").symlink_to("real.json")
    assert main(["--output", "json=link", "--output", "json=../far/link"]) == 0
    for name in ("r/real.json", "far/real.json"):
        assert json.loads((tmp_path / name).read_text("utf-8"))["answers"] is not None


def test_machine_s_folders_are_in_no_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where an absolute path is named, reports show paths from the working directory."""
    grow(tmp_path, {"code/main.tf": VPC + endpoint(), "empty/x": "", "here/x": ""})
    monkeypatch.chdir(tmp_path / "here")
    for folder in ("code", "empty"):
        main([str(tmp_path / folder), *(f"--output={name}={name}" for name in format_names())])
        for name in format_names():
            assert str(tmp_path) not in Path(name).read_text("utf-8")


@pytest.mark.parametrize(
    ("redirection", "arguments", "code", "said"),
    [
        (">&-", "code", 2, "vpce-lint: the output can't be written: it is closed\n"),
        ("2>&-", "code", 1, ""),
        ("2>&-", "nowhere", 2, ""),
        (">&- 2>&-", "code", 2, ""),
        ("<&- >&- 2>&-", "nowhere", 2, ""),
        ("2>/dev/full", "nowhere", 2, ""),
        (">/dev/full", "code", 2, "vpce-lint: the output can't be written: No space left on device\n"),
        (">/dev/full 2>/dev/full", "code", 2, ""),
        ("<&-", "policy -", 2, "vpce-lint: standard input is closed\n"),
    ],
)
def test_streams_that_are_closed_or_full(
    tmp_path: Path, redirection: str, arguments: str, code: int, said: str
) -> None:
    """The exit code is right where nobody can be told, and nothing but one line is said where somebody can."""
    grow(tmp_path, {"code/main.tf": VPC + endpoint()})
    command = f"exec '{sys.executable}' -m vpce_lint {arguments} {redirection}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (code, said)


def test_reader_of_the_output_that_stops(tmp_path: Path) -> None:
    """Where head takes the first line of much, there is no word about it, and the verdict is still the exit code."""
    grow(tmp_path, {"code/main.tf": VPC + "".join(endpoint(f"e{n}") for n in range(300))})
    command = f"'{sys.executable}' -m vpce_lint code --format json | head -1; echo ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("{\n1\n", "")


def test_working_directory_that_is_gone(tmp_path: Path) -> None:
    """Paths can't be counted from nowhere: that is said in one line."""
    grow(tmp_path, {"code/main.tf": VPC})
    command = f"mkdir x; cd x; rmdir ../x; exec '{sys.executable}' -m vpce_lint '{tmp_path}/code'"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "vpce-lint: the working directory can't be told: No such file or directory"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("home", [None, "/nonexistent", "/dev/null", "/proc"])
def test_home_is_not_needed(tmp_path: Path, home: str | None) -> None:
    """Without a home, or one that nothing can be written to, the answer is the same and nothing is said."""
    grow(tmp_path, {"code/main.tf": VPC + endpoint(), ".git/HEAD": ""})
    environment = {key: value for key, value in os.environ.items() if key not in {"HOME", "XDG_CACHE_HOME"}}
    environment |= {"PYTHONPATH": str(ROOT)} | ({"HOME": home, "XDG_CACHE_HOME": home} if home else {})
    command = [sys.executable, "-m", "vpce_lint", "code"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "VPCE005" in done.stdout


@pytest.mark.parametrize("format_", format_names())
def test_names_that_are_no_utf_8_in_a_locale_without_it(tmp_path: Path, format_: str) -> None:
    """Folders and files with bytes that no encoding explains are judged and shown, printed and in files."""
    grow(tmp_path, {os.fsdecode(b"caf\xe9\xff/m\x80in.tf"): VPC + endpoint()})
    for locale in ("C", "C.UTF-8"):
        environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        done = _python("--format", format_, "--output", f"{format_}=x", cwd=tmp_path, environment=environment)
        assert (done.returncode, done.stderr) == (1, "")
        assert "aws_vpc_endpoint" in done.stdout or format_ in {"gitlab", "markdown", "github"}
        assert "VPCE005" in (tmp_path / "x").read_text("utf-8")
