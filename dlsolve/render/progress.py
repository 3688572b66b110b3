"""A sign of life on standard error, where a run takes longer than a second and a person watches."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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
