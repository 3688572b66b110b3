"""A Dask cluster of this machine: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class LocalCluster:
    """`engine` is what ``--engine`` takes; `workers` are its processes."""

    def __init__(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{taken.getsockname()[1]}"
        self.engine = f"dask://{self.address}"
        host, _, port = self.address.partition(":")
        self.scheduler = self._start("scheduler", "--host", host, "--port", port, "--no-show")
        self.workers: list[subprocess.Popen[bytes]] = []

    def add(self, *more: str) -> None:
        """One more worker, in one process."""
        args = ("--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", *more)
        self.workers.append(self._start("worker", f"tcp://{self.address}", *args))

    def _start(self, what: str, *args: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--no-dashboard", *args]
        paths = {**os.environ, "PYTHONPATH": str(ROOT)}
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=ROOT, env=paths, stdout=quiet, stderr=quiet)

    def wait(self) -> None:
        """Until the scheduler listens."""
        host, _, port = self.address.partition(":")
        for _ in range(600):
            with contextlib.suppress(OSError):
                socket.create_connection((host, int(port))).close()
                return
            time.sleep(0.05)
        raise AssertionError("the scheduler does not start")

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@contextmanager
def local(workers: int = 2) -> Iterator[LocalCluster]:
    """Such a cluster, for the length of the block."""
    cluster = LocalCluster()
    try:
        for _ in range(workers):
            cluster.add()
        cluster.wait()
        yield cluster
    finally:
        cluster.end()
