"""A batch from beginning to end: find, solve, write, count."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import chain

import msgspec

from dlsolve.batch import work as working
from dlsolve.batch.items import Fault, Task, in_shard, tasks
from dlsolve.batch.output import Entry, Output, check_out
from dlsolve.batch.pool import Work, ordered
from dlsolve.batch.resume import remaining
from dlsolve.batch.work import Done, Settings
from dlsolve.errors import InputError
from dlsolve.render import ENDINGS


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a batch. `shard` is (i, n), i from 1."""

    paths: Sequence[str]
    out: str
    settings: Settings = msgspec.field(default_factory=Settings)
    jobs: int = 1
    resume: bool = False
    shard: tuple[int, int] | None = None
    fail_fast: bool = False


class Count(msgspec.Struct):
    """Problems of one topic: solved, failed, and the seconds they took (this time)."""

    solved: int = 0
    failed: int = 0
    seconds: float = 0.0


class Tally(msgspec.Struct):
    """How a batch came out. `before` of them were done by an earlier run; `stopped` by --fail-fast."""

    topics: dict[str, Count] = {}
    before: int = 0
    stopped: bool = False
    seconds: float = 0.0

    def add(self, topic: str, failed: bool, seconds: float = 0.0) -> None:
        count = self.topics.setdefault(topic, Count())
        count.solved += not failed
        count.failed += failed
        count.seconds += seconds

    @property
    def solved(self) -> int:
        return sum(c.solved for c in self.topics.values())

    @property
    def failed(self) -> int:
        return sum(c.failed for c in self.topics.values())


def batch(
    plan: Plan,
    *,
    executor: Executor | None = None,
    work: Work[Task, Done] | None = None,
    watch: Callable[[Tally], None] = lambda _: None,
    tally: Tally | None = None,
) -> Tally:
    """Solve every problem of `plan`; `watch` is told after each. Raises `InputError` where nothing can
    start or be written, `KeyboardInterrupt` with all that is finished in place.

    Any `executor` will do (none: a pool of processes), with as many workers as `jobs`; `work` replaces what
    is done to a chunk of tasks.
    """
    tally = tally if tally is not None else Tally()
    settings = plan.settings
    check_out(plan.out, plan.paths)
    stream = _begun(tasks(plan.paths), plan.paths)
    output = Output(plan.out, ENDINGS[settings.format])
    again = plan.resume and output.exists()
    if not again:
        output.begin()

    def seen(entry: Entry) -> None:
        tally.add(entry.topic, entry.failed)
        tally.before += 1
        watch(tally)

    mine = (task for task in stream if in_shard(task, plan.shard))
    left: Iterator[Task] = remaining(mine, output, settings.digest, seen) if again else mine
    done = ordered(
        left,
        work or partial(working.work, settings),
        jobs=plan.jobs,
        lost=_lost,
        executor=executor,
        patience=settings.timeout,
        size=lambda task: len(task.data),
    )
    start = time.perf_counter()
    complete = False
    try:
        for task, result in done:
            output.put(task, result, settings.digest(task))
            tally.add(result.topic, result.data is None, result.seconds)
            tally.seconds = time.perf_counter() - start
            watch(tally)
            if plan.fail_fast and result.data is None:
                tally.stopped = True
                break
        complete = not tally.stopped
    finally:
        done.close()  # type: ignore[attr-defined]
        output.close(complete=complete)
    return tally


def _begun(stream: Iterator[Task], paths: Sequence[str]) -> Iterator[Task]:
    """`stream`, once one of its problems could be read. Raises `InputError` where none can."""
    head: list[Task] = []
    for task in stream:
        head.append(task)
        if task.fault is None:
            return chain(head, stream)
    if not head:
        raise InputError(paths[0] if paths else "dlsolve batch", "holds no .json or .jsonl file",
                         remedy="name problem files, or a folder of them")  # fmt: skip
    problem, _, remedy = (head[0].fault or Fault("", "", "cannot be read")).message.partition("; ")
    raise InputError(head[0].path, problem, remedy=remedy)


def _lost(task: Task, how: str) -> Done:
    return Done(fault=Fault("", "", f"{how}; nothing else was affected"))
