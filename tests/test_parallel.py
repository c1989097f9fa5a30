"""A job over many items in several processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tracker.parallel import ENOUGH, WorkerCrashed, in_order

if TYPE_CHECKING:
    from pathlib import Path

MANY = list(range(40))


def double(number: int) -> int:
    return 2 * number


def deadly(number: int) -> int:
    """Some items end their process, as a system short of memory would."""
    if number in {3, 17, 18}:
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    return number


def faulty(number: int) -> int:
    return 1 // (number - 5)


def answers_ctrl_c(number: int) -> bool:
    del number
    return signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("items", [[], [1], MANY[: ENOUGH - 1], MANY[:ENOUGH], MANY])
def test_results_come_in_the_order_of_the_items(items: list[int], workers: int) -> None:
    assert list(in_order(double, items, workers)) == [2 * number for number in items]


@pytest.mark.parametrize("workers", [2, 3])
def test_a_process_that_dies_costs_its_item_alone(workers: int) -> None:
    found = list(in_order(deadly, MANY, workers))
    assert [each.item for each in found if isinstance(each, WorkerCrashed)] == [3, 17, 18]
    assert [each for each in found if not isinstance(each, WorkerCrashed)] == [
        n for n in MANY if n not in {3, 17, 18}
    ]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_job_raises_is_raised(workers: int) -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_order(faulty, MANY, workers))


@pytest.mark.parametrize("started", [0, 1, 3])
def test_where_the_system_starts_no_process_this_one_does_the_work(
    started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, asked = ProcessPoolExecutor.submit, []

    def refused(*words: Any) -> Any:
        asked.append(words)
        if len(asked) > started:
            raise OSError("AF_UNIX path too long")
        return submit(*words)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", refused)
    assert list(in_order(double, MANY, 2)) == [2 * number for number in MANY]


def test_where_no_pool_can_be_made_this_process_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_semaphores(*_: object, **__: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", no_semaphores)
    assert list(in_order(double, MANY, 2)) == [2 * number for number in MANY]


def test_a_ctrl_c_is_left_to_the_first_process() -> None:
    assert set(in_order(answers_ctrl_c, MANY, 2)) == {False}


LOST = """
import os, pathlib, sys, threading
from tracker.parallel import in_order

def job(number):
    pathlib.Path(sys.argv[1], str(os.getpid())).touch()
    if number > 20:
        threading.Event().wait()
    return number

if __name__ == "__main__":
    for number in in_order(job, list(range(40)), 2):
        if number == 15:
            os._exit(9)
"""


@pytest.mark.skipif(os.name != "posix", reason="processes are asked after by POSIX's signal 0")
def test_no_process_outlives_the_first(tmp_path: Path) -> None:
    script, marks = tmp_path / "lost.py", tmp_path / "marks"
    script.write_text(LOST)
    marks.mkdir()
    # The pipe of the output closes when the last process that holds it has ended: else this waits in vain.
    ended = subprocess.run([sys.executable, script, marks], check=False, stdout=subprocess.PIPE, timeout=60)
    assert ended.returncode == 9
    assert list(marks.iterdir())  # at least one had begun
