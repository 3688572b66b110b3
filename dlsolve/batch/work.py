"""One problem -> the bytes of its solution or a fault; runs in a worker.

A worker gets bytes and settings and gives bytes back: runs hold flint's balls, which belong to their
process. Work is bounded by a count that is the same everywhere; the clock is a net behind it.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

from dlsolve import assignment
from dlsolve.assignment import Overlay
from dlsolve.batch.items import Fault, Task, fault_of
from dlsolve.errors import DlsolveError, InputError, RuleError
from dlsolve.fields.hostile import decode, parse_json
from dlsolve.problem import ProblemFile, read_envelope
from dlsolve.render import Options, render

T = TypeVar("T")

LIMIT = 250_000
"""Named values a problem of a batch may work out, unless told otherwise."""
TIMEOUT = 120.0
"""Seconds a problem may take, unless told otherwise: only a net behind the count."""


class Settings(msgspec.Struct, frozen=True):
    """How every problem of a batch is solved and written. `timeout` 0 is none."""

    overlay: Overlay = msgspec.field(default_factory=lambda: Overlay(limit=LIMIT))
    format: str = "markdown"
    options: Options = msgspec.field(default_factory=Options)
    timeout: float = TIMEOUT

    def digest(self, task: Task) -> str:
        """What the output of a task depends on, in short."""
        # the clock is left out: it decides nothing that the count does not
        text = repr((self.overlay, self.format, self.options, task.root, task.fault)).encode("utf-8", "replace")
        return blake2b(text + b"\0" + task.data, digest_size=8).hexdigest()


class Done(msgspec.Struct, frozen=True):
    """What became of a task: `data` where it is solved, else `fault`."""

    topic: str = ""
    id: str = ""
    title: str = ""
    data: bytes | None = None
    fault: Fault | None = None
    seconds: float = 0.0


class _Seen(msgspec.Struct):
    """What is known of a problem so far, should it fail."""

    topic: str = ""
    id: str = ""
    title: str = ""


class _OverTimeError(BaseException):
    """Not an `Exception`: nothing on the way takes it for an error of the problem."""


def work(settings: Settings, tasks: Sequence[Task]) -> list[Done]:
    """Each task in turn. Nothing is raised for what is wrong with one."""
    return [one(settings, task) for task in tasks]


def one(settings: Settings, task: Task) -> Done:
    """One task solved and written, or its fault."""
    if task.fault is not None:
        return Done(fault=task.fault)
    start = time.perf_counter()
    seen = _Seen()
    data, fault = attempted(lambda: _solved(settings, task, seen), settings.timeout, task.root)
    return Done(seen.topic, seen.id, seen.title, data, fault, time.perf_counter() - start)


def attempted(act: Callable[[], T], timeout: float, root: str = "$") -> tuple[T | None, Fault | None]:
    """What `act` returns, or why it has no result; nothing is raised. `root` as in `fault_of`."""
    fault: Fault
    try:
        with _clock(timeout):
            return act(), None
    except _OverTimeError:
        fault = Fault("", "", f"took longer than {timeout:g} seconds; shorten it, or raise --timeout")
    except RuleError as error:
        fault = own_fault(error)
    except InputError as error:
        fault = fault_of(error, root)
    except DlsolveError as error:
        fault = Fault("", "", str(error))
    except MemoryError:
        fault = Fault("", "", "needs more memory than there is; shorten it")
    except Exception as error:
        # one item must not stop the others
        fault = own_fault(error)
    return None, fault


def own_fault(error: Exception) -> Fault:
    """A fault of dlsolve itself, in a line."""
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return Fault("", "", f"dlsolve failed, which is its own fault ({what}); please report it")


def read(task: Task) -> ProblemFile:
    """The problem of a task. Raises `InputError` with paths from `$`."""
    raw = parse_json(decode(task.data, task.label), task.label)
    if task.root == "$" and isinstance(raw, dict) and "problems" in raw:
        remedy = 'a file holds one problem, or {"problems": [{…}, {…}]} alone'
        raise InputError("$.problems", "not a list of problems that can be read", remedy=remedy)
    return read_envelope(raw)


def _solved(settings: Settings, task: Task, seen: _Seen) -> bytes:
    problem = read(task)
    seen.id = str(problem.id)
    topic = assignment.topic_of(problem, settings.overlay.only)
    seen.topic, seen.title = topic.name, problem.title or topic.title
    solution = assignment.solve(problem, settings.overlay)
    return render(solution, settings.format, settings.options).encode("utf-8", "replace")


@contextmanager
def _clock(seconds: float) -> Iterator[None]:
    """Raise `_OverTimeError` in the block after `seconds`, where the system has timers."""
    if not seconds or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: Any) -> None:
        raise _OverTimeError

    before = signal.signal(signal.SIGALRM, ring)
    # again and again: what is raised in a callback of the garbage collector is lost
    signal.setitimer(signal.ITIMER_REAL, seconds, min(1.0, seconds))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
