"""flint's working precision, the only place that sets it. It is process-wide, hence the lock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flint

LADDER = (128, 256, 512, 1024, 2048, 4096)
"""Bits a solve tries in turn until every shown digit and every branch is decided."""

_lock = threading.RLock()


class UndecidedError(Exception):
    """A comparison or a shown digit that the current precision cannot settle."""

    def __init__(self, what: str, ball: Any = None) -> None:
        self.what = what
        self.ball = ball
        super().__init__(what)


@contextmanager
def precision(bits: int, *, least: bool = False) -> Iterator[None]:
    """Hold flint at `bits` for the length of the block, one thread at a time; with `least` at no less
    than the block around it."""
    with _lock:
        before = flint.ctx.prec
        flint.ctx.prec = max(bits, before) if least else bits
        try:
            yield
        finally:
            flint.ctx.prec = before


def at_most() -> bool:
    """Whether the current precision is the last of the ladder."""
    return bool(flint.ctx.prec >= LADDER[-1])
