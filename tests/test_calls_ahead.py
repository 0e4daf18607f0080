"""Whether several processes find out what folders call, or whoever asks for it: the report is the same."""

from __future__ import annotations

import os
import signal
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from worktree import VPC, endpoint, grow

from vpce_lint.readers.request import Request
from vpce_lint.readers.terraform import calls_ahead, reader
from vpce_lint.readers.terraform.folder import Folder
from vpce_lint.reporters import load_reporter
from vpce_lint.scan import Order, scan

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[1] / "fixtures"
CALL = 'module "m" {\n  source = "../shared"\n}\n'
TREE = {f"r{index}/main.tf": VPC + endpoint() for index in range(5)} | {
    "shared/main.tf": VPC + endpoint("inner"),
    "a/main.tf": CALL,
    "a/b/main.tf": CALL.replace("../", "../../") + 'module "registry" {\n  source = "x/y/aws"\n}\n',
    "broken/main.tf": CALL + "}\n",
    "twice/main.tf": CALL + CALL,
    "odd/main.tf.json": '{"module": {"m": {"source": "../shared"}}}',
}


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WORTH_SPREADING", 1)
    monkeypatch.setattr(calls_ahead, "FOLDERS", 3)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders whose calls this process itself parsed files for."""
    found: list[str] = []
    original: Callable[[Folder], tuple[str | None, ...]] = Folder._written_sources

    def noting(self: Folder) -> tuple[str | None, ...]:
        found.append(os.path.basename(self.path))  # noqa: PTH119
        return original(self)

    monkeypatch.setattr(Folder, "_written_sources", noting)
    return found


def report(top: Path, jobs: int) -> str:
    """Everything that is known of a folder, as JSON."""
    order = Order(request=Request(paths=(top,), jobs=jobs), today=date(2026, 1, 1))
    return load_reporter("json")(scan(order).report)


@pytest.mark.parametrize("name", ["one-network", "example-network", "aws-traffic-through-nat"])
def test_fixtures(name: str) -> None:
    """The same report of fixtures in all forms."""
    assert report(FIXTURES / name, 2) == report(FIXTURES / name, 1)


def test_only_what_is_wrong_is_parsed_again(tmp_path: Path, asked: list[str]) -> None:
    """Calls, also of modules that lie elsewhere, and mistakes; what others found out isn't worked out here."""
    grow(tmp_path, TREE)
    alone = report(tmp_path, 1)
    asked.clear()
    assert report(tmp_path, 2) == alone
    assert set(asked) == {"broken", "twice"}


def test_killed_process_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process that the system kills would have found out is found out here."""
    grow(tmp_path, TREE)
    alone = report(tmp_path, 1)
    original, parent = calls_ahead._calls_in, os.getpid()

    def dying(*arguments: object) -> bytes:
        if os.getpid() != parent and arguments[-1] == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(calls_ahead, "_calls_in", dying)
    assert report(tmp_path, 2) == alone


def test_failing_process_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever may go wrong ahead is left for its time."""
    grow(tmp_path, TREE)
    alone = report(tmp_path, 1)
    monkeypatch.setattr(calls_ahead, "Library", None)
    assert report(tmp_path, 2) == alone
