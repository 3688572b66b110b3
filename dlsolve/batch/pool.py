"""Any work over many items, in parallel and in order, outliving workers that die.

Results come in the order of the items. A fixed number of items is in flight, so memory does not grow
with their number. When a worker is killed, what it may have been at is done again by itself, alone:
the item that kills a second time is the culprit, and is given to `lost`.

Any `Executor` will do. One that says by ``width()`` how many workers it has is kept busy as they come
and go; one that raises `WorkerLostError` tells which chunk took its worker down; a `DlsolveError` of its
own says that it cannot go on, and ends the run.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from itertools import chain, islice
from typing import Generic, Literal, TypeVar

from dlsolve.batch.workers import KILLED, WorkerLostError, end, launching, processes, stuck
from dlsolve.errors import DlsolveError

T = TypeVar("T")
R = TypeVar("R")

FEW = 4
"""So few items are done here and now: starting a process takes longer."""
AIM = 0.15
"""Seconds of work a chunk is meant to hold."""
MOST, MOST_BYTES = 32, 1_000_000
"""Items and bytes of a chunk, at most."""
MOST_HELD = 64_000_000
"""Bytes of the items in flight, about at most."""
GRACE = 20.0
"""Seconds a worker is given beyond its clock before it is taken for stuck."""

START = 600.0
"""Seconds that a worker has to start; a machine under load takes its time."""

Work = Callable[[Sequence[T]], list[R]]
_Sent = Future[tuple[list[R], float]]


def ordered(
    items: Iterable[T],
    work: Work[T, R],
    *,
    jobs: int,
    lost: Callable[[T, str], R],
    executor: Executor | None = None,
    patience: float = 0.0,
    size: Callable[[T], int] = lambda _: 1,
) -> Iterator[tuple[T, R]]:
    """(item, result) of every item, in order. `work` takes a chunk and returns as many results; it is
    pickled, and must not raise. `patience` is the most seconds an item may take (0: any); an `executor`
    finds it as the attribute `room` of what is submitted, and keeps it itself. `jobs` is the number of
    workers, at most; 0 leaves it to an executor with a `width`."""
    source = iter(items)
    if executor is None:
        first = list(islice(source, FEW + 1))
        if len(first) <= FEW:
            for item in first:
                yield item, work([item])[0]
            return
        source = chain(first, source)
    crew = _Crew(source, work, jobs, lost, executor, patience, size)
    try:
        yield from crew.results()
    except BaseException:
        crew.stop(now=True)
        raise
    crew.stop(now=False)


class _Crew(Generic[T, R]):
    """Chunks in flight, in order. A chunk without a future is under suspicion: its pool died."""

    def __init__(
        self,
        source: Iterator[T],
        work: Work[T, R],
        jobs: int,
        lost: Callable[[T, str], R],
        executor: Executor | None,
        patience: float,
        size: Callable[[T], int],
    ) -> None:
        self.source = source
        self.work = work
        self.most = jobs
        self.lost = lost
        self.given = executor
        self.patience = patience
        self.size = size
        self.pool: Executor | None = executor
        self.solo: Executor | None = None
        """One worker, for what is done again alone."""
        self.here = False
        """Whether this system lets no worker live: all is then done in this process."""
        self.queue: deque[tuple[list[T], _Sent[R] | None]] = deque()
        self.pace = AIM
        self.held = 0
        self.over = False

    def results(self) -> Iterator[tuple[T, R]]:
        while True:
            self.fill()
            if not self.queue:
                return
            items, future = self.queue[0]
            if future is not None and not future.done() and not self.full():
                undone = [f for _, f in self.queue if f is not None and not f.done()]
                if wait(undone, timeout=self.room(), return_when=FIRST_COMPLETED).done:
                    continue  # there is room for more, though the first is not done yet
            found = self.finish(items, future)
            self.queue.popleft()
            self.held -= sum(map(self.size, items))
            yield from zip(items, found, strict=True)

    # -- chunks --------------------------------------------------------------------------------

    @property
    def jobs(self) -> int:
        width = getattr(self.pool, "width", None)
        here = width() if width else self.most
        return max(1, min(here, self.most or here))

    def running(self) -> int:
        return sum(1 for _, f in self.queue if f is not None and not f.done())

    def full(self) -> bool:
        """Whether nothing more is to be sent out before the first chunk is done."""
        enough = len(self.queue) >= 12 * self.jobs or self.held >= MOST_HELD
        return self.over or enough or any(f is None for _, f in self.queue)

    def fill(self) -> None:
        while not self.full() and self.running() < 2 * self.jobs + 1:
            items = self.take()
            if not items:
                self.over = True
                return
            self.held += sum(map(self.size, items))
            self.queue.append((items, self.send(items)))

    def take(self) -> list[T]:
        items: list[T] = []
        most = max(1, min(MOST, int(AIM / self.pace)))
        room = MOST_BYTES
        for item in islice(self.source, most):
            items.append(item)
            room -= self.size(item)
            if room <= 0:
                break
        return items

    def send(self, items: list[T]) -> _Sent[R] | None:
        if self.here:
            return None
        try:
            if self.pool is None:
                self.pool = processes(self.jobs)
            with launching(self.work):
                return self.pool.submit(self.chunk(items))
        except (BrokenExecutor, RuntimeError, OSError, ImportError):
            return None  # `attempt` finds out why

    def chunk(self, items: list[T]) -> _Chunk[T, R]:
        return _Chunk(self.work, items, GRACE + self.patience * len(items) if self.patience else None)

    def room(self) -> float | None:
        """Seconds until what is in flight must have moved."""
        if not self.patience or self.pool is self.given:
            return None
        return GRACE + self.patience * sum(len(items) for items, f in self.queue if f is not None and not f.done())

    def finish(self, items: list[T], future: _Sent[R] | None) -> list[R]:
        if future is None:
            return self.alone(items)
        try:
            found, seconds = future.result(self.room())
        except DlsolveError:
            raise
        except Exception as fault:
            # a dead pool, a stuck worker, a scheduler that gave up
            if self.pool is not self.given or isinstance(fault, BrokenExecutor):
                self.bury()
            return self.alone(items)
        self.pace = 0.7 * self.pace + 0.3 * max(1e-4, seconds / len(items))
        return found

    # -- after a death -------------------------------------------------------------------------

    def bury(self) -> None:
        """Leave the dead pool; all that it had not finished is under suspicion."""
        for n, (items, future) in enumerate(self.queue):
            fine = future is not None and future.done() and not future.cancelled() and future.exception() is None
            if not fine:
                self.queue[n] = (items, None)
        self.drop("pool")

    def alone(self, items: list[T]) -> list[R]:
        """`items` in a pool that nothing else uses; one by one where that dies too."""
        found = self.attempt(items)
        if isinstance(found, list):
            return found
        if len(items) == 1:
            self.acquit()
            return [self.lost(items[0], found)]
        return [result for item in items for result in self.alone([item])]

    def attempt(self, items: list[T]) -> list[R] | str:
        """The results of `items`, or how their worker ended."""
        own = self.pool is None or self.pool is not self.given
        chunk = self.chunk(items)
        try:
            if own and self.solo is None and not self.here:
                self.solo = self.living()
            if self.here:
                return self.work(items)
            pool = self.solo if own else self.given
            assert pool is not None
            with launching(self.work):
                future = pool.submit(chunk)
            return future.result(chunk.room if own else None)[0]
        except DlsolveError:
            raise
        except WorkerLostError as fault:
            how = str(fault)
        except TimeoutError:
            how = stuck(chunk.room or 0)
        except BrokenExecutor:
            how = KILLED
        except Exception as fault:
            how = f"its worker failed ({type(fault).__name__}: {' '.join(str(fault).split())[:200]})"
        self.drop("solo")
        return how

    def living(self) -> Executor | None:
        """A pool whose one worker has answered; None where none will."""
        pool: Executor | None = None
        try:
            pool = processes(1)
            with launching(self.work):
                answer = pool.submit(int, "1")
            if answer.result(START) == 1:
                return pool
        except (BrokenExecutor, OSError, ImportError, RuntimeError):
            pass
        if pool is not None:
            end(pool)
        self.here = True
        return None

    def acquit(self) -> None:
        """The culprit is found: the others are sent out again."""
        for n, (items, future) in enumerate(self.queue):
            if n and future is None:
                self.queue[n] = (items, self.send(items))

    def drop(self, which: Literal["pool", "solo"]) -> None:
        """Leave a pool; one of our own is ended, whatever its workers are at."""
        pool = getattr(self, which)
        if pool is not None and pool is not self.given:
            end(pool)
        setattr(self, which, None)

    def stop(self, *, now: bool) -> None:
        """End the pools; `now`, in the middle of their work."""
        if now or self.solo is not None:
            self.drop("solo")
        if now:
            # a pool of our own is ended whole: its futures do not bear being cancelled meanwhile
            for _, future in self.queue if self.pool is self.given else ():
                if future is not None:
                    future.cancel()
            self.drop("pool")
        elif self.pool is not None and self.pool is not self.given:
            self.pool.shutdown(wait=True)


class _Chunk(Generic[T, R]):
    """What is sent out: some items, and how many seconds they may take in all (none: any)."""

    def __init__(self, work: Work[T, R], items: Sequence[T], room: float | None) -> None:
        self.work = work
        self.items = items
        self.room = room

    def __call__(self) -> tuple[list[R], float]:
        start = time.perf_counter()
        return self.work(self.items), time.perf_counter() - start
