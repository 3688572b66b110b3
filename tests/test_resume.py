"""Batches that are interrupted, killed, or run out of disk: nothing is lost, nothing is done twice."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dlsolve.batch import pool
from dlsolve.batch import work as working
from dlsolve.batch.items import Task
from dlsolve.batch.run import Plan, batch
from dlsolve.batch.work import Settings
from tests import batches
from tests.batches import LIMIT, SETTINGS, bank, lines, problem, tree
from tests.runner import Result, run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Result]:
    """The bank, its output with one process, and what the run said."""
    folder = tmp_path_factory.mktemp("whole")
    source = bank(folder / "bank")
    return source, folder / "out", run("batch", str(source), "-o", str(folder / "out"), "--jobs", "1", *LIMIT)


# -- what dies ------------------------------------------------------------------------------------


def test_the_culprit_of_a_dead_worker_is_found(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    found = [problem(n) | {"id": "deadly" if n == 9 else f"p{n}"} for n in range(1, 21)]
    source.write_text("\n".join(map(json.dumps, found)), encoding="utf-8")
    trees = []
    for jobs in (1, 2):
        plan = Plan(paths=[str(source)], out=str(tmp_path / f"out{jobs}"), settings=SETTINGS, jobs=jobs)
        tally = batch(plan, work=batches.killed)
        assert (tally.solved, tally.failed) == (19, 1)
        trees.append(tree(tmp_path / f"out{jobs}"))
    assert trees[0] == trees[1]
    (error,) = lines(tmp_path / "out1" / "errors.jsonl")
    assert error["item"] == 9
    assert "killed" in error["message"]


def test_results_are_in_order_whatever_dies() -> None:
    lost: list[tuple[int, str]] = []

    def take(item: int, how: str) -> int:
        lost.append((item, how))
        return -1

    found = list(pool.ordered(range(60), batches.numbers, jobs=2, lost=take))
    assert found == [(i, -1 if i in (13, 40) else i * i) for i in range(60)]
    assert [item for item, _ in lost] == [13, 40]


def test_a_worker_that_is_stuck_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "GRACE", 1.5)
    found = list(pool.ordered(range(6), batches.stuck, jobs=1, lost=lambda _, how: how, patience=0.1))
    assert [result for _, result in found] == [
        0, 1, 2, "its worker did not answer for 1.6 seconds and was stopped", 4, 5,
    ]  # fmt: skip


def test_the_clock_is_a_net_behind_the_count() -> None:
    long = {"topic": "adam", "given": {"f": "w**2 + v**2", "start": {"w": 1, "v": 2}, "steps": 900, "lr": "0.1"}}
    task = Task(0, "p.json", None, "p", json.dumps(long).encode())
    gc.disable()  # hypothesis counts its runs, and what is raised there is a warning
    try:
        done = working.one(Settings(timeout=0.05), task)
    finally:
        gc.enable()
    assert done.data is None
    assert done.fault is not None
    assert done.fault.message == "took longer than 0.05 seconds; shorten it, or raise --timeout"


def test_any_executor_will_do_and_few_are_in_flight() -> None:
    asked: list[int] = []

    def source() -> Iterator[int]:
        for n in range(2_000):
            asked.append(n)
            yield n

    def work(items: Sequence[int]) -> list[int]:
        return [-i for i in items]

    with ThreadPoolExecutor(2) as threads:
        found = pool.ordered(source(), work, jobs=2, lost=lambda i, _: i, executor=threads)
        for n, (item, result) in enumerate(found):
            assert (item, result) == (n, -n)
            assert len(asked) - n <= 12 * 2 * pool.MOST
    assert len(asked) == 2_000


def test_large_items_are_not_all_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MOST_HELD", 3_000_000)
    asked: list[int] = []

    def source() -> Iterator[int]:
        for n in range(50):
            asked.append(n)
            yield n

    with ThreadPoolExecutor(2) as threads:
        some = pool.ordered(source(), list, jobs=4, lost=lambda i, _: i, executor=threads, size=lambda _: 2_000_000)
        for n, (item, _) in enumerate(some):
            assert item == n
            assert len(asked) - n <= 3


def test_an_executor_that_fails_is_survived() -> None:
    def work(items: Sequence[int]) -> list[str]:
        if 7 in items:
            raise OSError("the cluster lost it")
        return [str(i) for i in items]

    with ThreadPoolExecutor(2) as threads:
        found = dict(pool.ordered(range(20), work, jobs=2, lost=lambda _, how: how, executor=threads))
    assert found == {i: str(i) for i in range(20)} | {7: "its worker failed (OSError: the cluster lost it)"}


SLOW = """
import sys
from dlsolve.batch.run import Plan, batch
from tests import batches
batch(Plan(paths=[sys.argv[1]], out=sys.argv[2], settings=batches.SETTINGS, jobs=2, resume="--resume" in sys.argv),
      work=batches.slow)
"""


def started(*args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SLOW, *args], stderr=subprocess.PIPE, start_new_session=True)


def wait_for(out: Path, many: int) -> None:
    index = out / "index.jsonl.part"
    for _ in range(1_000):
        if index.exists() and index.read_bytes().count(b"\n") >= many:
            return
        time.sleep(0.01)
    raise AssertionError("the batch does not get on")


def test_killed_and_resumed_it_is_the_same(tmp_path: Path) -> None:
    source = bank(tmp_path / "bank", 30)
    undisturbed = Plan(paths=[str(source)], out=str(tmp_path / "whole"), settings=SETTINGS, jobs=2)
    batch(undisturbed)
    out = tmp_path / "out"
    times: dict[str, int] = {}
    for many in (3, 25):
        process = started(str(source), str(out), "--resume")
        wait_for(out, many)
        process.kill()
        process.communicate()
        assert not (out / "index.jsonl").exists()
        # a worker of the dead run must not write, and the next must not do again what is done
        now = {str(p): p.stat().st_mtime_ns for p in out.rglob("*.md")}
        assert times.items() <= now.items()
        index = lines_of(out / "index.jsonl.part")
        times = {str(out / e["file"]): now[str(out / e["file"])] for e in index[:-1] if e["file"]}
    process = started(str(source), str(out), "--resume")
    assert process.wait(60) == 0, process.communicate()
    process.communicate()
    assert tree(out) == tree(tmp_path / "whole")
    assert times.items() <= {str(p): p.stat().st_mtime_ns for p in out.rglob("*.md")}.items()


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_torn_files_are_mended(whole: tuple[Path, Path, Result], tmp_path: Path) -> None:
    """As if killed between any two writes: half a line in each file, a solution named but not written."""
    source, out, _ = whole
    args = ("batch", str(source), "-o", str(tmp_path / "out"), "--jobs", "1", *LIMIT)
    assert run(*args).status == 1
    files = tmp_path / "out"
    index = (files / "index.jsonl").read_bytes().splitlines(keepends=True)
    cut = next(n for n in range(20, 43) if json.loads(index[n])["file"])
    (files / "index.jsonl").unlink()
    (files / "index.md").unlink()
    (files / "index.jsonl.part").write_bytes(b"".join(index[: cut + 1]) + b'{"numb')
    (files / "errors.jsonl").rename(files / "errors.jsonl.part")
    with (files / "errors.jsonl.part").open("ab") as file:
        file.write(b'{"path": "to')
    for line in index[cut:]:
        if json.loads(line)["file"]:
            (files / json.loads(line)["file"]).unlink()
    (files / (json.loads(index[cut])["file"] + ".part")).write_bytes(b"half")
    assert run(*args, "--resume").status == 1
    assert tree(files) == tree(out)


@pytest.mark.parametrize(("after", "number"), [(0, signal.SIGTERM), (20, signal.SIGINT)])
def test_ctrl_c_ends_cleanly(after: int, number: signal.Signals, tmp_path: Path) -> None:
    """While the workers start, and while they work; Slurm and Kubernetes send SIGTERM."""
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    source.write_text("\n".join(json.dumps(problem(n)) for n in range(1, 3_000)), encoding="utf-8")
    command = [sys.executable, "-m", "dlsolve", "batch", str(source), "-o", str(out), "--jobs", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)
    wait_for(out, after)
    os.killpg(process.pid, number)  # as a terminal does: to every process of the group
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"interrupted" in err
    assert b"Traceback" not in err
    done = lines(out / "index.jsonl.part")
    written = {str(p.relative_to(out)) for p in out.rglob("*.md")}
    # the index names a file just before it is renamed: the last one may be missing, and is done again
    assert written <= {e["file"] for e in done}
    assert {e["file"] for e in done} - written <= {e["file"] for e in done[-1:]}
    assert (out / "errors.jsonl").exists()


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """The last write before the disk is full goes through in part. (Here: before a file may not grow.)"""
    source, out = tmp_path / "in.jsonl", tmp_path / "all.jsonl"
    source.write_text("\n".join(json.dumps(problem(n)) for n in range(1, 60)), encoding="utf-8")
    args = ("batch", str(source), "--jobs", "1", "-o")
    run(*args, str(tmp_path / "whole.jsonl"))
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9_999, 9_999)); from dlsolve.cli import main"
    )
    command = [sys.executable, "-B", "-c", f"{code}; sys.exit(main(sys.argv[1:]))", *args, str(out)]
    full = subprocess.run(command, capture_output=True, check=False)
    assert full.returncode == 2
    assert full.stderr.count(b"\n") == 1
    assert b"file too large; what is finished stays; --resume continues" in full.stderr
    assert 0 < out.stat().st_size <= 9_999
    assert out.read_bytes().endswith(b"\n"), "whole lines alone"
    assert run(*args, str(out), "--resume").status == 0
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_resume_knows_what_has_changed(whole: tuple[Path, Path, Result], tmp_path: Path) -> None:
    source, out = tmp_path / "bank", tmp_path / "out"
    shutil.copytree(whole[0], source)
    args = ("batch", str(source), "-o", str(out), "--jobs", "1", *LIMIT)
    run(*args)
    before = tree(out)
    (out / "p004.md").unlink()
    again = run(*args, "--resume")
    assert again.status == 1
    assert "8 of them done by an earlier run" not in again.err
    assert tree(out) == before, "a solution that was lost is done again"
    (source / "p004.json").write_text(json.dumps(problem(8)))
    assert "p004.json has changed since" in run(*args, "--resume").err
    (source / "p004.json").unlink()
    assert "p004.json where there is" in run(*args, "--resume").err
    assert tree(out) == before


def test_two_runs_do_not_write_at_one_place(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    source, out = tmp_path / "in.jsonl", tmp_path / "out"
    source.write_text(json.dumps(problem(5)))
    args = ("batch", str(source), "-o", str(out), "--resume")
    assert run(*args).status == 0
    (out / "index.jsonl").rename(out / "index.jsonl.part")
    with (out / "index.jsonl.part").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        second = run(*args)
    assert second.status == 2
    assert "another run is writing there" in second.err
    assert run(*args).status == 0


def test_merge_wants_every_shard_of_one_run(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text("\n".join(json.dumps(problem(n)) for n in range(1, 30)))
    shards = [str(tmp_path / n) for n in "123"]
    for n, shard in enumerate(shards, 1):
        run("batch", str(source), "-o", shard, "--shard", f"{n}/3", "--jobs", "1", "--detail", "answer")
    run("batch", str(source), "-o", str(tmp_path / "other"), "--jobs", "1", "--detail", "key")
    evil = tmp_path / "evil"
    shutil.copytree(shards[0], evil)
    index = (evil / "index.jsonl").read_text()
    (evil / "index.jsonl").write_text(re.sub(r'"file":"', '"file":"../../', index))
    (tmp_path / "empty").mkdir()
    for outs, says in (
        (shards[1:], "missing: no OUT has them"),
        ([*shards, str(tmp_path / "other")], "not of the same run"),
        ([str(evil), *shards[1:]], "names files outside"),
        ([str(source), *shards], "not of the kind"),
        ([*shards, str(tmp_path / "empty")], "not the output of a batch"),
    ):
        result = run("merge", *outs, "-o", str(tmp_path / "all"))
        assert result.status == 2
        assert says in result.err
        assert result.err.count("\n") == 1
        assert not (tmp_path / "all").exists()
