"""Inputs by number, over several processes: what was read, what failed, what was slow."""

from __future__ import annotations

import multiprocessing
import queue
import resource
import time
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec

from tests.fuzz import guard
from tests.fuzz.kinds import KINDS

CHUNK = 250
STUCK = 600.0
"""Seconds after which a process that has said nothing is ended and its input named: a net for C code that loops."""


class Failure(msgspec.Struct):
    """An input that was not answered as it must be; `number` finds it again."""

    kind: str
    number: int
    why: str
    given: str


class Found(msgspec.Struct):
    """What a run of inputs came to. `slow` are the slowest: (seconds, calls, kind, number)."""

    outcomes: Counter[str] = msgspec.field(default_factory=Counter)
    failures: list[Failure] = []
    slow: list[tuple[float, int, str, int]] = []
    memory: int = 0
    """Bytes that the largest process held."""

    def add(self, other: Found) -> None:
        self.outcomes.update(other.outcomes)
        self.failures += other.failures
        self.slow = sorted(self.slow + other.slow, reverse=True)[:10]
        self.memory = max(self.memory, other.memory)


def make(kind: str, seed: int, number: int) -> Any:
    """Input `number` of a kind: a function of its arguments alone."""
    return KINDS[kind].make(Random(f"{seed}:{kind}:{number}"))


def one(kind: str, seed: int, number: int, found: Found) -> None:
    """Read one input; what it came to is counted in `found`."""
    how = KINDS[kind]
    given = make(kind, seed, number)
    start = time.process_time()
    try:
        with guard.watched(files=how.files):
            outcome = how.read(given)
    except Exception as fault:
        found.failures.append(Failure(kind, number, f"{type(fault).__name__}: {fault}"[:600], repr(given)[:600]))
        outcome = "FAILED"
    except (guard.TooLongError, guard.CodeRunError) as fault:
        found.failures.append(Failure(kind, number, str(fault), repr(given)[:600]))
        outcome = "FAILED"
    found.outcomes[f"{kind}: {outcome}"] += 1
    took = time.process_time() - start
    if took > guard.SLOW and outcome != "FAILED":
        count = guard.calls(lambda: how.read(given))
        found.slow = sorted([*found.slow, (took, count, kind, number)], reverse=True)[:10]
        if count > how.calls:
            found.failures.append(Failure(kind, number, f"{count} calls, of {how.calls} allowed", repr(given)[:600]))


def several(kind: str, seed: int, numbers: range, at: Any = None) -> Found:
    """A chunk of inputs; `at` is told the number at hand."""
    found = Found()
    for number in numbers:
        if at is not None:
            at.value = number
        one(kind, seed, number, found)
    found.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return found


# -- processes ------------------------------------------------------------------------------------


def _worker(tasks: Any, results: Any, at: Any) -> None:
    guard.install()
    while (task := tasks.get()) is not None:
        kind, seed, first, last = task
        results.put((task, several(kind, seed, range(first, last), at)))


class _Hand:
    """A process with a chunk at a time, which can be ended and replaced."""

    def __init__(self) -> None:
        self.context = multiprocessing.get_context("spawn")
        self.start()

    def start(self) -> None:
        self.tasks: Any = self.context.SimpleQueue()
        self.results: Any = self.context.Queue()
        self.at: Any = self.context.Value("q", -1)
        self.process = self.context.Process(target=_worker, args=(self.tasks, self.results, self.at), daemon=True)
        self.process.start()
        self.task: Any = None

    def give(self, task: Any) -> None:
        self.task, self.since, self.last = task, time.monotonic(), self.at.value
        self.tasks.put(task)

    def stuck(self) -> str:
        """Why nothing more will come of the chunk; empty while something may."""
        if not self.process.is_alive():
            return f"the process ended (status {self.process.exitcode})"
        if self.at.value != self.last:
            self.last, self.since = self.at.value, time.monotonic()
        return f"no answer in {STUCK:g} seconds" if time.monotonic() - self.since > STUCK else ""

    def take(self) -> Found | None:
        """What came of the chunk, if anything did yet; a process that is lost is replaced, its culprit named."""
        try:
            _, found = self.results.get(timeout=0.05)
            self.task = None
            return found  # type: ignore[no-any-return]
        except queue.Empty:
            pass
        why = self.stuck()
        if not why:
            return None
        kind, seed, first, last = self.task
        number = max(first, int(self.at.value))
        self.process.kill()
        self.process.join()
        self.start()
        lost = Found(failures=[Failure(kind, number, why, repr(make(kind, seed, number))[:600])])
        lost.outcomes[f"{kind}: FAILED"] += 1
        # those before it in the chunk are read again, for their count; those after it come next
        again = [(kind, seed, a, b) for a, b in ((first, number), (number + 1, last)) if a < b]
        for task in again:
            lost.add(_alone(self, task))
        return lost


def _alone(hand: _Hand, task: Any) -> Found:
    hand.give(task)
    while (found := hand.take()) is None:
        pass
    return found


def spread(kind: str, seed: int, first: int, count: int, jobs: int) -> Iterator[Found]:
    """The inputs `first` to `first + count` over `jobs` processes, as their chunks come in."""
    chunks = iter([(kind, seed, n, min(n + CHUNK, first + count)) for n in range(first, first + count, CHUNK)])
    hands = [_Hand() for _ in range(min(jobs, max(1, count // CHUNK)))]
    try:
        busy = True
        while busy:
            busy = False
            for hand in hands:
                if hand.task is None and (task := next(chunks, None)) is not None:
                    hand.give(task)
                if hand.task is not None:
                    busy = True
                    found = hand.take()
                    if found is not None:
                        yield found
    finally:
        for hand in hands:
            hand.process.kill()
