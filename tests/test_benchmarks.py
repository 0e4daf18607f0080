"""Generated repositories are the same everywhere, valid, and hold what their generator says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import chdir
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from oracle import require_terraform

import benchmarks
from benchmarks.bench import Bench
from benchmarks.environments import InstallationError, Scanned, make
from benchmarks.process import STOPWATCH, Command, CommandError, in_turn, run
from benchmarks.repositories.network import Fault
from benchmarks.repositories.repository import FORMS, LARGEST_TEMPLATE, Repository, largest_template
from benchmarks.targets import thousand_roots
from vpce_lint.engine import judge
from vpce_lint.loader import load_rules
from vpce_lint.readers.read import read
from vpce_lint.readers.request import Request
from vpce_lint.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpce_lint.report import Answer

ROOTS = 12
"""With so many networks every fault occurs."""


def found(repository: Repository, folder: Path) -> dict[str, Counter[tuple[str, str, str, str]]]:
    """What the linter says about each root: rule, part of the network, sub-subject and verdict."""
    repository.write(folder)
    with chdir(folder):
        report = judge(read(Request(paths=(Path(),))), load_rules())
    of_place: dict[str, list[Answer]] = {}
    for answer in report.answers:
        of_place.setdefault(answer.root, []).append(answer)
    answers = {}
    for root in repository.all():
        names = {address: part for part, address in repository.parts(root).items()}
        place = repository.place(root)
        answers[root.name] = Counter(
            (answer.rule, names.get(answer.address, answer.address), answer.about or "", str(answer.verdict))
            for answer in of_place.pop(place, [])
        )
    assert not of_place
    return answers


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("relevant", [100, 30])
def test_answers_are_as_predicted(tmp_path: Path, form: str, relevant: int) -> None:
    """What isn't satisfied in a generated repository is exactly what its generator put there."""
    repository = Repository(form, ROOTS, relevant)
    answers = found(repository, tmp_path)
    for root in repository.all():
        predicted = {tuple(each) for each in root.network.expected()} if root.network else set()
        got = {answer for answer in answers[root.name] if answer[3] not in {"satisfied", "not-applicable"}}
        assert got == predicted
    assert sum(map(len, answers.values())) > 10 * repository.networks


def test_forms_are_one_network(tmp_path: Path) -> None:
    """A template and its Terraform twin get the same answers, the satisfied ones included."""
    code, *templates = (found(Repository(form, ROOTS), tmp_path / form) for form in FORMS)
    assert templates == [code, code]


def test_every_fault_occurs() -> None:
    """The predictions concern every fault that networks may have."""
    networks = [root.network for root in Repository("terraform", ROOTS).all() if root.network]
    assert {fault for network in networks for fault in network.faults} == set(Fault)


@pytest.mark.parametrize("form", FORMS)
def test_same_arguments_give_same_bytes(form: str) -> None:
    """Figures measured on different days and machines are about the same code."""
    checksum = sha256()
    for path, text, _ in Repository(form, 20, 30).files():
        checksum.update(f"{path}\n{text}\n".encode())
    assert checksum.hexdigest()[:16] == CHECKSUMS[form]


CHECKSUMS = {"terraform": "d35b7300075d6386", "yaml": "b4578f4f6cb2eee5", "json": "6e8bb97873b28f55"}
"""To be changed where the generator is changed on purpose; figures from before can't be compared then."""


@pytest.mark.parametrize(("roots", "relevant"), [(1, 1), (10, 1), (100, 1), (100, 37), (100, 100), (1000, 10)])
def test_share_of_networks(roots: int, relevant: int) -> None:
    """As many roots have a network as asked for, each another, and no two roots share a place."""
    repository = Repository("terraform", roots, relevant)
    networks = [root.network.number for root in repository.all() if root.network]
    assert networks == list(range(max(1, roots * relevant // 100)))
    assert len({repository.place(root) for root in repository.all()}) == roots


def test_terraform_parses_what_is_generated(tmp_path: Path) -> None:
    """Terraform itself reads the code, and would not format it differently."""
    Repository("terraform", 40, 30).write(tmp_path)
    command = [require_terraform(), "fmt", "-check", "-recursive", "-no-color", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def templates(form: str) -> Iterator[str]:
    """Templates of networks and applications."""
    return (text for _, text, _ in Repository(form, ROOTS, 30).files())


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_cfn_lint_parses_what_is_generated(tmp_path: Path, form: str) -> None:
    """cfn-lint's own parser takes the templates."""
    from cfnlint.decode import decode  # noqa: PLC0415 (slow to import)

    for text in templates(form):
        file = tmp_path / f"template.{form}"
        file.write_text(text, "utf-8")
        template, problems = decode(str(file))
        assert not problems
        assert template["Resources"]


def test_yaml_and_json_are_one_template(tmp_path: Path) -> None:
    """What is written as YAML means what is written as JSON."""
    from cfnlint.decode import decode  # noqa: PLC0415 (slow to import)

    yaml, json = tmp_path / "template.yaml", tmp_path / "template.json"
    for (_, one, _), (_, other, _) in zip(Repository("yaml", 12).files(), Repository("json", 12).files(), strict=True):
        yaml.write_text(one, "utf-8")
        json.write_text(other, "utf-8")
        assert decode(str(yaml))[0] == decode(str(json))[0]


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_largest_template_is_what_cloudformation_takes(tmp_path: Path, form: str) -> None:
    """It has nearly 1 MB, no more than 500 resources, and the faults of its networks."""
    from cfnlint.decode import decode  # noqa: PLC0415 (slow to import)

    file = tmp_path / f"template.{form}"
    file.write_text(largest_template(form), "utf-8")
    template, _ = decode(str(file))
    assert 400 < len(template["Resources"]) <= 500
    assert 0.95 * LARGEST_TEMPLATE < file.stat().st_size <= LARGEST_TEMPLATE
    report = judge(read(Request(paths=(file,))), load_rules())
    violated = {(answer.rule, answer.address) for answer in report.answers if answer.verdict is Verdict.VIOLATED}
    assert violated >= {("VPCE003", "SqsEndpointN0"), ("VPCE005", "KmsEndpointN1"), ("VPCE001", "DynamodbEndpointN2")}


def python(code: str, **more: Any) -> Command:
    """A command that runs this code."""
    return Command("python", (sys.executable, "-c", code), **more)


def test_memory_is_the_commands_own() -> None:
    """The peak is that of what is measured, not of the process that measures it."""
    size = 200_000_000
    held = bytearray(size)
    small, large = (run(python(code), 60).largest for code in ("pass", f"len(bytearray({size}))"))
    assert small < len(held) <= large


def test_processes_are_counted_together() -> None:
    """Processor time and memory of a command's own children are its own."""
    spend = "x = bytearray(100_000_000)\nfor _ in range(2_000_000): x"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {spend!r}])"
    nested, bare = run(python(code), 60), run(python("pass"), 60)
    assert nested.together >= 100_000_000
    assert nested.cpu > bare.cpu


def test_a_command_is_ended_after_the_limit() -> None:
    """What takes too long is ended with all that it started, and said to have been."""
    (measured,) = in_turn([python("import time; time.sleep(600)")], 0.2)
    assert not measured.ended
    assert len(measured.runs) == 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_nothing_goes_on_after_an_interruption(tmp_path: Path, how: signal.Signals) -> None:
    """Who interrupts a measurement gets the machine back."""
    started, result = tmp_path / "started", tmp_path / "result"
    code = f"import os, time\nopen({str(started)!r}, 'w').write(str(os.getpid()) + '.')\ntime.sleep(600)"
    watch = [sys.executable, "-I", "-S", str(STOPWATCH), str(result), "600", sys.executable, "-c", code]
    with subprocess.Popen(watch, stderr=subprocess.DEVNULL) as measuring:
        while measuring.poll() is None and not (started.exists() and started.read_text().endswith(".")):
            time.sleep(0.05)
        measuring.send_signal(how)
        assert measuring.wait(60) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text().rstrip(".")), 0)
    assert not result.exists()


def test_a_failure_is_no_measurement() -> None:
    """A command that didn't do its work is an error, which says what it printed."""
    with pytest.raises(CommandError, match="no such option"):
        run(python("import sys; sys.exit('no such option')"), 60)
    assert run(python("import sys; sys.exit('found something')", fine=frozenset({0, 1})), 60).code == 1


def test_commands_take_turns() -> None:
    """None is measured only after another, when the machine may have become busier."""
    order: list[str] = []
    commands = [python("pass", prepare=partial(order.append, name)) for name in "ab"]
    in_turn(commands, 60)
    assert "".join(order).startswith("abba")
    assert order.count("a") == order.count("b")


def test_a_command_runs_in_its_folder(tmp_path: Path) -> None:
    """What it keeps for a working directory is found again by its next run; elsewhere it starts anew."""
    code = f"import os, sys; sys.exit(os.getcwd() != {str(tmp_path.resolve())!r})"
    assert run(python(code, folder=tmp_path), 60).code == 0
    with pytest.raises(CommandError):
        run(python(code), 60)


class Sleepers:
    """Environments whose programs sleep: ``slow`` for a minute with more than ten roots, all others not at all."""

    def __init__(self, slow: str) -> None:
        self.slow = slow
        self.tried: list[tuple[str, str]] = []

    def vpce_lint(self, scanned: Scanned, *options: str) -> Command:
        """Ours."""
        return python("pass")

    floor = vpce_lint

    def has(self, name: str) -> bool:
        """Whether a peer is there: all are."""
        return True

    def peer(self, name: str, scanned: Scanned) -> Command:
        """A peer, noted as tried."""
        self.tried.append((name, scanned.path.name))
        is_slow = name.startswith(self.slow) and "-100-" in scanned.path.name
        return Command(name, python(f"import time; time.sleep({60 * is_slow})").words)


def test_peer_that_does_not_end_is_cut(tmp_path: Path) -> None:
    """It stands in the table with a bound, is not tried again with more to do, and costs the others nothing."""
    sleepers: Any = Sleepers("checkov")
    peers = ("checkov", "semgrep")
    found = list(thousand_roots(Bench(sleepers, tmp_path, 100, 1.0, peers, lambda _: None)))
    of_checkov = [each for each in found if "of checkov" in each.promised]
    assert len(of_checkov) == 4
    assert of_checkov[1].measured.endswith("it was ended after 1 s")
    assert of_checkov[3].measured == "not tried: checkov -c CKV_AWS_123 did not end"
    assert of_checkov[3].kept is None
    assert ("checkov", "terraform-100-10") not in sleepers.tried
    assert ("semgrep", "terraform-100-10") in sleepers.tried


def test_what_cannot_be_installed_leaves_nothing(tmp_path: Path) -> None:
    """The next run tries again, and the reason is pip's."""
    with pytest.raises(InstallationError, match="no-such-folder"):
        make(tmp_path / "environment", str(tmp_path / "no-such-folder"))
    assert not (tmp_path / "environment").exists()


@pytest.mark.parametrize("file", sorted(Path(benchmarks.__path__[0]).glob("*.py")), ids=lambda file: file.stem)
def test_every_benchmark_can_start(file: Path) -> None:
    """Nobody runs them daily: one that names what is gone would be noticed when a figure is needed."""
    import_module(f"benchmarks.{file.stem}")
