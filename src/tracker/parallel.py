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
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

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
) -> Iterator[Result | WorkerCrashed[Item]]:
    """What a job gives for each item, in the order of the items.

    The job, items and results must be picklable where `workers` is more than 1. What the job itself raises is
    raised here.
    """
    if workers <= 1 or len(items) < ENOUGH:
        yield from map(job, items)
        return
    done, suspects = 0, 0
    while done < len(items):
        before, crashed = done, False
        try:
            # One process that is given one item at a time: the item at which it ends is known.
            for result in (
                _in_pool(job, items[done : done + suspects], 1, 1)
                if suspects
                else _in_pool(job, items[done:], workers, _AHEAD * workers)
            ):
                done += 1
                yield result
        except BrokenProcessPool:
            crashed = True
        if suspects and (crashed or done == before):
            # Without a process, too: an item that may end processes is not done in this one.
            yield WorkerCrashed(items[done])
            done += 1
        elif not crashed and done == before:
            # The system gives no further process (no room for one, no temporary folder).
            yield from map(job, items[done:])
            return
        # Nothing shows which of the items handed out ended a process: they are done again one at a time.
        suspects = _AHEAD * workers if crashed and not suspects else max(0, suspects - (done - before))


def _in_pool(
    job: Callable[[Item], Result], items: Sequence[Item], workers: int, ahead: int
) -> Iterator[Result]:
    """The results as far as the system gives processes for them; `ahead` items are handed out at a time."""
    # A copy of a running program may stand still where it has threads; a fresh process never does.
    fresh = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(fresh)
    try:
        pool = ProcessPoolExecutor(
            min(workers, len(items)), mp_context=context, initializer=_begin, initargs=(job,)
        )
    except (OSError, ImportError, NotImplementedError):  # no semaphores, say
        return
    pending: deque[Future[Result]] = deque()
    waiting = iter(items)
    try:
        while True:
            for item in waiting:
                future = _submit(pool, item)
                if future is None:
                    waiting = iter(())
                    break
                pending.append(future)
                if len(pending) >= ahead:
                    break
            if not pending:
                return
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, item: Any) -> Future[Any] | None:
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
        sys.stderr = None  # nobody is there to read it
        os._exit(1)


def _work(item: Any) -> Any:
    assert _job is not None, "a process begins with its job"
    return _job(item)
