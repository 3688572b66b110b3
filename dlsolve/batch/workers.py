"""Worker processes: how they start, what they leave to their parent, how they are ended."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from types import ModuleType

KILLED = "its worker was killed (out of memory, or by the system)"


class WorkerLostError(Exception):
    """Raised by an executor for work that took its worker down, or got it stuck; says which."""


def stuck(seconds: float) -> str:
    return f"its worker did not answer for {seconds:g} seconds and was stopped"


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(workers: int) -> Executor:
    """A pool of `workers` processes that do not share this one's memory or threads, where there are such."""
    import multiprocessing

    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["dlsolve.batch.work"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_settle)


@contextmanager
def launching(work: Callable[..., object]) -> Iterator[None]:
    """Workers that start in this block leave Ctrl-C and SIGTERM to this process, from their first instruction
    on, and do not run the main script again, unless `work` stands in it."""
    ours = {signal.SIGINT, signal.SIGTERM}
    # blocked, not ignored: what comes meanwhile comes through afterwards
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ours) if hasattr(signal, "pthread_sigmask") else None
    main = sys.modules["__main__"]
    if getattr(getattr(work, "func", work), "__module__", "") != "__main__":
        sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle() -> None:
    """In a new worker of a pool: it does not outlive its parent."""
    import multiprocessing

    settle()
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def settle() -> None:
    """In a new worker: Ctrl-C is the parent's business, and memory is swept seldom."""
    import gc

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def end(pool: Executor) -> None:
    """Kill the workers of `pool`, whatever they are at."""
    for worker in list((getattr(pool, "_processes", None) or {}).values()):
        worker.kill()
    pool.shutdown(wait=True, cancel_futures=True)
