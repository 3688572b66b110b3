"""A sign of life on standard error, where a run takes longer than a second and a person watches."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Bar:
    """How far a batch is: done, failed, rate, time left. Nothing where stderr is no terminal."""

    def __init__(self, total: int | None) -> None:
        self._bar: Any = None
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (BarColumn(30), MofNCompleteColumn(), TextColumn("{task.fields[rate]:.0f}/s", markup=False),
                   TextColumn("{task.fields[failed]} failed", markup=False), TimeRemainingColumn(),
                   TextColumn("left", markup=False))  # fmt: skip
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=total, failed=0, rate=0.0)
        self._start = self._drawn = time.monotonic()
        self._bar.start()

    def move(self, done: int, failed: int, before: int = 0) -> None:
        """`done` in all, of which an earlier run had done `before`."""
        now = time.monotonic()
        if self._bar is None or now - self._drawn < 0.1:
            return
        self._drawn = now
        rate = (done - before) / max(now - self._start, 1e-3)
        more = {"total": done} if (self._bar.tasks[0].total or done) < done else {}  # the total was an estimate
        self._bar.update(self._task, completed=done, failed=failed, rate=rate, **more)

    def stop(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


PATIENCE = 1.0
"""Seconds before anything is shown."""


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show `what` and the time taken while the block runs; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    shown: list[Any] = []
    lock = threading.Lock()
    done = False

    def show() -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.text import Text

        name = Text(f"solving {what}").plain
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        with lock:
            if not done:
                bar = Progress(*columns, console=Console(stderr=True), transient=True)
                bar.add_task(name, total=None)
                bar.start()
                shown.append(bar)

    timer = threading.Timer(PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            done = True
            for bar in shown:
                bar.stop()
