"""Timing two things against each other on a machine that does other work as well.

What is compared is processor time, of this process and of those that it starts: the clock would tell how
busy the machine is.
"""

from __future__ import annotations

import os
import resource
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
BUDGET = 20.0
"""Seconds on the clock after which a figure takes no further round."""


@dataclass(frozen=True)
class Ratio:
    """`ours` and `theirs` in seconds (medians); `ratio` is the median over rounds of their quotient.

    With `faster`, ratio = theirs / ours, and `bound` is its least allowed value; otherwise
    ratio = ours / theirs, and `bound` its greatest. A `bound` of None is a figure for interest.
    `unit` says what is compared where that is no time.
    """

    name: str
    what: str
    ours: float
    theirs: float
    ratio: float
    bound: float | None
    faster: bool = False
    unit: str = "s"

    @property
    def holds(self) -> bool:
        return self.bound is None or (self.ratio >= self.bound if self.faster else self.ratio <= self.bound)

    def line(self) -> str:
        sign = "≥" if self.faster else "≤"
        aim = f"{sign} {self.bound:g} {'yes' if self.holds else 'NO'}" if self.bound is not None else "-"
        scale, unit = (1e3, "ms") if self.unit == "s" else (1, self.unit)
        times = f"{self.ours * scale:10.2f} {unit} / {self.theirs * scale:10.2f} {unit}"
        return f"{self.name:22} {self.ratio:8.2f}  {aim:10} {times}  {self.what}"

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
    costs, if not by its processor time. Where a round takes long, there are fewer."""
    cost = clock or seconds
    pairs: list[tuple[float, float]] = []
    start = time.perf_counter()
    for n in range(rounds + 1):
        mine, yours = (cost(ours), cost(theirs)) if n % 2 else (cost(theirs), cost(ours))[::-1]
        pairs.append((mine, yours))
        if n and time.perf_counter() - start > BUDGET:
            break
        if not n and time.perf_counter() - start > BUDGET / 2:
            pairs *= 2  # too long for a round more: it stands for itself
            break
    pairs = pairs[1:]
    ratio = median(b / a if faster else a / b for a, b in pairs)
    return Ratio(name, what, median(a for a, _ in pairs), median(b for _, b in pairs), ratio, bound, faster)


def seconds(work: Callable[[], object]) -> float:
    """The processor time of `work`, in this process and in those that it waits for."""
    start = _used()
    work()
    return _used() - start


def _used() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def environment() -> dict[str, str]:
    """Bytecode is kept between rounds, as it is for an installed package."""
    same = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**same, "PYTHONPYCACHEPREFIX": str(Path(gettempdir()) / "dlsolve-bench-bytecode")}


def process(args: Sequence[str], most: int = 0) -> Callable[[], object]:
    """A whole Python process, its output thrown away. Raises where its exit status is above `most`."""
    variables = environment()

    def start() -> object:
        command = [sys.executable, *args]
        quiet, kept = subprocess.DEVNULL, subprocess.PIPE
        done = subprocess.run(command, cwd=ROOT, check=False, stdout=quiet, stderr=kept, env=variables)
        if not 0 <= done.returncode <= most:
            raise subprocess.CalledProcessError(done.returncode, command, stderr=done.stderr)
        return done

    return start


def peak(args: Sequence[str]) -> float:
    """The most memory that a Python process of its own holds, in MiB. Raises where it fails."""
    script = (
        "import resource, subprocess, sys;"
        "subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", script, *args]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env=environment())
    return int(done.stdout.split()[-1]) / 1024


def progress(text: str) -> None:
    """Say on a terminal what is being measured; nothing where nobody looks."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
