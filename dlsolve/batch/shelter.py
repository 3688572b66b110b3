"""On a Dask worker: each chunk is done in a process of its own, as it is at home.

A Dask worker runs its tasks in threads. There the clock cannot ring, exact arithmetic waits for the
lock of every other thread, and a problem that takes its process down would take the worker down, with
what others keep on it.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from functools import lru_cache
from typing import IO

import dlsolve
from dlsolve.batch.workers import KILLED, WorkerLostError, settle, stuck

IDLE = 300.0
"""Seconds that a process waits for more work before it ends."""


class MisfitError(Exception):
    """The dlsolve of this worker is not that of the batch; says which it is."""


def sheltered(run: str, version: str, payload: bytes, room: float | None) -> bytes:
    """What ``payload`` (a pickled ``(function, arguments)``) comes to, pickled, worked out by a process of
    the batch ``run``, in at most ``room`` seconds. Raises `WorkerLostError`, `MisfitError`."""
    if version != dlsolve.__version__:
        raise MisfitError(dlsolve.__version__)
    idle = _idle(run)
    child = idle.pop() if idle else _Child()
    if child.ended():
        child = _Child()
    answer = child.ask(payload, room)
    idle.append(child)
    return answer


def dismiss(run: str) -> None:
    """End the processes of a batch that have nothing to do."""
    idle = _idle(run)
    while idle:
        idle.pop().end()


@lru_cache(maxsize=16)
def _idle(run: str) -> list[_Child]:
    """The processes of a batch that wait for work: a process stays for as long as its worker needs it."""
    return []


class _Child:
    def __init__(self) -> None:
        command = [sys.executable, "-c", "from dlsolve.batch.shelter import serve; serve()"]
        paths = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=paths)

    def ask(self, payload: bytes, room: float | None) -> bytes:
        """Its answer. Raises `WorkerLostError` where none comes; it is then ended."""
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(room, give_up) if room else None
        if timer:
            timer.start()
        try:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            _write(self._process.stdin, payload)
            answer = _read(self._process.stdout)
        except OSError:
            answer = None
        finally:
            if timer:
                timer.cancel()
        if answer is None:
            self.end()
            raise WorkerLostError(stuck(room) if room and late.is_set() else KILLED)
        return answer

    def ended(self) -> bool:
        """Whether it has waited too long for work."""
        return self._process.poll() is not None

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


def serve() -> None:
    """In the new process: answer one payload after another, until none comes or the worker is gone."""
    given, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # what is printed on the way must not get between the answers
    os.dup2(2, 1)
    settle()
    frames: queue.Queue[bytes] = queue.Queue()

    def listen() -> None:
        while (payload := _read(given)) is not None:
            frames.put(payload)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        try:
            payload = frames.get(timeout=IDLE)
        except queue.Empty:
            os._exit(0)
        _write(answers, _answer(payload))


def _answer(payload: bytes) -> bytes:
    """``(True, result)`` or ``(False, error)``, pickled."""
    try:
        function, args = pickle.loads(payload)
        return pickle.dumps((True, function(*args)))
    except Exception as fault:
        return pickle.dumps((False, RuntimeError(f"{type(fault).__name__}: {fault}")))


def _write(file: IO[bytes], data: bytes) -> None:
    file.write(len(data).to_bytes(8, "big"))
    file.write(data)
    file.flush()


def _read(file: IO[bytes]) -> bytes | None:
    """One frame; None where the other end is gone."""
    head = file.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    data = file.read(size)
    return data if len(data) == size else None
