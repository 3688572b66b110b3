"""What a command costs with all the processes that it starts: ``python -m tests.bench.whole COMMAND…``, on Linux.

Processor time tells what work costs on a machine that does other work as well; the time that workers spend asleep
tells whether they would have had enough to do on one that does not.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.measure import ROOT, environment

LOOK = 0.1
"""Seconds between looks at the processes."""


@dataclass(frozen=True)
class Usage:
    """Seconds on the clock, of processor time by the command itself and by what it started; peak resident
    memory in MiB of itself and of the largest of the others; the share of their lives in which those that
    worked had work."""

    wall: float
    own: float
    others: float
    own_mib: float
    other_mib: float
    busy: float

    @property
    def cpu(self) -> float:
        return self.own + self.others


def whole(args: Sequence[str]) -> Usage:
    """Run ``python ARGS`` from the project's folder. Raises where it fails with more than status 1."""
    command = [sys.executable, "-m", "tests.bench.whole", *args]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return Usage(**json.loads(done.stdout.splitlines()[-1]))


def _measured(args: Sequence[str]) -> Usage:
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans come to this process
    start = time.perf_counter()
    quiet = os.open(os.devnull, os.O_WRONLY)
    actions = [(os.POSIX_SPAWN_DUP2, quiet, 1), (os.POSIX_SPAWN_DUP2, quiet, 2)]
    main = os.posix_spawn(sys.executable, [sys.executable, *args], os.environ, file_actions=actions)
    lives: dict[int, list[float]] = {}
    while True:
        pid, status, used = os.wait4(main, os.WNOHANG)
        if pid:
            break
        _look(os.getpid(), main, lives)
        time.sleep(LOOK)
    wall = time.perf_counter() - start
    assert os.waitstatus_to_exitcode(status) in (0, 1), f"status {os.waitstatus_to_exitcode(status)}"
    others, most = 0.0, 0
    try:
        while True:
            more = os.wait4(-1, 0)[2]
            others += more.ru_utime + more.ru_stime
            most = max(most, more.ru_maxrss)
    except ChildProcessError:
        pass
    # those that worked: the others wait by profession
    worked = [life for life in lives.values() if life[2] > 0.2 * max(one[2] for one in lives.values())]
    alive = sum(last - first for first, last, *_ in worked)
    busy = sum(ran + waited for _, _, ran, waited, *_ in worked) / alive if alive else 0.0
    return Usage(wall, used.ru_utime + used.ru_stime, others, used.ru_maxrss / 1024, most / 1024, busy)


def _look(of: int, main: int, lives: dict[int, list[float]]) -> None:
    """Note of every process below `of` but `main`: first and last seen, seconds it ran and waited for a core."""
    for pid in map(int, Path(f"/proc/{of}/task/{of}/children").read_text().split()):
        try:
            ran, waited, _ = map(int, Path(f"/proc/{pid}/schedstat").read_text().split())
            now = time.perf_counter()
            if pid != main:
                life = lives.setdefault(pid, [now, now, 0.0, 0.0, ran / 1e9, waited / 1e9])
                life[1:4] = now, ran / 1e9 - life[4], waited / 1e9 - life[5]
            _look(pid, main, lives)
        except (OSError, ValueError):
            continue  # it has ended meanwhile


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(sys.argv[1:]))))
