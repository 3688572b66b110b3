"""Timing two things against each other on a machine that does other work as well."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Ratio:
    """`ours` and `theirs` in seconds (medians); `ratio` is the median over rounds of their quotient.

    With `faster`, ratio = theirs / ours, and `bound` is its least allowed value; otherwise
    ratio = ours / theirs, and `bound` its greatest. A `bound` of None is a figure for interest.
    """

    name: str
    what: str
    ours: float
    theirs: float
    ratio: float
    bound: float | None
    faster: bool = False

    @property
    def holds(self) -> bool:
        return self.bound is None or (self.ratio >= self.bound if self.faster else self.ratio <= self.bound)

    def line(self) -> str:
        sign = "≥" if self.faster else "≤"
        aim = f"{sign} {self.bound:g} {'yes' if self.holds else 'NO'}" if self.bound is not None else "-"
        times = f"{self.ours * 1e3:9.2f} ms / {self.theirs * 1e3:9.2f} ms"
        return f"{self.name:10} {self.ratio:7.2f}  {aim:10} {times}  {self.what}"

    def json(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


def against(
    name: str,
    what: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    rounds: int,
    bound: float | None,
    faster: bool = False,
    clock: Callable[[Callable[[], object]], float] | None = None,
) -> Ratio:
    """Run both in turn, `rounds` times after one to warm up; noise hits both alike. `clock` tells what a run
    costs, if not by the clock."""
    cost = clock or seconds
    pairs = []
    for n in range(rounds + 1):
        mine, yours = (cost(ours), cost(theirs)) if n % 2 else (cost(theirs), cost(ours))[::-1]
        pairs.append((mine, yours))
    pairs = pairs[1:]
    ratio = median(b / a if faster else a / b for a, b in pairs)
    return Ratio(name, what, median(a for a, _ in pairs), median(b for _, b in pairs), ratio, bound, faster)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def environment() -> dict[str, str]:
    """Bytecode is kept between rounds, as it is for an installed package."""
    same = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**same, "PYTHONPYCACHEPREFIX": str(Path(gettempdir()) / "dlsolve-bench-bytecode")}


def process(args: Sequence[str]) -> Callable[[], object]:
    """A whole Python process, its output thrown away. Raises where it fails."""
    variables = environment()

    def start() -> object:
        command = [sys.executable, *args]
        quiet, kept = subprocess.DEVNULL, subprocess.PIPE
        return subprocess.run(command, cwd=ROOT, check=True, stdout=quiet, stderr=kept, env=variables)

    return start
