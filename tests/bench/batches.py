"""Batches: what they add to the bare library calls, and what a second process is worth."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from dlsolve import assignment
from dlsolve.batch.workers import cores
from dlsolve.problem import items
from dlsolve.render import Options, render
from tests.batches import problem
from tests.bench.measure import Ratio, against, process

MANY = int(os.environ.get("DLSOLVE_BENCH_MANY", "2000"))
"""Small mixed problems of a batch, in one .jsonl file; the figures quoted are of 10,000."""


def _runs(folder: Path, jobs: int) -> Callable[[], object]:
    """A whole run of the command into a new folder each time."""
    fresh = count()

    def run() -> object:
        out = folder / f"out-{jobs}-{next(fresh)}"
        args = ["-m", "dlsolve", "batch", str(folder / "bank.jsonl"), "-o", str(out), "--jobs", str(jobs)]
        return process(args)()

    return run


def _bank(folder: Path) -> None:
    lines = (json.dumps(problem(n)) for n in range(1, MANY + 1))
    (folder / "bank.jsonl").write_text("\n".join(lines), encoding="utf-8")


def batch() -> Ratio:
    """One process, start-up and files and index included, against a loop over the library."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _bank(folder)
        for n, item in enumerate(items(str(folder / "bank.jsonl"))):
            assert not isinstance(item, Exception), n

        def loop() -> None:
            for item in items(str(folder / "bank.jsonl")):
                assert not isinstance(item, Exception)
                render(assignment.solve(item.read()), "markdown", Options())

        return against(
            "batch",
            f"{MANY} small mixed problems: dlsolve batch --jobs 1 / a loop over the library calls",
            _runs(folder, 1),
            loop,
            rounds=3,
            bound=1.5,
        )


def batch_jobs() -> Ratio:
    """All cores against one process."""
    many = cores()
    with TemporaryDirectory() as name:
        folder = Path(name)
        _bank(folder)
        return against(
            "batch-jobs",
            f"the same batch: --jobs {many} against --jobs 1, times faster",
            _runs(folder, many),
            _runs(folder, 1),
            rounds=3,
            bound=0.8 * many if many > 1 else None,
            faster=True,
        )
