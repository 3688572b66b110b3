"""A batch on a Dask cluster: the same bytes as here, whichever worker dies."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import dlsolve
from dlsolve.batch.cluster import cluster
from dlsolve.batch.run import Plan, batch
from dlsolve.batch.shelter import dismiss, sheltered
from dlsolve.batch.workers import WorkerLostError
from dlsolve.errors import InputError
from tests import batches
from tests.batches import SETTINGS, bank, problem, tree
from tests.clusters import ROOT, LocalCluster, local
from tests.grade import classes
from tests.runner import run


@pytest.fixture(scope="module")
def two_workers() -> Iterator[LocalCluster]:
    with local(2) as there:
        yield there


def test_what_is_no_engine_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "p.json"
    source.write_text(json.dumps(problem(5)))
    for engine, says in (("spark://x:1", "write dask://HOST:8786"), ("dask://", "write dask://"),
                         ("dask://127.0.0.1:9", "cannot be reached")):  # fmt: skip
        result = run("batch", str(source), "-o", str(tmp_path / "out"), "--engine", engine)
        assert result.status == 2
        assert says in result.err
        assert result.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_process_of_a_worker_is_used_again_and_ended_when_it_is_stuck() -> None:
    def ask(room: float | None, function: Callable[..., object], *args: object) -> tuple[bool, object]:
        fine, value = pickle.loads(sheltered("here", dlsolve.__version__, pickle.dumps((function, args)), room))
        return fine, value

    fine, first = ask(None, os.getpid)
    assert fine
    assert first != os.getpid()
    assert ask(60.0, os.getpid) == (True, first)
    with pytest.raises(WorkerLostError, match=r"did not answer for 0\.5 seconds and was stopped"):
        ask(0.5, time.sleep, 1_000)
    with pytest.raises(WorkerLostError, match="was killed"):
        ask(None, os.abort)
    fine, fault = ask(None, int, "x")
    assert not fine
    assert "ValueError" in str(fault)
    dismiss("here")


def test_the_cluster_has_the_same_dlsolve(two_workers: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dlsolve, "__version__", "9.9")
    says = r"has dlsolve \S+, not 9\.9; install dlsolve 9\.9 on the whole"
    with pytest.raises(InputError, match=says), cluster(two_workers.engine):
        pass


def test_the_culprit_takes_no_worker_of_the_cluster_down(two_workers: LocalCluster, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    found = [problem(n) | {"id": "deadly" if n == 9 else f"p{n}"} for n in range(1, 21)]
    source.write_text("\n".join(map(json.dumps, found)), encoding="utf-8")
    here, there = (Plan(paths=[str(source)], out=str(tmp_path / n), settings=SETTINGS, jobs=2) for n in ("a", "b"))
    batch(here, work=batches.killed)
    with cluster(two_workers.engine) as executor:
        assert executor.width() == 2
        batch(there, executor=executor, work=batches.killed)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert b'"item":9' in (tmp_path / "b" / "errors.jsonl").read_bytes()
    assert [w.poll() for w in two_workers.workers] == [None, None]


def test_the_same_bytes_though_a_worker_is_killed_and_then_all(two_workers: LocalCluster, tmp_path: Path) -> None:
    source = bank(tmp_path / "bank", 60)
    here, there = tmp_path / "here", tmp_path / "there"
    args = ("--limit", "2000", "--format", "json")
    run("batch", str(source), "-o", str(here), "--jobs", "2", *args)
    command = [sys.executable, "-m", "dlsolve", "batch", str(source), "-o", str(there), *args]
    process = subprocess.Popen([*command, "--engine", two_workers.engine], cwd=ROOT, stderr=subprocess.PIPE)
    index = there / "index.jsonl.part"
    deadline = time.monotonic() + 60
    while not (index.exists() and index.read_bytes().count(b"\n") > 5):
        assert time.monotonic() < deadline, "the batch does not get on"
        time.sleep(0.01)
    two_workers.workers[0].kill()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert b"Traceback" not in err
    assert tree(here) == tree(there)


def test_a_class_is_marked_there_too(two_workers: LocalCluster, tmp_path: Path) -> None:
    classes.key(tmp_path / "key", classes.KEY[1:])
    classes.hand_in(tmp_path / "in", 5, classes.KEY[1:])
    args = ("grade", str(tmp_path / "key"), str(tmp_path / "in"), "-o")
    assert run(*args, str(tmp_path / "here" / "grades.csv"), "--jobs", "1").status == 0
    there = run(*args, str(tmp_path / "there" / "grades.csv"), "--engine", two_workers.engine)
    assert there.status == 0, there.err
    assert tree(tmp_path / "there") == tree(tmp_path / "here")
