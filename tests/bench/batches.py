"""Batches: what they add to the bare library calls, and what more processes are worth.

Measured in processor time of all processes, so that the figures hold on a machine that does other work
as well; in a folder in memory, where there is one, for the disk is not what is measured.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from dlsolve import assignment
from dlsolve.batch.workers import cores
from dlsolve.problem import items
from dlsolve.render import Options, render
from tests.batches import problem
from tests.bench.measure import Ratio, against
from tests.bench.whole import Usage, whole

MANY = int(os.environ.get("DLSOLVE_BENCH_MANY", "2000"))
"""Small mixed problems of a batch; the figures quoted are of 10,000."""
QUIET = 0.3
"""Load below which the clock can be trusted as well."""
ROUNDS = 3


@contextmanager
def _bank() -> Iterator[Path]:
    """A folder with the problems as ``bank.jsonl`` and as files in ``bank/``."""
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as name:
        folder = Path(name)
        (folder / "bank").mkdir()
        lines = [json.dumps(problem(n)) for n in range(1, MANY + 1)]
        (folder / "bank.jsonl").write_text("\n".join(lines), encoding="utf-8")
        for n, line in enumerate(lines):
            (folder / "bank" / f"p{n:05}.json").write_text(line, encoding="utf-8")
        yield folder


def _runs(folder: Path, source: str, jobs: int, out: str = "out") -> Callable[[], Usage]:
    """A whole run of the command, into a new place each time."""
    fresh = count()

    def run() -> Usage:
        there = folder / f"{jobs}-{next(fresh)}-{out}"
        return whole(["-m", "dlsolve", "batch", str(folder / source), "-o", str(there), "--jobs", str(jobs)])

    return run


def _cpu(run: Callable[[], object]) -> float:
    used = run()
    assert isinstance(used, Usage)
    return used.cpu


def _against_loop(name: str, source: str, out: str) -> Ratio:
    """One process, start-up and writing and index included, against a process that loops over the library."""
    with _bank() as folder:
        return against(
            name,
            f"{MANY} small problems, {source} to {out}, --jobs 1 / a loop over the library; processor time",
            _runs(folder, source, 1, out),
            lambda: whole(["-m", "tests.bench.batches", str(folder / "bank.jsonl")]),
            rounds=ROUNDS,
            bound=1.5,
            clock=_cpu,
        )


def _cores(jobs: int) -> Ratio:
    """Throughput of `jobs` processes against one: by the clock on a quiet machine. On a busy one, by what the
    work cost in processor time, and by how much of their lives the workers had work."""
    with _bank() as folder:
        one, more = _runs(folder, "bank.jsonl", 1), _runs(folder, "bank.jsonl", jobs)
        quiet = os.getloadavg()[0] < QUIET
        pairs = [(one(), more()) for _ in range(ROUNDS + 1)][1:]
        if quiet:
            ratio, how = median(a.wall / b.wall for a, b in pairs), "by the clock"
        else:
            ratio, how = median(_expected(a, b, jobs) for a, b in pairs), "by processor time and idleness"
        return Ratio(
            f"batch-{jobs}",
            f"{MANY} small problems: --jobs {jobs} against --jobs 1, times faster; {how}",
            median(b.wall for _, b in pairs),
            median(a.wall for a, _ in pairs),
            ratio,
            0.8 * jobs if jobs > 1 else None,
            faster=True,
        )


def _expected(one: Usage, more: Usage, jobs: int) -> float:
    """Times faster with `jobs` cores for it alone: one worker runs beside its parent, several share with it."""
    serial = max(one.own, one.others) / one.busy
    return serial / (more.cpu / jobs / more.busy)


FIGURES: dict[str, Callable[[], Ratio]] = {
    "batch": partial(_against_loop, "batch", "bank.jsonl", "out"),
    "batch-files": partial(_against_loop, "batch-files", "bank", "out"),
    "batch-lines": partial(_against_loop, "batch-lines", "bank.jsonl", "out.jsonl"),
    **{f"batch-{n}": partial(_cores, n) for n in sorted({2, 4, 8, 16, 32, cores()}) if 1 < n <= cores()},
}


def _loop(path: str) -> None:
    for item in items(path):
        assert not isinstance(item, Exception)
        render(assignment.solve(item.read()), "markdown", Options())


if __name__ == "__main__":
    _loop(sys.argv[1])
