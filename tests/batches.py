"""Work for the tests of batches: problems that fail, and workers that die, hang or are slow."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlsolve.assignment import Overlay
from dlsolve.batch import work as working
from dlsolve.batch.items import Task
from dlsolve.batch.work import Done, Settings

SETTINGS = Settings(Overlay(limit=2_000))
LIMIT = ("--limit", "2000")


def killed(tasks: Sequence[Task], settings: Settings = SETTINGS) -> list[Done]:
    """The real work, but for problems called "deadly": they kill the process that tries them."""
    if any(b'"deadly"' in task.data for task in tasks):
        os.kill(os.getpid(), signal.SIGKILL)
    return working.work(settings, tasks)


def slow(tasks: Sequence[Task]) -> list[Done]:
    """The real work, slow enough to be interrupted."""
    time.sleep(0.02 * len(tasks))
    return working.work(SETTINGS, tasks)


def numbers(items: Sequence[int]) -> list[int]:
    """Squares; 13 and 40 kill, odd ones take longer."""
    if 13 in items or 40 in items:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.001 * sum(i % 2 for i in items))
    return [i * i for i in items]


def stuck(items: Sequence[int]) -> list[int | str]:
    """As they are; 3 never comes to an end."""
    if 3 in items:
        time.sleep(10_000)
    return list(items)


def problem(n: int) -> dict[str, object]:
    """A small problem, the n-th of a mixture."""
    match n % 4:
        case 0:
            return {"topic": "adam", "id": f"adam-{n}", "given": {"g": [f"{n}e-3", "0.2"], "lr": "0.01"}}
        case 1:
            return {"topic": "det", "id": f"det-{n}", "given": {"matrix": [[n, 2], [3, 4]]}}
        case 2:
            return {"topic": "entropy", "given": {"p": [f"1/{n}", f"{n - 1}/{n}"]}}
        case _:
            given = {"prior": {"a": f"1/{n}", "b": f"{n - 1}/{n}"}, "likelihood": {"a": "0.9", "b": "0.2"}}
            return {"topic": "bayes", "id": n, "title": f"Number {n} [x](y)", "given": given}


ENDLESS = {"topic": "adam", "id": "endless", "given": {"f": "w**4", "start": {"w": 1}, "steps": 10**6, "lr": "0.1"}}


def bank(folder: Path, many: int = 24) -> Path:
    """A folder of good problems and every kind of bad file."""
    (folder / "deep" / "er").mkdir(parents=True)
    for n in range(1, many + 1):
        place = folder if n % 3 else folder / "deep" / "er"
        (place / f"p{n:03}.json").write_text(json.dumps(problem(n)), encoding="utf-8")
    lines = [json.dumps(problem(n)) for n in range(100, 108)]
    lines[3:3] = ["", "{broken", '{"topic": "adam", "id": "adam-100", "given": {"g": [1], "lr": "x"}}']
    (folder / "lines.jsonl").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    (folder / "several.json").write_text(json.dumps({"problems": [problem(4), {"topic": "nope", "given": {}}]}))
    (folder / "bad-bytes.json").write_bytes(b"\xff\xfe{}")
    (folder / "bad-empty.json").write_bytes(b"")
    (folder / "bad-list.json").write_bytes(b"[]")
    (folder / "bad-nan.json").write_bytes(b'{"topic": "det", "given": {"matrix": [[NaN]]}}')
    (folder / "bad-deep.json").write_bytes(b"[" * 100_000)
    (folder / "bad-twice.json").write_bytes(b'{"topic": "det", "topic": "det", "given": {}}')
    (folder / "endless.json").write_text(json.dumps(ENDLESS))
    (folder / "notes.txt").write_text("no problem")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under `folder` with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def lines(path: Path) -> list[dict[str, Any]]:
    """The records of a file of lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]
