"""A class from beginning to end: read the key, mark every paper, write what is asked of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from itertools import chain

import msgspec

from dlsolve.batch.items import Fault
from dlsolve.batch.pool import Work, ordered
from dlsolve.errors import InputError
from dlsolve.fields.found import short
from dlsolve.grade import folder, table, work
from dlsolve.grade.journal import Journal
from dlsolve.grade.key import Key, Known, read_key
from dlsolve.grade.names import of_file
from dlsolve.grade.outputs import Class, Outputs, Plan
from dlsolve.grade.tally import Tally
from dlsolve.grade.work import Marked, Paper


class Progress(msgspec.Struct):
    """How far a run is. `before` papers were marked by an earlier run, `late` ones came since;
    `failed` are all that cannot be marked."""

    done: int = 0
    failed: int = 0
    before: int = 0
    late: int = 0
    seconds: float = 0.0


class Outcome(msgspec.Struct, frozen=True):
    """How a class came out. `unsolved` problems could not be marked at all; `said` is what the format has to
    say (Canvas: who was not found), `undelivered` how many marks it has no place for; `errors` is the file
    in which all that is to be looked at stands, where there is any; `changes` compare with an earlier run."""

    tally: Tally
    progress: Progress
    unsolved: dict[str, Fault]
    said: list[str]
    undelivered: int
    errors: str | None
    changes: list[str] | None

    @property
    def all_marked(self) -> bool:
        return not (self.unsolved or self.tally.unmarked or self.undelivered)


def grade(
    plan: Plan,
    *,
    executor: Executor | None = None,
    mark: Work[Paper, Marked] | None = None,
    watch: Callable[[Progress], None] = lambda _: None,
    progress: Progress | None = None,
) -> Outcome:
    """Mark a class. Raises `InputError` where nothing can start or be written, `KeyboardInterrupt` with
    all that is marked kept for --resume. Any `executor` will do (none: a pool of processes)."""
    progress = progress if progress is not None else Progress()
    settings = plan.settings
    start = time.perf_counter()
    outputs = Outputs(plan)
    key = Key(read_key(plan.problems))
    found = dict(ordered(key.problems, partial(work.study, settings), jobs=plan.jobs, lost=_lost_problem,
                         executor=executor, patience=settings.timeout))  # fmt: skip
    known = {p.number: k for p, k in found.items() if isinstance(k, Known)}
    unsolved = {p.id: k for p, k in found.items() if isinstance(k, Fault)}
    if not known:
        raise _nothing(key, next(iter(unsolved.values())))
    papers = _begun(_papers(plan.submissions, key))
    journal = Journal(outputs.index, settings, key)
    try:
        outputs.begin(journal)
        left = _remaining(papers, journal, unsolved, progress, watch)
        done = ordered(
            left,
            mark or partial(work.mark, settings),
            jobs=plan.jobs,
            lost=_lost,
            executor=executor,
            patience=settings.timeout,
            size=lambda paper: len(paper.data) + 1,
        )
        try:
            for paper, marked in done:
                journal.add(paper, marked)
                progress.done += 1
                progress.failed += marked.report is None and marked.kind != "blank"
                progress.late += journal.complete and _handed_in(paper)
                progress.seconds = time.perf_counter() - start
                watch(progress)
        finally:
            done.close()  # type: ignore[attr-defined]
        tally = outputs.write(journal, Class(key, known, unsolved))
        progress.seconds = time.perf_counter() - start
        return Outcome(tally, progress, unsolved, outputs.said, outputs.undelivered,
                       outputs.errors if outputs.some_errors else None, outputs.changes)  # fmt: skip
    finally:
        journal.close()


def _nothing(key: Key, fault: Fault) -> InputError:
    """That none of the problems can be solved, by the first of them."""
    label = key.problems[0].task.label
    problem, _, remedy = fault.message.partition("; ")
    return InputError(f"{label}: {fault.field}" if fault.field else label, problem, found=fault.value, remedy=remedy)


def _papers(path: str, key: Key) -> Iterator[Paper]:
    """Every paper of a folder or a CSV file. Raises `InputError`."""
    if os.path.isdir(path):
        return folder.papers(path, key)
    if not os.path.exists(path):
        raise InputError(short(of_file(path)), "no such file or folder", remedy="name what the students handed in")
    if not path.lower().endswith((".csv", ".tsv")) or not os.path.isfile(path):
        remedy = "a folder (anna/adam-1.json, ben.txt), or one .csv of student,problem,name,value"
        raise InputError(short(of_file(path)), "neither a folder nor a .csv file", remedy=remedy)
    return table.papers(path, key)


def _begun(papers: Iterator[Paper]) -> Iterator[Paper]:
    """`papers`, once there is one. Raises `InputError` where there is none."""
    return chain([next(papers)], papers)


def _remaining(
    papers: Iterator[Paper],
    journal: Journal,
    unsolved: dict[str, Fault],
    progress: Progress,
    watch: Callable[[Progress], None],
) -> Iterator[Paper]:
    """The papers that are not marked yet; those to a problem without a key cannot be."""
    for paper in papers:
        if paper.problem is not None and paper.problem.id in unsolved and paper.fault is None:
            fault = Fault("", "", "its problem could not be solved")
            paper = msgspec.structs.replace(paper, kind="failed", fault=fault)
        if journal.has(paper):
            progress.before += _handed_in(paper)
            progress.done += 1
            watch(progress)
        else:
            yield paper


def _handed_in(paper: Paper) -> bool:
    """Whether a paper counts as one: not the line of a student who left everything empty."""
    return paper.problem is not None or paper.kind != "blank"


def _lost(paper: Paper, how: str) -> Marked:
    return Marked(kind="failed", fault=Fault("", "", f"{how}; nothing else was affected"))


def _lost_problem(problem: object, how: str) -> Known | Fault:
    return Fault("", "", f"{how}; nothing else was affected")
