"""A class: what marking costs against solving, and whether its workers have enough to do.

In processor time of all processes, as for batches: the figures hold on a machine that does other work as well.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from dlsolve import assignment
from dlsolve.batch.workers import cores
from dlsolve.problem import items
from tests.bench.measure import Ratio, against
from tests.bench.whole import Usage, whole
from tests.grade.classes import key, pupils

STUDENTS = int(os.environ.get("DLSOLVE_BENCH_STUDENTS", "100"))
"""Students of a class of ten problems; the figures quoted are of 1,000."""
TEN = (
    "adam/adam-3steps", "bayes/spam-bayes", "momentum/momentum-3steps", "entropy/ce-kl-3class", "eigen/eigen-2x2",
    "confusion/confusion-5sample", "softmax/softmax-3logits", "bayes/three-machines", "entropy/entropy-3class",
    "confusion/confusion-spam",
)  # fmt: skip
VARIETY = 40
"""So many different students are simulated; the others hand in the same again."""
ROUNDS = 3


@contextmanager
def _class() -> Iterator[Path]:
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as name:
        folder = Path(name)
        key(folder / "key", TEN)
        (folder / "in").mkdir()
        work = [json.dumps(answers) for _, answers in pupils(VARIETY, TEN)]
        for n in range(STUDENTS):
            (folder / "in" / f"s{n:05}.json").write_text(work[n % VARIETY], encoding="utf-8")
        yield folder


def _runs(folder: Path, jobs: int, *more: str) -> Callable[[], Usage]:
    """A whole run of the command, into a new place each time."""
    fresh = count()

    def run() -> Usage:
        out = folder / f"out-{jobs}-{next(fresh)}.csv"
        names = [str(folder / "key"), str(folder / "in"), "-o", str(out), "--jobs", str(jobs)]
        return whole(["-m", "dlsolve", "grade", *names, *more])

    return run


def _cpu(run: Callable[[], object]) -> float:
    used = run()
    assert isinstance(used, Usage)
    return used.cpu


def _cost() -> Ratio:
    """Marking the class, reading and gradebook included, against solving each problem as often."""
    with _class() as folder:
        return against(
            "grade",
            f"{STUDENTS} students × {len(TEN)} problems, marked / the problems solved as often; processor time",
            _runs(folder, 1),
            lambda: whole(["-m", "tests.bench.classes", str(folder / "key")]),
            rounds=ROUNDS,
            bound=60,
            clock=_cpu,
        )


def _busy() -> Ratio:
    """The share of their lives in which the workers had work, times their number."""
    jobs = cores()
    with _class() as folder:
        run = _runs(folder, jobs)
        used = [run() for _ in range(ROUNDS + 1)][1:]
        return Ratio(
            "grade-busy",
            f"{STUDENTS} × {len(TEN)}, --jobs {jobs}: how many workers had work; processor time of workers / of all",
            median(u.others for u in used),
            median(u.cpu for u in used),
            median(u.busy for u in used) * jobs,
            0.8 * jobs,
            faster=True,
        )


FIGURES: dict[str, Callable[[], Ratio]] = {"grade": _cost, "grade-busy": _busy}


def _solve(path: str) -> None:
    """Each problem of a key as often as a student hands it in."""
    for name in sorted(Path(path).iterdir()):
        for item in items(str(name)):
            assert not isinstance(item, Exception)
            for _ in range(STUDENTS):
                assignment.solve(item.read())


if __name__ == "__main__":
    _solve(sys.argv[1])
