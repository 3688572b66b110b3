"""What may stand where a file is named: folders, pipes, devices, files that cannot be read, disks that are full."""

from __future__ import annotations

import builtins
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlsolve.fields import files
from tests.cases import ROOT
from tests.runner import run
from tests.test_bad_input import complaint

ADAM = {"topic": "adam", "given": {"g": [0.3, 0.2], "lr": 0.01}, "attempt": {"theta_2": "-0.0197"}}
posix = pytest.mark.skipif(os.name != "posix", reason="devices and pipes")

READERS: dict[str, Callable[[str, str], tuple[str, ...]]] = {
    "solve": lambda bad, good: ("solve", bad),
    "a topic": lambda bad, good: ("adam", bad),
    "check": lambda bad, good: ("check", bad),
    "check answers": lambda bad, good: ("check", good, bad),
    "sheet": lambda bad, good: ("sheet", bad),
    "options": lambda bad, good: ("options", bad, "theta_2=A 1, B 2"),
    "optimizers": lambda bad, good: ("optimizers", bad),
    "course": lambda bad, good: ("adam", good, "--course", bad),
    "data": lambda bad, good: ("perceptron", "--data", bad, "--lr", "1"),
}
"""Command lines that read a file, made of a bad one and a good one."""


@pytest.fixture
def good(tmp_path: Path) -> str:
    path = tmp_path / "good.json"
    path.write_text(json.dumps(ADAM), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("command", READERS)
def test_a_folder(command: str, good: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder.json"
    folder.mkdir()
    line = complaint(run(*READERS[command](str(folder), good)))
    assert "a folder, not a file; name a file in it" in line


@posix
@pytest.mark.parametrize("command", READERS)
def test_a_device_that_never_ends(command: str, good: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("dlsolve.problem", "dlsolve.fields.hostile", "dlsolve.batch.items"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 100_000)
    assert "100001 bytes; at most 100000 are read" in complaint(run(*READERS[command]("/dev/zero", good)))


@posix
@pytest.mark.parametrize("command", READERS)
def test_a_pipe_that_nobody_writes_into(
    command: str, good: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WAIT", 0.05)
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    assert "a pipe that nobody writes into; name a file" in complaint(run(*READERS[command](str(pipe), good)))


@posix
def test_a_pipe_that_somebody_writes_into_is_read_to_its_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    text = json.dumps({**ADAM, "statement": "x " * 9_000})
    assert len(text) > 1 << 14

    def write() -> None:
        with pipe.open("w", encoding="utf-8") as file:
            file.write(text[:10])
            file.flush()
            file.write(text[10:])

    writer = threading.Thread(target=write)
    writer.start()
    result = run("adam", str(pipe), "--detail", "answer")
    writer.join()
    assert result.status == 0
    assert "θ₂" in result.out


@pytest.mark.parametrize("command", READERS)
def test_no_permission(command: str, good: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = str(tmp_path / "closed.json")
    Path(closed).write_text("{}", encoding="utf-8")
    real = builtins.open

    def refused(path: Any, *args: Any, **more: Any) -> Any:
        if path == closed:
            raise PermissionError(13, "Permission denied", path)
        return real(path, *args, **more)

    monkeypatch.setattr(builtins, "open", refused)  # root may read everything
    assert "permission denied; name a file that can be read" in complaint(run(*READERS[command](closed, good)))


@posix
def test_a_batch_names_each_and_solves_the_rest(good: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("dlsolve.problem", "dlsolve.fields.hostile", "dlsolve.batch.items"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 100_000)
    monkeypatch.setattr(files, "WAIT", 0.05)
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
    names = [str(tmp_path / n) for n in ("pipe.jsonl", "zero.jsonl", "nothing.json")]
    out = tmp_path / "out"
    result = run("batch", *names, "/dev/zero", good, "-o", str(out), "--jobs", "1")
    assert result.status == 1
    errors = [json.loads(line)["message"] for line in (out / "errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(errors) == 4, "the pipe, the device as lines, the file that is not there, the device as one problem"
    assert [m.partition(";")[0] for m in errors[:3]] == [
        "a pipe that nobody writes into",
        "100001 bytes",
        "no such file",
    ]
    assert (out / "index.jsonl").exists()
    # a folder is searched for files: pipes and devices in it are none
    other = run("batch", str(tmp_path), "-o", str(tmp_path.parent / f"{tmp_path.name}-out"), "--jobs", "1")
    assert other.err.count("adam") == 1


@posix
def test_standard_input_that_never_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for module in ("dlsolve.problem", "dlsolve.fields.hostile", "dlsolve.batch.items"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 100_000)
    endless = b"\0" * 3_000_000
    assert "100001 bytes" in complaint(run("adam", "-", stdin=endless))
    result = run("batch", "-", "-o", str(tmp_path / "out"), "--jobs", "1", stdin=endless)
    assert (result.status, "at most 100000 are read" in result.err) == (1, True)


# -- outputs --------------------------------------------------------------------------------------

WRITERS: list[tuple[str, ...]] = [
    ("adam", "P"), ("solve", "P", "P"), ("check", "P"), ("sheet", "P"), ("options", "P", "theta_2=A 1, B 2"),
    ("topics",), ("explain", "adam"), ("example", "adam"), ("schema", "adam"),
]  # fmt: skip


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full")
@pytest.mark.parametrize("words", WRITERS, ids=" ".join)
def test_a_full_disk(words: tuple[str, ...], good: str) -> None:
    args = tuple(good if w == "P" else w for w in words)
    assert complaint(run(*args, "-o", "/dev/full")).startswith("-o /dev/full: no space left on device; ")
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "dlsolve", *args]
        out = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False)
    assert out.returncode == 2
    assert out.stderr == "error: standard output: no space left on device; make room, or write to a file with -o\n"


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))  # a disk that is full after so many bytes
from dlsolve.cli import main
sys.exit(main(sys.argv[1:]))
"""


@posix
@pytest.mark.parametrize("target", ["out.txt", "out", "out.jsonl"])
def test_a_disk_that_becomes_full_leaves_nothing_half_written(target: str, good: str, tmp_path: Path) -> None:
    out = tmp_path / target
    words = ("adam", good, "-o", str(out)) if target == "out.txt" else ("batch", good, "-o", str(out), "--jobs", "1")
    done = subprocess.run([sys.executable, "-c", FULL, *words], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: -o ")
    assert ": file too large; " in done.stderr
    if target == "out.txt":
        assert {p.name for p in tmp_path.iterdir()} == {"good.json"}
    else:
        half = out.read_bytes() if target == "out.jsonl" else b"".join(p.read_bytes() for p in out.glob("*.md"))
        assert half == b"", "whole or not at all"


@posix
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_streams_that_are_closed(closed: str, good: str) -> None:
    command = f'"{sys.executable}" -m dlsolve adam "{good}" {closed}'
    out = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert out.returncode == 0, out.stderr
    assert out.stderr == ""
    bad = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m dlsolve adam - <&-'], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert bad.returncode == 2
    assert bad.stderr.startswith("error: standard input: cannot be read")
