"""10,000 problems, 106 of which cannot be solved: every other is, once, right, in the same bytes, come what may."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from dlsolve.batch.merge import merge
from tests.batches import tree
from tests.clusters import LocalCluster, local
from tests.shows.banks import DEADLY, ROOT, Bank, bank, wrong

MANY = 10_000


def show(many: int = 0) -> bool:
    """Print what was done and whether it held."""
    many = many or MANY
    with TemporaryDirectory() as name:
        folder = Path(name)
        broken, endless = (many // 100, max(1, many // 2_000))
        source = bank(folder / "bank", many, broken, endless)
        says = f"{broken} broken, {endless} endless, 1 that kills its worker"
        print(f"{many} problems: {says}", flush=True)
        whole = folder / "1"
        fine = _say("--jobs 1", lambda: _run(source.folder, whole, "--jobs", "1"), lambda: right(whole, source))
        bytes_ = tree(whole)
        for title, run in _others(source.folder, folder, many):
            fine &= _say(title, run, lambda: _same(folder / "next", bytes_))
        return fine


def _others(source: Path, folder: Path, many: int) -> list[tuple[str, Callable[[], None]]]:
    out = folder / "next"

    def sharded() -> None:
        shards = [str(folder / f"shard {n}") for n in (1, 2, 3)]
        for n, shard in enumerate(shards, 1):
            _run(source, Path(shard), "--jobs", "2", "--shard", f"{n}/3")
        merge(shards, str(out))

    return [
        ("--jobs 4", lambda: _run(source, out, "--jobs", "4")),
        ("kill -9 three times, --resume", lambda: _killed(source, out, many)),
        ("three shards, merged", sharded),
        ("dask, a worker killed", lambda: _on_a_cluster(source, out, many)),
    ]


def _say(title: str, run: Callable[[], None], check: Callable[[], str]) -> bool:
    start = time.monotonic()
    run()
    took = time.monotonic() - start
    fault = check()
    print(f"  {title:32} {took:7.1f} s   {fault or 'as it should be'}", flush=True)
    return not fault or fault.startswith("solved")


def command(source: Path, out: Path, *args: str) -> list[str]:
    return [sys.executable, "-m", "tests.shows.one", str(source), str(out), *args]


def _run(source: Path, out: Path, *args: str) -> None:
    subprocess.run(command(source, out, *args), cwd=ROOT, check=True)


def _started(source: Path, out: Path, at: int, *args: str) -> subprocess.Popen[bytes]:
    """A run that has done `at` problems, or has ended."""
    # whoever is killed leaves semaphores, and Python says so
    process = subprocess.Popen(command(source, out, *args), cwd=ROOT, stderr=subprocess.DEVNULL)
    index = out / "index.jsonl.part"
    while process.poll() is None and not (index.exists() and index.read_bytes().count(b"\n") >= at):
        time.sleep(0.05)
    return process


def _killed(source: Path, out: Path, many: int) -> None:
    for part in (1, 3, 4):
        process = _started(source, out, part * many // 5, "--jobs", "2", "--resume")
        process.kill()
        assert process.wait() == -9, "it was done before it could be killed"
    _run(source, out, "--jobs", "2", "--resume")


def _on_a_cluster(source: Path, out: Path, many: int) -> None:
    with local(2) as there:
        process = _started(source, out, many // 3, "--engine", there.engine)
        _lose_one(there)
        assert process.wait() == 0


def _lose_one(there: LocalCluster) -> None:
    there.workers[0].kill()
    there.workers[0].wait()
    there.add()


def right(out: Path, source: Bank) -> str:
    """Every solution by the index, read and compared; every failure with its reason."""
    solved, failed = source.solved, source.failed
    index = [json.loads(line) for line in (out / "index.jsonl").read_bytes().splitlines()]
    errors = [json.loads(line) for line in (out / "errors.jsonl").read_bytes().splitlines()]
    done = [e for e in index if not e["failed"]]
    if (len(done), len(errors), len(index)) != (solved, failed, solved + failed):
        return f"{len(done)} solved and {len(errors)} failed of {len(index)}"
    for entry in done:
        solution = json.loads((out / entry["file"]).read_bytes())
        if fault := wrong(solution):
            return f"{entry['file']}: {fault}"
    if [e for e in errors if not e["message"] or not e["path"]]:
        return "an error without its reason"
    deadly = [e for e in errors if "killed" in e["message"]]
    if len(deadly) != 1 or DEADLY not in _line(deadly[0]["path"], deadly[0]["item"]):
        return "the problem that kills is not found"
    return f"solved {len(done)}, all right; {len(errors)} errors named"


def _line(path: str, item: int | None) -> str:
    text = Path(path).read_text(encoding="utf-8")
    return text if item is None else text.split("\n")[item - 1]


def _same(out: Path, bytes_: dict[str, bytes]) -> str:
    import shutil

    found = tree(out)
    shutil.rmtree(out)
    differs = [p for p in sorted({*found, *bytes_}) if found.get(p) != bytes_.get(p)]
    return f"{len(differs)} files differ, {differs[0]} first" if differs else ""
