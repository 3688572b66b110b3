"""What a command costs with all the processes that it starts: ``python -m tests.bench.whole COMMAND…``, on Linux.

Processor time tells what work costs on a machine that does other work as well; the time that workers spend asleep
tells whether they would have had enough to do on one that does not.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
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
    lives: dict[int, _Life] = {}
    while True:
        pid, status, used = os.wait4(main, os.WNOHANG)
        if pid:
            break
        _look(os.getpid(), main, lives)
        time.sleep(LOOK)
    wall = time.perf_counter() - start
    assert os.waitstatus_to_exitcode(status) in (0, 1), f"status {os.waitstatus_to_exitcode(status)}"
    others = 0.0
    try:
        while True:
            more = os.wait4(-1, 0)[2]
            others += more.ru_utime + more.ru_stime
    except ChildProcessError:
        pass
    # those that worked: the others wait by profession
    worked = [life for life in lives.values() if life.ran > 0.2 * max(one.ran for one in lives.values())]
    alive = sum(life.last - life.first for life in worked)
    busy = sum(life.ran + life.waited for life in worked) / alive if alive else 0.0
    most = max((life.kib for life in lives.values()), default=0)
    return Usage(wall, used.ru_utime + used.ru_stime, others, used.ru_maxrss / 1024, most / 1024, busy)


@dataclass
class _Life:
    """A process: first and last seen, seconds that it has run and waited for a core since, peak memory."""

    first: float
    last: float
    ran: float = 0.0
    waited: float = 0.0
    kib: int = 0


def _look(of: int, main: int, lives: dict[int, _Life]) -> None:
    """Note every process below `of` but `main`."""
    for pid in map(int, Path(f"/proc/{of}/task/{of}/children").read_text().split()):
        try:
            ran, waited, _ = (int(n) / 1e9 for n in Path(f"/proc/{pid}/schedstat").read_text().split())
            now = time.perf_counter()
            if pid != main:
                life = lives.setdefault(pid, _Life(now - ran - waited, now))
                life.last, life.ran, life.waited = now, ran, waited
                # not that of wait4, which begins at what its parent had; the last, for it may be one before an exec
                peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
                life.kib = int(peak[1]) if peak else life.kib
            _look(pid, main, lives)
        except (OSError, ValueError):
            continue  # it has ended meanwhile


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(sys.argv[1:]))))
