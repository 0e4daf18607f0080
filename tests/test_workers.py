"""Work that is spread over processes comes back in order, and what goes wrong there is known here."""

from __future__ import annotations

import os
import signal
import time

import pytest

from vpce_lint.workers import LostError, spread


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("tasks", [0, 1, 2, 100])
def test_order_is_that_of_the_tasks(jobs: int, tasks: int) -> None:
    """Whichever process is done first, and however many there are."""

    def work(task: int) -> bytes:
        time.sleep(0.002 * (task % 3 == 0))
        return str(task).encode()

    assert list(spread(work, tasks, jobs)) == [str(task).encode() for task in range(tasks)]


def test_processes_share_the_work() -> None:
    """With several jobs it isn't this process that works."""
    found = {int(made) for made in spread(lambda _: str(os.getpid()).encode(), 50, 2)}
    assert os.getpid() not in found
    assert {int(made) for made in spread(lambda _: str(os.getpid()).encode(), 50, 1)} == {os.getpid()}


@pytest.mark.parametrize("jobs", [1, 3])
def test_exception_is_raised_here(jobs: int) -> None:
    """What the work raises comes out where its result would have."""

    def work(task: int) -> bytes:
        if task == 7:
            raise ZeroDivisionError
        return b"x"

    with pytest.raises(ZeroDivisionError):
        list(spread(work, 20, jobs))


def test_killed_worker_is_noticed() -> None:
    """A worker that the system kills doesn't leave its work undone in silence, nor hang the run."""

    def work(task: int) -> bytes:
        if task == 5:
            os.kill(os.getpid(), signal.SIGKILL)
        return b"x"

    with pytest.raises(LostError):
        list(spread(work, 20, 2))
