"""How work grows with its input: counted where it is Python's, and else by the processor's time with much to spare."""

from __future__ import annotations

import sys
import time
import tracemalloc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

TIMES = 16
"""How much longer the second text is: work that grows with the square takes 256 times as long."""
_MOST = 4 * TIMES
_LEAST_SECONDS = 0.002  # below it a processor's clock says nothing


def count_calls(job: Callable[[], object]) -> int:
    """The calls that a job makes, of Python's functions and of built-in ones: no clock disturbs it."""
    calls = 0

    def count(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        job()
    finally:
        sys.setprofile(None)
    return calls


def peak_memory(job: Callable[[], object]) -> int:
    """The most bytes that a job holds at once."""
    tracemalloc.start()
    try:
        job()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _seconds(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def is_linear(job: Callable[[int], object], size: int) -> bool:
    """Whether a job on an input 16 times as long takes less than 64 times as long.

    For work inside the regular expressions and other built-in code, which no count of calls sees. The processor's
    time of this process is taken, which other processes hardly disturb, and the best of three.
    """
    job(size)
    once = max(_LEAST_SECONDS, min(_seconds(lambda: job(size)) for _ in range(3)))
    return any(_seconds(lambda: job(size * TIMES)) < _MOST * once for _ in range(3))
