"""One job over many items in several processes, the results in the items' order.

The results come as a stream, so that the caller holds no more than it keeps. A process that dies costs the item it
worked on and nothing else. What starts processes is loaded where some are: most runs are over one workbook.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from concurrent.futures import Future
    from multiprocessing.context import BaseContext

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4
"""Items handed out for each process: enough that none waits, few enough that results do not pile up."""

ENOUGH = 8
"""Fewer items than these are done before further processes would have started."""

_job: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class WorkerCrashed(Generic[Item]):
    """In the place of a result: the process that worked on the item ended without a word."""

    item: Item


def processes() -> int:
    """The processor cores this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    job: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[Result | WorkerCrashed[Item]]:
    """What a job gives for each item, in the order of the items.

    The job, items and results must be picklable where `workers` is more than 1. What the job itself raises is
    raised here.
    """
    done = 0
    if workers > 1 and len(items) >= ENOUGH:
        done = yield from _in_pools(job, items, workers)
    yield from map(job, items[done:])  # also where the system gives no (further) process


def _in_pools(
    job: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Generator[Result | WorkerCrashed[Item], None, int]:
    """The results in order, and in the end how many there are."""
    from concurrent.futures.process import BrokenProcessPool

    done = 0
    while done < len(items):
        try:
            for result in _in_pool(job, items[done:], workers):
                done += 1
                yield result
            break
        except BrokenProcessPool:
            # Nothing shows which of the items handed out ended a process: each is done in one of its own.
            for item in items[done : done + _AHEAD * workers]:
                done += 1
                yield _in_own_process(job, item)
    return done


def _in_own_process(job: Callable[[Item], Result], item: Item) -> Result | WorkerCrashed[Item]:
    """An item that may end its process: where the system gives none, it is not done in this one."""
    from concurrent.futures.process import BrokenProcessPool

    with suppress(BrokenProcessPool):
        for result in _in_pool(job, [item], 1):
            return result
    return WorkerCrashed(item)


def _in_pool(job: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Iterator[Result]:
    """The results as far as the system gives processes for them."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        pool = ProcessPoolExecutor(
            min(workers, len(items)), mp_context=_start_method(), initializer=_begin, initargs=(job,)
        )
    except (OSError, ImportError, NotImplementedError):  # no semaphores, for example
        return
    pending: deque[Future[Result]] = deque()
    try:
        for item in items:
            try:
                pending.append(pool.submit(_work, item))
            except BrokenProcessPool:
                raise
            except (OSError, EOFError, RuntimeError):  # no temporary folder, too many processes, no room
                break
            if len(pending) == _AHEAD * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _start_method() -> BaseContext:
    """How processes start: as copies of this one, which have loaded what it has; else fresh.

    A copy of a program with threads may stand still, and so it may with the system's own libraries of macOS; a fresh
    process never does.
    """
    import multiprocessing

    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")


def _begin(job: Callable[[Any], Any]) -> None:
    """In a new process: the job, and who ends it. A Ctrl-C is the first process's to answer."""
    global _job  # noqa: PLW0603  handed over once a process, not with each item
    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):  # a copy would answer as the first process does
        number = getattr(signal, name, None)
        if number and callable(signal.getsignal(number)):
            signal.signal(number, signal.SIG_DFL)
    gc.freeze()  # what is loaded stays: there is nothing to look for in it
    gc.set_threshold(50_000)  # as in the first process
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the first process is gone, whatever ended it: what was read stays in no memory."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        sys.stderr = None  # nobody is there to read it
        os._exit(1)


def _work(item: Any) -> Any:
    assert _job is not None, "a process begins with its job"
    return _job(item)
