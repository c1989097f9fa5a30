"""One job over many items in several processes, the results in the items' order.

The results come as a stream, so that the caller holds no more than it keeps. A process that dies costs the item it
worked on and nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 4
"""Items handed out for each process: enough that none waits, few enough that results do not pile up."""

ENOUGH = 8
"""Fewer items than these are done before further processes would have started."""

_job: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Died(Generic[Item]):
    """In the place of a result: the process that worked on the item ended without a word."""

    item: Item


def processes() -> int:
    """The processor cores this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def get_ready(*modules: str) -> None:
    """Have the system prepare, beside whatever is done next, a process from which others start with these modules.

    Nothing is lost where it cannot: they then load the modules themselves.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        multiprocessing.set_forkserver_preload(["__main__", *modules])
        with suppress(OSError, EOFError):
            forkserver.ensure_running()


def in_order(
    job: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[Result | Died[Item]]:
    """What a job gives for each item, in the order of the items.

    The job, items and results must be picklable where `workers` is more than 1. What the job itself raises is
    raised here.
    """
    if workers <= 1 or len(items) < ENOUGH:
        yield from map(job, items)
        return
    done, before = 0, -1
    while before < done < len(items):
        # After a death a new pool takes up what is left.
        before = done
        for result in _some(job, items[done:], min(workers, len(items) - done)):
            done += 1
            yield result
    # Where the system gives no further process (no room for one, no temporary folder), this one does the work.
    yield from map(job, items[done:])


def _some(
    job: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> Iterator[Result | Died[Item]]:
    """The results up to the end, to those being worked on when a process died, or to what could be handed out."""
    pending: deque[tuple[Item, Future[Result]]] = deque()
    waiting = iter(items)
    pool = _pool(job, workers)
    if pool is None:
        return
    try:
        while True:
            for item in waiting:
                future = _handed_out(pool, item)
                if future is None:
                    waiting = iter(())
                    break
                pending.append((item, future))
                if len(pending) >= _AHEAD * workers:
                    break
            if not pending:
                return
            result = pending[0][1].result()
            pending.popleft()
            yield result
    except BrokenProcessPool:
        pool.shutdown()
    finally:
        pool.shutdown(cancel_futures=True)
    yield from _one_by_one(job, pending)


def _one_by_one(
    job: Callable[[Item], Result], pending: Iterable[tuple[Item, Future[Result]]]
) -> Iterator[Result | Died[Item]]:
    """What was being worked on when a process died: nobody says by which item, so each is done once more, alone."""
    pool = _pool(job, 1)
    try:
        for item, future in pending:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield future.result()
                continue
            try:
                # Where no process is to be had: it may be the item that ends processes, so it is not done here.
                again: Future[Result] | None = _handed_out(pool, item) if pool else None
                result: Result | Died[Item] = again.result() if again else Died(item)
            except BrokenProcessPool:
                result = Died(item)
                if pool:
                    pool.shutdown()
                pool = _pool(job, 1)
            yield result
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)


def _pool(job: Callable[[Any], Any], workers: int) -> ProcessPoolExecutor | None:
    """Processes for a job; None where the system has no means for them."""
    # A copy of a running program may stand still where it has threads; a fresh process never does.
    fresh = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(fresh)
    try:
        return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(job,))
    except (OSError, ImportError, NotImplementedError):  # no semaphores, say
        return None


def _handed_out(pool: ProcessPoolExecutor, item: Any) -> Future[Any] | None:
    """An item's future; None where the system starts no process for it."""
    try:
        return pool.submit(_work, item)
    except BrokenProcessPool:
        raise
    except (OSError, EOFError, RuntimeError):  # no temporary folder, too many processes, no room
        return None


def _begin(job: Callable[[Any], Any]) -> None:
    """In a new process: the job, and who ends it. A Ctrl-C is the first process's to answer."""
    global _job  # noqa: PLW0603  handed over once a process, not with each item
    _job = job
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the first process is gone, whatever ended it: what was read stays in no memory."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        sys.stderr = None  # nobody is there to be told
        os._exit(1)


def _work(item: Any) -> Any:
    assert _job is not None, "a process begins with its job"
    return _job(item)
